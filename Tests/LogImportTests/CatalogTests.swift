import Interactions
import LogImport
import Testing

/// Descriptions of items in tables and in JSON lines.
@Suite struct CatalogTests {
    private func table(_ text: String, columns: String? = nil) throws -> WholeLog {
        try WholeLog(text: text, options: LogOptions(columns: try columns.map { try ColumnMapping(parsing: $0) }, holdsItems: true, now: testTime))
    }

    private func toldEmpty(_ item: Item) -> Set<Item.Field> {
        Set(Item.Field.allCases.filter { item.properties[$0.rawValue] == .null })
    }

    @Test func hiddenExpiresAndAdded() throws {
        let log = try table("""
            item_id,is_hidden,expires_at,created_at,color
            1,yes,2099-01-01,2020-01-01T00:00:00Z,red
            2,TRUE,,1577836800,
            3,0,20240201,,
            4,maybe,,,
            5,,soon,,
            6,,,2099-01-01,
            """)
        #expect(log.items.map(\.isHidden) == [true, true, false])
        #expect(log.items.map(\.expires) == [4_070_908_800_000, nil, 1_706_745_600_000])
        #expect(log.items.map(\.added) == [1_577_836_800_000, 1_577_836_800_000, nil])
        #expect(log.items[0].properties == ["color": "red"])
        #expect(log.rejects.map(\.line) == [5, 6, 7])
        for (reject, word) in zip(log.rejects, ["\"maybe\"", "no time of expiry", "time of addition 2099-01-01 is in the future"]) {
            #expect(reject.reason.contains(word))
        }
    }

    /// An empty field of a catalog says that there is nothing. Properties are many, and mostly empty.
    @Test func emptyFieldsOfTables() throws {
        let log = try table("item,title,price,category,hidden,expires,color\n1,Lamp,,,no,,\n2,,3\n")
        #expect(toldEmpty(log.items[0]) == [.price, .categories, .isHidden, .expires])
        #expect(log.items[0].properties.count == 4)
        // Fields that are left out at the end of a line are not named.
        #expect(toldEmpty(log.items[1]) == [.name])
        let beside = try WholeLog(text: "user,item,price,category\nu,1,,\n")
        #expect(beside.items == [Item(id: "1")])
    }

    @Test func theirColumnsAreTold() throws {
        let log = try table("a,0,2030-05-01,2020-05-01\nb,1,2030-05-01,2020-05-01\n", columns: "item=1,hidden=2,expires=3,added=4")
        #expect(log.items.map(\.isHidden) == [false, true])
        #expect(log.items[1] == Item(id: "b", isHidden: true, expires: 1_903_824_000_000, added: 1_588_291_200_000))
    }

    /// In a log of events such columns hold something else.
    @Test func columnsOfEvents() throws {
        let log = try WholeLog(text: "user_id,item_id,created_at,hidden,expires\nu,i,2020-01-01,maybe,soon\n")
        #expect(log.events == [Event(user: "u", item: "i", kind: .view, time: 1_577_836_800_000)])
        #expect(log.items.isEmpty && log.rejects.isEmpty)
        // The time since when a description is so is another one.
        let catalog = try table("item,created_at,timestamp\n1,2020-01-01,2021-01-01\n")
        #expect(catalog.summary.contains("time = timestamp") && catalog.summary.contains("added = created_at"))
    }

    @Test(arguments: [
        #"{"id":"x","name":"X lamp","price":3}"#, #"{"id":"x","isHidden":false}"#, #"{"price":3,"id":"x"}"#, #"{"id":"x","expires":null}"#,
        #"{"id":"x","properties":{"a":1},"unknown":2}"#,
    ]) func jsonLinesAreKnown(line: String) throws {
        let log = try WholeLog(text: line + "\n")
        #expect(log.format == .items && log.items.map(\.id) == ["x"])
    }

    @Test(arguments: [#"{"id":"x"}"#, #"{"name":"x","price":3}"#, #"{"id":"1","user":"u","item":"i","price":3}"#])
    func otherJSONIsNot(line: String) throws {
        #expect(throws: LogImportError.self) { try WholeLog(text: line + "\n") }
    }

    @Test func whatJSONLinesName() throws {
        let log = try WholeLog(text: """
            {"id":"1","isHidden":false,"expires":null,"categories":[],"price":3,"name":"Lamp"}
            {"id":"2","properties":{"color":null}}
            {"id":"3","isHidden":true,"stock":null}
            """)
        #expect(log.items.map(toldEmpty) == [[.isHidden, .expires, .categories], [], [.stock]])
        #expect(log.items[1].properties == ["color": .null])
        #expect(log.items[2].isHidden)
        let gorse = try WholeLog(text: """
            {"ItemId":"1","IsHidden":false,"Categories":[],"Timestamp":"0001-01-01T00:00:00Z","Labels":null}
            {"ItemId":"2","IsHidden":true,"Categories":null,"Comment":"Lamp"}
            """)
        #expect(gorse.items.map(toldEmpty) == [[.isHidden, .categories], [.categories]])
    }
}
