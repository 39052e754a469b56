#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import ModelStore

/// A filter over the whole spectrum of the graph of who met what, with nothing learned: ChebyCF (Kim et al., "Graph spectral
/// filtering with Chebyshev interpolation for recommendation", 2025).
///
/// With `R̃` the matrix of users by items, divided by the square roots of how much each user and each item met, a history is
/// answered by `h(R̃ᵀR̃) + pass · VVᵀ`: `h` is a polynomial close to a plateau, steep at both ends of the spectrum and flat in
/// between, and `V` are the leading eigenvectors, an ideal low-pass filter. The polynomial is worked out for every history
/// anew, twice `degree` times through all that users met, so that an answer takes many times as long as one of `graph`, which
/// keeps a sparse share of the linear filter. Knows no order of time. The usual configuration is the published one for Gowalla.
public struct SpectralFilter: RankingModel {
    public static let name = "spectral"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Of the polynomial, at most 64.
        public var degree = 8
        /// Power of the distance from the middle of the spectrum: 1 is a straight line, more is flatter in the middle.
        public var flatness: Float = 1.5
        /// Eigenvectors of the ideal low-pass filter, at most 1024.
        public var rank = 512
        /// What they count.
        public var pass: Float = 0.2
        /// A score is multiplied by the item's frequency to this power, and what speaks for it is divided by its own.
        public var itemPower: Float = 0.4
        /// What each earlier step of a history counts of the next; 1 knows no order.
        public var decay: Float = 1

