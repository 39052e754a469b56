import Reporting
import Testing

@Suite struct HTMLTests {
    @Test func literalsAreMarkupAndStringsAreText() {
        let name = "<b>\"Tom\" & 'Jerry'</b>"
        let html: HTML = "<p title=\"\(name)\">\(name)</p>"
        let escaped = "&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;"
        #expect(html.markup == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func markupGoesInUnchangedAndNothingForNil() {
        let inner: HTML = "<b>\("a<b")</b>"
        let none: HTML? = nil
        let outer: HTML = "<p>\(inner)\(none)</p>"
        #expect(outer.markup == "<p><b>a&lt;b</b></p>")
        #expect((inner + inner).markup == HTML(joining: [inner, inner]).markup)
    }

    @Test func charactersThatXMLForbidsAreReplaced() throws {
        let markup = HTML(text: hostileText).markup
        #expect(!markup.contains("<") && !markup.contains("\u{0}") && !markup.contains("\u{1B}"))
        #expect(markup.contains("é 猫"))
        let parsed = try #require(ParsedMarkup(fragment: "<p title=\"\(markup)\">\(markup)</p>"))
        #expect(parsed.all("p")[0].text.contains("<script>alert('1')</script>"))
        #expect(parsed.all("p")[0].attributes["title"]?.contains("]]> -->") == true)
    }

    @Test func coordinatesAreShortAndAlwaysNumbers() {
        let values: [(Double, String)] = [
            (0, "0"), (12, "12"), (12.34, "12.3"), (-0.04, "0"), (-0.26, "-0.3"), (99.96, "100"),
            (.nan, "0"), (.infinity, "0"), (1e300, "10000000"),
        ]
        for (value, text) in values {
            let html: HTML = "\(value)"
            #expect(html.markup == text)
        }
    }

    @Test func longHarmlessTextIsCopiedWhole() {
        let text = String(repeating: "QUJD+/=", count: 20_000)
        #expect(HTML(text: text).markup == text)
    }
}
