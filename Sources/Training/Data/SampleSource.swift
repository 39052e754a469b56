import ComputeGraph

/// Samples to train or evaluate on, by number.
public protocol SampleSource: Sendable {
    var count: Int { get }

    /// Writes a sample as float32 in the given shape.
    ///
    /// Called from several threads at once. What is written depends on the arguments and the source's own
    /// seed alone, so that a resumed run sees what the interrupted one would have seen.
    ///
    /// - Parameters:
    ///   - epoch: pass over the data, which augmentation may vary with; nil to write it as for inference.
    func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>)

    /// The class of a sample, from 0.
    func label(of index: Int) -> Int32
}
