import ComputeGraph
import Parallelism

/// What a rating model is worth: errors in ratings that it has not seen.
public struct RatingEvaluation: Hashable, Codable, Sendable {
    public struct Fold: Hashable, Codable, Sendable {
        /// Ratings that were predicted.
        public var count: Int
        /// Root of the mean squared error, and mean absolute error, in units of ratings.
        public var rmse: Double
        public var mae: Double

        init(_ errors: [Double]) {
            let count = Double(max(errors.count, 1))
            self.count = errors.count
            rmse = (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
            mae = errors.reduce(0) { $0 + abs($1) } / count
        }
    }

    public var folds: [Fold]
    /// The means over folds.
    public var rmse: Double { folds.reduce(0) { $0 + $1.rmse } / Double(folds.count) }
    public var mae: Double { folds.reduce(0) { $0 + $1.mae } / Double(folds.count) }

    /// Errors of a model in given ratings.
    public init(_ model: RatingModel, ratings: some Sequence<RatingData.Rating>) {
        let isOrdered = model.clock != nil
        folds = [
            Fold(ratings.map { Double(model.predict(user: $0.user, item: $0.item, time: isOrdered ? $0.time : nil) - $0.value) })
        ]
    }

    /// Divides ratings at random into parts of the same size, and predicts each part from all the others.
    ///
    /// - Parameters:
    ///   - folds: from 2 up to the number of ratings.
    ///   - part: of the folds to be measured, all unless given.
    ///   - splitSeed: of the division; `seed` is the model's.
    ///   - progress: told the share that is done and the folds that are.
    /// - Throws: `RatingModelError`.
    public init(
        crossValidating data: RatingData, folds count: Int = 5, part: Range<Int>? = nil, configuration: RatingModel.Configuration = .init(),
        splitSeed: UInt64 = 1, seed: UInt64 = 1, threads: Int = WorkerThreads.defaultCount, progress: (Int, Fold) -> Void = { _, _ in }
    ) throws {
        let foldOf = try Self.division(of: data, into: count, seed: splitSeed)
        var results: [Fold] = []
        for fold in part ?? 0..<count {
            let model = try RatingModel(data.keeping { foldOf[$0] != fold }, configuration: configuration, seed: seed, threads: threads)
            let own = RatingEvaluation(model, ratings: data.ratings.indices.lazy.filter { foldOf[$0] == fold }.map { data.ratings[$0] }).folds[0]
            results.append(own)
            progress(fold, own)
        }
        folds = results
    }

    /// The ratings that the model of a fold learns from, to choose settings on parts of them.
    ///
    /// - Throws: `RatingModelError.tooFewRatings`.
    public static func training(of data: RatingData, fold: Int, folds count: Int, splitSeed: UInt64 = 1) throws -> RatingData {
        let foldOf = try division(of: data, into: count, seed: splitSeed)
        return data.keeping { foldOf[$0] != fold }
    }

    /// The fold of each rating.
    package static func division(of data: RatingData, into folds: Int, seed: UInt64) throws -> [Int] {
        let count = data.ratings.count
        guard folds >= 2, folds <= count else { throw RatingModelError.tooFewRatings(count: count, folds: folds) }
        var random = RandomSource(seed, 0xF01D)
        return (0..<count).map { $0 * folds / count }.shuffled(using: &random)
    }
}
