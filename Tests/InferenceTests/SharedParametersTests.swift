import ComputeGraph
import Inference
import Kernels
import Testing

/// Graphs of several lengths over one model's parameters.
@Suite struct SharedParametersTests {
    private static func graph(length: Int, units: Int = 3) throws -> Graph {
        var graph = Graph()
        let input = try graph.input([length, 8])
        let dropped = try graph.dropout(try graph.dense(input, units: 8, named: "inner"), rate: 0.5, named: "dropout")
        let last = try graph.slice(dropped, axis: 0, from: length - 1, count: 1, named: "last")
        _ = try graph.dense(last, units: units, named: "outer")
        return graph
    }

    @Test func anotherGraphAnswersAsIfCompiledOnItsOwn() throws {
        let long = try Self.graph(length: 9), short = try Self.graph(length: 4)
        let parameters = long.initialParameters(seed: 2)
        let compiled = try CompiledModel(TrainedGraph(long, parameters: parameters), precision: .float32)
        let shared = try compiled.sharingParameters(with: TrainedGraph(short, parameters: parameters))
        let alone = try CompiledModel(TrainedGraph(short, parameters: parameters), precision: .float32)
        #expect(shared.inputShapes == [[4, 8]])
        let samples = (0..<64).map { Float($0 % 9) - 4 }
        let expected = try InferenceSession(alone, batchSizes: [2], threads: 1).answers(to: samples)
        #expect(try InferenceSession(shared, batchSizes: [2], threads: 1).answers(to: samples) == expected)
    }

    @Test func parametersThatDifferAreNamed() throws {
        let graph = try Self.graph(length: 9)
        let parameters = graph.initialParameters(seed: 2)
        let compiled = try CompiledModel(TrainedGraph(graph, parameters: parameters), precision: .float32)
        let other = try Self.graph(length: 4, units: 5)
        var changed = parameters
        changed[0][3] += 1
        for (model, word) in [
            (try TrainedGraph(other, parameters: other.initialParameters(seed: 2)), "outer.weight"),
            (try TrainedGraph(graph, parameters: changed), "inner.weight"),
        ] {
            let error = #expect(throws: InferenceError.self) { try compiled.sharingParameters(with: model) }
            #expect(error?.subject == word)
        }
    }
}
