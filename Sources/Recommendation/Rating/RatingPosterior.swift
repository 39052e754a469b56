import Parallelism

/// What a model keeps of its chains: biases as their mean over all draws, factors of some draws side by side, so that the mean
/// of the draws' products is one product.
struct RatingPosterior: Sendable, Equatable {
    /// Draws that are kept, of all chains.
    var draws: Int
    /// Factors of each draw.
    var factors: Int
    /// Of a row of factors: draws times factors.
    var width: Int { draws * factors }

    var constant: Float = 0
    /// Of the noise, in standardized ratings.
    var noisePrecision: Float = 0
    /// Of users, with all that describes them; factors `[users, width]`.
    var userBias: [Float] = []
    var userFactors: [Float] = []
    /// Of items, with all that describes them; factors `[items, width]`.
    var itemBias: [Float] = []
    var itemFactors: [Float] = []
    /// What it says of a user to have rated an item: `[items]` and `[items, width]`.
    var ratedBias: [Float] = []
    var ratedFactors: [Float] = []
    /// Users apart from what they rated: the mean and the variance over users, of the bias and of each factor, `[1 + width]`.
    var userMean: [Float] = []
    var userVariance: [Float] = []
    /// By bin of how many ratings the user gave that day, and at the end the mean over all ratings; factors `[bins + 1, width]`.
    var frequencyBias: [Float] = []
    var frequencyFactors: [Float] = []
    /// Of users' days, of users' drifts, of items' stretches of time; empty without times.
    var dayBias: [Float] = []
    var driftBias: [Float] = []
    var itemTimeBias: [Float] = []

    init(draws: Int, factors: Int) { (self.draws, self.factors) = (draws, factors) }

    /// Runs the chains.
    ///
    /// - Parameter progress: told how many sweeps of all chains are done; called by several threads.
    init(
        _ design: RatingDesign, ratings: [Float], configuration: RatingModel.Configuration, seed: UInt64, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws {
        let parts = try WorkerThreads.map(configuration.chains, threads: threads) {
            { number in
                var chain = RatingChain(design, ratings: ratings, factors: configuration.factors, seed: seed, chain: number)
                var part = RatingPosterior(draws: configuration.draws, factors: configuration.factors, design)
                let kept = configuration.keptSweeps
                for sweep in 0..<(configuration.warmUp + configuration.sweeps) {
                    chain.sweep()
                    progress(1)
                    let place = sweep - configuration.warmUp
                    guard place >= 0 else { continue }
                    part.add(chain, design, share: 1 / Float(configuration.sweeps))
                    if let draw = kept.firstIndex(of: place) { part.keep(chain, design, at: draw) }
                }
                return part
            }
        }
        self = Self.joined(parts)
        guard let frequencies = design.blocks.dropFirst(RatingDesign.occasions).first else { return }
        addMeanFrequency(frequencies, design.days.counts)
    }

    /// Room for what one chain keeps.
    private init(draws: Int, factors: Int, _ design: RatingDesign) {
        self.init(draws: draws, factors: factors)
        let (users, items) = (design.blocks[RatingDesign.users].rowCount, design.blocks[RatingDesign.items].rowCount)
        func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
        (userBias, userFactors) = (zeros(users), zeros(users * width))
        (itemBias, itemFactors) = (zeros(items), zeros(items * width))
        (ratedBias, ratedFactors) = (zeros(items), zeros(items * width))
        (userMean, userVariance) = (zeros(1 + width), zeros(1 + width))
        guard design.clock != nil else { return }
        let groups = design.blocks[RatingDesign.occasions].groups.map(\.features.count)
        (frequencyBias, frequencyFactors) = (zeros(groups[0]), zeros(groups[0] * width))
        (dayBias, driftBias) = (zeros(groups[1]), zeros(groups[2]))
        itemTimeBias = zeros(design.blocks[RatingDesign.itemTimes].featureCount)
    }

    /// Adds a draw to the means.
    private mutating func add(_ chain: RatingChain, _ design: RatingDesign, share: Float) {
        func add(_ values: some Sequence<Float>, to sums: inout [Float]) {
            for (index, value) in values.enumerated() { sums[index] += share * value }
        }
        constant += share * Float(chain.constant)
        noisePrecision += share * Float(chain.noisePrecision)
        add(chain.sums[RatingDesign.users][0], to: &userBias)
        add(chain.sums[RatingDesign.items][0], to: &itemBias)
        let users = design.blocks[RatingDesign.users]
        let rated = users.groups.last!.features
        add(chain.weights[RatingDesign.users][0][rated], to: &ratedBias)
        let (mean, variance) = Self.moments(chain, users, dimension: 0)
        userMean[0] += share * mean
        userVariance[0] += share * variance
        guard design.clock != nil else { return }
        let groups = design.blocks[RatingDesign.occasions].groups
        let weights = chain.weights[RatingDesign.occasions][0]
        add(weights[groups[0].features], to: &frequencyBias)
        add(weights[groups[1].features], to: &dayBias)
        add(weights[groups[2].features], to: &driftBias)
        add(chain.weights[RatingDesign.itemTimes][0], to: &itemTimeBias)
    }

    /// Keeps the factors of a draw.
    private mutating func keep(_ chain: RatingChain, _ design: RatingDesign, at draw: Int) {
        let (width, factors) = (width, factors)
        func put(_ values: some Sequence<Float>, _ dimension: Int, into rows: inout [Float]) {
            let column = draw * factors + dimension - 1
            for (row, value) in values.enumerated() { rows[row * width + column] = value }
        }
        let users = design.blocks[RatingDesign.users]
        for dimension in 1..<(factors + 1) {
            put(chain.sums[RatingDesign.users][dimension], dimension, into: &userFactors)
            put(chain.sums[RatingDesign.items][dimension], dimension, into: &itemFactors)
            put(chain.weights[RatingDesign.users][dimension][users.groups.last!.features], dimension, into: &ratedFactors)
            let (mean, variance) = Self.moments(chain, users, dimension: dimension)
            userMean[draw * factors + dimension] = mean
            userVariance[draw * factors + dimension] = variance
            guard design.clock != nil else { continue }
            let bins = design.blocks[RatingDesign.occasions].groups[0].features
            put(chain.weights[RatingDesign.occasions][dimension][bins], dimension, into: &frequencyFactors)
        }
    }

    /// Mean and variance over users of what is left of them without what they rated.
    private static func moments(_ chain: RatingChain, _ users: RatingBlock, dimension: Int) -> (mean: Float, variance: Float) {
        let rated = users.sums(chain.weights[RatingDesign.users][dimension], of: users.groups.last!.features)
        let rest = zip(chain.sums[RatingDesign.users][dimension], rated).map { Double($0 - $1) }
        let mean = rest.reduce(0, +) / Double(rest.count)
        let variance = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rest.count)
        return (Float(mean), Float(max(variance, 1e-6)))
    }

