import Interactions
import Recommendation
import TestSupport

/// Small logs made by hand or by chance.
enum Histories {
    static let day: Int64 = 86_400_000

    /// A log of some users' events; items are called by their numbers.
    static func log(_ users: [[HistoryEvent]], items: Int, session: (_ user: Int, _ place: Int) -> String? = { _, _ in nil }) throws -> InteractionLog {
        var builder = InteractionLogBuilder(items: IdentifierTable((0..<items).map(String.init)))
        for (user, events) in users.enumerated() {
            for (place, event) in events.enumerated() {
                try builder.append(
                    Event(
                        user: "u\(user)", item: "\(event.item)", kind: event.kind, value: event.value.map(Double.init), time: event.time,
                        session: session(user, place)))
            }
        }
        return builder.build()
    }

    /// Views of items one after the other, a day apart.
    static func views(_ items: [Int]) -> [HistoryEvent] {
        items.enumerated().map { HistoryEvent(item: $1, kind: .view, time: Int64($0 + 1) * day) }
    }

    /// Histories by chance, in which each item is often followed by the next one.
    static func random(users: Int, items: Int, kinds: [EventKind] = [.view], lengths: ClosedRange<Int> = 1...12, seed: UInt64) -> [[HistoryEvent]] {
        var random = SeededGenerator(seed: seed)
        return (0..<users).map { _ in
            var item = Int.random(in: 0..<items, using: &random)
            return (0..<Int.random(in: lengths, using: &random)).map { step in
                item = Bool.random(using: &random) ? (item + 1) % items : Int.random(in: 0..<items, using: &random)
                return HistoryEvent(item: item, kind: kinds.randomElement(using: &random)!, time: Int64(step + 1) * day)
            }
        }
    }
}

extension RankingModel {
    /// How much each event of the query speaks for one item.
    func contributions(to item: Int, of query: Query) -> [Float] { contributions(to: [item], of: query)[0] }
}

/// Whether two lists of numbers are the same but for rounding.
func areClose(_ left: [Float], _ right: [Double], tolerance: Double = 1e-4) -> Bool {
    left.count == right.count
        && zip(left, right).allSatisfy { abs(Double($0) - $1) <= tolerance * max(1, abs($1)) || (Double($0) == $1) }
}

/// Solves `matrix · x = right` by elimination with pivots, in double precision.
func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let count = right.count
    for column in 0..<count {
        let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
        rows.swapAt(column, pivot)
        for row in 0..<count where row != column {
            let factor = rows[row][column] / rows[column][column]
            for index in column...count { rows[row][index] -= factor * rows[column][index] }
        }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
