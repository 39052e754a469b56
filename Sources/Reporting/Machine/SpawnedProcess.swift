import Foundation

/// A program that was run to its end: how it ended, how long it took, the most memory it held, and what it printed.
public struct SpawnedProcess: Sendable {
    /// As it ended; minus the signal where one ended it.
    public var status: Int32
    public var seconds: Double
    public var peakResidentBytes: Int
    public var output: String

    /// Runs a program and waits for it.
    ///
    /// - Parameters:
    ///   - withErrors: whether what it says on standard error is output too; otherwise it goes where ours goes.
    /// - Throws: `Failure` when it cannot be started.
    public static func run(_ arguments: [String], keepingOutput: Bool = true, withErrors: Bool = false) throws -> SpawnedProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(program: arguments[0], code: errno) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        if withErrors { posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO) }
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let clock = ContinuousClock()
        let start = clock.now
        let code = posix_spawnp(&child, arguments[0], &actions, nil, &words, environ)
        close(ends[1])
        defer { close(ends[0]) }
        guard code == 0 else { throw Failure(program: arguments[0], code: code) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        // The usage that `wait4` tells begins with our own memory, which the child shared until it became the program.
        var peak = 0
        while true {
            var waiting = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            let isReady = poll(&waiting, 1, 2)
            peak = max(peak, peakMemory(of: child) ?? 0)
            if isReady == 0 { continue }
            let count = read(ends[0], &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if keepingOutput { output += chunk[..<count] }
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let seconds = (clock.now - start) / .seconds(1)
        let exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return SpawnedProcess(
            status: exit, seconds: seconds, peakResidentBytes: peak, output: String(decoding: output, as: UTF8.self))
    }

    /// The most memory a running process has held, in bytes; nil when it has ended.
    private static func peakMemory(of process: pid_t) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
        else { return nil }
        return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }.map { $0 * 1_024 }
    }

    public struct Failure: Error, CustomStringConvertible {
        public var program: String
        public var code: Int32
        public var description: String { "\(program) cannot be run: \(String(cString: strerror(code))). Check its path." }
    }
}
