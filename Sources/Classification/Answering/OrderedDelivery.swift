import Synchronization

/// Passes on what several threads finish in any order, one after the other in the order of positions.
final class OrderedDelivery<Item: Sendable>: Sendable {
    private struct State {
        var next = 0
        var waiting: [Int: Item] = [:]
        var failed = false
    }

    private let state = Mutex(State())
    private let receive: @Sendable (Int, Item) throws -> Void

    init(_ receive: @escaping @Sendable (Int, Item) throws -> Void) { self.receive = receive }

    /// Takes the item of a position and passes on all that is now due. After an error nothing more is passed on.
    func deliver(_ item: Item, at position: Int) throws {
        try state.withLock { state in
            state.waiting[position] = item
            while !state.failed, let item = state.waiting.removeValue(forKey: state.next) {
                do {
                    try receive(state.next, item)
                } catch {
                    state.failed = true
                    throw error
                }
                state.next += 1
            }
        }
    }
}
