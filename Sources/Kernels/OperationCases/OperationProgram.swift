import ComputeGraph

/// A case lowered to a program: forward, and backward for all inputs and parameters that have a gradient.
///
/// Numbers go in and come out as float32, converted by steps of their own, so that what lies between is
/// what a compiled model runs.
package final class OperationProgram {
    package let program: Program
    /// The steps of the operation itself, in the order in which the program runs them.
    package let forwardSteps: Range<Int>
    package let backwardSteps: Range<Int>

    /// Number of the run in every comparison.
    package static let firstRun: UInt64 = 3

    private let inputs: [Tensor]
    private let parameters: [Tensor]
    private let output: Tensor
    private let outputGradients: [Tensor]
    private let inputGradients: [Tensor?]
    private let parameterGradients: [Tensor?]

    /// - Parameters:
    ///   - batch: replaces the case's own number of samples.
    ///   - differentiating: adds the backward steps.
    package init(
        _ operationCase: OperationCase, precision: Precision, mode: LoweringMode, batch: Int? = nil, differentiating: Bool
    ) throws {
        let graph = try operationCase.graph()
        let node = graph.nodes[graph.output.node]
        let batch = batch ?? operationCase.batch
        let type = precision.elementType
        var builder = ProgramBuilder()

        func activationInput(_ shape: Shape, _ name: String) -> (outer: Tensor, inner: Tensor) {
            let outer = builder.persistent(TensorType(batch: batch, shape, .float32), named: name)
            guard type != .float32 else { return (outer, outer) }
            let inner = builder.tensor(TensorType(batch: batch, shape, type), named: name)
            builder.convert(outer, into: inner, named: name + " conversion")
            return (outer, inner)
        }
        var outerInputs: [Tensor] = []
        var innerInputs: [Tensor] = []
        for (index, shape) in operationCase.allInputs.enumerated() {
            switch operationCase.kind(ofInput: index) {
            case .real:
                let pair = activationInput(shape, "input \(index)")
                outerInputs.append(pair.outer)
                innerInputs.append(pair.inner)
            case .mask, .indices:
                let element: ElementType = if case .mask = operationCase.kind(ofInput: index) { .float32 } else { .int32 }
                let tensor = builder.persistent(TensorType(batch: batch, shape, element), named: "input \(index)")
                outerInputs.append(tensor)
                innerInputs.append(tensor)
            }
        }
        let parameters = node.parameters.map { position in
            builder.persistent(TensorType(graph.parameters[position].shape.dimensions, .float32), named: graph.parameters[position].name)
        }
        let gradients = (0..<operationCase.uses).map { activationInput(node.shape, "gradient \($0)") }
        let output = builder.persistent(TensorType(batch: batch, node.shape, .float32), named: "output")
        let inner = type == .float32 ? output : builder.tensor(TensorType(batch: batch, node.shape, type), named: "output")

        let firstForward = builder.steps.count
        let rule: BackwardRule
        if let fusion = operationCase.fusion, case .batchNorm(let epsilon, let momentum) = operationCase.operation {
            rule = builder.batchNorm(
                innerInputs[0], parameters: parameters, residual: fusion.residual ? innerInputs[1] : nil, relu: fusion.relu,
                epsilon: epsilon, momentum: momentum, into: inner, layer: OperationCase.layer)
        } else {
            rule = try builder.lower(
                operationCase.operation, inputs: innerInputs, parameters: parameters, into: inner, mode: mode, layer: OperationCase.layer)
        }
        forwardSteps = firstForward..<builder.steps.count
        if type != .float32 { builder.convert(inner, into: output, named: "output conversion") }

        let firstBackward = builder.steps.count
        var inputGradients: [Tensor?] = []
        var parameterGradients: [Tensor?] = []
        if differentiating {
            var targets: [Tensor?] = []
            for (index, shape) in operationCase.allInputs.enumerated() {
                if case .real = operationCase.kind(ofInput: index) {
                    let outer = builder.persistent(TensorType(batch: batch, shape, .float32), named: "gradient of input \(index)")
                    inputGradients.append(outer)
                    targets.append(type == .float32 ? outer : builder.tensor(TensorType(batch: batch, shape, type), named: "inner gradient"))
                } else {
                    inputGradients.append(nil)
                    targets.append(nil)
                }
            }
            parameterGradients = zip(node.parameters, parameters).map { position, tensor in
                graph.parameters[position].role == .statistic
                    ? nil : builder.persistent(tensor.type, named: "gradient of " + graph.parameters[position].name)
            }
            try rule(&builder, GradientRequest(outputs: gradients.map(\.inner), inputs: targets, parameters: parameterGradients))
            backwardSteps = firstBackward..<builder.steps.count
            for (outer, target) in zip(inputGradients, targets) {
                if let outer, let target, outer != target { builder.convert(target, into: outer, named: "gradient conversion") }
            }
        } else {
            backwardSteps = firstBackward..<firstBackward
        }
        program = try builder.build(for: operationCase.description)
        inputs = outerInputs
        self.parameters = parameters
        self.output = output
        outputGradients = gradients.map(\.outer)
        self.inputGradients = inputGradients
        self.parameterGradients = parameterGradients
    }

    /// Results of a run.
    package struct Answer {
        package var output: [Double]
        /// nil where there is no gradient.
        package var inputGradients: [[Double]?]
        package var parameterGradients: [[Double]?]
        /// The parameters afterwards, which tracking of statistics changes.
        package var parameters: [[Double]]
    }

    /// Writes the numbers and poisons every place that a run must fill.
    package func load(_ numbers: OperationNumbers) {
        for (tensor, values) in zip(inputs + parameters + outputGradients, numbers.inputs + numbers.parameters + numbers.outputGradients) {
            if tensor.type.elementType == .int32 {
                let target = program.integers(tensor)
                for (index, value) in values.enumerated() { target[index] = Int32(value) }
            } else {
                let target = program.floats(tensor)
                for (index, value) in values.enumerated() { target[index] = Float(value) }
            }
        }
        for tensor in [output] + (inputGradients + parameterGradients).compactMap({ $0 }) {
            program.floats(tensor).update(repeating: .nan)
        }
    }

    /// Runs twice on the same numbers, so that the second finds memory that the first has used.
    package func run(_ numbers: OperationNumbers) throws -> Answer {
        load(numbers)
        program.runNumber = Self.firstRun
        try program.run()
        load(numbers)
        program.runNumber = Self.firstRun
        try program.run()
        func values(_ tensor: Tensor) -> [Double] { program.floats(tensor).map(Double.init) }
        return Answer(
            output: values(output), inputGradients: inputGradients.map { $0.map(values) },
            parameterGradients: parameterGradients.map { $0.map(values) }, parameters: parameters.map(values))
    }
}
