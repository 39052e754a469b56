import ArgumentParser
import Foundation
import Interactions
import Recommendation
import Reporting

/// What may be suggested, and in which mixture.
struct SuggestionOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("How many for each user.", valueName: "count"))
    var k = 10

    @Option(help: ArgumentHelp("Only items of which this is true; see FILTER in `recommender suggest --help`.", valueName: "expression"))
    var filter: String?

    @Option(help: ArgumentHelp("Only items of this category; may be repeated.", valueName: "name"))
    var category: [String] = []

    @Option(help: ArgumentHelp("Only items that cost at least so much.", valueName: "price"))
    var minPrice: Double?

    @Option(help: ArgumentHelp("Only items that cost at most so much.", valueName: "price"))
    var maxPrice: Double?

    @Option(help: ArgumentHelp("Only items of which at least so many are known to be at hand.", valueName: "pieces"))
    var minStock: Double?

    @Flag(help: "Only items that are known to be in stock; otherwise those that are not counted count as well.")
    var inStock = false

    @Flag(help: "Suggest also what is out of stock.")
    var outOfStock = false

    @Option(help: ArgumentHelp("Items never to suggest, separated by commas; may be repeated.", valueName: "ids"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Kinds of events after which an item is not suggested again, separated by commas; \"none\" for no kind. What the user hid "
                + "stays out.", valueName: "kinds"))
    var excludeKinds = "purchase"

    @Flag(
        help: ArgumentHelp(
            "Suggest nothing that the user looked at, marked or put into the cart, and leave out the rule that shows such items again."))
    var noResurfacing = false

    @Option(
        name: .customLong("promote"),
        help: ArgumentHelp(
            "Items of which the expression is true fill at least this share of the places, such as '0.2=category = \"new\"'; may be "
                + "repeated.", valueName: "share=expression"))
    var promoted: [String] = []

    @Option(
        help: ArgumentHelp("The same for items by their ids, such as 0.2=i1,i2; may be repeated.", valueName: "share=ids"))
    var promoteItems: [String] = []

    @Option(help: ArgumentHelp("From 0, the best whatever they are, to 1, as different from each other as can be.", valueName: "share"))
    var diversity = 0.0

    func validate() throws {
        if !(1...SuggestionRequest.most).contains(k) { throw ValidationError("--k must be from 1 to \(SuggestionRequest.most)") }
        if !(0...1).contains(diversity) { throw ValidationError("--diversity must be from 0 to 1") }
        if diversity > 0, k > SuggestionRequest.mostDiverse {
            throw ValidationError("--diversity compares every two items: --k must be at most \(SuggestionRequest.mostDiverse) with it")
        }
        for (name, value) in [("--min-price", minPrice), ("--max-price", maxPrice), ("--min-stock", minStock)] {
            if let value, !(value >= 0) { throw ValidationError("\(name) must be a number of at least 0") }
        }
        if let minPrice, let maxPrice, minPrice > maxPrice {
            throw ValidationError("--min-price \(minPrice) is above --max-price \(maxPrice): no item costs that")
        }
        if outOfStock, inStock || minStock != nil {
            throw ValidationError("--out-of-stock contradicts \(inStock ? "--in-stock" : "--min-stock"); leave one out")
        }
        if List.split(excludeKinds).isEmpty {
            throw ValidationError("--exclude-kinds names no kind; write none to let everything be suggested again")
        }
        _ = try IdentifierList.ids(exclude, "--exclude")
        for text in promoteItems { _ = try IdentifierList.ids([Promotion(text, "--promote-items").text], "--promote-items") }
        let shares = try promoted.map { try Promotion($0, "--promote").share } + promoteItems.map { try Promotion($0, "--promote-items").share }
        if shares.reduce(0, +) > 1 + 1e-9 { throw ValidationError("the shares of the promotions are more than 1 together") }
    }

    /// A share, and what it is for.
    private struct Promotion {
        var share: Double
        var text: String

        init(_ text: String, _ option: String) throws {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let share = Double(parts[0].trimmingCharacters(in: .whitespaces)), (0...1).contains(share) else {
                throw ValidationError("\(option) \(text) does not begin with a share from 0 to 1 and =, as in 0.2=...")
            }
            (self.share, self.text) = (share, parts[1])
        }
    }

    /// Whatever changes the answers, in words.
    var summary: String {
        "k \(k), filter \(filter ?? "none"), categories \(category), price \(minPrice ?? 0) to \(maxPrice ?? .infinity), "
            + "stock \(minStock ?? 0) \(inStock) \(outOfStock), without \(exclude), \(excludeKinds), "
            + "resurfacing \(!noResurfacing), promotions \(promoted) \(promoteItems), diversity \(diversity)"
    }

    /// The request without a history; tells on standard error what of it no item has.
    ///
    /// - Throws: `FilterError`.
    func request(_ suggester: Suggester, command: String, now: Int64) throws -> SuggestionRequest {
        func note(_ text: String) { StandardErrorOutput().write("recommender \(command): \(text)\n") }
        func known(_ filter: Filter) -> Filter {
            for name in suggester.catalog.unknownProperties(of: filter) { note("no item has a property \"\(name)\"") }
            return filter
        }
        func numbers(_ ids: [String], _ option: String) throws -> Set<Int> {
            Set(try IdentifierList.ids(ids, option).compactMap { id in
                let number = suggester.model.items.number(of: id)
                if number == nil { note("there is no item \"\(id)\"") }
                return number
            })
        }
        var request = SuggestionRequest(count: k, categories: category, allowsOutOfStock: outOfStock, diversity: diversity, now: now)
        request.filter = try filter.map { known(try Filter($0)) }
        request.excluded = try numbers(exclude, "--exclude")
        request.excludedKinds = excludeKinds == "none" ? [] : Set(List.split(excludeKinds).map(EventKind.init(rawValue:)))
        for kind in request.excludedKinds {
            let meant = EventWeights.usual.keys.first { kind != $0 && kind.rawValue.lowercased().hasPrefix($0.rawValue) }
            if let meant { note("--exclude-kinds \(kind.rawValue): the usual kind is called \(meant.rawValue)") }
        }
        // What the user met is not to come again, whichever model would bring it.
        if noResurfacing { request.excludedKinds.formUnion([.view, .favorite, .cart]) }
        if minPrice != nil || maxPrice != nil { request.price = (minPrice ?? 0)...(maxPrice ?? .infinity) }
        request.minimumStock = minStock ?? (inStock ? Double.leastNonzeroMagnitude : nil)
        request.promotions = try promoted.map {
            let promotion = try Promotion($0, "--promote")
            return .init(.matching(known(try Filter(promotion.text))), share: promotion.share)
        }
        request.promotions += try promoteItems.map {
            let promotion = try Promotion($0, "--promote-items")
            return .init(.listed(try numbers([promotion.text], "--promote-items")), share: promotion.share)
        }
        return request
    }
}

