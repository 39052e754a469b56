import ComputeGraph
import Foundation
import Testing

/// Graphs come out of files that anybody may have written: whatever they say, they are refused by an error.
@Suite struct HostileGraphTests {
    static let extremes = [Int.min, -1, 0, 256, 1 << 31, 1 << 40, Int.max]

    @Test(arguments: extremes)
    func extremeExtentsAreRefused(_ extreme: Int) throws {
        for inputs: [Shape] in [[[8, 8, 3]], [[extreme, 8, 3]], [[8, extreme, extreme]], [[extreme]], [[extreme, extreme]]] {
            let operations: [ComputeGraph.Operation] = [
                .convolution(channels: extreme, kernel: 3, stride: 1, padding: 1, bias: true),
                .convolution(channels: 8, kernel: extreme, stride: 1, padding: 1, bias: true),
                .convolution(channels: 8, kernel: extreme, stride: extreme, padding: extreme, bias: true),
                .convolution(channels: 8, kernel: 3, stride: extreme, padding: 1, bias: true),
                .dense(units: extreme, bias: true), .embedding(count: extreme, width: extreme),
                .embedding(count: 2, width: extreme), .maxPool(kernel: extreme, stride: 1), .averagePool(kernel: 2, stride: extreme),
                .concat(axis: extreme), .offset(axes: extreme), .reshape(to: [extreme, extreme]),
                .transpose(permutation: [extreme, 0, 1]), .attention(heads: extreme, causal: false),
                .input(shape: [extreme, extreme, extreme], index: false),
            ]
            for operation in operations {
                var graph = Graph()
                // Either it fits or there is an error; what must not happen is a trap.
                if let value = try? graph.append(operation, inputs: inputs) {
                    #expect(graph.shape(of: value).elementCount <= Int(Int32.max))
                    #expect(graph.parameterCount >= 0)
                    #expect(graph.multiplyAdds >= 0)
                    #expect(!graph.description.isEmpty)
                }
            }
        }
    }

    @Test func parametersTooLargeAreRefused() throws {
        var graph = Graph()
        let input = try graph.input([1, 1, 1 << 20])
        let error = #expect(throws: GraphError.self) { try graph.dense(input, units: 1 << 20, named: "wide") }
        #expect(try #require(error).description.contains("'weight' would be [1048576, 1048576]"))
    }

    @Test func workOfManyHugeLayersDoesNotOverflow() throws {
        var graph = Graph()
        var value = try graph.input([1 << 15, 1 << 13])
        for index in 0..<4 { value = try graph.matmul(value, value, transposeRight: true, named: "square\(index)") }
        for index in 4..<600 { value = try graph.matmul(value, value, named: "square\(index)") }
        #expect(graph.multiplyAdds > 0)
    }

    @Test func layersAreCounted() throws {
        var graph = Graph()
        var value = try graph.input([1])
        for index in 1..<10_000 { value = try graph.scale(value, by: 1, named: "layer\(index)") }
        #expect(throws: GraphError.self) { try graph.scale(value, by: 1, named: "one more") }
    }

    @Test(arguments: ["", "input", String(repeating: "n", count: 201), "line\nbreak", "null\u{0}"])
    func namesAreChecked(_ name: String) throws {
        var graph = Graph()
        let value = try graph.input([1])
        #expect(throws: GraphError.self) { try graph.relu(value, named: name) }
    }

    @Test func indicesAreNotNumbers() throws {
        var graph = Graph()
        let indices = try graph.indices([4])
        let numbers = try graph.input([4])
        #expect(throws: GraphError.self) { try graph.relu(indices, named: "relu") }
        #expect(throws: GraphError.self) { try graph.add(numbers, indices, named: "add") }
        #expect(throws: GraphError.self) { try graph.embedding(numbers, count: 3, width: 2, named: "embedding") }
    }

    @Test func valuesOfAnotherGraphAreRefused() throws {
        var other = Graph()
        var foreign = try other.input([1])
        foreign = try other.relu(foreign, named: "relu")
        var graph = Graph()
        _ = try graph.input([1])
        #expect(throws: GraphError.self) { try graph.relu(foreign, named: "relu") }
    }

    static let damaged = [
        #"{}"#, #"{"layers": [], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [4], "index": false}}, "inputs": []}], "output": 1}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [4], "index": false}}, "inputs": []}], "output": -1}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [9223372036854775807, 4], "index": false}}, "inputs": []}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [92233720368547758070], "index": false}}, "inputs": []}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [1,1,1,1,1,1,1,1,1], "index": false}}, "inputs": []}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"softmax": {}}, "inputs": [0]}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"softmax": {}}, "inputs": [-1]}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"softmax": {}}, "inputs": [9223372036854775807]}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"teleport": {}}, "inputs": []}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"softmax": {}}, "inputs": []}], "output": 0}"#,
        #"{"layers": [{"name": "a", "operation": {"input": {"shape": [4], "index": false}}, "inputs": []}, {"name": "b", "operation": {"dense": {"units": 2, "bias": true}}, "inputs": [0], "shares": "a"}], "output": 1}"#,
    ]

    @Test(arguments: damaged)
    func damagedFilesAreRefused(_ text: String) {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Graph.self, from: Data(text.utf8)) }
    }

    @Test func mutatedFilesNeverCrash() throws {
        let original = Array(try JSONEncoder().encode(GraphTests.everything()))
        var source = RandomSource(seed: 11)
        var accepted = 0
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0...Int(source.next() % 3) {
                let place = Int(source.next() % UInt64(bytes.count))
                bytes[place] = source.next() % 2 == 0 ? UInt8(ascii: "0") + UInt8(source.next() % 10) : UInt8(truncatingIfNeeded: source.next())
            }
            if let graph = try? JSONDecoder().decode(Graph.self, from: Data(bytes)) {
                accepted += 1
                #expect(graph.multiplyAdds >= 0 && graph.parameterCount >= 0 && !graph.description.isEmpty)
            }
        }
        #expect(accepted > 0, "some changes, such as another rate, are harmless")
    }
}
