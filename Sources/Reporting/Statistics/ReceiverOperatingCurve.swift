/// The receiver operating characteristic: for every threshold, the share of positives found and of negatives mistaken
/// for them.
public struct ReceiverOperatingCurve: Sendable, Hashable {
    public struct Point: Sendable, Hashable {
        /// Items that score at least this are called positive.
        public var threshold: Double
        public var falsePositiveRate: Double
        public var truePositiveRate: Double
    }

    /// From (0, 0) at threshold infinity to (1, 1); one point per distinct score, so ties make a slope, not a stair.
    public let points: [Point]

    /// - Parameters: scores of the two groups; a positive should score higher.
    /// - Returns: `nil` when a group is empty or a score is not a number.
    public init?(positives: [Double], negatives: [Double]) {
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        guard !positives.contains(where: \.isNaN), !negatives.contains(where: \.isNaN) else { return nil }
        var scored: [(score: Double, isPositive: Bool)] = positives.map { ($0, true) }
        scored += negatives.map { ($0, false) }
        scored.sort { $0.score > $1.score }
        var points = [Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)]
        var found = 0
        var mistaken = 0
        for (index, item) in scored.enumerated() {
            if item.isPositive { found += 1 } else { mistaken += 1 }
            if index + 1 < scored.count, scored[index + 1].score == item.score { continue }
            points.append(
                Point(
                    threshold: item.score, falsePositiveRate: Double(mistaken) / Double(negatives.count),
                    truePositiveRate: Double(found) / Double(positives.count)))
        }
        self.points = points
    }

    /// The area under the curve: the chance that a positive scores higher than a negative, ties counting half.
    public var area: Double {
        zip(points, points.dropFirst()).reduce(0) { sum, pair in
            let (left, right) = pair
            return sum + (right.falsePositiveRate - left.falsePositiveRate)
                * (left.truePositiveRate + right.truePositiveRate) / 2
        }
    }

    /// The highest threshold that still finds at least `share` of the positives.
    public func threshold(findingPositives share: Double) -> Double {
        points.first { $0.truePositiveRate >= share }?.threshold ?? points[points.count - 1].threshold
    }
}
