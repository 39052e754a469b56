import ComputeGraph
import Inference
import Kernels
import Testing

@Suite struct GraphPassTests {
    /// Convolutions and dense layers with and without a bias before a norm, a norm whose input is used twice,
    /// a norm on shared weights, dropout in the middle and at the end, reshapes, and a branch nobody uses.
    static func variety() throws -> Graph {
        var graph = Graph()
        let input = try graph.input([8, 8, 16])
        var x = try graph.convolution(input, channels: 16, kernel: 3, bias: true, named: "first")
        x = try graph.batchNorm(x, epsilon: 1e-3, named: "first.norm")
        x = try graph.activation(x, .silu, named: "first.silu")
        let twice = try graph.convolution(x, channels: 16, kernel: 1, named: "twice")
        let norm = try graph.batchNorm(twice, named: "twice.norm")
        x = try graph.add(norm, twice, named: "twice.add")
        _ = try graph.convolution(x, channels: 32, kernel: 3, named: "unused")
        x = try graph.dropout(x, rate: 0.3, named: "middle")
        x = try graph.reshape(x, to: [64, 16], named: "flat")
        x = try graph.reshape(x, to: [4, 16, 16], named: "wide")
        x = try graph.reshape(x, to: [64, 16], named: "flatAgain")
        x = try graph.reshape(x, to: [64, 16], named: "same")
        let tied = try graph.dense(x, units: 16, named: "tied")
        x = try graph.dense(tied, units: 16, sharing: "tied", named: "tied.again")
        x = try graph.batchNorm(x, named: "tied.norm")
        x = try graph.dense(x, units: 32, bias: false, named: "dense")
        x = try graph.batchNorm(x, named: "dense.norm")
        x = try graph.activation(x, .tanh, named: "dense.tanh")
        x = try graph.scale(x, by: 0.5, named: "halved")
        _ = try graph.dropout(x, rate: 0.5, named: "last")
        return graph
    }

    @Test(arguments: GraphPass.standard.map(\.name)) func keepsAnswers(name: String) throws {
        let pass = try #require(GraphPass.standard.first { $0.name == name })
        let thread = ComputeThread(name: "passes", threads: 1)
        for graph in [try Self.variety(), try SampleModels.residualNetwork(size: 32)] {
            let layers = graph.output.node > 30 ? ["pool", "stage2.block1.1.convolution"] : ["first", "flat", "middle"]
            let model = try SampleModels.model(graph, alsoAnswering: layers)
            let (result, report) = try pass.run(on: model)
            #expect(result.outputs.map(\.name) == model.outputs.map(\.name))
            #expect(report.description.hasPrefix(name))
            let samples = SampleModels.samples(3, of: graph.shape(of: graph.inputs[0]))
            let before = try SampleModels.plainValues(model, samples, on: thread)
            let after = try SampleModels.plainValues(result, samples, on: thread)
            for (left, right) in zip(after, before) { #expect(relativeDifference(left, right) < 1e-4) }
        }
    }

    @Test func allPassesTogetherKeepAnswers() throws {
        let thread = ComputeThread(name: "passes", threads: 1)
        let model = try SampleModels.model(try Self.variety(), alsoAnswering: ["tied", "dense.norm"])
        let (result, reports) = try model.transformed(by: GraphPass.standard)
        #expect(reports.map(\.pass) == GraphPass.standard.map(\.name))
        let samples = SampleModels.samples(2, of: [8, 8, 16])
        for (left, right) in zip(
            try SampleModels.plainValues(result, samples, on: thread), try SampleModels.plainValues(model, samples, on: thread)) {
            #expect(relativeDifference(left, right) < 1e-4)
        }
        let names = Set(result.graph.nodes.map(\.name))
        #expect(names.isDisjoint(with: ["middle", "last", "flat", "wide", "flatAgain", "unused", "first", "dense"]))
        #expect(names.isSuperset(of: ["same", "first.norm", "dense.norm", "twice", "twice.norm", "tied", "tied.again", "tied.norm"]))
    }

    @Test func foldsEveryNormOfAResidualNetwork() throws {
        let model = try SampleModels.model(try SampleModels.residualNetwork())
        let (result, report) = try GraphPass.foldBatchNorm.run(on: model)
        let norms = model.graph.nodes.filter { if case .batchNorm = $0.operation { true } else { false } }
        #expect(report.changes.count == norms.count)
        #expect(norms.count == 16)
        #expect(result.graph.nodes.allSatisfy { if case .batchNorm = $0.operation { false } else { true } })
        #expect(report.changes[0] == "stem.norm: folded into 'stem.convolution'")
    }

    @Test func aNormWhoseInputIsWantedStays() throws {
        let model = try SampleModels.model(try SampleModels.residualNetwork(), alsoAnswering: ["stem.convolution"])
        let (result, _) = try GraphPass.foldBatchNorm.run(on: model)
        #expect(result.graph.nodes.contains { $0.name == "stem.convolution" })
        #expect(result.graph.nodes.contains { $0.name == "stem.norm" })
    }

    @Test func joinsTranspositions() throws {
        var graph = Graph()
        let input = try graph.input([2, 3, 4])
        var x = try graph.transpose(input, [1, 2, 0], named: "one")
        x = try graph.transpose(x, [1, 2, 0], named: "two")
        let turned = try graph.transpose(x, [1, 2, 0], named: "three")
        _ = try graph.add(turned, input, named: "sum")
        let model = try SampleModels.model(graph)
        let (result, report) = try GraphPass.mergeReshapes.run(on: model)
        #expect(report.changes == ["two: takes 'input' directly", "three: removed, it changes nothing"])
        let two = try #require(result.graph.nodes.first { $0.name == "two" })
        #expect(two.operation == .transpose(permutation: [2, 0, 1]))
        #expect(two.shape == [4, 2, 3])
        #expect(result.graph.nodes[result.graph.output.node].inputs == [result.graph.inputs[0], result.graph.inputs[0]])
    }

    @Test func aPassOfOnesOwnJoinsTheList() throws {
        let zeroed = GraphPass(name: "prune small weights") { model, changes in
            let values = zip(model.graph.parameters, model.parameters).map { parameter, values in
                guard parameter.role == .weight else { return values }
                changes.append("\(parameter.name): zeroed the smallest")
                return values.map { abs($0) < 1e-3 ? 0 : $0 }
            }
            return try TrainedGraph(model.graph, parameters: values)
        }
        let model = try SampleModels.model(try SampleModels.residualNetwork(size: 32))
        let compiled = try CompiledModel(model, precision: .float32, passes: GraphPass.standard + [zeroed])
        #expect(compiled.reports.last?.changes.isEmpty == false)
    }
}
