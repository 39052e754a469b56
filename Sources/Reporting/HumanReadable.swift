#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Numbers the way people read them. The same on every machine: no locale, a point for decimals, a comma for thousands.
public enum HumanReadable {
    /// What stands where a number is missing or not a number.
    public static let unknown = "–"

    /// `value` with exactly `places` decimals and commas between thousands: `12,345.68`.
    public static func decimal(_ value: Double, places: Int = 2) -> String {
        guard value.isFinite else { return unknown }
        let places = min(max(places, 0), 15)
        guard value.magnitude < 1e15 else { return scientific(value, digits: 3) }
        var text = fixed(value, places: places)
        // A negative number that rounds to zero has no sign.
        if text.hasPrefix("-"), !text.contains(where: { ("1"..."9").contains($0) }) { text.removeFirst() }
        let point = text.firstIndex(of: ".") ?? text.endIndex
        return grouped(String(text[..<point])) + text[point...]
    }

    /// `value` to a number of significant digits, without trailing zeros, in scientific notation only where it is
    /// shorter: `0.00123`, `1,230`, `4.5e-07`.
    public static func significant(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return unknown }
        guard value != 0 else { return "0" }
        let digits = min(max(digits, 1), 15)
        let exponent = Int(log10(value.magnitude).rounded(.down))
        guard (-5..<9).contains(exponent) else { return scientific(value, digits: digits) }
        var text = decimal(value, places: max(0, digits - 1 - exponent))
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }

    /// A whole number with commas: `18,000`.
    public static func count(_ value: Int) -> String { grouped(String(value)) }

    /// A count and its noun: `1 photo`, `2,000 photos`.
    public static func count(_ value: Int, _ singular: String, plural: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? singular : plural ?? singular + "s")"
    }

    /// A short time, as `12.3 µs`, `4.56 ms` or `7.89 s`.
    public static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-3: significant(seconds * 1e6) + " µs"
        case ..<1: significant(seconds * 1e3) + " ms"
        default: significant(seconds) + " s"
        }
    }

    /// A time in the two units that matter: `350 µs`, `4.2 s`, `3 min 05 s`, `1 h 02 min`, `2 d 03 h`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite else { return unknown }
        if seconds < 0 { return "-" + duration(seconds: -seconds) }
        switch seconds {
        case 0: return "0 s"
        case ..<0.999_5e-6: return "\(significant(seconds * 1e9)) ns"
        case ..<0.999_5e-3: return "\(significant(seconds * 1e6)) µs"
        case ..<0.999_5: return "\(significant(seconds * 1e3)) ms"
        case ..<9.95: return "\(decimal(seconds, places: 1)) s"
        case ..<59.5: return "\(decimal(seconds, places: 0)) s"
        case ..<3_599.5:
            let whole = Int(seconds.rounded())
            return "\(whole / 60) min \(twoDigits(whole % 60)) s"
        case ..<86_370:
            let minutes = Int((seconds / 60).rounded())
            return "\(minutes / 60) h \(twoDigits(minutes % 60)) min"
        case ..<1e14:
            let hours = Int((seconds / 3_600).rounded())
            return "\(grouped(String(hours / 24))) d \(twoDigits(hours % 24)) h"
        default: return "\(scientific(seconds, digits: 3)) s"
        }
    }

    public static func duration(_ duration: Duration) -> String { self.duration(seconds: duration / .seconds(1)) }

    /// A size in decimal units, as disks and downloads are sold: `812 B`, `12.3 MB`, `1.24 GB`.
    public static func bytes(_ bytes: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        if bytes.magnitude < 1_000 { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        // 999.5 would print as 1000: go to the next unit before that.
        while value.magnitude >= 999.5, unit < units.count - 1 {
            value /= 1_000
            unit += 1
        }
        let places = value.magnitude < 9.995 ? 2 : value.magnitude < 99.95 ? 1 : 0
        return "\(fixed(value, places: places)) \(units[unit])"
    }

    /// A share of one as a percentage: `0.9765` is `97.65 %`.
    public static func percentage(_ share: Double, places: Int = 2) -> String {
        share.isFinite ? "\(decimal(share * 100, places: places)) %" : unknown
    }

    /// A share with its interval: `97.65 % [96.9, 98.2]`.
    public static func percentage(_ interval: ConfidenceInterval, places: Int = 2) -> String {
        guard interval.estimate.isFinite else { return unknown }
        let bounds = [interval.lower, interval.upper].map { decimal($0 * 100, places: max(places - 1, 0)) }
        return "\(percentage(interval.estimate, places: places)) [\(bounds[0]), \(bounds[1])]"
    }

    /// A rate: `480 images/s`; below one per second, the time for one: `2.5 s per image` for the unit `images`.
    public static func rate(_ perSecond: Double, unit: String) -> String {
        guard perSecond.isFinite, perSecond >= 0 else { return unknown }
        if perSecond > 0, perSecond < 1 {
            let one = unit.count > 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
            return "\(duration(seconds: 1 / perSecond)) per \(one)"
        }
        return "\(perSecond < 99.5 ? significant(perSecond) : decimal(perSecond, places: 0)) \(unit)/s"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }

    private static func grouped(_ digits: String) -> String {
        let sign = digits.hasPrefix("-") ? "-" : ""
        var result = ""
        let digits = digits.dropFirst(sign.count)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return sign + result
    }

    private static func fixed(_ value: Double, places: Int) -> String { formatted("%.*f", Int32(places), value) }

    private static func scientific(_ value: Double, digits: Int) -> String {
        let text = formatted("%.*e", Int32(digits - 1), value)
        guard let mark = text.firstIndex(of: "e"), text.contains(".") else { return text }
        var mantissa = text[..<mark]
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
        return String(mantissa + text[mark...])
    }

    private static func formatted(_ format: String, _ arguments: any CVarArg...) -> String {
        // The longest Double in %f with 15 places has 1 + 309 + 1 + 15 characters.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
            let length = withVaList(arguments) { vsnprintf(buffer.baseAddress!, buffer.count, format, $0) }
            guard length >= 0 else { return unknown }
            return String(decoding: buffer.prefix(min(Int(length), 399)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
