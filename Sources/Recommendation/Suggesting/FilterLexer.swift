/// A word of a filter and where it stands.
struct FilterToken: Hashable {
    enum Kind: Hashable {
        case name(String)
        case text(String)
        case number(Double)
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case equal = "=", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
        case open = "(", close = ")", comma = ",", dot = "."
    }

    var kind: Kind
    /// In bytes of the text.
    var range: Range<Int>

    /// The token as a keyword: names are, whatever their case.
    var keyword: String? {
        if case .name(let name) = kind { name.lowercased() } else { nil }
    }
}

/// Cuts the text of a filter into words.
struct FilterLexer {
    let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    static func tokens(of text: [UInt8]) throws(FilterError) -> [FilterToken] {
        var lexer = FilterLexer(text)
        var tokens: [FilterToken] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last!.kind != .end
        return tokens
    }

    private func byte(_ offset: Int = 0) -> UInt8? { position + offset < text.count ? text[position + offset] : nil }

    private func error(_ problem: String, _ remedy: String, _ range: Range<Int>) -> FilterError {
        FilterError(problem, remedy: remedy, at: range, of: text)
    }

    private mutating func next() throws(FilterError) -> FilterToken {
        skipSpace()
        let start = position
        guard let first = byte() else { return FilterToken(kind: .end, range: start..<start) }
        if let (symbol, length) = try symbol(first) {
            position += length
            return FilterToken(kind: .symbol(symbol), range: start..<position)
        }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(first)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): return try number()
        case _ where Self.beginsName(first):
            if let quote = typographicQuote() {
                throw error("the quote \(quote) is not a straight one", "write \" or ' around texts", start..<start + 3)
            }
            while let next = byte(), Self.continuesName(next), !isSpaceOfTwoBytes() { position += 1 }
            let name = String(decoding: text[start..<position], as: UTF8.self)
            return FilterToken(kind: .name(name), range: start..<position)
        default:
            let character =
                first < 0x20 || first == 0x7F ? "a control character (byte \(first))" : "\"\(Character(Unicode.Scalar(first)))\""
            throw error(
                "\(character) means nothing here", "put texts in quotes; join conditions with and, or, not", start..<start + 1)
        }
    }

    private mutating func skipSpace() {
        while let next = byte() {
            if next == 0x20 || (0x09...0x0D).contains(next) {
                position += 1
            } else if isSpaceOfTwoBytes() {
                position += 2
            } else {
                return
            }
        }
    }

    /// The no-break space, which pages put into what is copied from them.
    private func isSpaceOfTwoBytes() -> Bool { byte() == 0xC2 && byte(1) == 0xA0 }

    private func typographicQuote() -> Character? {
        guard byte() == 0xE2, byte(1) == 0x80, let last = byte(2), (0x98...0x9F).contains(last) else { return nil }
        return Character(Unicode.Scalar(0x2000 + UInt16(last) - 0x80)!)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func beginsName(_ byte: UInt8) -> Bool { isLetter(byte) }

    private static func continuesName(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func symbol(_ first: UInt8) throws(FilterError) -> (FilterToken.Symbol, length: Int)? {
        let second = byte(1)
        let pair = position..<position + 2
        switch (first, second) {
        case (UInt8(ascii: "="), UInt8(ascii: "=")): return (.equal, 2)
        case (UInt8(ascii: "="), _): return (.equal, 1)
        case (UInt8(ascii: "!"), UInt8(ascii: "=")): return (.unequal, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: "=")): return (.lessOrEqual, 2)
        case (UInt8(ascii: "<"), UInt8(ascii: ">")): throw error("<> is not known here", "write != for \"is not\"", pair)
        case (UInt8(ascii: "<"), _): return (.less, 1)
        case (UInt8(ascii: ">"), UInt8(ascii: "=")): return (.greaterOrEqual, 2)
        case (UInt8(ascii: ">"), _): return (.greater, 1)
        case (UInt8(ascii: "("), _): return (.open, 1)
        case (UInt8(ascii: ")"), _): return (.close, 1)
        case (UInt8(ascii: ","), _): return (.comma, 1)
        case (UInt8(ascii: "."), let next) where next.map(Self.isDigit) != true: return (.dot, 1)
        case (UInt8(ascii: "&"), _): throw error("& is not known here", "write and", position..<position + 1)
        case (UInt8(ascii: "|"), _): throw error("| is not known here", "write or", position..<position + 1)
        case (UInt8(ascii: "!"), _):
            throw error("! alone is not known here", "write not, or != between two values", position..<position + 1)
        default: return nil
        }
    }

    private mutating func number() throws(FilterError) -> FilterToken {
        let start = position
        position += 1
        while let next = byte(), Self.isLetter(next) || Self.isDigit(next) || next == UInt8(ascii: ".") || isSignOfExponent(next)
        {
            position += 1
        }
        let written = String(decoding: text[start..<position], as: UTF8.self)
        // Double reads more than decimal numbers: nan, infinity and hexadecimal ones are refused.
        let isDecimal = written.utf8.allSatisfy { Self.isDigit($0) || "+-.eE".utf8.contains($0) }
        guard isDecimal, let value = Double(written), value.isFinite else {
            throw error(
                "\(shown(written)) is not a number", "write numbers as in 12, -0.5 or 1e3, and put texts in quotes",
                start..<position)
        }
        return FilterToken(kind: .number(value), range: start..<position)
    }

    private func isSignOfExponent(_ byte: UInt8) -> Bool {
        (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")) && text[position - 1] | 0x20 == UInt8(ascii: "e")
    }

    private mutating func quoted(_ quote: UInt8) throws(FilterError) -> FilterToken {
        let start = position
        var bytes: [UInt8] = []
        position += 1
        while let next = byte() {
            position += 1
            if next == quote {
                return FilterToken(kind: .text(String(decoding: bytes, as: UTF8.self)), range: start..<position)
            }
            guard next == UInt8(ascii: "\\") else {
                bytes.append(next)
                continue
            }
            switch byte() {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case let escaped? where [UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'")].contains(escaped):
                bytes.append(escaped)
            default:
                throw error("no such escape", #"after \ write \, ", ', n or t"#, position - 1..<min(position + 1, text.count))
            }
            position += 1
        }
        let sign = Character(Unicode.Scalar(quote))
        throw error("this text has no end", "put another \(sign) where it ends", start..<start + 1)
    }

    private func shown(_ written: String) -> String { "\"\(written.count > 30 ? written.prefix(30) + "…" : written[...])\"" }
}
