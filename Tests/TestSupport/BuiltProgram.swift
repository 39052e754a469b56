import Foundation

/// A built program, run as a user runs it.
public protocol BuiltProgram {
    static var name: String { get }
}

/// How a program ended, and what it said.
public struct ProgramResult: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
}

extension BuiltProgram {
    public typealias Result = ProgramResult

    /// In the folder with the products, which is where the tests are.
    public static var path: String {
        let arguments = CommandLine.arguments
        let tests = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(filePath: tests).deletingLastPathComponent().appending(path: name).path
    }

    /// Runs it in a folder, with a cache of its own there.
    ///
    /// - Parameters:
    ///   - fileLimit: no file may grow over so many 512-byte blocks, as on a full disk.
    ///   - input: a file for standard input.
    @discardableResult
    public static func run(
        _ arguments: [String], in workingFolder: TemporaryFolder, fileLimit: Int? = nil, input: String? = nil
    ) throws -> ProgramResult {
        let process = Process()
        if let fileLimit {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", "trap '' XFSZ; ulimit -f \(fileLimit); exec \"$0\" \"$@\"", path] + arguments
        } else {
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
        }
        process.currentDirectoryURL = URL(filePath: workingFolder.path)
        process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": workingFolder("cache")]) { $1 }
        // Into files: a pipe that nobody empties would stop the program.
        let output = workingFolder("stdout-\(UUID().uuidString)"), errors = workingFolder("stderr-\(UUID().uuidString)")
        defer { for path in [output, errors] { try? FileManager.default.removeItem(atPath: path) } }
        for path in [output, errors] { try Data().write(to: URL(filePath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(filePath: $0)) } ?? FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return ProgramResult(
            status: process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8), errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
}
