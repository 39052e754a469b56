/// Understands the text of a filter by recursive descent, one method for each rule of the grammar in `Filter`.
struct FilterParser {
    private let text: [UInt8]
    private let tokens: [FilterToken]
    private var position = 0
    private var depth = 0
    private var tests = 0

    static func expression(of text: [UInt8]) throws(FilterError) -> FilterExpression {
        guard text.count <= Filter.longestText else {
            throw FilterError(
                "the filter has \(text.count) bytes, more than \(Filter.longestText)",
                remedy: "give items a property that says what the long list says, and ask for that", at: 0..<0,
                of: Array(text.prefix(80)))
        }
        var parser = FilterParser(text: text, tokens: try FilterLexer.tokens(of: text))
        guard parser.token.kind != .end else {
            throw parser.error("the filter is empty", "write a condition such as price < 50, or give no filter")
        }
        let expression = try parser.anyOf()
        guard parser.token.kind == .end else { throw parser.unexpectedAfterCondition() }
        return expression
    }

    private init(text: [UInt8], tokens: [FilterToken]) {
        self.text = text
        self.tokens = tokens
    }

    private var token: FilterToken { tokens[position] }

    private mutating func advance() { position = min(position + 1, tokens.count - 1) }

    private mutating func take(_ keyword: String) -> Bool {
        guard token.keyword == keyword else { return false }
        advance()
        return true
    }

    private mutating func take(_ symbol: FilterToken.Symbol) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private func error(_ problem: String, _ remedy: String, at range: Range<Int>? = nil) -> FilterError {
        FilterError(problem, remedy: remedy, at: range ?? token.range, of: text)
    }

    // MARK: - Grammar

