import ComputeGraph
import Inference
import Kernels
import Testing

@Suite(.serialized) struct InferenceSessionTests {
    static let graph = try? SampleModels.residualNetwork()
    static let layers = ["pool", "stage4.block2.relu", "stage2.block1.relu"]

    /// The residual network with its features and two of its maps as further outputs.
    static func sample() throws -> TrainedGraph {
        try SampleModels.model(try #require(graph), alsoAnswering: layers)
    }

    @Test(arguments: [1, 2]) func float32AgreesWithPlainKernels(threads: Int) throws {
        let model = try Self.sample()
        let session = try InferenceSession(CompiledModel(model, precision: .float32), batchSizes: [1, 4], threads: threads)
        let samples = SampleModels.samples(6, of: [64, 64, 3])
        let expected = try SampleModels.plainValues(model, samples, on: session.thread)
        let found = try session.values(for: samples)
        #expect(found.count == 4)
        for (name, (left, right)) in zip(session.model.outputNames, zip(found, expected)) {
            #expect(relativeDifference(left, right) < 1e-4, "\(name)")
        }
    }

    @Test(.enabled(if: InstructionSet.current.supportsBFloat16)) func bfloat16StaysNear() throws {
        let model = try Self.sample()
        let session = try InferenceSession(CompiledModel(model, precision: .bfloat16), batchSizes: [1, 4], threads: 1)
        let samples = SampleModels.samples(5, of: [64, 64, 3])
        let expected = try SampleModels.plainValues(model, samples, on: session.thread)
        for (left, right) in zip(try session.values(for: samples), expected) {
            #expect(relativeDifference(left, right) < 0.05)
        }
    }

    @Test(arguments: Precision.allCases) func anyCountAnswersTheSameAsOneByOne(precision: Precision) throws {
        guard precision == .float32 || InstructionSet.current.supportsBFloat16 else { return }
        let compiled = try CompiledModel(try Self.sample(), precision: precision)
        let one = try InferenceSession(compiled, batchSizes: [1], threads: 1)
        let many = try InferenceSession(compiled, batchSizes: [16, 2, 4], threads: 1)
        let shape: Shape = [64, 64, 3]
        let samples = SampleModels.samples(23, of: shape)
        let single = try (0..<23).flatMap { try one.answers(to: Array(samples[$0 * shape.elementCount..<($0 + 1) * shape.elementCount])) }
        for count in [1, 3, 5, 15, 16, 17, 23] {
            let found = try many.answers(to: Array(samples.prefix(count * shape.elementCount)))
            #expect(relativeDifference(found, Array(single.prefix(count * 2))) < (precision == .float32 ? 1e-5 : 0.01), "count \(count)")
        }
    }

    @Test func sessionsAndSizesShareWeights() throws {
        let compiled = try CompiledModel(try Self.sample(), precision: .float32)
        let first = try InferenceSession(compiled, batchSizes: [1], threads: 1)
        let packed = compiled.packedByteCount
        #expect(packed > 4 << 20)
        let second = try InferenceSession(compiled, batchSizes: [1], threads: 1)
        #expect(compiled.packedByteCount == packed)
        let samples = SampleModels.samples(1, of: [64, 64, 3])
        #expect(try first.answers(to: samples) == second.answers(to: samples))
    }

    @Test func otherImageSizesShareTheModel() throws {
        let graph = try SampleModels.residualNetwork(size: 64)
        let compiled = try CompiledModel(try SampleModels.model(graph), precision: .float32)
        let larger = try compiled.resized(to: [96, 80, 3])
        let session = try InferenceSession(larger, batchSizes: [1], threads: 1)
        let samples = SampleModels.samples(1, of: [96, 80, 3])
        let plain = try SampleModels.plainValues(try SampleModels.model(graph).resized(to: [96, 80, 3]), samples, on: session.thread)
        #expect(relativeDifference(try session.answers(to: samples), plain[0]) < 1e-4)
    }

    @Test func asynchronousCallersAreAnsweredEachWithItsOwn() async throws {
        let session = try InferenceSession(CompiledModel(try Self.sample(), precision: .float32), batchSizes: [1], threads: 1)
        let shape: Shape = [64, 64, 3]
        let expected = try await (0..<8).asyncMap { try await session.answers(to: SampleModels.samples(1, of: shape, seed: UInt64($0))) }
        try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for index in 0..<8 {
                group.addTask { (index, try await session.answers(to: SampleModels.samples(1, of: shape, seed: UInt64(index)))) }
            }
            for try await (index, answer) in group { #expect(answer == expected[index]) }
        }
    }

    @Test func wrongBuffersAreRefused() throws {
        let session = try InferenceSession(CompiledModel(try Self.sample(), precision: .float32), batchSizes: [1], threads: 1)
        #expect(throws: InferenceError.self) { try session.answers(to: []) }
        #expect(throws: InferenceError.self) { try session.answers(to: [Float](repeating: 0, count: 100)) }
        let samples = SampleModels.samples(1, of: [64, 64, 3])
        var answer = [Float](repeating: 0, count: 2)
        samples.withUnsafeBufferPointer { input in
            answer.withUnsafeMutableBufferPointer { output in
                #expect(throws: InferenceError.self) { try session.run(input, count: 0, into: output) }
                #expect(throws: InferenceError.self) { try session.run(input, count: 2, into: output) }
                #expect(throws: InferenceError.self) {
                    try session.run(input, count: 1, into: UnsafeMutableBufferPointer(rebasing: output[..<1]))
                }
                #expect(throws: Never.self) { try session.run(input, count: 1, into: output) }
            }
        }
        #expect(throws: InferenceError.self) { try InferenceSession(session.model, batchSizes: [], threads: 1) }
        #expect(throws: InferenceError.self) { try InferenceSession(session.model, batchSizes: [0, 1], threads: 1) }
    }

    @Test func wrongParametersAreRefused() throws {
        let graph = try #require(Self.graph)
        var parameters = SampleModels.parameters(graph, seed: 1)
        #expect(throws: InferenceError.self) { try TrainedGraph(graph, parameters: Array(parameters.dropLast())) }
        #expect(throws: InferenceError.self) { try TrainedGraph(graph, parameters: [String: [Float]]()) }
        #expect(throws: InferenceError.self) { try TrainedGraph(graph, parameters: parameters, alsoAnswering: ["nowhere"]) }
        parameters[3][0] = .nan
        #expect(throws: InferenceError.self) { try TrainedGraph(graph, parameters: parameters) }
        parameters[3] = []
        #expect(throws: InferenceError.self) { try TrainedGraph(graph, parameters: parameters) }
    }
}

extension Sequence {
    func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
