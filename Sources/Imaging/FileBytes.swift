#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The bytes of a regular file, read whole into memory of known size.
package struct FileBytes: ~Copyable {
    package let buffer: UnsafeMutableRawBufferPointer
    package let count: Int

    package var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[0..<count])
    }

    /// Reads at most `limit` bytes; a longer file is an error unless `onlyStart` is set.
    /// - Throws: `ImageError` (`unreadable`, `tooLarge`) naming the path.
    package init(path: String, limit: Int, onlyStart: Bool = false) throws(ImageError) {
        (buffer, count) = try Self.load(path, limit: limit, onlyStart: onlyStart)
    }

    deinit { buffer.deallocate() }

    private static func load(
        _ path: String, limit: Int, onlyStart: Bool
    ) throws(ImageError) -> (UnsafeMutableRawBufferPointer, Int) {
        // Non-blocking, so that a named pipe without a writer does not hold us up before it is refused.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw ImageError(.unreadable(detail: "it is a folder"), path: path)
        default: throw ImageError(.unreadable(detail: "it is no regular file"), path: path)
        }
        let size = Int(status.st_size)
        guard size <= limit || onlyStart else {
            throw ImageError(.tooLarge(detail: "the file has \(size) bytes, the limit is \(limit)"), path: path)
        }
        let wanted = min(size, limit)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(wanted, 1), alignment: 16)
        var filled = 0
        while filled < wanted {
            let got = read(descriptor, buffer.baseAddress! + filled, wanted - filled)
            if got < 0 && errno == EINTR { continue }
            if got < 0 {
                let error = unreadable(path)
                buffer.deallocate()
                throw error
            }
            if got == 0 { break }  // shortened meanwhile: what is there is judged by the decoder
            filled += got
        }
        return (buffer, filled)
    }

    private static func unreadable(_ path: String) -> ImageError {
        ImageError(.unreadable(detail: String(cString: strerror(errno))), path: path)
    }
}
