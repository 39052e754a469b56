/// The kinds of log files that are known by their columns.
public enum LogFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// `timestamp,visitorid,event,itemid,transactionid`.
    case retailRocket = "retailrocket"
    /// `timestamp,itemid,property,value`: one property of an item a line.
    case retailRocketProperties = "retailrocket-properties"
    /// `event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session`.
    case rees46
    /// User, item, rating and time: tab-separated without header, with `::`, or CSV with a header.
    case movieLens = "movielens"
    /// `user,item,rating,timestamp` without header.
    case amazon
    /// Atomic files: `user_id:token item_id:token rating:float`, also of items and of users.
    case recBole = "recbole"
    /// Tab-separated `SessionId ItemId Time`: no users, every session is one.
    case sessionRec = "session-rec"
    /// `user item item item …`, one user a line, in the order of time unless told otherwise.
    case sequences
    /// `user item`, one event a line.
    case pairs
    /// Invoice lines of the UCI data set Online Retail.
    case onlineRetail = "online-retail"
    /// `user_id,brand_id,type,visit_datetime` with numbers for kinds and month-day for time.
    case alibaba
    /// JSON lines with feedback, items or users as gorse exports them.
    case gorse
    /// JSON lines of items with id, name, categories, price, stock and properties, as `simulate` writes them.
    case items
    /// One JSON object: item ids and their lists of attributes.
    case itemAttributes = "item-attributes"
    /// Any other table whose columns are told by header or mapping.
    case table
}
