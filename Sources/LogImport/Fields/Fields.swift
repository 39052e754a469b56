import Interactions
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension UnsafeRawBufferPointer {
    /// Without spaces at both ends.
    var trimmed: UnsafeRawBufferPointer {
        var low = 0, high = count
        while low < high, self[low] <= 0x20 { low += 1 }
        while high > low, self[high - 1] <= 0x20 { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[low..<high])
    }

    var text: String { String(decoding: self, as: UTF8.self) }

    func equals(_ word: StaticString) -> Bool {
        count == word.utf8CodeUnitCount && memcmp(baseAddress ?? UnsafeRawPointer(word.utf8Start), word.utf8Start, count) == 0
    }

    /// A decimal number, such as `12`, `-3.50` or `1.5e9`; nil for anything else, infinities too.
    var number: Double? {
        let bytes = trimmed
        guard !bytes.isEmpty, bytes.count <= 64 else { return nil }
        var index = 0
        var isNegative = false
        if bytes[0] == 0x2D || bytes[0] == 0x2B {
            isNegative = bytes[0] == 0x2D
            index = 1
        }
        var mantissa: UInt64 = 0
        var digits = 0, places = 0
        var hasPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x30, byte <= 0x39 {
                mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
                digits += 1
                if hasPoint { places += 1 }
            } else if byte == 0x2E, !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index == bytes.count, digits <= 15 {
            // Both are whole numbers that a Double holds exactly, so the quotient is the nearest Double.
            let value = Double(mantissa) / Self.powersOfTen[places]
            return isNegative ? -value : value
        }
        guard index == bytes.count || bytes[index] | 0x20 == 0x65, let value = Double(bytes.text), value.isFinite else { return nil }
        return value
    }

    private static let powersOfTen: [Double] = (0...15).map { pow(10, Double($0)) }

    /// What an id or a property is as JSON: a number where its text is the usual one for that number, text otherwise.
    var propertyValue: PropertyValue {
        let bytes = trimmed
        guard let first = bytes.first else { return .null }
        if bytes.count <= 15, (first >= 0x30 && first <= 0x39) || first == 0x2D, let number = bytes.number {
            // A leading zero, as in a postal code, says that it is no number.
            let digits = first == 0x2D ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes
            if digits.count < 2 || digits[0] != 0x30 || digits[1] == 0x2E { return .number(number) }
        }
        if bytes.equals("true") || bytes.equals("True") { return .bool(true) }
        if bytes.equals("false") || bytes.equals("False") { return .bool(false) }
        return .text(bytes.text)
    }

    /// Why the bytes cannot be text, if so.
    var problemAsText: String? {
        var isASCII = true
        var hasNUL = false
        for byte in self {
            isASCII = isASCII && byte < 0x80
            hasNUL = hasNUL || byte == 0
        }
        if hasNUL { return "byte \(firstIndex(of: 0)! + 1) of the line is NUL" }
        guard !isASCII, let bad = firstInvalidUTF8 else { return nil }
        return "byte \(bad + 1) of the line is not UTF-8; is it Latin-1 or Windows-1252? Convert with iconv -f WINDOWS-1252 -t UTF-8"
    }

    private var firstInvalidUTF8: Int? {
        var decoder = UTF8()
        var iterator = makeIterator()
        var position = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): position += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return position
            }
        }
    }
}