    private static func joined(_ parts: [RatingPosterior]) -> RatingPosterior {
        guard parts.count > 1 else { return parts[0] }
        var all = parts[0]
        all.draws = parts.reduce(0) { $0 + $1.draws }
        let share = 1 / Float(parts.count)
        func mean(_ path: KeyPath<RatingPosterior, [Float]>) -> [Float] {
            parts[0][keyPath: path].indices.map { index in parts.reduce(0) { $0 + $1[keyPath: path][index] } * share }
        }
        func sideBySide(_ path: KeyPath<RatingPosterior, [Float]>, _ width: Int) -> [Float] {
            let rows = width == 0 ? 0 : parts[0][keyPath: path].count / width
            return (0..<rows).flatMap { row in parts.flatMap { $0[keyPath: path][(row * width)..<((row + 1) * width)] } }
        }
        all.constant = parts.reduce(0) { $0 + $1.constant } * share
        all.noisePrecision = parts.reduce(0) { $0 + $1.noisePrecision } * share
        for path in [\RatingPosterior.userBias, \.itemBias, \.ratedBias, \.frequencyBias, \.dayBias, \.driftBias, \.itemTimeBias] {
            all[keyPath: path] = mean(path)
        }
        for path in [\RatingPosterior.userFactors, \.itemFactors, \.ratedFactors, \.frequencyFactors] {
            all[keyPath: path] = sideBySide(path, parts[0].width)
        }
        for path in [\RatingPosterior.userMean, \.userVariance] {
            all[keyPath: path] = [mean(path)[0]] + parts.flatMap { $0[keyPath: path].dropFirst() }
        }
        return all
    }

    /// What to expect of an occasion of which nothing is known.
    private mutating func addMeanFrequency(_ block: RatingBlock, _ counts: [Int]) {
        let total = Float(block.rowOfCase.count)
        var bias: Float = 0, row = [Float](repeating: 0, count: width)
        for count in counts {
            let bin = RatingClock.frequencyBin(count), share = Float(count) / total
            bias += share * frequencyBias[bin]
            for column in 0..<width { row[column] += share * frequencyFactors[bin * width + column] }
        }
        frequencyBias.append(bias)
        frequencyFactors += row
    }
}

extension RatingPosterior {
    /// The mean over users, with all that describes them.
    var meanUserBias: Float { userBias.isEmpty ? 0 : userBias.reduce(0, +) / Float(userBias.count) }

    /// The mean over items, with all that describes them.
    var meanItem: (bias: Float, factors: [Float]) {
        let count = itemBias.count
        var row = [Float](repeating: 0, count: width)
        for item in 0..<count {
            for column in 0..<width { row[column] += itemFactors[item * width + column] / Float(count) }
        }
        return (count == 0 ? 0 : itemBias.reduce(0, +) / Float(count), row)
    }
}
