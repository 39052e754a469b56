import Interactions
import LogImport
import TestSupport
import Testing

/// Every bad line is told with its number and a reason, and costs no other line.
@Suite struct BadLinesTests {
    private func reasons(_ lines: [String], header: String = "user,item,time,event,price") throws -> [Int: String] {
        let log = try WholeLog(text: ([header] + lines).joined(separator: "\n") + "\n")
        #expect(log.lines == lines.count)
        #expect(log.events.count + log.rejects.count == lines.count)
        return Dictionary(uniqueKeysWithValues: log.rejects.map { ($0.line - 1, $0.reason) })
    }

    @Test func eachHasItsReason() throws {
        let found = try reasons([
            "a,x,1700000000,view,1", ",x,1700000000,view,1", "a,,1700000000,view,1", "a,x,1900000000,view,1", "a,x,yesterday,view,1",
            "a,x,1700000000,view,-3", "a,x,1700000000", "a,x,-5,view,1", "a,x,1700000000,,1", "a,x,1700000000,view,1,2",
            "a\u{0},x,1700000000,view,1", "a,x,2023-02-30,view,1", "\(String(repeating: "u", count: 1_025)),x,1700000000,view,1",
        ])
        #expect(found.keys.sorted() == Array(2...13))
        for (line, word) in [
            (2, "no user"), (3, "no item"), (4, "future"), (5, "no time"), (6, "negative"), (7, "3 fields"), (8, "before 1970"), (9, "no kind"),
            (10, "6 fields"), (11, "NUL"), (12, "no time"), (13, "1025 bytes"),
        ] { #expect(found[line]?.contains(word) == true, "line \(line): \(found[line] ?? "")") }
    }

    @Test func ratingsOutOfRange() throws {
        let log = try WholeLog(text: "1\t2\t3\t881250949\n1\t3\t9\t881250949\n1\t4\t0\t881250949\n1\t5\t5\t881250949\n1\t6\tnan\t881250949\n")
        #expect(log.events.map(\.item) == ["2", "5"])
        #expect(log.rejects.map(\.line) == [2, 3, 5])
        #expect(log.rejects[0].reason.contains("9"))
        let wide = try WholeLog(text: "1\t3\t9\t881250949\n", options: LogOptions(ratings: 1...10, now: testTime))
        #expect(wide.events.first?.value == 9)
    }

    /// Without a header, the first lines say how many fields there are; nothing behind them is dropped.
    @Test(arguments: [
        ("u i\n", "u i j k", "--format sequences"), ("u1,i1\n", "u1,i1,i2", "--format sequences"), ("1,2,3.0,881250949\n", "1,2,3.0,881250949,x", "have 4"),
        ("1::2::3::881250949\n", "1::2::3::881250949::x", "have 4"), ("1\t2\t3\t881250949\n", "1\t2\t3\t881250949\tx", "have 4"),
    ]) func moreFieldsThanTheFirstLines(line: String, long: String, word: String) throws {
        let log = try WholeLog(text: String(repeating: line, count: 60) + long + "\n", options: LogOptions(header: false, now: testTime))
        #expect(log.events.count == 60)
        #expect(log.rejects.map(\.line) == [61])
        #expect(log.rejects.first?.reason.contains(word) == true, "\(log.rejects)")
    }

    @Test func fieldsOfMappedColumns() throws {
        let options = LogOptions(columns: try ColumnMapping(parsing: "user=1,item=2"), now: testTime)
        let log = try WholeLog(text: "u1,i1\nu2,i2,more\n" + String(repeating: "u3,i3\n", count: 60) + "u4,i4,and,more\n", options: options)
        #expect(log.events.count == 62 && log.rejects.map(\.line) == [63])
    }

    @Test func mixedEncodings() throws {
        let folder = try TemporaryFolder()
        let latin = Array("user,item\nanna,caf".utf8) + [0xE9, 0x0A] + Array("bert,café\n".utf8)
        let log = try WholeLog(try folder.write(latin, to: "log"))
        #expect(log.events == [Event(user: "bert", item: "café", kind: .view)])
        #expect(log.rejects.map(\.line) == [2])
        #expect(log.rejects[0].reason.contains("byte 9 of the line is not UTF-8"))
        #expect(log.rejects[0].text == Array("anna,caf".utf8) + [0xE9])
    }

    @Test func longLinesAreNotKept() throws {
        let folder = try TemporaryFolder()
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 40 << 20)
        let path = try folder.write(Array("user,item\na,b\nc,".utf8) + long + Array("\nd,e\n".utf8) + long, to: "log")
        let log = try WholeLog(path)
        #expect(log.events.map(\.user) == ["a", "d"])
        #expect(log.rejects.map(\.line) == [3, 5])
        #expect(log.rejects[0].reason.contains("41943042 bytes"))
        #expect(log.rejects.allSatisfy { $0.text.count <= Reject.longestText })
    }

