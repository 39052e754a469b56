import Imaging
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A CSV file of path and label, one photo a row (RFC 4180).
///
/// A first row that names its columns is recognized by those names: `path`, `file`, `filename`, `image` or `photo`, and
/// `label`, `class`, `category` or `target`, in any order and among other columns. Without one, the first column is the path
/// and the second the label. Paths are relative to the folder of the file, or absolute. A named column `part` may put photos
/// into `train`, `validation` or `test`; an empty field leaves it open.
public struct LabelFile: Sendable {
    /// A photo and its label, as written in the file.
    public struct Row: Sendable, Hashable {
        /// Line in the file, from 1.
        public var line: Int
        public var path: String
        public var label: String
        /// The part of the data that the file puts the photo in.
        public var part: DataPart?
    }

    public let path: String
    public let rows: [Row]

    /// Larger files are refused: a million rows have about a tenth of it.
    static let maximumBytes = 512 << 20

    /// Reads a label file; whether the photos exist is not looked at.
    ///
    /// - Throws: ``PhotoCollectionError``.
    public init(contentsOf path: String) throws(PhotoCollectionError) {
        self.path = path
        var reader = CSVReader(try Self.bytes(of: path))
        var rows: [Row] = []
        var columns: (path: Int, label: Int, part: Int?)?
        do throws(CSVReader.Malformed) {
            while let row = try reader.next() {
                let fields = row.fields.map { $0.trimmingSpaces() }
                if columns == nil {
                    if let named = Self.namedColumns(fields) {
                        columns = named
                        continue
                    }
                    columns = (0, 1, nil)
                }
                let (pathColumn, labelColumn, partColumn) = columns!
                guard fields.count > max(pathColumn, labelColumn) else {
                    throw CSVReader.Malformed(
                        line: row.line,
                        problem: "\(fields.count) \(fields.count == 1 ? "field" : "fields"), at least "
                            + "\(max(pathColumn, labelColumn) + 1) expected: path and label, separated by a comma")
                }
                guard !fields[pathColumn].isEmpty else {
                    throw CSVReader.Malformed(line: row.line, problem: "the path is empty")
                }
                guard !fields[labelColumn].isEmpty else {
                    throw CSVReader.Malformed(line: row.line, problem: "the label is empty; write the name of the class")
                }
                var part: DataPart?
                if let partColumn, partColumn < fields.count, !fields[partColumn].isEmpty {
                    part = DataPart(folderName: fields[partColumn])
                    guard part != nil else {
                        throw CSVReader.Malformed(
                            line: row.line, problem: "the part is \"\(fields[partColumn])\"; write train, validation, test or nothing")
                    }
                }
                rows.append(Row(line: row.line, path: fields[pathColumn], label: fields[labelColumn], part: part))
            }
        } catch {
            throw .malformedLabels(file: path, line: error.line, problem: error.problem)
        }
        self.rows = rows
    }

    private static func namedColumns(_ fields: [String]) -> (path: Int, label: Int, part: Int?)? {
        let names = fields.map { $0.lowercased() }
        guard let path = names.firstIndex(where: ["path", "file", "filename", "file_name", "image", "photo"].contains),
            let label = names.firstIndex(where: ["label", "class", "category", "target"].contains)
        else { return nil }
        return (path, label, names.firstIndex(of: "part"))
    }

    private static func bytes(of path: String) throws(PhotoCollectionError) -> [UInt8] {
        do {
            let file = try FileBytes(path: path, limit: maximumBytes)
            return Array(file.bytes)
        } catch {
            throw .malformedLabels(file: path, line: 1, problem: error.description)
        }
    }
}

extension String {
    /// Without spaces and tabs at either end.
    fileprivate func trimmingSpaces() -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(self[first...last])
    }
}
