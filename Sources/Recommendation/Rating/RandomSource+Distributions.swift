import ComputeGraph
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension RandomSource {
    /// Uniform in (0, 1), with 53 bits.
    private mutating func open() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Of the standard normal distribution (Box and Muller, 1958).
    package mutating func normal() -> Double {
        let radius = (-2 * log(open())).squareRoot()
        return radius * cos(2 * .pi * open())
    }

    /// Of the gamma distribution with rate 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).
    ///
    /// - Parameter shape: at least 1.
    package mutating func gamma(_ shape: Double) -> Double {
        let d = max(shape, 1) - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(open()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
        }
    }
}
