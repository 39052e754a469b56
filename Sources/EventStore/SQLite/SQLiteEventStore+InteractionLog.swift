import GRDB
import Interactions

extension SQLiteEventStore {
    /// Reads numbers only: no text is made for an event, so ten million take seconds.
    public func interactionLog(since: Int64?, until: Int64?, upTo position: Int64?) throws -> InteractionLog {
        try read { db in
            var itemNumbers = DenseNumbers()
            var items = IdentifierTable()
            let itemRows = try RawStatement(db, "SELECT key, id FROM items ORDER BY key", isReused: false)
            while try itemRows.step() { itemNumbers[itemRows.integer(0)] = items.number(adding: itemRows.text(1)) }

            var userNames: [String] = []
            var userRow = DenseNumbers()
            let userRows = try RawStatement(db, "SELECT key, id FROM users ORDER BY key", isReused: false)
            while try userRows.step() {
                userRow[userRows.integer(0)] = userNames.count
                userNames.append(userRows.text(1))
            }

            var builder = InteractionLogBuilder(items: items)
            // A store that nothing has been written to since is as an earlier program left it.
            if try db.columns(in: "imports").contains(where: { $0.name == "is_ordered" }) {
                builder.isInOrder = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM imports WHERE is_ordered)") ?? false
            }
            var kinds = DenseNumbers()
            for row in try Row.fetchAll(db, sql: "SELECT key, name FROM kinds ORDER BY key") {
                kinds[row[0]] = Int(try builder.number(adding: EventKind(rawValue: row[1])))
            }

            var conditions: [String] = []
            if let since { conditions.append("time >= \(since)") }
            if let until { conditions.append("time < \(until)") }
            if let position { conditions.append("position <= \(position)") }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            builder.reserve(try Int.fetchOne(db, sql: "SELECT count(*) FROM events \(filter)") ?? 0)

            var userNumbers = [Int](repeating: -1, count: userNames.count)
            var sessionNumbers = DenseNumbers()
            var sessionCount = 0
            let events = try RawStatement(
                db, "SELECT user, item, kind, value, time, session FROM events \(filter) ORDER BY position", isReused: false)
            while try events.step() {
                guard let row = userRow[events.integer(0)], let item = itemNumbers[events.integer(1)], let kind = kinds[events.integer(2)]
                else { throw EventStoreError.damaged(path: path, detail: "an event refers to a user, an item or a kind that is not there") }
                if userNumbers[row] < 0 { userNumbers[row] = builder.number(addingUser: userNames[row]) }
                var session = 0
                if !events.isNull(5) {
                    let key = events.integer(5)
                    if let known = sessionNumbers[key] {
                        session = known
                    } else {
                        sessionCount += 1
                        session = sessionCount
                        sessionNumbers[key] = session
                    }
                }
                builder.append(
                    user: userNumbers[row], item: item, kind: UInt8(kind), value: events.isNull(3) ? .nan : Float(events.double(3)),
                    time: events.integer(4), session: session)
            }
            return builder.build()
        }
    }
}

/// Small numbers by keys that are dense but for what was removed.
struct DenseNumbers {
    private var numbers: [UInt32] = []
    /// Keys too far from the rest for an array.
    private var far: [Int64: UInt32] = [:]

    subscript(key: Int64) -> Int? {
        get {
            if key >= 0, key < Int64(numbers.count) {
                let number = numbers[Int(key)]
                return number == .max ? nil : Int(number)
            }
            return far[key].map(Int.init)
        }
        set {
            guard let newValue else { return }
            if key >= 0, key < Int64(numbers.count) {
                numbers[Int(key)] = UInt32(newValue)
            } else if key >= 0, key < Int64(4 * numbers.count + (1 << 20)) {
                numbers.append(contentsOf: repeatElement(.max, count: Int(key) + 1 - numbers.count))
                numbers[Int(key)] = UInt32(newValue)
            } else {
                far[key] = UInt32(newValue)
            }
        }
    }
}
