import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file, pipe or standard input, read in order.
final class FileSource: ByteSource {
    let name: String
    /// nil for what has no length, such as a pipe.
    let length: Int?
    private(set) var bytesTaken = 0
    private let descriptor: FileDescriptor?
    private let number: Int32
    private var peeked: [UInt8] = []

    init(path: String) throws(FileError) {
        if path == "-" {
            name = "standard input"
            descriptor = nil
            number = STDIN_FILENO
            length = nil
        } else {
            let descriptor = try FileDescriptor(opening: path, flags: O_RDONLY)
            let status = try descriptor.status()
            guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.read, path: path, code: EISDIR) }
            name = path
            length = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
            number = descriptor.number
            self.descriptor = descriptor
        }
    }

    /// The next bytes, which stay to be read.
    func peek(_ count: Int) throws -> [UInt8] {
        while peeked.count < count {
            var piece = [UInt8](repeating: 0, count: count - peeked.count)
            let got = try piece.withUnsafeMutableBytes { try take(into: $0) }
            if got == 0 { break }
            peeked += piece[..<got]
        }
        return peeked
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if !peeked.isEmpty {
            let count = min(peeked.count, buffer.count)
            buffer.copyBytes(from: peeked[..<count])
            peeked.removeFirst(count)
            bytesTaken += count
            return count
        }
        let count = try take(into: buffer)
        bytesTaken += count
        return count
    }

    private func take(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = systemRead(number, buffer.baseAddress!, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw FileError(.read, path: name) }
        }
    }
}

/// `read(2)` under a name that the method called `read` does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
