import CCompression

/// Uncompresses Zstandard (RFC 8878) with any number of frames.
final class ZstandardSource: ByteSource {
    private let source: FileSource
    private let stream: OpaquePointer
    private let memory: UnsafeMutableRawBufferPointer
    private var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    private var isInsideFrame = false
    private var hasWholeFrames = false

    init(_ source: FileSource) throws {
        guard let stream = ZSTD_createDStream() else {
            throw LogImportError.damaged(source: source.name, compression: "zstd", compressedBytes: 0, detail: "no memory")
        }
        self.source = source
        self.stream = stream
        memory = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 16)
        input.src = UnsafeRawPointer(memory.baseAddress)
    }

    deinit {
        ZSTD_freeDStream(stream)
        memory.deallocate()
    }

    var bytesTaken: Int { source.bytesTaken }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while true {
            // Also without new input: the stream may hold back what did not fit before.
            let before = input.pos
            let outcome = ZSTD_decompressStream(stream, &output, &input)
            guard ZSTD_isError(outcome) == 0 else {
                if hasWholeFrames, !isInsideFrame {
                    throw LogImportError.trailing(source: source.name, compression: "zstd", compressedBytes: source.bytesTaken)
                }
                throw LogImportError.damaged(
                    source: source.name, compression: "zstd", compressedBytes: source.bytesTaken,
                    detail: String(cString: ZSTD_getErrorName(outcome)))
            }
            // A call that did nothing answers with the size of the next header, also after a finished frame.
            if input.pos > before || output.pos > 0 {
                isInsideFrame = outcome != 0
                hasWholeFrames = hasWholeFrames || outcome == 0
            }
            if output.pos > 0 { return output.pos }
            if input.pos == input.size {
                input.size = try source.read(into: memory)
                input.pos = 0
                if input.size == 0 {
                    guard !isInsideFrame else {
                        throw LogImportError.truncated(source: source.name, compression: "zstd", compressedBytes: source.bytesTaken)
                    }
                    return 0
                }
            }
        }
    }
}
