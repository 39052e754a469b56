import ComputeGraph

/// A function from a trained graph to one that answers the same and costs less.
///
/// Passes run in a list, one after the other; lower precision, pruning and other changes join it here.
public struct GraphPass: Sendable {
    /// What a pass did.
    public struct Report: Hashable, Sendable, CustomStringConvertible {
        public let pass: String
        /// One line a change, each beginning with the layer concerned.
        public let changes: [String]

        public var description: String {
            changes.isEmpty ? "\(pass): nothing to do" : "\(pass):\n" + changes.map { "  " + $0 }.joined(separator: "\n")
        }
    }

    public let name: String
    private let transform: @Sendable (TrainedGraph, inout [String]) throws -> TrainedGraph

    /// - Parameter transform: returns the new graph and appends one line for each change. It must keep the
    ///   outputs and the inputs.
    public init(name: String, transform: @escaping @Sendable (_ model: TrainedGraph, _ changes: inout [String]) throws -> TrainedGraph) {
        self.name = name
        self.transform = transform
    }

    public func run(on model: TrainedGraph) throws -> (model: TrainedGraph, report: Report) {
        var changes: [String] = []
        let result = try transform(model, &changes)
        return (result, Report(pass: name, changes: changes))
    }

    /// What every model goes through, none of which changes an answer by more than rounding.
    public static let standard: [GraphPass] = [.removeDropout, .mergeReshapes, .foldBatchNorm, .removeUnusedLayers]
}

extension TrainedGraph {
    /// The model after several passes, with what each of them did.
    public func transformed(by passes: [GraphPass]) throws -> (model: TrainedGraph, reports: [GraphPass.Report]) {
        var model = self
        var reports: [GraphPass.Report] = []
        for pass in passes {
            let (result, report) = try pass.run(on: model)
            model = result
            reports.append(report)
        }
        return (model, reports)
    }
}
