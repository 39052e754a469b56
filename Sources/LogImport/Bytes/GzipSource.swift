import CCompression

/// Uncompresses gzip (RFC 1952) with any number of members, as `cat a.gz b.gz` makes them.
final class GzipSource: ByteSource {
    private let source: FileSource
    // On the heap, because zlib keeps the address of the struct.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var isInsideMember = true
    private var isSourceAtEnd = false

    init(_ source: FileSource) throws {
        self.source = source
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: 1 << 17, alignment: 16)
        // 31: the largest window, with a gzip header.
        guard inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw damaged("no memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    var bytesTaken: Int { source.bytesTaken }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = min(buffer.count, 1 << 30)
        stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(wanted)
        while stream.pointee.avail_out == UInt32(wanted) {
            if stream.pointee.avail_in == 0, !isSourceAtEnd { try refill() }
            if stream.pointee.avail_in == 0, isSourceAtEnd {
                guard !isInsideMember else {
                    throw LogImportError.truncated(source: source.name, compression: "gzip", compressedBytes: source.bytesTaken)
                }
                return 0
            }
            if !isInsideMember {
                // Zeros may pad the end, as on tapes.
                if stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                    continue
                }
                guard stream.pointee.next_in.pointee == 0x1F else {
                    throw LogImportError.trailing(source: source.name, compression: "gzip", compressedBytes: source.bytesTaken)
                }
                inflateReset(stream)
                isInsideMember = true
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: isInsideMember = false
            default: throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "not gzip")
            }
        }
        return wanted - Int(stream.pointee.avail_out)
    }

    private func refill() throws {
        let count = try source.read(into: input)
        isSourceAtEnd = count == 0
        stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
    }

    private func damaged(_ detail: String) -> LogImportError {
        .damaged(source: source.name, compression: "gzip", compressedBytes: source.bytesTaken, detail: detail)
    }
}
