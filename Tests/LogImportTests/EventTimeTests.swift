import LogImport
import Testing

/// Times as logs write them. Expected values are those of `date -u -d … +%s`.
@Suite struct EventTimeTests {
    @Test(arguments: [
        ("0", 0), ("1433221332", 1_433_221_332_000), ("1433221332117", 1_433_221_332_117), ("1433221332117000", 1_433_221_332_117),
        ("1592337718.0", 1_592_337_718_000), ("8.81250949e8", 881_250_949_000), ("1592337718.25", 1_592_337_718_250),
        ("2010-12-01 08:26:00", 1_291_191_960_000), ("2014-04-07T10:51:09.277Z", 1_396_867_869_277), ("2019-10-01 00:00:00 UTC", 1_569_888_000_000),
        ("2000-02-29", 951_782_400_000), ("2022-02-24T01:00:00+01:00", 1_645_660_800_000), ("2022-02-23T18:30:00-0530", 1_645_660_800_000),
        ("12/1/2010 8:26", 1_291_191_960_000), ("2014-04-07 10:51:09.2", 1_396_867_869_200), ("2010/12/01 08:26", 1_291_191_960_000),
    ] as [(String, Int64)]) func areRead(text: String, expected: Int64) throws {
        let log = try WholeLog(text: "user,item,time\na,x,\"\(text)\"\n")
        #expect(log.events.first?.time == expected, "\(log.rejects)")
    }

    @Test(arguments: [
        "2011-02-29", "2010-13-01", "2010-12-01 25:00", "2010-12-01 08:61:00", "soon", "2010-12-01 08:26:00 CET+", "1e400", "--5", "2010-12",
        "2010-12-01T", "",
    ]) func otherTextsAreNot(text: String) throws {
        let log = try WholeLog(text: "user,item,time\na,x,\"\(text)\"\n")
        #expect(log.rejects.count == 1)
    }

    @Test func zonesAreCounted() throws {
        let log = try WholeLog(text: "user,item,time\na,x,2010-12-01 08:26:00\na,x,2010-12-01T08:26:00Z\na,x,1433221332\n")
        #expect(log.timesWithoutZone == 1)
    }
}
