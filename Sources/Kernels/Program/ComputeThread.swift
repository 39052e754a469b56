import CKernels
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A thread that runs compute jobs one after the other, in the order in which they were given.
///
/// oneDNN's and our own kernels run on an OpenMP team, and every thread that calls them gets a team of
/// its own. Programs are therefore made and run on one compute thread, whose team keeps its size, and never
/// on Swift's cooperative pool, where blocking work starves everybody else and threads change freely.
public final class ComputeThread: Sendable {
    let queue: JobQueue
    public let name: String
    /// Threads of the team, the compute thread included.
    public let threads: Int

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: shown by debuggers and `top`; the system keeps its first 15 bytes.
    ///   - threads: size of the team, at least 1.
    public init(name: String, threads: Int) {
        self.name = name
        self.threads = max(threads, 1)
        queue = JobQueue(name: name, threads: self.threads)
    }

    deinit { queue.stop() }

    /// Whether the caller runs on this thread.
    public var isCurrent: Bool { queue.isCurrent }

    /// Runs `body` on the thread and waits for it. On the thread itself it is called at once.
    ///
    /// Takes three small blocks of memory for the change of threads; a `RepeatedJob` takes none.
    /// Do not call this from asynchronous code; there the asynchronous variant of the same name is chosen.
    public func perform<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        if isCurrent { return try body() }
        var outcome: Swift.Result<Result, Failure>?
        withoutActuallyEscaping({
            do throws(Failure) { outcome = .success(try body()) } catch { outcome = .failure(error) }
        }, do: { work in
            var job = JobQueue.Job(body: work, awaited: true)
            withUnsafeMutablePointer(to: &job, queue.runAndWait)
        })
        guard let outcome else { preconditionFailure("the compute thread '\(name)' skipped a job") }
        return try outcome.get()
    }

    /// Runs `body` on the thread without blocking the caller's thread meanwhile.
    public func perform<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
            queue.append {
                do throws(Failure) { continuation.resume(returning: .success(try body())) } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }

    /// Finishes the jobs that wait and ends the thread. Giving it a job afterwards is a programming error.
    public func stop() { queue.stop() }
}

/// The jobs of a compute thread, and the thread itself, which keeps the queue alive until it is stopped.
final class JobQueue: @unchecked Sendable {
    // `first`, `last` and `stopping`, and the links and flags of the jobs, are only touched while `mutex` is
    // held; `thread` is written before `init` returns and then only read, once, by the caller that sets
    // `stopping`. A job's body is called by the compute thread alone, and the one who waits for it keeps it alive.
    struct Job {
        let body: () -> Void
        /// Whether somebody waits and owns the job; otherwise the compute thread frees it.
        let awaited: Bool
        var finished = false
        var next: UnsafeMutablePointer<Job>?
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workArrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let jobFinished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var first: UnsafeMutablePointer<Job>?
    private var last: UnsafeMutablePointer<Job>?
    private var stopping = false
    private var thread = pthread_t()
    private let name: String
    private let threads: Int

    init(name: String, threads: Int) {
        self.name = name
        self.threads = threads
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(workArrived, nil)
        pthread_cond_init(jobFinished, nil)
        let status = pthread_create(&thread, nil, { context in
            if let context { Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().work() }
            return nil
        }, Unmanaged.passRetained(self).toOpaque())
        precondition(status == 0, "cannot start the compute thread '\(name)': \(String(cString: strerror(status)))")
    }

    deinit {
        pthread_cond_destroy(jobFinished)
        pthread_cond_destroy(workArrived)
        pthread_mutex_destroy(mutex)
        jobFinished.deallocate()
        workArrived.deallocate()
        mutex.deallocate()
    }

    var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Runs a job that its caller owns and that nobody else runs at the same time.
    func runAndWait(_ job: UnsafeMutablePointer<Job>) {
        pthread_mutex_lock(mutex)
        job.pointee.finished = false
        job.pointee.next = nil
        enqueue(job)
        while !job.pointee.finished { pthread_cond_wait(jobFinished, mutex) }
        pthread_mutex_unlock(mutex)
    }

    func append(_ body: @escaping @Sendable () -> Void) {
        let job = UnsafeMutablePointer<Job>.allocate(capacity: 1)
        job.initialize(to: Job(body: body, awaited: false))
        pthread_mutex_lock(mutex)
        enqueue(job)
        pthread_mutex_unlock(mutex)
    }

    /// With the mutex held.
    private func enqueue(_ job: UnsafeMutablePointer<Job>) {
        precondition(!stopping, "the compute thread '\(name)' was stopped")
        if let last { last.pointee.next = job } else { first = job }
        last = job
        pthread_cond_signal(workArrived)
    }

    func stop() {
        pthread_mutex_lock(mutex)
        let stopped = stopping
        stopping = true
        pthread_cond_signal(workArrived)
        pthread_mutex_unlock(mutex)
        guard !stopped else { return }
        // The last owner may let go in a job; a thread cannot wait for its own end.
        if isCurrent { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }

    private func work() {
        tk_name_thread(name)
        tk_set_threads(Int32(threads))
        pthread_mutex_lock(mutex)
        while true {
            while first == nil, !stopping { pthread_cond_wait(workArrived, mutex) }
            guard let job = first else { break }
            first = job.pointee.next
            if first == nil { last = nil }
            pthread_mutex_unlock(mutex)
            job.pointee.body()
            if job.pointee.awaited {
                pthread_mutex_lock(mutex)
                job.pointee.finished = true
                pthread_cond_broadcast(jobFinished)
            } else {
                job.deinitialize(count: 1)
                job.deallocate()
                pthread_mutex_lock(mutex)
            }
        }
        pthread_mutex_unlock(mutex)
    }
}
