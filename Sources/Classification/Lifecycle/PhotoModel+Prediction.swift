import ComputeGraph
import Inference
import Kernels

extension PhotoModel {
    /// The most probable class of each sample, seen as the model's own preprocessing says.
    ///
    /// - Throws: `InferenceError`, `KernelError`.
    func predictions(of samples: PhotoSamples, precision: Precision, threads: Int) throws -> [Int] {
        let shape = Shape.image(height: preprocessing.height, width: preprocessing.width, channels: 3)
        let compiled = try CompiledModel(TrainedGraph(graph, parameters: parameters).resized(to: shape), precision: precision)
        let batch = 32
        let session = try InferenceSession(compiled, batchSizes: [1, batch], threads: threads)
        let input = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * shape.elementCount)
        let output = UnsafeMutableBufferPointer<Float>.allocate(capacity: batch * classes.count)
        input.initialize(repeating: 0)
        output.initialize(repeating: 0)
        defer {
            input.deallocate()
            output.deallocate()
        }
        var result: [Int] = []
        for start in stride(from: 0, to: samples.count, by: batch) {
            let count = min(batch, samples.count - start)
            for offset in 0..<count {
                let place = input[offset * shape.elementCount..<(offset + 1) * shape.elementCount]
                samples.write(sample: start + offset, epoch: nil, shape: shape, into: UnsafeMutableBufferPointer(rebasing: place))
            }
            try session.run(UnsafeBufferPointer(input), count: count, into: output)
            for offset in 0..<count {
                let logits = output[offset * classes.count..<(offset + 1) * classes.count]
                result.append(logits.indices.max { logits[$0] < logits[$1] }! - logits.startIndex)
            }
        }
        return result
    }
}
