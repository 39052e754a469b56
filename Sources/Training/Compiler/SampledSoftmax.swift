import CKernels
import ComputeGraph
import Foundation
import Kernels

/// The steps of `Loss.sampledSoftmax`.
struct SampledSoftmax {
    /// Position of the table among the graph's parameters.
    let position: Int

    private let hidden: Tensor
    private let table: Tensor
    private let itemCount: Int
    private let width: Int
    private let rows: Int
    private let samples: Int
    private let sampler: ItemSampler
    private let type: ElementType
    private let isExhaustive: Bool

    private let items: Tensor
    private let logExpected: Tensor
    private let candidates: Tensor
    private let targetGradient: Tensor
    /// `[rows, samples]`: logits, then the gradient by them.
    private let logits: Tensor

    /// - Parameters:
    ///   - hidden: float32 `[..., width]`.
    ///   - table: float32 `[items, width]`.
    init(
        hidden: Tensor, table: Tensor, position: Int, samples: Int, distribution: SamplingDistribution, precision: Precision,
        builder: inout ProgramBuilder
    ) throws {
        guard table.type.dimensions.count == 2, table.type.last == hidden.type.last, samples > 0 else {
            throw KernelError(
                step: "sampled softmax",
                problem: "the output \(hidden.type.dimensions), a table \(table.type.dimensions) and \(samples) samples do not fit together",
                remedy: "end the graph in a hidden state as wide as the table's rows and draw at least one item")
        }
        self.position = position
        self.hidden = hidden
        self.table = table
        (itemCount, width) = (table.type.dimensions[0], table.type.dimensions[1])
        rows = hidden.type.rows
        isExhaustive = samples >= itemCount
        self.samples = min(samples, itemCount)
        sampler = try ItemSampler(distribution, count: itemCount)
        type = precision.elementType
        items = builder.tensor(TensorType([self.samples], .int32), named: "sampled items")
        logExpected = builder.tensor(TensorType([self.samples], .float32), named: "sampled items' frequencies")
        candidates = builder.tensor(TensorType([self.samples, width], .float32), named: "sampled rows")
        logits = builder.tensor(TensorType([rows, self.samples], .float32), named: "sampled logits")
        targetGradient = builder.tensor(TensorType([rows], .float32), named: "target logit gradients")
    }

    /// Adds the draw, the loss and its gradient by the hidden states.
    func addLoss(
        targets: Tensor, gradient: Tensor, drawsAnew: Bool, result: UnsafeMutablePointer<TrainingPlan.StepResult>,
        builder: inout ProgramBuilder
    ) throws {
        addDraw(drawsAnew: drawsAnew, builder: &builder)
        let states = hidden.viewed(as: [rows, width])
        let drawn = typed(candidates, "sampled rows", &builder)
        try builder.matrixProduct(
            typed(states, "hidden states", &builder), drawn, transposingRight: true, into: logits, named: "sampled logits")

        let (hidden, table, items, logExpected, logits) = (hidden, table, items, logExpected, logits)
        let (rows, width, itemCount, samples, targetGradient) = (rows, width, itemCount, samples, targetGradient)
        builder.step("sampled softmax", touching: [hidden, table, targets, items, logExpected, logits, targetGradient]) { at in
            let (h, e) = (at[hidden].assumingMemoryBound(to: Float.self), at[table].assumingMemoryBound(to: Float.self))
            let (t, k) = (at[targets].assumingMemoryBound(to: Int32.self), at[items].assumingMemoryBound(to: Int32.self))
            let (q, x) = (at[logExpected].assumingMemoryBound(to: Float.self), at[logits].assumingMemoryBound(to: Float.self))
            let own = at[targetGradient].assumingMemoryBound(to: Float.self)
            return {
                var step = TrainingPlan.StepResult()
                for row in 0..<rows where t[row] >= 0 && Int(t[row]) < itemCount { step.counted += 1 }
                step.loss = tk_sampled_softmax(
                    h, e, t, k, q, rows, width, itemCount, samples, 1 / Float(max(step.counted, 1)), x, own, &step.correct)
                result.pointee = step
            }
        }
        try builder.matrixProduct(
            typed(logits, "sampled logit gradients", &builder), drawn, into: gradient.viewed(as: [rows, width]),
            named: "hidden state gradient")
        builder.step("hidden state gradient of targets", touching: [table, targets, targetGradient, gradient]) { at in
            let (e, t) = (at[table].assumingMemoryBound(to: Float.self), at[targets].assumingMemoryBound(to: Int32.self))
            let (own, g) = (at[targetGradient].assumingMemoryBound(to: Float.self), at[gradient].assumingMemoryBound(to: Float.self))
            return { tk_add_table_rows(e, own, t, rows, width, itemCount, g) }
        }
    }

