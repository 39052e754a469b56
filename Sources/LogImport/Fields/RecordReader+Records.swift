extension RecordReader {
    /// What separates records.
    enum Layout: Hashable {
        /// One a line.
        case lines
        /// One a line, but line breaks between double quotes belong to the field (RFC 4180).
        case quotedLines(separator: [UInt8])
        /// The entries of a JSON object.
        case jsonEntries
    }

    struct Record {
        /// Without the line break; good until the next call.
        var bytes: UnsafeRawBufferPointer
        /// Counted from 1.
        var line: Int
        /// Why the bytes are not the whole record.
        var problem: String?
    }
}

/// Room for the start of a line that is too long to be kept.
final class LineStart {
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Reject.longestText, alignment: 1)
    deinit { memory.deallocate() }

    func copyBytes(from bytes: Slice<UnsafeMutableRawBufferPointer>) { memory.copyBytes(from: bytes) }
    subscript(range: PartialRangeUpTo<Int>) -> Slice<UnsafeMutableRawBufferPointer> { memory[range] }
}
