import Interactions
import SimulatedShop
import Testing

@Suite struct ShopItemTests {
    @Test(arguments: [30, 1_000, 30_000])
    func itemsReadWell(count: Int) throws {
        let items = try SimulatedShop(ShopConfiguration(users: 10, items: count, events: 100)).items
        #expect(items.count == count)
        #expect(Set(items.compactMap(\.name)).count == count, "no two of a name")
        #expect(Set(items.map(\.id)).count == count)
        for item in items {
            #expect(item.name!.first!.isUppercase || item.name!.first!.isNumber)
            #expect(item.name!.split(separator: " ").count >= 2)
            #expect(item.price! > 0 && item.price! < 10_000)
            #expect(item.categories.count == 2)
            #expect(Set(item.properties.keys) == ["brand", "color"])
        }
    }

    @Test func pricesDependOnTheCategory() throws {
        let items = try SimulatedShop(ShopConfiguration(users: 10, items: 1_000, events: 100)).items
        func mean(_ category: String) -> Double {
            let prices = items.filter { $0.categories[0] == category }.compactMap(\.price)
            return prices.reduce(0, +) / Double(prices.count)
        }
        #expect(mean("bicycles") > 5 * mean("lamps") && mean("lamps") > 5 * mean("seeds"))
    }
}

@Suite struct ShopLogFormatTests {
    private static let shop = try! SimulatedShop(ShopConfiguration(users: 30, items: 60, events: 1_500, days: 60, seed: 4))

    private func text(_ format: ShopLogFormat, _ events: some Sequence<Event>) -> String {
        var formatter = ShopLogFormatter(Self.shop, format: format)
        var bytes = formatter.header
        for event in events { formatter.append(event, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00"), (951_782_400_000, "2000-02-29 00:00:00"), (1_709_251_199_999, "2024-02-29 23:59:59"),
        (1_704_067_200_000, "2024-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (4_107_542_400_000, "2100-03-01 00:00:00"),
        (1_735_689_599_000, "2024-12-31 23:59:59"),
    ] as [(Int64, String)])
    func timesAreThoseOfTheCalendar(time: Int64, written: String) {
        let line = text(.rees46, [Event(user: "u1", item: "i2", kind: .view, time: time)]).split(separator: "\n")[1]
        #expect(line.hasPrefix(written + " UTC,view,i2,"), "\(line)")
        let object = text(.gorse, [Event(user: "u1", item: "i2", kind: .view, time: time)])
        #expect(object.contains(written.replacing(" ", with: "T")))
    }

    @Test func commaSeparatedLinesHaveTheColumnsOfTheHeader() {
        let events = Array(Self.shop.events())
        let lines = text(.rees46, events).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == events.count + 2 && lines.last == "")
        let columns = lines[0].split(separator: ",").map(String.init)
        #expect(Array(columns.prefix(9)) == [
            "event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price", "user_id", "user_session",
        ])
        for (line, event) in zip(lines.dropFirst(), events) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            #expect(fields.count == columns.count)
            #expect(fields[2] == event.item && fields[7] == event.user && fields[8] == event.session)
            #expect(fields[1] == (event.kind == .removeFromCart ? "remove_from_cart" : event.kind.rawValue))
            #expect(Double(fields[6]) == Self.shop.items[Int(event.item.dropFirst())!].price)
            #expect(Double(fields[9]) == event.value)
        }
    }

    @Test func objectsCarryTheMilliseconds() {
        let event = Event(user: "u7", item: "i3", kind: .rating, value: 4, time: 1_704_067_205_042, session: "s7-0")
        #expect(text(.gorse, [event]) ==
            #"{"FeedbackType":"rating","UserId":"u7","ItemId":"i3","Value":4,"Timestamp":"2024-01-01T00:00:05.042Z"}"# + "\n")
    }
}
