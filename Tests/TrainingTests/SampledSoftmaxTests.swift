import ComputeGraph
import Foundation
import Kernels
import Testing
import Training

@Suite struct SampledSoftmaxTests {
    private static let width = 20
    private static let items = 50
    private static let batch = 6

    /// A hidden state whose table also takes part in computing it, as with tied embeddings, or does not.
    private static func graph(tied: Bool) throws -> Graph {
        var graph = Graph()
        let input = try graph.input([width])
        let scores = try graph.dense(input, units: items, bias: false, named: "items")
        let mixed = try graph.dense(try graph.activation(scores, .tanh, named: "tanh"), units: width, named: "mix")
        let plain = try graph.dense(input, units: width, named: "plain")
        graph.output = tied ? mixed : plain
        return graph
    }

    private final class Problem {
        let values: ParameterStorage
        let gradients: ParameterStorage
        let plan: TrainingPlan
        let graph: Graph
        static let targets: [Int32] = [3, 0, 49, 3, -1, 17]

        init(_ graph: Graph, _ loss: Loss, precision: Precision = .float32) throws {
            self.graph = graph
            values = try ParameterStorage(graph.parameters, for: "values")
            gradients = try ParameterStorage(graph.parameters, for: "gradients")
            values.values = graph.initialParameters(seed: 5).map { $0.map { $0 * 2 } }
            plan = try TrainingPlan(
                graph, batch: batch, precision: precision, loss: loss, purpose: .training, parameters: values, gradients: gradients)
            var random = RandomSource(seed: 4)
            for index in plan.input.indices { plan.input[index] = random.uniform() * 4 - 2 }
            for (row, target) in Self.targets.enumerated() { plan.targets[row] = target }
        }

        /// Mean loss, drawing by `run`.
        func loss(run: UInt64 = 1) throws -> Double {
            plan.program.runNumber = run
            let result = try plan.run()
            #expect(result.counted == 5)
            return result.loss / Double(result.counted)
        }

        func gradient(_ name: String) -> [Float] {
            graph.parameters.firstIndex { $0.name == name }.map { Array(gradients[$0]) } ?? []
        }
    }

    private func onThread(_ body: () throws -> Void) throws {
        try ComputeThread(name: "sampled", threads: 2).perform(body)
    }

