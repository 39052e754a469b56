import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The numbers of a tensor as they stand in a file: read at once into memory of their own, or mapped.
@usableFromInline final class TensorBytes: Sendable {
    // Proof: written in the initializer only, before anybody else knows of it.
    @usableFromInline nonisolated(unsafe) let memory: UnsafeRawBufferPointer
    /// What is mapped around them; nil where they were read.
    nonisolated(unsafe) private let mapping: UnsafeMutableRawBufferPointer?

    /// Fewer bytes than this are sooner read than mapped.
    private static let leastMapped = 1 << 20

    /// - Parameters:
    ///   - isMapped: whether the file may be mapped. Nothing is copied then, and processes share the memory; but whoever cuts the
    ///     file short takes the numbers away from under their readers. A version of a store is never changed.
    ///   - alignment: what the numbers need; where they lie otherwise they are read.
    /// - Throws: `FileError`, `SafetensorsError` when the file has become shorter.
    init(_ descriptor: FileDescriptor, at offset: Int, count: Int, isMapped: Bool, alignment: Int) throws {
        if isMapped, count >= Self.leastMapped, offset % alignment == 0,
            Int(try descriptor.status().st_size) >= offset + count, let mapping = Self.map(descriptor, at: offset, count: count)
        {
            self.mapping = mapping
            memory = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(mapping)[(mapping.count - count)...])
            return
        }
        mapping = nil
        // In large pages reading takes half the time: the system hands out and clears memory page by page.
        let page = 1 << 21
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: count >= page ? page : 64)
        if count >= page { madvise(memory.baseAddress!, memory.count, MADV_HUGEPAGE) }
        self.memory = UnsafeRawBufferPointer(rebasing: memory[..<count])
        guard try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]), at: offset) == count else {
            throw SafetensorsError(.changedWhileReading, path: descriptor.path)
        }
    }

    deinit {
        if let mapping { munmap(mapping.baseAddress!, mapping.count) } else { memory.deallocate() }
    }

    /// Maps a part of a file, from the beginning of its first page to the end of the part.
    private static func map(_ descriptor: FileDescriptor, at offset: Int, count: Int) -> UnsafeMutableRawBufferPointer? {
        let start = offset / sysconf(Int32(_SC_PAGESIZE)) * sysconf(Int32(_SC_PAGESIZE)), length = offset + count - start
        // All pages at once: the checksum asks for every one of them.
        guard let base = mmap(nil, length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor.number, off_t(start)), base != MAP_FAILED else {
            return nil
        }
        return UnsafeMutableRawBufferPointer(start: base, count: length)
    }
}
