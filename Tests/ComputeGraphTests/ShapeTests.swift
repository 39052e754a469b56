import ComputeGraph
import Testing

@Suite struct ShapeTests {
    /// An operation, the shapes it is given and the shape it gives.
    struct Case: Sendable, CustomStringConvertible {
        var operation: ComputeGraph.Operation
        var inputs: [Shape]
        var output: Shape

        init(_ operation: ComputeGraph.Operation, _ inputs: Shape..., gives output: Shape) {
            (self.operation, self.inputs, self.output) = (operation, inputs, output)
        }

        var description: String { "\(operation.name) of \(inputs)" }
    }

    static let cases = [
        Case(.convolution(channels: 8, kernel: 3, stride: 1, padding: 1, bias: false), [7, 9, 3], gives: [7, 9, 8]),
        Case(.convolution(channels: 8, kernel: 3, stride: 2, padding: 1, bias: true), [7, 8, 3], gives: [4, 4, 8]),
        Case(.convolution(channels: 8, kernel: 2, stride: 2, padding: 0, bias: true), [7, 8, 3], gives: [3, 4, 8]),
        Case(.dense(units: 5, bias: true), [4, 7], gives: [4, 5]),
        Case(.matmul(transposeRight: false), [2, 3, 4], [2, 4, 5], gives: [2, 3, 5]),
        Case(.matmul(transposeRight: true), [3, 4], [5, 4], gives: [3, 5]),
        Case(.batchNorm(epsilon: 1e-5, momentum: 0.1), [4, 4, 8], gives: [4, 4, 8]),
        Case(.layerNorm(epsilon: 1e-5), [4, 8], gives: [4, 8]),
        Case(.rmsNorm(epsilon: 1e-5), [8], gives: [8]),
        Case(.activation(.gelu), [8], gives: [8]),
        Case(.dropout(rate: 0.5), [8], gives: [8]),
        Case(.softmax, [3, 8], gives: [3, 8]),
        Case(.attention(heads: 2, causal: true), [3, 8], [5, 8], [5, 8], gives: [3, 8]),
        Case(.attention(heads: 2, causal: false), [3, 8], [5, 8], [5, 8], [5], gives: [3, 8]),
        Case(.embedding(count: 10, width: 4), [6], gives: [6, 4]),
        Case(.maxPool(kernel: 3, stride: 2), [7, 8, 5], gives: [3, 3, 5]),
        Case(.averagePool(kernel: 2, stride: 2), [7, 8, 5], gives: [3, 4, 5]),
        Case(.globalAveragePool, [7, 8, 5], gives: [5]),
        Case(.concat(axis: 1), [2, 3], [2, 4], [2, 1], gives: [2, 8]),
        Case(.add, [2, 3], [2, 3], gives: [2, 3]),
        Case(.multiply, [2, 3], [2, 3], gives: [2, 3]),
        Case(.scale(by: 2), [2, 3], gives: [2, 3]),
        Case(.offset(axes: 1), [2, 3], gives: [2, 3]),
        Case(.gain(axes: 2), [2, 3], gives: [2, 3]),
        Case(.linearMap(rows: 4, matrix: [Float](repeating: 1, count: 8)), [5, 2, 3], gives: [5, 4, 3]),
        Case(.slice(axis: 1, from: 2, count: 1), [2, 3], gives: [2, 1]),
        Case(.reshape(to: [6]), [2, 3], gives: [6]),
        Case(.transpose(permutation: [2, 0, 1]), [2, 3, 4], gives: [4, 2, 3]),
    ]

    @Test(arguments: cases)
    func shapeFollowsFromInputs(_ one: Case) throws {
        var graph = Graph()
        let value = try graph.append(one.operation, inputs: one.inputs)
        #expect(graph.shape(of: value) == one.output)
        #expect(graph.output == value)
    }

