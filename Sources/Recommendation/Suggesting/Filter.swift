import Interactions

/// Which items may be suggested, as a shop writes it down.
///
/// ```
/// category = "lamps" and price < 50 and stock > 0 and not brand in ("acme", "zeta") and properties.color = "red"
/// ```
///
/// **Grammar.** `not` binds tighter than `and`, `and` tighter than `or`; parentheses group. Keywords in any case.
///
/// ```
/// filter    = all { "or" all }
/// all       = negation { "and" negation }
/// negation  = "not" negation | "(" filter ")" | condition
/// condition = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
///           | field [ "not" ] "in" "(" value { "," value } ")"
///           | field "has" value            the field is a list with that element
///           | field "contains" text        the text, or one of the texts, has that part; upper and lower case are the same
///           | field "exists"
/// field     = name { "." ( name | text ) }
/// value     = number | text in " or ' | true | false
/// ```
///
/// **Fields.** `id` and `name` are texts; `category`, also written `categories`, is a list of texts; `price`, `stock`,
/// `days_since_added` and `days_until_expiry` are numbers, days with fractions; `hidden` is a flag. Every other name is a
/// property of the item, with dots for properties inside properties; `properties.price` is the property of that name rather
/// than the price, and `properties."screen size"` has a blank.
///
/// **What is missing.** A condition on something that an item does not have is false, whatever the comparison: `color != "red"`
/// and `color not in ("red")` leave out items without a color, `not color = "red"` keeps them. A number compared with a text is
/// not equal to it and has no order. On a list `=`, `<` and the like hold when they hold for one element, `!=` when it holds
/// for all.
///
/// A stock that the shop does not count is missing: `stock > 0` leaves those items out, and they can be suggested without it.
public struct Filter: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    public let text: String
    let expression: FilterExpression

    /// In bytes.
    public static let longestText = 1 << 16
    /// Of parentheses and `not`.
    public static let deepestNesting = 100
    public static let mostConditions = 1_000

    /// - Throws: `FilterError`, which points at the place; also for texts that are too long, too deep or of too many conditions.
    public init(_ text: String) throws(FilterError) {
        self.text = text
        // Longer texts are refused whole; a little more than allowed is enough to know.
        expression = try FilterParser.expression(of: Array(text.utf8))
    }

    public var description: String { text }

    /// The language in a few lines, for the help of commands.
    public static let reference = """
        category = "lamps" and price < 50 and not brand in ("acme", "zeta")
          fields       id, name, category, price, stock, hidden, days_since_added,
                       days_until_expiry; any other name is a property, also written
                       properties.color or properties."screen size"
          comparisons  = != < <= > >=, in ("a", "b"), not in (...), has "a" (of lists),
                       contains "part" (of texts), exists
          values       12.5, "text", 'text', true, false
          joined with  and, or, not and parentheses; not before and before or
        A condition on what an item does not have is false: color != "red" leaves out
        items without a color, not color = "red" keeps them.
        """

    /// Whether it asks for days since or until something, so that its answers change as time passes.
    public var dependsOnTime: Bool { expression.tests.contains { $0.field.dependsOnTime } }

    /// The properties it asks for, as paths with dots; those that no item has are perhaps misspelled, see
    /// `Catalog.unknownProperties(of:)`.
    public var properties: Set<String> {
        Set(expression.tests.compactMap { if case .property(let path) = $0.field { path.joined(separator: ".") } else { nil } })
    }

    /// Whether the filter lets an item through.
    ///
    /// - Parameter now: milliseconds since 1970.
    public func matches(_ item: Item, now: Int64) -> Bool { expression.matches(item, now: now) }
}
