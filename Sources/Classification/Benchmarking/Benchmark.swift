import Foundation
import Kernels
import Reporting

/// A set of measurements, ours and, in between, those of other frameworks.
public struct Benchmark: Sendable {
    public struct Options: Sendable {
        public var network: ResidualNetwork
        public var sizes: [Int]
        /// Photos in a training step.
        public var trainingBatch: Int
        public var inferenceBatches: [Int]
        public var precisions: [Precision]
        public var threads: Int
        /// Time for each of our measurements, at least.
        public var seconds: Double
        public var groups: Set<BenchmarkReport.Row.Group>

        public init(
            network: ResidualNetwork = .standard, sizes: [Int] = [64, 96, 128], trainingBatch: Int = 64,
            inferenceBatches: [Int] = [1, 64], precisions: [Precision], threads: Int, seconds: Double = 2,
            groups: Set<BenchmarkReport.Row.Group> = [.training, .inference, .stages, .process]
        ) {
            self.network = network
            self.sizes = sizes
            self.trainingBatch = trainingBatch
            self.inferenceBatches = inferenceBatches
            self.precisions = precisions
            self.threads = threads
            self.seconds = seconds
            self.groups = groups
        }
    }

    /// A measurement of another framework: what it is called, and its time for one run.
    public struct PeerTiming: Sendable {
        public var name: String
        public var precision: Precision
        public var time: Timing

        public init(name: String, precision: Precision, time: Timing) {
            self.name = name
            self.precision = precision
            self.time = time
        }
    }

    public var options: Options

    public init(_ options: Options) { self.options = options }

    /// Measures training and inference.
    ///
    /// - Parameters:
    ///   - peers: called in the middle of our own measurement of a group, size, batch and precision.
    ///   - progress: told what is measured next.
    public func computation(
        peers: (BenchmarkReport.Row.Group, _ size: Int, _ batch: Int, Precision) throws -> [PeerTiming],
        progress: (String) -> Void
    ) throws -> [BenchmarkReport.Row] {
        var rows: [BenchmarkReport.Row] = []
        func add(_ group: BenchmarkReport.Row.Group, _ size: Int, _ batch: Int, _ precision: Precision) throws {
            progress("\(group.rawValue), \(size) px, batch \(batch), \(precision.rawValue)")
            var found: [PeerTiming] = []
            let between = { found = try peers(group, size, batch, precision) }
            var row = group == .training
                ? try TrainingBenchmark(network: options.network, size: size, batch: batch, precision: precision, threads: options.threads)
                    .measure(seconds: options.seconds, between: between)
                : try InferenceBenchmark(network: options.network, size: size, batch: batch, precision: precision, threads: options.threads)
                    .measure(seconds: options.seconds, between: between)
            for peer in found where peer.precision == precision { row.peers[peer.name] = peer.time }
            rows.append(row)
        }
        for size in options.sizes where options.groups.contains(.training) {
            for precision in options.precisions { try add(.training, size, options.trainingBatch, precision) }
        }
        for size in options.sizes where options.groups.contains(.inference) {
            for batch in options.inferenceBatches {
                for precision in options.precisions { try add(.inference, size, batch, precision) }
            }
        }
        return rows
    }

    /// Measures the stages from a file to an answer.
    ///
    /// - Parameter folder: where pictures may be written.
    public func stages(of model: PhotoModel, in folder: String, progress: (String) -> Void) throws -> [BenchmarkReport.Row] {
        progress("stages from a file to its answer")
        return try StageBenchmark(model: model, precision: options.precisions[0], threads: options.threads)
            .measure(in: folder, seconds: min(options.seconds, 1))
    }

    /// Times operations beside the roofline.
    public func operations(progress: (String) -> Void) throws -> [BenchmarkReport.Row] {
        try ComputeThread(name: "benchmark", threads: options.threads).perform {
            try options.precisions.flatMap { precision -> [BenchmarkReport.Row] in
                progress("operations, \(precision.rawValue)")
                let (peak, rows) = try OperationBenchmark.run(precision: precision)
                return rows.map { measured in
                    var row = BenchmarkReport.Row(
                        .operations, measured.name, precision: precision.rawValue, time: .exactly(measured.seconds, runs: 11))
                    row.notes = [
                        "\(HumanReadable.significant(measured.gigaflops)) of \(HumanReadable.significant(peak.gigaflops)) GFLOP/s, "
                            + "\(HumanReadable.significant(measured.gigabytes)) of \(HumanReadable.significant(peak.gigabytes)) GB/s, "
                            + "\(BenchmarkReport.percent(measured.shareOfPeak)) of the roofline"
                    ]
                    return row
                }
            }
        }
    }

    /// An untrained model of the network, for timing where no trained one is at hand: times do not depend on the numbers.
    public static func untrained(_ network: ResidualNetwork, size: Int) throws -> PhotoModel {
        let graph = try network.graph(size: size, classes: 2)
        return PhotoModel(
            graph: graph, parameters: graph.initialParameters(seed: 1), preprocessing: .init(height: size, width: size),
            classes: ["cat", "dog"],
            provenance: Provenance(
                created: "", dataFingerprint: "", trainingPhotos: 0, validationPhotos: 0, testPhotos: 0, seed: 1, epochs: 0,
                trainingSeconds: 0, cpuSeconds: 0, processor: "", precision: "", versions: [:]))
    }
}
