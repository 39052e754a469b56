#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The standard normal distribution.
public enum NormalDistribution {
    /// The share of values at most `z`.
    public static func cumulative(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The value below which a share `p` lies; infinite at 0 and 1, not a number outside.
    ///
    /// Acklam's rational approximation (relative error 1.15e-9), then one step of Halley's method against `erfc`,
    /// which brings it to the last few bits.
    public static func quantile(_ p: Double) -> Double {
        guard p >= 0, p <= 1 else { return .nan }
        if p == 0 { return -.infinity }
        // By symmetry the upper half is as precise as the lower, where `erfc` does not cancel; 1 - p is exact there.
        if p > 0.5 { return -quantile(1 - p) }
        let z = approximateQuantile(p)
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        guard density > 0 else { return z }
        let step = (cumulative(z) - p) / density
        return z - step / (1 + z * step / 2)
    }

    private static func approximateQuantile(_ p: Double) -> Double {
        let tailStart = 0.02425
        if p < tailStart { return tail((-2 * log(p)).squareRoot()) }
        let q = p - 0.5
        let r = q * q
        let top = polynomial(
            r, [-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
                1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00])
        let bottom = polynomial(
            r, [-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                6.680131188771972e+01, -1.328068155288572e+01, 1])
        return top * q / bottom
    }

    private static func tail(_ q: Double) -> Double {
        let top = polynomial(
            q, [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00])
        let bottom = polynomial(
            q, [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1])
        return top / bottom
    }

    /// Coefficients from the highest power down.
    private static func polynomial(_ x: Double, _ coefficients: [Double]) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}
