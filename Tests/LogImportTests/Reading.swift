import Foundation
import Interactions
import LogImport
import TestSupport

/// 2024-01-01 in UTC.
let testTime: Int64 = 1_704_067_200_000

/// Everything that a log holds.
struct WholeLog {
    var summary = ""
    var format = LogFormat.table
    var isOrdered = false
    var events: [Event] = []
    var items: [Item] = []
    var users: [User] = []
    var rejects: [Reject] = []
    var skipped: [String: Int] = [:]
    var lines = 0
    var timesWithoutZone = 0

    init(_ path: String, options: LogOptions = LogOptions(now: testTime), batch: Int = 1_000) throws {
        let reader = try LogReader(path: path, options: options)
        summary = reader.formatSummary
        format = reader.format
        isOrdered = reader.isOrdered
        while let part = try reader.next(maximumEvents: batch) {
            events += part.events
            items += part.items.map(\.item)
            users += part.users
            rejects += part.rejects
            lines += part.lineCount
            timesWithoutZone += part.timesWithoutZone
            skipped.merge(part.skipped) { $0 + $1 }
        }
    }

    init(text: String, options: LogOptions = LogOptions(now: testTime), batch: Int = 1_000) throws {
        let folder = try TemporaryFolder()
        self = try WholeLog(try folder.write(text, to: "log"), options: options, batch: batch)
        withExtendedLifetime(folder) {}
    }
}