    @Test func idsOfAnyText() throws {
        let log = try WholeLog(text: "user,item\r\n\"a \"\"b\"\"\",\"x,y\"\r\n\"tab\there\",\"two\nlines\"\r\n😀,日本\r\n")
        #expect(log.events.map(\.user) == ["a \"b\"", "tab\there", "😀"])
        #expect(log.events.map(\.item) == ["x,y", "two\nlines", "日本"])
        #expect(log.rejects.isEmpty)
    }

    @Test func anOpenQuoteCostsOneLine() throws {
        let log = try WholeLog(text: "user,item\na,1\n\"b,2\nc,3\nd,4\n\"e\"x,5\nf,6\n")
        #expect(log.events.map(\.user) == ["a", "c", "d", "f"])
        #expect(log.rejects.map(\.line) == [3, 6])
    }

    /// Quotes that are opened and never closed, one after the other and far apart: what follows each is read as it is.
    @Test(arguments: [1, 7, 4_000]) func strayQuotesInAnyDistance(distance: Int) throws {
        let lines = (0..<20_000).map { $0 % distance == 0 ? "\"b,\($0)" : "c,\($0)" }
        let log = try WholeLog(text: "user,item\n" + lines.joined(separator: "\n") + "\n", batch: 700)
        #expect(log.lines == log.events.count + log.rejects.count)
        let wanted = (0..<20_000).filter { $0 % distance != 0 }.map(String.init)
        #expect(log.events.map(\.item) == wanted)
        #expect(log.rejects.map(\.line) == (0..<20_000).filter { $0 % distance == 0 }.map { $0 + 2 })
    }

    /// However many lines are bad, few are held at once.
    @Test func batchesOfBadLinesEnd() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("user,item\n" + String(repeating: "x\n", count: 50_000) + "a,b\n", to: "log")
        let reader = try LogReader(path: path, options: LogOptions(now: testTime))
        var rejects = 0, events = 0
        while let batch = try reader.next(maximumEvents: 1_000_000) {
            #expect(batch.rejects.count <= 10_000)
            rejects += batch.rejects.count
            events += batch.events.count
        }
        #expect(rejects == 50_000 && events == 1)
    }

    @Test func linesOfNULsAreCounted() throws {
        let nuls = String(repeating: "\u{0}", count: 20)
        let log = try WholeLog(text: nuls + "\nuser,item\na,1\n" + nuls + "\nb,2\n" + nuls)
        #expect(log.events.map(\.user) == ["a", "b"])
        #expect(log.rejects.map(\.line) == [1, 4, 6])
        #expect(log.rejects.allSatisfy { $0.reason.contains("NUL") })
    }

    @Test(arguments: [
        #"{"FeedbackType":"view","UserId":"a\u0000b","ItemId":"i"}"#, #"{"FeedbackType":"view","UserId":"a","ItemId":"\u0000"}"#,
        #"{"ItemId":"i\u0000"}"#, #"{"id":"i\u0000","categories":[]}"#, #"{"a\u0000": [1]}"#,
    ]) func escapedNULsInIDs(line: String) throws {
        let log = try WholeLog(text: line)
        #expect(log.events.isEmpty && log.items.isEmpty)
        #expect(log.rejects.count == 1 && log.rejects[0].reason.contains("u0000"), "\(log.rejects)")
    }

    @Test func byteOrderMarkBlankLinesAndMissingLineBreak() throws {
        let log = try WholeLog(text: "\u{FEFF}user,item\n\n \r\na,1\n\nb,2")
        #expect(log.events.map(\.user) == ["a", "b"])
        #expect(log.lines == 2)
    }
}
