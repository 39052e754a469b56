import CRanking
import ComputeGraph

/// A chain of draws from what the weights of a factorization machine may be, given the ratings: Gibbs sampling, with the
/// parameters of the priors drawn too, so that nothing about them has to be chosen (Rendle, "Factorization machines with
/// libFM", 2012; Salakhutdinov and Mnih, "Bayesian probabilistic matrix factorization using Markov chain Monte Carlo", 2008).
///
/// A rating is predicted as a constant, the biases of its rows, and the products of the factors of each two of its rows; rows
/// are sums over their features. Factors within one row do not multiply.
struct RatingChain {
    private let design: RatingDesign
    private let caseCount: Int
    let factors: Int
    private var random: RandomSource
    private var state: UInt64
    private(set) var constant = 0.0
    private(set) var noisePrecision = 1.0
    /// By block and dimension, dimension 0 being the bias: `[features]`.
    private(set) var weights: [[[Float]]]
    /// By block and dimension: `[rows]`.
    private(set) var sums: [[[Float]]]
    /// By block, dimension and group.
    private var precisions: [[[Double]]]
    /// Prediction less rating.
    private var errors: [Float]
    private var scratch: [Double]

    /// - Parameter ratings: of about unit deviation.
    init(_ design: RatingDesign, ratings: [Float], factors: Int, seed: UInt64, chain: Int) {
        self.design = design
        self.factors = factors
        caseCount = ratings.count
        random = RandomSource(seed, 0x5A7E, UInt64(chain))
        state = random.next()
        weights = []
        sums = []
        precisions = []
        for block in design.blocks {
            var own: [[Float]] = [], rows: [[Float]] = []
            for dimension in 0...factors {
                var values = [Float](repeating: 0, count: block.featureCount)
                for group in block.groups where dimension > 0 && group.isFactored {
                    for feature in group.features { values[feature] = Float(random.normal() * 0.1) }
                }
                rows.append(block.sums(values, of: 0..<block.featureCount))
                own.append(values)
            }
            weights.append(own)
            sums.append(rows)
            precisions.append([[Double]](repeating: [Double](repeating: 1, count: block.groups.count), count: factors + 1))
        }
        errors = ratings.map { -$0 }
        scratch = [Double](repeating: 0, count: 3 * (design.blocks.map(\.rowCount).max() ?? 0))
        for dimension in 1..<(factors + 1) {
            for n in 0..<caseCount {
                var total: Float = 0, squares: Float = 0
                for (block, rows) in zip(design.blocks, sums) {
                    let value = rows[dimension][Int(block.rowOfCase[n])]
                    total += value
                    squares += value * value
                }
                errors[n] += (total * total - squares) / 2
            }
        }
    }

    /// Draws everything once.
    mutating func sweep() {
        drawNoiseAndConstant()
        var others = [Float](repeating: 0, count: caseCount)
        for dimension in 0...factors {
            if dimension > 0 {
                for n in others.indices { others[n] = 0 }
                for (block, rows) in zip(design.blocks, sums) where block.isFactored {
                    block.withC { cr_rating_gather($0, caseCount, rows[dimension], &others) }
                }
            }
            for (index, block) in design.blocks.enumerated() where dimension == 0 || block.isFactored {
                let priors = drawPriors(index, dimension)
                block.withC { block in
                    if dimension == 0 {
                        cr_rating_sweep(
                            block, caseCount, nil, noisePrecision, priors, &errors, &weights[index][dimension], &sums[index][dimension],
                            &scratch, &state)
                    } else {
                        cr_rating_sweep(
                            block, caseCount, &others, noisePrecision, priors, &errors, &weights[index][dimension], &sums[index][dimension],
                            &scratch, &state)
                    }
                }
            }
        }
    }

    private mutating func drawNoiseAndConstant() {
        var sum = 0.0, squares = 0.0
        for error in errors {
            sum += Double(error)
            squares += Double(error) * Double(error)
        }
        let count = Double(caseCount)
        noisePrecision = random.gamma((1 + count) / 2) / ((1 + squares) / 2)
        let change = -sum / count + random.normal() / (noisePrecision * count).squareRoot()
        constant += change
        for n in errors.indices { errors[n] += Float(change) }
    }

    /// The mean and the precision that the weights of each group come from, given the weights.
    private mutating func drawPriors(_ index: Int, _ dimension: Int) -> [cr_rating_prior] {
        design.blocks[index].groups.enumerated().map { number, group in
            guard dimension == 0 || group.isFactored, !group.features.isEmpty else { return cr_rating_prior(mean: 0, precision: 0) }
            let values = weights[index][dimension][group.features]
            let count = Double(values.count)
            let precision = precisions[index][dimension][number]
            let mean = values.reduce(0.0) { $0 + Double($1) } / (count + 1) + random.normal() / ((count + 1) * precision).squareRoot()
            let squares = values.reduce(mean * mean) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            let drawn = random.gamma((count + 2) / 2) / ((1 + squares) / 2)
            precisions[index][dimension][number] = drawn
            return cr_rating_prior(mean: mean, precision: drawn)
        }
    }
}
