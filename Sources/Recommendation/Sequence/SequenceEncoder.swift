import ComputeGraph
import Inference
import Kernels
import Synchronization

/// Turns histories of any length into states, on a compute thread of its own.
///
/// Each length has a session that is made when first needed; all share the parameters. Once a session stands, a call
/// allocates nothing. Calls from several threads wait for each other, for the tenth of a millisecond that one takes.
final class SequenceEncoder: Sendable {
    let width: Int
    let maximumLength: Int
    let thread: ComputeThread
    private let network: SequenceGraph
    private let parameters: [[Float]]
    private let compiled: CompiledModel
    private let sessions: Mutex<[InferenceSession?]>
    /// For each length, the places of the largest batch.
    private let places: [[Int32]]

    /// Histories that one run takes at most.
    static let batch = 32

    init(_ network: SequenceGraph, parameters: [[Float]], threads: Int) throws {
        self.network = network
        self.parameters = parameters
        width = network.configuration.width
        maximumLength = network.configuration.maximumLength
        thread = ComputeThread(name: "sequence", threads: threads)
        // Float32: the matrices are too small for anything to be gained by less.
        compiled = try CompiledModel(
            TrainedGraph(network.graph(length: maximumLength, ending: .state), parameters: parameters), precision: .float32)
        sessions = Mutex([InferenceSession?](repeating: nil, count: maximumLength))
        places = (1...maximumLength).map { length in
            let one = SequenceGraph.places(length: length)
            return (0..<Self.batch).flatMap { _ in one }
        }
    }

    /// The session for histories of a length, made now if there is none.
    func session(length: Int) throws -> InferenceSession {
        try sessions.withLock { sessions in
            if let session = sessions[length - 1] { return session }
            let graph = try network.graph(length: length, ending: .state)
            let session = try InferenceSession(
                compiled.sharingParameters(with: TrainedGraph(graph, parameters: parameters)), batchSizes: [1, Self.batch],
                on: thread)
            sessions[length - 1] = session
            return session
        }
    }

    /// Writes the states of histories of one length.
    ///
    /// - Parameters:
    ///   - histories: `[count, length]` of item numbers, the earliest first.
    ///   - states: receives `[count, width]`.
    /// - Throws: `KernelError` when a session cannot be made or a kernel fails.
    func encode(
        _ histories: UnsafeBufferPointer<Int32>, count: Int, length: Int, into states: UnsafeMutableBufferPointer<Float>
    ) throws {
        let session = try session(length: length)
        try places[length - 1].withUnsafeBytes { places in
            var done = 0
            while done < count {
                let part = min(Self.batch, count - done)
                let items = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: histories[done * length..<(done + part) * length]))
                let output = UnsafeMutableBufferPointer(rebasing: states[done * width..<(done + part) * width])
                try withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: 2) { inputs in
                    inputs.initializeElement(at: 0, to: items)
                    inputs.initializeElement(at: 1, to: places)
                    try withUnsafePointer(to: output) { output in
                        try session.run(
                            UnsafeBufferPointer(inputs), count: part, into: UnsafeBufferPointer(start: output, count: 1))
                    }
                }
                done += part
            }
        }
    }
}
