import CKernels
import ComputeGraph
import Kernels

/// The steps that compute a loss and its gradient by the graph's output.
struct LossLowering {
    /// Class numbers, one for each row of the output.
    let targets: Tensor
    /// Real targets, one for each element of the output.
    let values: Tensor
    /// Of the mean loss by the output, float32.
    let gradient: Tensor

    private let loss: Loss
    private let output: Tensor
    private let rows: Int
    private var sampled: SampledSoftmax?

    /// Reserves the targets and the gradient; `add` adds the steps.
    init(_ loss: Loss, output: Tensor, builder: inout ProgramBuilder) {
        self.loss = loss
        self.output = output
        rows = loss.takesClasses ? output.type.rows : output.type.elementCount
        targets = builder.persistent(TensorType([rows], .int32), named: "targets")
        values = builder.persistent(TensorType([loss.takesClasses ? 1 : rows], .float32), named: "target values")
        gradient = builder.tensor(TensorType(output.type.dimensions, .float32), named: "output gradient")
    }

    /// Adds the loss.
    ///
    /// - Parameters:
    ///   - parameters: the float32 tensor of each of the graph's parameters.
    ///   - drawsAnew: whether sampled losses draw other items at each run.
    ///   - precision: of the products with sampled items.
    ///   - result: where each run writes its loss.
    mutating func add(
        _ graph: Graph, parameters: [Tensor], precision: Precision, drawsAnew: Bool,
        result: UnsafeMutablePointer<TrainingPlan.StepResult>, builder: inout ProgramBuilder
    ) throws {
        if case .sampledSoftmax(let table, let samples, let distribution) = loss {
            guard let position = graph.parameters.firstIndex(where: { $0.name == table }) else {
                throw KernelError(
                    step: "sampled softmax", problem: "there is no parameter '\(table)'",
                    remedy: "name one of the graph's tables, such as 'items.weight'")
            }
            let sampled = try SampledSoftmax(
                hidden: output, table: parameters[position], position: position, samples: samples, distribution: distribution,
                precision: precision, builder: &builder)
            try sampled.addLoss(targets: targets, gradient: gradient, drawsAnew: drawsAnew, result: result, builder: &builder)
            self.sampled = sampled
            return
        }
        let (loss, rows, classes) = (loss, rows, output.type.last)
        let (output, targets, values, gradient) = (output, targets, values, gradient)
        builder.step("loss", touching: [output, targets, values, gradient]) { at in
            let logits = at[output].assumingMemoryBound(to: Float.self)
            let g = at[gradient].assumingMemoryBound(to: Float.self)
            let numbers = at[targets].assumingMemoryBound(to: Int32.self)
            let reals = at[values].assumingMemoryBound(to: Float.self)
            return {
                var step = TrainingPlan.StepResult()
                switch loss {
                case .crossEntropy(let smoothing):
                    for row in 0..<rows where numbers[row] >= 0 { step.counted += 1 }
                    let weight = 1 / Float(max(step.counted, 1))
                    step.loss = tk_cross_entropy(logits, numbers, rows, classes, smoothing, weight, g, &step.correct)
                case .binaryCrossEntropy:
                    step.counted = rows
                    step.loss = tk_binary_cross_entropy(logits, reals, rows, 1 / Float(rows), g)
                case .meanSquaredError:
                    step.counted = rows
                    step.loss = tk_squared_error(logits, reals, rows, 1 / Float(rows), g)
                case .sampledSoftmax:
                    break
                }
                result.pointee = step
            }
        }
    }

    /// Adds what the loss itself contributes to parameters' gradients, after the backward pass has written them.
    ///
    /// - Parameters:
    ///   - gradients: for each parameter, where its gradient is; nil for those that are not learned.
    ///   - written: parameters that the backward pass gave a gradient.
    func addParameterGradients(_ gradients: [Tensor?], written: Set<Int>, builder: inout ProgramBuilder) throws {
        guard let sampled, let target = gradients[sampled.position] else { return }
        try sampled.addTableGradient(
            targets: targets, into: target, isWritten: written.contains(sampled.position), builder: &builder)
    }
}
