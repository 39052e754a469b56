/// Reads the times that logs write.
struct EventTime {
    /// Milliseconds since 1970 in UTC.
    var milliseconds: Int64
    var hasZone: Bool

    /// How a column writes time.
    enum Style: String, Hashable, Sendable {
        /// Seconds, milliseconds or microseconds since 1970, told apart by size (seconds until the year 5138), or a date
        /// such as `2010-12-01 08:26:00`, `2014-04-07T10:51:09.277Z` or `20101201`. Eight, twelve or fourteen digits that
        /// begin with a year from 1970 to 2100 are a date, with hours and minutes and with seconds: as numbers they would
        /// be moments of 1970 or 1976, or far in the future.
        /// Dates such as `12/31/2010` are month, day and year.
        case usual
        /// As usual, but dates such as `31/12/2010` are day, month and year.
        case dayFirst
        /// As usual, but digits are never dates: seconds since the log began.
        case counted
        /// `6-4`: month and day of the year given in the options.
        case monthAndDay

        /// The order in dates such as `3/4/2010`, for people.
        var slashOrder: String { self == .dayFirst ? "day/month/year" : "month/day/year" }
    }

    /// - Returns: nil for what is no time.
    init?(_ field: UnsafeRawBufferPointer, style: Style, year: Int) {
        let bytes = field.trimmed
        switch style {
        case .monthAndDay:
            var cursor = Cursor(bytes)
            guard let month = cursor.number(1...2), cursor.take(0x2D), let day = cursor.number(1...2), cursor.isAtEnd,
                let days = Self.days(year, month, day)
            else { return nil }
            (milliseconds, hasZone) = (Int64(days) * 86_400_000, false)
        case .usual, .dayFirst, .counted:
            if style != .counted, let year = Self.yearOfDigits(bytes) {
                guard let date = Self.digits(bytes, year: year) else { return nil }
                self = date
            } else if let number = bytes.number {
                guard abs(number) < 1e18 else { return nil }
                let unit = abs(number) < 1e11 ? 1_000.0 : abs(number) < 1e14 ? 1 : 0.001
                (milliseconds, hasZone) = (Int64((number * unit).rounded()), true)
            } else {
                guard let date = Self.date(bytes, dayFirst: style == .dayFirst) else { return nil }
                self = date
            }
        }
    }

    private init(milliseconds: Int64, hasZone: Bool) {
        self.milliseconds = milliseconds
        self.hasZone = hasZone
    }

    /// The year that eight, twelve or fourteen digits begin with, if it is one that logs are of.
    private static func yearOfDigits(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard [8, 12, 14].contains(bytes.count), bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        var cursor = Cursor(bytes)
        return cursor.number(4...4).flatMap { (1970...2100).contains($0) ? $0 : nil }
    }

    /// `20101201`, `201012010826` or `20101201082600`.
    private static func digits(_ bytes: UnsafeRawBufferPointer, year: Int) -> EventTime? {
        var cursor = Cursor(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(4)))
        guard let month = cursor.number(2...2), let day = cursor.number(2...2), let days = Self.days(year, month, day) else { return nil }
        let hour = cursor.number(2...2) ?? 0, minute = cursor.number(2...2) ?? 0, second = cursor.number(2...2) ?? 0
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return EventTime(milliseconds: Int64(days * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000, hasZone: false)
    }

    /// The first two numbers of a date such as `12/31/2010`.
    static func slashDate(_ field: UnsafeRawBufferPointer) -> (first: Int, second: Int)? {
        var cursor = Cursor(field.trimmed)
        guard let first = cursor.number(1...2), cursor.take(0x2F), let second = cursor.number(1...2), cursor.take(0x2F),
            cursor.number(2...4) != nil
        else { return nil }
        return (first, second)
    }

    private static func date(_ bytes: UnsafeRawBufferPointer, dayFirst: Bool) -> EventTime? {
        var cursor = Cursor(bytes)
        guard let first = cursor.number(1...4) else { return nil }
        let days: Int?
        if cursor.take(0x2D) || (first > 31 && cursor.take(0x2F)) {
            guard let month = cursor.number(1...2), cursor.take(0x2D) || cursor.take(0x2F), let day = cursor.number(1...2) else { return nil }
            days = Self.days(first, month, day)
        } else if cursor.take(0x2F) {
            // 12/1/2010: month, day and year, as spreadsheets of the United States write it, or day first.
            guard let second = cursor.number(1...2), cursor.take(0x2F), let year = cursor.number(2...4) else { return nil }
            days = Self.days(year < 100 ? 2_000 + year : year, dayFirst ? second : first, dayFirst ? first : second)
        } else {
            return nil
        }
        guard let days else { return nil }
        var milliseconds = Int64(days) * 86_400_000
        if cursor.isAtEnd { return EventTime(milliseconds: milliseconds, hasZone: false) }
        guard cursor.take(0x54) || cursor.take(0x74) || cursor.take(0x20), let hour = cursor.number(1...2), hour < 24, cursor.take(0x3A),
            let minute = cursor.number(2...2), minute < 60
        else { return nil }
        milliseconds += Int64(hour * 3_600 + minute * 60) * 1_000
        if cursor.take(0x3A) {
            // 60: a leap second.
            guard let second = cursor.number(2...2), second <= 60 else { return nil }
            milliseconds += Int64(second) * 1_000
            if cursor.take(0x2E) || cursor.take(0x2C) {
                guard let fraction = cursor.fraction() else { return nil }
                milliseconds += fraction
            }
        }
        if cursor.isAtEnd { return EventTime(milliseconds: milliseconds, hasZone: false) }
        _ = cursor.take(0x20)
        if cursor.rest.equals("Z") || cursor.rest.equals("z") || cursor.rest.equals("UTC") || cursor.rest.equals("GMT") {
            return EventTime(milliseconds: milliseconds, hasZone: true)
        }
        let isWest = cursor.take(0x2D)
        guard isWest || cursor.take(0x2B), let hours = cursor.number(2...2), hours <= 15 else { return nil }
        _ = cursor.take(0x3A)
        var minutes = 0
        if !cursor.isAtEnd {
            guard let told = cursor.number(2...2), told < 60 else { return nil }
            minutes = told
        }
        guard cursor.isAtEnd else { return nil }
        let zone = Int64(hours * 60 + minutes) * 60_000
        return EventTime(milliseconds: milliseconds + (isWest ? zone : -zone), hasZone: true)
    }

    /// Days since 1970-01-01 of a date in the Gregorian calendar; nil where there is no such day.
    ///
    /// Howard Hinnant, "chrono-compatible low-level date algorithms".
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        guard day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Cursor {
        private let bytes: UnsafeRawBufferPointer
        private var index = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }
        var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[index...]) }

        mutating func take(_ byte: UInt8) -> Bool {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
            return true
        }

        mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            var value = 0, count = 0
            while index < bytes.count, count < digits.upperBound, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                value = value * 10 + Int(bytes[index] - 0x30)
                index += 1
                count += 1
            }
            return count >= digits.lowerBound ? value : nil
        }

        /// Digits behind the point, as milliseconds.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0, count = 0
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                if count < 3 { value = value * 10 + Int64(bytes[index] - 0x30) }
                index += 1
                count += 1
            }
            guard count > 0 else { return nil }
            for _ in min(count, 3)..<3 { value *= 10 }
            return value
        }
    }
}
