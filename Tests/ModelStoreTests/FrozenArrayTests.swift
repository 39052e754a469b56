import Foundation
import ModelStore
import TestSupport
import Testing

@Suite struct FrozenArrayTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// In an array, in a file that is aligned as ours are, and in one that is not.
    @Test func theSameWhereverTheNumbersLie() throws {
        let floats: [Float] = [1, -0.5, .infinity, 1.5e-38], words: [UInt32] = [0, 7, .max]
        let tensors = [
            NamedTensor(name: "floats", shape: [4], floats: FrozenArray(floats)),
            NamedTensor(name: "words", shape: [3], words: FrozenArray(words)),
            NamedTensor(name: "bytes", shape: [2], bytes: [9, 255]),
        ]
        let aligned = folder("aligned.safetensors"), odd = folder("odd.safetensors")
        try ModelFile(parameters: tensors).write(to: aligned)
        try HostileFile.write(
            json: """
                {"__metadata__":{"tandem.format":"1"},"bytes":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"one":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},
                "floats":{"dtype":"F32","shape":[4],"data_offsets":[3,19]},"words":{"dtype":"U32","shape":[3],"data_offsets":[19,31]}}
                """,
            data: [9, 255, 1] + floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
                + words.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }, to: odd)
        for path in [aligned, odd] {
            let read = Dictionary(uniqueKeysWithValues: try ModelFile(contentsOf: path).parameters.map { ($0.name, $0) })
            for tensor in tensors { #expect(read[tensor.name] == tensor) }
            let found = try #require(read["floats"]?.floats), whole = try #require(read["words"]?.words)
            #expect(found.array == floats && Array(found) == floats && found[2] == .infinity && found.count == 4)
            #expect(whole.withUnsafeBufferPointer { Array($0) } == words && whole.last == .max)
            #expect(read["bytes"]?.integers == [9, 255])
        }
    }

    /// Read or mapped, at the beginning of a page or anywhere, even where no number may lie: the same numbers.
    @Test(arguments: [0, 4, 4_096, 3]) func mappedOrRead(before: Int) throws {
        let path = folder("mapped.safetensors"), values = (0..<400_000).map { Float($0) / 3 }, end = before + 4 * values.count
        try HostileFile.write(
            json: "{\"a\":{\"dtype\":\"U8\",\"shape\":[\(before)],\"data_offsets\":[0,\(before)]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[\(values.count)],\"data_offsets\":[\(before),\(end)]}}",
            data: [UInt8](repeating: 7, count: before) + values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }, to: path)
        for isMapped in [false, true] {
            let tensor = try SafetensorsFile(contentsOf: path, isMapped: isMapped).tensor(named: "b")
            let floats = try #require(tensor.floats)
            #expect(floats.array == values && floats[399_999] == values.last)
        }
        // What is mapped stays when the file loses its name.
        let floats = try SafetensorsFile(contentsOf: path, isMapped: true).tensor(named: "b").floats
        #expect(unlink(path) == 0)
        #expect(floats?.array == values)
    }

    /// Numbers go on being there when the file they came from is cut short, and when all else of it is gone.
    @Test func outlivesItsFile() throws {
        let path = folder("long.safetensors"), values = (0..<2_000_000).map { Float($0) }
        try ModelFile(parameters: [NamedTensor(name: "long", shape: [values.count], floats: FrozenArray(values))]).write(to: path)
        let floats = try #require(try ModelFile(contentsOf: path).parameters[0].floats)
        #expect(truncate(path, 100) == 0)
        #expect(floats.array == values)
    }

    @Test func otherFormsOfWholeNumbersBecomeWordsWhereTheyFit() {
        #expect(NamedTensor(name: "a", shape: [2], integers: [3, 4]).words == [3, 4])
        #expect(NamedTensor(name: "a", shape: [2], integers: [3, -4]).words == nil)
        #expect(NamedTensor(name: "a", shape: [2], integers: [3, 400]).bytes == nil)
        #expect(NamedTensor(name: "a", shape: [1], floats: [3]).words == nil)
        #expect(NamedTensor(name: "a", shape: [1], words: [3]) == NamedTensor(name: "a", shape: [1], integers: [3], storedAs: .uint32))
    }
}
