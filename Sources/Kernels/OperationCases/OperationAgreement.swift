import ComputeGraph

/// How far a kernel lies from the reference.
package struct Disagreement: Sendable, CustomStringConvertible {
    /// What was compared: the output, or the gradient of something along some direction.
    package var subject: String
    package var kernel: Double
    package var reference: Double
    /// The difference as a share of the typical size of the numbers compared.
    package var error: Double

    package var description: String { "\(subject): kernel \(kernel), reference \(reference), error \(error)" }
}

extension OperationCase {
    /// The element of the output that lies farthest from the reference.
    package func worstOutput(precision: Precision, mode: LoweringMode, seed: UInt64 = 1) throws -> Disagreement {
        let numbers = try OperationNumbers(self, precision: precision, seed: seed)
        let answer = try OperationProgram(self, precision: precision, mode: mode, differentiating: false).run(numbers)
        let expected = try reference(numbers, mode: mode)
        let size = Self.rootMeanSquare(expected)
        var worst = Disagreement(subject: "output", kernel: 0, reference: 0, error: answer.output.count == expected.count ? 0 : .infinity)
        for (index, (got, wanted)) in zip(answer.output, expected).enumerated() {
            // bfloat16 rounds each number in proportion to itself.
            let error = abs(got - wanted) / max(size, abs(wanted), 1e-9)
            if !(error <= worst.error) {
                worst = Disagreement(subject: "output[\(index)]", kernel: got, reference: wanted, error: error.isNaN ? .infinity : error)
            }
        }
        return worst
    }

    /// Every gradient of the backward rule against central differences of the reference, along random
    /// directions through all elements at once and along single elements. The loss is the sum of the
    /// output times fixed random weights.
    ///
    /// - Returns: the comparisons, the worst first.
    package func gradientDisagreements(precision: Precision, seed: UInt64 = 1) throws -> [Disagreement] {
        let numbers = try OperationNumbers(self, precision: precision, seed: seed)
        let answer = try OperationProgram(self, precision: precision, mode: .training, differentiating: true).run(numbers)
        let weights = numbers.outputGradients.dropFirst().reduce(numbers.outputGradients[0]) { zip($0, $1).map { $0 + $1 } }
        func loss(_ numbers: OperationNumbers) throws -> Double {
            zip(try reference(numbers, mode: .training), weights).reduce(0) { $0 + $1.0 * $1.1 }
        }
        // A smaller step crosses the corner of fewer ReLUs.
        let step = fusion?.relu == true ? 1e-7 : 1e-5
        var source = RandomSource(seed, 2)
        var result: [Disagreement] = []
        func compare(_ subject: String, _ gradient: [Double], _ place: WritableKeyPath<OperationNumbers, [Double]>) throws {
            let count = gradient.count
            var directions = (0..<2).map { _ in OperationNumbers.normal(count, &source) }
            for _ in 0..<min(count, 4) {
                var single = [Double](repeating: 0, count: count)
                single[Int(source.next() % UInt64(count))] = 1
                directions.append(single)
            }
            let typical = Self.rootMeanSquare(gradient)
            for (order, direction) in directions.enumerated() {
                var (ahead, behind) = (numbers, numbers)
                ahead[keyPath: place] = zip(numbers[keyPath: place], direction).map { $0 + step * $1 }
                behind[keyPath: place] = zip(numbers[keyPath: place], direction).map { $0 - step * $1 }
                let expected = (try loss(ahead) - loss(behind)) / (2 * step)
                let products = zip(gradient, direction).map { $0 * $1 }
                let got = products.reduce(0, +)
                let size = max(products.reduce(0) { $0 + $1 * $1 }.squareRoot(), order < 2 ? 0 : typical, 1e-6)
                let error = abs(got - expected) / size
                result.append(Disagreement(
                    subject: "\(subject), direction \(order)", kernel: got, reference: expected, error: error.isNaN ? .infinity : error))
            }
        }
        for (index, gradient) in answer.inputGradients.enumerated() {
            if let gradient { try compare("gradient of input \(index)", gradient, \.inputs[index]) }
        }
        for (index, gradient) in answer.parameterGradients.enumerated() {
            if let gradient { try compare("gradient of parameter \(index)", gradient, \.parameters[index]) }
        }
        return result.sorted { $0.error > $1.error }
    }

    static func rootMeanSquare(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))).squareRoot()
    }
}
