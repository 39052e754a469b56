import ComputeGraph
import Imaging
import ModelStore

extension PhotoModel {
    /// Reads a model file.
    ///
    /// - Throws: `ModelFileError` or `SafetensorsError` naming the file and the section when it is damaged, of
    ///   another version or no photo classifier.
    public init(contentsOf path: String) throws {
        let file = try ModelFile(contentsOf: path)
        graph = try file.section(Graph.self, named: .graph)
        preprocessing = try file.section(Preprocessing.self, named: .preprocessing)
        classes = try file.section([String].self, named: .classes)
        calibration = try file.section(Calibration.self, named: .calibration)
        rejection = file.sections.contains(.thresholds) ? try RejectionRule(file) : nil
        provenance = try file.section(Provenance.self, named: .provenance)
        metrics = try file.section(ModelMetrics.self, named: .metrics)
        parameters = try graph.parameters.map { try file.floats(named: $0.name, shape: $0.shape.dimensions) }
    }

    /// Writes the model, whole or not at all.
    ///
    /// - Parameter halved: stores weights in bfloat16, which halves the file; gains, statistics and the last
    ///   layer stay float32.
    /// - Returns: the file's checksum.
    @discardableResult
    public func write(to path: String, halved: Bool = false) throws -> String {
        var file = ModelFile()
        file.parameters = zip(graph.parameters, parameters).map { parameter, values in
            NamedTensor(
                name: parameter.name, shape: parameter.shape.dimensions, floats: values,
                storedAs: halved && parameter.role == .weight && parameter.shape.rank == 4 ? .bfloat16 : .float32)
        }
        try file.setSection(graph, named: .graph)
        try file.setSection(preprocessing, named: .preprocessing)
        try file.setSection(classes, named: .classes)
        try file.setSection(calibration, named: .calibration)
        if let rejection {
            try file.setSection(rejection.header, named: .thresholds)
            file.parameters += rejection.tensors
        }
        try file.setSection(provenance, named: .provenance)
        try file.setSection(metrics, named: .metrics)
        return try file.write(to: path)
    }
}
