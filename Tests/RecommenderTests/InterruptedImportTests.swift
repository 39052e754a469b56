import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

/// Imports that are killed at any moment: every committed event is there, in order, and none twice.
///
/// 40 kills are quick enough for every day; `TANDEM_KILLS=200 swift test --filter InterruptedImportTests` makes as many
/// as you like.
@Suite(.serialized) struct InterruptedImportTests {
    private let folder: TemporaryFolder
    private static let lineCount = 60_000

    init() throws {
        folder = try TemporaryFolder()
        // The header leaves the item's price to the log, so that descriptions are written as well.
        let text = "user,item,time,session,price\n"
            + (0..<Self.lineCount).map { "u\($0 % 997),i\($0),\(1_700_000_000 + $0),s\($0 / 10),\($0 % 50)\n" }.joined()
        try folder.write(text, to: "log.csv")
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func items() throws -> [String] {
        try SQLiteEventStore(path: folder("shop.db"), access: .readOnly).events(after: 0, limit: .max).map(\.event.item)
    }

    @Test func killedAtAnyMoment() throws {
        let kills = ProcessInfo.processInfo.environment["TANDEM_KILLS"].flatMap(Int.init) ?? 40
        var random = SeededGenerator(seed: 1)
        var left = kills, stores = 0, resumed = 0
        while left > 0 {
            for suffix in ["", "-wal", "-shm", "-import"] { try? FileManager.default.removeItem(atPath: folder("shop.db") + suffix) }
            stores += 1
            var before = 0
            while left > 0 {
                let process = try start(["import", "log.csv", "--store", "shop.db", "--commit-every", "400", "--quiet"])
                Thread.sleep(forTimeInterval: Double.random(in: 0.005...0.4, using: &random))
                let isOver = !process.isRunning
                if !isOver { kill(process.processIdentifier, SIGKILL) }
                process.waitUntilExit()
                left -= 1
                guard FileManager.default.fileExists(atPath: folder("shop.db")),
                    // Killed while the tables were being made: there is nothing to read yet.
                    let found = try? items()
                else { continue }
                #expect(found.count >= before, "committed events were lost")
                #expect(found.elementsEqual((0..<found.count).lazy.map { "i\($0)" }), "after \(found.count) events")
                if found.count > before, before > 0 { resumed += 1 }
                before = found.count
                if isOver { break }
            }
            let last = try start(["import", "log.csv", "--store", "shop.db", "--quiet"])
            last.waitUntilExit()
            #expect(last.terminationStatus == 0)
            let store = try SQLiteEventStore(path: folder("shop.db"))
            #expect(try items() == (0..<Self.lineCount).map { "i\($0)" })
            #expect(try store.counts() == StoreCounts(events: Self.lineCount, users: 997, items: Self.lineCount))
            #expect(try store.item("i123")?.price == 23)
            #expect(try store.events(of: "u5").count == Self.lineCount / 997 + 1)
        }
        #expect(resumed > 0, "no import was ever continued, so this proves nothing")
    }

    @Test func twoAtOnce() throws {
        let first = try start(["import", "log.csv", "--store", "shop.db", "--commit-every", "200", "--quiet"])
        while !FileManager.default.fileExists(atPath: folder("shop.db-import")) { Thread.sleep(forTimeInterval: 0.002) }
        let second = try Program.run(["import", "log.csv", "--store", "shop.db", "--quiet"], in: folder)
        let third = try Program.run(["import", "log.csv", "--store", "shop.db", "--quiet", "--wait"], in: folder)
        first.waitUntilExit()
        #expect(first.terminationStatus == 0)
        // The second came too early, or found everything there.
        #expect(second.status == 1 ? second.errors.contains("another import") : second.output.contains("Nothing new"))
        #expect(third.status == 0 && third.output.contains("Nothing new"), "\(third.output)\(third.errors)")
        #expect(try items() == (0..<Self.lineCount).map { "i\($0)" })
    }
}
