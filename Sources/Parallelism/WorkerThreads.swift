import Foundation
import Synchronization

/// Runs blocking work on threads of its own, never on the pool that Swift's tasks share.
public enum WorkerThreads {
    /// Threads to use unless told otherwise: one per processor.
    public static var defaultCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// Calls a worker with every index below `count`, each once, several at a time, and waits for the end.
    ///
    /// - Parameters:
    ///   - threads: how many; at least one.
    ///   - makeWorker: called once on every thread, so that what one thread needs for itself lives in what it returns.
    /// - Throws: the first error of a worker, after all have stopped; no new index is begun after an error.
    public static func forEach(
        _ count: Int, threads: Int = defaultCount, _ makeWorker: @escaping @Sendable () -> (Int) throws -> Void
    ) throws {
        let shared = Shared()
        let run: @Sendable () -> Void = {
            let worker = makeWorker()
            while shared.failure.withLock({ $0 == nil }) {
                let index = shared.next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                do {
                    try worker(index)
                } catch {
                    shared.failure.withLock { $0 = $0 ?? error }
                }
            }
        }
        let finished = DispatchSemaphore(value: 0)
        let started = max(1, min(threads, count))
        for number in 0..<started {
            let thread = Thread {
                run()
                finished.signal()
            }
            thread.name = "worker-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
        for _ in 0..<started { finished.wait() }
        if let error = shared.failure.withLock({ $0 }) { throw error }
    }

    /// What the worker makes of every index below `count`, in order.
    public static func map<Result: Sendable>(
        _ count: Int, threads: Int = defaultCount, _ makeWorker: @escaping @Sendable () -> (Int) throws -> Result
    ) throws -> [Result] {
        let results = Results<Result>(count: count)
        try forEach(count, threads: threads) {
            let worker = makeWorker()
            return { index in
                let result = try worker(index)
                results.values.withLock { $0[index] = result }
            }
        }
        return results.values.withLock { $0.map { $0! } }
    }

    /// Does two things at the same time, the first on a thread of its own, and waits for both.
    ///
    /// - Throws: the first's error, or else the second's.
    public static func both<First: Sendable, Second>(
        _ first: @escaping @Sendable () throws -> First, _ second: () throws -> Second
    ) throws -> (First, Second) {
        let results = Results<Swift.Result<First, any Error>>(count: 1), finished = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = Swift.Result { try first() }
            results.values.withLock { $0[0] = result }
            finished.signal()
        }
        thread.name = "worker"
        thread.stackSize = 1 << 20
        thread.start()
        let other = Swift.Result { try second() }
        finished.wait()
        return try (results.values.withLock { $0[0]! }.get(), other.get())
    }

    private final class Shared: Sendable {
        let next = Atomic<Int>(0)
        let failure = Mutex<(any Error)?>(nil)
    }

    private final class Results<Value: Sendable>: Sendable {
        let values: Mutex<[Value?]>

        init(count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }
    }
}