    @Test func drawingAllItemsIsTheFullSoftmax() throws {
        try onThread {
            let graph = try Self.graph(tied: true)
            // The same logits from a layer that shares the table.
            var full = graph
            _ = try full.dense(full.output, units: Self.items, bias: false, sharing: "items", named: "logits")
            let expected = try Problem(full, .crossEntropy(labelSmoothing: 0))
            let sampled = try Problem(
                graph, .sampledSoftmax(table: "items.weight", samples: Self.items, distribution: .uniform))
            let (loss, fullLoss) = (try sampled.loss(), try expected.loss())
            #expect(abs(loss - fullLoss) < 1e-6 * fullLoss)
            for name in ["items.weight", "mix.weight", "mix.bias"] {
                let (own, reference) = (sampled.gradient(name), expected.gradient(name))
                let peak = reference.reduce(0) { max($0, abs($1)) }
                #expect(peak > 0)
                for (a, b) in zip(own, reference) { #expect(abs(a - b) < 1e-5 * peak + 1e-7) }
            }
        }
    }

    @Test(arguments: [
        SamplingDistribution.uniform, .logUniform, .weighted((0..<items).map { Float($0 % 7) + 0.25 }),
    ], [true, false])
    func gradientAgreesWithFiniteDifferences(distribution: SamplingDistribution, tied: Bool) throws {
        try onThread {
            let problem = try Problem(
                Self.graph(tied: tied), .sampledSoftmax(table: "items.weight", samples: 12, distribution: distribution))
            _ = try problem.loss()
            let analytic = problem.gradients.values
            for (index, parameter) in problem.graph.parameters.enumerated() {
                // The other branch of the graph takes no part.
                if parameter.name.hasPrefix(tied ? "plain" : "mix") { continue }
                // The direction of the gradient itself: float32 differences of single elements would drown in rounding.
                let norm = analytic[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
                #expect(norm > 0, "\(parameter.name) has no gradient")
                let before = Array(problem.values[index])
                let step: Float = 0.02
                var slopes: [Double] = []
                for sign in [Float(1), -1] {
                    for element in before.indices {
                        problem.values[index][element] = before[element] + sign * step * analytic[index][element] / norm
                    }
                    slopes.append(try problem.loss())
                }
                _ = problem.values[index].update(fromContentsOf: before)
                let slope = (slopes[0] - slopes[1]) / Double(2 * step)
                #expect(abs(slope - Double(norm)) < 0.01 * Double(norm), "\(parameter.name)")
            }
        }
    }

    /// The sum over drawn items estimates the sum over all, whatever the distribution.
    @Test(arguments: [SamplingDistribution.uniform, .logUniform, .weighted((0..<items).map { Float($0) + 1 })])
    func manySamplesComeNearTheFullSoftmax(distribution: SamplingDistribution) throws {
        try onThread {
            let graph = try Self.graph(tied: false)
            let full = try Problem(graph, .sampledSoftmax(table: "items.weight", samples: Self.items, distribution: .uniform)).loss()
            let few = try Problem(
                graph, .sampledSoftmax(table: "items.weight", samples: 40, distribution: distribution))
            // The logarithm of an unbiased sum is biased a little; the bound allows for it.
            let draws = 4000
            var mean = 0.0
            for run in 0..<draws { mean += try few.loss(run: UInt64(run)) / Double(draws) }
            #expect(abs(mean - full) < 0.05 * full)
        }
    }

    @Test func sameRunNumberDrawsTheSame() throws {
        try onThread {
            let problem = try Problem(
                Self.graph(tied: false), .sampledSoftmax(table: "items.weight", samples: 8, distribution: .logUniform))
            let first = try problem.loss(run: 7), gradient = problem.gradient("items.weight")
            #expect(try problem.loss(run: 8) != first)
            #expect(try problem.loss(run: 7) == first)
            #expect(problem.gradient("items.weight") == gradient)
        }
    }

    @Test(.enabled(if: InstructionSet.current.supportsBFloat16)) func bfloat16IsClose() throws {
        try onThread {
            let loss = Loss.sampledSoftmax(table: "items.weight", samples: 16, distribution: .uniform)
            let exact = try Problem(Self.graph(tied: true), loss), rough = try Problem(Self.graph(tied: true), loss, precision: .bfloat16)
            let (a, b) = (try exact.loss(), try rough.loss())
            #expect(abs(a - b) < 0.02 * a)
            let pairs = zip(exact.gradient("items.weight"), rough.gradient("items.weight"))
            let (product, left, right) = pairs.reduce((0.0, 0.0, 0.0)) {
                ($0.0 + Double($1.0 * $1.1), $0.1 + Double($1.0 * $1.0), $0.2 + Double($1.1 * $1.1))
            }
            #expect(product / (left * right).squareRoot() > 0.999)
        }
    }

    @Test func mistakesAreNamed() throws {
        let graph = try Self.graph(tied: false)
        for (loss, word) in [
            (Loss.sampledSoftmax(table: "nothing.weight", samples: 4, distribution: .uniform), "nothing.weight"),
            (Loss.sampledSoftmax(table: "items.weight", samples: 0, distribution: .uniform), "0 samples"),
            (Loss.sampledSoftmax(table: "items.weight", samples: 4, distribution: .weighted([1, 2])), "2 weights"),
            (Loss.sampledSoftmax(table: "mix.weight", samples: 4, distribution: .uniform), "fit"),
        ] {
            let error = #expect(throws: KernelError.self) { try onThread { _ = try Problem(graph, loss) } }
            #expect(error?.description.contains(word) == true, "\(String(describing: error))")
        }
    }
}
