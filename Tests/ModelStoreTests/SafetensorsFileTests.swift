import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct SafetensorsFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }


    @Test func writesTheBytesThatTheFormatPrescribes() throws {
        let path = folder("a.safetensors")
        try SafetensorsFile.write(
            [
                NamedTensor(name: "flags", shape: [3], integers: [1, 0, 1], storedAs: .bool),
                NamedTensor(name: "b", shape: [], floats: [-2]),
                NamedTensor(name: "a", shape: [1, 2], floats: [1, 0.5], storedAs: .bfloat16),
            ], metadata: ["note": "tab\tquote\" ü"], to: path)
        let json =
            #"{"__metadata__":{"note":"tab\tquote\" ü"},"#
            + #""b":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
            + #""a":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]},"#
            + #""flags":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]}}"#
        var expected = Array(json.utf8)
        while expected.count % 8 != 0 { expected.append(0x20) }
        expected = [UInt8(expected.count), 0, 0, 0, 0, 0, 0, 0] + expected
        expected += [0, 0, 0, 0xC0, 0x80, 0x3F, 0x00, 0x3F, 1, 0, 1]
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) == expected)
    }

    @Test func readsWhatAnotherImplementationWrote() throws {
        // Other writers order fields and tensors as they like, put space in the JSON and align nothing.
        let json = """
            {  "odd" : {"data_offsets":[0,3], "shape":[3],"dtype":"U8"} ,
            "\\u0065\\ud83d\\ude00":{"shape":[2],"dtype":"F32","data_offsets":[3,11]},"empty":{"dtype":"F16",
            "shape":[0,5],"data_offsets":[3,3]},"half":{"dtype":"F16","shape":[2],"data_offsets":[11,15]},
            "double":{"dtype":"F64","shape":[1],"data_offsets":[15,23]}}
            """
        let path = folder("b.safetensors")
        try HostileFile.write(
            json: json,
            data: [1, 2, 255] + [0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x7F] + [0x00, 0x3C, 0x00, 0xFC]
                + [0, 0, 0, 0, 0, 0, 0x04, 0xC0], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(file.tensorNames == ["odd", "empty", "e\u{1F600}", "half", "double"])
        #expect(file.metadata.isEmpty)
        #expect(try file.integers(named: "odd") == [1, 2, 255])
        #expect(try file.floats(named: "e\u{1F600}") == [1, .infinity])
        #expect(try file.floats(named: "half") == [1, -.infinity])
        #expect(try file.floats(named: "double") == [-2.5])
        #expect(try file.floats(named: "empty") == [])
        #expect(try file.shape(named: "empty") == [0, 5])
        #expect(try file.bytes(named: "odd") == [1, 2, 255])
        #expect(file.dataByteCount == 23)
    }

    @Test(arguments: 0..<40) func randomTensorsComeBackAsTheyWere(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var tensors: [NamedTensor] = []
        for index in 0..<Int.random(in: 0...12, using: &generator) {
            let type = SafetensorsElementType.allCases.randomElement(using: &generator)!
            let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Int.random(in: 0...6, using: &generator)
            }
            let count = shape.reduce(1, *)
            let name = ["weight", "layer.0/ü", "\"\\\n\u{1}", "名前 \u{1F600}", ""].randomElement(using: &generator)! + "\(index)"
            if type.isFloatingPoint {
                // Small multiples of 1/4 are exact in every floating-point type.
                let floats = (0..<count).map { _ in Float(Int.random(in: -512...512, using: &generator)) / 4 }
                let exact = type == .bfloat16 ? floats.map { ($0 / 16).rounded() } : floats
                tensors.append(NamedTensor(name: name, shape: shape, floats: exact, storedAs: type))
            } else {
                let range: ClosedRange<Int64> =
                    switch type {
                    case .bool: 0...1
                    case .int8: -128...127
                    case .uint8: 0...255
                    case .int16: -32768...32767
                    case .uint16: 0...65535
                    case .int32: -2_147_483_648...2_147_483_647
                    case .uint32: 0...4_294_967_295
                    case .uint64: 0 ... .max
                    default: .min ... .max
                    }
                let integers = (0..<count).map { _ in
                    Bool.random(using: &generator)
                        ? Int64.random(in: range, using: &generator)
                        : [range.lowerBound, range.upperBound].randomElement(using: &generator)!
                }
                tensors.append(NamedTensor(name: name, shape: shape, integers: integers, storedAs: type))
            }
        }
        let metadata = ["key \(seed)": "{\"a\":\"\\u0000\u{7F}\u{0}\"}", "": "\r\n"]
        let path = folder("random.safetensors")
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(file.metadata == metadata)
        #expect(Set(file.tensorNames) == Set(tensors.map(\.name)))
        for tensor in tensors { #expect(try file.tensor(named: tensor.name) == tensor) }

        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try SafetensorsFile.write(tensors.shuffled(using: &generator), metadata: metadata, to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }

    @Test func float32KeepsEveryBitPattern() throws {
        var generator = SeededGenerator(seed: 1)
        let special: [Float] = [
            0, -0.0, .infinity, -.infinity, .nan, .signalingNaN, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
        ]
        let floats = special + (0..<300_000).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }
        let path = folder("f32.safetensors")
        try SafetensorsFile.write([NamedTensor(name: "w", shape: [floats.count], floats: floats)], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(try file.floats(named: "w").map(\.bitPattern) == floats.map(\.bitPattern))
        let destination = UnsafeMutableBufferPointer<Float>.allocate(capacity: floats.count)
        defer { destination.deallocate() }
        try file.readFloats(named: "w", into: destination)
        #expect(destination.map(\.bitPattern) == floats.map(\.bitPattern))
        #expect(throws: SafetensorsError.self) {
            try file.readFloats(named: "w", into: UnsafeMutableBufferPointer(rebasing: destination[1...]))
        }
    }

    @Test(arguments: [SafetensorsElementType.bfloat16, .float16])
    func halvesAreRoundedToTheNearestTiesToEven(type: SafetensorsElementType) throws {
        var generator = SeededGenerator(seed: 2)
        // bfloat16 keeps 8 significant bits, float16 11.
        let bits = type == .bfloat16 ? 8 : 11
        let step = Float(sign: .plus, exponent: 1 - bits, significand: 1)
        var floats: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1, 1 + step, 1 + step / 2, 1 + 3 * step / 2, 1 + step * 0.75]
        let expectedHead: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1, 1 + step, 1, 1 + 2 * step, 1 + step]
        floats += (0..<10_000).map { _ in Float.random(in: -100...100, using: &generator) }
        let path = folder("half.safetensors")
        try SafetensorsFile.write([NamedTensor(name: "w", shape: [floats.count], floats: floats, storedAs: type)], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        let read = try file.floats(named: "w")
        #expect(file.dataByteCount == 2 * floats.count)
        for (index, expected) in expectedHead.enumerated() {
            #expect(read[index] == expected || (read[index].isNaN && expected.isNaN), "element \(index)")
        }
        #expect(read[1].sign == .minus)
        for (before, after) in zip(floats, read).dropFirst(expectedHead.count) {
            #expect(abs(before - after) <= before.magnitude.binade * step / 2 + 6e-8)
        }
        // What was rounded once is stored exactly the second time.
        try SafetensorsFile.write([NamedTensor(name: "w", shape: [read.count], floats: read, storedAs: type)], to: path)
        #expect(try SafetensorsFile(contentsOf: path).floats(named: "w").dropFirst(5) == read.dropFirst(5))
    }

    @Test func tensorsThatCannotBeStoredAreRefusedAndNothingIsWritten() throws {
        let path = folder("refused.safetensors")
        func problem(_ tensors: NamedTensor...) -> SafetensorsError.Problem? {
            #expect(throws: SafetensorsError.self) { try SafetensorsFile.write(tensors, to: path) }?.problem
        }
        let good = NamedTensor(name: "a", shape: [2], floats: [1, 2])
        #expect(problem(good, good) == .duplicateName("a"))
        #expect(problem(NamedTensor(name: "__metadata__", shape: [0], floats: [])) == .reservedName)
        #expect(
            problem(NamedTensor(name: "a", shape: [3], floats: [1])) == .valueCountMismatch(shape: [3], values: 1))
        #expect(
            problem(NamedTensor(name: "a", shape: [-1, -1], floats: [1]))
                == .valueCountMismatch(shape: [-1, -1], values: 1))
        #expect(
            problem(NamedTensor(name: "a", shape: [.max, .max, 0], floats: []))
                == .valueCountMismatch(shape: [.max, .max, 0], values: 0))
        #expect(problem(NamedTensor(name: "a", shape: Array(repeating: 1, count: 33), floats: [1])) == .tooManyDimensions)
        #expect(
            problem(NamedTensor(name: "a", shape: [2], floats: [1, 70_000], storedAs: .float16))
                == .valueOutOfRange(value: "70000.0", index: 1, elementType: .float16))
        #expect(
            problem(NamedTensor(name: "a", shape: [1], floats: [.greatestFiniteMagnitude], storedAs: .bfloat16))
                == .valueOutOfRange(value: "3.4028235e+38", index: 0, elementType: .bfloat16))
        #expect(
            problem(NamedTensor(name: "a", shape: [3], integers: [0, 255, 256], storedAs: .uint8))
                == .valueOutOfRange(value: "256", index: 2, elementType: .uint8))
        #expect(
            problem(NamedTensor(name: "a", shape: [1], floats: [1], storedAs: .int8)) == .valuesDoNotMatchElementType(.int8))
        #expect(
            problem(NamedTensor(name: "a", shape: [1], integers: [1], storedAs: .float32))
                == .valuesDoNotMatchElementType(.float32))
        #expect(try folder.names.isEmpty)
    }

    @Test func askingForTheWrongTensorOrKindIsAnError() throws {
        let path = folder("kinds.safetensors")
        try SafetensorsFile.write(
            [
                NamedTensor(name: "weight", shape: [1], floats: [1]),
                NamedTensor(name: "steps", shape: [1], integers: [7]),
            ], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        let missing = #expect(throws: SafetensorsError.self) { try file.floats(named: "wieght") }
        #expect(missing?.problem == .noSuchTensor(available: ["steps", "weight"]))
        #expect(missing?.description.contains("weight") == true)
        let kind = #expect(throws: SafetensorsError.self) { try file.floats(named: "steps") }
        #expect(kind?.problem == .wrongElementType(.int64, wanted: "floats"))
        #expect(throws: SafetensorsError.self) { try file.integers(named: "weight") }
        #expect(throws: SafetensorsError.self) { try file.shape(named: "") }
    }

    @Test func aFileReplacedWhileOpenIsReadAsItWasAndOneCutShortIsAnError() throws {
        let path = folder("live.safetensors")
        let old = NamedTensor(name: "w", shape: [1000], floats: (0..<1000).map(Float.init))
        try SafetensorsFile.write([old], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        try SafetensorsFile.write([NamedTensor(name: "other", shape: [1], floats: [1])], to: path)
        #expect(try file.tensor(named: "w") == old)

        try SafetensorsFile.write([old], to: path)
        let second = try SafetensorsFile(contentsOf: path)
        #expect(truncate(path, 2000) == 0)
        let error = #expect(throws: SafetensorsError.self) { try second.floats(named: "w") }
        #expect(error?.problem == .changedWhileReading)
    }
}
