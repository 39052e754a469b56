import Foundation

/// A program that was run to its end: how it ended, how long it took, the most memory it held, and what it printed.
struct SpawnedProcess {
    var status: Int32
    var seconds: Double
    var peakResidentBytes: Int
    var output: String

    /// Runs a program and waits for it. Its errors go where ours go.
    ///
    /// - Throws: `Failure` when it cannot be started.
    static func run(_ arguments: [String], keepingOutput: Bool = true) throws -> SpawnedProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(program: arguments[0], code: errno) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
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
        while true {
            let count = read(ends[0], &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if keepingOutput { output += chunk[..<count] }
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0, errno == EINTR {}
        let seconds = (clock.now - start) / .seconds(1)
        let exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return SpawnedProcess(
            status: exit, seconds: seconds, peakResidentBytes: usage.ru_maxrss * 1_024, output: String(decoding: output, as: UTF8.self))
    }

    struct Failure: Error, CustomStringConvertible {
        var program: String
        var code: Int32
        var description: String { "\(program) cannot be run: \(String(cString: strerror(code))). Check its path." }
    }
}
