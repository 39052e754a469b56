import ArgumentParser
import Classification
import Foundation
import Reporting

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Look at every photo of a folder: what is there, and what is wrong.",
        discussion: """
            FOLDER holds a folder of JPEG or PNG photos per class (cat/tom.jpg), or photos named like cat.17.jpg; or it is a \
            CSV file of path and label. Which of these is found out; --layout says it instead.

            Found are damaged and unsupported files, names that do not fit the content, copies and near copies of a picture \
            (another size, quality or brightness, or mirrored), and copies with different labels. Where the folder is divided \
            into train, validation and test folders, copies on both sides are found too. Nothing is changed or moved unless \
            --quarantine is given.

            EXAMPLES
              catsvsdogs scan photos
              catsvsdogs scan photos --html scan.html
              catsvsdogs scan labels.csv --json > scan.json
              catsvsdogs scan photos --quarantine ../bad-photos
              catsvsdogs scan photos --quarantine ../bad-photos --undo

            EXIT CODES
              0  every file can be used
              1  the folder could not be read, or moving files failed
              2  some files cannot be used, or copies have different labels
              64 the command was not understood
            """)

    @Argument(help: "A folder of photos, or a CSV file of path and label.", completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp(
            "How classes are told: folders (a folder per class), names (cat.17.jpg) or csv. Found out unless given."))
    var layout: PhotoCollection.Layout?

    @Option(help: ArgumentHelp("Write a web page with thumbnails of everything that was found.", valueName: "file"))
    var html: String?

    @Flag(help: "Print everything as JSON on standard output, instead of text.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Move damaged and unsupported files to this folder. Their relative paths stay, nothing is overwritten, and "
                + "quarantine.tsv there lists the moves.", valueName: "folder"))
    var quarantine: String?

    @Flag(help: "Put the files of the --quarantine folder back, and scan nothing.")
    var undo = false

    @Option(help: ArgumentHelp("Entries shown of each list in the text.", valueName: "count"))
    var show = 10

    @Option(help: ArgumentHelp("Photos decoded at once; one per processor unless given.", valueName: "count"))
    var threads: Int?

    @Flag(help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard show >= 0 else { throw ValidationError("--show must be 0 or more.") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be between 1 and 1024.") }
        if undo, quarantine == nil { throw ValidationError("--undo needs --quarantine and the folder the files were moved to.") }
    }

    func run() throws {
        do {
            try scan()
        } catch let code as ExitCode {
            throw code
        } catch {
            StandardErrorOutput().write("scan: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func scan() throws {
        if undo, let quarantine {
            let moves = try PhotoQuarantine(folder: quarantine).undo()
            print("Put back \(HumanReadable.count(moves.count, "file")).")
            return
        }
        let collection = try PhotoCollection(reading: folder, layout: layout)
        let display = quiet ? nil : ProgressDisplay("Scanning", total: collection.photos.count, unit: "photos")
        let scan = PhotoScan(of: collection, threads: threads) { _, _ in display?.advance() }
        display?.finish()

        if let html {
            try scan.page(of: collection).write(to: URL(fileURLWithPath: html))
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(scan), as: UTF8.self))
        } else {
            print(
                scan.text(columns: StandardOutput.columns, style: .forStandardOutput(), listLimit: show), terminator: "")
            if let html { print("The page with pictures is in \(html).") }
        }
        if let quarantine {
            let moves = try PhotoQuarantine(folder: quarantine).move(scan, of: collection)
            let line = moves.isEmpty
                ? "No file needed to be moved."
                : "Moved \(HumanReadable.count(moves.count, "file")) to \(quarantine). "
                    + "To put them back: catsvsdogs scan \(folder) --quarantine \(quarantine) --undo"
            StandardErrorOutput().write(line + "\n")
        }
        if !scan.corrupt.isEmpty || !scan.unsupported.isEmpty || !scan.labelConflicts.isEmpty { throw ExitCode(2) }
    }
}
