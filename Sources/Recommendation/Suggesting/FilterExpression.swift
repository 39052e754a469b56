/// What a filter says, once understood.
indirect enum FilterExpression: Hashable, Sendable {
    case all([FilterExpression])
    case any([FilterExpression])
    case not(FilterExpression)
    case test(FilterTest)
}

/// One condition on one field of an item.
struct FilterTest: Hashable, Sendable {
    enum Condition: Hashable, Sendable {
        case compare(FilterComparison, FilterValue)
        /// One of the values; with `isNegated` the field has to have a value that is none of them.
        case among(Set<FilterValue>, isNegated: Bool)
        case has(FilterValue)
        /// In lower case.
        case contains(String)
        case exists
    }

    var field: FilterField
    var condition: Condition

    /// About how many bytes its values have.
    var textSize: Int {
        switch condition {
        case .compare(_, let value), .has(let value): value.size
        case .among(let values, _): values.reduce(0) { $0 + $1.size }
        case .contains(let text): text.utf8.count
        case .exists: 0
        }
    }
}

enum FilterComparison: String, Hashable, Sendable {
    case equal = "=", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
}

enum FilterValue: Hashable, Sendable, CustomStringConvertible {
    case number(Double)
    case text(String)
    case flag(Bool)

    var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text.count > 30 ? text.prefix(30) + "…" : text[...])\""
        case .flag(let flag): "\(flag)"
        }
    }

    var size: Int { if case .text(let text) = self { 16 + text.utf8.count } else { 16 } }

    var type: FilterField.ValueType {
        switch self {
        case .number: .number
        case .text: .text
        case .flag: .flag
        }
    }
}

/// What of an item a condition is about.
enum FilterField: Hashable, Sendable {
    case id, name, categories, price, stock, hidden, daysSinceAdded, daysUntilExpiry
    /// The names from the outside in.
    case property([String])

    enum ValueType: String { case number, text, flag, listOfTexts = "list of texts", any = "value" }

    var type: ValueType {
        switch self {
        case .id, .name: .text
        case .categories: .listOfTexts
        case .price, .stock, .daysSinceAdded, .daysUntilExpiry: .number
        case .hidden: .flag
        case .property: .any
        }
    }

    /// Whether the answer depends on when it is asked.
    var dependsOnTime: Bool { self == .daysSinceAdded || self == .daysUntilExpiry }

    /// The fields that are not properties, by how they are written.
    static let named: [String: FilterField] = [
        "id": .id, "name": .name, "category": .categories, "categories": .categories, "price": .price, "stock": .stock,
        "hidden": .hidden, "days_since_added": .daysSinceAdded, "days_until_expiry": .daysUntilExpiry,
    ]
}

extension FilterExpression {
    /// All conditions, in the order of the text.
    var tests: [FilterTest] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.tests)
        case .not(let part): part.tests
        case .test(let test): [test]
        }
    }
}
