import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The numbers of a tensor as they stand in a file, read at once into memory of their own.
///
/// Read rather than mapped: a file that is cut short later cannot take the numbers away from under their reader.
final class TensorBytes: Sendable {
    // Proof: written in the initializer only, before anybody else knows of it.
    nonisolated(unsafe) let memory: UnsafeRawBufferPointer

    /// - Throws: `FileError`, `SafetensorsError` when the file has become shorter.
    init(_ descriptor: FileDescriptor, at offset: Int, count: Int) throws {
        // In large pages reading takes half the time: the system hands out and clears memory page by page.
        let page = 1 << 21
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: count >= page ? page : 64)
        if count >= page { madvise(memory.baseAddress!, memory.count, MADV_HUGEPAGE) }
        self.memory = UnsafeRawBufferPointer(rebasing: memory[..<count])
        guard try descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<count]), at: offset) == count else {
            throw SafetensorsError(.changedWhileReading, path: descriptor.path)
        }
    }

    deinit { memory.deallocate() }
}
