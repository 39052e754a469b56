import Foundation
import Interactions
import Recommendation
import Reporting

/// Matrix factorization beside another package's on the same matrix: how long, and what it finds.
final class FactorBenchmark {
    private let split: PublishedSplit
    private let configuration: AlternatingLeastSquares.Configuration
    private let rounds: Int
    private let threads: Int
    private let peer: ImplicitPeer?
    private(set) var failures: [String] = []
    private(set) var versions: [String: String] = [:]

    /// Items for each user.
    private static let k = 20

    init(data: String, factors: Int, iterations: Int, rounds: Int, threads: Int, peer: ImplicitPeer?) throws {
        split = try PublishedSplit(.gowalla, folder: data, threads: threads)
        var configuration = AlternatingLeastSquares.Configuration()
        configuration.factors = factors
        configuration.iterations = iterations
        self.configuration = configuration
        self.rounds = rounds
        self.threads = threads
        self.peer = peer
    }

    /// What one side did in all rounds.
    private struct Side {
        /// Seconds of iterations, without the first of each round.
        var iterations: [Double] = []
        /// Seconds of naming the best items for all users.
        var batches: [Double] = []
        /// Processor seconds of an iteration, and of naming the best items for all users, by round: all threads together, and
        /// hardly longer on a busy machine.
        var iterationProcessor: [Double] = []
        var batchProcessor: [Double] = []
        var metrics: [RankingMetrics] = []
    }

    func measure(progress: (String) -> Void) throws -> [BenchmarkReport.Section] {
        var (ours, theirs) = (Side(), Side())
        if let peer { try peer.prepare(InteractionMatrix(split.everything), confidence: configuration.confidence) }
        for round in 1...rounds {
            progress("matrix factorization, round \(round) of \(rounds)")
            try measureOurs(seed: round, into: &ours)
            guard let peer else { continue }
            progress("implicit, round \(round) of \(rounds)")
            do {
                let (figures, factors) = try peer.run(configuration, threads: threads, top: Self.k, seed: round)
                versions["implicit"] = figures.version
                theirs.iterations += figures.iterations.dropFirst()
                theirs.batches.append(figures.recommend)
                theirs.iterationProcessor.append(figures.processor)
                theirs.batchProcessor.append(figures.recommendProcessor)
                theirs.metrics.append(
                    try RankingEvaluation(
                        "implicit", users: factors.users, items: factors.items, width: factors.width, cases: split.test, lengths: [Self.k],
                        threads: threads
                    ).metrics(at: Self.k))
            } catch {
                failures.append("\(error)")
            }
        }
        return [iterationSection(ours, theirs), batchSection(ours, theirs)]
    }

    private func measureOurs(seed: Int, into side: inout Side) throws {
        var data = split.everything
        data.seed = UInt64(seed)
        data.threads = threads
        var last: ContinuousClock.Instant?
        var seconds: [Double] = []
        var before = ResourceUsage.current()
        let model = try AlternatingLeastSquares(data, configuration: configuration) { _ in
            let now = ContinuousClock.now
            if let last { seconds.append((now - last) / .seconds(1)) } else { before = .current() }
            last = now
        }
        side.iterations += seconds
        side.iterationProcessor.append(ResourceUsage.current().cpuSeconds(since: before) / Double(max(seconds.count, 1)))
        let log = split.everything.log
        let histories = (0..<log.userCount).map { log.history(of: $0) }
        let (start, used) = (ContinuousClock.now, ResourceUsage.current())
        let answers = try model.best(
            Self.k, for: histories.map { Query(history: $0) }, excluding: { histories[$0].map(\.item) }, threads: threads)
        side.batches.append((ContinuousClock.now - start) / .seconds(1))
        side.batchProcessor.append(ResourceUsage.current().cpuSeconds(since: used))
        precondition(answers.count == log.userCount, "an answer for each user")
        side.metrics.append(try RankingEvaluation(model, cases: split.test, lengths: [Self.k], threads: threads).metrics(at: Self.k))
    }

    private func iterationSection(_ ours: Side, _ theirs: Side) -> BenchmarkReport.Section {
        let log = split.everything.log
        var section = BenchmarkReport.Section(
            name: .als, title: "Matrix factorization on Gowalla, \(configuration.factors) factors",
            header: ["", "an iteration", "range", "iterations", "processor time", "Recall@\(Self.k)", "NDCG@\(Self.k)"], rows: [])
        for (name, side) in [("Tandem", ours), ("implicit", theirs)] where !side.iterations.isEmpty {
            let time = Timing(side.iterations)
            let (recall, ndcg) = (mean(side.metrics.map(\.recall)), mean(side.metrics.map(\.ndcg)))
            section.rows.append([
                name, HumanReadable.time(time.median), "\(HumanReadable.time(time.lowest)) to \(HumanReadable.time(time.highest))",
                "\(time.runs)", HumanReadable.time(Timing(side.iterationProcessor).median), HumanReadable.decimal(recall, places: 4), HumanReadable.decimal(ndcg, places: 4),
            ])
            section.values["\(name) iteration"] = time.median
            section.values["\(name) iteration processor"] = Timing(side.iterationProcessor).median
            section.values["\(name) recall"] = recall
            section.values["\(name) ndcg"] = ndcg
        }
        section.notes = [
            "\(HumanReadable.count(log.userCount, "user")), \(HumanReadable.count(log.itemCount, "item")), "
                + "\(HumanReadable.count(log.eventCount, "event")); \(configuration.iterations) iterations of \(configuration.steps) "
                + "conjugate gradient steps, penalty \(configuration.penalty), confidence 1 + \(configuration.confidence); mean of "
                + "\(HumanReadable.count(rounds, "seed")); the first iteration of each is not counted"
        ]
        if let ratio = ratio(of: theirs.iterations, to: ours.iterations) {
            section.notes.append("an iteration takes implicit \(HumanReadable.decimal(ratio))x as long")
            section.values["ratio"] = ratio
        }
        return section
    }

    private func batchSection(_ ours: Side, _ theirs: Side) -> BenchmarkReport.Section {
        let users = Double(split.everything.log.userCount)
        var section = BenchmarkReport.Section(
            name: .batch, title: "The best \(Self.k) items for all users of Gowalla by matrix factorization, without what they had",
            header: ["", "all users", "processor time", "users/s"], rows: [])
        for (name, side) in [("Tandem", ours), ("implicit", theirs)] where !side.batches.isEmpty {
            let time = Timing(side.batches)
            let processor = Timing(side.batchProcessor).median
            section.rows.append([
                name, HumanReadable.time(time.median), HumanReadable.time(processor), HumanReadable.count(Int(users / time.median)),
            ])
            section.values["\(name) processor"] = processor
            section.values["\(name) users/s"] = users / time.median
        }
        section.notes = ["ours finds the users' factors from their histories meanwhile; implicit has them from training, and its fastest batches count"]
        if let ratio = ratio(of: theirs.batches, to: ours.batches) {
            section.notes.append("implicit takes \(HumanReadable.decimal(ratio))x as long")
            section.values["ratio"] = ratio
        }
        return section
    }

    private func ratio(of theirs: [Double], to ours: [Double]) -> Double? {
        theirs.isEmpty || ours.isEmpty ? nil : Timing(theirs).median / Timing(ours).median
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}
