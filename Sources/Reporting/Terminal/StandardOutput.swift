import FileStorage
// The C library's `stdout` is a variable that nobody sets.
#if canImport(Glibc)
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#endif

/// Where results are printed.
public enum StandardOutput {
    /// Columns of the terminal; `nil` when standard output goes elsewhere, and nothing need fit.
    public static var columns: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Makes a program that could not write all its results, as on a full disk, say so and end with 1. To be called first.
    ///
    /// Standard streams that whoever started the program has closed are opened to nowhere: files that the program opens would
    /// otherwise take their numbers, and messages would be written into them.
    public static func failUnlessWritten() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // For reading only, so that writing results to it fails.
            _ = open("/dev/null", number == STDERR_FILENO ? O_WRONLY : O_RDONLY)
        }
        atexit {
            // An earlier failure leaves its mark; what waits in memory is only tried now.
            let wasLost = ferror(stdout) != 0
            guard fflush(stdout) != 0 || wasLost else { return }
            StandardErrorOutput().write("the results could not all be written to standard output\n")
            _exit(1)
        }
    }
}
