/// What columns hold.
public enum ColumnRole: String, Sendable, Hashable, CaseIterable {
    case user, item, time, kind, value, session, recommendation, price, name, category, stock, hidden, expires, added

    /// What only descriptions of items tell. Columns of such a name hold something else in a log of events: there, `created_at` is
    /// the time of the event.
    static let ofDescriptions: [ColumnRole] = [.hidden, .expires, .added]
}

/// Which column holds what, as a user says it: `user=visitor,item=product,time=3`.
public struct ColumnMapping: Sendable, Hashable {
    /// Names of the header, or numbers from 1.
    public var columns: [ColumnRole: String]

    static let roleNames = ColumnRole.allCases.map(\.rawValue).joined(separator: ", ")

    public init(_ columns: [ColumnRole: String]) { self.columns = columns }

    /// - Throws: `LogImportError.badMapping`.
    public init(parsing text: String) throws {
        columns = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw LogImportError.badMapping(text: text, reason: "\"\(part)\" has no column after =")
            }
            guard let role = ColumnRole(rawValue: sides[0].lowercased()) else {
                throw LogImportError.badMapping(text: text, reason: "\"\(sides[0])\" is nothing that a column can hold")
            }
            guard columns.updateValue(sides[1], forKey: role) == nil else {
                throw LogImportError.badMapping(text: text, reason: "\(role.rawValue) is told twice")
            }
        }
    }

    /// As it is written, in the order of the roles.
    public var text: String {
        ColumnRole.allCases.compactMap { role in columns[role].map { "\(role.rawValue)=\($0)" } }.joined(separator: ",")
    }

    /// Names that headers of common logs have for each role, in lower case.
    static let usualNames: [ColumnRole: Set<String>] = [
        .user: [
            "user", "user_id", "userid", "visitorid", "visitor_id", "customerid", "customer_id", "customer id", "customer", "uid",
            "member_id", "reviewerid",
        ],
        .item: [
            "item", "item_id", "itemid", "product", "product_id", "productid", "movieid", "movie_id", "brand_id", "stockcode", "asin",
            "sku", "iid", "track_id", "book_id", "artist_id",
        ],
        .time: [
            "time", "timestamp", "event_time", "date", "datetime", "visit_datetime", "invoicedate", "created_at", "unixreviewtime", "ts",
        ],
        .kind: ["event", "event_type", "eventtype", "type", "kind", "action", "behavior", "behavior_type", "behaviour"],
        .value: ["rating", "value", "score", "stars", "overall", "quantity", "weight"],
        .session: ["session", "session_id", "sessionid", "user_session", "invoiceno", "invoice"],
        .recommendation: ["recommendation", "recommendation_id", "recommid", "recomm_id"],
        .price: ["price", "unitprice", "unit_price"],
        .name: ["name", "title", "item_name", "movie_title", "product_name", "description"],
        .category: ["category", "categories", "category_code", "genres", "genre", "class"],
        .stock: ["stock", "in_stock"],
        .hidden: ["hidden", "is_hidden", "ishidden"],
        .expires: ["expires", "expires_at", "expiry", "expiry_date", "expiration", "expiration_date", "valid_until", "available_until"],
        .added: ["added", "added_at", "date_added", "created", "created_at", "date_created", "creation_date"],
    ]
}
