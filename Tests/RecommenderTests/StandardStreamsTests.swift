import Foundation
import TestSupport
import Testing

/// What becomes of results and messages that cannot be written.
@Suite struct StandardStreamsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("user,item\nu1,i1\nu2,i2\n", to: "log.csv")
    }

    private func shell(_ redirection: String, _ arguments: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\"$0\" \(arguments) \(redirection)", Program.path]
        process.currentDirectoryURL = URL(filePath: folder.path)
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        return process.terminationStatus
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func resultsThatAreLostEndWithAnError() throws {
        #expect(try shell("", "import log.csv --quiet") == 0)
        #expect(try shell("", "stats --json") == 0)
        #expect(try shell(">/dev/full", "stats --json") == 1)
        #expect(try shell(">&-", "stats --json") == 1)
    }

    /// Neither a full nor a closed standard error stops the work, and no file of the program's takes its place.
    @Test(arguments: ["2>/dev/full", "2>&-"]) func messagesThatAreLostStopNothing(redirection: String) throws {
        #expect(try shell(redirection, "import log.csv --quiet") == 0)
        #expect(try shell(redirection, "suggest nobody --models none") == 1)
        #expect(try shell("", "stats") == 0)
    }
}
