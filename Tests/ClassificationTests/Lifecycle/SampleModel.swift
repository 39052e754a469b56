import Classification
import ComputeGraph
import Imaging

/// An untrained classifier of small photos, for tests of everything around models.
func sampleModel(seed: UInt64 = 1, classes: [String] = ["cat", "dog"], size: Int = 32, accuracy: Double? = nil) throws -> PhotoModel {
    let graph = try ResidualNetwork.small.graph(size: size, classes: classes.count)
    var metrics = ModelMetrics()
    metrics.validationAccuracy = accuracy
    return PhotoModel(
        graph: graph, parameters: graph.initialParameters(seed: seed), preprocessing: Preprocessing(height: size, width: size),
        classes: classes,
        provenance: Provenance(
            created: "2026-01-01T00:00:00Z", dataFingerprint: "none", trainingPhotos: 0, validationPhotos: 0, testPhotos: 0,
            seed: seed, epochs: 0, trainingSeconds: 0, cpuSeconds: 0, processor: "any", precision: "float32", versions: [:]),
        metrics: metrics)
}
