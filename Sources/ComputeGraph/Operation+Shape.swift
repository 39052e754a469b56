extension Operation {
    /// The shape of one sample of the result.
    ///
    /// - Parameters:
    ///   - inputs: shapes of the inputs, in order.
    ///   - layer: the layer's name, for the error.
    /// - Throws: `GraphError` when the inputs do not fit.
    func outputShape(inputs: [Shape], layer: String) throws -> Shape {
        func reject(_ problem: String, _ remedy: String) -> GraphError {
            GraphError(layer: layer, operation: name, inputs: inputs, problem: problem, remedy: remedy)
        }
        let expected = inputCounts
        guard expected.contains(inputs.count) else {
            throw reject("takes \(expected.lowerBound == expected.upperBound ? "\(expected.lowerBound)" : "\(expected.lowerBound) to \(expected.upperBound)") inputs and was given \(inputs.count)", "connect the right number of values")
        }
        func requireImage() throws -> (height: Int, width: Int, channels: Int) {
            guard inputs[0].rank == 3 else {
                throw reject("needs an image [height, width, channels]", "reshape the value to three axes first")
            }
            return (inputs[0][0], inputs[0][1], inputs[0][2])
        }
        func requirePositive(_ values: (String, Int)...) throws {
            for (what, value) in values where value < 1 || value > GraphLimits.elements {
                throw reject("\(what) is \(value)", "give a \(what) from 1 to \(GraphLimits.elements)")
            }
        }
        func requireWindow(_ kernel: Int, _ stride: Int, upTo limit: Int = GraphLimits.window) throws {
            for (what, value, most) in [("kernel size", kernel, limit), ("stride", stride, GraphLimits.window)] {
                guard value >= 1, value <= most else { throw reject("\(what) is \(value)", "give a \(what) from 1 to \(most)") }
            }
        }
        func requireSameShapes() throws -> Shape {
            guard inputs.allSatisfy({ $0 == inputs[0] }) else {
                throw reject("needs inputs of one shape", "project the smaller one, for example by a 1x1 convolution, or reshape it")
            }
            return inputs[0]
        }

        switch self {
        case .input(let shape, _):
            guard shape.isUsable, shape.elementCount <= 1 << 28 else {
                throw reject(
                    "the input shape \(shape) is not usable",
                    "give at most \(GraphLimits.axes) positive extents of at most 2^28 elements together")
            }
            return shape

        case .convolution(let channels, let kernel, let stride, let padding, _):
            let image = try requireImage()
            try requirePositive(("channel count", channels))
            try requireWindow(kernel, stride)
            guard padding >= 0, padding < kernel else {
                throw reject("padding \(padding) does not fit a kernel of \(kernel)", "use a padding from 0 to \(kernel - 1)")
            }
            guard image.height + 2 * padding >= kernel, image.width + 2 * padding >= kernel else {
                throw reject("the \(kernel)x\(kernel) kernel is larger than the padded image", "use a larger input image, more padding, or fewer strides before this layer")
            }
            return [(image.height + 2 * padding - kernel) / stride + 1, (image.width + 2 * padding - kernel) / stride + 1, channels]

        case .maxPool(let kernel, let stride), .averagePool(let kernel, let stride):
            let image = try requireImage()
            let limit = if case .maxPool = self { GraphLimits.maximumWindow } else { GraphLimits.window }
            try requireWindow(kernel, stride, upTo: limit)
            guard image.height >= kernel, image.width >= kernel else {
                throw reject("the \(kernel)x\(kernel) window is larger than the image", "use a larger input image or fewer strides before this layer")
            }
            return [(image.height - kernel) / stride + 1, (image.width - kernel) / stride + 1, image.channels]

        case .globalAveragePool:
            return [try requireImage().channels]

        case .dense(let units, _):
            try requirePositive(("unit count", units))
            guard inputs[0].rank >= 1 else { throw reject("needs at least one axis", "reshape the value to [1]") }
            return inputs[0].replacingLast(with: units)

        case .matmul(let transposeRight):
            let (left, right) = (inputs[0], inputs[1])
            guard left.rank == right.rank, left.rank >= 2, left.dimensions.dropLast(2) == right.dimensions.dropLast(2) else {
                throw reject("needs two values of equal rank (2 or more) and equal outer axes", "reshape them")
            }
            let rank = left.rank
            let inner = transposeRight ? right[rank - 1] : right[rank - 2]
            guard left[rank - 1] == inner else {
                throw reject("the inner extents \(left[rank - 1]) and \(inner) differ", transposeRight ? "or drop the transposition of the right value" : "transpose the right value")
            }
            return left.replacingLast(with: transposeRight ? right[rank - 2] : right[rank - 1])

        case .batchNorm(let epsilon, let momentum):
            guard inputs[0].rank >= 1 else { throw reject("needs at least one axis", "reshape the value to [1]") }
            guard epsilon > 0, epsilon.isFinite, momentum > 0, momentum <= 1 else {
                throw reject("epsilon \(epsilon) or momentum \(momentum) is out of range", "use an epsilon above 0 and a momentum in (0, 1]")
            }
            return inputs[0]

        case .layerNorm(let epsilon), .rmsNorm(let epsilon):
            guard inputs[0].rank >= 1 else { throw reject("needs at least one axis", "reshape the value to [1]") }
            guard epsilon > 0, epsilon.isFinite else {
                throw reject("epsilon is \(epsilon)", "use a finite value above 0, such as 1e-5")
            }
            return inputs[0]

        case .dropout(let rate):
            guard rate >= 0, rate < 1 else { throw reject("rate \(rate) is out of range", "use a rate from 0 to below 1") }
            return inputs[0]

        case .activation, .softmax:
            return inputs[0]

        case .scale(let factor):
            guard factor.isFinite else { throw reject("the factor is \(factor)", "use a finite factor") }
            return inputs[0]

        case .attention(let heads, _):
            let shape = inputs[0]
            guard shape.rank == 2, inputs[1].rank == 2, inputs[1] == inputs[2], inputs[1][1] == shape[1] else {
                throw reject("needs query, key and value of [length, width] with one width", "project them to the same width first")
            }
            guard heads >= 1, heads <= shape[1], shape[1] % heads == 0 else {
                throw reject("width \(shape[1]) does not divide into \(heads) heads", "choose a number of heads that divides \(shape[1])")
            }
            if inputs.count == 4, inputs[3] != [inputs[1][0]] {
                throw reject("the mask must be [\(inputs[1][0])], one number a key", "build the mask from the key sequence")
            }
            return shape

        case .embedding(let count, let width):
            try requirePositive(("row count", count), ("width", width))
            return Shape(inputs[0].dimensions + [width])

        case .concat(let axis):
            let first = inputs[0]
            guard axis >= 0, axis < first.rank else {
                throw reject("axis \(axis) does not exist", "use an axis from 0 to \(first.rank - 1)")
            }
            for shape in inputs.dropFirst() {
                guard shape.rank == first.rank, (0..<first.rank).allSatisfy({ $0 == axis || shape[$0] == first[$0] }) else {
                    throw reject("all axes but \(axis) must agree", "pool, pad or project the values to one extent")
                }
            }
            var dimensions = first.dimensions
            dimensions[axis] = inputs.reduce(0) { $0 + $1[axis] }
            return Shape(dimensions)

        case .add, .multiply:
            return try requireSameShapes()

        case .offset(let axes), .gain(let axes):
            guard axes >= 1, axes <= inputs[0].rank else {
                throw reject("cannot cover \(axes) axes", "use 1 to \(inputs[0].rank)")
            }
            return inputs[0]

        case .linearMap(let rows, let matrix):
            try requirePositive(("row count", rows))
            guard inputs[0].rank >= 2 else { throw reject("needs at least two axes", "reshape the value to [length, width]") }
            let rank = inputs[0].rank
            guard matrix.count == rows * inputs[0][rank - 2], matrix.allSatisfy(\.isFinite) else {
                throw reject(
                    "the matrix holds \(matrix.count) numbers, some perhaps not finite",
                    "give \(rows) rows of \(inputs[0][rank - 2]) finite numbers")
            }
            var dimensions = inputs[0].dimensions
            dimensions[rank - 2] = rows
            return Shape(dimensions)

        case .slice(let axis, let from, let count):
            guard axis >= 0, axis < inputs[0].rank else {
                throw reject("axis \(axis) does not exist", "use an axis from 0 to \(inputs[0].rank - 1)")
            }
            guard from >= 0, count >= 1, from <= inputs[0][axis], count <= inputs[0][axis] - from else {
                throw reject("\(count) from \(from) on is no part of axis \(axis)", "stay within its \(inputs[0][axis])")
            }
            var dimensions = inputs[0].dimensions
            dimensions[axis] = count
            return Shape(dimensions)

        case .reshape(let shape):
            guard shape.isUsable, shape.elementCount == inputs[0].elementCount else {
                throw reject("\(inputs[0].elementCount) elements do not fit \(shape)", "choose a shape with the same number of elements")
            }
            return shape

        case .transpose(let permutation):
            guard permutation.sorted() == Array(0..<inputs[0].rank) else {
                throw reject("\(permutation) is not an order of \(inputs[0].rank) axes", "name each axis once")
            }
            return Shape(permutation.map { inputs[0][$0] })
        }
    }

    /// How many inputs the operation may take.
    private var inputCounts: ClosedRange<Int> {
        switch self {
        case .input: 0...0
        case .matmul, .add, .multiply: 2...2
        case .attention: 3...4
        case .concat: 1...64
        default: 1...1
        }
    }

    /// Multiply-adds for one sample; element-wise work counts as nothing.
    public func multiplyAdds(inputs: [Shape], output: Shape) -> Int {
        switch self {
        case .convolution(_, let kernel, _, _, _): output.elementCount * inputs[0].last * kernel * kernel
        case .dense: output.elementCount * inputs[0].last
        case .matmul: output.elementCount * inputs[0].last
        case .linearMap: output.elementCount * inputs[0][inputs[0].rank - 2]
        case .attention: 2 * inputs[0].elementCount * inputs[1][0]
        default: 0
        }
    }
}
