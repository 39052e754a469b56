import EventStore
import Interactions
import TestSupport
import Testing

@Suite struct CatalogImportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(["import"] + arguments, in: folder)
    }

    /// What a newer catalog names goes, also where it names nothing.
    @Test func aNewerCatalogGoesOverAnOlderOne() throws {
        try folder.write("{\"id\":\"a\",\"isHidden\":true}\n{\"id\":\"b\",\"expires\":1000,\"price\":3}\n", to: "old.jsonl")
        try folder.write("{\"id\":\"a\",\"isHidden\":false}\n{\"id\":\"b\",\"expires\":null}\n", to: "new.jsonl")
        #expect(try run("old.jsonl", "new.jsonl", "--store", "shop.db").status == 0)
        #expect(try SQLiteEventStore(path: folder("shop.db")).items() == [Item(id: "a"), Item(id: "b", price: 3)])
        try folder.write("item_id,price,expires_at,hidden\na,,2099-01-01,yes\nb,4,,no\n", to: "table.csv")
        #expect(try run("table.csv", "--store", "shop.db", "--items").status == 0)
        #expect(
            try SQLiteEventStore(path: folder("shop.db")).items()
                == [Item(id: "a", isHidden: true, expires: 4_070_908_800_000), Item(id: "b", price: 4)])
    }
}
