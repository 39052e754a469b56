import Imaging
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files that a user means.
public enum PhotoPaths {
    /// Stands for a picture on standard input.
    public static let standardInput = "-"

    /// Replaces folders by the photos below them, in the order of their names, and adds those of a list.
    ///
    /// - Parameters:
    ///   - inputs: files, folders, `-`. A file need not exist: that shows when it is read.
    ///   - list: a file with one path a line, or `-` for standard input; empty lines are passed over.
    /// - Throws: `PhotoCollectionError` for a folder that cannot be read, ``UnreadableList``.
    public static func expanding(_ inputs: [String], list: String? = nil) throws -> [String] {
        var paths: [String] = []
        for input in inputs {
            var status = stat()
            guard input != standardInput, stat(input, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                paths.append(input)
                continue
            }
            let folder = input.utf8.count > 1 && input.hasSuffix("/") ? String(input.dropLast()) : input
            paths += try FolderListing(of: folder).photos.map { folder + "/" + $0 }
        }
        guard let list else { return paths }
        let stream = list == standardInput ? stdinStream() : fopen(list, "re")
        guard let stream else { throw UnreadableList(path: list, code: errno) }
        defer { fclose(stream) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while case let length = getline(&line, &capacity, stream), length >= 0 {
            var bytes = UnsafeRawBufferPointer(start: line, count: length)[...]
            while let last = bytes.last, last == 0x0A || last == 0x0D { bytes = bytes.dropLast() }
            if !bytes.isEmpty { paths.append(String(decoding: bytes, as: UTF8.self)) }
        }
        guard ferror(stream) == 0 else { throw UnreadableList(path: list, code: EIO) }
        return paths
    }

    private static func stdinStream() -> UnsafeMutablePointer<FILE>? { fdopen(dup(STDIN_FILENO), "r") }

    /// The list of files cannot be read.
    public struct UnreadableList: Error, CustomStringConvertible {
        public var path: String
        public var code: Int32
        public var description: String {
            "cannot read the list of files \(path): \(String(cString: strerror(code))); check the path and its permissions"
        }
    }

    /// Everything on standard input.
    ///
    /// - Throws: `ImageError` when there is more than `limit` bytes, or reading fails.
    static func readStandardInput(limit: Int) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress!, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ImageError(.unreadable(detail: String(cString: strerror(errno))), path: "standard input")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw ImageError(.tooLarge(detail: "more than \(limit) bytes"), path: "standard input")
            }
        }
    }
}
