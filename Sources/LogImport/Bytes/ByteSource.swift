import FileStorage

/// Bytes that come one piece after another.
protocol ByteSource: AnyObject {
    /// Fills the start of `buffer`.
    ///
    /// - Returns: how many bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Bytes of the file taken so far, compressed as they lie there.
    var bytesTaken: Int { get }
}

/// A log's bytes, uncompressed: gzip and zstd are recognized by content, whatever the name.
final class LogSource {
    let name: String
    /// `nil` for a file that is not compressed.
    let compression: String?
    /// The length of the file as it lies on the disk; nil for streams.
    let fileBytes: Int?
    private let file: FileSource
    private let bytes: any ByteSource

    /// - Parameter path: a file, or `-` for standard input.
    /// - Throws: `FileError`.
    init(path: String) throws {
        let file = try FileSource(path: path)
        self.file = file
        name = file.name
        fileBytes = file.length
        let start = try file.peek(4)
        if start.starts(with: [0x1F, 0x8B]) {
            compression = "gzip"
            bytes = try GzipSource(file)
        } else if start == [0x28, 0xB5, 0x2F, 0xFD] {
            compression = "zstd"
            bytes = try ZstandardSource(file)
        } else {
            compression = nil
            bytes = file
        }
    }

    var bytesTaken: Int { file.bytesTaken }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try bytes.read(into: buffer) }
}
