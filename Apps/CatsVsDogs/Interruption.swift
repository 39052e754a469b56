import Dispatch
import Foundation
import Reporting
import Synchronization

/// Notes the first interrupt or termination signal, so that work can end between two steps; the second one
/// ends the process at once.
final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)
    // Dispatch sources are safe to hold from any thread; these are only kept alive.
    private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [requested = Pointer(self)] in requested.note(number) }
            source.resume()
            return source
        }
    }

    var isRequested: Bool { requested.load(ordering: .relaxed) }

    private struct Pointer: Sendable {
        weak let owner: Interruption?
        init(_ owner: Interruption) { self.owner = owner }

        func note(_ number: Int32) {
            guard let owner, !owner.requested.exchange(true, ordering: .relaxed) else {
                signal(number, SIG_DFL)
                raise(number)
                return
            }
            StandardErrorOutput().write("\nending after this step; press again to stop at once\n")
        }
    }
}
