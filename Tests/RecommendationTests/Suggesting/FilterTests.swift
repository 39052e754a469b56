import Interactions
import Recommendation
import Testing

private let day: Int64 = 86_400_000
private let now: Int64 = 1_000 * day

private let lamp = Item(
    id: "l-1", name: "Walnut Desk Lamp", categories: ["lamps", "home"], price: 49.5, stock: 3, expires: now + 2 * day,
    added: now - 10 * day,
    properties: [
        "color": "red", "brand": "hollin", "sizes": [38, 40, 42], "tags": ["gift", "new"], "organic": true, "screen size": 15,
        "maker": .object(["country": "Norway", "since": 1920]), "price": "on request", "nothing": .null, "empty": [],
        "größe": "groß", "in": 4,
    ])

@Suite struct FilterMeaningTests {
    @Test(arguments: [
        // The fields of every item.
        ("id = \"l-1\"", true), ("id == 'l-1'", true), ("name != \"Chair\"", true), ("name contains \"desk\"", true),
        ("name contains \"chair\"", false), ("category = \"lamps\"", true), ("categories = \"home\"", true),
        ("category = \"garden\"", false),
        ("category != \"garden\"", true), ("category != \"home\"", false), ("categories has \"home\"", true),
        ("category in (\"garden\", \"home\")", true), ("category not in (\"garden\", \"home\")", false),
        ("category contains \"AMP\"", true),
        ("price < 50", true), ("price < 49.5", false), ("price <= 49.5", true), ("price > 49.5", false),
        ("price >= 4.95e1", true),
        ("price = 49.5", true), ("price in (1, 49.5)", true), ("stock > 0", true), ("stock > -1", true), ("hidden = false", true),
        ("hidden != false", false), ("days_since_added < 30", true), ("days_since_added < 10", false),
        ("days_since_added = 10", true),
        ("days_until_expiry > 1.5", true), ("days_until_expiry > 2.5", false),
        // Properties.
        ("properties.color = \"red\"", true), ("color = \"red\"", true), ("color = \"Red\"", false), ("COLOR = \"red\"", false),
        ("brand in (\"acme\", \"zeta\")", false), ("not brand in (\"acme\", \"zeta\")", true), ("brand not in (\"acme\")", true),
        ("brand >= \"h\" and brand < \"i\"", true), ("sizes = 40", true), ("sizes = 41", false), ("sizes has 42", true),
        ("sizes > 41", true), ("sizes > 42", false), ("sizes != 41", true), ("sizes != 40", false), ("sizes in (1, 38)", true),
        ("sizes not in (1, 38)", false), ("tags contains \"if\"", true), ("organic = true", true), ("organic != true", false),
        ("organic in (true, 3)", true), ("organic < \"x\"", false),
        ("properties.\"screen size\" >= 15", true), ("maker.country = \"Norway\"", true), ("maker.since < 1950", true),
        ("properties.maker.country = \"Norway\"", true), ("maker.country.city = \"Oslo\"", false), ("maker = \"Norway\"", false),
        ("maker exists", true), ("properties.price = \"on request\"", true), ("größe = \"groß\"", true),
        ("properties.in = 4", true),
        ("in = 4", true),
        // What is missing, and what is of another type.
        ("weight < 5", false), ("weight > 5", false), ("weight = 5", false), ("weight != 5", false), ("weight in (5)", false),
        ("weight not in (5)", false), ("not weight = 5", true), ("weight exists", false), ("not weight exists", true),
        ("price exists", true),
        ("nothing exists", false), ("nothing != 1", false), ("empty exists", false), ("empty != 1", false), ("color < 5", false),
        ("color != 5", true), ("color not in (5)", true), ("sizes < \"a\"", false), ("color has \"red\"", false),
        // Joining.
        ("price < 50 and stock > 0 and not brand in (\"acme\", \"zeta\") and properties.color = \"red\"", true),
        ("price > 50 and stock > 0 or color = \"red\"", true), ("price > 50 and (stock > 0 or color = \"red\")", false),
        ("color = \"red\" or price > 50 and stock < 0", true), ("(color = \"red\" or price > 50) and stock < 0", false),
        ("not price > 50 and stock > 0", true), ("not (price < 50 and stock > 0)", false), ("not not price < 50", true),
        ("not price < 50 or color = \"red\"", true), ("NOT price > 50 AND Stock > 0", true), ("((((price < 50))))", true),
        (" \t\nprice\u{A0}<\n50 ", true), ("name = \"a \\\"quoted\\\" \\\\ text\"", false), ("properties.\"in\" = 4", true),
    ])
    func saysWhatItMeans(text: String, expected: Bool) throws {
        #expect(try Filter(text).matches(lamp, now: now) == expected, "\(text)")
    }