    /// conditions = condition { "or" condition }
    private mutating func anyOf() throws(FilterError) -> FilterExpression {
        var parts = [try allOf()]
        while take("or") { parts.append(try allOf()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func allOf() throws(FilterError) -> FilterExpression {
        var parts = [try negation()]
        while take("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(FilterError) -> FilterExpression {
        let start = token.range
        // A property may be called "not": then a comparison follows.
        guard token.keyword == "not", !isComparison(tokens[min(position + 1, tokens.count - 1)]) else { return try primary() }
        advance()
        try enter(at: start)
        defer { depth -= 1 }
        return .not(try negation())
    }

    private mutating func primary() throws(FilterError) -> FilterExpression {
        let opening = token.range
        guard take(.open) else { return .test(try condition()) }
        try enter(at: opening)
        defer { depth -= 1 }
        let inner = try anyOf()
        guard take(.close) else {
            if token.kind == .end { throw error("this parenthesis is never closed", "put a ) where it ends", at: opening) }
            throw unexpectedAfterCondition()
        }
        return inner
    }

    private mutating func enter(at range: Range<Int>) throws(FilterError) {
        depth += 1
        guard depth <= Filter.deepestNesting else {
            throw error("more than \(Filter.deepestNesting) levels of parentheses and not", "say it with fewer levels", at: range)
        }
    }

    private mutating func condition() throws(FilterError) -> FilterTest {
        tests += 1
        guard tests <= Filter.mostConditions else {
            throw error("more than \(Filter.mostConditions) conditions", "join values of one field with in (…)")
        }
        let start = token.range
        let field = try field()
        let fieldRange = start.lowerBound..<tokens[position - 1].range.upperBound
        if take("exists") { return FilterTest(field: field, condition: .exists) }
        let isNegated = token.keyword == "not" && tokens[position + 1].keyword == "in"
        if isNegated { advance() }
        if take("in") { return FilterTest(field: field, condition: .among(try values(for: field), isNegated: isNegated)) }
        if take("has") {
            guard [.listOfTexts, .any].contains(field.type) else {
                throw error(
                    "\(name(fieldRange)) is a \(field.type.rawValue), not a list", "write = instead of has",
                    at: tokens[position - 1].range)
            }
            return FilterTest(field: field, condition: .has(try value(for: field)))
        }
        if take("contains") {
            guard field.type != .number, field.type != .flag else {
                throw error(
                    "\(name(fieldRange)) is a \(field.type.rawValue), not a text", "write = or < instead",
                    at: tokens[position - 1].range)
            }
            guard case .text(let part) = token.kind else {
                throw error("expected a text in quotes after contains", "as in name contains \"lamp\"")
            }
            advance()
            return FilterTest(field: field, condition: .contains(part.lowercased()))
        }
        guard case .symbol(let symbol) = token.kind, let comparison = FilterComparison(rawValue: symbol.rawValue) else {
            throw missingComparison(field, fieldRange)
        }
        let operatorRange = token.range
        advance()
        let value = try value(for: field)
        if comparison != .equal, comparison != .unequal, value.type == .flag || field.type == .listOfTexts {
            let what = field.type == .listOfTexts ? "\(name(fieldRange)) is a list" : "\(value) is a flag"
            throw error("\(what), and has no order", "write = or !=", at: operatorRange)
        }
        return FilterTest(field: field, condition: .compare(comparison, value))
    }

    /// field = name { "." name }
    private mutating func field() throws(FilterError) -> FilterField {
        let start = token.range
        guard case .name(let first) = token.kind,
            !["and", "or", "in", "has"].contains(first.lowercased()) || isComparison(tokens[position + 1])
        else {
            switch token.kind {
            case .end:
                throw error("the filter ends where a condition should be", "add one such as price < 50, or remove the last word")
            case .number, .text:
                throw error("a condition begins with a field, not with a value", "write price < 50 rather than 50 > price")
            default: throw error("expected a condition", "write one such as price < 50 or category = \"lamps\"")
            }
        }
        advance()
        var path = [first]
        while take(.dot) {
            switch token.kind {
            case .name(let name), .text(let name): path.append(name)
            default: throw error("expected a name after the dot", "as in properties.color or properties.\"screen size\"")
            }
            advance()
        }
        if first.lowercased() == "properties" {
            guard path.count > 1 else { throw error("which property?", "write properties.color, or only color", at: start) }
            return .property(Array(path.dropFirst()))
        }
        if path.count == 1, let field = FilterField.named[first.lowercased()] { return field }
        return .property(path)
    }

    private mutating func values(for field: FilterField) throws(FilterError) -> Set<FilterValue> {
        let opening = token.range
        guard take(.open) else { throw error("expected a list in parentheses after in", "as in color in (\"red\", \"blue\")") }
        var values: Set<FilterValue> = [try value(for: field)]
        while take(.comma) { values.insert(try value(for: field)) }
        guard take(.close) else {
            if token.kind == .end { throw error("this list is never closed", "put a ) where it ends", at: opening) }
            throw error("expected a comma or ) here", "put commas between the values")
        }
        return values
    }

    private mutating func value(for field: FilterField) throws(FilterError) -> FilterValue {
        let value: FilterValue
        switch token.kind {
        case .text(let text): value = .text(text)
        case .number(let number): value = .number(number)
        case .name(let name) where name.lowercased() == "true": value = .flag(true)
        case .name(let name) where name.lowercased() == "false": value = .flag(false)
        case .name(let name):
            throw error("expected a value, and \(name.prefix(30)) is a name", "put texts in quotes: \"\(name.prefix(30))\"")
        case .end: throw error("the filter ends where a value should be", "add a number, a text in quotes, true or false")
        case .symbol: throw error("expected a value", "write a number, a text in quotes, true or false")
        }
        let wanted: FilterField.ValueType = field.type == .listOfTexts ? .text : field.type
        guard wanted == .any || wanted == value.type else {
            let remedy =
                switch wanted {
                case .number: "write a number without quotes, as in price < 50"
                case .flag: "write true or false"
                default: "put the text in quotes"
                }
            throw error("expected a \(wanted.rawValue) here, and \(value) is a \(value.type.rawValue)", remedy)
        }
        advance()
        return value
    }

    // MARK: - Mistakes

    private func isComparison(_ token: FilterToken) -> Bool {
        if case .symbol(let symbol) = token.kind { FilterComparison(rawValue: symbol.rawValue) != nil } else { false }
    }

    private func name(_ range: Range<Int>) -> String { String(decoding: text[range].prefix(60), as: UTF8.self) }

    private func missingComparison(_ field: FilterField, _ range: Range<Int>) -> FilterError {
        let example =
            switch field.type {
            case .number: "< 50"
            case .flag: "= true"
            default: "= \"…\""
            }
        let place = token.kind == .end ? range : token.range
        return error(
            "expected a comparison after \(name(range))",
            "write =, !=, <, <=, >, >=, in, has, contains or exists, as in \(name(range)) \(example)",
            at: place)
    }

    private func unexpectedAfterCondition() -> FilterError {
        switch token.kind {
        case .symbol(.close): error("this ) closes nothing", "remove it, or put a ( before")
        case .symbol(let symbol) where FilterComparison(rawValue: symbol.rawValue) != nil:
            error("a condition has one comparison only", "write price > 10 and price < 50 rather than 10 < price < 50")
        default: error("expected and, or, or the end of the filter", "join conditions with and or or")
        }
    }
}
