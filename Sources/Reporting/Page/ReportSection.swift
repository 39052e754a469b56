/// A titled part of a page.
public struct ReportSection: Sendable {
    public var title: String
    /// One or two sentences under the title that say what the reader is about to see.
    public var lead: String?
    public var blocks: [any ReportBlock]

    public init(_ title: String, lead: String? = nil, blocks: [any ReportBlock]) {
        self.title = title
        self.lead = lead
        self.blocks = blocks
    }

    public init(_ title: String, lead: String? = nil, @ReportBuilder blocks: () -> [any ReportBlock]) {
        self.init(title, lead: lead, blocks: blocks())
    }

    /// - Parameter number: position on the page, from 1; it makes the section's anchor.
    package func html(number: Int) -> HTML {
        var html: HTML = "<section id=\"section-\(number)\">\n<h2>\(title)</h2>\n"
        if let lead { html += "<p class=\"lead\">\(lead)</p>\n" }
        for block in blocks { html += block.html }
        html += "</section>\n"
        return html
    }
}
