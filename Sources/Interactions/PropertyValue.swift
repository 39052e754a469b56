/// Any JSON value.
public enum PropertyValue: Hashable, Codable, Sendable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([PropertyValue])
    case object([String: PropertyValue])

    public init(stringLiteral value: String) { self = .text(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: PropertyValue...) { self = .list(elements) }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([PropertyValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: PropertyValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// The words of a value that content similarity compares: texts, numbers and flags, also those inside lists.
    public var terms: [String] {
        switch self {
        case .null: []
        case .bool(let value): [value ? "true" : "false"]
        case .number(let value): ["\(value)"]
        case .text(let value): [value]
        case .list(let values): values.flatMap(\.terms)
        case .object(let values): values.sorted { $0.key < $1.key }.flatMap { key, value in value.terms.map { "\(key)=\($0)" } }
        }
    }
}
