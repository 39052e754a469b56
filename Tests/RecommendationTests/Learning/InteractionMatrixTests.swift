import Interactions
import Recommendation
import Testing

@Suite struct InteractionMatrixTests {
    private static let users = Histories.random(users: 30, items: 12, kinds: [.view, .purchase, .hide], seed: 17)

    private static func dense(_ matrix: InteractionMatrix) -> [[Float]] {
        (0..<matrix.rows).map { row in
            var values = [Float](repeating: 0, count: matrix.columns)
            for entry in matrix.range(of: row) { values[Int(matrix.indices[entry])] = matrix.values[entry] }
            return values
        }
    }

    @Test func holdsTheSumsOfWeightsThatAreAboveZero() throws {
        let data = TrainingData(log: try Histories.log(Self.users, items: 12))
        let matrix = InteractionMatrix(data)
        let rows = Self.dense(matrix)
        for (user, events) in Self.users.enumerated() {
            var sums = [Float](repeating: 0, count: 12)
            for event in events { sums[event.item] += Float(EventWeights.usual[event.kind]!) }
            #expect(rows[user] == sums.map { max($0, 0) })
            let indices = matrix.indices[matrix.range(of: user)]
            #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
        }
        #expect(matrix.values.allSatisfy { $0 > 0 })
    }

    @Test func ratingsCountByHowFarTheyAreFromNeutral() throws {
        func rated(_ ratings: [Float?]) -> [HistoryEvent] {
            ratings.enumerated().map { HistoryEvent(item: $0, kind: .rating, value: $1, time: Int64($0)) }
        }
        let log = try Histories.log([rated([5, 1, 3, 4]), rated([1, 5, nil, 2.5])], items: 4)
        let rows = Self.dense(InteractionMatrix(TrainingData(log: log)))
        // As a history is weighed when it is asked about; what was disliked is no interest.
        #expect(zip(rows[0], [4, 0, 0.8, 2.4]).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(zip(rows[1], [0, 4, 4, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func oldEventsCountLess() throws {
        let log = try Histories.log([[HistoryEvent(item: 0, time: 0), HistoryEvent(item: 1, time: 10 * Histories.day)]], items: 2)
        let matrix = InteractionMatrix(TrainingData(log: log, weights: EventWeights(halfLifeDays: 5)))
        #expect(matrix.values == [0.25, 1])
    }

    @Test func transposedTwiceIsTheSame() throws {
        let matrix = InteractionMatrix(TrainingData(log: try Histories.log(Self.users, items: 12)))
        let other = matrix.transposed
        #expect(other.rows == 12 && other.columns == matrix.rows && other.count == matrix.count)
        let (rows, columns) = (Self.dense(matrix), Self.dense(other))
        for row in 0..<matrix.rows { for column in 0..<12 { #expect(rows[row][column] == columns[column][row]) } }
        #expect(other.transposed.indices == matrix.indices && other.transposed.values == matrix.values)
    }
}

@Suite struct EventWeightTests {
    @Test func ratingsCountByHowFarTheyAreFromNeutral() {
        let weights = EventWeights()
        func weight(_ value: Float) -> Double { weights.weight(of: HistoryEvent(item: 0, kind: .rating, value: value)) }
        #expect(abs(weight(5) - 4) < 1e-9)
        #expect(weight(4) > weight(3) && weight(3) > 0 && weight(1) < 0)
        #expect(weight(100) == 4 && weight(-100) == -4)
        #expect(weights.weight(of: HistoryEvent(item: 0, kind: .rating)) == 4)
        #expect(weights.weight(of: HistoryEvent(item: 0, kind: "wish")) == 1)
    }

    @Test func repetitionIsTheShareOfStepsThatRepeat() throws {
        let log = try Histories.log([Histories.views([0, 0, 1]), Histories.views([1]), Histories.views([2, 2, 2])], items: 3)
        #expect(abs(TrainingData(log: log).repetition - 3.0 / 4) < 1e-6)
    }
}
