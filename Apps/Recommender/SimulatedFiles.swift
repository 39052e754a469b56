import FileStorage
import Foundation
import Interactions
import Reporting
import SimulatedShop

/// The files that a simulated shop is written into.
struct SimulatedFiles {
    let shop: SimulatedShop
    let folder: String
    let days: Range<Int>
    let format: ShopLogFormat
    /// Whether files of the same names may be replaced.
    let replaces: Bool

    /// What was written.
    struct Summary: Encodable {
        var events: Int
        var eventsByKind: [String: Int]
        var users: Int
        var items: Int
        var eventsFile: String
        var itemsFile: String
        var truthFile: String
        var seconds: Double

        var text: String {
            let kinds = eventsByKind.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
            let shares = kinds.map { "\(HumanReadable.count($0.value)) \($0.key)" }.joined(separator: ", ")
            return """
                Wrote \(HumanReadable.count(events, "event")) of \(HumanReadable.count(users, "user")) to \(eventsFile) \
                in \(HumanReadable.duration(seconds: seconds)): \(shares).
                \(HumanReadable.count(items, "item")) in \(itemsFile), the truth in \(truthFile).
                """
        }
    }

    /// A file that is there already.
    struct FileExists: Error, CustomStringConvertible {
        var path: String
        var description: String { "\(path) exists already: choose another folder, or replace it with --replace" }
    }

    /// Writes all files, each whole or not at all.
    func write(truthUsers: Int) throws -> Summary {
        let clock = ContinuousClock()
        let started = clock.now
        let isWhole = days == 0..<shop.configuration.days
        let suffix = isWhole ? "" : "-\(days.lowerBound)-\(days.upperBound)"
        let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let eventsFile = "\(base)/events\(suffix).\(format.fileExtension)"
        let itemsFile = "\(base)/items\(suffix).jsonl", truthFile = "\(base)/truth\(suffix).json"
        if !replaces {
            for path in [eventsFile, itemsFile, truthFile] where FileManager.default.fileExists(atPath: path) {
                throw FileExists(path: path)
            }
        }
        try Folder.create(base)
        AtomicFile.removeLeftovers(in: folder)

        let (total, kinds, users) = try writeEvents(to: eventsFile)
        let items = shop.items(on: days.upperBound - 1)
        try writeItems(items, to: itemsFile)
        try writeTruth(of: truthUsers, to: truthFile)
        return Summary(
            events: total, eventsByKind: kinds, users: users, items: items.count, eventsFile: eventsFile, itemsFile: itemsFile,
            truthFile: truthFile, seconds: (clock.now - started) / .seconds(1))
    }

    private func writeEvents(to path: String) throws -> (total: Int, kinds: [String: Int], users: Int) {
        var formatter = ShopLogFormatter(shop, format: format)
        var total = 0
        var kinds: [String: Int] = [:]
        var seen = [Bool](repeating: false, count: shop.configuration.users)
        let expected = shop.configuration.events * days.count / shop.configuration.days
        let progress = ProgressDisplay("Simulating", total: expected, unit: "events")
        try AtomicFile.write(to: path) { writer in
            var bytes = formatter.header
            let chunk = 1 << 20
            bytes.reserveCapacity(chunk + 1_024)
            for event in shop.events(from: days.lowerBound, to: days.upperBound) {
                formatter.append(event, to: &bytes)
                total += 1
                kinds[event.kind.rawValue, default: 0] += 1
                seen[event.user.utf8.dropFirst().reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }] = true
                if bytes.count >= chunk {
                    try writer.write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                    // Only the expected number is known: the bar must not run over.
                    progress.update(completed: min(total, expected))
                }
            }
            try writer.write(bytes)
        }
        progress.update(completed: total, total: total)
        progress.finish()
        return (total, kinds, seen.count { $0 })
    }

    private func writeItems(_ items: [Item], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(to: path) { writer in
            var bytes = Data()
            for item in items {
                bytes.append(try encoder.encode(item))
                bytes.append(UInt8(ascii: "\n"))
                if bytes.count >= 1 << 20 {
                    try writer.write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
            try writer.write(bytes)
        }
    }

    /// What some users truly want on the day after the log.
    private struct Truth: Encodable {
        struct Best: Encodable {
            var item: String
            var name: String?
            /// That this is what the user buys next.
            var chance: Float
        }
        struct User: Encodable {
            var user: String
            /// Whether the taste changes on the day of drift.
            var drifts: Bool
            var best: [Best]
        }
        var configuration: ShopConfiguration
        var day: Int
        var users: [User]
    }

    private func writeTruth(of count: Int, to path: String) throws {
        let day = min(days.upperBound, shop.configuration.days - 1)
        let truth = shop.truth
        // Spread over all users.
        let count = min(count, shop.configuration.users)
        let users = (0..<count).map { number in
            let user = number * shop.configuration.users / count
            let chances = truth.purchaseChances(of: user, on: day)
            let best = chances.indices.sorted { chances[$0] != chances[$1] ? chances[$0] > chances[$1] : $0 < $1 }.prefix(20)
            return Truth.User(
                user: SimulatedShop.userID(user), drifts: truth.drifts(user),
                best: best.map { Truth.Best(item: shop.items[$0].id, name: shop.items[$0].name, chance: chances[$0]) })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(encoder.encode(Truth(configuration: shop.configuration, day: day, users: users)), to: path)
    }
}
