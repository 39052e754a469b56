import CRanking

/// Features of one side of the ratings, such as of users: each rating refers to a row, and each row has some features.
///
/// What never changes while sampling lies here, ready for the C loop.
struct RatingBlock: Sendable {
    /// Features that have a prior in common.
    struct Group: Sendable {
        var features: Range<Int>
        /// Whether they have factors besides a bias.
        var isFactored: Bool
    }

    let rowCount: Int
    let groups: [Group]
    /// The row of each rating.
    let rowOfCase: [UInt32]
    private let offsets: [Int64]
    private let entries: [UInt32]
    private let values: [Float]
    private let groupOfFeature: [UInt32]

    var featureCount: Int { groupOfFeature.count }
    var isFactored: Bool { groups.contains { $0.isFactored } }

    /// An entry of the table of rows and features.
    struct Entry {
        var feature: Int
        var row: Int
        var value: Float = 1
    }

    init(rowCount: Int, groups: [Group], entries list: [Entry], rowOfCase: [UInt32]) {
        self.rowCount = rowCount
        self.groups = groups
        self.rowOfCase = rowOfCase
        let features = groups.last?.features.upperBound ?? 0
        groupOfFeature = groups.enumerated().flatMap { [UInt32](repeating: UInt32($0), count: $1.features.count) }
        var offsets = [Int64](repeating: 0, count: features + 1)
        for entry in list { offsets[entry.feature + 1] += 1 }
        for feature in 0..<features { offsets[feature + 1] += offsets[feature] }
        var next = offsets
        var entries = [UInt32](repeating: 0, count: list.count), values = [Float](repeating: 0, count: list.count)
        for entry in list {
            let place = Int(next[entry.feature])
            next[entry.feature] += 1
            entries[place] = UInt32(entry.row)
            values[place] = entry.value
        }
        self.offsets = offsets
        self.entries = entries
        self.values = values
    }

    /// Hands the C loop its pointers.
    func withC<Result>(_ body: (UnsafePointer<cr_rating_block>) -> Result) -> Result {
        offsets.withUnsafeBufferPointer { offsets in
            entries.withUnsafeBufferPointer { entries in
                values.withUnsafeBufferPointer { values in
                    groupOfFeature.withUnsafeBufferPointer { groups in
                        rowOfCase.withUnsafeBufferPointer { rows in
                            var block = cr_rating_block(
                                rows: rowCount, features: featureCount, row_of_case: rows.baseAddress, offsets: offsets.baseAddress,
                                entries: entries.baseAddress, values: values.baseAddress, groups: groups.baseAddress)
                            return body(&block)
                        }
                    }
                }
            }
        }
    }

    /// Values times weights of some features, by row.
    func sums(_ weights: [Float], of features: Range<Int>) -> [Float] {
        var sums = [Float](repeating: 0, count: rowCount)
        for feature in features {
            for place in Int(offsets[feature])..<Int(offsets[feature + 1]) { sums[Int(entries[place])] += values[place] * weights[feature] }
        }
        return sums
    }
}