    @Test func escapesAreRead() throws {
        let item = Item(id: "a", name: "a \"b\" \\ 'c'\n\td")
        #expect(try Filter(#"name = "a \"b\" \\ 'c'\n\td""#).matches(item, now: 0))
        #expect(try Filter(#"name = 'a "b" \\ \'c\'\n\td'"#).matches(item, now: 0))
    }

    @Test func anItemWithoutAnythingMeetsNothing() throws {
        let bare = Item(id: "x")
        for text in [
            "name = \"x\"", "name exists", "category = \"x\"", "category != \"x\"", "price != 3", "stock <= 0",
            "days_since_added > 0",
            "days_until_expiry > 0", "color != \"red\"", "categories exists",
        ] {
            #expect(try !Filter(text).matches(bare, now: now), "\(text)")
        }
        #expect(try Filter("id exists and hidden exists and hidden = false").matches(bare, now: now))
    }

    @Test func theReferenceBeginsWithAnExample() throws {
        let example = try #require(Filter.reference.split(separator: "\n").first)
        #expect(try Filter(String(example)).matches(lamp, now: now))
    }

    @Test func tellsWhatItAsksFor() throws {
        let filter = try Filter("maker.country = \"Norway\" and properties.price exists or price < 3")
        #expect(filter.properties == ["maker.country", "price"])
        #expect(!filter.dependsOnTime)
        #expect(try Filter("not days_until_expiry < 3").dependsOnTime)
        #expect("\(filter)" == filter.text)
    }
}

