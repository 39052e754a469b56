import Interactions
import Testing

@Suite struct IdentifierTableTests {
    @Test func namesAreBytes() {
        let names = ["caf\u{E9}", "cafe\u{301}", "", "cafe", "\u{212B}", "\u{C5}", "A\u{30A}"]
        var table = IdentifierTable()
        for (number, name) in names.enumerated() { #expect(table.number(adding: name) == number) }
        for (number, name) in names.enumerated() {
            #expect(table.number(of: name) == number && table.number(adding: name) == number)
            #expect(table[number].utf8.elementsEqual(name.utf8))
        }
        #expect(table.count == names.count)
        #expect(table.number(of: "a") == nil)
    }

    /// Texts in other places of memory, short and long, whole and cut out of others.
    @Test func equalBytesAreEqual() {
        for length in [0, 1, 14, 15, 16, 17, 200] {
            let text = String(repeating: "é", count: length)
            let cut = String(("<" + text + ">").dropFirst().dropLast())
            #expect(Identifier(text) == Identifier(cut))
            #expect(Identifier(text).hashValue == Identifier(cut).hashValue)
            #expect(Identifier(text) != Identifier(text + "e"))
        }
    }
}
