import Interactions

/// How a log file of a simulated shop is written.
public enum ShopLogFormat: String, CaseIterable, Sendable {
    /// Comma-separated, with the columns of the REES46 logs and one for ratings. Times to the second.
    case rees46
    /// One JSON object a line, as the interface of gorse takes feedback. Times to the millisecond, no sessions.
    case gorse

    public var fileExtension: String { self == .rees46 ? "csv" : "jsonl" }
}

/// Turns the events of a shop into the lines of a log file.
public struct ShopLogFormatter: Sendable {
    private let format: ShopLogFormat
    /// By item: what stands between the kind and the user, and nothing that needs escapes.
    private let middles: [[UInt8]]
    private var day = Int64.min
    /// Year, month and day of `day`, as in 2024-02-29.
    private var date: [UInt8] = []

    public init(_ shop: SimulatedShop, format: ShopLogFormat) {
        self.format = format
        middles =
            format == .gorse
            ? []
            : shop.items.map { item in
                var brand = ""
                if case .text(let name)? = item.properties["brand"] { brand = name.lowercased() }
                let code = item.categories.reversed().map { $0.split(separator: " ").joined(separator: "_") }.joined(
                    separator: ".")
                return Array(",\(item.id),,\(code),\(brand),\(item.price ?? 0),".utf8)
            }
    }

    /// The first line, with its line break; empty where a format has none.
    public var header: [UInt8] {
        switch format {
        case .rees46:
            Array("event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session,rating\n".utf8)
        case .gorse: []
        }
    }

    /// Appends an event of the shop, with its line break.
    public mutating func append(_ event: Event, to bytes: inout [UInt8]) {
        let time = event.time ?? 0
        switch format {
        case .rees46:
            append(time, separator: UInt8(ascii: " "), to: &bytes)
            bytes.append(contentsOf: " UTC,".utf8)
            bytes.append(contentsOf: event.kind == .removeFromCart ? "remove_from_cart".utf8 : event.kind.rawValue.utf8)
            let number = event.item.utf8.dropFirst().reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            bytes.append(contentsOf: middles[number])
            bytes.append(contentsOf: event.user.utf8)
            bytes.append(UInt8(ascii: ","))
            bytes.append(contentsOf: (event.session ?? "").utf8)
            bytes.append(UInt8(ascii: ","))
            if let value = event.value { bytes.append(contentsOf: "\(Int(value))".utf8) }
        case .gorse:
            bytes.append(contentsOf: #"{"FeedbackType":""#.utf8)
            bytes.append(contentsOf: event.kind.rawValue.utf8)
            bytes.append(contentsOf: #"","UserId":""#.utf8)
            bytes.append(contentsOf: event.user.utf8)
            bytes.append(contentsOf: #"","ItemId":""#.utf8)
            bytes.append(contentsOf: event.item.utf8)
            bytes.append(contentsOf: #"","Value":"#.utf8)
            bytes.append(contentsOf: "\(Int(event.value ?? 1))".utf8)
            bytes.append(contentsOf: #","Timestamp":""#.utf8)
            append(time, separator: UInt8(ascii: "T"), to: &bytes)
            bytes.append(UInt8(ascii: "."))
            append(Int(time.modulo(1_000)), digits: 3, to: &bytes)
            bytes.append(contentsOf: #"Z"}"#.utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Date and time of day to the second.
    private mutating func append(_ time: Int64, separator: UInt8, to bytes: inout [UInt8]) {
        let milliseconds = time.modulo(86_400_000)
        let today = (time - milliseconds) / 86_400_000
        if today != day {
            day = today
            let civil = Self.civil(today)
            date.removeAll(keepingCapacity: true)
            append(civil.year, digits: 4, to: &date)
            date.append(UInt8(ascii: "-"))
            append(civil.month, digits: 2, to: &date)
            date.append(UInt8(ascii: "-"))
            append(civil.day, digits: 2, to: &date)
        }
        let seconds = Int(milliseconds / 1_000)
        bytes.append(contentsOf: date)
        bytes.append(separator)
        append(seconds / 3_600, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(seconds / 60 % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(seconds % 60, digits: 2, to: &bytes)
    }

    private func append(_ number: Int, digits: Int, to bytes: inout [UInt8]) {
        var power = 1
        for _ in 1..<digits { power *= 10 }
        while power > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
    }

    /// The Gregorian date of a day counted from 1970 (H. Hinnant, "chrono-compatible low-level date algorithms", 2013).
    static func civil(_ day: Int64) -> (year: Int, month: Int, day: Int) {
        // Years begin in March here, so that the leap day is a year's last.
        let shifted = day + 719_468
        let dayOfEra = shifted.modulo(146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (
            Int(yearOfEra + era * 400) + (civilMonth <= 2 ? 1 : 0), Int(civilMonth), Int(dayOfYear - (153 * month + 2) / 5 + 1)
        )
    }
}

extension Int64 {
    /// The remainder that is never negative.
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
