import EventStore
import Foundation
import LogImport
import Synchronization

/// Reads a log on a thread of its own, while the batches before are being written.
final class LogPipeline: Sendable {
    struct Step: Sendable {
        var batch: LogBatch
        /// The names in the batch's events.
        var numbered: NumberedEvents
        var bytesTaken: Int
    }

    private struct State {
        var steps: [Step] = []
        var result: Result<Void, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let isReady = DispatchSemaphore(value: 0)
    private let isFree = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - reader: from now on the pipeline's; the caller may not use it any more.
    ///   - depth: batches that wait at most.
    init(_ reader: LogReader, maximumEvents: Int, depth: Int = 2) {
        // Counted up rather than begun with: a semaphore may not end below its first value.
        for _ in 0..<depth { isFree.signal() }
        let source = Source(reader: reader)
        let thread = Thread { [self] in
            while true {
                isFree.wait()
                if state.withLock({ $0.isCancelled }) { return }
                let next = Result {
                    try source.reader.next(maximumEvents: maximumEvents).map { batch in
                        Step(batch: batch, numbered: NumberedEvents(batch.events), bytesTaken: source.reader.bytesTaken)
                    }
                }
                state.withLock { state in
                    switch next {
                    case .success(let step?): state.steps.append(step)
                    case .success(nil): state.result = .success(())
                    case .failure(let error): state.result = .failure(error)
                    }
                }
                isReady.signal()
                if case .success(.some) = next { continue }
                return
            }
        }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Unchecked: `init` takes the reader over, and then only the thread uses it.
    private struct Source: @unchecked Sendable {
        let reader: LogReader
    }

    /// The next batch; nil at the end of the log.
    func next() throws -> Step? {
        isReady.wait()
        let (step, result) = state.withLock { state in
            (state.steps.isEmpty ? nil : state.steps.removeFirst(), state.result)
        }
        if let step {
            isFree.signal()
            return step
        }
        // The end stays the end.
        isReady.signal()
        try result?.get()
        return nil
    }

    /// Stops reading after the batch at work.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        isFree.signal()
    }
}
