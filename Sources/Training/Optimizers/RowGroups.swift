/// Rows of a parameter that have something in common, such as items that are described alike.
///
/// Each row learns as if it were the sum of values of its own and of shares in those of its groups, which learn from all their
/// rows (Kula, "Metadata embeddings for user and item cold-start recommendations", 2015). What is trained and kept is the sum,
/// so that answering knows nothing of groups. Clipping measures the gradients of the rows alone.
public struct RowGroups: Sendable {
    /// The name of the parameter, whose shape is `[rows, width]`.
    public var parameter: String
    public var groupCount: Int
    /// Where the memberships of each row begin: `rows + 1` positions.
    public var offsets: [Int64]
    /// The group of each membership, and how much of the group the row takes.
    public var groups: [UInt32]
    public var shares: [Float]
    /// The rate of the groups, as a share of that of all parameters.
    public var rate: Float

    public init(parameter: String, groupCount: Int, offsets: [Int64], groups: [UInt32], shares: [Float], rate: Float) {
        self.parameter = parameter
        self.groupCount = groupCount
        self.offsets = offsets
        self.groups = groups
        self.shares = shares
        self.rate = rate
    }

    var rowCount: Int { offsets.count - 1 }

    /// The memberships by group.
    var transposed: RowGroups {
        var starts = [Int64](repeating: 0, count: groupCount + 1)
        for group in groups { starts[Int(group) + 1] += 1 }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var next = starts
        var result = self
        result.groupCount = rowCount
        for row in 0..<rowCount {
            for membership in Int(offsets[row])..<Int(offsets[row + 1]) {
                let place = Int(next[Int(groups[membership])])
                next[Int(groups[membership])] += 1
                result.groups[place] = UInt32(row)
                result.shares[place] = shares[membership]
            }
        }
        result.offsets = starts
        return result
    }
}
