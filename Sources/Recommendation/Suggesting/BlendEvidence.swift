import CRanking
import Interactions

/// Why a blend answers as it does: every member is asked once, for the scores and for the shares of all that is suggested.
struct BlendEvidence: SuggestionEvidence {
    private let blend: Blend
    private let query: Query
    private let met: Set<Int>
    /// As the blend scores.
    let scores: [Float]
    /// What each member brings in before its weight, and the mean of it; empty for members without a weight.
    private let parts: [(logarithms: [Float], mean: Float)]

    init(_ blend: Blend, _ query: Query) {
        (self.blend, self.query) = (blend, query)
        let count = blend.itemCount
        var parts: [(logarithms: [Float], mean: Float)] = blend.members.map { _ in ([], 0) }
        scores = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            blend.score(query, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count])) { place, member, add in
                let logarithms = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                    buffer.initialize(repeating: 0)
                    blend.logarithms(of: member.model, query, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
                    initialized = count
                }
                parts[place] = (logarithms, cr_sum(logarithms, count) / Float(max(count, 1)))
                logarithms.withUnsafeBufferPointer(add)
            }
            initialized = count
        }
        self.parts = parts
        met = blend.met(in: query)
    }

    func similarity(_ left: Int, _ right: Int) -> Float { blend.similarity(left, right) }

    func contributions(to items: [Int], of history: [HistoryEvent]) -> [[Float]] { blend.contributions(to: items, of: query) }

    /// How much of an item's advantage over the average item each member brings, parts below zero counting as none. Where no
    /// member holds the item above its average, how far each holds it above its last item; and where it is the last of all,
    /// what the members weigh. Always adds up to one.
    func shares(of item: Int) -> [String: Float] {
        let weights = weights(of: item)
        guard weights.contains(where: { $0 > 0 }) else { return [Popularity.name: 1] }
        return shares(weights) { $0.logarithms[item] - $0.mean }
            ?? shares(weights) { $0.logarithms[item] - ($0.logarithms.min() ?? 0) }
            ?? shares(weights) { _ in 1 } ?? [:]
    }

    /// What the members weigh for an item. Where only having met it speaks for an item of the history, what they weigh for others;
    /// where they weigh nothing at all, what many want decides.
    private func weights(of item: Int) -> [Float] {
        let own = blend.members.map { blend.weight(of: $0, isReturning: met.contains(item)) }
        return own.contains { $0 > 0 } ? own : blend.members.map(\.weight)
    }

    /// Of what each member brings times its weight; nil where that is nothing.
    private func shares(_ weights: [Float], of bringing: ((logarithms: [Float], mean: Float)) -> Float) -> [String: Float]? {
        let own = zip(weights, parts).map { weight, part in part.logarithms.isEmpty ? 0 : max(weight * bringing(part), 0) }
        let total = own.reduce(0, +)
        guard total > 0 else { return nil }
        let shares = zip(blend.members, own).map { (type(of: $0.model).name, $1 / total) }
        return Dictionary(uniqueKeysWithValues: shares.filter { $0.1 > 0 })
    }
}
