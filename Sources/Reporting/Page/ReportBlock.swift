/// Anything a report shows: a paragraph, a table, a chart, a gallery.
public protocol ReportBlock: Sendable {
    /// The block as markup, complete in itself: every element it opens is closed.
    var html: HTML { get }
}

/// Lets a section be written as a list of blocks, with `if` and `for` where needed.
@resultBuilder
public enum ReportBuilder {
    public static func buildExpression(_ block: any ReportBlock) -> [any ReportBlock] { [block] }
    public static func buildExpression(_ blocks: [any ReportBlock]) -> [any ReportBlock] { blocks }
    /// A bare string is a paragraph.
    public static func buildExpression(_ text: String) -> [any ReportBlock] { [Paragraph(text)] }
    public static func buildBlock(_ blocks: [any ReportBlock]...) -> [any ReportBlock] { blocks.flatMap { $0 } }
    public static func buildOptional(_ blocks: [any ReportBlock]?) -> [any ReportBlock] { blocks ?? [] }
    public static func buildEither(first blocks: [any ReportBlock]) -> [any ReportBlock] { blocks }
    public static func buildEither(second blocks: [any ReportBlock]) -> [any ReportBlock] { blocks }
    public static func buildArray(_ blocks: [[any ReportBlock]]) -> [any ReportBlock] { blocks.flatMap { $0 } }
}

/// What a figure, a tag or a callout says about itself. Never shown by color alone: the words say it too.
public enum Tone: String, Sendable, Codable, CaseIterable {
    case neutral, good, caution, problem

    package var cssClass: HTML {
        switch self {
        case .neutral: "tone-neutral"
        case .good: "tone-good"
        case .caution: "tone-caution"
        case .problem: "tone-problem"
        }
    }
}
