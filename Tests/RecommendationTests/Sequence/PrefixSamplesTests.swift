import Interactions
import Recommendation
import Testing

@Suite struct PrefixSamplesTests {
    static func data(_ sequences: [[Int]], weights: EventWeights = .equal, kind: EventKind = .purchase, seed: UInt64 = 1) throws -> TrainingData {
        var builder = InteractionLogBuilder()
        for item in 0...(sequences.joined().max() ?? 0) { builder.addItem("\(item)") }
        for (user, sequence) in sequences.enumerated() {
            for (time, item) in sequence.enumerated() {
                try builder.append(Event(user: "\(user)", item: "\(item)", kind: kind, time: Int64(time)))
            }
        }
        return TrainingData(log: builder.build(), weights: weights, seed: seed, threads: 1)
    }

    @Test func everyBeginningIsASampleOfItsLength() throws {
        let samples = try PrefixSamples(Self.data([[1, 2, 3, 4], [5], [6, 7], [1, 2, 3, 4, 5, 6]]), maximumLength: 3)
        #expect(samples.count == 3 + 0 + 1 + 5)
        #expect(samples.targets.map(\.count) == [3, 2, 4])
        for (index, targets) in samples.targets.enumerated() {
            for target in targets { #expect(Int(target) >= index + 1) }
        }
    }

    @Test func anEpochHoldsEverySampleOnceInBatchesOfOneLength() throws {
        let sequences = (0..<60).map { user in (0...(user % 9)).map { ($0 * 7 + user) % 40 } }
        let samples = try PrefixSamples(Self.data(sequences), maximumLength: 5)
        let batches = samples.batches(limit: 16, seed: 3, epoch: 0)
        var seen: [Int32] = []
        for batch in batches {
            #expect(batch.targets.count <= samples.batchSize(length: batch.length, limit: 16))
            #expect(samples.batchSize(length: batch.length, limit: 16) <= 16)
            #expect(batch.targets.allSatisfy { samples.targets[batch.length - 1].contains($0) })
            seen += batch.targets
        }
        #expect(seen.sorted() == samples.targets.flatMap { $0 }.sorted())
        #expect(samples.batches(limit: 16, seed: 3, epoch: 0).map(\.targets) == batches.map(\.targets))
        #expect(samples.batches(limit: 16, seed: 3, epoch: 1).map(\.targets) != batches.map(\.targets))
        #expect(samples.batches(limit: 16, seed: 4, epoch: 0).map(\.targets) != batches.map(\.targets))
        let some = samples.batches(limit: 16, total: 40, seed: 3, epoch: 0)
        #expect((40..<56).contains(some.reduce(0) { $0 + $1.targets.count }))
        #expect(some.map(\.targets) == batches.prefix(some.count).map(\.targets))
    }

    @Test func historiesStopAtTheUsersFirstEvent() throws {
        let samples = try PrefixSamples(Self.data([[1, 2], [3, 4, 5]]), maximumLength: 4)
        var histories = [Int32](repeating: 9, count: 3 * 2), answers = [Int32](repeating: 9, count: 3)
        let batch = PrefixSamples.Batch(length: 2, targets: samples.targets[1])
        histories.withUnsafeMutableBufferPointer { histories in
            answers.withUnsafeMutableBufferPointer { samples.write(batch, histories: histories, answers: $0) }
        }
        #expect(histories == [3, 4, -1, -1, -1, -1])
        #expect(answers == [5, -1, -1])
    }

    @Test func onlyEventsThatSpeakForAnItemCount() throws {
        var builder = InteractionLogBuilder()
        let events: [(String, EventKind, Double?)] = [
            ("a", .view, nil), ("a", .purchase, nil), ("b", .hide, nil), ("c", .rating, 5), ("d", .rating, 1), ("a", .view, nil),
            ("e", .removeFromCart, nil), ("f", .cart, nil),
        ]
        for (item, kind, value) in events { try builder.append(Event(user: "u", item: item, kind: kind, value: value)) }
        let log = builder.build()
        let samples = PrefixSamples(TrainingData(log: log), maximumLength: 10)
        #expect(samples.items.map { log.items[Int($0)] } == ["a", "c", "a", "f"])
    }
}
