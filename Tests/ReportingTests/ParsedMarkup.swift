import Foundation
#if canImport(FoundationXML)
import FoundationXML
#endif

/// Markup as an XML parser sees it: what a test may ask of a page or a chart.
struct ParsedMarkup {
    struct Element {
        var name: String
        var attributes: [String: String]
        /// Text directly and indirectly inside.
        var text: String
    }

    var elements: [Element] = []

    /// - Returns: `nil` when the markup is not well-formed.
    init?(fragment: String) { self.init(document: "<root>\(fragment)</root>") }

    init?(document: String) {
        let reader = Reader()
        let parser = XMLParser(data: Data(document.utf8))
        parser.delegate = reader
        guard parser.parse() else { return nil }
        elements = reader.elements
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            open.append(elements.count)
            elements.append(Element(name: name, attributes: attributes, text: ""))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            for index in open { elements[index].text += text }
        }
    }
}

/// Text that breaks pages which do not escape.
let hostileText = "<script>alert('1')</script> \"&amp; ]]> --> \u{0} \u{1B}[31m \u{FFFE} é 猫"
