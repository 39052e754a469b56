/// A paragraph of plain text.
public struct Paragraph: ReportBlock {
    public var text: String

    public init(_ text: String) { self.text = text }

    public var html: HTML { "<p>\(text)</p>\n" }
}

/// A sentence that stands out: what the numbers around it mean.
public struct Callout: ReportBlock {
    public var title: String?
    public var text: String
    public var tone: Tone

    public init(_ text: String, title: String? = nil, tone: Tone = .neutral) {
        self.title = title
        self.text = text
        self.tone = tone
    }

    public var html: HTML {
        let heading: HTML? = title.map { "<strong>\($0)</strong> " }
        return "<p class=\"callout \(tone.cssClass)\">\(heading)\(text)</p>\n"
    }
}

/// Something to type or to check: a command, a formula, a configuration. Spaces and line breaks are kept.
public struct CodeBlock: ReportBlock {
    public var text: String

    public init(_ text: String) { self.text = text }

    public var html: HTML { "<pre tabindex=\"0\"><code>\(text)</code></pre>\n" }
}

/// Names and what they stand for: the provenance of a model, the settings of a run.
public struct DefinitionList: ReportBlock {
    public var entries: [(name: String, value: String)]

    public init(_ entries: [(name: String, value: String)]) { self.entries = entries }

    public var html: HTML {
        guard !entries.isEmpty else { return HTML() }
        let rows = entries.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" as HTML }
        return "<dl>\n\(HTML(joining: rows))</dl>\n"
    }
}

/// Blocks that are folded away until the reader asks for them.
public struct Details: ReportBlock {
    public var summary: String
    public var blocks: [any ReportBlock]

    public init(_ summary: String, @ReportBuilder blocks: () -> [any ReportBlock]) {
        self.summary = summary
        self.blocks = blocks()
    }

    public var html: HTML {
        "<details><summary>\(summary)</summary>\n\(HTML(joining: blocks.map(\.html)))</details>\n"
    }
}

/// Blocks side by side where there is room, one under the other where there is not.
public struct Columns: ReportBlock {
    public var blocks: [any ReportBlock]

    public init(@ReportBuilder blocks: () -> [any ReportBlock]) { self.blocks = blocks() }

    public var html: HTML {
        let cells = blocks.map { "<div>\($0.html)</div>\n" as HTML }
        return "<div class=\"columns\">\n\(HTML(joining: cells))</div>\n"
    }
}
