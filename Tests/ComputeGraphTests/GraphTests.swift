import ComputeGraph
import Foundation
import Testing

@Suite struct GraphTests {
    /// A graph with every kind of operation.
    static func everything() throws -> Graph {
        var graph = Graph()
        let photo = try graph.input([16, 16, 3], named: "photo")
        let words = try graph.indices([6], named: "words")
        let mask = try graph.input([6], named: "mask")
        var image = try graph.convolutionBatchNormReLU(photo, channels: 8, kernel: 3, named: "stem")
        image = try graph.residualBlock(image, channels: 12, stride: 2, named: "block")
        image = try graph.maxPool(image, kernel: 2, stride: 2, named: "pool")
        let features = try graph.globalAveragePool(image, named: "features")
        var text = try graph.embedding(words, count: 30, width: 12, named: "table")
        text = try graph.offset(text, axes: 2, named: "positions")
        text = try graph.transformerBlock(text, mask: mask, heads: 3, causal: true, dropout: 0.1, named: "transformer")
        text = try graph.rmsNorm(text, named: "norm")
        text = try graph.transpose(text, [1, 0], named: "turn")
        text = try graph.reshape(text, to: [2, 36], named: "fold")
        text = try graph.dense(text, units: 12, named: "narrow")
        let row = try graph.reshape(features, to: [1, 12], named: "row")
        let all = try graph.concat([text, row, row], axis: 0, named: "all")
        let mixed = try graph.matmul(all, all, transposeRight: true, named: "mixed")
        let shares = try graph.softmax(mixed, named: "shares")
        let product = try graph.multiply(shares, mixed, named: "product")
        let half = try graph.scale(product, by: 0.5, named: "half")
        let last = try graph.dense(half, units: 12, initializer: .normal(deviation: 0.02), named: "last")
        _ = try graph.dense(last, units: 30, bias: false, sharing: "table", named: "words again")
        return graph
    }

    @Test func survivesBeingStored() throws {
        let graph = try Self.everything()
        let data = try JSONEncoder().encode(graph)
        let again = try JSONDecoder().decode(Graph.self, from: data)
        #expect(again == graph)
        #expect(again.parameters == graph.parameters)
        #expect(again.output == graph.output)
    }

    @Test func outputMayLieInTheMiddle() throws {
        var graph = try Self.everything()
        graph.output = graph.inputs[0]
        #expect(try JSONDecoder().decode(Graph.self, from: JSONEncoder().encode(graph)).output == graph.inputs[0])
    }

    @Test func tiedLayersShareOneParameter() throws {
        let graph = try Self.everything()
        let table = try #require(graph.nodes.first { $0.name == "table" })
        let tied = try #require(graph.nodes.first { $0.name == "words again" })
        #expect(table.parameters == tied.parameters)
        #expect(graph.parameters.filter { $0.name.hasPrefix("words again") }.isEmpty)
        #expect(Set(graph.parameters.map(\.name)).count == graph.parameters.count)
    }

    @Test func tiedLayersMustFit() throws {
        var graph = Graph()
        let words = try graph.indices([6])
        let table = try graph.embedding(words, count: 30, width: 12, named: "table")
        let error = #expect(throws: GraphError.self) { try graph.dense(table, units: 29, bias: false, sharing: "table", named: "tied") }
        #expect(try #require(error).description.contains("shares 'table.weight' of [30, 12] and needs [29, 12]"))
        #expect(throws: GraphError.self) { try graph.dense(table, units: 30, bias: false, sharing: "tabel", named: "tied") }
        #expect(throws: GraphError.self) { try graph.dense(table, units: 30, bias: true, sharing: "table", named: "tied") }
        #expect(throws: GraphError.self) { try graph.relu(table, named: "table") }
    }

    @Test func parametersAndWorkAreCounted() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 3])
        let filtered = try graph.convolution(input, channels: 10, kernel: 3, stride: 2, bias: true, named: "filter")
        let norm = try graph.batchNorm(filtered, named: "norm")
        let pooled = try graph.globalAveragePool(norm, named: "pool")
        _ = try graph.dense(pooled, units: 4, named: "classes")
        // Running statistics are measured, not learned.
        #expect(graph.parameterCount == 3 * 10 * 9 + 10 + 20 + 10 * 4 + 4)
        #expect(graph.multiplyAdds == 4 * 4 * 10 * 27 + 10 * 4)
        #expect(graph.parameters.filter { $0.role == .statistic }.map(\.name) == ["norm.mean", "norm.variance"])
        #expect(graph.parameters.filter { $0.role == .weight }.map(\.name) == ["filter.weight", "classes.weight"])
    }

    @Test func printsAsATable() throws {
        var graph = Graph()
        let input = try graph.input([8, 8, 3], named: "photo")
        let filtered = try graph.convolution(input, channels: 64, kernel: 3, named: "filter")
        let pooled = try graph.globalAveragePool(filtered, named: "pool")
        _ = try graph.dense(pooled, units: 2, named: "classes")
        #expect(graph.description == """
            layer    operation            shape       parameters  multiply-adds
            photo    input                [8, 8, 3]
            filter   convolution 3x3      [8, 8, 64]       1 728        110 592
            pool     global average pool  [64]
            classes  dense                [2]                130            128
            total                                          1 858        110 720
            """)
    }

    @Test func resizesToOtherPhotos() throws {
        var graph = Graph()
        let photo = try graph.input([32, 32, 3])
        let block = try graph.residualBlock(photo, channels: 8, stride: 2, named: "block")
        let pooled = try graph.globalAveragePool(block, named: "pool")
        _ = try graph.dense(pooled, units: 2, named: "classes")
        let larger = try graph.resized(to: [48, 40, 3])
        #expect(larger.nodes.first { $0.name == "block.relu" }?.shape == [24, 20, 8])
        #expect(larger.parameters == graph.parameters)
        #expect(try larger.resized(to: [32, 32, 3]) == graph)
        #expect(throws: GraphError.self) { try graph.resized(to: [0, 32, 3]) }
        #expect(throws: GraphError.self) { try graph.resized(to: [32, 3]) }
    }

    @Test func consumersAreTheUsersOfEachValue() throws {
        var graph = Graph()
        let input = try graph.input([4])
        let left = try graph.relu(input, named: "left")
        let right = try graph.activation(input, .tanh, named: "right")
        _ = try graph.add(left, right, named: "sum")
        #expect(graph.consumers == [[1, 2], [3], [3], []])
    }
}
