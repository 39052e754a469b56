import Training

extension PhotoModel {
    /// The answer to an observed photo, as a classifier of this model gives it.
    public func answer(_ observations: Observations, _ index: Int) -> Answer {
        Answer(
            logits: observations.logits(of: index), features: observations.features(of: index), classes: classes.count,
            calibration: calibration, rejection: rejection)
    }

    /// What the model is worth on samples, such as held-out photos in the cache.
    ///
    /// - Parameters:
    ///   - path: of each sample.
    ///   - others: samples that show none of the classes.
    /// - Throws: errors of the compiler and the kernels.
    public func evaluate(
        _ samples: any SampleSource, path: (Int) -> String, others: (any SampleSource)? = nil, threads: Int
    ) throws -> Evaluation {
        let network = try network()
        func answers(_ samples: any SampleSource) throws -> [Answer] {
            let seen = try network.observe(samples, flipAveraging: calibration.flipAveraging, threads: threads)
            return (0..<samples.count).map { answer(seen, $0) }
        }
        let known = try answers(samples)
        let photos = known.enumerated().map {
            Evaluation.Photo(path: path($0.offset), label: Int(samples.label(of: $0.offset)), answer: $0.element)
        }
        var neither: NeitherEvaluation?
        if let others, let rejection {
            neither = NeitherEvaluation(
                known: known, others: try answers(others).enumerated().map { ("\($0.offset)", $0.element) }, rule: rejection)
        }
        return Evaluation(photos, classes: classes, neither: neither)
    }
}
