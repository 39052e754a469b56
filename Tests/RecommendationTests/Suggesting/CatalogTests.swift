import Interactions
import Recommendation
import SimulatedShop
import Testing

@Suite struct CatalogTests {
    private static let shop = try! SimulatedShop(ShopConfiguration(users: 20, items: 1_111, events: 500, seed: 8))
    private let now = CatalogTests.shop.time(of: 170)

    private static let filters = [
        "price < 50", "category = \"lamps\" and price < 80", "not color = \"red\"",
        "brand in (\"Hollin\", \"Elvane\") or stock > 60",
        "days_since_added < 60 and price > 10", "days_until_expiry exists", "not (color = \"red\" or not days_since_added > 100)",
        "price != 60 and stock <= 40", "price >= 30 and not price = 40", "days_until_expiry <= 20 or stock != 9",
        "days_until_expiry != 3",
        "name contains \"lamp\" and id != \"i3\"", "nothing = 3", "hidden = false",
    ]

    @Test(arguments: filters)
    func masksSayWhatTheFilterSaysOfEachItem(text: String) throws {
        let catalog = Catalog(Self.shop.items), filter = try Filter(text)
        for _ in 0..<2 {
            for time in [now, now - 90 * 86_400_000] {
                let mask = catalog.items(matching: filter, now: time)
                #expect(mask.count == 1_111)
                for item in 0..<1_111 { #expect(mask[item] == filter.matches(catalog[item], now: time)) }
            }
        }
    }

    @Test(arguments: filters)
    func newAndChangedItemsCountAtOnce(text: String) throws {
        var catalog = Catalog(Array(Self.shop.items.prefix(130)))
        let filter = try Filter(text)
        _ = catalog.items(matching: filter, now: now)
        _ = catalog.suggestible(now: now)
        let copy = catalog
        let before = copy.items(matching: filter, now: now)
        for number in 0..<130 {
            var item = Self.shop.items[number + 500]
            item.isHidden = number % 3 == 0
            item.stock = number % 5 == 0 ? 0 : 4
            item.expires = number % 7 == 0 ? now - 1 : nil
            catalog.update(item, at: number)
        }
        for item in Self.shop.items.suffix(70) { #expect(catalog.append(item) == catalog.count - 1) }
        let mask = catalog.items(matching: filter, now: now), suggestible = catalog.suggestible(now: now)
        #expect(mask.count == 200)
        for number in 0..<200 {
            let item = catalog[number]
            #expect(mask[number] == filter.matches(item, now: now))
            #expect(suggestible[number] == (!item.isHidden && (item.stock ?? 1) > 0 && (item.expires ?? .max) > now))
        }
        #expect(copy.items(matching: filter, now: now) == before, "a copy stays as it was")
        #expect(copy.count == 130)
    }

    @Test func expiryDependsOnTheTime() {
        let items = [10, 20, nil, 30].map { Item(id: "i", expires: $0) }
        let catalog = Catalog(items)
        for (time, members) in [
            (5, [0, 1, 2, 3]), (9, [0, 1, 2, 3]), (10, [1, 2, 3]), (25, [2, 3]), (30, [2]), (15, [1, 2, 3]), (0, [0, 1, 2, 3]),
        ] {
            #expect(catalog.suggestible(now: Int64(time)).members == members, "at \(time)")
        }
    }

    @Test func outOfStockOnlyWhenAsked() {
        let catalog = Catalog([
            Item(id: "a", stock: 0), Item(id: "b", stock: 1), Item(id: "c"), Item(id: "d", stock: 1, isHidden: true),
        ])
        #expect(catalog.suggestible(now: 0).members == [1, 2])
        #expect(catalog.suggestible(now: 0, evenOutOfStock: true).members == [0, 1, 2])
        #expect(catalog.items(stockedWithAtLeast: 1).members == [1, 3])
    }

    @Test func itemsWithoutPropertiesHaveTheirId() {
        let catalog = Catalog(identifiers: IdentifierTable(["a", "b"]), known: [1: Item(id: "b", name: "Bee")])
        #expect(catalog.name(of: 0) == "a" && catalog.name(of: 1) == "Bee")
        #expect(catalog.suggestible(now: 0).population == 2)
        #expect(Catalog().suggestible(now: 0).population == 0)
    }

    @Test func misspelledPropertiesAreTold() throws {
        let catalog = Catalog(Self.shop.items)
        let filter = try Filter("colour = \"red\" and brand = \"Hollin\" and maker.country exists and price < 5")
        #expect(catalog.unknownProperties(of: filter) == ["colour", "maker.country"])
    }

    @Test func manyConditionsAtOnceFromManyThreads() async throws {
        let catalog = Catalog(Self.shop.items)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { number in
                        let limit = Double((number * 7 + task) % 90)
                        guard let filter = try? Filter("price < \(limit)") else { return false }
                        return catalog.items(matching: filter, now: 0).population == catalog.items.count { $0.price! < limit }
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}

@Suite struct ItemMaskTests {
    @Test(arguments: [0, 1, 63, 64, 65, 1_000])
    func isASet(count: Int) {
        let multiples = ItemMask(count: count) { $0 % 3 == 0 }
        #expect(multiples.members == Array(stride(from: 0, to: count, by: 3)))
        #expect(multiples.population == multiples.members.count)
        var others = multiples
        others.invert()
        #expect(others.members == (0..<count).filter { $0 % 3 != 0 })
        var union = multiples
        union.formUnion(others)
        #expect(union == ItemMask(count: count, all: true) && union.population == count)
        union.formIntersection(others)
        #expect(union == others)
        others.formIntersection(multiples)
        #expect(others == ItemMask(count: count))
        if count > 2 {
            others[2] = true
            #expect(others.members == [2])
            others[2] = false
            #expect(others.members.isEmpty)
        }
    }
}
