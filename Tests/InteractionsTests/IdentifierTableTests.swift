import Interactions
import Testing

@Suite struct IdentifierTableTests {
    @Test func namesAreBytes() {
        let names = ["caf\u{E9}", "cafe\u{301}", "", "cafe", "\u{212B}", "\u{C5}", "A\u{30A}", "a\u{301}\u{323}", "a\u{323}\u{301}"]
        var table = IdentifierTable()
        #expect(table.number(of: "cafe") == nil)
        for (number, name) in names.enumerated() { #expect(table.number(adding: name) == number) }
        for (number, name) in names.enumerated() {
            #expect(table.number(of: name) == number && table.number(adding: name) == number)
            #expect(table[number].utf8.elementsEqual(name.utf8))
        }
        #expect(table.count == names.count)
        #expect(table.number(of: "a") == nil)
    }

    /// Against a dictionary of bytes, while it grows; names lie in texts of their own or are cut out of others.
    @Test(arguments: [false, true]) func numbersAreThoseOfADictionary(isReserved: Bool) {
        var state: UInt64 = 5
        // Knuth's linear congruential generator.
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var table = IdentifierTable()
        if isReserved { table.reserveCapacity(3_000) }
        var known: [[UInt8]: Int] = [:]
        for _ in 0..<20_000 {
            let text = "<" + (0..<random(41)).map { _ in ["a", "é", "\u{0}", "日"][random(4)] }.joined() + ">"
            let name = random(2) == 0 ? String(text.dropFirst().dropLast()) : "\(random(5_000))"
            #expect(table.number(of: name) == known[Array(name.utf8)])
            let number = known[Array(name.utf8)] ?? known.count
            known[Array(name.utf8)] = number
            #expect(table.number(adding: name) == number)
        }
        #expect(table.count == known.count)
        for (bytes, number) in known { #expect(Array(table[number].utf8) == bytes) }
        // And a copy goes its own way.
        var copy = table
        #expect(copy.number(adding: "only here") == known.count && table.number(of: "only here") == nil)
    }
}
