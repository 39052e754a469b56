/// How much of the differences between trials one setting explains.
public struct SettingImportance<Setting: TunableSetting>: Sendable, Hashable {
    public var setting: Setting
    /// Share of the variance of the scores' ranks, 0 to 1: the square of Spearman's rank correlation for numbers, or the
    /// correlation ratio of groups where that is more, which also sees a best value in the middle.
    public var share: Double
    /// Spearman's rank correlation, -1 to 1; nil for names.
    public var correlation: Double?

    /// - Parameter trials: settings and score of the same budget; failed trials with a score of 0.
    package static func measure(_ ranges: [SettingRange<Setting>], trials: [(values: [TuningValue], score: Double)]) -> [SettingImportance] {
        let scores = ranks(trials.map(\.score))
        return ranges.enumerated().map { position, range in
            let values = trials.map { $0.values[position] }
            let numbers = values.compactMap { value in if case .number(let number) = value { number } else { nil } }
            guard numbers.count == values.count else {
                return SettingImportance(setting: range.setting, share: ratio(groups: values.map(\.description), scores), correlation: nil)
            }
            let order = ranks(numbers)
            let correlation = correlation(order, scores)
            // Thirds of the range: a best value in its middle has no rank correlation, and matters.
            let thirds = order.map { String(Int($0 * 3 / Double(max(order.count, 1)))) }
            let grouped = trials.count >= 9 ? ratio(groups: thirds, scores) : 0
            return SettingImportance(setting: range.setting, share: max(correlation * correlation, grouped), correlation: correlation)
        }
    }

    /// Ranks from 0; equal values share the mean of theirs.
    package static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for position in start...end { result[order[position]] = Double(start + end) / 2 }
            start = end + 1
        }
        return result
    }

    static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let (meanA, meanB) = (mean(a), mean(b))
        var (covariance, varianceA, varianceB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            covariance += (x - meanA) * (y - meanB)
            varianceA += (x - meanA) * (x - meanA)
            varianceB += (y - meanB) * (y - meanB)
        }
        return varianceA > 0 && varianceB > 0 ? covariance / (varianceA * varianceB).squareRoot() : 0
    }

    /// Variance between groups as a share of all variance, less what groups of that number explain by chance.
    static func ratio(groups: [String], _ scores: [Double]) -> Double {
        let total = scores.reduce(0) { $0 + ($1 - mean(scores)) * ($1 - mean(scores)) }
        guard total > 0 else { return 0 }
        var members: [String: [Double]] = [:]
        for (group, score) in zip(groups, scores) { members[group, default: []].append(score) }
        let overall = mean(scores)
        let between = members.values.reduce(0) { sum, group in
            sum + Double(group.count) * (mean(group) - overall) * (mean(group) - overall)
        }
        let degrees = (members.count - 1, scores.count - members.count)
        guard degrees.1 > 0 else { return 0 }
        let within = (total - between) / Double(degrees.1)
        return min(max((between - Double(degrees.0) * within) / total, 0), 1)
    }

    private static func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}
