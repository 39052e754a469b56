import Synchronization

/// Work that is given to a compute thread again and again with another argument, without allocating memory.
public final class RepeatedJob<Argument: BitwiseCopyable>: @unchecked Sendable {
    // `job` and `slot` are only touched by the holder of `lock`, and by the compute thread while that holder
    // waits for it; `body` never changes and is only called on the compute thread.
    private struct Slot {
        var argument: Argument?
        var error: (any Error)?
    }

    private let thread: ComputeThread
    private let body: (Argument) throws -> Void
    private let slot: UnsafeMutablePointer<Slot>
    private let job: UnsafeMutablePointer<JobQueue.Job>
    private let lock = Mutex(())

    public init(on thread: ComputeThread, _ body: @escaping @Sendable (Argument) throws -> Void) {
        self.thread = thread
        self.body = body
        let slot = UnsafeMutablePointer<Slot>.allocate(capacity: 1)
        slot.initialize(to: Slot())
        self.slot = slot
        job = .allocate(capacity: 1)
        job.initialize(to: JobQueue.Job(body: {
            guard let argument = slot.pointee.argument else { return }
            do { try body(argument) } catch { slot.pointee.error = error }
        }, awaited: true))
    }

    deinit {
        job.deinitialize(count: 1)
        job.deallocate()
        slot.deinitialize(count: 1)
        slot.deallocate()
    }

    /// Does the work on the thread and waits for it; callers on other threads wait for each other.
    ///
    /// - Throws: what the work throws.
    public func run(_ argument: Argument) throws {
        if thread.isCurrent { return try body(argument) }
        try lock.withLock { _ in
            slot.pointee.argument = argument
            slot.pointee.error = nil
            thread.queue.runAndWait(job)
            if let error = slot.pointee.error { throw error }
        }
    }
}
