import Interactions

/// All items of a shop by number, in the form that requests need: what may be suggested is found without looking at each item.
///
/// A value: a copy stays as it is while the shop changes another. A new or changed item counts from the next request on.
public struct Catalog: Sendable {
    /// By number. Items of which nothing is known have their id only.
    public private(set) var items: [Item]
    /// Those the shop did not hide.
    private var shown: ItemMask
    /// Those at hand, or not counted.
    private var inStock: ItemMask
    /// Not a number where there is no price.
    private var prices: [Double]
    private var stocks: [Double]
    /// The largest number where the item never expires.
    private var expiries: [Int64]
    /// Milliseconds since 1970; not a number where it is not known.
    private var arrivals: [Double]
    private var cache = FilterCache()

    /// - Parameters:
    ///   - identifiers: the names of all items, whose numbers are those of the models.
    ///   - known: what is known of some of them.
    public init(identifiers: IdentifierTable, known: [Int: Item] = [:]) {
        var items = identifiers.names.map { Item(id: $0) }
        for (number, item) in known { items[number] = item }
        self.init(items)
    }

    public init(_ items: [Item] = []) {
        self.items = items
        shown = ItemMask(count: items.count) { !items[$0].isHidden }
        inStock = ItemMask(count: items.count) { (items[$0].stock ?? 1) > 0 }
        prices = items.map { $0.price ?? .nan }
        stocks = items.map { $0.stock ?? .nan }
        expiries = items.map { $0.expires ?? .max }
        arrivals = items.map { $0.added.map(Double.init) ?? .nan }
    }

    public var count: Int { items.count }

    public subscript(number: Int) -> Item { items[number] }

    /// The name of an item for people: its id where it has none.
    public func name(of number: Int) -> String { items[number].name ?? items[number].id }

    /// Adds an item.
    ///
    /// - Returns: its number.
    @discardableResult
    public mutating func append(_ item: Item) -> Int {
        let number = items.count
        items.append(item)
        shown.grow(to: number + 1)
        inStock.grow(to: number + 1)
        prices.append(.nan)
        stocks.append(.nan)
        expiries.append(.max)
        arrivals.append(.nan)
        update(item, at: number)
        return number
    }

    /// Replaces what is known of an item.
    public mutating func update(_ item: Item, at number: Int) {
        items[number] = item
        shown[number] = !item.isHidden
        inStock[number] = (item.stock ?? 1) > 0
        prices[number] = item.price ?? .nan
        stocks[number] = item.stock ?? .nan
        expiries[number] = item.expires ?? .max
        arrivals[number] = item.added.map(Double.init) ?? .nan
        // Copies of the catalog go on with the answers for the items as they were.
        if !isKnownUniquelyReferenced(&cache) { cache = cache.copy() }
        cache.update(item, at: number)
    }

    // MARK: - Masks

    /// The items that a filter lets through. Conditions that do not depend on time are asked of each item once, and kept.
    public func items(matching filter: Filter, now: Int64) -> ItemMask { mask(of: filter.expression, now: now) }

    /// The items that may be suggested at all: neither hidden nor expired, and in stock unless that does not matter.
    public func suggestible(now: Int64, evenOutOfStock: Bool = false) -> ItemMask {
        var mask = cache.unexpired(now: now) { expiries }
        mask.formIntersection(shown)
        if !evenOutOfStock { mask.formIntersection(inStock) }
        return mask
    }

    /// The items of one of some categories.
    public func items(inAnyOf categories: [String]) -> ItemMask {
        mask(
            of: .test(FilterTest(field: .categories, condition: .among(Set(categories.map { .text($0) }), isNegated: false))),
            now: 0)
    }

    /// The items whose price lies in a range; items without a price do not.
    public func items(pricedWithin range: ClosedRange<Double>) -> ItemMask {
        prices.withUnsafeBufferPointer { prices in
            ItemMask(count: count) { range.lowerBound <= prices[$0] && prices[$0] <= range.upperBound }
        }
    }

    /// The items of which so many are at hand; items that are not counted are left out.
    public func items(stockedWithAtLeast pieces: Double) -> ItemMask {
        stocks.withUnsafeBufferPointer { stocks in ItemMask(count: count) { stocks[$0] >= pieces } }
    }

    /// The properties that a filter asks for and no item has: perhaps a mistake in writing.
    public func unknownProperties(of filter: Filter) -> [String] {
        let missing = Set(filter.expression.tests.map(\.field)).filter { field in
            guard case .property = field else { return false }
            return mask(of: .test(FilterTest(field: field, condition: .exists)), now: 0).population == 0
        }
        return missing.compactMap { if case .property(let path) = $0 { path.joined(separator: ".") } else { nil } }.sorted()
    }

    private func mask(of expression: FilterExpression, now: Int64) -> ItemMask {
        switch expression {
        case .all(let parts):
            var mask = mask(of: parts[0], now: now)
            for part in parts.dropFirst() { mask.formIntersection(self.mask(of: part, now: now)) }
            return mask
        case .any(let parts):
            var mask = mask(of: parts[0], now: now)
            for part in parts.dropFirst() { mask.formUnion(self.mask(of: part, now: now)) }
            return mask
        case .not(let part):
            var mask = mask(of: part, now: now)
            mask.invert()
            return mask
        case .test(let test):
            let ask = { compared(test, now: now) ?? ItemMask(count: count) { test.matches(items[$0], now: now) } }
            return test.field.dependsOnTime ? ask() : cache.mask(for: test, otherwise: ask)
        }
    }

    /// Comparisons of numbers that every item has a column for, many times faster than item by item.
    private func compared(_ test: FilterTest, now: Int64) -> ItemMask? {
        guard case .compare(let comparison, .number(let limit)) = test.condition else { return nil }
        let now = Double(now), day = 86_400_000.0
        switch test.field {
        case .price: return prices.withUnsafeBufferPointer { column in ItemMask(count: count, comparison, limit) { column[$0] } }
        case .stock: return stocks.withUnsafeBufferPointer { column in ItemMask(count: count, comparison, limit) { column[$0] } }
        case .daysSinceAdded:
            return arrivals.withUnsafeBufferPointer { column in
                ItemMask(count: count, comparison, limit) { (now - column[$0]) / day }
            }
        case .daysUntilExpiry:
            return expiries.withUnsafeBufferPointer { column in
                ItemMask(count: count, comparison, limit) { column[$0] == .max ? .nan : (Double(column[$0]) - now) / day }
            }
        default: return nil
        }
    }
}

extension ItemMask {
    /// The items whose value compares so with a number; those without a value, which is then not a number, are left out.
    @inline(__always)
    fileprivate init(count: Int, _ comparison: FilterComparison, _ limit: Double, value: (Int) -> Double) {
        switch comparison {
        case .equal: self.init(count: count) { value($0) == limit }
        case .unequal:
            self.init(count: count) {
                let value = value($0)
                return value < limit || value > limit
            }
        case .less: self.init(count: count) { value($0) < limit }
        case .lessOrEqual: self.init(count: count) { value($0) <= limit }
        case .greater: self.init(count: count) { value($0) > limit }
        case .greaterOrEqual: self.init(count: count) { value($0) >= limit }
        }
    }
}
