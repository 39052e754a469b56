/// Why a log cannot be read at all, or no further. What is wrong with single lines is a ``Reject``.
public enum LogImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file has no lines.
    case empty(source: String)
    /// Neither the header nor the first lines tell a format.
    case unknownFormat(source: String, firstLine: String)
    /// A column that the mapping names is not there.
    case unknownColumn(source: String, column: String, header: [String])
    /// A column mapping that says nothing or contradicts itself.
    case badMapping(text: String, reason: String)
    /// UTF-16 or UTF-32 text.
    case unsupportedEncoding(source: String, encoding: String)
    /// A file of another kind, such as an archive or a database.
    case noText(source: String, kind: String, remedy: String)
    /// The line with the names of the columns is no text.
    case badHeader(source: String, reason: String)
    /// A table that looks like descriptions by its columns, and like a log of events by its lines.
    case doubtfulDescriptions(source: String, of: String, repeated: Int, lines: Int)
    /// The compressed data ends too early.
    case truncated(source: String, compression: String, compressedBytes: Int)
    /// The compressed data is damaged.
    case damaged(source: String, compression: String, compressedBytes: Int, detail: String)
    /// Behind compressed data that is whole follows something else.
    case trailing(source: String, compression: String, compressedBytes: Int)
    /// The start of a stream is known from an earlier import, but it goes on otherwise, and there is no way back.
    case divergingStream(source: String, offset: Int)
    /// A format that the file does not have.
    case wrongFormat(source: String, format: String, reason: String)

    public var description: String {
        switch self {
        case .empty(let source): "\(source) is empty: there is nothing to import. Check the export that wrote it."
        case .unknownFormat(let source, let line):
            "\(source): the columns are not known. The first line is \"\(line)\". Say what they hold, by the names of the header or by "
                + "numbers from 1, such as --columns user=1,item=2,time=3, and the separator with --separator; or name a --format."
        case .unknownColumn(let source, let column, let header):
            "\(source): there is no column \"\(column)\"; the header has \(header.map { "\"\($0)\"" }.joined(separator: ", "))."
        case .badMapping(let text, let reason):
            "--columns \(text): \(reason). It reads like user=visitor,item=product,time=date,kind=action; the parts are "
                + ColumnMapping.roleNames + "."
        case .unsupportedEncoding(let source, let encoding):
            "\(source) is \(encoding) text. Convert it first: iconv -f \(encoding) -t UTF-8."
        case .noText(let source, let kind, let remedy): "\(source) is \(kind) and no log. \(remedy)"
        case .badHeader(let source, let reason): "\(source): the header cannot be read: \(reason)."
        case .doubtfulDescriptions(let source, let what, let repeated, let lines):
            "\(source): its only column that is known tells a \(what), so every line should describe another \(what); but \(repeated) of the "
                + "first \(lines) lines name one that was named before, as events do. If they are events, say what the columns hold, such as "
                + "--columns user=1,item=2; if they are descriptions, add --\(what)s."
        case .truncated(let source, let compression, let bytes):
            "\(source): the \(compression) data ends in the middle, after \(bytes) bytes. Fetch or write the file again."
        case .damaged(let source, let compression, let bytes, let detail):
            "\(source): the \(compression) data is damaged near byte \(bytes): \(detail). Fetch or write the file again."
        case .trailing(let source, let compression, let bytes):
            "\(source): the \(compression) data is whole, but something that is not \(compression) follows it, before byte \(bytes). "
                + "Cut that off, or fetch or write the file again."
        case .divergingStream(let source, let offset):
            "\(source): its first \(offset) bytes were imported before, but what follows differs, and a stream cannot be rewound so far. "
                + "Write it to a file and import the file."
        case .wrongFormat(let source, let format, let reason): "\(source) is not in the format \(format): \(reason)."
        }
    }
}