    /// Adds the gradient by the table's rows: to what is there, or in place of it.
    func addTableGradient(targets: Tensor, into gradient: Tensor, isWritten: Bool, builder: inout ProgramBuilder) throws {
        let states = hidden.viewed(as: [rows, width])
        let rowGradients = builder.tensor(TensorType([samples, width], .float32), named: "sampled row gradients")
        try builder.matrixProduct(
            typed(logits, "sampled logit gradients", &builder), typed(states, "hidden states", &builder), transposingLeft: true,
            into: rowGradients, named: "sampled row gradients")
        let (hidden, items, targetGradient) = (hidden, items, targetGradient)
        let (rows, width, samples, itemCount) = (rows, width, samples, itemCount)
        builder.step("table gradient", touching: [hidden, items, targets, targetGradient, rowGradients, gradient]) { at in
            let (h, k) = (at[hidden].assumingMemoryBound(to: Float.self), at[items].assumingMemoryBound(to: Int32.self))
            let (t, own) = (at[targets].assumingMemoryBound(to: Int32.self), at[targetGradient].assumingMemoryBound(to: Float.self))
            let (d, g) = (at[rowGradients].assumingMemoryBound(to: Float.self), at[gradient].assumingMemoryBound(to: Float.self))
            return {
                if !isWritten { g.update(repeating: 0, count: gradient.type.elementCount) }
                tk_scatter_add_rows(d, nil, k, samples, width, g, itemCount)
                tk_scatter_add_rows(h, own, t, rows, width, g, itemCount)
            }
        }
    }

    private func addDraw(drawsAnew: Bool, builder: inout ProgramBuilder) {
        let (table, items, logExpected, candidates) = (table, items, logExpected, candidates)
        let (samples, width, sampler, isExhaustive) = (samples, width, sampler, isExhaustive)
        builder.step("sampled items", touching: [table, items, logExpected, candidates]) { at in
            let (e, k) = (at[table].assumingMemoryBound(to: Float.self), at[items].assumingMemoryBound(to: Int32.self))
            let (q, rows) = (at[logExpected].assumingMemoryBound(to: Float.self), at[candidates].assumingMemoryBound(to: Float.self))
            let number = at.runNumber
            return {
                var random = RandomSource(drawsAnew ? number.pointee : 0, 0x5A3B)
                for sample in 0..<samples {
                    let item = isExhaustive ? sample : sampler.draw(&random)
                    k[sample] = Int32(item)
                    q[sample] = isExhaustive ? 0 : Float(log(Double(samples) * sampler.probability(of: item)))
                }
                tk_gather_rows(e, k, samples, width, rows)
            }
        }
    }

    /// A float32 tensor in the type that products are computed in.
    private func typed(_ tensor: Tensor, _ name: String, _ builder: inout ProgramBuilder) -> Tensor {
        guard tensor.type.elementType != type else { return tensor }
        let copy = builder.tensor(TensorType(tensor.type.dimensions, type), named: name)
        builder.convert(tensor, into: copy, named: name)
        return copy
    }
}
