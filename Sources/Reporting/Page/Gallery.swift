#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JPEG or PNG file held in the page itself.
public struct EmbeddedImage: Sendable, Hashable {
    package var mediaType: String
    package var bytes: [UInt8]

    /// - Parameter bytes: a whole JPEG or PNG file; its first bytes tell which. `nil` for anything else, because a
    ///   browser would show nothing, or worse, run it.
    public init?(_ bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            mediaType = "image/jpeg"
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            mediaType = "image/png"
        } else {
            return nil
        }
        self.bytes = bytes
    }

    /// `data:` address of the picture.
    public var dataAddress: String { "data:\(mediaType);base64,\(Data(bytes).base64EncodedString())" }
}

/// Pictures with what there is to say about each.
public struct Gallery: ReportBlock {
    public struct Tag: Sendable, Hashable {
        public var text: String
        public var tone: Tone

        public init(_ text: String, tone: Tone = .neutral) {
            self.text = text
            self.tone = tone
        }
    }

    public struct Item: Sendable {
        /// `nil` shows an empty frame.
        public var image: EmbeddedImage?
        /// What is in the picture, for those who do not see it; the caption when empty.
        public var alternativeText: String
        public var caption: String
        /// A second, smaller line, e.g. the file's name.
        public var detail: String?
        public var tags: [Tag]

        public init(
            image: EmbeddedImage?, alternativeText: String = "", caption: String, detail: String? = nil, tags: [Tag] = []
        ) {
            self.image = image
            self.alternativeText = alternativeText
            self.caption = caption
            self.detail = detail
            self.tags = tags
        }
    }

    public var items: [Item]
    /// Shown when there are no items, e.g. "No mistakes."
    public var emptyText: String

    public init(_ items: [Item], emptyText: String = "Nothing to show.") {
        self.items = items
        self.emptyText = emptyText
    }

    public var html: HTML {
        guard !items.isEmpty else { return "<p class=\"empty\">\(emptyText)</p>\n" }
        return "<ul class=\"gallery\">\n\(HTML(joining: items.map(html)))</ul>\n"
    }

    private func html(_ item: Item) -> HTML {
        let picture: HTML
        if let image = item.image {
            let words = item.alternativeText.isEmpty ? item.caption : item.alternativeText
            picture = "<img src=\"\(image.dataAddress)\" alt=\"\(words)\" loading=\"lazy\"/>"
        } else {
            picture = "<div class=\"missing\">no picture</div>"
        }
        let detail: HTML? = item.detail.map { "<p class=\"detail\"><bdi>\($0)</bdi></p>" }
        let tags = HTML(joining: item.tags.map { "<span class=\"tag \($0.tone.cssClass)\">\($0.text)</span> " })
        return "<li>\(picture)<p class=\"caption\">\(item.caption)</p>\(detail)<p class=\"tags\">\(tags)</p></li>\n"
    }
}
