import Reporting
import Testing

@Suite struct HumanReadableTests {
    @Test(arguments: [
        (0, "0 s"), (3.5e-7, "350 ns"), (0.000_35, "350 µs"), (0.35, "350 ms"), (0.999_7, "1.0 s"), (4.24, "4.2 s"),
        (9.96, "10 s"), (48.2, "48 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3_599.6, "1 h 00 min"),
        (3_720, "1 h 02 min"), (86_399, "1 d 00 h"), (184_000, "2 d 03 h"), (-4.2, "-4.2 s"),
        (.nan, "–"), (.infinity, "–"),
    ] as [(Double, String)])
    func durations(_ seconds: Double, _ text: String) {
        #expect(HumanReadable.duration(seconds: seconds) == text)
    }

    @Test(arguments: [
        (0, "0 B"), (812, "812 B"), (1_000, "1.00 kB"), (12_345_678, "12.3 MB"), (999_499, "999 kB"), (999_999, "1.00 MB"),
        (23_000_000_000, "23.0 GB"), (-1_500, "-1.50 kB"), (Int.max, "9.22 EB"),
    ])
    func sizes(_ bytes: Int, _ text: String) {
        #expect(HumanReadable.bytes(bytes) == text)
    }

    @Test func counts() {
        #expect(HumanReadable.count(0) == "0" && HumanReadable.count(999) == "999")
        #expect(HumanReadable.count(18_000) == "18,000" && HumanReadable.count(-1_234_567) == "-1,234,567")
        #expect(HumanReadable.count(-123) == "-123")
        #expect(HumanReadable.count(1, "photo") == "1 photo" && HumanReadable.count(2_000, "photo") == "2,000 photos")
        #expect(HumanReadable.count(3, "class", plural: "classes") == "3 classes")
    }

    @Test func decimals() {
        #expect(HumanReadable.decimal(12_345.678) == "12,345.68" && HumanReadable.decimal(-0.001) == "0.00")
        #expect(HumanReadable.decimal(1e20) == "1e+20" && HumanReadable.decimal(.nan) == "–")
        #expect(HumanReadable.significant(0.001_234) == "0.00123" && HumanReadable.significant(1_234) == "1,234")
        #expect(HumanReadable.significant(4.5e-7) == "4.5e-07" && HumanReadable.significant(2.50) == "2.5")
        #expect(HumanReadable.significant(-0.5) == "-0.5" && HumanReadable.significant(100) == "100")
    }

    @Test func percentagesAndRates() {
        #expect(HumanReadable.percentage(0.9765) == "97.65 %" && HumanReadable.percentage(.nan) == "–")
        let interval = ConfidenceInterval(estimate: 0.9765, lower: 0.9691, upper: 0.9822)
        #expect(HumanReadable.percentage(interval) == "97.65 % [96.9, 98.2]")
        #expect(HumanReadable.rate(480.3, unit: "images") == "480 images/s")
        #expect(HumanReadable.rate(12.34, unit: "images") == "12.3 images/s")
        #expect(HumanReadable.rate(0.4, unit: "epochs") == "2.5 s per epoch")
        #expect(HumanReadable.rate(-1, unit: "images") == "–")
    }
}
