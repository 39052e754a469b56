import ComputeGraph
import Interactions
import ModelStore

/// A sequence model as part of a model file: a section and parameters under names of its own.
extension SequenceModel {
    /// What names the sections and parameters of one of several models of a file.
    private static func place(_ number: Int) -> String { number == 0 ? "sequence" : "sequence.\(number + 1)" }

    private struct Header: Codable {
        var configuration: SequenceConfiguration
        var itemCount: Int
        var weights: EventWeights
    }

    /// Adds the model to a file.
    ///
    /// - Parameter number: which of the file's sequence models it is, from 0.
    /// - Throws: `ModelFileError` when the header cannot be written as JSON.
    public func write(to file: inout ModelFile, number: Int = 0) throws {
        let place = Self.place(number)
        try file.setSection(Header(configuration: configuration, itemCount: itemCount, weights: weights), named: .init(place))
        let network = try SequenceGraph(configuration: configuration, itemCount: itemCount).graph(length: 1, ending: .state)
        file.parameters += zip(network.parameters, parameters).map { parameter, values in
            NamedTensor(name: "\(place)/\(parameter.name)", shape: parameter.shape.dimensions, floats: values)
        }
    }

    /// Reads the model of a file that has one.
    ///
    /// - Parameters:
    ///   - number: which of the file's sequence models, from 0.
    ///   - threads: that answer at the same time.
    /// - Throws: `ModelFileError` when the section or a parameter is missing or damaged; `SequenceConfiguration.Invalid`
    ///   and `GraphError` for settings that no model has; `InferenceError` for values that are not finite.
    public init(_ file: ModelFile, number: Int = 0, threads: Int = 1) throws {
        let place = Self.place(number)
        let header = try file.section(Header.self, named: .init(place))
        try header.configuration.validate()
        let network = try SequenceGraph(configuration: header.configuration, itemCount: header.itemCount)
            .graph(length: 1, ending: .state)
        let parameters = try network.parameters.map {
            try file.floats(named: "\(place)/\($0.name)", shape: $0.shape.dimensions)
        }
        try self.init(
            header.configuration, itemCount: header.itemCount, weights: header.weights, parameters: parameters, threads: threads)
    }

    /// Whether a file holds a sequence model of a number.
    public static func isPart(of file: ModelFile, number: Int = 0) -> Bool { file.sections.contains(.init(place(number))) }
}
