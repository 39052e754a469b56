import Imaging
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files below a folder, sorted by path and told apart: photos, label files, others.
///
/// Names that start with a dot, and what archivers and file managers leave behind, are passed over in silence. Links are
/// followed, and a folder that was seen already is not entered again, so that a link to a parent does no harm.
struct FolderListing {
    let root: String
    /// Paths relative to the root.
    private(set) var photos: [String] = []
    /// CSV and TSV files directly in the root.
    private(set) var labelFiles: [String] = []
    private(set) var ignored: [PhotoCollection.IgnoredFile] = []

    private struct Identity: Hashable {
        var device: UInt64
        var number: UInt64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }
    }

    /// - Throws: ``PhotoCollectionError/unreadable(path:code:)`` when a folder cannot be listed.
    init(of root: String) throws(PhotoCollectionError) {
        self.root = root
        var seen: Set<Identity> = []
        // A stack, not recursion: folders may be nested deeply.
        var waiting = [""]
        while let folder = waiting.popLast() {
            try list(folder, seen: &seen, waiting: &waiting)
        }
        photos.sort(by: bytewise)
        labelFiles.sort(by: bytewise)
        ignored.sort { bytewise($0.path, $1.path) }
    }

    private mutating func list(
        _ folder: String, seen: inout Set<Identity>, waiting: inout [String]
    ) throws(PhotoCollectionError) {
        let path = folder.isEmpty ? root : root + "/" + folder
        guard let handle = opendir(path) else { throw .unreadable(path: path, code: errno) }
        defer { closedir(handle) }
        var status = stat()
        guard fstat(dirfd(handle), &status) == 0, seen.insert(Identity(status)).inserted else { return }
        while true {
            errno = 0
            guard let entry = readdir(handle) else {
                if errno != 0 { throw .unreadable(path: path, code: errno) }
                return
            }
            let raw = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let name = String(validating: raw, as: UTF8.self) else {
                let shown = String(decoding: raw, as: UTF8.self)
                ignored.append(.init(path: folder.isEmpty ? shown : folder + "/" + shown, reason: "its name is not UTF-8"))
                continue
            }
            if name.hasPrefix(".") || Self.litter.contains(name) { continue }
            let relative = folder.isEmpty ? name : folder + "/" + name
            let kind: mode_t
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_REG): kind = S_IFREG
            case Int32(DT_DIR): kind = S_IFDIR
            default:
                guard stat(root + "/" + relative, &status) == 0 else {
                    ignored.append(.init(path: relative, reason: "a link that leads nowhere"))
                    continue
                }
                kind = status.st_mode & S_IFMT
            }
            switch kind {
            case S_IFDIR: waiting.append(relative)
            case S_IFREG: sort(relative, name: name, isAtTop: folder.isEmpty)
            default: ignored.append(.init(path: relative, reason: "no regular file"))
            }
        }
    }

    private mutating func sort(_ path: String, name: String, isAtTop: Bool) {
        let type = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
        if Self.pictureExtensions.contains(type) {
            photos.append(path)
        } else if type == "csv" || type == "tsv" {
            if isAtTop { labelFiles.append(path) } else { ignored.append(.init(path: path, reason: "a label file inside a folder")) }
        } else if Self.holdsPicture(root + "/" + path) {
            // The content decides, not the name: photos without an extension are photos.
            photos.append(path)
        } else {
            ignored.append(.init(path: path, reason: "not a picture"))
        }
    }

    private static func holdsPicture(_ path: String) -> Bool {
        guard let file = try? FileBytes(path: path, limit: ImageFormat.bytesNeeded, onlyStart: true) else { return false }
        switch ImageFormat(startOfFile: file.bytes) {
        case .jpeg, .png, .gif, .webP, .heic, .avif, .jpegXL, .jpeg2000, .bmp, .tiff: return true
        default: return false
        }
    }

    /// Files with these names are taken for photos whatever they hold, so that a damaged one is reported.
    static let pictureExtensions: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "jxl", "jp2", "bmp", "tif", "tiff",
    ]

    private static let litter: Set<String> = ["Thumbs.db", "desktop.ini", "__MACOSX", "@eaDir"]
}
