#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One block of zeroed memory, in huge pages where the system gives them.
public final class Arena {
    public let base: UnsafeMutableRawPointer
    public let byteCount: Int

    /// - Throws: `KernelError` when the memory is not to be had.
    public init(byteCount: Int, for purpose: String) throws {
        let rounded = max(byteCount, 1)
        let huge = 2 << 20
        let mapped = mmap(nil, rounded + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw KernelError(
                step: purpose, problem: "cannot allocate \(rounded >> 20) MiB", remedy: "use a smaller batch or image, or free memory")
        }
        mapping = mapped
        mappedCount = rounded + huge
        // Huge pages begin at multiples of their size.
        let address = UInt(bitPattern: mapped)
        base = mapped + Int((UInt(huge) - address % UInt(huge)) % UInt(huge))
        self.byteCount = rounded
        if rounded >= huge { madvise(base, rounded, 14 /* MADV_HUGEPAGE */) }
    }

    deinit { munmap(mapping, mappedCount) }

    private let mapping: UnsafeMutableRawPointer
    private let mappedCount: Int
}
