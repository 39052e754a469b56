import FileStorage
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where progress is shown.
public protocol ProgressOutput: Sendable {
    /// Columns of the terminal at this moment; `nil` when it is not a terminal, and lines cannot be redrawn.
    var terminalColumns: Int? { get }
    func write(_ text: String)
}

/// Standard error, so that progress never mixes with results on standard output.
public struct StandardErrorOutput: ProgressOutput {
    private let descriptor: Int32

    public init() { self.init(descriptor: STDERR_FILENO) }

    package init(descriptor: Int32) { self.descriptor = descriptor }

    public var terminalColumns: Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    public func write(_ text: String) {
        // A closed standard error is no reason to stop the work.
        Array(text.utf8).withUnsafeBytes { try? FileDescriptor.write($0, to: descriptor, reportedAs: "standard error") }
    }
}
