/// The features of all ratings that a model learns from, in blocks.
///
/// Users are described by themselves, by what they rated (whatever they thought of it: the implicit feedback of SVD++, Koren,
/// "Factorization meets the neighborhood", 2008) and by their properties; items by themselves, by who rated them and by their
/// properties (Rendle, Zhang and Koren, "On the difficulty of evaluating baselines", 2019). Where ratings have times, there are
/// also the user's day and slow drift, how much was rated that day, and the item's stretch of time.
struct RatingDesign: Sendable {
    let blocks: [RatingBlock]
    let clock: RatingClock?
    let days: UserDays

    static let users = 0, items = 1, occasions = 2, itemTimes = 3

    init(_ data: RatingData, configuration: RatingModel.Configuration) {
        let ratings = data.ratings
        let (userCount, itemCount) = (data.users.count, data.items.count)
        var ratedBy = [Int](repeating: 0, count: userCount), ratersOf = [Int](repeating: 0, count: itemCount)
        for rating in ratings {
            ratedBy[rating.user] += 1
            ratersOf[rating.item] += 1
        }
        var blocks = [
            Self.side(
                own: userCount, other: itemCount, pairs: ratings.map { ($0.user, $0.item) }, counts: ratedBy, attributes: data.userAttributes,
                rowOfCase: ratings.map { UInt32($0.user) }),
            Self.side(
                own: itemCount, other: userCount, pairs: ratings.map { ($0.item, $0.user) }, counts: ratersOf, attributes: data.itemAttributes,
                rowOfCase: ratings.map { UInt32($0.item) }),
        ]
        if data.isOrdered && configuration.usesTime {
            let times = ratings.map(\.time)
            let clock = RatingClock(first: times.min()!, last: times.max()!, stretches: configuration.itemStretches)
            let days = UserDays(ratings, userCount: userCount, clock: clock)
            blocks.append(Self.occasions(ratings, days, clock))
            blocks.append(Self.itemTimes(ratings, itemCount, clock))
            (self.clock, self.days) = (clock, days)
        } else {
            (clock, days) = (nil, UserDays(userCount: userCount))
        }
        self.blocks = blocks
    }

    /// Features: terms of the attributes, rows themselves, rows of the other side. What rows have in common is drawn first, so
    /// that their own weights begin with what is left.
    private static func side(
        own: Int, other: Int, pairs: [(own: Int, other: Int)], counts: [Int], attributes: [SideAttribute], rowOfCase: [UInt32]
    ) -> RatingBlock {
        var groups: [RatingBlock.Group] = []
        var entries: [RatingBlock.Entry] = []
        for attribute in attributes {
            let start = groups.last?.features.upperBound ?? 0
            groups.append(.init(features: start..<(start + attribute.termCount), isFactored: true))
            var terms = [UInt32: Int]()
            for entry in attribute.entries { terms[entry.row, default: 0] += 1 }
            for entry in attribute.entries {
                entries.append(.init(feature: start + Int(entry.term), row: Int(entry.row), value: 1 / Float(terms[entry.row]!).squareRoot()))
            }
        }
        let first = groups.last?.features.upperBound ?? 0, second = first + own
        groups.append(.init(features: first..<second, isFactored: true))
        groups.append(.init(features: second..<(second + other), isFactored: true))
        for row in 0..<own { entries.append(.init(feature: first + row, row: row)) }
        for pair in pairs {
            entries.append(.init(feature: second + pair.other, row: pair.own, value: 1 / Float(counts[pair.own]).squareRoot()))
        }
        return RatingBlock(rowCount: own, groups: groups, entries: entries, rowOfCase: rowOfCase)
    }

    /// Features: bins of frequency, days of users, drifts of users. A row is a user's day.
    private static func occasions(_ ratings: [RatingData.Rating], _ days: UserDays, _ clock: RatingClock) -> RatingBlock {
        let bins = days.counts.map(RatingClock.frequencyBin)
        let binCount = (bins.max() ?? 0) + 1, dayCount = days.days.count, userCount = days.usual.count
        var entries: [RatingBlock.Entry] = []
        for user in 0..<userCount {
            for row in days.starts[user]..<days.starts[user + 1] {
                entries.append(.init(feature: bins[row], row: row))
                entries.append(.init(feature: binCount + row, row: row))
                let drift = RatingClock.deviation(day: days.days[row], usual: days.usual[user])
                entries.append(.init(feature: binCount + dayCount + user, row: row, value: drift))
            }
        }
        return RatingBlock(
            rowCount: dayCount,
            groups: [
                .init(features: 0..<binCount, isFactored: true), .init(features: binCount..<(binCount + dayCount), isFactored: false),
                .init(features: (binCount + dayCount)..<(binCount + dayCount + userCount), isFactored: false),
            ], entries: entries, rowOfCase: ratings.map { UInt32(days.row(user: $0.user, day: clock.day($0.time))!) })
    }

    private static func itemTimes(_ ratings: [RatingData.Rating], _ itemCount: Int, _ clock: RatingClock) -> RatingBlock {
        let count = itemCount * clock.stretches
        return RatingBlock(
            rowCount: count, groups: [.init(features: 0..<count, isFactored: false)],
            entries: (0..<count).map { .init(feature: $0, row: $0) },
            rowOfCase: ratings.map { UInt32($0.item * clock.stretches + clock.stretch($0.time)) })
    }
}

/// The days on which each user rated something.
struct UserDays: Sendable {
    /// Where each user's days begin.
    var starts: [Int]
    /// In the order of time, with the ratings given on each.
    var days: [Int]
    var counts: [Int]
    /// The mean day of each user's ratings.
    var usual: [Float]

    init(userCount: Int) {
        starts = [Int](repeating: 0, count: userCount + 1)
        (days, counts) = ([], [])
        usual = [Float](repeating: 0, count: userCount)
    }

    init(_ ratings: [RatingData.Rating], userCount: Int, clock: RatingClock) {
        self.init(userCount: userCount)
        var ofUser = [[Int: Int]](repeating: [:], count: userCount)
        for rating in ratings { ofUser[rating.user][clock.day(rating.time), default: 0] += 1 }
        for user in 0..<userCount {
            var total = 0, sum = 0
            for (day, count) in ofUser[user].sorted(by: { $0.key < $1.key }) {
                days.append(day)
                counts.append(count)
                total += count
                sum += day * count
            }
            usual[user] = Float(sum) / Float(max(total, 1))
            starts[user + 1] = days.count
        }
    }

    /// Where a user's day stands; nil where nothing was rated on it.
    func row(user: Int, day: Int) -> Int? {
        var (low, high) = (starts[user], starts[user + 1])
        while low < high {
            let middle = (low + high) / 2
            if days[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low < starts[user + 1] && days[low] == day ? low : nil
    }
}