        public init() {}
    }

    public let configuration: Configuration
    /// `R̃`: of each user the items met.
    let users: SparseRows
    /// `[items, width]`: the leading eigenvectors as columns, and zeros.
    let leading: FrozenArray<Float>
    /// How much each item was met.
    let frequencies: [Float]
    private let norms: [Float]
    private let coefficients: [Float]
    private let weights: EventWeights

    public var itemCount: Int { frequencies.count }
    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) throws {
        let (matrix, frequencies) = InteractionMatrix(data).normalized(userPower: 1)
        // A small catalog has no more tastes than it has items.
        let items = matrix.columns, rank = min(configuration.rank, items / 8), width = (rank + 15) / 16 * 16
        var leading = [Float](repeating: 0, count: items * width)
        if rank > 0 {
            let eigen = try LeadingEigenvectors(
                SparseMatrix(matrix), transposed: SparseMatrix(matrix.transposed), rank: rank, seed: data.seed, threads: data.threads)
            for item in 0..<items {
                for place in 0..<rank { leading[item * width + place] = eigen.vectors[item * eigen.width + place] }
            }
        }
        self.init(
            configuration: configuration, weights: data.weights,
            users: SparseRows(starts: matrix.offsets, columns: FrozenArray(matrix.indices), values: FrozenArray(matrix.values)),
            leading: FrozenArray(leading), frequencies: frequencies)
    }

    /// - Precondition: the users' columns are below the number of frequencies, and `leading` has rows of a multiple of 16.
    init(
        configuration: Configuration, weights: EventWeights, users: SparseRows, leading: FrozenArray<Float>, frequencies: [Float]
    ) {
        self.configuration = configuration
        self.weights = weights
        self.users = users
        self.leading = leading
        self.frequencies = frequencies
        norms = frequencies.map { $0 > 0 ? powf($0, configuration.itemPower) : 0 }
        coefficients = Self.coefficients(degree: configuration.degree, flatness: configuration.flatness)
    }

    private var width: Int { frequencies.isEmpty ? 0 : leading.count / frequencies.count }

    /// Of the Chebyshev polynomials from degree 0 on, whose sum is `h` over `1 - 2λ`.
    ///
    /// As in the authors' program, the plateau's values at the extrema of the highest polynomial are interpolated at the roots
    /// of the next, which lie a little closer together.
    static func coefficients(degree: Int, flatness: Float) -> [Float] {
        let nodes = degree + 1
        let values = (0...degree).map { node -> Double in
            let place = cos(Double(degree - node) / Double(degree) * .pi)
            return 0.5 - 0.5 * copysign(pow(abs(place), Double(flatness)), place)
        }
        return (0...degree).map { order in
            let sum = (0...degree).reduce(0.0) { sum, node in
                sum + values[node] * cos(Double(order) * (Double(degree - node) + 0.5) / Double(nodes) * .pi)
            }
            return Float(sum * (order == 0 ? 1 : 2) / Double(nodes))
        }
    }

    /// `h(R̃ᵀR̃) + pass · VVᵀ` times signals.
    ///
    /// - Parameters:
    ///   - signals: `[items, count]`.
    ///   - count: 1, or a multiple of 16.
    private func filtered(_ signals: [Float], count: Int) -> [Float] {
        // T₀, T₁, and from there on by the recurrence, all of I - 2R̃ᵀR̃.
        var previous = signals, current = signals, products = [Float](repeating: 0, count: signals.count)
        var sum = signals.map { $0 * coefficients[0] }
        for order in 1..<coefficients.count {
            multiply(current, into: &products, count: count)
            let isFirst = order == 1
            for place in products.indices {
                let next = isFirst ? current[place] - 2 * products[place] : 2 * (current[place] - 2 * products[place]) - previous[place]
                (previous[place], current[place]) = (current[place], next)
                sum[place] += coefficients[order] * next
            }
        }
        addLeading(signals, to: &sum, count: count)
        return sum
    }

    /// `R̃ᵀR̃` times signals.
    private func multiply(_ signals: [Float], into products: inout [Float], count: Int) {
        users.starts.withUnsafeBufferPointer { starts in
            starts.withMemoryRebound(to: Int64.self) { starts in
                users.columns.withUnsafeBufferPointer { columns in
                    users.values.withUnsafeBufferPointer { values in
                        var matrix = cr_sparse_matrix(
                            rows: users.count, offsets: starts.baseAddress, columns: columns.baseAddress, values: values.baseAddress)
                        cr_gram_products(&matrix, signals, &products, itemCount, count)
                    }
                }
            }
        }
    }

    private func addLeading(_ signals: [Float], to sum: inout [Float], count: Int) {
        let width = width
        guard width > 0, configuration.pass != 0 else { return }
        leading.withUnsafeBufferPointer { leading in
            var taste = [Float](repeating: 0, count: width), shares = [Float](repeating: 0, count: itemCount)
            for signal in 0..<count {
                taste.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
                var isEmpty = true
                for item in 0..<itemCount where signals[item * count + signal] != 0 {
                    cr_add_scaled(&taste, leading.baseAddress! + item * width, configuration.pass * signals[item * count + signal], width)
                    isEmpty = false
                }
                if isEmpty { continue }
                cr_products(leading.baseAddress!, taste, &shares, itemCount, width)
                for item in 0..<itemCount { sum[item * count + signal] += shares[item] }
            }
        }
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        let steps = steps(of: query)
        guard !steps.isEmpty else { return scores.update(repeating: 0) }
        var signal = [Float](repeating: 0, count: itemCount)
        for step in steps where norms[step.item] > 0 { signal[step.item] += step.weight / norms[step.item] }
        let filtered = filtered(signal, count: 1)
        // Below zero is no share of a sum.
        for item in scores.indices { scores[item] = max(filtered[item] * norms[item], 0) }
    }

    private func steps(of query: Query) -> [Step] { query.steps(among: itemCount, weights, decay: configuration.decay) }

    /// The filter is symmetric: what each step says to an item is what the item says to each step, for sixteen at a time.
    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        let steps = steps(of: query), atOnce = 16
        var all = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        guard !steps.isEmpty else { return all }
        for first in stride(from: 0, to: items.count, by: atOnce) {
            let places = first..<min(first + atOnce, items.count)
            var signals = [Float](repeating: 0, count: itemCount * atOnce)
            for place in places where items[place] < itemCount { signals[items[place] * atOnce + place - first] = norms[items[place]] }
            let filtered = filtered(signals, count: atOnce)
            for place in places {
                for step in steps where norms[step.item] > 0 {
                    all[place][step.position] = step.weight / norms[step.item] * filtered[step.item * atOnce + place - first]
                }
            }
        }
        return all
    }
}
