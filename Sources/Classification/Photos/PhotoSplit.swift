import ComputeGraph
import Imaging

/// How the photos are divided into training, validation and held-out test.
///
/// The division depends on a seed and on what is in the files, and on nothing else: not on names, places or order. Each class
/// is divided in the same proportion. Photos that show the same picture, as copies or near copies, stay together, so that
/// nothing measured was learned by heart.
///
/// Every group of same pictures draws a number from the seed and its smallest digest; in each class, the groups with the
/// smallest numbers are the test set, the next ones validation, the rest training. Photos added later draw numbers of their
/// own and leave those of the others as they are.
public struct PhotoSplit: Sendable, Hashable {
    /// A photo as the division sees it.
    public struct Item: Sendable, Hashable {
        public var digest: ContentDigest
        public var label: Int
        /// Items with the same number are never divided.
        public var group: Int
        /// The part the source puts it in, if it does.
        public var part: DataPart?

        public init(digest: ContentDigest, label: Int, group: Int, part: DataPart? = nil) {
            self.digest = digest
            self.label = label
            self.group = group
            self.part = part
        }

        /// For an order that depends on content alone.
        fileprivate var order: (UInt64, UInt64, Int) { (digest.high, digest.low, label) }
    }

    /// How many photos a part gets.
    public enum Amount: Sendable, Hashable, Codable {
        /// This many, of all classes together.
        case count(Int)
        /// This share of all, 0 to 1.
        case fraction(Double)

        func resolved(of total: Int) -> Int {
            switch self {
            case .count(let count): max(count, 0)
            case .fraction(let share): share.isFinite ? Int((min(max(share, 0), 1) * Double(total)).rounded()) : 0
            }
        }
    }

    /// The part of each item, in the order of the items.
    public let parts: [DataPart]
    public let seed: UInt64

    /// Divides items.
    ///
    /// Where the source itself has a `test` or a `validation` folder, those photos are that part, and the amount for it is not
    /// used; a photo elsewhere that shows the same picture as one of them goes with it.
    ///
    /// - Parameters:
    ///   - test: photos to hold out.
    ///   - validation: photos to take decisions on.
    ///   - previous: an earlier division of some of the photos, by digest: they keep their parts, and only the others are
    ///     divided. So a model is measured on the same photos before and after others came in.
    /// - Throws: ``PhotoSplitError`` when a class would be left with no photo to train on.
    public init(
        _ items: [Item], test: Amount, validation: Amount, seed: UInt64, keeping previous: [ContentDigest: DataPart] = [:],
        classNames: [String] = []
    ) throws(PhotoSplitError) {
        self.seed = seed
        let groups = Self.groups(of: items, seed: seed, previous: previous)
        var parts = [DataPart](repeating: .train, count: items.count)
        let classCount = (items.map(\.label).max() ?? -1) + 1
        var classTotals = [Int](repeating: 0, count: classCount)
        for item in items { classTotals[item.label] += 1 }
        let given = Set(items.compactMap(\.part))
        let testTargets = given.contains(.test)
            ? [Int](repeating: 0, count: classCount) : Self.shares(of: test.resolved(of: items.count), by: classTotals)
        let validationTargets = given.contains(.validation)
            ? [Int](repeating: 0, count: classCount) : Self.shares(of: validation.resolved(of: items.count), by: classTotals)

        for label in 0..<classCount {
            var remaining: [DataPart: Int] = [.test: testTargets[label], .validation: validationTargets[label]]
            let own = groups.filter { $0.label == label }
            for group in own where group.fixed != nil {
                for index in group.members { parts[index] = group.fixed! }
                remaining[group.fixed!, default: 0] -= group.members.count
            }
            for group in own where group.fixed == nil {
                // A group too large for what a part still needs is passed over, so that amounts are met exactly.
                for part in [DataPart.test, .validation] where remaining[part, default: 0] >= group.members.count {
                    for index in group.members { parts[index] = part }
                    remaining[part, default: 0] -= group.members.count
                    break
                }
            }
            let training = items.indices.count { items[$0].label == label && parts[$0] == .train }
            guard training > 0 || classTotals[label] == 0 else {
                throw PhotoSplitError(
                    className: classNames.indices.contains(label) ? classNames[label] : "number \(label)",
                    photos: classTotals[label], test: testTargets[label], validation: validationTargets[label])
            }
        }
        self.parts = parts
    }

    package init(parts: [DataPart], seed: UInt64) {
        self.parts = parts
        self.seed = seed
    }

    /// Indices of the items of a part, ascending.
    public func indices(_ part: DataPart) -> [Int] { parts.indices.filter { parts[$0] == part } }

    public var train: [Int] { indices(.train) }
    public var validation: [Int] { indices(.validation) }
    public var test: [Int] { indices(.test) }

    private struct Group {
        var members: [Int]
        /// Of the member with the smallest digest.
        var label: Int
        var draw: UInt64
        var digest: ContentDigest
        /// The part that the source or an earlier division prescribes.
        var fixed: DataPart?
    }

    /// Groups in the order of their draws.
    private static func groups(of items: [Item], seed: UInt64, previous: [ContentDigest: DataPart]) -> [Group] {
        var members: [Int: [Int]] = [:]
        for (index, item) in items.enumerated() { members[item.group, default: []].append(index) }
        return members.values.map { members in
            let first = members.min { items[$0].order < items[$1].order }!
            let digest = items[first].digest
            let draw = draw(seed, digest)
            // Held-out photos must never come into training: the strictest part that any member prescribes wins.
            let prescribed = Set(members.compactMap { previous[items[$0].digest] ?? items[$0].part })
            let fixed: DataPart? = prescribed.contains(.test) ? .test
                : prescribed.contains(.validation) ? .validation
                // A source with training folder only leaves it open what is held out of it.
                : members.contains { previous[items[$0].digest] == .train } ? .train : nil
            return Group(members: members, label: items[first].label, draw: draw, digest: digest, fixed: fixed)
        }.sorted { ($0.draw, $0.digest.high, $0.digest.low) < ($1.draw, $1.digest.high, $1.digest.low) }
    }

    /// Uniform in 64 bits, from the seed and the whole digest.
    private static func draw(_ seed: UInt64, _ digest: ContentDigest) -> UInt64 {
        var random = RandomSource(seed, digest.high, digest.low)
        return random.next()
    }

    /// `count` divided in proportion to `totals`, in whole numbers that add up (largest remainders; the first on a tie).
    private static func shares(of count: Int, by totals: [Int]) -> [Int] {
        let total = totals.reduce(0, +)
        guard total > 0 else { return totals.map { _ in 0 } }
        let count = min(count, total)
        // 128 bits: count times total may pass 64 for absurd amounts only, but costs nothing to get right.
        let exact = totals.map { Int128(count) * Int128($0) }
        var result = exact.map { Int($0 / Int128(total)) }
        let byRemainder = totals.indices.sorted { a, b in
            let (ra, rb) = (exact[a] % Int128(total), exact[b] % Int128(total))
            return ra != rb ? ra > rb : a < b
        }
        for index in byRemainder.prefix(count - result.reduce(0, +)) { result[index] += 1 }
        return result
    }
}

/// A division that would leave a class with nothing to train on.
public struct PhotoSplitError: Error, Sendable, Equatable, CustomStringConvertible {
    public var className: String
    public var photos: Int
    public var test: Int
    public var validation: Int

    public var description: String {
        "class \"\(className)\" has \(photos) photos; with \(test) of them for the test and \(validation) for validation none is "
            + "left to train on. Hold out fewer photos, or add photos of that class."
    }
}
