import Foundation
import Interactions
import Training

extension MemberConfiguration {
    /// A configuration that no model can have.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var model: String
        public var problem: String
        public var description: String { "the configuration of \(model) \(problem)" }
    }

    /// The configuration as one writes it: its fields by name. Without a configuration of its own, that for logs with times.
    public var fields: [String: PropertyValue] {
        get throws {
            func fields(_ value: some Encodable) throws -> [String: PropertyValue] {
                try JSONDecoder().decode([String: PropertyValue].self, from: JSONEncoder().encode(value))
            }
            return switch self {
            case .popularity(let configuration): try fields(configuration)
            case .neighbors(let configuration): try fields(configuration ?? .init())
            case .als(let configuration): try fields(configuration)
            case .ease(let configuration): try fields(configuration)
            case .graph(let configuration): try fields(configuration)
            case .spectral(let configuration): try fields(configuration)
            case .sequence(let configuration): try fields(configuration)
            case .sessions(let configuration): try fields(configuration)
            case .content(let configuration): try fields(configuration)
            case .resurfacing(let configuration): try fields(configuration)
            }
        }
    }

    /// With other values in some fields.
    ///
    /// - Throws: `Invalid` naming the field that there is not, or whose value cannot be.
    public func setting(_ changes: [String: PropertyValue]) throws -> MemberConfiguration {
        var all = try fields
        for (field, value) in changes.sorted(by: { $0.key < $1.key }) {
            let setting = MemberSetting(rawValue: "\(name).\(field)")
            guard all[field] != nil || setting != nil || Self.optional.contains("\(name).\(field)") else {
                throw Invalid(model: name, problem: "has no \"\(field)\"; there are \(try known.joined(separator: ", "))")
            }
            if let setting, case .number(let number) = value {
                guard setting.limits.contains(number), !setting.isWhole || number == number.rounded() else {
                    let (low, high) = (TuningValue.number(setting.limits.lowerBound), TuningValue.number(setting.limits.upperBound))
                    throw Invalid(
                        model: name, problem: "has \(field) \(TuningValue.number(number)); give a \(setting.isWhole ? "whole " : "")number from \(low) to \(high)")
                }
            }
            all[field] = value
        }
        let data = try JSONEncoder().encode(all)
        func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
            do { return try JSONDecoder().decode(type, from: data) } catch let error as DecodingError {
                throw Invalid(model: name, problem: Self.words(error))
            }
        }
        switch self {
        case .popularity: return .popularity(try decoded())
        case .neighbors: return .neighbors(try decoded())
        case .als: return .als(try decoded())
        case .ease: return .ease(try decoded())
        case .graph: return .graph(try decoded())
        case .spectral: return .spectral(try decoded())
        case .sequence:
            let configuration = try decoded(SequenceConfiguration.self)
            do { try configuration.validate() } catch { throw Invalid(model: name, problem: "has a wrong \(error.setting): it \(error.problem)") }
            return .sequence(configuration)
        case .sessions: return .sessions(try decoded())
        case .content: return .content(try decoded())
        case .resurfacing: return .resurfacing(try decoded())
        }
    }

    /// With the configuration that the log asks for where it has none of its own.
    func resolved(for data: TrainingData) -> MemberConfiguration {
        if case .neighbors(nil) = self { return .neighbors(data.log.isOrdered ? .init() : .unordered) }
        return self
    }

    /// What a trial with a share of the data should cost: of what goes through the data several times, fewer times.
    func scaled(to share: Double) -> MemberConfiguration {
        guard case .sequence(var configuration) = self else { return self }
        configuration.epochs = max(1, Int((Double(configuration.epochs) * share).rounded()))
        return .sequence(configuration)
    }

    /// Fields that a configuration may leave out.
    private static let optional: Set = [
        "sequence.averaging", "sequence.gradientClipping", "sequence.patience", "sequence.precision",
    ]

    private var known: [String] {
        get throws { try Set(fields.keys).union(MemberSetting.allCases.filter { $0.member == name }.map(\.field)).sorted() }
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .typeMismatch(let type, let context): "has a \(place(context.codingPath)) that is no \(type)"
        case .valueNotFound(_, let context): "has a \(place(context.codingPath)) of null"
        case .keyNotFound(let key, _): "lacks \(key.stringValue)"
        case .dataCorrupted(let context): "has a wrong \(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "cannot be read"
        }
    }
}
