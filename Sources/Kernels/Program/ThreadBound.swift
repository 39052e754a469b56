/// State that is made on a compute thread and only ever touched there, such as programs.
public final class ThreadBound<State>: @unchecked Sendable {
    // `state` is read and written in jobs of `thread` alone, one at a time, or by the last owner in `deinit`.
    private var state: State
    public let thread: ComputeThread

    /// Makes the state on the thread.
    public init<Failure: Error>(on thread: ComputeThread, _ make: () throws(Failure) -> State) throws(Failure) {
        self.thread = thread
        state = try thread.perform(make)
    }

    /// Runs `body` on the thread with the state and waits for it.
    public func perform<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
        try thread.perform { () throws(Failure) -> Result in try body(&state) }
    }

    /// Runs `body` on the thread with the state without blocking the caller's thread meanwhile.
    public func perform<Result: Sendable, Failure: Error>(
        _ body: @escaping @Sendable (inout State) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await thread.perform { () throws(Failure) -> Result in try body(&self.state) }
    }
}
