import FileStorage
import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct SafetensorsHostileTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let problem: SafetensorsError.Problem
        var tensor: String?
        var byte: Int?
        var testDescription: String { name }

        init(_ name: String, bytes: [UInt8], _ problem: SafetensorsError.Problem, tensor: String? = nil, byte: Int? = nil) {
            self.name = name
            self.bytes = bytes
            self.problem = problem
            self.tensor = tensor
            self.byte = byte
        }

        init(
            _ name: String, _ json: String, data: Int = 0, length: UInt64? = nil, _ problem: SafetensorsError.Problem,
            tensor: String? = nil, byte: Int? = nil
        ) {
            self.init(
                name,
                bytes: HostileFile.bytes(json: Array(json.utf8), data: .init(repeating: 0, count: data), claimedLength: length),
                problem, tensor: tensor, byte: byte)
        }
    }

    static func unexpected(_ expected: String, _ found: String) -> SafetensorsError.Problem {
        .unexpectedContent(expected: expected, found: found)
    }

    static let big = Int(Int64.max)
    static let deep = String(repeating: "[", count: 100_000)

    static let cases: [Case] = [
        // The length of the header
        Case("an empty file", bytes: [], .shorterThanHeaderLength(fileBytes: 0)),
        Case("seven bytes", bytes: [2, 0, 0, 0, 0, 0, 0], .shorterThanHeaderLength(fileBytes: 7)),
        Case("a header longer than the file", "{}", length: 3, .headerPastEndOfFile(bytes: 3, available: 2), byte: 0),
        Case("the largest header allowed", "{}", length: 100_000_000, .headerPastEndOfFile(bytes: 100_000_000, available: 2), byte: 0),
        Case("a header over the limit", "{}", length: 100_000_001, .headerOverLimit(bytes: 100_000_001), byte: 0),
        Case("the largest length", "{}", length: .max, .headerOverLimit(bytes: .max), byte: 0),
        Case("a length that is negative as signed", "{}", length: 1 << 63, .headerOverLimit(bytes: 1 << 63), byte: 0),
        Case("a JPEG", bytes: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10, 0x4A, 0x46, 0x49, 0x46], .headerOverLimit(bytes: 0x464A_1000_E0FF_D8FF), byte: 0),
        // JSON
        Case("an empty header", "", unexpected("'{'", "the end of the header"), byte: 8),
        Case("space before the brace", " {}", unexpected("'{'", "byte 0x20"), byte: 8),
        Case("an array", "[]", unexpected("'{'", "'['"), byte: 8),
        Case("only a brace", "{", unexpected("a name in quotes", "the end of the header"), byte: 9),
        Case("a second value", "{}{}", unexpected("nothing more in the header", "'{'"), byte: 10),
        Case("zero bytes as padding", "{}\0\0", unexpected("nothing more in the header", "byte 0x0"), byte: 10),
        Case("a trailing comma", #"{"__metadata__":{},}"#, unexpected("a name in quotes", "'}'"), byte: 27),
        Case("a name without quotes", "{a:1}", unexpected("a name in quotes", "'a'"), byte: 9),
        Case("no colon", #"{"a" {}}"#, unexpected("':'", "'{'"), tensor: nil, byte: 13),
        Case("a string without end", #"{"a"#, unexpected("the closing quote", "the end of the header"), byte: 11),
        Case("a newline in a string", "{\"a\nb\":1}", unexpected("the closing quote", "byte 0xa"), byte: 11),
        Case("an unknown escape", #"{"\x41":1}"#, unexpected("one of the escapes of JSON", "'x'"), byte: 11),
        Case("an escape cut short", #"{"\"#, unexpected("an escaped character", "the end of the header"), byte: 11),
        Case("a code cut short", #"{"\u00"#, unexpected("four hexadecimal digits", "the end of the header"), byte: 14),
        Case("a code that is not hexadecimal", #"{"\u00+1":1}"#, unexpected("four hexadecimal digits", "'+'"), byte: 14),
        Case("a lone high surrogate", #"{"\ud800":1}"#, unexpected("a pair of surrogates", "'d'"), byte: 12),
        Case("a lone low surrogate", #"{"\udc00":1}"#, unexpected("a pair of surrogates", "'d'"), byte: 12),
        Case("two high surrogates", #"{"\ud800\ud800":1}"#, unexpected("a pair of surrogates", "'d'"), byte: 12),
        Case("bytes that are not UTF-8", bytes: HostileFile.bytes(json: Array("{\"a".utf8) + [0xFF] + Array("\":1}".utf8), data: []), .headerNotUTF8, byte: 11),
        Case("an overlong form", bytes: HostileFile.bytes(json: Array("{\"".utf8) + [0xC0, 0xAF] + Array("\":1}".utf8), data: []), .headerNotUTF8, byte: 10),
        Case("a surrogate as UTF-8", bytes: HostileFile.bytes(json: Array("{\"".utf8) + [0xED, 0xA0, 0x80] + Array("\":1}".utf8), data: []), .headerNotUTF8, byte: 10),
        Case("a code past the last", bytes: HostileFile.bytes(json: Array("{\"".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("\":1}".utf8), data: []), .headerNotUTF8, byte: 10),
        Case("UTF-8 cut short", bytes: HostileFile.bytes(json: Array("{\"".utf8) + [0xE2, 0x82], data: []), .headerNotUTF8, byte: 10),
        Case("a hundred thousand brackets", #"{"a":"# + deep, unexpected("'{'", "'['"), tensor: "a", byte: 13),
        Case("brackets in a shape", #"{"a":{"shape":"# + deep, unexpected("a whole number that is not negative", "'['"), tensor: "a", byte: 23),
        Case("braces in the metadata", #"{"__metadata__":{"k":{"# + deep, unexpected("a string in quotes", "'{'"), tensor: "__metadata__", byte: 29),
        // Names
        Case("two tensors of one name", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, data: 2, .duplicateName("a"), tensor: "a", byte: 61),
        Case("one name written two ways", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, data: 2, .duplicateName("a"), tensor: "a", byte: 61),
        Case("two metadata", #"{"__metadata__":{},"__metadata__":{}}"#, .duplicateName("__metadata__"), tensor: "__metadata__", byte: 27),
        Case("two metadata entries of one name", #"{"__metadata__":{"k":"1","k":"2"}}"#, .duplicateName("k"), tensor: "__metadata__", byte: 33),
        Case("a field given twice", #"{"a":{"dtype":"U8","dtype":"U8"}}"#, .duplicateName("dtype"), tensor: "a", byte: 27),
        // Metadata
        Case("metadata that is a list", #"{"__metadata__":[]}"#, unexpected("'{'", "'['"), tensor: "__metadata__", byte: 24),
        Case("metadata that is null", #"{"__metadata__":null}"#, unexpected("'{'", "'n'"), tensor: "__metadata__", byte: 24),
        Case("a number in the metadata", #"{"__metadata__":{"k":1}}"#, unexpected("a string in quotes", "'1'"), tensor: "__metadata__", byte: 29),
        // Fields
        Case("a tensor that is a number", #"{"a":1}"#, unexpected("'{'", "'1'"), tensor: "a", byte: 13),
        Case("an unknown field", #"{"a":{"strides":[1]}}"#, .unknownField("strides"), tensor: "a", byte: 14),
        Case("no element type", #"{"a":{"shape":[1],"data_offsets":[0,1]}}"#, data: 1, .missingField("dtype"), tensor: "a", byte: 9),
        Case("no shape", #"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, data: 1, .missingField("shape"), tensor: "a", byte: 9),
        Case("no offsets", #"{"a":{"dtype":"U8","shape":[1]}}"#, data: 1, .missingField("data_offsets"), tensor: "a", byte: 9),
        Case("an unknown element type", #"{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}"#, data: 4, .unknownElementType("f32"), tensor: "a", byte: 14),
        Case("an element type that is a number", #"{"a":{"dtype":32}}"#, unexpected("a string in quotes", "'3'"), tensor: "a", byte: 22),
        Case("a negative dimension", #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, data: 1, unexpected("a whole number that is not negative", "'-'"), tensor: "a", byte: 36),
        Case("a fraction", #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, data: 1, unexpected("a whole number", "'.'"), tensor: "a", byte: 37),
        Case("an exponent", #"{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}"#, data: 1, unexpected("a whole number", "'e'"), tensor: "a", byte: 37),
        Case("a leading zero", #"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#, data: 1, unexpected("a number without leading zeros", "'0'"), tensor: "a", byte: 36),
        Case("a dimension past 64 bits", #"{"a":{"dtype":"U8","shape":[18446744073709551617],"data_offsets":[0,1]}}"#, data: 1, .sizeOverflow, tensor: "a", byte: 36),
        Case("33 dimensions", #"{"a":{"dtype":"U8","shape":["# + String(repeating: "1,", count: 32) + #"1],"data_offsets":[0,1]}}"#, data: 1, .tooManyDimensions, tensor: "a", byte: 100),
        Case("one offset", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}"#, data: 1, unexpected("','", "']'"), tensor: "a", byte: 56),
        Case("three offsets", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}"#, data: 1, unexpected("']'", "','"), tensor: "a", byte: 58),
        // Layout
        Case("data that end before they begin", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, data: 1, .offsetsReversed(begin: 1, end: 0), tensor: "a", byte: 39),
        Case("data past the end", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 7, .dataPastEndOfFile(end: 8, available: 7), tensor: "a", byte: 9),
        Case("data far past the end", #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, data: 7, .dataPastEndOfFile(end: big, available: 7), tensor: "a", byte: 9),
        Case("one byte after the last tensor", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, data: 2, .trailingBytes(1)),
        Case("data without tensors", "{}", data: 5, .trailingBytes(5)),
        Case("a hole before the first tensor", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, data: 2, .hole(bytes: 1), tensor: "a", byte: 9),
        Case("a hole between tensors", #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}"#, data: 4, .hole(bytes: 2), tensor: "b", byte: 61),
        Case("tensors that overlap", #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, data: 3, .overlap(with: "a"), tensor: "b", byte: 61),
        Case("two tensors on the same data", #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, data: 2, .overlap(with: "a"), tensor: "b", byte: 61),
        Case("a shape larger than its data", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4, .sizeMismatch(shape: [2], elementType: .float32, expected: 8, found: 4), tensor: "a", byte: 9),
        Case("a shape smaller than its data", #"{"a":{"dtype":"BF16","shape":[],"data_offsets":[0,4]}}"#, data: 4, .sizeMismatch(shape: [], elementType: .bfloat16, expected: 2, found: 4), tensor: "a", byte: 9),
        Case("a product of dimensions that overflows to 1", #"{"a":{"dtype":"U8","shape":[4294967297,4294967297,18446744069414584321],"data_offsets":[0,1]}}"#, data: 1, .sizeOverflow, tensor: "a", byte: 58),
        Case("a product of dimensions that overflows to 0", #"{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, .sizeMismatch(shape: [1 << 32, 1 << 32], elementType: .uint8, expected: nil, found: 0), tensor: "a", byte: 9),
        Case("a byte count that overflows to 0", #"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}"#, .sizeMismatch(shape: [1 << 61], elementType: .float64, expected: nil, found: 0), tensor: "a", byte: 9),
        Case("an overflow hidden by a zero", #"{"a":{"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}"#, .sizeMismatch(shape: [1 << 32, 1 << 32, 0], elementType: .uint8, expected: nil, found: 0), tensor: "a", byte: 9),
    ]

    @Test(arguments: cases) func isRefusedWithItsOwnError(hostile: Case) throws {
        let folder = try TemporaryFolder()
        let path = folder("hostile.safetensors")
        try Data(hostile.bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
        #expect(error?.problem == hostile.problem)
        #expect(error?.path == path)
        #expect(error?.tensor == hostile.tensor)
        #expect(error?.byte == hostile.byte)
        #expect(error?.description.hasPrefix(path) == true)
        #expect((error?.description.utf8.count ?? .max) < 1200)
    }

    @Test func truthValuesOtherThanZeroAndOneAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder("bool.safetensors")
        try HostileFile.write(
            json: #"{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#, data: [1, 7], to: path)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path).integers(named: "a") }
        #expect(error?.problem == .invalidElement(index: 1, elementType: .bool))
    }

    @Test func namesWithControlCharactersArePrintedHarmlessly() throws {
        let folder = try TemporaryFolder()
        let path = folder("control.safetensors")
        try HostileFile.write(json: #"{"\u001b[2J"# + String(repeating: "x", count: 5000) + #"":1}"#, to: path)
        let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: path) }
        #expect(!error.description.contains("\u{1B}"))
        #expect(error.description.utf8.count < 500)
    }

    @Test(.timeLimit(.minutes(1))) func pathsThatAreNoFilesAreErrors() throws {
        let folder = try TemporaryFolder()
        let directory = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: folder.path) }
        #expect(directory?.problem == .notARegularFile)
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/dev/zero") }
        #expect(mkfifo(folder("pipe"), 0o600) == 0)
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: folder("pipe")) }
        let missing = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: folder("absent")) }
        #expect(missing == FileError(.open, path: folder("absent"), code: ENOENT))
    }

    /// Whatever a mutation does, a file is refused with an error or read whole.
    @Test(arguments: 0..<4) func mutatedFilesAreRefusedOrReadWhole(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let path = folder("mutated.safetensors")
        try SafetensorsFile.write(
            [
                NamedTensor(name: "conv.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6], storedAs: .bfloat16),
                NamedTensor(name: "conv.bias", shape: [2], floats: [1, 2]),
                NamedTensor(name: "steps", shape: [], integers: [9]),
                NamedTensor(name: "mask\u{FC}\n", shape: [3], integers: [1, 0, 1], storedAs: .bool),
            ], metadata: ["graph": "{\"nodes\":[]}"], to: path)
        let original = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let fragments = ["{", "}", "[", "]", "\"", ",", ":", "0", "9", "99999999999", "-", "e", "\\u", "\\", "F32", "BOOL", "null", " ", "\0", "\u{E9}"]
            .map { Array($0.utf8) }
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        let handle = open(path, O_WRONLY)
        defer { close(handle) }
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes.removeLast(Int.random(in: 0...min(40, bytes.count), using: &generator))
                case 3: bytes.insert(contentsOf: fragments.randomElement(using: &generator)!, at: place)
                case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
                default:
                    let fragment = fragments.randomElement(using: &generator)!
                    bytes.replaceSubrange(place..<min(bytes.count, place + fragment.count), with: fragment)
                }
            }
            // Half of the time the length is put right, so that the header itself is reached.
            if Bool.random(using: &generator), bytes.count >= 8 {
                let change = bytes.count - original.count
                let header = Int(original[0]) + Int(original[1]) << 8 + change
                withUnsafeBytes(of: UInt64(clamping: header).littleEndian) { bytes.replaceSubrange(0..<8, with: $0) }
            }
            #expect(ftruncate(handle, 0) == 0)
            #expect(pwrite(handle, bytes, bytes.count, 0) == bytes.count)
            do {
                let file = try SafetensorsFile(contentsOf: path)
                var total = 0
                for name in file.tensorNames {
                    let tensor: NamedTensor
                    do { tensor = try file.tensor(named: name) } catch let error as SafetensorsError {
                        guard case .invalidElement = error.problem else { throw error }
                        continue
                    }
                    #expect(tensor.values.count == tensor.shape.reduce(1, *))
                    total += tensor.values.count * tensor.elementType.byteCount
                }
                #expect(total <= bytes.count)
            } catch let error as SafetensorsError {
                refused += 1
                #expect(!error.description.isEmpty)
            }
        }
        #expect(refused > 2_500 && refused < 5_000)
    }
}
