#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Emphasis on a terminal. Colors come from the reader's own sixteen, so they fit a light and a dark background.
public enum TextEmphasis: String, Sendable, CaseIterable {
    case plain, strong, faint, good, caution, problem, accent

    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .good: "32"
        case .caution: "33"
        case .problem: "31"
        case .accent: "36"
        }
    }
}

/// Whether text gets color, and how.
public struct TerminalStyle: Sendable, Hashable {
    public var usesColor: Bool

    public init(usesColor: Bool) { self.usesColor = usesColor }

    /// Plain text.
    public static let plain = TerminalStyle(usesColor: false)

    /// What suits standard output: color on a terminal, unless NO_COLOR is set (no-color.org) or the terminal is dumb.
    public static func forStandardOutput() -> TerminalStyle { suited(to: STDOUT_FILENO) }

    /// What suits standard error.
    public static func forStandardError() -> TerminalStyle { suited(to: STDERR_FILENO) }

    public func apply(_ emphasis: TextEmphasis, to text: String) -> String {
        guard usesColor, let code = emphasis.code, !text.isEmpty else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    package init(isTerminal: Bool, environment: [String: String]) {
        let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty
        usesColor = isTerminal && !isRefused && environment["TERM"] != "dumb"
    }

    private static func suited(to descriptor: Int32) -> TerminalStyle {
        TerminalStyle(isTerminal: isatty(descriptor) == 1, environment: ProcessInfo.processInfo.environment)
    }
}
