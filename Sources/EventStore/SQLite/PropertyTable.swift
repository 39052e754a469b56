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

    func removeAll(of owner: Int64, _ db: Database) throws -> Int {
        try db.execute(sql: "DELETE FROM \(name) WHERE owner = ?", arguments: [owner])
        return db.changesCount
    }

    /// Goes over owners in the order of their keys, with their properties, the ones that go.
    ///
    /// - Parameter owner: this one only.
    func forEach(
        owners: String, only owner: Int64? = nil, _ db: Database, _ body: (_ id: String, [String: PropertyValue]) throws -> Void
    ) throws {
        let condition = owner == nil ? "" : "WHERE owners.key = \(owner!)"
        let statement = try RawStatement(
            db,
            """
            SELECT owners.key, owners.id, properties.name, value FROM \(owners) AS owners
            LEFT JOIN \(name) AS told ON told.owner = owners.key LEFT JOIN properties ON properties.key = told.property
            \(condition) ORDER BY owners.key, told.time, told.import
            """, isReused: false)
        var current: (key: Int64, id: String)?
        var properties: [String: PropertyValue] = [:]
        while try statement.step() {
            let key = statement.integer(0)
            if current?.key != key {
                if let current { try body(current.id, properties) }
                current = (key, statement.text(1))
                properties.removeAll(keepingCapacity: true)
            }
            // Later rows go before earlier ones.
            if !statement.isNull(2) { properties[statement.text(2)] = try Self.value(statement.text(3)) }
        }
        if let current { try body(current.id, properties) }
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
        return try JSONDecoder().decode(PropertyValue.self, from: Data(json.utf8))
    }
}

/// An item as properties and back. The fields of an item have names that begin with @.
enum ItemProperties {
    private static let name = "@name", categories = "@categories", price = "@price", stock = "@stock", hidden = "@hidden"
    private static let expires = "@expires", added = "@added"

    static func properties(of item: Item) -> [(name: String, value: PropertyValue)] {
        var told: [(name: String, value: PropertyValue)] = []
        if let value = item.name { told.append((name, .text(value))) }
        if !item.categories.isEmpty { told.append((categories, .list(item.categories.map { .text($0) }))) }
        if let value = item.price { told.append((price, .number(value))) }
        if let value = item.stock { told.append((stock, .number(value))) }
        if item.isHidden { told.append((hidden, .bool(true))) }
        if let value = item.expires { told.append((expires, .number(Double(value)))) }
        if let value = item.added { told.append((added, .number(Double(value)))) }
        for (name, value) in item.properties.sorted(by: { $0.key < $1.key }) { told.append((name, value)) }
        return told
    }

    static func item(_ id: String, _ properties: [String: PropertyValue]) -> Item {
        var item = Item(id: id)
        for (property, value) in properties {
            switch (property, value) {
            case (name, .text(let value)): item.name = value
            case (categories, .list(let values)): item.categories = values.flatMap(\.terms)
            case (price, .number(let value)): item.price = value
            case (stock, .number(let value)): item.stock = value
            case (hidden, .bool(let value)): item.isHidden = value
            case (expires, .number(let value)): item.expires = Int64(exactly: value.rounded())
            case (added, .number(let value)): item.added = Int64(exactly: value.rounded())
            case (_, .null): break
            default: item.properties[property] = value
            }
        }
        return item
    }
}
