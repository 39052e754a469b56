import Foundation
import GRDB
import Interactions

/// What is known of items and users, one property a row.
struct PropertyTable {
    let name: String

    static let ofItems = PropertyTable(name: "item_properties")
    static let ofUsers = PropertyTable(name: "user_properties")

    /// The import of properties that came one by one.
    static let live: Int64 = 0

    /// Sets properties of one owner; of the same import, the latest time goes.
    func set(
        _ properties: [(name: String, value: PropertyValue)], owner: Int64, importKey: Int64, time: Int64, _ keys: inout KeyTables,
        _ db: Database
    ) throws {
        let statement = try RawStatement(
            db,
            """
            INSERT INTO \(name)(owner, property, import, time, value) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET time = excluded.time, value = excluded.value WHERE excluded.time >= time
            """)
        for (property, value) in properties {
            statement.bind(owner, at: 1)
            statement.bind(try keys.properties.key(adding: property, db), at: 2)
            statement.bind(importKey, at: 3)
            statement.bind(time, at: 4)
            statement.bind(try Self.json(value), at: 5)
            try statement.run()
        }
    }

    /// Says that an import told the same of an owner again, perhaps at a later time.
    ///
    /// - Returns: how many properties it had told; others may have removed them since.
    func renew(owner: Int64, importKey: Int64, time: Int64, _ db: Database) throws -> Int {
        let statement = try RawStatement(db, "UPDATE OR FAIL \(name) SET time = max(time, ?1) WHERE owner = ?2 AND import = ?3")
        statement.bind(time, at: 1)
        statement.bind(owner, at: 2)
        statement.bind(importKey, at: 3)
        try statement.run()
        return db.changesCount
    }

    func removeAll(of owner: Int64, _ db: Database) throws -> Int {
        try db.execute(sql: "DELETE FROM \(name) WHERE owner = ?", arguments: [owner])
        return db.changesCount
    }

    /// Goes over owners in the order of their keys, with their properties, the ones that go.
    ///
    /// Owners and properties are read apart, as both lie in the order of owners: joined, the owners that have no properties would
    /// cost as much as the others.
    ///
    /// - Parameter owner: this one only.
    func forEach(
        owners: String, only owner: Int64? = nil, _ db: Database, _ body: (_ id: String, [String: PropertyValue]) throws -> Void
    ) throws {
        func condition(_ column: String) -> String { owner.map { "WHERE \(column) = \($0)" } ?? "" }
        let all = try RawStatement(db, "SELECT key, id FROM \(owners) \(condition("key")) ORDER BY key", isReused: false)
        let told = try RawStatement(
            db, "SELECT owner, property, time, import, value FROM \(name) \(condition("owner")) ORDER BY owner", isReused: false)
        let names = try Self.names(db)
        var isTold = try told.step()
        while try all.step() {
            let key = all.integer(0)
            var values: [Int64: Told] = [:]
            while isTold, told.integer(0) <= key {
                if told.integer(0) == key {
                    let row = Told(time: told.integer(2), importKey: told.integer(3), json: told.text(4))
                    let property = told.integer(1)
                    if values[property].map({ $0.isBefore(row) }) ?? true { values[property] = row }
                }
                isTold = try told.step()
            }
            var properties: [String: PropertyValue] = [:]
            for (property, row) in values {
                if let name = names[property] { properties[name] = try Self.value(row.json) }
            }
            try body(all.text(1), properties)
        }
    }

    /// What one import tells of a property.
    private struct Told {
        var time: Int64
        var importKey: Int64
        var json: String

        /// Whether the other goes before it.
        func isBefore(_ other: Told) -> Bool { (time, importKey) < (other.time, other.importKey) }
    }

    private static func names(_ db: Database) throws -> [Int64: String] {
        let statement = try RawStatement(db, "SELECT key, name FROM properties")
        defer { statement.reset() }
        var names: [Int64: String] = [:]
        while try statement.step() { names[statement.integer(0)] = statement.text(1) }
        return names
    }

    /// Numbers and texts are most of it; the rest goes through the encoder.
    private static func json(_ value: PropertyValue) throws -> String {
        switch value {
        case .number(let number) where number == number.rounded() && abs(number) < 1e15: return String(Int64(number))
        case .number(let number) where number.isFinite: return "\(number)"
        case .text(let text) where text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }): return "\"\(text)\""
        case .null: return "null"
        default: return String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        }
    }

    private static func value(_ json: String) throws -> PropertyValue {
        if json.utf8.first == UInt8(ascii: "\""), !json.utf8.contains(0x5C) { return .text(String(json.dropFirst().dropLast())) }
        if let number = Double(json) { return .number(number) }
        if json == "null" { return .null }
        return try JSONDecoder().decode(PropertyValue.self, from: Data(json.utf8))
    }
}

/// An item as properties and back.
enum ItemProperties {
    private typealias Field = Item.Field

    static func properties(of item: Item) -> [(name: String, value: PropertyValue)] {
        var told: [(name: String, value: PropertyValue)] = []
        func tell(_ field: Field, _ value: PropertyValue) { told.append((field.rawValue, value)) }
        if let value = item.name { tell(.name, .text(value)) }
        if !item.categories.isEmpty { tell(.categories, .list(item.categories.map { .text($0) })) }
        if let value = item.price { tell(.price, .number(value)) }
        if let value = item.stock { tell(.stock, .number(value)) }
        if item.isHidden { tell(.isHidden, .bool(true)) }
        if let value = item.expires { tell(.expires, .number(Double(value))) }
        if let value = item.added { tell(.added, .number(Double(value))) }
        let fields = told
        for (name, value) in item.properties.sorted(by: { $0.key < $1.key }) {
            // A field that holds something is not empty, whatever is told.
            if name.utf8.first == UInt8(ascii: "@"), fields.contains(where: { $0.name == name }) { continue }
            told.append((name, value))
        }
        return told
    }

    static func item(_ id: String, _ properties: [String: PropertyValue]) -> Item {
        var item = Item(id: id)
        for (property, value) in properties {
            switch (Field(rawValue: property), value) {
            case (_, .null): break
            case (.name, .text(let value)): item.name = value
            case (.categories, .list(let values)): item.categories = values.flatMap(\.terms)
            case (.price, .number(let value)): item.price = value
            case (.stock, .number(let value)): item.stock = value
            case (.isHidden, .bool(let value)): item.isHidden = value
            case (.expires, .number(let value)): item.expires = Int64(exactly: value.rounded())
            case (.added, .number(let value)): item.added = Int64(exactly: value.rounded())
            default: item.properties[property] = value
            }
        }
        return item
    }
}
