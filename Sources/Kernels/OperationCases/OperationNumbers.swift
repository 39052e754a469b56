import ComputeGraph

/// Random numbers for one case: inputs, parameters, and the gradients that arrive for the result.
package struct OperationNumbers: Sendable {
    package var inputs: [[Double]]
    package var parameters: [[Double]]
    /// For each use of the result, the gradient of the loss by each of its elements.
    package var outputGradients: [[Double]]

    /// - Parameter precision: bfloat16 rounds all numbers to that type, so that the reference starts from
    ///   the same ones.
    package init(_ operationCase: OperationCase, precision: Precision, seed: UInt64) throws {
        let graph = try operationCase.graph()
        let batch = operationCase.batch
        var source = RandomSource(seed)
        func round(_ values: [Double]) -> [Double] {
            values.map { precision == .bfloat16 ? Self.rounded($0) : Double(Float($0)) }
        }
        inputs = operationCase.allInputs.enumerated().map { index, shape in
            let count = batch * shape.elementCount
            switch operationCase.kind(ofInput: index) {
            case .indices(let rows):
                return (0..<count).map { position in
                    // Padding, an index too far and an absurd one among those that exist.
                    switch position {
                    case 1: -1
                    case 2: Double(rows)
                    case 3: Double(Int32.max)
                    default: Double(Int(source.next() % UInt64(rows)))
                    }
                }
            case .mask:
                // The last sample sees no key at all.
                return (0..<count).map { $0 / shape.elementCount == batch - 1 ? 0 : source.uniform() < 0.7 ? 1 : 0 }
            case .real:
                if case .maxPool = operationCase.operation { return Self.distinct(shape, batch: batch, &source) }
                let values = Self.normal(count, &source)
                if case .activation(.relu) = operationCase.operation {
                    // Away from the corner, where there is no derivative.
                    return round(values.map { abs($0) < 0.01 ? 0.5 : $0 })
                }
                return round(values)
            }
        }
        let own = graph.nodes[graph.output.node].parameters.map { graph.parameters[$0] }
        parameters = own.map { parameter in
            let values = Self.normal(parameter.shape.elementCount, &source)
            switch parameter.name {
            case let name where name.hasSuffix(".variance"): return round(values.map { 0.5 + $0 * $0 })
            case let name where name.hasSuffix(".scale"): return round(values.map { 1 + 0.3 * $0 })
            default:
                // Sums of products stay of the inputs' size.
                let products = parameter.shape.rank == 4 ? parameter.shape.elementCount / parameter.shape[0] : parameter.shape.last
                let factor = parameter.shape.rank > 1 ? 1 / Double(products).squareRoot() : 0.3
                return round(values.map { $0 * factor })
            }
        }
        let outputs = batch * graph.shape(of: graph.output).elementCount
        outputGradients = (0..<operationCase.uses).map { _ in round(Self.normal(outputs, &source)) }
    }

    /// The nearest number with eight significant bits, ties to even.
    package static func rounded(_ value: Double) -> Double {
        let bits = Float(value).bitPattern
        return Double(Float(bitPattern: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) & 0xFFFF_0000))
    }

    static func normal(_ count: Int, _ source: inout RandomSource) -> [Double] {
        Initializer.normal(deviation: 1).values(count: count, using: &source).map(Double.init)
    }

    /// Numbers that differ within each channel of an image of at most 256 positions, exact in bfloat16.
    private static func distinct(_ shape: Shape, batch: Int, _ source: inout RandomSource) -> [Double] {
        let (positions, channels) = (shape[0] * shape[1], shape[2])
        var result = [Double](repeating: 0, count: batch * shape.elementCount)
        for sample in 0..<batch {
            for channel in 0..<channels {
                for (position, rank) in Array(0..<positions).shuffled(using: &source).enumerated() {
                    result[(sample * positions + position) * channels + channel] = (Double(rank) - Double(positions / 2)) / 32
                }
            }
        }
        return result
    }
}
