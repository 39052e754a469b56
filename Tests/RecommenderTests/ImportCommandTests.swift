import EventStore
import Foundation
import Interactions
import TestSupport
import Testing

@Suite struct ImportCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func run(_ arguments: String..., fileLimit: Int? = nil, input: String? = nil) throws -> Program.Result {
        try Program.run(arguments, in: folder, fileLimit: fileLimit, input: input)
    }

    private func items(_ name: String = "shop.db") throws -> [String] {
        try SQLiteEventStore(path: folder(name), access: .readOnly).events(after: 0, limit: 1_000_000).map(\.event.item)
    }

    private func log(_ lines: Range<Int>, header: Bool = true) -> String {
        (header ? "user,item,time\n" : "") + lines.map { "u\($0 % 97),i\($0),\(1_700_000_000 + $0)\n" }.joined()
    }

    private func expected(_ count: Int) -> [String] { (0..<count).map { "i\($0)" } }

    @Test func theSameLogTwiceAddsNothing() throws {
        try folder.write("user,item\na,x\na,x\nb,y\n", to: "log.csv")
        let first = try run("import", "log.csv", "--store", "shop.db")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("Imported 3 events"))
        let second = try run("import", "log.csv", "--store", "shop.db")
        #expect(second.output.contains("Nothing new"))
        // By another name, or through a pipe, it is the same log.
        try folder.write("user,item\na,x\na,x\nb,y\n", to: "copy.csv")
        #expect(try run("import", "copy.csv", "--store", "shop.db").output.contains("Nothing new"))
        #expect(try run("import", "-", "--store", "shop.db", input: folder("log.csv")).output.contains("Nothing new"))
        #expect(try items() == ["x", "x", "y"])
    }

    @Test func whetherLinesAreInOrderIsLearnedFrom() throws {
        func isOrdered() throws -> Bool { try SQLiteEventStore(path: folder("shop.db"), access: .readOnly).interactionLog().isOrdered }
        try folder.write("a x y z\nb y x z\nc z y\n", to: "sequences.txt")
        try run("import", "sequences.txt", "--store", "shop.db")
        #expect(try isOrdered())
        let again = try run("import", "sequences.txt", "--store", "shop.db", "--unordered")
        #expect(again.output.contains("Nothing new"), "\(again.output)\(again.errors)")
        #expect(try !isOrdered())
        try run("import", "sequences.txt", "--store", "shop.db", "--ordered")
        #expect(try isOrdered())
        #expect(try items().count == 8)
    }

    @Test func aLogThatGrewAddsItsEnd() throws {
        try folder.write(log(0..<500), to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db", "--commit-every", "120")
        try folder.write(log(0..<800), to: "log.csv")
        let grown = try run("import", "log.csv", "--store", "shop.db")
        #expect(grown.output.contains("Imported 300 events"), "\(grown.output)\(grown.errors)")
        #expect(try items() == expected(800))
        // Another log with the same beginning: only what is new.
        try folder.write(log(0..<500) + "x,else,1700000000\n", to: "other.csv")
        #expect(try run("import", "other.csv", "--store", "shop.db").output.contains("Imported 1 event"))
    }

    @Test func aHalfWrittenLastLineIsReadAgain() throws {
        let whole = log(0..<100)
        for cut in [1, 3, 9, 12] {
            let store = "shop\(cut).db"
            try folder.write(String(whole.dropLast(cut)), to: "log.csv")
            try run("import", "log.csv", "--store", store, "--max-bad", "50%")
            try folder.write(whole, to: "log.csv")
            try run("import", "log.csv", "--store", store, "--max-bad", "50%")
            #expect(try items(store) == expected(100), "cut by \(cut)")
            let events = try SQLiteEventStore(path: folder(store), access: .readOnly).events(after: 0, limit: 1_000)
            #expect(events.last?.event.time == 1_700_000_099_000)
        }
    }

    @Test func kindsMakeAnotherLog() throws {
        try folder.write("1 2\n1 3\n", to: "pairs.txt")
        try run("import", "pairs.txt", "--store", "shop.db", "--kind", "purchase")
        try run("import", "pairs.txt", "--store", "shop.db", "--kind", "cart")
        // Names that columns use are the same kinds.
        for name in ["buy", "Purchase", "basket"] {
            #expect(try run("import", "pairs.txt", "--store", "shop.db", "--kind", name).output.contains("Nothing new"))
        }
        #expect(try items() == ["2", "3", "2", "3"])
    }

    @Test func tooManyBadLinesTakeEverythingBack() throws {
        try folder.write("user,item,time\nold,old,1700000000\n", to: "old.csv")
        try run("import", "old.csv", "--store", "shop.db")
        // Good for a while, then bad.
        try folder.write(log(0..<3_000) + String(repeating: "a,b,never\n", count: 500), to: "log.csv")
        let result = try run("import", "log.csv", "--store", "shop.db", "--commit-every", "500")
        #expect(result.status == 2)
        #expect(result.errors.contains("Nothing of this log is in the store") && result.errors.contains("line 3002"), "\(result.errors)")
        #expect(try items() == ["old"])
        #expect(try SQLiteEventStore(path: folder("shop.db")).counts() == StoreCounts(events: 1, users: 1, items: 1))
        let rejects = try String(contentsOfFile: folder("log.csv.rejects.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(rejects[1] == "log.csv\t3002\t\"never\" is no time\ta,b,never")
        // Allowed on demand, and then it is all there.
        #expect(try run("import", "log.csv", "--store", "shop.db", "--max-bad", "20%").status == 0)
        #expect(try items() == ["old"] + expected(3_000))
    }

    @Test func rejectsAreWrittenOnceHoweverOftenItIsInterrupted() throws {
        let text = "user,item,time\n" + (0..<2_000).map { $0 % 50 == 7 ? "u,,1700000000\n" : "u,i\($0),1700000000\n" }.joined()
        try folder.write(text, to: "log.csv")
        // The file limit interrupts as a full disk does.
        var runs = 0
        while runs < 60 {
            let result = try run("import", "log.csv", "--store", "shop.db", "--commit-every", "100", fileLimit: runs < 3 ? 300 + 60 * runs : nil)
            runs += 1
            if result.status == 0 { break }
        }
        let rejects = try String(contentsOfFile: folder("log.csv.rejects.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(rejects.count == 41)
        #expect(Set(rejects).count == 41)
        #expect(try items().count == 1_960)
    }

    @Test func aFullDiskKeepsWhatWasCommitted() throws {
        try folder.write(log(0..<30_000), to: "log.csv")
        let full = try run("import", "log.csv", "--store", "shop.db", "--commit-every", "1000", fileLimit: 1_200)
        #expect(full.status == 1)
        #expect(full.errors.contains("disk is full") && full.errors.contains("are in the store"), "\(full.errors)")
        let kept = try items()
        #expect(kept == expected(kept.count))
        let again = try run("import", "log.csv", "--store", "shop.db")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try items() == expected(30_000))
    }

    @Test func badInputHasItsOwnErrors() throws {
        try folder.write("", to: "empty.csv")
        try folder.write("user,item\n", to: "header.csv")
        try folder.write("a,b,c\n1,2,3\n", to: "unknown.csv")
        for (arguments, words) in [
            (["empty.csv"], "is empty"), (["header.csv"], "is empty"), (["unknown.csv"], "--columns"), (["missing.csv"], "No such file"),
            (["."], "directory"), (["unknown.csv", "--columns", "user=x,item=b"], "no column \"x\""), (["unknown.csv", "--format", "rees46"], "--columns"),
        ] {
            let result = try Program.run(["import"] + arguments + ["--store", "new.db"], in: folder)
            #expect(result.status == 1, "\(arguments): \(result.output)\(result.errors)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
        }
        for arguments in [["log", "--store", "x", "--max-bad", "7"], ["log", "--store", "x", "--columns", "user"], ["-", "-", "--store", "x"]] {
            #expect(try Program.run(["import"] + arguments, in: folder).status == 64)
        }
        #expect(!FileManager.default.fileExists(atPath: folder("shop.db")))
        try folder.write("no database", to: "text.db")
        try folder.write("user,item\na,b\n", to: "log.csv")
        let refused = try run("import", "log.csv", "--store", "text.db")
        #expect(refused.status == 1 && refused.errors.contains("no event store"), "\(refused.errors)")
        #expect(try String(contentsOfFile: folder("text.db"), encoding: .utf8) == "no database")
    }

    @Test func aDryRunChangesNothing() throws {
        try folder.write(log(0..<10), to: "log.csv")
        let result = try run("import", "log.csv", "--dry-run", "--json")
        #expect(result.status == 0)
        #expect(result.output.contains("\"events\" : 10"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["log.csv"])
    }

    /// Also one that is shorter than what is looked at to find the format.
    @Test(arguments: [40_000, 1_000]) func aCutArchiveSaysWhatWasKept(count: Int) throws {
        try folder.write(log(0..<count), to: "log.csv")
        try shell("gzip -k log.csv && head -c $(($(wc -c < log.csv.gz) * 3 / 5)) log.csv.gz > cut.gz")
        let cut = try run("import", "cut.gz", "--store", "shop.db", "--commit-every", "\(count / 20)")
        #expect(cut.status == 1)
        #expect(cut.errors.contains("ends in the middle") && cut.errors.contains("are in the store"), "\(cut.errors)")
        let kept = try items()
        #expect(kept.count > count / 20 && kept.count < count && kept == expected(kept.count))
        // The whole archive, or the plain file, goes on behind that.
        #expect(try run("import", "log.csv.gz", "--store", "shop.db").status == 0)
        #expect(try items() == expected(count))
        #expect(try run("import", "log.csv", "--store", "shop.db").output.contains("Nothing new"))
    }

    private func shell(_ command: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "cd \(folder.path) && \(command)"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func twoLogsOfOneLength() throws {
        try folder.write("user,item,time,kind\nu1,i1,2024-01-01T00:00:00Z,view\n", to: "a1.csv")
        try folder.write("user,item,time,kind\nu2,i2,2024-01-02T00:00:00Z,view\n", to: "a2.csv")
        let both = try run("import", "a1.csv", "a2.csv", "--store", "shop.db")
        #expect(both.status == 0, "\(both.errors)")
        #expect(try items() == ["i1", "i2"])
        #expect(try run("import", "a1.csv", "a2.csv", "--store", "shop.db").output.components(separatedBy: "Nothing new").count == 3)
    }

    /// One byte of an archive is wrong: nothing of it stays, and the good copy then brings everything once.
    @Test func aDamagedArchiveIsTakenBack() throws {
        try folder.write(log(0..<40_000), to: "log.csv")
        try folder.write("user,item\nold,old\n", to: "old.csv")
        try shell("gzip -k log.csv")
        for (store, place) in [("early.db", 0.3), ("middle.db", 0.5), ("late.db", 0.9)] {
            try run("import", "old.csv", "--store", store)
            var bytes = try [UInt8](Data(contentsOf: URL(filePath: folder("log.csv.gz"))))
            bytes[Int(Double(bytes.count) * place)] ^= 0x10
            try folder.write(bytes, to: "damaged.gz")
            let damaged = try run("import", "damaged.gz", "--store", store, "--commit-every", "500", "--max-bad", "100%")
            #expect(damaged.status == 1 && damaged.errors.contains("is taken back"), "\(damaged.errors)")
            #expect(try items(store) == ["old"])
            #expect(try SQLiteEventStore(path: folder(store)).counts() == StoreCounts(events: 1, users: 1, items: 1))
            #expect(try run("import", "log.csv.gz", "--store", store).status == 0)
            #expect(try items(store) == ["old"] + expected(40_000))
        }
    }

    @Test func somethingElseBehindAnArchiveTakesNothingBack() throws {
        try folder.write(log(0..<20_000), to: "log.csv")
        try shell("gzip -k log.csv && cp log.csv.gz more.gz && echo garbage >> more.gz")
        let first = try run("import", "more.gz", "--store", "shop.db")
        #expect(first.status == 1 && first.errors.contains("something that is not gzip follows"), "\(first.errors)")
        #expect(try items() == expected(20_000))
        #expect(try run("import", "log.csv.gz", "--store", "shop.db").status == 0)
        #expect(try items() == expected(20_000))
    }

    @Test func aHalfWrittenLastLineLeavesNoItem() throws {
        try folder.write("user,item\nu1,i1\nu2,i2", to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db")
        try folder.write("user,item\nu1,i1\nu2,i23\nu3,i3\n", to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db")
        #expect(try items() == ["i1", "i23", "i3"])
        #expect(try SQLiteEventStore(path: folder("shop.db")).items().map(\.id) == ["i1", "i23", "i3"])
    }

    /// Logs of one name in two folders, in one run and in another: all bad lines are there, each in a file that is told.
    @Test func filesOfBadLinesAreNotOverwritten() throws {
        for name in ["d/dup.csv", "d/x/dup.csv", "e/dup.csv"] { try folder.write(log(0..<100) + "\(name),,1700000000\n", to: name) }
        let both = try run("import", "d/dup.csv", "d/x/dup.csv", "--store", "shop.db")
        let third = try run("import", "e/dup.csv", "--store", "shop.db")
        #expect(both.status == 0 && third.status == 0, "\(both.errors)\(third.errors)")
        for (output, file, source) in [
            (both, "dup.csv.rejects.tsv", "d/dup.csv"), (both, "dup.csv.2.rejects.tsv", "d/x/dup.csv"), (third, "dup.csv.3.rejects.tsv", "e/dup.csv"),
        ] {
            #expect(output.output.contains(file))
            let lines = try String(contentsOfFile: folder(file), encoding: .utf8).split(separator: "\n")
            #expect(lines.dropFirst() == ["\(source)\t102\tno item\t\(source),,1700000000"])
        }
        // A file that is named is added to, and a log that grew goes on in its own.
        try folder.write(log(0..<100) + "d/dup.csv,,1700000000\n,later,1700000000\n", to: "d/dup.csv")
        try run("import", "d/dup.csv", "--store", "shop.db", "--max-bad", "100%")
        #expect(try String(contentsOfFile: folder("dup.csv.rejects.tsv"), encoding: .utf8).split(separator: "\n").count == 3)
        for store in ["one.db", "two.db"] { try run("import", "e/dup.csv", "--store", store, "--rejects", "bad.tsv") }
        #expect(try String(contentsOfFile: folder("bad.tsv"), encoding: .utf8).split(separator: "\n").count == 3)
    }

    @Test func badLinesGoNowhereElse() throws {
        try folder.write(log(0..<100) + "u,,1700000000\n", to: "log.csv")
        try folder.write("dear diary", to: "notes.txt")
        try folder.write("user,item\na,b\n", to: "other.csv")
        try run("import", "other.csv", "--store", "shop.db")
        try shell("ln -s shop.db link.db; ln log.csv twin.csv; mkdir sub")
        let before = try Set(folder.names.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") })
        for (rejects, word) in [
            ("shop.db", "is the store"), ("./sub/../shop.db", "is the store"), ("link.db", "is the store"), ("shop.db-wal", "is the store"),
            ("log.csv", "one of the logs"), ("twin.csv", "one of the logs"), ("notes.txt", "something else"), ("sub", "folder"),
        ] {
            let result = try run("import", "log.csv", "--store", "shop.db", "--rejects", rejects)
            #expect(result.status == 1 && result.errors.contains(word), "\(rejects): \(result.errors)")
        }
        let missing = try run("import", "log.csv", "--store", "new.db", "--rejects", "new.db")
        #expect(missing.status == 1 && missing.errors.contains("is the store"))
        #expect(try items() == ["b"])
        #expect(try String(contentsOfFile: folder("notes.txt"), encoding: .utf8) == "dear diary")
        #expect(try Set(folder.names.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") }) == before)
        #expect(try run("import", "log.csv", "--store", "shop.db", "--rejects", "/dev/null").status == 0)
    }

    @Test func forgettingByBytes() throws {
        let composed = "caf\u{E9}", decomposed = "cafe\u{301}"
        try folder.write("user,item\n\(composed),x\n\(decomposed),y\n\(composed),z\n", to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db", "--commit-every", "1")
        #expect(try run("forget", composed, "--store", "shop.db").status == 0)
        #expect(try items() == ["y"])
    }

    @Test func nobodyIsForgottenDuringAnImport() throws {
        try folder.write(log(0..<100), to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db")
        let work = try SQLiteEventStore(path: folder("shop.db")).beginImport(of: "other")
        let refused = try run("forget", "u7", "--store", "shop.db")
        #expect(refused.status == 1 && refused.errors.contains("another import"), "\(refused.errors)")
        withExtendedLifetime(work) {}
    }

    @Test func oneUserOneItemOneKind() throws {
        try folder.write("user,item\n" + String(repeating: "only,one\n", count: 1_000), to: "log.csv")
        #expect(try run("import", "log.csv", "--store", "shop.db").status == 0)
        let stats = try run("stats", "--store", "shop.db", "--html", "stats.html")
        #expect(stats.status == 0, "\(stats.errors)")
        #expect(stats.output.contains("1,000 events") && stats.output.contains("1 user"))
        let page = try String(contentsOfFile: folder("stats.html"), encoding: .utf8)
        #expect(page.contains("Sparsity") && !page.contains("<script") && !page.contains("http://") && !page.contains("https://"))
        #expect(try run("stats", "--store", "shop.db", "--json").output.contains("\"density\" : 1"))
    }

    @Test func severalLogsMayShareAFileOfBadLines() throws {
        for name in ["first.csv", "second.csv"] { try folder.write(log(0..<100) + "\(name),,1700000000\n", to: name) }
        let result = try run("import", "first.csv", "second.csv", "--store", "shop.db", "--rejects", "bad.tsv")
        #expect(result.status == 0, "\(result.errors)")
        let lines = try String(contentsOfFile: folder("bad.tsv"), encoding: .utf8).split(separator: "\n")
        #expect(lines.dropFirst() == ["first.csv\t102\tno item\tfirst.csv,,1700000000", "second.csv\t102\tno item\tsecond.csv,,1700000000"])
    }

    @Test func forgetting() throws {
        try folder.write(log(0..<500), to: "log.csv")
        try run("import", "log.csv", "--store", "shop.db")
        let result = try run("forget", "u7", "--store", "shop.db", "--json")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("\"isErased\" : true"))
        #expect(try run("forget", "u7", "--store", "shop.db").status == 3)
        #expect(try run("forget", "u7", "--store", "nowhere.db").status == 1)
        // The same log does not bring the person back.
        try run("import", "log.csv", "--store", "shop.db")
        #expect(try SQLiteEventStore(path: folder("shop.db")).events(of: "u7").isEmpty)
    }
}
