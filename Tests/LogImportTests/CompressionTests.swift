import CCompression
import Foundation
import LogImport
import TestSupport
import Testing

/// Compressed logs are known by their content, whatever their name.
@Suite struct CompressionTests {
    private let folder: TemporaryFolder
    private let text = "user,item\n" + (0..<20_000).map { "u\($0 % 100),i\($0 * 7919 % 100_003)\n" }.joined()

    init() throws { folder = try TemporaryFolder() }

    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        return input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
                (stream.next_out, stream.avail_out) = (target.baseAddress, UInt32(target.count))
                #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return Array(target.prefix(Int(stream.total_out)))
            }
        }
    }

    private func zstd(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
        return Array(output[..<count])
    }

    private func events(_ bytes: [UInt8]) throws -> Int { try WholeLog(try folder.write(bytes, to: "log")).events.count }

    @Test func oneOrManyMembers() throws {
        let bytes = Array(text.utf8)
        #expect(try events(gzip(bytes)) == 20_000)
        #expect(try events(gzip(Array(bytes[..<77_777])) + gzip(Array(bytes[77_777...]))) == 20_000)
        #expect(try events(gzip(bytes) + [UInt8](repeating: 0, count: 512)) == 20_000)
        #expect(try events(zstd(bytes)) == 20_000)
        #expect(try events(zstd(Array(bytes[..<77_777])) + zstd(Array(bytes[77_777...]))) == 20_000)
    }

    @Test func digestsAreOfTheContent() throws {
        func digest(_ bytes: [UInt8]) throws -> String {
            let reader = try LogReader(path: try folder.write(bytes, to: "log"), options: LogOptions(now: testTime))
            while try reader.next(maximumEvents: 3_000) != nil {}
            return reader.digest
        }
        let bytes = Array(text.utf8)
        #expect(try digest(bytes) == digest(gzip(bytes)))
        #expect(try digest(bytes) == digest(zstd(bytes)))
    }

    @Test func cutAndDamagedFilesAreErrors() throws {
        for (compressed, name) in [(gzip(Array(text.utf8)), "gzip"), (zstd(Array(text.utf8)), "zstd")] {
            let path = try folder.write(Array(compressed[..<(compressed.count * 2 / 3)]), to: "log")
            let reader = try LogReader(path: path, options: LogOptions(now: testTime))
            var read = 0
            let error = #expect(throws: LogImportError.self) {
                while let batch = try reader.next(maximumEvents: 1_000) {
                    read += batch.events.count
                    #expect(batch.rejects.isEmpty)
                }
            }
            guard case .truncated(_, name, _) = error else { Issue.record("\(String(describing: error))"); continue }
            // What came before the cut is handed out, whole lines only.
            #expect(read > 1_000 && read < 20_000)
            var damaged = compressed
            for index in stride(from: compressed.count / 2, to: compressed.count / 2 + 40, by: 3) { damaged[index] ^= 0x55 }
            #expect(throws: LogImportError.self) { try events(damaged) }
        }
    }

    /// An archive that is shorter than what is looked at to find the format keeps its whole lines too.
    @Test func shortArchivesThatAreCut() throws {
        let text = "user,item\n" + (0..<1_000).map { "u\($0 % 97),i\($0 * 7919 % 1_003)\n" }.joined()
        let compressed = gzip(Array(text.utf8))
        let reader = try LogReader(path: try folder.write(Array(compressed[..<(compressed.count / 2)]), to: "log"), options: LogOptions(now: testTime))
        var items: [String] = []
        let error = #expect(throws: LogImportError.self) {
            while let batch = try reader.next(maximumEvents: 100) {
                items += batch.events.map(\.item)
                #expect(batch.rejects.isEmpty && !batch.endsInsideLine)
            }
        }
        guard case .truncated = error else { Issue.record("\(String(describing: error))"); return }
        #expect(items.count > 100 && items.count < 1_000)
        #expect(items == (0..<items.count).map { "i\($0 * 7919 % 1_003)" })
        // Where not one line is whole, there is nothing to keep.
        for count in [12, 22] {
            let error = #expect(throws: LogImportError.self) { try events(Array(compressed[..<count])) }
            guard case .truncated = error else { Issue.record("\(String(describing: error))"); continue }
        }
    }

    /// What is whole is handed out before the error.
    @Test func somethingElseBehindWholeDataIsToldApartFromDamage() throws {
        for (compressed, name) in [(gzip(Array(text.utf8)), "gzip"), (zstd(Array(text.utf8)), "zstd")] {
            let reader = try LogReader(path: try folder.write(compressed + Array("garbage".utf8), to: "log"), options: LogOptions(now: testTime))
            var read = 0
            let error = #expect(throws: LogImportError.self) {
                while let batch = try reader.next(maximumEvents: 1_000) { read += batch.events.count }
            }
            guard case .trailing(_, name, _) = error else { Issue.record("\(String(describing: error))"); continue }
            #expect(read == 20_000)
        }
    }
}
