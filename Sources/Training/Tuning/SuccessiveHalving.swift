import ComputeGraph

/// How trials are thinned out: all get a small budget, the best part of them a larger one, and so on (Jamieson and
/// Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016).
public struct SuccessiveHalving: Sendable, Hashable, Codable {
    /// Trials in the first round.
    public var trials: Int
    /// Budget of the last round, in whatever a trial is given more of, such as epochs.
    public var budget: Int
    /// One trial of so many goes on to the next round, with so many times the budget; at least 2.
    public var factor: Int

    public init(trials: Int, budget: Int, factor: Int = 3) {
        self.trials = max(trials, 1)
        self.budget = max(budget, 1)
        self.factor = max(factor, 2)
    }

    private enum CodingKeys: String, CodingKey {
        case trials, factor
        case budget = "epochs"
    }

    /// One round.
    public struct Rung: Sendable, Hashable, Codable {
        public var trials: Int
        public var budget: Int

        public init(trials: Int, budget: Int) {
            self.trials = trials
            self.budget = budget
        }
    }

    /// The rounds, from many trials with a small budget to one with the whole.
    public var rungs: [Rung] {
        var result: [Rung] = []
        var count = trials
        while true {
            result.append(Rung(trials: count, budget: 0))
            if count == 1 { break }
            count = max(count / factor, 1)
        }
        for index in result.indices {
            var divisor = 1
            for _ in index..<result.count - 1 { divisor *= factor }
            result[index].budget = max(budget / divisor, 1)
        }
        return result
    }

    /// What all rounds take together.
    public var totalBudget: Int { rungs.reduce(0) { $0 + $1.trials * $1.budget } }

    /// The trials that go on, best first: of equal scores the earlier trial.
    package static func survivors(_ scores: [(trial: Int, score: Double)], count: Int) -> [Int] {
        scores.sorted { ($0.score, $1.trial) > ($1.score, $0.trial) }.prefix(count).map(\.trial)
    }

    /// Places from 0 to 1 in every dimension, so that each of `count` equal parts of each dimension holds one (Latin
    /// hypercube sampling; McKay, Beckman and Conover, 1979).
    package static func places(count: Int, dimensions: Int, seed: UInt64) -> [[Double]] {
        var result = [[Double]](repeating: [Double](repeating: 0, count: dimensions), count: count)
        for dimension in 0..<dimensions {
            var random = RandomSource(seed, UInt64(dimension), 7)
            for (trial, stratum) in Array(0..<count).shuffled(using: &random).enumerated() {
                result[trial][dimension] = (Double(stratum) + Double(random.uniform())) / Double(count)
            }
        }
        return result
    }
}
