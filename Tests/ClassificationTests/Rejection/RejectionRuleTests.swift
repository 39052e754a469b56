import CartoonPets
import Classification
import ComputeGraph
import Glibc
import Imaging
import TestSupport
import Testing
import Training

/// Pictures drawn on demand.
struct DrawnSamples: SampleSource {
    var subjects: [Subject]
    var first = 0
    var count: Int
    func label(of index: Int) -> Int32 { index % 2 == 0 ? 0 : 1 }
    func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>) {
        let image = PetPainter(seed: 9).picture(of: subjects[index % subjects.count], number: first + index, size: shape[0])
        Preprocessing(height: shape[0], width: shape[1]).fill(image, into: destination, scratch: PreprocessingScratch())
    }
}

@Suite struct RejectionRuleTests {
    @Test func keepsTheShareItWasFittedForAndSurvivesTheFile() throws {
        var model = try sampleModel()
        let pets = DrawnSamples(subjects: [.cat, .dog], count: 160)
        let validation = DrawnSamples(subjects: [.cat, .dog], first: 1000, count: 100)
        let summary = try model.calibrate(
            known: pets, validation: validation, outliers: DrawnSamples(subjects: [.neither], count: 20), keptShare: 0.9, threads: 1)
        #expect(summary.lossAfter <= summary.lossBefore + 1e-6)
        let evaluation = try model.evaluate(
            validation, path: { "\($0)" }, others: DrawnSamples(subjects: [.neither], first: 500, count: 40), threads: 1)
        // The line is placed by the 20 photos of the tail, not by counting off the 10 beyond it.
        #expect(abs(evaluation.calledNeither - 0.1) < 0.05)
        #expect(evaluation.neither?.others == 40)

        let folder = try TemporaryFolder()
        try model.write(to: folder("model.safetensors"))
        let read = try PhotoModel(contentsOf: folder("model.safetensors"))
        #expect(read.rejection == model.rejection)
        #expect(read.calibration == model.calibration)
    }

    @Test func discriminatorTellsWhatItHasNotSeen() {
        var random = RandomSource(seed: 4)
        func draw(_ count: Int, displaced: Float) -> Observations {
            var observations = Observations(classCount: 2, views: 1, featureCount: 60)
            for _ in 0..<count {
                // Sums of six uniform numbers, as wide as a normal distribution of variance 1/2.
                let features = (0..<60).map { column in
                    (0..<6).reduce(Float(0)) { sum, _ in sum + random.uniform() - 0.5 } + (column < 20 ? displaced : 0)
                }
                observations.append(logits: [0, 0], features: features)
            }
            return observations
        }
        let discriminator = FeatureDiscriminator(known: draw(400, displaced: 0), others: draw(60, displaced: 0.5))
        let known = draw(200, displaced: 0), others = draw(200, displaced: 0.5)
        func values(_ observations: Observations) -> [Float] {
            (0..<observations.count).map { discriminator.value(observations.features(of: $0)) }
        }
        let (below, above) = (values(known), values(others))
        let ordered = above.reduce(0) { sum, value in sum + below.count { $0 < value } }
        #expect(Double(ordered) / 40_000 > 0.95)
    }

    @Test func distanceOfWhitenedFeaturesIsThatOfTheCovariance() {
        // Two correlated features around one class mean; the distance of a point is known in closed form.
        var observations = Observations(classCount: 2, views: 1, featureCount: 2)
        let points: [(Float, Float)] = [(1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1)]
        // What a network would have to say for these to be the features after compression.
        func response(_ feature: Float) -> Float { (exp(feature) - 1) / 100 }
        for point in points { observations.append(logits: [0, 0], features: [response(point.0 + 5), response(point.1 + 7)]) }
        let distance = FeatureDistance(range: 0..<2, of: observations, labels: points.map { _ in 0 }, shrinkage: 0)
        // Covariance [[2/3, 1/3], [1/3, 2/3]], inverse [[2, -1], [-1, 2]]; of (1, -1) from the mean: 6, by 2 components.
        let value = distance.logarithm([6, 6])
        #expect(abs(value - 1.0986) < 1e-3)
    }
}
