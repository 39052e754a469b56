import ComputeGraph

/// One operation at one shape. The same declaration drives the comparison with the reference, the check of
/// gradients against finite differences, and the timing beside the roofline.
public struct OperationCase: Sendable, CustomStringConvertible {
    /// What one pass does after a batch norm.
    package struct Fusion: Hashable, Sendable {
        package var residual: Bool
        package var relu: Bool
    }

    package var operation: Operation
    /// Shape of one sample of each input.
    package var inputs: [Shape]
    package var batch: Int
    /// Samples at once when timed; nil leaves the case out of the timing.
    package var timedBatch: Int?
    package var fusion: Fusion?
    /// How many gradients arrive for the result, as when several layers use it.
    package var uses: Int

    package init(
        _ operation: Operation, _ inputs: Shape..., batch: Int = 2, timedBatch: Int? = nil, fusion: Fusion? = nil, uses: Int = 1
    ) {
        self.operation = operation
        self.inputs = inputs
        self.batch = batch
        self.timedBatch = timedBatch
        self.fusion = fusion
        self.uses = uses
    }

    public var description: String {
        var text = operation.name + " " + inputs.map(\.description).joined(separator: " ")
        switch operation {
        case .convolution(let channels, _, _, let padding, let bias): text += " to \(channels), padding \(padding)\(bias ? ", bias" : "")"
        case .dense(let units, let bias): text += " to \(units)\(bias ? ", bias" : "")"
        case .embedding(let count, let width): text += " of \(count)x\(width)"
        case .matmul(transposeRight: true): text += " right transposed"
        case .concat(let axis): text += " along \(axis)"
        case .offset(let axes), .gain(let axes): text += " over \(axes) axes"
        case .linearMap(let rows, _): text += " to \(rows) rows"
        case .slice(let axis, let from, let count): text += " of \(count) from \(from) along \(axis)"
        case .reshape(let shape): text += " to \(shape)"
        case .transpose(let permutation): text += " by \(permutation)"
        case .averagePool(_, let stride), .maxPool(_, let stride): text += " /\(stride)"
        default: break
        }
        if let fusion { text += (fusion.residual ? " + residual" : "") + (fusion.relu ? " + ReLU" : "") }
        if uses > 1 { text += ", used \(uses) times" }
        return text + ", batch \(batch)"
    }

    /// What the numbers of an input mean.
    enum InputKind {
        case real
        /// Row numbers, some outside the table.
        case indices(count: Int)
        /// 1 for keys to see and 0 for others.
        case mask
    }

    func kind(ofInput index: Int) -> InputKind {
        switch operation {
        case .embedding(let count, _): .indices(count: count)
        case .attention where index == 3: .mask
        default: .real
        }
    }

    /// Shapes of all inputs, with the residual last.
    var allInputs: [Shape] { fusion?.residual == true ? inputs + [inputs[0]] : inputs }

    /// The operation in a graph of its own, which derives the result's shape and the parameters.
    package func graph() throws -> Graph {
        var graph = Graph()
        var values: [Value] = []
        for (index, shape) in inputs.enumerated() {
            if case .indices = kind(ofInput: index) {
                values.append(try graph.indices(shape, named: "input\(index)"))
            } else {
                values.append(try graph.input(shape, named: "input\(index)"))
            }
        }
        try graph.append(operation, to: values, named: Self.layer)
        return graph
    }

    /// Name of the layer under test.
    static let layer = "layer"

    /// The reference's result.
    package func reference(_ numbers: OperationNumbers, mode: LoweringMode) throws -> [Double] {
        let graph = try graph()
        var result = ReferenceKernels.forward(
            operation, inputs: numbers.inputs, inputShapes: inputs, outputShape: graph.shape(of: graph.output),
            parameters: numbers.parameters, batch: batch, mode: mode,
            draw: ReferenceKernels.Draw(seed: ProgramBuilder.seed(ofLayer: Self.layer), runNumber: OperationProgram.firstRun))
        if fusion?.residual == true { result = zip(result, numbers.inputs[inputs.count]).map { $0 + $1 } }
        if fusion?.relu == true { result = result.map { max($0, 0) } }
        return result
    }
}
