/// How wide text is on a terminal, and how to cut it.
public enum DisplayWidth {
    /// Columns that `text` takes: Chinese, Japanese and Korean characters and emoji take two, combining marks and
    /// control characters none.
    public static func columns(of text: String) -> Int {
        // ASCII, the usual case.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + columns(of: $1) }
    }

    public static func columns(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        // A flag, a family, or a sign with the emoji variation selector is drawn as one wide picture.
        if scalars.contains("\u{FE0F}") { return 2 }
        return scalars.reduce(0) { max($0, columns(of: $1)) }
    }

    /// Cuts `text` to at most `columns`, ending in "…" when something was left out.
    public static func truncate(_ text: String, to columns: Int) -> String {
        if self.columns(of: text) <= columns { return text }
        guard columns > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let width = self.columns(of: character)
            if used + width > columns - 1 { break }
            result.append(character)
            used += width
        }
        return result + "…"
    }

    /// Fills `text` with spaces to `columns`; text already wider stays as it is.
    public static func pad(_ text: String, to columns: Int, alignment: ColumnAlignment = .left) -> String {
        let spaces = String(repeating: " ", count: max(0, columns - self.columns(of: text)))
        return alignment == .left ? text + spaces : spaces + text
    }

    /// Text that cannot move the cursor, change colors or break lines: control characters, which a file name may hold,
    /// become "�".
    public static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(isDirectionOverride(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(result)
    }

    /// Marks that reorder the text around them, with which "gpj.exe" can be shown as "exe.jpg".
    private static func isDirectionOverride(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: return 0
        case 0x20..<0x300: return scalar.value == 0xAD ? 0 : 1
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// East Asian Wide and Fullwidth blocks (Unicode Standard Annex 11), joined where the gaps hold nothing in use.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18AFF, 0x1B000...0x1B2FF, 0x1F200...0x1F251, 0x20000...0x3FFFD,
    ]
}

/// To which side a column's text is set: words left, numbers right.
public enum ColumnAlignment: String, Sendable, Codable {
    case left, right
}
