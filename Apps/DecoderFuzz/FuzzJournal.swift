import Foundation
import Synchronization

/// Remembers the file being decoded where a crash leaves it: in a file mapped into memory, which the kernel
/// writes back even when the process dies.
///
/// A watchdog thread stops the process when one file takes longer than the limit.
final class FuzzJournal: Sendable {
    /// The number of the file in work, or -1.
    private let current = Atomic<Int>(-1)
    private let startedAt = Atomic<UInt64>(0)
    private let mapped: MappedText

    init(path: String, seed: UInt64, timeLimit: Double) throws {
        mapped = try MappedText(path: path, seed: seed)
        let watchdog = Thread { [self] in watch(timeLimit: timeLimit, path: path) }
        watchdog.start()
    }

    func begin(_ number: Int) {
        mapped.write(number)
        startedAt.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed)
        current.store(number, ordering: .releasing)
    }

    func end() { current.store(-1, ordering: .releasing) }

    private func watch(timeLimit: Double, path: String) {
        while true {
            Thread.sleep(forTimeInterval: 0.1)
            let number = current.load(ordering: .acquiring)
            guard number >= 0 else { continue }
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds &- startedAt.load(ordering: .relaxed)) / 1e9
            guard elapsed > timeLimit, elapsed < 1e6, current.load(ordering: .acquiring) == number else { continue }
            FileHandle.standardError.write(Data("decoderfuzz: file \(number) takes longer than \(timeLimit) s; see \(path)\n".utf8))
            exit(3)
        }
    }
}

/// A text of fixed length in a shared mapping: "seed S file N".
private final class MappedText: Sendable {
    // Written by the one decoding thread only, and read by nobody in this process: hence safe to share.
    nonisolated(unsafe) private let memory: UnsafeMutableRawPointer
    private let length = 64

    init(path: String, seed: UInt64) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, length) == 0,
            let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { throw FuzzError(description: "\(path): cannot be written: \(String(cString: strerror(errno)))") }
        close(descriptor)
        self.memory = memory
        let start = Array("--seed \(seed) --only ".utf8)
        memory.initializeMemory(as: UInt8.self, repeating: 0x20, count: length)
        memory.copyMemory(from: start, byteCount: start.count)
        (memory + length - 1).storeBytes(of: 0x0A, as: UInt8.self)
    }

    /// Digits, right-aligned before the end of the line.
    func write(_ number: Int) {
        var rest = number, place = length - 2
        repeat {
            (memory + place).storeBytes(of: UInt8(0x30 + rest % 10), as: UInt8.self)
            rest /= 10
            place -= 1
        } while rest > 0
    }
}
