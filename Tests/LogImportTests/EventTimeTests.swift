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
        ("20240101", 1_704_067_200_000), ("20000229", 951_782_400_000), ("201012010826", 1_291_191_960_000),
        ("20101201082600", 1_291_191_960_000), ("18991231", 18_991_231_000), ("881250949000", 881_250_949_000),
    ] as [(String, Int64)]) func areRead(text: String, expected: Int64) throws {
        let log = try WholeLog(text: "user,item,time\na,x,\"\(text)\"\n")
        #expect(log.events.first?.time == expected, "\(log.rejects)")
    }

    @Test(arguments: [
        "2011-02-29", "2010-13-01", "2010-12-01 25:00", "2010-12-01 08:61:00", "soon", "2010-12-01 08:26:00 CET+", "1e400", "--5", "2010-12",
        "2010-12-01T", "", "20240230", "20241301", "201012012526", "20101201082661", "21000230",
    ]) func otherTextsAreNot(text: String) throws {
        let log = try WholeLog(text: "user,item,time\na,x,\"\(text)\"\n")
        #expect(log.rejects.count == 1)
    }

    @Test func zonesAreCounted() throws {
        let log = try WholeLog(text: "user,item,time\na,x,2010-12-01 08:26:00\na,x,2010-12-01T08:26:00Z\na,x,1433221332\n")
        #expect(log.timesWithoutZone == 1)
    }

    private func times(_ texts: [String]) throws -> (times: [Int64?], log: WholeLog) {
        let log = try WholeLog(text: "user,item,time\n" + texts.map { "a,x,\($0)\n" }.joined())
        return (log.events.map(\.time), log)
    }

    /// One date that can only be day first tells of all; where some say this and some that, the usual order stays.
    @Test func dayFirst() throws {
        let (found, log) = try times(["3/4/2023", "13/3/2023 08:26", "1/12/23"])
        #expect(found == [1_680_480_000_000, 1_678_695_960_000, 1_701_388_800_000])
        #expect(log.summary.contains("day/month/year"))
        let usual = try times(["3/4/2023", "1/12/23"])
        #expect(usual.times == [1_677_888_000_000, 1_673_481_600_000] && usual.log.summary.contains("month/day/year"))
        let both = try times(["3/4/2023", "13/3/2023", "3/13/2023"])
        #expect(both.times == [1_677_888_000_000, 1_678_665_600_000])
        #expect(both.log.rejects.map(\.line) == [3])
        let reason = try #require(both.log.rejects.first?.reason)
        #expect(reason.contains("is no time") && reason.contains("month/day/year") && reason.contains("year-month-day"))
    }

    /// Seconds since a log began may look like a date after many days.
    @Test func countedSecondsAreNoDates() throws {
        let counted = try times(["0", "86400", "172800", "259200", "19800101", "19801301"])
        #expect(counted.times == [0, 86_400_000, 172_800_000, 259_200_000, 19_800_101_000, 19_801_301_000])
        #expect(try times(["0", "19800101", "20240101"]).times.last == 1_704_067_200_000)
    }
}
