/// Bars and curves made of characters.
public enum TextBar {
    private static let eighths: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]
    private static let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A bar to an eighth of a character: `███▌    ` is 0.45 of 8. Shares outside 0...1 are clamped; one that is not a
    /// number gives an empty bar.
    public static func bar(_ share: Double, columns: Int) -> String {
        let columns = max(columns, 0)
        let share = share.isNaN ? 0 : min(max(share, 0), 1)
        let filled = Int((share * Double(columns * 8)).rounded())
        var text = String(repeating: "█", count: filled / 8)
        if filled % 8 > 0 { text.append(eighths[filled % 8 - 1]) }
        return text + String(repeating: " ", count: columns - (filled + 7) / 8)
    }

    /// A small curve, one character a value: `▁▂▄▆█`. Values that are not finite leave a gap. More values than
    /// `columns` are averaged in groups.
    public static func sparkline(_ values: [Double], columns: Int? = nil) -> String {
        let values = columns.map { averaged(values, into: $0) } ?? values
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else {
            return String(repeating: " ", count: values.count)
        }
        return String(values.map { value in
            guard value.isFinite else { return " " }
            // Halves, so that the span of two huge values stays finite.
            let span = high / 2 - low / 2
            guard span > 0 else { return heights[3] }
            return heights[min(7, Int((value / 2 - low / 2) / span * 8))]
        })
    }

    private static func averaged(_ values: [Double], into columns: Int) -> [Double] {
        guard columns > 0 else { return [] }
        guard values.count > columns else { return values }
        return (0..<columns).map { column in
            let group = values[(column * values.count / columns)..<((column + 1) * values.count / columns)]
            let finite = group.filter(\.isFinite)
            return finite.isEmpty ? .nan : finite.reduce(0) { $0 + $1 / Double(finite.count) }
        }
    }
}
