import ArgumentParser
import CartoonPets
import Classification
import Foundation
import Reporting

struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw a folder of cats and dogs to try everything on.",
        discussion: """
            The pictures are drawn, no two alike, and the same seed draws the same folder everywhere. They are named \
            cat.0.jpg, dog.17.png and so on. Another --first draws other pictures.

            EXAMPLES
              catsvsdogs sample drawings
              catsvsdogs sample flawed --count 200 --flaws        (with damaged and doubled files, for scan)
              catsvsdogs sample fresh --count 100 --first 100000

            EXIT CODES
              0 done, 1 the folder could not be written, 64 the command was not understood
            """)

    @Argument(help: "The folder, made if missing.")
    var folder: String

    @Option(help: "Cats and dogs, half of each.")
    var count = 1_200

    @Option(help: "Scenes with neither, into the same folder.")
    var neither = 0

    @Option(help: "Usual side of the pictures in pixels, 16 to \(PetPainter.largestSide).")
    var size = 128

    @Option(help: "Number of the first picture.")
    var first = 0

    @Option(help: "What the pictures derive from.")
    var seed: UInt64 = 1

    @Flag(help: "Add damaged, misnamed, doubled and wrongly labeled files.")
    var flaws = false

    func run() throws {
        do {
            let written = try PetPainter.write(
                to: folder, catsAndDogs: count, neither: neither, seed: seed, size: size, firstNumber: first,
                flaws: flaws ? Set(SampleFlaw.allCases) : [])
            print("Drew \(HumanReadable.count(written.files.count, "file")) into \(folder).")
        } catch {
            StandardErrorOutput().write("catsvsdogs sample: \(error)\n")
            throw ExitCode(1)
        }
    }
}
