import ComputeGraph
import Foundation

/// Prepares batches on threads of its own while the compute thread works, and counts how long compute
/// had to wait for them.
final class BatchLoader: @unchecked Sendable {
    // Every mutable property is guarded by `condition`; a slot's memory belongs to one loader thread while
    // its state is `.filling` and to the consumer while it is `.ready`.

    /// One batch: which samples, in which epoch (nil without augmentation), in which shape.
    struct Order: Sendable {
        var samples: [Int]
        var epoch: Int?
        var shape: Shape
    }

    private enum State { case free, filling, ready }

    private struct Slot {
        var state = State.free
        var order = 0
        var memory: UnsafeMutableBufferPointer<Float>
    }

    private let source: any SampleSource
    private let orders: [Order]
    private let condition = NSCondition()
    private var slots: [Slot]
    private var nextToFill = 0
    private var nextToTake = 0
    private var stopped = false
    private var running = 0

    /// - Parameters:
    ///   - orders: all batches, in the order in which they are taken.
    ///   - depth: batches prepared ahead.
    ///   - workers: loader threads.
    init(source: any SampleSource, orders: [Order], depth: Int = 3, workers: Int = 1) {
        self.source = source
        self.orders = orders
        let largest = orders.map { $0.samples.count * $0.shape.elementCount }.max() ?? 0
        slots = (0..<max(depth, 1)).map { _ in Slot(memory: .allocate(capacity: largest)) }
        running = workers
        for number in 0..<workers {
            let thread = Thread { [self] in work() }
            thread.name = "batch loader \(number)"
            thread.start()
        }
    }

    deinit {
        for slot in slots { slot.memory.deallocate() }
    }

    /// Ends the loader threads and waits for them.
    func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        while running > 0 { condition.wait() }
        condition.unlock()
    }

    private func work() {
        condition.lock()
        while !stopped, nextToFill < orders.count {
            guard let index = slots.firstIndex(where: { $0.state == .free }) else {
                condition.wait()
                continue
            }
            let number = nextToFill
            nextToFill += 1
            slots[index].state = .filling
            slots[index].order = number
            let memory = slots[index].memory
            condition.unlock()
            fill(orders[number], memory)
            condition.lock()
            slots[index].state = .ready
            condition.broadcast()
        }
        running -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func fill(_ order: Order, _ memory: UnsafeMutableBufferPointer<Float>) {
        let size = order.shape.elementCount
        for (position, sample) in order.samples.enumerated() {
            let part = UnsafeMutableBufferPointer(rebasing: memory[position * size..<(position + 1) * size])
            source.write(sample: sample, epoch: order.epoch, shape: order.shape, into: part)
        }
    }

    /// Waits for the next batch and copies it out.
    ///
    /// - Returns: the samples of the batch and the seconds waited, or nil behind the last batch.
    func next(into input: UnsafeMutableBufferPointer<Float>, targets: UnsafeMutableBufferPointer<Int32>) -> (samples: [Int], waited: Double)? {
        condition.lock()
        guard nextToTake < orders.count else {
            condition.unlock()
            return nil
        }
        let clock = ContinuousClock()
        let start = clock.now
        var found: Int?
        while found == nil {
            found = slots.firstIndex { $0.state == .ready && $0.order == nextToTake }
            if found == nil { condition.wait() }
        }
        let waited = clock.now - start
        let index = found ?? 0
        let order = orders[nextToTake]
        nextToTake += 1
        let memory = slots[index].memory
        condition.unlock()

        let count = order.samples.count * order.shape.elementCount
        precondition(count <= input.count, "the batch of \(count) numbers does not fit the plan's input of \(input.count)")
        input.baseAddress?.update(from: memory.baseAddress!, count: count)
        for (position, sample) in order.samples.enumerated() { targets[position] = source.label(of: sample) }

        condition.lock()
        slots[index].state = .free
        condition.broadcast()
        condition.unlock()
        return (order.samples, Double(waited.components.seconds) + Double(waited.components.attoseconds) * 1e-18)
    }
}
