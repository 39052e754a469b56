import FileStorage
import TestSupport
import Testing

@Suite struct XXHash64Tests {
    /// Values published with the reference implementation and its bindings.
    @Test(arguments: [
        ("", UInt64(0xEF46_DB37_51D8_E999)), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
        ("xxhash", 0x32DD_3895_2C4B_C720), ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ]) func agreesWithTheReference(text: String, expected: UInt64) {
        var hash = XXHash64()
        hash.update(text)
        #expect(hash.value == expected)
    }

    @Test func piecesGiveTheHashOfTheWhole() {
        var generator = SeededGenerator(seed: 3)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var whole = XXHash64(seed: 7)
            bytes.withUnsafeBytes { whole.update($0) }
            var pieces = XXHash64(seed: 7)
            var start = 0
            while start < length {
                let end = min(length, start + Int.random(in: 0...70, using: &generator))
                bytes[start..<end].withUnsafeBytes { pieces.update($0) }
                start = end
            }
            #expect(pieces.value == whole.value)
        }
    }
}
