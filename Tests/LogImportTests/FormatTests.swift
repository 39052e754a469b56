import Interactions
import LogImport
import TestSupport
import Testing

/// Every format is known by its header and first lines, and read without being told anything.
@Suite struct FormatTests {
    @Test func retailRocket() throws {
        let log = try WholeLog(text: "timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1433222276276,599528,transaction,356475,4000\n1433221999827,158090,addtocart,253185,\n")
        #expect(log.format == .retailRocket)
        #expect(log.events == [
            Event(user: "257597", item: "355908", kind: .view, time: 1_433_221_332_117),
            Event(user: "599528", item: "356475", kind: .purchase, time: 1_433_222_276_276),
            Event(user: "158090", item: "253185", kind: .cart, time: 1_433_221_999_827),
        ])
        #expect(log.rejects.isEmpty)
    }

    @Test func retailRocketProperties() throws {
        let log = try WholeLog(text: "timestamp,itemid,property,value\n1435460400000,460429,categoryid,1338\n1441508400000,206783,888,1116713 960601 n277.200\n1431831600000,460429,available,0\n")
        #expect(log.format == .retailRocketProperties)
        #expect(log.items[0].categories == ["1338"])
        #expect(log.items[1].properties == ["888": "1116713 960601 n277.200"])
        #expect(log.items[2].stock == 0)
    }

    @Test func rees46() throws {
        let log = try WholeLog(text: "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3\n2019-10-01 00:00:01 UTC,remove_from_cart,3900821,2053013552326770905,appliances.water_heater,aqua,33.20,554748717,9333dfbd-b87a\n")
        #expect(log.format == .rees46)
        #expect(log.events == [
            Event(user: "541312140", item: "44600062", kind: .view, time: 1_569_888_000_000, session: "72d76fde-8bb3"),
            Event(user: "554748717", item: "3900821", kind: .removeFromCart, time: 1_569_888_001_000, session: "9333dfbd-b87a"),
        ])
        #expect(log.items[1].price == 33.20)
        #expect(log.items[1].categories == ["appliances.water_heater"])
        #expect(log.items[0].properties["brand"] == "shiseido")
        #expect(log.timesWithoutZone == 0)
    }

    @Test(arguments: [
        "196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "196::242::3::881250949\n186::302::3::891717742\n",
        "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n186,302,3.0,891717742\n",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n186\t302\t3.0\t891717742.0\n",
        "196,242,3.0,881250949\n186,302,3.0,891717742\n",
    ]) func ratings(text: String) throws {
        let log = try WholeLog(text: text)
        #expect(log.events == [
            Event(user: "196", item: "242", kind: .rating, value: 3, time: 881_250_949_000),
            Event(user: "186", item: "302", kind: .rating, value: 3, time: 891_717_742_000),
        ])
    }

    @Test func recBoleItemsAndUsers() throws {
        let items = try WholeLog(text: "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n1\tToy Story\t1995\tAnimation Children's Comedy\n")
        #expect(items.items == [
            Item(id: "1", name: "Toy Story", categories: ["Animation", "Children's", "Comedy"], properties: ["release_year": 1995])
        ])
        let users = try WholeLog(text: "user_id:token\tage:token\tzip_code:token\n1\t24\t05201\n")
        #expect(users.users == [User(id: "1", properties: ["age": 24, "zip_code": "05201"])])
    }

    @Test func sessionsWithoutUsers() throws {
        let log = try WholeLog(text: "SessionId\tItemId\tTime\n10036\t14957\t1592337718.0\n")
        #expect(log.format == .sessionRec)
        #expect(log.events == [Event(user: "session:10036", item: "14957", kind: .view, time: 1_592_337_718_000, session: "10036")])
    }

    @Test func sequencesAndPairs() throws {
        let sequences = try WholeLog(text: "1 5 6 5\n2 7\n")
        #expect(sequences.format == .sequences)
        #expect(sequences.events.map { "\($0.user) \($0.item)" } == ["1 5", "1 6", "1 5", "2 7"])
        let pairs = try WholeLog(text: "1 5\n1 6\n1 5\n", options: LogOptions(kind: .cart, now: testTime))
        #expect(pairs.format == .pairs)
        #expect(pairs.events == ["5", "6", "5"].map { Event(user: "1", item: $0, kind: .cart) })
    }

    @Test func orderWithoutTimes() throws {
        func read(_ text: String, _ isOrdered: Bool? = nil) throws -> WholeLog {
            try WholeLog(text: text, options: LogOptions(isOrdered: isOrdered, now: testTime))
        }
        // The items of a line are known to be in order, the lines of a table are not.
        #expect(try read("1 5 6 5\n2 7\n").isOrdered)
        #expect(try read("1 5 6 5\n2 7\n").summary.contains("--unordered"))
        #expect(try !read("1 5 6 5\n2 7\n", false).isOrdered)
        #expect(try !read("1 5\n1 6\n").isOrdered)
        #expect(try read("1 5\n1 6\n").summary.contains("no order is learned"))
        #expect(try read("1 5\n1 6\n", true).isOrdered)
        // Where there are times they decide.
        #expect(try !read("user,item,time\na,x,1704060000\n", true).isOrdered)
        #expect(try !read("user,item,time\na,x,1704060000\n").summary.contains("order"))
    }

    @Test func onlineRetail() throws {
        let log = try WholeLog(text: """
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            C536379,22423,"CAKESTAND, 3 TIER",-1,2010-12-01 09:41:00,12.75,14527.0,United Kingdom
            536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom
            536589,21777,damaged,-10,2010-12-01 16:50:00,0.0,,United Kingdom
            536370,POST,POSTAGE,3,2010-12-01 08:45:00,18.0,12583.0,France
            A563186,21000,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom
            """)
        #expect(log.format == .onlineRetail)
        #expect(log.events == [
            Event(user: "17850", item: "85123A", kind: .purchase, value: 6, time: 1_291_191_960_000, session: "536365"),
            Event(user: "14527", item: "22423", kind: .cancellation, value: 1, time: 1_291_196_460_000, session: "C536379"),
            Event(user: "invoice:536414", item: "22139", kind: .purchase, value: 56, time: 1_291_204_320_000, session: "536414"),
        ])
        #expect(log.items == [Item(id: "85123A", name: "WHITE HANGING HEART T-LIGHT HOLDER", price: 2.55)])
        #expect(log.skipped.values.sorted() == [1, 1])
        #expect(log.rejects.map(\.line) == [7])
        #expect(log.rejects.first?.reason.contains("negative") == true)
    }

    @Test func alibaba() throws {
        let log = try WholeLog(text: "user_id,brand_id,type,visit_datetime\n10944750,13451,0,6-4\n10944750,13451,2,6-4\n10944750,13451,2,6-4\n10944750,21110,1,5-7\n1,2,3,2-29\n1,2,9,6-1\n")
        #expect(log.format == .alibaba)
        #expect(log.events.map(\.kind) == [.view, .favorite, .favorite, .purchase])
        #expect(log.events[0].time == 1_370_304_000_000)
        // 2013 had no 29th of February; 9 is no kind.
        #expect(log.rejects.map(\.line) == [6, 7])
        let leap = try WholeLog(text: "user_id,brand_id,type,visit_datetime\n1,2,3,2-29\n", options: LogOptions(year: 2012, now: testTime))
        #expect(leap.events.first?.kind == .cart)
        #expect(leap.events.first?.time == 1_330_473_600_000)
    }

    @Test func gorse() throws {
        let events = try WholeLog(text: #"{"FeedbackType":"purchase","UserId":"a \"quoted\" 😀","ItemId":"i\t1","Value":2.5,"Timestamp":"2022-02-24T00:00:00Z","Comment":""}"# + "\n")
        #expect(events.events == [Event(user: "a \"quoted\" 😀", item: "i\t1", kind: .purchase, value: 2.5, time: 1_645_660_800_000)])
        let items = try WholeLog(text: #"{"ItemId":"1","IsHidden":true,"Categories":["a","b"],"Timestamp":"0001-01-01T00:00:00Z","Labels":{"color":"red"},"Comment":"Red thing"}"# + "\n")
        #expect(items.items == [Item(id: "1", name: "Red thing", categories: ["a", "b"], isHidden: true, properties: ["color": "red"])])
        let users = try WholeLog(text: #"{"UserId":"u","Labels":["x","y"]}"#)
        #expect(users.users == [User(id: "u", properties: ["labels": ["x", "y"]])])
    }

    @Test func itemAttributes() throws {
        let log = try WholeLog(text: #"{"4": [1, 2, 1], "a,\"b": [9]}"#)
        #expect(log.format == .itemAttributes)
        #expect(log.items == [Item(id: "4", properties: ["attributes": [1, 2]]), Item(id: "a,\"b", properties: ["attributes": [9]])])
        #expect(log.rejects.isEmpty)
        let cut = try WholeLog(text: #"{"4": [1, 2], "5": [1, "#)
        #expect(cut.items.map(\.id) == ["4"])
        #expect(cut.rejects.count == 1)
    }

    @Test func anyTableByMapping() throws {
        let mapping = try ColumnMapping(parsing: "user=wer,item=was,time=wann,kind=wie,value=menge,session=sitzung")
        let log = try WholeLog(
            text: "wer;was;wann;wie;menge;sitzung\nanna;x;2024-01-01T00:00:00+01:00;Klick;2;s1\n",
            options: LogOptions(columns: mapping, now: testTime))
        #expect(log.events == [Event(user: "anna", item: "x", kind: "Klick", value: 2, time: testTime - 3_600_000, session: "s1")])
        let numbers = try WholeLog(
            text: "x|anna|5\ny|bert|6\n", options: LogOptions(columns: try ColumnMapping(parsing: "user=2,item=1"), now: testTime))
        #expect(numbers.events.map(\.user) == ["anna", "bert"])
    }

    private func mapped(_ columns: String, header: Bool? = nil, _ text: String) throws -> WholeLog {
        try WholeLog(text: text, options: LogOptions(columns: try ColumnMapping(parsing: columns), header: header, now: testTime))
    }

    /// A header is noticed also where its columns are told by numbers.
    @Test(arguments: [
        ("user=1,item=2", "user_id,wasdenn\nanna,lamp\n"), ("user=1,item=2,time=3", "wer,was,wann\nanna,lamp,1700000000\n"),
        ("user=1,item=2,value=3", "wer,was,menge\nanna,lamp,2\nbert,lamp,x\n"), ("user=1,item=2", "wer,was\n17,lamp\n18,sofa\n"),
    ]) func headersByNumbers(columns: String, text: String) throws {
        let lines = text.split(separator: "\n").count
        #expect(try mapped(columns, text).lines == lines - 1)
        #expect(try mapped(columns, header: true, text).lines == lines - 1)
        let told = try mapped(columns, header: false, text)
        #expect(told.lines == lines && told.summary.contains("no header"))
    }

    @Test(arguments: [
        ("user=1,item=2", "anna,lamp\nbert,sofa\n"), ("user=1,item=2", "u1,i1\nu2,i2\n"), ("user=1,item=2", "anna,1\nbert,2\n"),
        ("user=1,item=2,time=3", "anna,lamp,1700000000\nbert,sofa,1700000001\n"), ("user=1,item=2", "1,2\n3,4\n"),
        ("user=1,item=2", "anna,lamp\n"),
    ]) func eventsByNumbers(columns: String, text: String) throws {
        let log = try mapped(columns, text)
        #expect(log.events.count == text.split(separator: "\n").count && log.rejects.isEmpty)
        #expect(log.summary.contains("no header"))
    }

    @Test func aHeaderMayBeTold() throws {
        let log = try WholeLog(text: "user,item\na,b\n", options: LogOptions(header: false, now: testTime))
        #expect(log.events.map(\.user) == ["user", "a"])
        #expect(throws: LogImportError.self) { try WholeLog(text: "wer,was\na,b\n", options: LogOptions(header: true, now: testTime)) }
    }

    /// A format that is told is the one that is read, or an error.
    @Test(arguments: [LogFormat.rees46, .pairs, .movieLens, .amazon, .retailRocket, .sessionRec]) func aFormatThatDoesNotFit(format: LogFormat) throws {
        let error = #expect(throws: LogImportError.self) {
            try WholeLog(text: "user,item,time\na,b,1700000000\n", options: LogOptions(format: format, now: testTime))
        }
        #expect("\(try #require(error))".contains("not in the format \(format.rawValue)"))
    }

    @Test func mappingsAreNamedInErrors() throws {
        for (columns, options) in [
            ("user=foo", LogOptions(now: testTime)), ("item=item", LogOptions(now: testTime)),
            ("user=1,item=2", LogOptions(format: .gorse, now: testTime)),
        ] {
            var options = options
            options.columns = try ColumnMapping(parsing: columns)
            let error = #expect(throws: LogImportError.self) { try WholeLog(text: "foo,item\na,b\n", options: options) }
            #expect("\(try #require(error))".contains("--columns \(columns):"))
        }
    }

    @Test func aHeaderInAnotherEncoding() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array("user,item,gr".utf8) + [0xF6] + Array("e\na,b,1\n".utf8), to: "log")
        let error = #expect(throws: LogImportError.self) { try WholeLog(path) }
        #expect("\(try #require(error))".contains("byte 13 of the line is not UTF-8"))
    }

    /// Events whose other columns are not known are no descriptions.
    @Test func descriptionsInDoubt() throws {
        let users = "user,wasdenn\n" + (0..<50).map { "u\($0 % 10),i\($0)\n" }.joined()
        let error = #expect(throws: LogImportError.self) { try WholeLog(text: users) }
        #expect("\(try #require(error))".contains("40 of the first 50 lines") && "\(error!)".contains("--users"))
        #expect(try WholeLog(text: users, options: LogOptions(holdsUsers: true, now: testTime)).users.count == 50)
        let items = users.replacingOccurrences(of: "user,", with: "item,")
        #expect(throws: LogImportError.self) { try WholeLog(text: items) }
        #expect(try WholeLog(text: items, options: LogOptions(holdsItems: true, now: testTime)).items.count == 50)
        // One line twice is a slip.
        let slip = "item,color\n" + (0..<50).map { "i\($0),red\n" }.joined() + "i7,red\n"
        #expect(try WholeLog(text: slip).items.count == 51)
    }

    @Test(arguments: [
        (Array("BZh91AY&SY".utf8), "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0x00], "xz"), ([0x50, 0x4B, 0x03, 0x04, 0x14], "zip"),
        (Array("SQLite format 3\u{0}".utf8), "SQLite"), (Array("PAR1".utf8) + [0x15], "Parquet"),
    ] as [([UInt8], String)]) func otherFilesAreNamed(start: [UInt8], name: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(start + Array("\nuser,item\na,b\n".utf8), to: "log.csv")
        let error = #expect(throws: LogImportError.self) { try WholeLog(path) }
        #expect("\(try #require(error))".contains(name))
    }

    @Test func itemTable() throws {
        let log = try WholeLog(text: "id,x\n1,2\n", options: LogOptions(columns: try ColumnMapping(parsing: "item=id"), holdsItems: true, now: testTime))
        #expect(log.items == [Item(id: "1", properties: ["x": 2])])
        let catalog = try WholeLog(text: "item_id,title,price,category,stock,color\n7,Lamp,12.5,home|light,3,red\n8,Bad,-1,,,\n")
        #expect(catalog.items == [Item(id: "7", name: "Lamp", categories: ["home", "light"], price: 12.5, stock: 3, properties: ["color": "red"])])
        #expect(catalog.rejects.map(\.reason) == ["the price -1 is negative"])
    }

    @Test func whatIsNotKnownIsAnError() throws {
        #expect(throws: LogImportError.self) { try WholeLog(text: "") }
        #expect(throws: LogImportError.self) { try WholeLog(text: "a,b,c\nd,e,f\n") }
        // A header that is not known is not taken for an event; told that it is one, it is.
        #expect(throws: LogImportError.self) { try WholeLog(text: "wer,was\n1,2\n") }
        #expect(try WholeLog(text: "anna,lamp\n", options: LogOptions(format: .pairs, now: testTime)).events.count == 1)
        #expect(throws: LogImportError.self) { try ColumnMapping(parsing: "user=a,buyer=b") }
        #expect(throws: LogImportError.self) { try ColumnMapping(parsing: "user=a,user=b") }
        #expect(throws: LogImportError.unknownColumn(source: "x", column: "nobody", header: ["user", "item"])) {
            do {
                _ = try WholeLog(text: "user,item\na,b\n", options: LogOptions(columns: try ColumnMapping(parsing: "user=nobody,item=item"), now: testTime))
            } catch LogImportError.unknownColumn(_, let column, let header) {
                throw LogImportError.unknownColumn(source: "x", column: column, header: header)
            }
        }
        let folder = try TemporaryFolder()
        let wide = Array("user,item\na,b\n".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let path = try folder.write([0xFF, 0xFE] + wide, to: "wide")
        #expect(throws: LogImportError.unsupportedEncoding(source: path, encoding: "UTF-16LE")) { try WholeLog(path) }
    }
}
