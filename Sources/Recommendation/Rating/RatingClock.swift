#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// When ratings were given, as the model sees it: days of each user, how many ratings the user gave that day, and a few long
/// stretches of time for items (Koren, "Collaborative filtering with temporal dynamics", 2009).
package struct RatingClock: Codable, Sendable, Hashable {
    /// Milliseconds since 1970 of the first and the last rating.
    var first: Int64
    var last: Int64
    /// Stretches that the time between is divided into for items.
    var stretches: Int

    package static let millisecondsPerDay: Int64 = 86_400_000

    package init(first: Int64, last: Int64, stretches: Int) {
        self.first = first
        self.last = max(first, last)
        self.stretches = max(1, stretches)
    }

    /// Days since the first rating; times outside what was learned from count as its ends.
    package func day(_ time: Int64) -> Int { min(Int(since(time) / Double(Self.millisecondsPerDay)), Self.dayLimit - 1) }

    /// Above all days; six million years.
    static let dayLimit = Int(Int32.max)

    /// From 0 up to `stretches`.
    package func stretch(_ time: Int64) -> Int {
        min(stretches - 1, Int(since(time) / max(since(last), 1) * Double(stretches)))
    }

    /// Milliseconds since the first rating. Real numbers, because the difference of two times may be none that an integer holds.
    private func since(_ time: Int64) -> Double { Double(min(max(time, first), last)) - Double(first) }

    /// How far from the user's usual time a day is, with less and less difference the further: sign(d) |d|^0.4, as the paper has
    /// it, with d in days.
    package static func deviation(day: Int, usual: Float) -> Float {
        let distance = Float(day) - usual
        return (distance < 0 ? -1 : 1) * powf(abs(distance), 0.4) / 4
    }

    /// The bin of ratings given together with so many, itself included, on one day: powers of two.
    package static func frequencyBin(_ count: Int) -> Int { max(count, 1).bitWidth - 1 - max(count, 1).leadingZeroBitCount }
}
