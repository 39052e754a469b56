/// What the shop knows of an item besides the events.
public struct Item: Hashable, Codable, Sendable {
    public var id: String
    /// For people; the id where there is none.
    public var name: String?
    public var categories: [String]
    /// In the shop's currency, not negative.
    public var price: Double?
    /// Pieces at hand; nil where the shop does not count.
    public var stock: Double?
    /// Hidden items are never suggested.
    public var isHidden: Bool
    /// Milliseconds since 1970 after which the item is not suggested any more.
    public var expires: Int64?
    /// Milliseconds since 1970 when the item came into the shop.
    public var added: Int64?
    /// Everything else, such as brand or color.
    public var properties: [String: PropertyValue]

    public init(
        id: String, name: String? = nil, categories: [String] = [], price: Double? = nil, stock: Double? = nil,
        isHidden: Bool = false, expires: Int64? = nil, added: Int64? = nil, properties: [String: PropertyValue] = [:]
    ) {
        self.id = id
        self.name = name
        self.categories = categories
        self.price = price
        self.stock = stock
        self.isHidden = isHidden
        self.expires = expires
        self.added = added
        self.properties = properties
    }

    /// Whether anything is known besides the id.
    public var isDescribed: Bool {
        name != nil || !categories.isEmpty || price != nil || stock != nil || isHidden || expires != nil || added != nil
            || !properties.isEmpty
    }
}

extension Item {
    /// Fields under the names that they have among properties.
    public enum Field: String, Sendable, CaseIterable {
        case name = "@name", categories = "@categories", price = "@price", stock = "@stock", isHidden = "@hidden"
        case expires = "@expires", added = "@added"
    }

    /// Says of a field that is empty that it is so, in a description that goes over an older one: no price any more, not hidden
    /// any more. Other empty fields leave what is known.
    public mutating func tellIfEmpty(_ field: Field) {
        let isEmpty =
            switch field {
            case .name: name == nil
            case .categories: categories.isEmpty
            case .price: price == nil
            case .stock: stock == nil
            case .isHidden: !isHidden
            case .expires: expires == nil
            case .added: added == nil
            }
        if isEmpty { properties[field.rawValue] = .null }
    }
}

extension Item {
    private enum CodingKeys: String, CodingKey {
        case id, name, categories, price, stock, isHidden, expires, added, properties
    }

    /// Everything but the id may be left out.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(String.self, forKey: .id), name: try container.decodeIfPresent(String.self, forKey: .name),
            categories: try container.decodeIfPresent([String].self, forKey: .categories) ?? [],
            price: try container.decodeIfPresent(Double.self, forKey: .price),
            stock: try container.decodeIfPresent(Double.self, forKey: .stock),
            isHidden: try container.decodeIfPresent(Bool.self, forKey: .isHidden) ?? false,
            expires: try container.decodeIfPresent(Int64.self, forKey: .expires),
            added: try container.decodeIfPresent(Int64.self, forKey: .added),
            properties: try container.decodeIfPresent([String: PropertyValue].self, forKey: .properties) ?? [:])
    }
}

extension IdentifierTable {
    /// What is known of items by their numbers; items without a number, or of which only the id is known, are left out.
    public func numbered(_ items: some Sequence<Item>) -> [Int: Item] {
        var numbered: [Int: Item] = [:]
        for item in items where item.isDescribed {
            if let number = number(of: item.id) { numbered[number] = item }
        }
        return numbered
    }
}

/// A user, besides the events.
public struct User: Hashable, Codable, Sendable {
    public var id: String
    public var properties: [String: PropertyValue]

    public init(id: String, properties: [String: PropertyValue] = [:]) {
        self.id = id
        self.properties = properties
    }
}
