import ComputeGraph
import Interactions
import ModelStore

/// A sequence model as part of a model file: a section and parameters under names of its own.
extension SequenceModel {
    private static let section: ModelFile.Section = "sequence"
    private static let prefix = "sequence/"

    private struct Header: Codable {
        var configuration: SequenceConfiguration
        var itemCount: Int
        var weights: EventWeights
    }

    /// Adds the model to a file.
    ///
    /// - Throws: `ModelFileError` when the header cannot be written as JSON.
    public func write(to file: inout ModelFile) throws {
        try file.setSection(Header(configuration: configuration, itemCount: itemCount, weights: weights), named: Self.section)
        let network = try SequenceGraph(configuration: configuration, itemCount: itemCount).graph(length: 1, ending: .state)
        file.parameters += zip(network.parameters, parameters).map { parameter, values in
            NamedTensor(name: Self.prefix + parameter.name, shape: parameter.shape.dimensions, floats: values)
        }
    }

    /// Reads the model of a file that has one.
    ///
    /// - Parameter threads: that answer at the same time.
    /// - Throws: `ModelFileError` when the section or a parameter is missing or damaged; `SequenceConfiguration.Invalid`
    ///   and `GraphError` for settings that no model has; `InferenceError` for values that are not finite.
    public init(_ file: ModelFile, threads: Int = 1) throws {
        let header = try file.section(Header.self, named: Self.section)
        try header.configuration.validate()
        let network = try SequenceGraph(configuration: header.configuration, itemCount: header.itemCount)
            .graph(length: 1, ending: .state)
        let parameters = try network.parameters.map {
            try file.floats(named: Self.prefix + $0.name, shape: $0.shape.dimensions)
        }
        try self.init(
            header.configuration, itemCount: header.itemCount, weights: header.weights, parameters: parameters, threads: threads)
    }

    /// Whether a file holds a sequence model.
    public static func isPart(of file: ModelFile) -> Bool { file.sections.contains(section) }
}
