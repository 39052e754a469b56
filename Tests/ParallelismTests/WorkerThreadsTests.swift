import Foundation
import Parallelism
import Synchronization
import Testing

@Suite struct WorkerThreadsTests {
    private struct Refused: Error, Equatable { var index: Int }

    @Test(arguments: [1, 2, 5]) func everyIndexIsWorkedOnOnce(threads: Int) throws {
        let counts = Mutex([Int](repeating: 0, count: 1_000))
        try WorkerThreads.forEach(1_000, threads: threads) { { index in counts.withLock { $0[index] += 1 } } }
        #expect(counts.withLock { $0.allSatisfy { $0 == 1 } })
        try WorkerThreads.forEach(0, threads: threads) { { _ in Issue.record("there is nothing to do") } }
    }

    @Test func resultsKeepTheOrder() throws {
        let squares = try WorkerThreads.map(300, threads: 4) { { $0 * $0 } }
        #expect(squares == (0..<300).map { $0 * $0 })
    }

    /// What a thread needs for itself is made once for it.
    @Test func eachThreadMakesItsOwnWorker() throws {
        let made = Atomic<Int>(0)
        try WorkerThreads.forEach(100, threads: 3) {
            made.add(1, ordering: .relaxed)
            return { _ in }
        }
        #expect(made.load(ordering: .relaxed) == 3)
    }

    @Test func nothingNewIsBegunAfterAnError() throws {
        let begun = Atomic<Int>(0)
        #expect(throws: Refused(index: 3)) {
            try WorkerThreads.forEach(1_000_000, threads: 2) {
                { index in
                    begun.add(1, ordering: .relaxed)
                    if index == 3 { throw Refused(index: index) }
                    usleep(200)
                }
            }
        }
        #expect(begun.load(ordering: .relaxed) < 1_000_000)
    }

    /// Each waits for a sign of the other, so one after the other would never end.
    @Test(.timeLimit(.minutes(1))) func bothRunAtTheSameTime() throws {
        let first = DispatchSemaphore(value: 0), second = DispatchSemaphore(value: 0)
        let (number, text) = try WorkerThreads.both(
            {
                first.signal()
                second.wait()
                return 7
            },
            {
                second.signal()
                first.wait()
                return "seven"
            })
        #expect(number == 7 && text == "seven")
    }

    @Test func bothEndBeforeAnErrorIsThrown() throws {
        let ended = Atomic<Int>(0)
        #expect(throws: Refused(index: 1)) {
            _ = try WorkerThreads.both(
                { () throws -> Int in throw Refused(index: 1) },
                { () throws -> Int in
                    ended.add(1, ordering: .relaxed)
                    throw Refused(index: 2)
                })
        }
        #expect(ended.load(ordering: .relaxed) == 1)
        #expect(throws: Refused(index: 2)) { _ = try WorkerThreads.both({ 1 }, { () throws -> Int in throw Refused(index: 2) }) }
    }
}
