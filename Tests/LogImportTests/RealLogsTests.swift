import Interactions
import LogImport
import Testing

/// The real logs, with the counts that their publishers give.
@Suite(.enabled(if: SharedLogs.isPresent, "the shared logs are not here"))
struct RealLogsTests {
    private func log(_ name: String, kind: EventKind? = nil) throws -> WholeLog {
        try WholeLog(try #require(SharedLogs.folder) + "/" + name, options: LogOptions(kind: kind, now: testTime), batch: 50_000)
    }

    @Test(arguments: [
        ("beauty/sequences.txt", LogFormat.sequences, 198_502, 22_363, 12_101), ("sports/sequences.txt", .sequences, 296_337, 35_598, 18_357),
        ("lastfm/sequences.txt", .sequences, 52_551, 1_090, 3_646), ("gowalla/train.txt", .sequences, 810_128, 29_858, 40_981),
        ("gowalla/test.txt", .sequences, 217_242, 29_858, 0), ("movielens-100k/u.data", .movieLens, 100_000, 943, 1_682),
        ("alibaba-clicks-and-purchases/events.csv", .alibaba, 182_880, 884, 9_531),
        ("taobao-multibehaviour/buy.txt", .pairs, 92_180, 15_449, 0), ("taobao-multibehaviour/cart.txt", .pairs, 195_476, 0, 0),
        ("serenade-sessions/train.txt", .sessionRec, 113_601, 0, 0), ("serenade-sessions/test.txt", .sessionRec, 1_233, 0, 0),
    ]) func events(name: String, format: LogFormat, events: Int, users: Int, items: Int) throws {
        let log = try log(name)
        #expect(log.format == format)
        #expect(log.events.count == events)
        #expect(log.rejects.isEmpty)
        if users > 0 { #expect(Set(log.events.map(\.user)).count == users) }
        if items > 0 { #expect(Set(log.events.map(\.item)).count == items) }
    }

    @Test(arguments: [("beauty", 12_101), ("sports", 18_357), ("lastfm", 3_646)]) func attributes(shop: String, items: Int) throws {
        let log = try log("\(shop)/item-attributes.json")
        #expect(log.items.count == items)
        #expect(log.rejects.isEmpty)
        #expect(log.items.allSatisfy { !($0.properties["attributes"]?.terms.isEmpty ?? true) })
    }

    @Test func movies() throws {
        let items = try log("movielens-100k/ml-100k.item")
        #expect(items.items.count == 1_682)
        #expect(items.items[0].name == "Toy Story")
        #expect(try log("movielens-100k/ml-100k.user").users.count == 943)
    }

    /// Lines without a customer and cancellations, as the publisher counts them, postage and fees apart.
    @Test func onlineRetail() throws {
        let log = try log("online-retail/online_retail.csv.gz")
        #expect(log.lines == 541_909)
        #expect(log.rejects.count == 2)
        #expect(log.events.count + log.skipped.values.reduce(0, +) + log.rejects.count == 541_909)
        #expect(log.events.count { $0.session?.hasPrefix("C") == true } > 8_000)
        #expect(log.events.allSatisfy { ($0.kind == .cancellation) == ($0.session?.hasPrefix("C") == true) })
        #expect(log.events.count { $0.user.hasPrefix("invoice:") } > 130_000)
        #expect(log.items.contains { $0.name == "WHITE HANGING HEART T-LIGHT HOLDER" })
    }
}
