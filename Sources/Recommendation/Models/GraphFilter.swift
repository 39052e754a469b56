#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import CRanking
import Interactions
import ModelStore
import Parallelism

/// A filter over the graph of who met what: items are alike when the same users met them, and what nearly all of a kind of
/// users have in common is leveled, so that it does not drown the rest.
///
/// With `R̃` the matrix of users by items, divided by powers of how much each user and each item met, an item's weights on the
/// others are a row of `h(R̃ᵀR̃)`, where `h` levels the largest eigenvalues to the next one and leaves all others as they are.
/// That is a sparse matrix less one of low rank (after Shen et al., "How powerful is graph convolution for recommendation?",
/// 2021, and the plateau of Kim et al., "Graph spectral filtering with Chebyshev interpolation for recommendation", 2025; here
/// with the leading eigenvectors themselves). Knows no order of time.
public struct GraphFilter: RankingModel {
    public static let name = "graph"

    public struct Configuration: Hashable, Codable, Sendable {
        /// Users count by how much they met to the power of minus this.
        public var userPower: Float = 0.5
        /// Power of the frequency of the item that is scored; that of the other has one minus this.
        public var balance: Float = 0.2
        /// Eigenvalues that are leveled, at most 1024.
        public var rank = 64
        /// Kept of each item in the sparse part.
        public var neighbors = 300
        /// Users who met more items than this tell nothing about which are alike.
        public var longest = 2_000
        /// What each earlier step of a history counts of the next; 1 knows no order.
        public var decay: Float = 1

        public init() {}
    }

    public let configuration: Configuration
    /// What each item says of those that the same users met.
    let rows: SparseRows
    /// `[items, width]`: the leading eigenvectors, so scaled that the products of two rows are to be taken away.
    let leading: FrozenArray<Float>
    let width: Int
    /// Of each item as one that is scored; one over it as one that speaks for others.
    let norms: [Float]
    private let weights: EventWeights

    public var itemCount: Int { rows.count }
    public var scale: ScoreScale { .counts }

    public init(_ data: TrainingData, configuration: Configuration = Configuration()) throws {
        self.configuration = configuration
        weights = data.weights
        let (matrix, frequencies) = InteractionMatrix(data).normalized(userPower: configuration.userPower, longest: configuration.longest)
        // The power of the frequency is a half on either side; this moves some of it from one to the other.
        norms = frequencies.map { powf(max($0, 1e-6), 0.5 - configuration.balance) }
        let forward = SparseMatrix(matrix), backward = SparseMatrix(matrix.transposed)
        // A small catalog has no more tastes than it has items.
        let rank = min(configuration.rank, forward.columns / 8)
        width = (rank + 15) / 16 * 16
        let eigen = try LeadingEigenvectors(forward, transposed: backward, rank: rank + 1, seed: data.seed, threads: data.threads)
        var leading = [Float](repeating: 0, count: forward.columns * width)
        for place in 0..<rank {
            let share = max(eigen.values[place] - eigen.values[rank], 0).squareRoot()
            for item in 0..<forward.columns { leading[item * width + place] = share * eigen.vectors[item * eigen.width + place] }
        }
        self.leading = FrozenArray(leading)
        rows = try Self.products(forward, backward, norms: norms, configuration, threads: data.threads)
    }

    init(configuration: Configuration, weights: EventWeights, rows: SparseRows, leading: FrozenArray<Float>, norms: [Float]) {
        self.configuration = configuration
        self.weights = weights
        self.rows = rows
        self.leading = leading
        self.norms = norms
        width = norms.isEmpty ? 0 : leading.count / norms.count
    }

    /// The rows of `R̃ᵀR̃` without its diagonal, as weights of the items on others.
    private static func products(
        _ matrix: SparseMatrix, _ transposed: SparseMatrix, norms: [Float], _ configuration: Configuration, threads: Int
    ) throws -> SparseRows {
        let items = matrix.columns, itemsAtOnce = 64
        let blocks = try WorkerThreads.map((items + itemsAtOnce - 1) / itemsAtOnce, threads: threads) {
            var sums = [Float](repeating: 0, count: items)
            return { block in
                (block * itemsAtOnce..<min((block + 1) * itemsAtOnce, items)).map { item in
                    for entry in transposed.range(of: item) where transposed.values[entry] != 0 {
                        let share = transposed.values[entry]
                        for other in matrix.range(of: Int(transposed.indices[entry])) {
                            sums[Int(matrix.indices[other])] += share * matrix.values[other]
                        }
                    }
                    sums[item] = 0
                    var met: [UInt32] = [], values: [Float] = []
                    for other in 0..<items where sums[other] > 0 {
                        met.append(UInt32(other))
                        values.append(sums[other] * norms[other] / norms[item])
                        sums[other] = 0
                    }
                    return SparseRow(columns: met, values: values, keeping: configuration.neighbors)
                }
            }
        }
        return SparseRows(blocks.joined(), entries: blocks.joined().reduce(0) { $0 + $1.columns.count })
    }

    public func score(_ query: Query, into scores: UnsafeMutableBufferPointer<Float>) {
        scores.update(repeating: 0)
        let steps = steps(of: query)
        for step in steps { rows.add(step.item, times: step.weight, to: scores) }
        guard width > 0 else { return }
        var taste = [Float](repeating: 0, count: width)
        leading.withUnsafeBufferPointer { leading in
            for step in steps {
                cr_add_scaled(&taste, leading.baseAddress! + step.item * width, step.weight / norms[step.item], width)
            }
            // What nobody met together stays at zero. Below zero is no share of a sum.
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: itemCount) { touched in
                cr_take_products(scores.baseAddress, leading.baseAddress, taste, norms, touched.baseAddress, itemCount, width)
            }
        }
    }

    private func steps(of query: Query) -> [Step] { query.steps(among: itemCount, weights, decay: configuration.decay) }

    public func contributions(to items: [Int], of query: Query) -> [[Float]] {
        var all = items.map { _ in [Float](repeating: 0, count: query.history.count) }
        leading.withUnsafeBufferPointer { leading in
            func row(_ item: Int) -> UnsafePointer<Float> { leading.baseAddress! + item * width }
            for step in steps(of: query) {
                for (place, own) in rows.values(at: items, of: step.item).enumerated() where items[place] < itemCount {
                    let item = items[place], common = width == 0 ? 0 : cr_dot(row(item), row(step.item), width)
                    all[place][step.position] = step.weight * (own - common * norms[item] / norms[step.item])
                }
            }
        }
        return all
    }
}
