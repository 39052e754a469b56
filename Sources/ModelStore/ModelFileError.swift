/// Why a model file cannot be used, although it is a sound safetensors file.
///
/// The description names the file, the section or parameter at fault, and the remedy.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// The file holds tensors, but no mark that says it is one of our models.
        case notAModel
        /// The model was written in a format that this program does not read.
        case otherVersion(found: String, supported: Int)
        /// Parameters or sections are not those that were written.
        case checksumMismatch(written: String, found: String)
        /// The section is not there.
        case missingSection(ModelFile.Section)
        /// The section is there and cannot be read as what it should be.
        case damagedSection(ModelFile.Section, field: String, reason: String)
        /// In writing: the value cannot be written as JSON, for example because a number is not finite.
        case unencodableSection(ModelFile.Section, field: String, reason: String)
        /// The graph names a parameter that the file does not hold.
        case missingParameter(String)
        /// A parameter has another shape than the graph wants.
        case parameterShape(String, expected: [Int], found: [Int])
        /// A parameter holds whole numbers where floating-point ones are wanted.
        case parameterType(String, found: SafetensorsElementType)
    }

    /// The file; `nil` for a model that has not been on disk.
    public let path: String?
    /// What is wrong.
    public let problem: Problem

    init(_ problem: Problem, path: String?) {
        self.path = path
        self.problem = problem
    }

    public var description: String { (path ?? "model in memory") + ": " + explanation }

    private static let fetch = "Fetch the file again or train a new model."

    private var explanation: String {
        switch problem {
        case .notAModel:
            "this is a safetensors file, but not a model of this program: the metadata key "
                + "\(ModelFile.formatKey) is missing. Give the path of a model that `train` wrote."
        case .otherVersion(let found, let supported):
            "the model is in format \(found), and this program reads format \(supported). "
                + ((Int(found).map { $0 > supported } ?? false)
                    ? "Use the newer program that wrote it, or train the model again with this one."
                    : "Train the model again with this program, or use the program that wrote it.")
        case .checksumMismatch(let written, let found):
            "the content is not what was written (checksum \(found) instead of \(written)): the file is damaged or was "
                + "changed. \(Self.fetch) If the change was meant, remove the metadata key \(ModelFile.checksumKey)."
        case .missingSection(let section):
            "the section \"\(section)\" is missing. \(Self.fetch)"
        case .damagedSection(let section, let field, let reason):
            "the section \"\(section)\" cannot be read" + (field.isEmpty ? "" : " at \(field)") + ": \(reason). "
                + Self.fetch
        case .unencodableSection(let section, let field, let reason):
            "the section \"\(section)\" cannot be written" + (field.isEmpty ? "" : " at \(field)") + ": \(reason). "
                + "Correct the value."
        case .missingParameter(let name):
            "the parameter \"\(name)\" of the graph is missing. \(Self.fetch)"
        case .parameterShape(let name, let expected, let found):
            "the parameter \"\(name)\" has shape \(found), and the graph wants \(expected). \(Self.fetch)"
        case .parameterType(let name, let found):
            "the parameter \"\(name)\" holds whole numbers (\(found.rawValue)) instead of floating-point ones. "
                + Self.fetch
        }
    }
}
