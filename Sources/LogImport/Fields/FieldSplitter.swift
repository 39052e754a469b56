/// Cuts a record into fields, without copying those that have no doubled quotes.
struct FieldSplitter {
    enum Separator: Hashable {
        /// Between fields that may stand in double quotes (RFC 4180).
        case quoted(UInt8)
        /// Quotes mean nothing, as in tab-separated files.
        case plain(UInt8)
        /// `::`.
        case doubleColon
        /// Any number of spaces and tabs.
        case blanks
    }

    let separator: Separator
    /// Good as long as the record's bytes are.
    private(set) var fields: [UnsafeRawBufferPointer] = []
    private var unquoted = Unquoted()

    init(separator: Separator) { self.separator = separator }

    mutating func split(_ record: UnsafeRawBufferPointer) throws(Reject) {
        fields.removeAll(keepingCapacity: true)
        switch separator {
        case .plain(let mark):
            var start = 0
            for index in 0..<record.count where record[index] == mark {
                add(record, start, index)
                start = index + 1
            }
            add(record, start, record.count)
        case .doubleColon:
            var start = 0, index = 0
            while index + 1 < record.count {
                if record[index] == 0x3A, record[index + 1] == 0x3A {
                    add(record, start, index)
                    start = index + 2
                    index += 2
                } else {
                    index += 1
                }
            }
            add(record, start, record.count)
        case .blanks:
            var start = 0
            for index in 0...record.count where index == record.count || record[index] == 0x20 || record[index] == 0x09 {
                if index > start { add(record, start, index) }
                start = index + 1
            }
        case .quoted(let mark): try splitQuoted(record, mark)
        }
    }

    private mutating func splitQuoted(_ record: UnsafeRawBufferPointer, _ mark: UInt8) throws(Reject) {
        unquoted.reserve(record.count)
        var index = 0
        while true {
            if index < record.count, record[index] == 0x22 {
                var start = index + 1
                var hasDoubled = false
                index = start
                while true {
                    guard index < record.count else { throw Reject("a quote is opened and never closed") }
                    if record[index] == 0x22 {
                        guard index + 1 < record.count, record[index + 1] == 0x22 else { break }
                        hasDoubled = true
                        index += 1
                    }
                    index += 1
                }
                if hasDoubled {
                    fields.append(unquoted.append(UnsafeRawBufferPointer(rebasing: record[start..<index])))
                } else {
                    add(record, start, index)
                }
                index += 1
                start = index
                guard index == record.count || record[index] == mark else {
                    throw Reject("something follows a closing quote in field \(fields.count)")
                }
            } else {
                let start = index
                while index < record.count, record[index] != mark { index += 1 }
                add(record, start, index)
            }
            if index >= record.count { break }
            index += 1
            if index == record.count {
                add(record, index, index)
                break
            }
        }
    }

    private mutating func add(_ record: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        fields.append(UnsafeRawBufferPointer(rebasing: record[start..<end]))
    }

    /// Fields whose doubled quotes were made single ones.
    private final class Unquoted {
        private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
        private var used = 0
        deinit { memory.deallocate() }

        /// Makes room for a whole record, so that the memory does not move while its fields are read.
        func reserve(_ count: Int) {
            used = 0
            guard memory.count < count else { return }
            memory.deallocate()
            memory = .allocate(byteCount: count, alignment: 1)
        }

        func append(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            let start = used
            var index = 0
            while index < bytes.count {
                memory[used] = bytes[index]
                used += 1
                index += bytes[index] == 0x22 ? 2 : 1
            }
            return UnsafeRawBufferPointer(rebasing: memory[start..<used])
        }
    }
}