    /// Operations on inputs they cannot take, and what the error must say of it.
    static let misfits: [(ComputeGraph.Operation, [Shape], String)] = [
        (.convolution(channels: 8, kernel: 3, stride: 1, padding: 1, bias: false), [[7, 9]], "reshape"),
        (.convolution(channels: 8, kernel: 9, stride: 1, padding: 0, bias: false), [[7, 9, 3]], "padded image"),
        (.convolution(channels: 0, kernel: 3, stride: 1, padding: 1, bias: false), [[7, 9, 3]], "channel count is 0"),
        (.convolution(channels: 8, kernel: 3, stride: 0, padding: 1, bias: false), [[7, 9, 3]], "stride is 0"),
        (.convolution(channels: 8, kernel: 3, stride: 1, padding: 3, bias: false), [[7, 9, 3]], "padding from 0 to 2"),
        (.dense(units: -1, bias: true), [[4]], "unit count is -1"),
        (.matmul(transposeRight: false), [[3, 4], [5, 4]], "inner extents 4 and 5"),
        (.matmul(transposeRight: false), [[3, 4], [2, 4, 5]], "equal rank"),
        (.batchNorm(epsilon: 0, momentum: 0.1), [[4]], "epsilon 0"),
        (.batchNorm(epsilon: 1e-5, momentum: 0.1), [[]], "at least one axis"),
        (.layerNorm(epsilon: -.infinity), [[4]], "epsilon"),
        (.rmsNorm(epsilon: .nan), [[4]], "epsilon"),
        (.dropout(rate: 1), [[4]], "rate 1"),
        (.attention(heads: 3, causal: false), [[3, 8], [3, 8], [3, 8]], "divides 8"),
        (.attention(heads: 2, causal: false), [[3, 8], [3, 8], [4, 8]], "one width"),
        (.attention(heads: 2, causal: false), [[3, 8], [5, 8], [5, 8], [3]], "[5]"),
        (.attention(heads: 2, causal: false), [[3, 8]], "3 to 4 inputs"),
        (.maxPool(kernel: 17, stride: 1), [[30, 30, 3]], "from 1 to 16"),
        (.averagePool(kernel: 4, stride: 1), [[3, 3, 3]], "larger than the image"),
        (.globalAveragePool, [[3]], "reshape"),
        (.concat(axis: 2), [[2, 3], [2, 3]], "axis 2 does not exist"),
        (.concat(axis: 0), [[2, 3], [2, 4]], "all axes but 0"),
        (.add, [[2, 3], [3, 2]], "one shape"),
        (.multiply, [[2, 3]], "takes 2 inputs"),
        (.scale(by: .infinity), [[2]], "finite"),
        (.offset(axes: 3), [[2, 3]], "use 1 to 2"),
        (.gain(axes: 0), [[2, 3]], "use 1 to 2"),
        (.linearMap(rows: 2, matrix: [1, 2, 3]), [[2, 3]], "2 rows of 2"),
        (.linearMap(rows: 1, matrix: [1, .nan]), [[2, 3]], "finite"),
        (.linearMap(rows: 1, matrix: [1]), [[3]], "two axes"),
        (.slice(axis: 2, from: 0, count: 1), [[2, 3]], "axis 2 does not exist"),
        (.slice(axis: 1, from: 2, count: 2), [[2, 3]], "within its 3"),
        (.slice(axis: 1, from: .max, count: .max), [[2, 3]], "within its 3"),
        (.reshape(to: [7]), [[2, 3]], "6 elements"),
        (.reshape(to: [-2, -3]), [[2, 3]], "6 elements"),
        (.transpose(permutation: [0, 0]), [[2, 3]], "each axis once"),
    ]

    @Test(arguments: misfits)
    func misfitNamesLayerShapesAndRemedy(_ operation: ComputeGraph.Operation, _ inputs: [Shape], _ words: String) throws {
        var graph = Graph()
        let error = #expect(throws: GraphError.self) { try graph.append(operation, inputs: inputs) }
        let text = try #require(error).description
        #expect(text.contains("layer 'tested'"))
        #expect(text.contains(words))
        for shape in inputs { #expect(text.contains(shape.description)) }
        #expect(try #require(error).remedy.isEmpty == false)
        #expect(graph.nodes.count == inputs.count, "a refused layer must leave no trace")
    }
}

extension Graph {
    /// Adds an operation on new inputs of the given shapes, under the name `tested`.
    mutating func append(_ operation: ComputeGraph.Operation, inputs: [Shape]) throws -> Value {
        let takesIndices = if case .embedding = operation { true } else { false }
        let values = try inputs.enumerated().map { index, shape in
            takesIndices ? try indices(shape, named: "input\(index)") : try input(shape, named: "input\(index)")
        }
        return try append(operation, to: values, named: "tested")
    }
}
