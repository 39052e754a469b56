#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension Initializer {
    /// Draws the values a parameter begins with.
    public func values(count: Int, using source: inout RandomSource) -> [Float] {
        switch self {
        case .zeros: return [Float](repeating: 0, count: count)
        case .ones: return [Float](repeating: 1, count: count)
        case .normal(let deviation): return normal(count, deviation, &source)
        case .heNormal(let fanIn): return normal(count, (2 / Float(max(fanIn, 1))).squareRoot(), &source)
        case .uniform(let fanIn):
            let bound = 1 / Float(max(fanIn, 1)).squareRoot()
            return (0..<count).map { _ in (2 * source.uniform() - 1) * bound }
        }
    }

    /// Box and Muller's transformation of pairs of uniform numbers.
    private func normal(_ count: Int, _ deviation: Float, _ source: inout RandomSource) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(count + 1)
        while result.count < count {
            let radius = (-2 * log(1 - Double(source.uniform()))).squareRoot()
            let angle = 2 * Double.pi * Double(source.uniform())
            result.append(Float(radius * cos(angle)) * deviation)
            result.append(Float(radius * sin(angle)) * deviation)
        }
        result.removeLast(result.count - count)
        return result
    }
}

extension Graph {
    /// The values all parameters begin with, in the order of `parameters`. Each parameter draws from a
    /// generator of its own, so that adding a layer does not change the others.
    public func initialParameters(seed: UInt64) -> [[Float]] {
        parameters.map { parameter in
            var source = RandomSource(seed, parameter.name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
            return parameter.initializer.values(count: parameter.shape.elementCount, using: &source)
        }
    }
}
