/// How the quotes of a record stand, which is found out in one pass however many lines the record has. A quote opens
/// only at the start of a field.
struct QuoteScan {
    enum State {
        case closed, open
        /// Something follows a closing quote.
        case misplaced
    }

    let mark: UInt8
    private var isOpen = false
    private var isFieldStart = true
    private var index = 0

    init(mark: UInt8) { self.mark = mark }

    /// - Parameter bytes: the record up to the end of a line; those of the call before are its start.
    mutating func goOn(_ bytes: UnsafeRawBufferPointer) -> State {
        while index < bytes.count {
            let byte = bytes[index]
            if isOpen {
                if byte == 0x22 {
                    let next = index + 1 < bytes.count ? bytes[index + 1] : mark
                    if next == 0x22 {
                        index += 1
                    } else {
                        guard next == mark || next == 0x0D else { return .misplaced }
                        isOpen = false
                    }
                }
            } else if byte == 0x22, isFieldStart {
                isOpen = true
                isFieldStart = false
            } else {
                isFieldStart = byte == mark
            }
            index += 1
        }
        return isOpen ? .open : .closed
    }
}
