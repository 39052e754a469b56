import ComputeGraph
import Kernels
import Recommendation
import Testing
import Training

@Suite struct SequenceGraphTests {
    static let itemCount = 23

    static func configuration(dropout: Float = 0, heads: Int = 2) -> SequenceConfiguration {
        var configuration = SequenceConfiguration()
        configuration.width = 16
        configuration.heads = heads
        configuration.maximumLength = 8
        configuration.dropout = dropout
        configuration.attentionDropout = dropout
        return configuration
    }

    /// Parameters large enough that every part of the network matters.
    static func parameters(_ graph: Graph) -> [[Float]] {
        var random = RandomSource(seed: 8)
        return zip(graph.parameters, graph.initialParameters(seed: 5)).map { parameter, values in
            values.map { parameter.shape.rank == 2 ? 10 * $0 : $0 + 0.3 * (random.uniform() - 0.5) }
        }
    }

    private final class Problem {
        let graph: Graph
        let values: ParameterStorage
        let gradients: ParameterStorage
        let plan: TrainingPlan

        /// `rows` of the batch have a target.
        init(_ configuration: SequenceConfiguration, length: Int, batch: Int, rows: Int) throws {
            graph = try SequenceGraph(configuration: configuration, itemCount: itemCount).graph(length: length, ending: .scores)
            values = try ParameterStorage(graph.parameters, for: "values")
            gradients = try ParameterStorage(graph.parameters, for: "gradients")
            values.values = SequenceGraphTests.parameters(graph)
            plan = try TrainingPlan(
                graph, batch: batch, precision: .float32, loss: .crossEntropy(labelSmoothing: 0), purpose: .training,
                parameters: values, gradients: gradients)
            for row in 0..<batch {
                plan.targets[row] = row < rows ? Int32(row * 5 % itemCount) : -1
                for step in 0..<length {
                    plan.indices[0][row * length + step] = row < rows ? Int32((row * 3 + step * 7) % itemCount) : -1
                    plan.indices[1][row * length + step] = SequenceGraph.places(length: length)[step]
                }
            }
        }

        func loss() throws -> Double {
            plan.program.runNumber = 4
            let result = try plan.run()
            return result.loss / Double(result.counted)
        }
    }

    private func onThread(_ body: () throws -> Void) throws {
        try ComputeThread(name: "sequence test", threads: 2).perform(body)
    }

    @Test func everyLengthHasTheSameParameters() throws {
        let network = SequenceGraph(configuration: SequenceConfiguration(), itemCount: 100)
        let first = try network.graph(length: 1, ending: .scores)
        for length in [2, 13, 50] {
            for ending in [SequenceGraph.Ending.scores, .state] {
                let graph = try network.graph(length: length, ending: ending)
                #expect(graph.parameters == first.parameters)
            }
        }
        let state = try network.graph(length: 7, ending: .state)
        #expect(state.shape(of: state.output) == [64])
    }

    @Test(arguments: [(1, 1, Float(0)), (5, 2, 0.5), (8, 2, 0), (8, 1, 0.5)])
    func agreesWithThePaper(_ one: (length: Int, heads: Int, dropout: Float)) throws {
        let configuration = Self.configuration(dropout: one.dropout, heads: one.heads)
        let graph = try SequenceGraph(configuration: configuration, itemCount: Self.itemCount).graph(length: 1, ending: .state)
        let parameters = Self.parameters(graph)
        let model = try SequenceModel(configuration, itemCount: Self.itemCount, weights: .equal, parameters: parameters)
        let reference = SequenceReference(configuration: configuration, parameters: Dictionary(
            uniqueKeysWithValues: zip(graph.parameters, parameters).map { ($0.name, $1.map(Double.init)) }))
        let items = (0..<one.length).map { $0 * 5 % Self.itemCount }
        let states = try model.states(for: [Query(items: items)])
        for (own, expected) in zip(states, reference.state(items)) { #expect(abs(Double(own) - expected) < 2e-4) }
    }

    @Test(arguments: [1, 6], [Float(0), 0.3])
    func gradientsAgreeWithFiniteDifferences(length: Int, dropout: Float) throws {
        try onThread {
            let problem = try Problem(Self.configuration(dropout: dropout), length: length, batch: 6, rows: 5)
            _ = try problem.loss()
            let analytic = problem.gradients.values
            for (index, parameter) in problem.graph.parameters.enumerated() {
                // The direction of the gradient itself: float32 differences of single elements would drown in rounding.
                let norm = analytic[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
                // Attention to a single key does not depend on query and key; nor does any on what all keys share.
                if length == 1, parameter.name.contains("query") || parameter.name.contains("key") { continue }
                if parameter.name.hasSuffix("key.bias") { continue }
                #expect(norm > 0, "\(parameter.name) has no gradient")
                let before = Array(problem.values[index])
                let step: Float = 0.01
                var slopes: [Double] = []
                for sign in [Float(1), -1] {
                    for element in before.indices {
                        problem.values[index][element] = before[element] + sign * step * analytic[index][element] / norm
                    }
                    slopes.append(try problem.loss())
                }
                _ = problem.values[index].update(fromContentsOf: before)
                let slope = (slopes[0] - slopes[1]) / Double(2 * step)
                #expect(abs(slope - Double(norm)) < 0.02 * Double(norm) + 1e-4, "\(parameter.name): \(slope) and \(norm)")
            }
        }
    }

    @Test func rowsWithoutATargetDoNotChangeTheGradient() throws {
        try onThread {
            let exact = try Problem(Self.configuration(dropout: 0.2), length: 4, batch: 5, rows: 5)
            let padded = try Problem(Self.configuration(dropout: 0.2), length: 4, batch: 9, rows: 5)
            let (loss, same) = (try exact.loss(), try padded.loss())
            #expect(abs(loss - same) < 1e-6)
            for (own, other) in zip(exact.gradients.values, padded.gradients.values) {
                let size = own.reduce(0) { max($0, abs($1)) }
                for (a, b) in zip(own, other) { #expect(abs(a - b) <= 1e-5 * size + 1e-8) }
            }
        }
    }
}
