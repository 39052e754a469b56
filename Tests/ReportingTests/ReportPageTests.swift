import FileStorage
import Foundation
import Reporting
import Testing

@Suite struct ReportPageTests {
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

    private static func page(_ text: String) -> ReportPage {
        ReportPage(title: text, subtitle: text, footer: text) {
            ReportSection(text, lead: text) {
                FigureCards([
                    Figure(text, unit: text, label: text, explanation: text, tone: .good, gauge: .init(share: 0.5, target: 0.7)),
                    Figure("1", label: "l", gauge: .init(share: .nan)),
                ])
                text
                Callout(text, title: text, tone: .caution)
                CodeBlock(text)
                DefinitionList([(name: text, value: text)])
            }
            ReportSection(text) {
                Columns { Paragraph(text); Details(text) { Paragraph(text) } }
                DataTable(
                    columns: [.init(text), .init(text, alignment: .right)],
                    rows: [[.init(text, tone: .problem), .bar(.nan, label: text)], [.bar(7, label: text)]],
                    caption: text, highlightedRows: [1, 99])
                Gallery([
                    .init(image: EmbeddedImage(png), caption: text, detail: text, tags: [.init(text, tone: .good)]),
                    .init(image: nil, caption: text),
                ])
                Gallery([], emptyText: text)
            }
            ReportSection(text) { for _ in 0..<2 { Paragraph(text) } }
        }
    }

    @Test func hostileTextStaysTextEverywhere() throws {
        let parsed = try #require(ParsedMarkup(document: Self.page(hostileText).render()))
        #expect(parsed.all("script").isEmpty)
        #expect(parsed.all("h1")[0].text.contains("<script>alert('1')</script>"))
        #expect(parsed.all("section").count == 3)
    }

    @Test func pageFetchesNothingAndRunsNothing() throws {
        let parsed = try #require(ParsedMarkup(document: Self.page("plain").render()))
        for element in parsed.elements {
            #expect(!["script", "link", "iframe", "object"].contains(element.name))
            for (name, value) in element.attributes {
                #expect(!name.hasPrefix("on"))
                if name == "src" { #expect(value.hasPrefix("data:image/")) }
                if name == "href" { #expect(value.hasPrefix("#")) }
            }
        }
        let style = parsed.all("style")[0].text
        #expect(!style.contains("url(") && !style.contains("@import"))
        #expect(style.contains("prefers-color-scheme: dark") && style.contains("@media print"))
    }

    @Test func anchorsOfTheContentsExist() throws {
        let parsed = try #require(ParsedMarkup(document: Self.page("plain").render()))
        let targets = Set(parsed.elements.compactMap { $0.attributes["id"] })
        let links = parsed.all("a").compactMap { $0.attributes["href"]?.dropFirst() }
        #expect(links.count == 3)
        for link in links { #expect(targets.contains(String(link))) }
    }

    @Test func tablesHaveHeadersAndPicturesHaveWords() throws {
        let parsed = try #require(ParsedMarkup(document: Self.page("words").render()))
        let scopes = parsed.all("th").map { $0.attributes["scope"] }
        #expect(scopes.filter { $0 == "col" }.count == 2)
        #expect(scopes.filter { $0 == "row" }.count == 2)
        for image in parsed.all("img") { #expect(image.attributes["alt"]?.isEmpty == false) }
    }

    @Test func onlyJPEGAndPNGAreEmbedded() throws {
        let image = try #require(EmbeddedImage(Self.png))
        #expect(image.dataAddress == "data:image/png;base64,iVBORw0KGgoBAgM=")
        #expect(EmbeddedImage([0xFF, 0xD8, 0xFF, 0xE0])?.dataAddress == "data:image/jpeg;base64,/9j/4A==")
        #expect(EmbeddedImage(Array("<svg onload='alert(1)'/>".utf8)) == nil)
        #expect(EmbeddedImage([]) == nil)
    }

    @Test func writingReplacesTheFileAndLeavesNothingBeside() throws {
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("report.html")
            try Self.page("first").write(to: file)
            try Self.page("second").write(to: file)
            #expect(try String(contentsOf: file, encoding: .utf8) == Self.page("second").render())
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
        }
    }

    @Test func writingIntoAMissingFolderSaysSo() {
        let file = URL(fileURLWithPath: "/nowhere/at/all/report.html")
        let error = #expect(throws: FileError.self) { try Self.page("x").write(to: file) }
        #expect(error?.description.contains("/nowhere/at/all/report.html") == true)
        #expect(error?.description.contains("that the folder exists") == true)
    }
}

/// Runs `body` with an empty folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reporting-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}
