#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where values lie along an axis, and the round numbers marked on it.
public struct AxisScale: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable {
        case linear, logarithmic
    }

    /// How numbers on the axis are written.
    public enum Format: String, Sendable, Codable {
        case number
        /// Values are shares of one: 0.975 is written 97.5 %.
        case percentage
        /// Values are seconds.
        case duration
    }

    public let kind: Kind
    public let lower: Double
    public let upper: Double
    /// Round values, ascending, all within lower...upper.
    public let ticks: [Double]
    private let step: Double

    /// A scale that covers `values`, of which those that cannot be drawn (not finite, beyond 1e100, or not positive on a
    /// logarithmic axis) are left out.
    ///
    /// - Parameters:
    ///   - extends: whether the ends move out to round numbers; otherwise they are the least and the greatest value.
    ///   - limits: bounds the ends never move beyond, e.g. 0...1 for shares.
    public init(
        covering values: some Sequence<Double>, kind: Kind = .linear, extends: Bool = true, about tickCount: Int = 5,
        limits: ClosedRange<Double>? = nil
    ) {
        let drawable = values.filter { AxisScale.canDraw($0, kind: kind) }
        var low = drawable.min() ?? (kind == .linear ? 0 : 0.1)
        var high = drawable.max() ?? 1
        let tickCount = min(max(tickCount, 2), 20)
        self.kind = kind
        switch kind {
        case .linear:
            // A span too small for the numbers' own precision is no span.
            if high - low <= max(low.magnitude, high.magnitude) * 1e-9 {
                let pad = max(low.magnitude, high.magnitude) * 0.05
                low -= pad > 0 ? pad : 0.5
                high += pad > 0 ? pad : 0.5
            }
            if let limits, drawable.allSatisfy(limits.contains) {
                low = max(low, limits.lowerBound)
                high = min(high, limits.upperBound)
                if high <= low { (low, high) = (limits.lowerBound, limits.upperBound) }
            }
            step = AxisScale.roundStep((high - low) / Double(tickCount))
            var first = (low / step).rounded(.up)
            var last = (high / step).rounded(.down)
            if extends {
                first = (low / step + 1e-9).rounded(.down)
                last = (high / step - 1e-9).rounded(.up)
                low = min(low, first * step)
                high = max(high, last * step)
            }
            let count = max(0, min(Int(last - first) + 1, 60))
            let (from, to, size) = (low, high, step)
            ticks = (0..<count).map { (first + Double($0)) * size }
                .map { $0.magnitude < size * 1e-6 ? 0 : $0 }.filter { $0 >= from && $0 <= to }
        case .logarithmic:
            if high <= low * 1.000_001 {
                low /= 2
                high *= 2
            }
            step = 0
            let marks = AxisScale.decadeMarks(low: low, high: high, about: tickCount)
            if extends {
                low = min(low, marks.last { $0 <= low * (1 + 1e-9) } ?? low)
                high = max(high, marks.first { $0 >= high * (1 - 1e-9) } ?? high)
            }
            let (from, to) = (low, high)
            ticks = marks.filter { $0 >= from && $0 <= to }
        }
        lower = low
        upper = high
    }

    /// Whether a value has a place on such an axis.
    public static func canDraw(_ value: Double, kind: Kind) -> Bool {
        value.isFinite && value.magnitude < 1e100 && (kind == .linear || value > 1e-100)
    }

    public func canDraw(_ value: Double) -> Bool { AxisScale.canDraw(value, kind: kind) }

    /// 0 at the lower end, 1 at the upper; clamped to them.
    public func position(of value: Double) -> Double {
        guard canDraw(value) else { return 0 }
        let share = switch kind {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: log(value / lower) / log(upper / lower)
        }
        return share.isFinite ? min(max(share, 0), 1) : 0
    }

    /// A tick's number, with as many decimals as the steps need.
    public func label(of tick: Double, format: Format = .number) -> String {
        if format == .duration { return HumanReadable.duration(seconds: tick) }
        if kind == .logarithmic {
            return format == .percentage
                ? "\(HumanReadable.significant(tick * 100, digits: 2)) %" : HumanReadable.significant(tick, digits: 2)
        }
        let scale = format == .percentage ? 100.0 : 1
        let places = AxisScale.decimals(step * scale)
        let magnitude = max(lower.magnitude, upper.magnitude) * scale
        let number = places > 6 || magnitude >= 1e9
            ? HumanReadable.significant(tick * scale, digits: 4) : HumanReadable.decimal(tick * scale, places: places)
        return format == .percentage ? "\(number) %" : number
    }

    /// 1, 2 or 5 times a power of ten.
    private static func roundStep(_ raw: Double) -> Double {
        let power = pow(10, log10(raw).rounded(.down))
        let fraction = raw / power
        return power * (fraction < 1.5 ? 1 : fraction < 3.5 ? 2 : fraction < 7.5 ? 5 : 10)
    }

    private static func decimals(_ step: Double) -> Int {
        step > 0 && step < 1 ? Int((-log10(step) - 1e-9).rounded(.up)) : 0
    }

    /// Powers of ten (and 2 and 5 times them, when there are few) from at or below `low` to at or above `high`.
    private static func decadeMarks(low: Double, high: Double, about count: Int) -> [Double] {
        let first = Int(log10(low).rounded(.down))
        let last = Int(log10(high).rounded(.up))
        let decades = last - first
        if decades <= 2 {
            return (first...last).flatMap { exponent in [1, 2, 5].map { $0 * pow(10, Double(exponent)) } }
        }
        let stride = max(1, decades / count)
        // One more mark than needed, so that the highest value is covered whatever the stride.
        return Swift.stride(from: first, through: last + stride - 1, by: stride).map { pow(10, Double($0)) }
    }
}
