import Reporting
import Testing
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct TerminalTests {
    @Test(arguments: [
        ("cat", 3), ("", 0), ("猫と犬", 6), ("e\u{301}", 1), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("Ａ", 2),
        ("ﬁ", 1), ("\u{1B}", 0), ("한글", 4), ("–…", 2), ("█▏", 2),
    ])
    func widths(_ text: String, _ columns: Int) {
        #expect(DisplayWidth.columns(of: text) == columns)
    }

    @Test func truncationNeverPassesTheLimit() {
        for text in ["plain text", "猫と犬と鳥", "a猫b犬", "👨‍👩‍👧👍🏽x"] {
            for limit in 0...12 {
                let cut = DisplayWidth.truncate(text, to: limit)
                #expect(DisplayWidth.columns(of: cut) <= limit)
                if DisplayWidth.columns(of: text) <= limit { #expect(cut == text) }
            }
        }
        #expect(DisplayWidth.truncate("photograph.jpg", to: 8) == "photogr…")
    }

    @Test func controlCharactersCannotReachTheTerminal() {
        let text = DisplayWidth.harmless("a\u{1B}[2Jb\r\n\u{202E}gpj.exe\u{9B}")
        #expect(text == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}\u{FFFD}gpj.exe\u{FFFD}" || text == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}gpj.exe\u{FFFD}")
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9B || $0.value == 0x202E })
    }

    @Test func bars() {
        #expect(TextBar.bar(0.5, columns: 4) == "██  " && TextBar.bar(0.45, columns: 8) == "███▋    ")
        #expect(TextBar.bar(0, columns: 3) == "   " && TextBar.bar(1, columns: 3) == "███")
        #expect(TextBar.bar(.nan, columns: 3) == "   " && TextBar.bar(9, columns: 2) == "██" && TextBar.bar(-1, columns: 1) == " ")
        for step in 0...100 {
            #expect(TextBar.bar(Double(step) / 100, columns: 7).count == 7)
        }
    }

    @Test func sparklines() {
        #expect(TextBar.sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
        #expect(TextBar.sparkline([1, .nan, 2]) == "▁ █" && TextBar.sparkline([]) == "")
        #expect(TextBar.sparkline([5, 5]) == "▄▄" && TextBar.sparkline([.nan, .infinity]) == "  ")
        #expect(TextBar.sparkline([-1e308, 1e308]) == "▁█")
        #expect(TextBar.sparkline((0..<100).map(Double.init), columns: 8) == "▁▂▃▄▅▆▇█")
    }

    @Test func columnsAlign() {
        var table = TextTable(columns: [.init("class"), .init("photos", alignment: .right), .init("share")])
        table.append(["cat", "9,000", .bar(0.5, columns: 4)])
        table.append(["猫", "12"])
        table.append(["a", "b", "c", "left out"])
        #expect(table.render() == """
            class  photos  share
            ─────  ──────  ─────
            cat     9,000  ██
            猫         12
            a           b  c

            """)
    }

    @Test func tableFitsTheWidthItIsGiven() {
        var table = TextTable(columns: [.init("file"), .init("count", alignment: .right), .init("reason")])
        table.append(["a/very/long/path/to/some/photograph.jpg", "12,345", "the file ends before the picture does"])
        for line in table.render(fitting: 50).split(separator: "\n") {
            #expect(DisplayWidth.columns(of: String(line)) <= 50)
        }
        #expect(table.render(fitting: 50).contains("12,345"))
        #expect(table.render(fitting: 5).contains("12,345"))
    }

    @Test func tableShowsHostileNamesHarmlessly() {
        var table = TextTable(columns: [.init("file")])
        table.append([TextTable.Cell("a\u{1B}[2J\nb")])
        #expect(table.render().split(separator: "\n").count == 3 && !table.render().contains("\u{1B}"))
    }

    @Test func colorOnlyWhereItIsWanted() {
        let style = TerminalStyle(usesColor: true)
        #expect(style.apply(.problem, to: "x") == "\u{1B}[31mx\u{1B}[0m")
        #expect(style.apply(.plain, to: "x") == "x" && TerminalStyle.plain.apply(.problem, to: "x") == "x")
        #expect(TerminalStyle(isTerminal: true, environment: [:]).usesColor)
        #expect(TerminalStyle(isTerminal: true, environment: ["NO_COLOR": ""]).usesColor)
        #expect(!TerminalStyle(isTerminal: true, environment: ["NO_COLOR": "1"]).usesColor)
        #expect(!TerminalStyle(isTerminal: true, environment: ["TERM": "dumb"]).usesColor)
        #expect(!TerminalStyle(isTerminal: false, environment: [:]).usesColor)
        var table = TextTable(columns: [.init("a"), .init("b")])
        table.append([TextTable.Cell("x", .good), "y"])
        #expect(table.render(style: style).hasSuffix("\u{1B}[32mx\u{1B}[0m  y\n"))
    }

    @Test func theWidthIsThatOfTheTerminal() throws {
        var (controller, terminal): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 24, ws_col: 123, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&controller, &terminal, nil, nil, &size) == 0)
        defer {
            close(controller)
            close(terminal)
        }
        let output = StandardErrorOutput(descriptor: terminal)
        #expect(output.terminalColumns == 123)
        output.write("▕█▏ 12 %")
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(controller, &bytes, bytes.count)
        #expect(count > 0 && String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self) == "▕█▏ 12 %")
    }

    @Test func aPipeIsNoTerminal() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(StandardErrorOutput(descriptor: ends[1]).terminalColumns == nil)
    }
}
