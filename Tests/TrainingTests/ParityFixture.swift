import ComputeGraph
import Foundation
import Kernels
import ModelStore
import Training

/// What PyTorch computed for one case, stored by `Docs/Peers/parity.py`, and the numbers that both sides draw.
struct ParityFixture {
    let file: SafetensorsFile
    let losses: [Float]
    let rates: [Float]
    private let limit: Int

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        file = try SafetensorsFile(contentsOf: folder.appending(path: name + ".safetensors").path)
        losses = try file.floats(named: "losses")
        rates = try file.floats(named: "rates")
        limit = file.metadata["limit"].flatMap { Int($0) } ?? 0
    }

    /// Steps whose gradients are stored.
    static let recordedSteps = [0, 9, 19]

    // MARK: - Numbers drawn alike on both sides

    static func uniform(_ seed: UInt64, _ count: Int) -> [Float] {
        var source = RandomSource(seed: seed)
        return (0..<count).map { _ in source.uniform() }
    }

    /// Initial values of a parameter, from its name (FNV-1a) and shape.
    static func initial(_ parameter: Parameter) -> [Float] {
        let seed = parameter.name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let numbers = uniform(seed, parameter.shape.elementCount)
        if parameter.name.hasSuffix(".2.norm.scale") { return numbers.map { ($0 + 0.5) * 0.2 } }
        switch parameter.name.split(separator: ".").last {
        case "mean": return numbers.map { _ in 0 }
        case "variance": return numbers.map { _ in 1 }
        case "scale": return numbers.map { $0 + 0.5 }
        case "shift", "bias": return numbers.map { ($0 - 0.5) * 0.2 }
        default:
            let fanIn = parameter.shape.dimensions.dropFirst().reduce(1, *)
            let bound = (Float(6) / Float(fanIn)).squareRoot()
            return numbers.map { ($0 * 2 - 1) * bound }
        }
    }

    static func labels(step: Int, batch: Int, classes: Int) -> [Int32] {
        uniform(UInt64(1000 + step), batch).map { Int32($0 * Float(classes)) }
    }

    /// `[batch, size, size, 3]`: bytes brought to about ±2, brighter for higher classes.
    static func images(step: Int, batch: Int, size: Int, classes: Int) -> [Float] {
        let labels = labels(step: step, batch: batch, classes: classes)
        let sample = size * size * 3
        return uniform(UInt64(2000 + step), batch * sample).enumerated().map { position, number in
            ((number * 256).rounded(.down) - 127.5) / 64 + Float(labels[position / sample]) / 2
        }
    }

    // MARK: - Comparison

    /// How far values are from stored ones.
    struct Difference {
        /// Cosine of the angle between both.
        var cosine: Double
        /// Largest difference of an element, as a share of the largest stored one.
        var largest: Double
        /// Relative difference of the Euclidean norms of the whole tensors.
        var norm: Double
    }

    func difference(of values: UnsafeMutableBufferPointer<Float>, from name: String) throws -> Difference {
        let stored = try file.floats(named: name)
        var step = 1
        while (values.count + step - 1) / step > limit { step += 2 }
        let own = stride(from: 0, to: values.count, by: step).map { Double(values[$0]) }
        precondition(own.count == stored.count, "\(name) has \(own.count) sampled elements, stored are \(stored.count)")
        var (product, ours, theirs, largest, peak) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (a, b) in zip(own, stored.map(Double.init)) {
            product += a * b
            ours += a * a
            theirs += b * b
            largest = max(largest, abs(a - b))
            peak = max(peak, abs(b))
        }
        let squares = step > 1 ? values.reduce(0.0) { $0 + Double($1) * Double($1) } : ours
        let storedSquares = step > 1 ? Double(try file.floats(named: "norm:" + name)[0]) : theirs
        return Difference(
            cosine: product / max((ours * theirs).squareRoot(), .leastNormalMagnitude), largest: largest / max(peak, 1e-12),
            norm: abs(squares.squareRoot() - storedSquares.squareRoot()) / max(storedSquares.squareRoot(), 1e-12))
    }
}
