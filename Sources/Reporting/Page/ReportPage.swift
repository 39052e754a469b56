import FileStorage
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A page people read in a browser: one file, no script, nothing fetched from elsewhere.
///
/// It follows the reader's light or dark setting, fits a telephone, prints without its navigation, and can be read by
/// a screen reader. Every string is escaped (see ``HTML``).
///
/// ```swift
/// let page = ReportPage(title: "Cats and dogs", subtitle: "Trained in 1 h 02 min") {
///     ReportSection("How good is it?") {
///         FigureCards([Figure("97.8", unit: "%", label: "Accuracy")])
///         "Out of 2,000 photos it had never seen, 1,956 were named right."
///     }
/// }
/// try page.write(to: run.appending(path: "report.html"))
/// ```
public struct ReportPage: Sendable {
    public var title: String
    public var subtitle: String?
    public var sections: [ReportSection]
    /// A line at the foot, e.g. the version and the date.
    public var footer: String?
    /// BCP 47 language of the text.
    public var language: String

    public init(
        title: String, subtitle: String? = nil, footer: String? = nil, language: String = "en",
        sections: [ReportSection]
    ) {
        self.title = title
        self.subtitle = subtitle
        self.footer = footer
        self.language = language
        self.sections = sections
    }

    public init(
        title: String, subtitle: String? = nil, footer: String? = nil, language: String = "en",
        @SectionBuilder sections: () -> [ReportSection]
    ) {
        self.init(title: title, subtitle: subtitle, footer: footer, language: language, sections: sections())
    }

    /// The whole file. It is well-formed XML too, so any XML tool can read a report back.
    public func render() -> String {
        var page: HTML = """
            <!DOCTYPE html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(title)</title>
            <style>\(ReportStyle.sheet)</style>
            </head>
            <body>
            <header class="page-header"><h1>\(title)</h1>

            """
        if let subtitle { page += "<p class=\"subtitle\">\(subtitle)</p>\n" }
        page += navigation
        page += "</header>\n<main>\n"
        for (index, section) in sections.enumerated() { page += section.html(number: index + 1) }
        page += "</main>\n"
        if let footer { page += "<footer>\(footer)</footer>\n" }
        page += "</body>\n</html>\n"
        return page.markup
    }

    /// Writes the page so that a reader sees the old file or the new one, never half of one.
    public func write(to file: URL) throws {
        try AtomicFile.write(render(), to: file.path)
    }

    private var navigation: HTML {
        guard sections.count > 2 else { return HTML() }
        var html: HTML = "<nav aria-label=\"Contents\"><ul>"
        for (index, section) in sections.enumerated() {
            html += "<li><a href=\"#section-\(index + 1)\">\(section.title)</a></li>"
        }
        return html + "</ul></nav>\n"
    }
}

/// Lets a page be written as a list of sections, with `if` and `for` where needed.
@resultBuilder
public enum SectionBuilder {
    public static func buildExpression(_ section: ReportSection) -> [ReportSection] { [section] }
    public static func buildBlock(_ sections: [ReportSection]...) -> [ReportSection] { sections.flatMap { $0 } }
    public static func buildOptional(_ sections: [ReportSection]?) -> [ReportSection] { sections ?? [] }
    public static func buildEither(first sections: [ReportSection]) -> [ReportSection] { sections }
    public static func buildEither(second sections: [ReportSection]) -> [ReportSection] { sections }
    public static func buildArray(_ sections: [[ReportSection]]) -> [ReportSection] { sections.flatMap { $0 } }
}
