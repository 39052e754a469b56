import Kernels

/// The thread that runs the kernels of all tests here.
enum KernelThread {
    private static let thread = ComputeThread(name: "kernel tests", threads: 2)

    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await thread.perform(body)
    }
}
