import ComputeGraph
import Inference
import Kernels
import Synchronization

/// Turns histories of any length into states, on compute threads of its own.
///
/// Each thread has a session for each length, made when first needed; all share the parameters. Once a session stands, a
/// call allocates nothing. Calls from several threads are spread over the compute threads, and wait for each other beyond
/// their number.
final class SequenceEncoder: Sendable {
    let width: Int
    let maximumLength: Int
    private let network: SequenceGraph
    private let parameters: [[Float]]
    private let compiled: CompiledModel
    private let lanes: [Lane]
    private let calls = Atomic<Int>(0)
    /// For each length, the places of the largest batch.
    private let places: [[Int32]]

    /// A compute thread with its sessions.
    private final class Lane: Sendable {
        let thread: ComputeThread
        let sessions: Mutex<[InferenceSession?]>

        init(lengths: Int) {
            thread = ComputeThread(name: "sequence", threads: 1)
            sessions = Mutex([InferenceSession?](repeating: nil, count: lengths))
        }
    }

    /// Histories that one run takes at most.
    static let batch = 8

    /// - Parameter threads: compute threads, each of which answers on its own.
    init(_ network: SequenceGraph, parameters: [[Float]], threads: Int) throws {
        self.network = network
        self.parameters = parameters
        width = network.configuration.width
        let lengths = network.configuration.maximumLength
        maximumLength = lengths
        // Float32: the matrices are too small for anything to be gained by less.
        compiled = try CompiledModel(
            TrainedGraph(network.graph(length: lengths, ending: .state), parameters: parameters), precision: .float32)
        lanes = (0..<max(threads, 1)).map { _ in Lane(lengths: lengths) }
        places = (1...lengths).map { length in
            let one = SequenceGraph.places(length: length)
            return (0..<Self.batch).flatMap { _ in one }
        }
    }

    /// A compute thread for work beside that of the sessions.
    var thread: ComputeThread { lanes[0].thread }

    private func session(length: Int, _ lane: Lane) throws -> InferenceSession {
        try lane.sessions.withLock { sessions in
            if let session = sessions[length - 1] { return session }
            let graph = try network.graph(length: length, ending: .state)
            let session = try InferenceSession(
                compiled.sharingParameters(with: TrainedGraph(graph, parameters: parameters)), batchSizes: [1, Self.batch],
                on: lane.thread)
            sessions[length - 1] = session
            return session
        }
    }

    /// Writes the states of histories of one length.
    ///
    /// - Parameters:
    ///   - histories: `[count, length]` of item numbers, the earliest first.
    ///   - states: receives `[count, width]`.
    /// - Throws: `KernelError` when memory for a session is short.
    func encode(
        _ histories: UnsafeBufferPointer<Int32>, count: Int, length: Int, into states: UnsafeMutableBufferPointer<Float>
    ) throws {
        let call = calls.wrappingAdd(1, ordering: .relaxed).newValue
        let session = try session(length: length, lanes[Int(UInt(bitPattern: call) % UInt(lanes.count))])
        try places[length - 1].withUnsafeBytes { places in
            var done = 0
            while done < count {
                let part = min(Self.batch, count - done)
                let items = UnsafeRawBufferPointer(
                    UnsafeBufferPointer(rebasing: histories[done * length..<(done + part) * length]))
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