/// Items that were suggested lately and make room for others.
struct RotationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How far what was suggested lately sinks: from 0, not at all, to 1, below all others.", valueName: "share"))
    var rotation: Double?

    @Option(
        help: ArgumentHelp(
            "Items that were suggested lately, separated by commas, each with the hours that have passed where it was not just now: i7,i9@24; "
                + "may be repeated.", valueName: "ids"))
    var recent: [String] = []

    @Option(help: ArgumentHelp("Hours after which it counts half that an item was suggested. (default: 24)", valueName: "hours"))
    var rotationHalfLife: Double?

    func validate() throws {
        if let rotation, !(0...1).contains(rotation) { throw ValidationError("--rotation must be from 0 to 1") }
        if let rotationHalfLife, !(rotationHalfLife > 0) { throw ValidationError("--rotation-half-life must be more than 0 hours") }
        if rotation != nil, recent.isEmpty { throw ValidationError("--rotation needs the items suggested lately: --recent ids") }
        if rotation == nil, !recent.isEmpty || rotationHalfLife != nil {
            throw ValidationError("\(!recent.isEmpty ? "--recent" : "--rotation-half-life") says nothing without --rotation")
        }
        for entry in try IdentifierList(recent, "--recent", remarks: true).entries {
            guard let remark = entry.remark, !remark.isEmpty, Self.hours(remark) == nil else { continue }
            throw ValidationError("--recent: \(remark) follows a closing quote; only hours may, such as @24")
        }
    }

    /// The hours of a text such as `@24`.
    private static func hours(_ text: some StringProtocol) -> Double? {
        guard text.first == "@", let hours = Double(text.dropFirst()), (0...1e6).contains(hours) else { return nil }
        return hours
    }

    /// Tells on standard error of items that there are not.
    func rotation(_ model: RecommenderModel, command: String, now: Int64) throws -> SuggestionRequest.Rotation? {
        guard let rotation else { return nil }
        let hour = 3_600_000.0
        let suggested = try IdentifierList(recent, "--recent", remarks: true).entries.compactMap { entry -> SuggestionRequest.Rotation.Suggested? in
            var (id, hours) = (entry.text, entry.remark.flatMap { Self.hours($0) } ?? 0)
            // An id may have the sign itself.
            if entry.remark == nil, model.items.number(of: id) == nil, let sign = id.lastIndex(of: "@"), let passed = Self.hours(id[sign...]) {
                (id, hours) = (String(id[..<sign]), passed)
            }
            guard let item = model.items.number(of: id) else {
                StandardErrorOutput().write("recommender \(command): there is no item \"\(id)\"\n")
                return nil
            }
            return .init(item: item, time: now - Int64(hours * hour))
        }
        return .init(rate: rotation, halfLife: (rotationHalfLife ?? 24) * hour, recent: suggested)
    }
}

/// Words between commas.
enum List {
    static func split(_ text: String?) -> [String] {
        text?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } ?? []
    }
}
