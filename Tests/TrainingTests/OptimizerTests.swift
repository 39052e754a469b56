import ComputeGraph
import Testing
import Training

/// Single steps against numbers worked out by hand.
@Suite struct OptimizerTests {
    /// A 2x2 matrix, a bias and a running statistic.
    private func storage(weight: [Float], bias: [Float], statistic: [Float]) throws -> ParameterStorage {
        var graph = Graph()
        let sum = try graph.dense(try graph.input([2]), units: 2, named: "dense")
        _ = try graph.batchNorm(sum, named: "norm")
        let names = ["dense.weight", "dense.bias", "norm.mean"]
        let storage = try ParameterStorage(graph.parameters.filter { names.contains($0.name) }, for: "test")
        storage.values = [weight, bias, statistic]
        return storage
    }

    private func expect(_ values: UnsafeMutableBufferPointer<Float>, _ expected: [Float], _ tolerance: Float = 1e-6) {
        for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) <= tolerance * max(1, abs(wanted)), "\(Array(values)) is not \(expected)") }
    }

    @Test func momentum() throws {
        let values = try storage(weight: [1, 2, 3, 4], bias: [1, -1], statistic: [5, 5])
        let gradients = try storage(weight: [0.5, 0, 0, -1], bias: [2, 0], statistic: [9, 9])
        let optimizer = try OptimizerConfiguration.sgd(momentum: 0.5, nesterov: false, weightDecay: 0.1).makeOptimizer(for: values)
        optimizer.update(values, gradients: gradients, rate: 0.1, gradientScale: 1, step: 0)
        // Gradient with decay: 0.6, 0.2, 0.3, -0.6; biases do not decay, statistics stay.
        expect(values[0], [0.94, 1.98, 2.97, 4.06])
        expect(values[1], [0.8, -1])
        expect(values[2], [5, 5])
        optimizer.update(values, gradients: gradients, rate: 0.1, gradientScale: 0.5, step: 1)
        // Velocity of the first: 0.5 * 0.6 + (0.25 + 0.094) = 0.644; of the bias: 0.5 * 2 + 1 = 2.
        expect(values[0], [0.94 - 0.0644])
        expect(values[1], [0.6, -1])
    }

    @Test func nesterov() throws {
        let values = try storage(weight: [1, 0, 0, 0], bias: [1, 0], statistic: [5, 5])
        let gradients = try storage(weight: [0.5, 0, 0, 0], bias: [2, 0], statistic: [0, 0])
        let optimizer = try OptimizerConfiguration.sgd(momentum: 0.9, nesterov: true, weightDecay: 0).makeOptimizer(for: values)
        optimizer.update(values, gradients: gradients, rate: 0.1, gradientScale: 1, step: 0)
        // 0.1 * (g + 0.9 g)
        expect(values[0], [1 - 0.095])
        optimizer.update(values, gradients: gradients, rate: 0.1, gradientScale: 1, step: 1)
        // Velocity 0.95: 0.1 * (0.5 + 0.9 * 0.95)
        expect(values[0], [1 - 0.095 - 0.1355])
    }

    @Test func adamW() throws {
        let values = try storage(weight: [1, -2, 0, 4], bias: [1, 1], statistic: [5, 5])
        let gradients = try storage(weight: [0.5, -3, 1e-3, 0], bias: [2, -2], statistic: [0, 0])
        let optimizer = try OptimizerConfiguration.adamW(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1).makeOptimizer(for: values)
        optimizer.update(values, gradients: gradients, rate: 0.01, gradientScale: 1, step: 0)
        // Corrected moments make the first step the gradient's sign; decay takes 0.1 % of the weight.
        expect(values[0], [1 - 0.01 - 0.001, -2 + 0.01 + 0.002, -0.01, 4 - 0.004], 2e-5)
        expect(values[1], [0.99, 1.01], 2e-5)
        expect(values[2], [5, 5])
    }

    @Test func muon() throws {
        // Of a multiple of a rotation all singular values are equal: 1 / sqrt(2) once its norm is 1. The iteration then
        // works on that number alone.
        let values = try storage(weight: [1, 2, 3, 4], bias: [1, 1], statistic: [5, 5])
        let gradients = try storage(weight: [0.6 * 7, -0.8 * 7, 0.8 * 7, 0.6 * 7], bias: [2, 0], statistic: [0, 0])
        let optimizer = try OptimizerConfiguration.muon(momentum: 0.9, weightDecay: 0.5, gainRate: 0.1).makeOptimizer(for: values)
        optimizer.update(values, gradients: gradients, rate: 0.1, gradientScale: 1, step: 0)
        var singular = 0.5.squareRoot()
        for _ in 0..<5 {
            let cube = singular * singular * singular
            singular = 3.4445 * singular - 4.7750 * cube + 2.0315 * cube * singular * singular
        }
        let step = Float(0.1 * 0.2 * 2.0.squareRoot() * singular)
        let decay: Float = 0.1 * 0.5
        expect(values[0], [1 - step * 0.6 - decay * 1, 2 + step * 0.8 - decay * 2, 3 - step * 0.8 - decay * 3, 4 - step * 0.6 - decay * 4], 1e-5)
        // The bias takes a Nesterov step at a tenth of the rate.
        expect(values[1], [1 - 0.01 * (2 + 0.9 * 2), 1])
        expect(values[2], [5, 5])
    }

    @Test(arguments: [(6, 10), (10, 6), (16, 144), (3, 3)]) func orthogonalizerEvensSingularValues(rows: Int, columns: Int) {
        var random = RandomSource(seed: 3)
        // Columns of very different length.
        var matrix = (0..<rows * columns).map { (random.uniform() - 0.5) * Float($0 % columns + 1) }
        let before = singularValues(matrix, rows: rows, columns: columns)
        #expect(before[0] > 1.5 * before[before.count - 1])
        var result = [Float](repeating: 0, count: matrix.count)
        matrix.withUnsafeMutableBufferPointer { matrix in
            result.withUnsafeMutableBufferPointer { result in
                // One made for larger matrices does as well.
                Orthogonalizer(side: 20).orthogonalize(matrix, into: result, rows: rows, columns: columns)
            }
        }
        let after = singularValues(result, rows: rows, columns: columns)
        // The coefficients trade exactness for speed: values come between 0.68 and 1.13.
        #expect(after[0] < 1.2 && after[after.count - 1] > 0.6, "\(after)")
    }

    /// One-sided Jacobi rotations (Hestenes, 1958), largest first.
    private func singularValues(_ matrix: [Float], rows: Int, columns: Int) -> [Double] {
        // Vectors along the shorter side.
        var vectors: [[Double]] = rows <= columns
            ? (0..<rows).map { r in (0..<columns).map { Double(matrix[r * columns + $0]) } }
            : (0..<columns).map { c in (0..<rows).map { Double(matrix[$0 * columns + c]) } }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        for _ in 0..<60 {
            for i in 0..<vectors.count {
                for j in i + 1..<max(vectors.count, i + 1) {
                    let (a, b, c) = (dot(vectors[i], vectors[i]), dot(vectors[j], vectors[j]), dot(vectors[i], vectors[j]))
                    guard abs(c) > 1e-14 * (a * b).squareRoot() else { continue }
                    let zeta = (b - a) / (2 * c)
                    let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
                    let cosine = 1 / (1 + t * t).squareRoot()
                    for k in vectors[i].indices {
                        let (x, y) = (vectors[i][k], vectors[j][k])
                        vectors[i][k] = cosine * (x - t * y)
                        vectors[j][k] = cosine * (t * x + y)
                    }
                }
            }
        }
        return vectors.map { dot($0, $0).squareRoot() }.sorted(by: >)
    }

    @Test func clippingKeepsTheNormWithinItsLimit() throws {
        let gradients = try storage(weight: [3, 0, 0, 0], bias: [0, 4], statistic: [0, 0])
        #expect(GradientClipping.factor(gradients, limit: nil) == 1)
        #expect(GradientClipping.factor(gradients, limit: 6) == 1)
        #expect(abs(GradientClipping.factor(gradients, limit: 1) - 0.2) < 1e-6)
    }
}
