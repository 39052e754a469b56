#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a source gives no usable collection of photos: what, where, and what to do about it.
public enum PhotoCollectionError: Error, Sendable, Equatable, CustomStringConvertible {
    public struct SmallClass: Sendable, Hashable {
        public var name: String
        public var photos: Int

        public init(name: String, photos: Int) {
            self.name = name
            self.photos = photos
        }
    }

    /// A photo that could not be read, with the reason.
    public struct Unreadable: Sendable, Hashable {
        public var path: String
        public var reason: String

        public init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }
    }

    /// A row of a label file whose photo is not there.
    public struct MissingFile: Sendable, Hashable {
        public var line: Int
        public var path: String

        public init(line: Int, path: String) {
            self.line = line
            self.path = path
        }
    }

    /// Nothing is at the path.
    case missing(source: String)
    /// The system refused to read a folder or file; `code` is its error number.
    case unreadable(path: String, code: Int32)
    /// No file in the source looks like a photo.
    case noPhotos(source: String, ignored: Int)
    /// There are photos, but nothing says which class they belong to.
    case classesUnknown(source: String, example: String)
    /// All photos are of one class: there is nothing to tell apart.
    case oneClassOnly(source: String, className: String, photos: Int)
    /// Classes with fewer photos than needed.
    case classTooSmall(classes: [SmallClass], minimum: Int)
    /// Not one photo could be decoded; the first few with their reasons.
    case allCorrupt(count: Int, first: [Unreadable])
    /// A label file that breaks the rules of CSV.
    case malformedLabels(file: String, line: Int, problem: String)
    /// Rows of a label file that name photos which do not exist; the first few of `count`.
    case labelsWithoutFile(file: String, count: Int, first: [MissingFile])
    /// A label file that gives one photo two classes.
    case contradictingLabels(file: String, path: String, lines: [Int], labels: [String])

    public var description: String {
        switch self {
        case .missing(let source):
            "\(source): there is no such folder or file. Check the spelling of the path."
        case .unreadable(let path, let code):
            "\(path): cannot be read: \(String(cString: strerror(code))) (errno \(code)). Check its permissions."
        case .noPhotos(let source, let ignored):
            "\(source): no photos found"
                + (ignored > 0 ? " (\(ignored) other files were passed over)" : "")
                + ". Give a folder with one folder of JPEG or PNG files per class, a folder of files named like cat.1.jpg, "
                + "or a CSV file of path and label."
        case .classesUnknown(let source, let example):
            "\(source): there are photos, such as \(example), but nothing says which class they belong to. Put them into one "
                + "folder per class, name them like cat.1.jpg, or write a CSV file of path and label."
        case .oneClassOnly(let source, let className, let photos):
            "\(source): all \(photos) photos are of one class, \"\(className)\". A classifier needs at least two: add a "
                + "folder of photos of something else."
        case .classTooSmall(let classes, let minimum):
            classes.map { "class \"\($0.name)\" has \($0.photos) \($0.photos == 1 ? "photo" : "photos")" }
                .joined(separator: ", ")
                + "; at least \(minimum) of each class are needed. Add photos, or take the class out."
        case .allCorrupt(let count, let first):
            "none of the \(count) photos could be decoded: "
                + first.map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
                + (count > first.count ? "; and \(count - first.count) more" : "")
                + ". Run `scan` on the folder to see every file's problem."
        case .malformedLabels(let file, let line, let problem):
            "\(file), line \(line): \(problem)"
        case .labelsWithoutFile(let file, let count, let first):
            "\(file): \(count) \(count == 1 ? "row names a photo that does" : "rows name photos that do") not exist: "
                + first.map { "line \($0.line): \($0.path)" }.joined(separator: ", ")
                + (count > first.count ? ", and \(count - first.count) more" : "")
                + ". Paths are relative to the folder the CSV file is in. Correct the paths or remove the rows."
        case .contradictingLabels(let file, let path, let lines, let labels):
            "\(file): \(path) has different labels: "
                + zip(lines, labels).map { "\"\($1)\" in line \($0)" }.joined(separator: ", ")
                + ". Keep the right one."
        }
    }
}
