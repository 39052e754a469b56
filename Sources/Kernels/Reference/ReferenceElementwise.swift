#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import ComputeGraph

/// Activations and dropout.
extension ReferenceKernels {
    static func exponential(_ x: Double) -> Double { exp(x) }

    static func activation(_ function: ActivationFunction, _ x: Double) -> Double {
        switch function {
        case .relu: max(x, 0)
        case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .silu: x / (1 + exp(-x))
        case .sigmoid: 1 / (1 + exp(-x))
        case .tanh: tanh(x)
        }
    }

    static func dropout(_ source: [Double], rate: Float, _ draw: Draw) -> [Double] {
        let threshold = dropoutThreshold(rate)
        return source.enumerated().map { index, value in
            dropoutHash(draw, index) >= threshold ? value / (1 - Double(rate)) : 0
        }
    }

    /// An element is dropped when its hash lies below this.
    static func dropoutThreshold(_ rate: Float) -> UInt32 { UInt32(min(Double(rate) * 0x1p32, 0x1p32 - 1)) }

    /// Two rounds of the 32-bit finalizer of MurmurHash3 (Appleby, 2011), with the two halves of the run's
    /// key mixed in before each.
    static func dropoutHash(_ draw: Draw, _ index: Int) -> UInt32 {
        func finalize(_ value: UInt32) -> UInt32 {
            var mixed = (value ^ (value >> 16)) &* 0x85EB_CA6B
            mixed = (mixed ^ (mixed >> 13)) &* 0xC2B2_AE35
            return mixed ^ (mixed >> 16)
        }
        var source = RandomSource(draw.seed, draw.runNumber)
        let key = source.next()
        let low = finalize(UInt32(truncatingIfNeeded: index) &+ UInt32(truncatingIfNeeded: key))
        return finalize(low ^ UInt32(truncatingIfNeeded: key >> 32) ^ UInt32(truncatingIfNeeded: index >> 32))
    }
}
