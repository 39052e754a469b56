import ComputeGraph
import Imaging
import Inference
import Kernels

/// Looks at prepared photos, a few at a time, with memory taken once. It belongs to one thread.
final class PhotoObserver {
    let network: PhotoNetwork
    /// How often each photo is looked at: as it is, and perhaps mirrored.
    let views: Int
    /// Photos at a time.
    let capacity: Int
    private let session: InferenceSession
    private let inputs: UnsafeMutableBufferPointer<Float>
    /// One buffer for each of the network's answers.
    private let outputs: [UnsafeMutableBufferPointer<Float>]
    let scratch = PreprocessingScratch()

    /// - Parameters:
    ///   - threads: of the team that runs each kernel.
    /// - Throws: `KernelError` when there is no kernel for a layer.
    init(_ network: PhotoNetwork, flipAveraging: Bool, capacity: Int, threads: Int) throws {
        self.network = network
        self.capacity = capacity
        views = flipAveraging ? 2 : 1
        let sizes = [1, 4, 16, 64].filter { $0 < capacity } + [capacity]
        let views = views
        session = try InferenceSession(network.compiled, batchSizes: sizes.map { $0 * views }, threads: threads)
        inputs = .allocate(capacity: capacity * views * network.inputShape.elementCount)
        inputs.initialize(repeating: 0)
        outputs = network.compiled.outputShapes.map { shape in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: capacity * views * shape.elementCount)
            buffer.initialize(repeating: 0)
            return buffer
        }
    }

    deinit {
        inputs.deallocate()
        for output in outputs { output.deallocate() }
    }

    /// Where a photo is to be written before ``observe(_:into:)``.
    func input(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        let length = network.inputShape.elementCount
        return UnsafeMutableBufferPointer(rebasing: inputs[index * views * length..<(index * views + 1) * length])
    }

    /// Observes the first `count` photos that were written, and appends what it sees.
    func observe(_ count: Int, into observations: inout Observations) throws {
        if views == 2 { for index in 0..<count { mirror(index) } }
        let bytes = UnsafeRawBufferPointer(inputs)
        try withUnsafePointer(to: bytes) { input in
            try outputs.withUnsafeBufferPointer { outputs in
                try session.run(UnsafeBufferPointer(start: input, count: 1), count: count * views, into: outputs)
            }
        }
        var features = [Float](repeating: 0, count: network.featureCount)
        let width = network.classCount * views
        for index in 0..<count {
            var start = 0
            for (output, width) in zip(outputs.dropFirst(), network.featureWidths) {
                for feature in 0..<width {
                    var sum: Float = 0
                    for view in 0..<views { sum += output[(index * views + view) * width + feature] }
                    features[start + feature] = sum / Float(views)
                }
                start += width
            }
            observations.append(
                logits: UnsafeBufferPointer(rebasing: outputs[0][index * width..<(index + 1) * width]), features: features)
        }
    }

    /// Writes the mirror image of a photo behind it.
    private func mirror(_ index: Int) {
        let (height, width) = (network.inputShape[0], network.inputShape[1])
        let length = network.inputShape.elementCount
        let source = inputs.baseAddress! + index * 2 * length
        let destination = source + length
        for row in 0..<height {
            var from = source + (row * width + width - 1) * 3, to = destination + row * width * 3
            for _ in 0..<width {
                to[0] = from[0]
                to[1] = from[1]
                to[2] = from[2]
                from -= 3
                to += 3
            }
        }
    }
}
