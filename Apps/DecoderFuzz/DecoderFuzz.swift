import ArgumentParser
import Foundation
import Imaging

@main
struct DecoderFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decoderfuzz",
        abstract: "Feeds mutated JPEG and PNG files to the decoder and reports what happened.",
        discussion: """
            Every file follows from --seed and its number alone. Seeds for mutation are small pictures drawn here in \
            every variant the encoders write, and files of the folders given with --seeds. A crash or hang leaves the \
            number of its file in the journal; decode it alone with --only and the same --seed and --seeds, or \
            keep it with --write. One core does \
            some 3,000 files a second in a release build: a million takes about six minutes, and \
            several times that under address sanitizer.

            Examples:
              decoderfuzz --count 1000000
              decoderfuzz --seeds photos --count 100000
              decoderfuzz --seed 1 --only 4711 --write bad.png

            With address sanitizer:
              swift build --sanitize=address --scratch-path .build-asan --product decoderfuzz
              .build-asan/debug/decoderfuzz --count 20000

            Exit codes: 0 all files decoded or refused, 1 memory grew, 3 a file took longer than the limit, 64 wrong \
            usage; a crash ends with the signal's code.
            """)

    @Option(help: "Decides which files are made.")
    var seed: UInt64 = 1

    @Option(help: "How many files.")
    var count = 100_000

    @Option(help: "The first file's number, to go on after an interrupted run.")
    var from = 0

    @Option(name: .customLong("seeds"), parsing: .upToNextOption, help: "Folders whose JPEG and PNG files (up to 64 KB) are mutated too.")
    var seedFolders: [String] = []

    @Option(help: "Seconds for one file; above, the run stops.")
    var timeLimit = 2.0

    @Option(help: "Where the file in work is noted.")
    var journal = "decoderfuzz.journal.tmp"

    @Option(help: "Make and decode this one file only.")
    var only: Int?

    @Option(help: "With --only: write the file here and do not decode it.")
    var write: String?

    func validate() throws {
        guard count > 0, from >= 0, timeLimit > 0 else { throw ValidationError("--count and --time-limit must be positive") }
        guard write == nil || only != nil else { throw ValidationError("--write needs --only") }
    }

    func run() throws {
        let seeds = try FuzzSeeds(folders: seedFolders)
        if let only {
            let mutation = Mutation(seeds: seeds, seed: seed, number: only, timeLimit: timeLimit)
            if let write {
                try Data(mutation.bytes).write(to: URL(fileURLWithPath: write), options: .atomic)
                print("\(write): file \(only), \(mutation.bytes.count) bytes")
            } else {
                print("file \(only): \(Self.decode(mutation).detail)")
            }
            return
        }
        let journal = try FuzzJournal(path: self.journal, seed: seed, timeLimit: timeLimit)
        print("mutating \(seeds.seeds.count) seed files")
        var statistics = FuzzStatistics()
        let start = DispatchTime.now().uptimeNanoseconds
        let numbers = from..<from + count
        let warmUp = from + max(count / 10, 1)
        var residentAtStart = 0
        for number in numbers {
            let mutation = Mutation(seeds: seeds, seed: seed, number: number, timeLimit: timeLimit)
            journal.begin(number)
            let began = DispatchTime.now().uptimeNanoseconds
            let outcome = Self.decode(mutation)
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - began) / 1e9
            journal.end()
            statistics.add(outcome: outcome.kind, bytes: mutation.bytes.count, seconds: seconds, number: number)
            if statistics.files % max(count / 10, 1) == 0 {
                FileHandle.standardError.write(Data("\(statistics.files) of \(count) files\n".utf8))
            }
            if number + 1 == warmUp { residentAtStart = FuzzStatistics.residentBytes() }
        }
        let residentAtEnd = FuzzStatistics.residentBytes()
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        statistics.lines(seconds: elapsed, residentAtStart: residentAtStart, residentAtEnd: residentAtEnd).forEach { print($0) }
        try? FileManager.default.removeItem(atPath: self.journal)
        // Large pictures leave some of their pages with the allocator; growth without end is far above this.
        if residentAtEnd > residentAtStart * 2 + 300_000_000 {
            print("resident memory grew")
            throw ExitCode(1)
        }
    }

    /// Header and picture; errors are what is expected of most files.
    private static func decode(_ mutation: Mutation) -> (kind: String, detail: String) {
        let decoder = ImageDecoder(options: mutation.options)
        _ = try? mutation.bytes.withUnsafeBufferPointer { try decoder.probe($0) }
        do {
            let decoded = try decoder.decode(bytes: mutation.bytes)
            let detail = "decoded, \(decoded.image.width) x \(decoded.image.height), \(decoded.warningCount) warnings"
            return (decoded.warningCount == 0 ? "decoded" : "decoded-with-warnings", detail)
        } catch {
            return (error.kind, "refused: \(error)")
        }
    }
}
