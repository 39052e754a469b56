/// Answers as arrays, for callers to whom one allocation an answer does not matter.
extension InferenceSession {
    /// The model's answers to samples of its one input.
    ///
    /// - Parameter samples: `[count, ...]` of the input's shape; the count follows from the length.
    /// - Returns: `[count, ...]` of the answer's shape.
    /// - Throws: `InferenceError` when the length is no multiple of a sample's, `KernelError` when a kernel fails.
    public func answers(to samples: [Float]) throws -> [Float] {
        try values(for: samples, outputs: 1)[0]
    }

    /// The answers to samples of the one input, and the values of the further layers that were asked for, in
    /// the order of `model.outputNames`.
    public func values(for samples: [Float]) throws -> [[Float]] {
        try values(for: samples, outputs: model.outputNames.count)
    }

    /// The model's answers without blocking the caller's thread.
    public func answers(to samples: [Float]) async throws -> [Float] {
        try await thread.perform { () throws -> [Float] in try self.values(for: samples, outputs: 1)[0] }
    }

    /// All values without blocking the caller's thread.
    public func values(for samples: [Float]) async throws -> [[Float]] {
        try await thread.perform { () throws -> [[Float]] in try self.values(for: samples, outputs: self.model.outputNames.count) }
    }

    private func values(for samples: [Float], outputs: Int) throws -> [[Float]] {
        let sample = model.inputShapes[0].elementCount
        guard !samples.isEmpty, samples.count % sample == 0 else {
            throw InferenceError(
                "samples", problem: "\(samples.count) numbers are no multiple of the \(sample) of \(model.inputShapes[0])",
                remedy: "give whole samples")
        }
        let count = samples.count / sample
        let lengths = model.outputShapes.prefix(outputs).map { count * $0.elementCount }
        // One block for all answers, cut up afterwards.
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: lengths.reduce(0, +))
        defer { block.deallocate() }
        var parts: [UnsafeMutableBufferPointer<Float>] = []
        var start = 0
        for length in lengths {
            parts.append(UnsafeMutableBufferPointer(rebasing: block[start..<start + length]))
            start += length
        }
        try samples.withUnsafeBytes { bytes in
            try [bytes].withUnsafeBufferPointer { inputs in
                try parts.withUnsafeBufferPointer { try run(inputs, count: count, into: $0) }
            }
        }
        return parts.map(Array.init)
    }
}