@Suite struct FilterErrorTests {
    @Test(arguments: [
        ("", 0, "empty"), ("   ", 3, "empty"), ("price", 0, "expected a comparison after price"),
        ("price 50", 6, "expected a comparison"),
        ("price < ", 8, "ends where a value should be"),
        ("price < \"cheap\"", 8, "expected a number here, and \"cheap\" is a text"),
        ("price < cheap", 8, "cheap is a name"), ("name = 3", 7, "expected a text here"),
        ("hidden = 1", 9, "expected a flag here"),
        ("category = 3", 11, "expected a text"), ("category < \"a\"", 9, "is a list, and has no order"),
        ("color < true", 6, "no order"),
        ("price has 3", 6, "not a list"), ("price contains \"3\"", 6, "not a text"),
        ("name contains 3", 14, "expected a text in quotes"),
        ("50 > price", 0, "begins with a field"), ("10 < price", 0, "begins with a field"),
        ("price > 1 < 5", 10, "one comparison only"),
        ("price > 1 stock > 2", 10, "expected and, or"), ("price > 1 and", 13, "ends where a condition should be"),
        ("and price > 1", 0, "expected a condition"), ("(price > 1", 0, "never closed"), ("price > 1)", 9, "closes nothing"),
        ("price in 1, 2", 9, "expected a list in parentheses"), ("price in (1, 2", 9, "never closed"),
        ("price in (1 2)", 12, "comma or )"),
        ("price in ()", 10, "expected a value"), ("name = \"lamp", 7, "has no end"), ("name = \"a\\q\"", 9, "no such escape"),
        ("price < 1 && stock > 0", 10, "& is not known"), ("price < 1 || stock > 0", 10, "| is not known"),
        ("!hidden = true", 0, "! alone"),
        ("price <> 1", 6, "<> is not known"), ("price < 1.2.3", 8, "is not a number"), ("price < 1e999", 8, "is not a number"),
        ("price < 0x10", 8, "is not a number"), ("price < 12abc", 8, "is not a number"), ("name = “lamp”", 7, "straight"),
        ("price < 5; drop", 9, "means nothing here"), ("price # 5", 6, "means nothing here"),
        ("price\0 < 5", 5, "control character"),
        ("properties = 3", 0, "which property"), ("properties. = 3", 12, "expected a name after the dot"),
        ("price = = 3", 8, "expected a value"),
        ("not", 3, "ends where a condition"), ("()", 1, "expected a condition"),
        ("price < 5 or or stock > 1", 13, "expected a condition"),
    ])
    func pointsAtTheMistake(text: String, offset: Int, problem: String) {
        #expect { try Filter(text) } throws: { error in
            guard let error = error as? FilterError else { return false }
            #expect(error.offset == offset, "\(error)")
            #expect(error.problem.contains(problem), "\(error)")
            #expect(!error.remedy.isEmpty)
            return true
        }
    }

    @Test func showsTheLineWithAMark() {
        #expect {
            try Filter("category = \"lamps\"\n  and price < \"cheap\" and stock > 0")
        } throws: { error in
            "\(error)" == """
                filter, line 2, column 15: expected a number here, and "cheap" is a text
                    and price < "cheap" and stock > 0
                                ^~~~~~~
                  write a number without quotes, as in price < 50
                """
        }
    }

    @Test func marksStandUnderWideCharactersAndInLongLines() throws {
        let error = try #require(throws: FilterError.self) { try Filter("name = \"灯灯\" and price < x") }
        let lines = error.excerpt.split(separator: "\n")
        // Two columns for each of the two wide characters.
        #expect(lines[1] == String(repeating: " ", count: 2 + 26) + "^")
        #expect(error.column == 25)
        let long = String(repeating: "price < 5 and ", count: 500) + "price < x" + String(repeating: " and price < 5", count: 400)
        let other = try #require(throws: FilterError.self) { try Filter(long) }
        #expect(other.offset == 500 * 14 + 8 && other.column == 500 * 14 + 9)
        #expect(other.excerpt.count < 250)
        let shown = other.excerpt.split(separator: "\n")
        let mark = shown[1].distance(from: shown[1].startIndex, to: shown[1].firstIndex(of: "^")!)
        #expect(Array(shown[0])[mark] == "x" && shown[0].hasPrefix("  …") && shown[0].hasSuffix("…"))
    }

    @Test func hostileTextsAreRefused() {
        let hostile = [
            String(repeating: "(", count: 1_000_000), String(repeating: "(", count: 60_000),
            String(repeating: "not ", count: 10_000),
            String(repeating: "price < 5 and ", count: 4_000) + "price < 5", String(repeating: "a", count: 1 << 20),
            "name = \"" + String(repeating: "a", count: 1 << 20) + "\"",
            String(repeating: "(price<5 or not ", count: 101) + "price<5",
            String(repeating: "a.", count: 30_000), String(repeating: "\0", count: 100),
            "price in (" + String(repeating: "1,", count: 30_000),
        ]
        for text in hostile {
            #expect { try Filter(text) } throws: { error in
                let description = "\(error)"
                return error is FilterError && description.count < 600
            }
        }
    }

    @Test func whatIsWithinTheLimitsIsRead() throws {
        let deep = String(repeating: "(", count: 100) + "price < 5" + String(repeating: ")", count: 100)
        #expect(try Filter(deep).matches(Item(id: "a", price: 3), now: 0))
        let many = String(repeating: "price < 5 and ", count: 999) + "price < 5"
        #expect(try Filter(many).matches(Item(id: "a", price: 3), now: 0))
        let list = "price in (" + (0..<8_000).map(String.init).joined(separator: ",") + ")"
        #expect(try Filter(list).matches(Item(id: "a", price: 7_999), now: 0))
    }

    @Test func randomTextsNeverCrash() {
        // Words of the language and of none, in any order.
        let words = [
            "price", "<", "5", "and", "or", "not", "(", ")", "in", "has", "contains", "exists", "\"a\"", "'", "\"", ",", ".",
            "\\", "=", "!", "!=",
            "-", "1e", "properties", "é", "\u{E2}", "true", "\n", "\u{0}", "days_since_added", "😀",
        ]
        var random = SystemRandomNumberGenerator()
        var understood = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in words.randomElement(using: &random)! }.joined(
                separator: " ")
            do {
                let filter = try Filter(text)
                _ = filter.matches(lamp, now: now)
                understood += 1
            } catch {
                #expect((0...text.utf8.count).contains(error.offset), "\(text)")
            }
        }
        #expect(understood > 0)
    }
}
