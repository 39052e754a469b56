import CRanking
import Interactions
import Parallelism

extension AlternatingLeastSquares {
    /// The best items for many histories, by products of blocks of users with blocks of items that stay in the cache.
    ///
    /// - Parameters:
    ///   - queries: answered as `score` answers them, but for the rounding of sums.
    ///   - excluded: items that the query of a number may not be answered with; called from several threads.
    /// - Returns: for each query at most `count` items, best first.
    public func best(
        _ count: Int, for queries: [Query], excluding excluded: @escaping @Sendable (Int) -> [Int] = { _ in [] }, threads: Int
    ) throws -> [[ScoredItem]] {
        let count = min(count, itemCount), atOnce = Int(CR_VECTORS_AT_ONCE)
        guard count > 0 else { return queries.map { _ in [] } }
        let panels = factors.withUnsafeBufferPointer { factors in
            [Float](unsafeUninitializedCapacity: cr_panels_count(itemCount, width)) { buffer, initialized in
                cr_pack_panels(factors.baseAddress!, itemCount, width, buffer.baseAddress!)
                initialized = cr_panels_count(itemCount, width)
            }
        }
        let blocks = (queries.count + atOnce - 1) / atOnce
        let answers = try WorkerThreads.map(blocks, threads: threads) {
            { block -> [[ScoredItem]] in
                let numbers = block * atOnce..<min((block + 1) * atOnce, queries.count)
                var vectors = userFactors(of: queries[numbers]), offsets: [Int64] = [0], refused: [UInt32] = []
                for number in numbers {
                    refused += excluded(number).filter { (0..<itemCount).contains($0) }.map { UInt32($0) }.sorted()
                    offsets.append(Int64(refused.count))
                }
                // The last block is filled up with nobody.
                vectors += [Float](repeating: 0, count: atOnce * width - vectors.count)
                offsets += [Int64](repeating: Int64(refused.count), count: atOnce + 1 - offsets.count)
                return search(count, panels: panels, vectors: vectors, offsets: offsets, refused: refused)[..<numbers.count].map { $0 }
            }
        }
        return answers.flatMap { $0 }
    }

    private func search(_ count: Int, panels: [Float], vectors: [Float], offsets: [Int64], refused: [UInt32]) -> [[ScoredItem]] {
        let atOnce = Int(CR_VECTORS_AT_ONCE)
        var best = [cr_scored](repeating: cr_scored(), count: atOnce * count), found = [Int](repeating: 0, count: atOnce)
        panels.withUnsafeBufferPointer { panels in
            offsets.withUnsafeBufferPointer { offsets in
                refused.withUnsafeBufferPointer { refused in
                    var search = cr_product_search(
                        panels: panels.baseAddress!, rows: itemCount, width: width, offsets: offsets.baseAddress!,
                        excluded: refused.baseAddress, k: count)
                    cr_best_products(&search, vectors, &best, &found)
                }
            }
        }
        return (0..<atOnce).map { vector in
            best[vector * count..<vector * count + found[vector]].filter { $0.score > -.infinity }.map {
                ScoredItem(item: Int($0.index), score: $0.score)
            }
        }
    }
}
