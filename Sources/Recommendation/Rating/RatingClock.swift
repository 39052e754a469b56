#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// When ratings were given, as the model sees it: days of each user, how many ratings the user gave that day, and a few long
/// stretches of time for items (Koren, "Collaborative filtering with temporal dynamics", 2009).
struct RatingClock: Codable, Sendable, Hashable {
    /// Milliseconds since 1970 of the first and the last rating.
    var first: Int64
    var last: Int64
    /// Stretches that the time between is divided into for items.
    var stretches: Int

    static let millisecondsPerDay: Int64 = 86_400_000

    init(first: Int64, last: Int64, stretches: Int) {
        self.first = first
        self.last = max(first, last)
        self.stretches = max(1, stretches)
    }

    /// Days since the first rating; times outside what was learned from count as its ends.
    func day(_ time: Int64) -> Int { Int((clamped(time) - first) / Self.millisecondsPerDay) }

    /// From 0 up to `stretches`.
    func stretch(_ time: Int64) -> Int {
        min(stretches - 1, Int(Double(clamped(time) - first) / Double(max(last - first, 1)) * Double(stretches)))
    }

    private func clamped(_ time: Int64) -> Int64 { min(max(time, first), last) }

    /// How far from the user's usual time a day is, with less and less difference the further: sign(d) |d|^0.4, as the paper has
    /// it, with d in days.
    static func deviation(day: Int, usual: Float) -> Float {
        let distance = Float(day) - usual
        return (distance < 0 ? -1 : 1) * powf(abs(distance), 0.4) / 4
    }

    /// The bin of ratings given together with so many, itself included, on one day: powers of two.
    static func frequencyBin(_ count: Int) -> Int { max(count, 1).bitWidth - 1 - max(count, 1).leadingZeroBitCount }
}
