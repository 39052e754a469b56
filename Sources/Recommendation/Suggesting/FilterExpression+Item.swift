import Interactions

extension FilterExpression {
    func matches(_ item: Item, now: Int64) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.matches(item, now: now) }
        case .any(let parts): parts.contains { $0.matches(item, now: now) }
        case .not(let part): !part.matches(item, now: now)
        case .test(let test): test.matches(item, now: now)
        }
    }
}

extension FilterTest {
    func matches(_ item: Item, now: Int64) -> Bool {
        switch field {
        case .id: condition.holds(for: item.id)
        case .name: item.name.map { condition.holds(for: $0) } ?? false
        case .categories: condition.holds(forTexts: item.categories)
        case .price: item.price.map { condition.holds(for: $0) } ?? false
        case .stock: item.stock.map { condition.holds(for: $0) } ?? false
        case .hidden: condition.holds(for: item.isHidden)
        case .daysSinceAdded: item.added.map { condition.holds(for: Self.days(from: $0, to: now)) } ?? false
        case .daysUntilExpiry: item.expires.map { condition.holds(for: Self.days(from: now, to: $0)) } ?? false
        case .property(let path): Self.property(path, of: item.properties).map { condition.holds(for: $0) } ?? false
        }
    }

    static func days(from start: Int64, to end: Int64) -> Double { (Double(end) - Double(start)) / 86_400_000 }

    static func property(_ path: [String], of properties: [String: PropertyValue]) -> PropertyValue? {
        var found = properties[path[0]]
        for name in path.dropFirst() {
            guard case .object(let inner)? = found else { return nil }
            found = inner[name]
        }
        return found
    }
}

extension FilterTest.Condition {
    func holds(for number: Double) -> Bool {
        switch self {
        case .compare(let comparison, .number(let other)): comparison.holds(number, other)
        case .compare(let comparison, _): comparison == .unequal
        case .among(let values, let isNegated): values.contains(.number(number)) != isNegated
        case .has, .contains: false
        case .exists: true
        }
    }

    func holds(for flag: Bool) -> Bool {
        switch self {
        case .compare(.equal, let value): value == .flag(flag)
        case .compare(.unequal, let value): value != .flag(flag)
        case .compare, .has, .contains: false
        case .among(let values, let isNegated): values.contains(.flag(flag)) != isNegated
        case .exists: true
        }
    }

    func holds(for text: String) -> Bool {
        switch self {
        case .compare(let comparison, .text(let other)): comparison.holds(text, other)
        case .compare(let comparison, _): comparison == .unequal
        case .among(let values, let isNegated): values.contains(.text(text)) != isNegated
        case .has: false
        case .contains(let part): text.lowercased().contains(part)
        case .exists: true
        }
    }

    /// One element is enough, but what is denied has to be denied by all; an empty list is missing.
    func holds(forTexts texts: [String]) -> Bool {
        guard !texts.isEmpty else { return false }
        return switch self {
        case .has(let value): texts.contains { value == .text($0) }
        case .compare(.unequal, _), .among(_, isNegated: true): texts.allSatisfy { holds(for: $0) }
        case .exists: true
        default: texts.contains { holds(for: $0) }
        }
    }

    func holds(for value: PropertyValue) -> Bool {
        switch value {
        case .null: return false
        case .bool(let flag): return holds(for: flag)
        case .number(let number): return holds(for: number)
        case .text(let text): return holds(for: text)
        case .object: return self == .exists
        case .list(let elements):
            guard !elements.isEmpty else { return false }
            switch self {
            case .has(let wanted): return elements.contains { FilterTest.Condition.compare(.equal, wanted).holds(for: $0) }
            case .compare(.unequal, _), .among(_, isNegated: true): return elements.allSatisfy { holds(for: $0) }
            case .exists: return true
            default: return elements.contains { holds(for: $0) }
            }
        }
    }
}

extension FilterComparison {
    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}
