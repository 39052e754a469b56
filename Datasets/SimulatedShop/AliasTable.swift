/// Draws a position in constant time, each as often as its weight says.
///
/// M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions on Software
/// Engineering 17(9), 1991.
struct AliasTable: Sendable {
    private var cells: [(limit: Float, alias: UInt32)]

    /// - Parameter weights: not negative, at least one positive.
    init(_ weights: some Collection<Double>) {
        let total = weights.reduce(0, +)
        var scaled = weights.map { $0 / total * Double(weights.count) }
        cells = scaled.indices.map { (1, UInt32($0)) }
        var small = scaled.indices.filter { scaled[$0] < 1 }, large = scaled.indices.filter { scaled[$0] >= 1 }
        while let low = small.popLast(), let high = large.last {
            cells[low] = (Float(scaled[low]), UInt32(high))
            scaled[high] -= 1 - scaled[low]
            if scaled[high] < 1 {
                large.removeLast()
                small.append(high)
            }
        }
    }

    @inline(__always)
    func draw(_ random: inout SplitMix64) -> Int {
        let position = random.below(cells.count)
        let cell = cells[position]
        return random.unit() < cell.limit ? position : Int(cell.alias)
    }
}
