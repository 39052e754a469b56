import ComputeGraph
import Kernels
import Testing
import Training

/// Graphs of several lengths over the same parameters.
@Suite struct SharedTrainingTests {
    private static let width = 8
    private static let classes = 5

    private static func graph(length: Int) throws -> Graph {
        var graph = Graph()
        let input = try graph.input([length, width])
        let mixed = try graph.linearMap(
            try graph.dense(input, units: width, named: "inner"), rows: 1, matrix: [Float](repeating: 1 / Float(length), count: length),
            named: "mean")
        _ = try graph.dense(try graph.reshape(mixed, to: [width], named: "flat"), units: classes, named: "outer")
        return graph
    }

    private static func training(averaging: Float? = nil, clipping: Float? = nil) throws -> SharedTraining {
        let graph = try graph(length: 1)
        return try SharedTraining(
            graph.parameters, initial: graph.initialParameters(seed: 3), loss: .crossEntropy(labelSmoothing: 0),
            optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0), precision: .float32, averaging: averaging, clipping: clipping)
    }

    private static func fill(_ plan: TrainingPlan, rows: Int? = nil) {
        for index in plan.input.indices { plan.input[index] = Float((index * 7) % 11) / 5 - 1 }
        for row in plan.targets.indices { plan.targets[row] = row < rows ?? plan.batch ? Int32(row % classes) : -1 }
    }

    private func onThread(_ body: () throws -> Void) throws {
        try ComputeThread(name: "shared training", threads: 1).perform(body)
    }

    @Test func plansShareOneArenaAndTheParameters() throws {
        try onThread {
            let training = try Self.training()
            let long = try training.plan(for: Self.graph(length: 9), batch: 6)
            let bytes = training.arenaByteCount
            let short = try training.plan(for: Self.graph(length: 2), batch: 6)
            #expect(long.program.arena === short.program.arena && training.arenaByteCount == bytes && bytes > 0)
            let longer = try training.plan(for: Self.graph(length: 30), batch: 60)
            #expect(longer.program.arena !== long.program.arena)

            // What one leaves in the arena does not reach the other.
            Self.fill(short)
            let before = try training.step(short, rate: 0, seed: 1).loss
            Self.fill(long)
            _ = try training.step(long, rate: 0, seed: 1)
            Self.fill(short)
            #expect(try training.step(short, rate: 0, seed: 1).loss == before)
            Self.fill(long)
            _ = try training.step(long, rate: 0.1, seed: 1)
            Self.fill(short)
            #expect(try training.step(short, rate: 0, seed: 1).loss != before)
        }
    }

    @Test func incompleteBatchesMoveTheParametersLess() throws {
        try onThread {
            func change(fullBatch: Int?, clipping: Float? = nil) throws -> [Float] {
                let training = try Self.training(clipping: clipping)
                let plan = try training.plan(for: Self.graph(length: 3), batch: 8)
                Self.fill(plan, rows: 2)
                let before = training.result
                try training.step(plan, rate: 1, seed: 1, fullBatch: fullBatch)
                return zip(before.joined(), training.result.joined()).map { $1 - $0 }
            }
            let (whole, quarter) = (try change(fullBatch: nil), try change(fullBatch: 8))
            for (a, b) in zip(whole, quarter) { #expect(abs(a - 4 * b) < 1e-5) }
            let clipped = try change(fullBatch: nil, clipping: 0.01).reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(clipped - 0.01) < 1e-4)
        }
    }

    @Test func theAverageFollowsTheValues() throws {
        try onThread {
            let (plain, averaged) = (try Self.training(), try Self.training(averaging: 0.5))
            for training in [plain, averaged] {
                let plan = try training.plan(for: Self.graph(length: 3), batch: 8)
                Self.fill(plan)
                try training.step(plan, rate: 1, seed: 1)
            }
            let start = try Self.graph(length: 1).initialParameters(seed: 3)
            for ((first, last), mean) in zip(zip(start.joined(), plain.result.joined()), averaged.result.joined()) {
                // The first step keeps a tenth only.
                #expect(abs(mean - (0.1 * first + 0.9 * last)) < 1e-6)
            }
        }
    }

    @Test func otherParametersAndLossesThatGrowAreNamed() throws {
        try onThread {
            let training = try Self.training()
            var other = try Self.graph(length: 2)
            _ = try other.dense(other.output, units: 3, named: "more")
            let error = #expect(throws: KernelError.self) { try training.plan(for: other, batch: 2) }
            #expect(error?.description.contains("parameters are not those") == true)
            let plan = try training.plan(for: Self.graph(length: 2), batch: 2)
            Self.fill(plan)
            plan.input[0] = .nan
            let diverged = #expect(throws: TrainingError.self) { try training.step(plan, rate: 1, seed: 1, epoch: 4) }
            #expect(diverged?.description.contains("epoch 5") == true && diverged?.description.contains("inner") == true)
        }
    }

    private static func wide(_ width: Int, rows: Int) throws -> Graph {
        var graph = Graph()
        let input = try graph.input([width])
        _ = try graph.dense(input, units: rows, named: "outer")
        return graph
    }

    /// By hand: a row goes its own way, and with its groups that of all their rows. Widths with and without whole vectors.
    @Test(arguments: [8, 40]) func rowsOfOneGroupMoveTogether(_ width: Int) throws {
        let (rate, share, decay): (Float, Float, Float) = (0.5, 0.25, 0.1)
        let groups = RowGroups(
            parameter: "outer.weight", groupCount: 3, offsets: [0, 1, 3, 3, 4, 4], groups: [0, 0, 2, 2], shares: [1, 0.6, 0.8, -0.5],
            rate: share)
        try onThread {
            let graph = try Self.wide(width, rows: 5)
            let training = try SharedTraining(
                graph.parameters, initial: graph.initialParameters(seed: 3), loss: .crossEntropy(labelSmoothing: 0),
                optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: decay), precision: .float32, groups: groups)
            let plan = try training.plan(for: graph, batch: 6)
            // What is left of one step must not reach the next.
            for _ in 0..<3 {
                Self.fill(plan, rows: 3)
                let before = training.result[0]
                try training.step(plan, rate: rate, seed: 1, fullBatch: 6)
                let (after, gradients) = (training.result[0], training.lastGradients[0])
                for column in 0..<width {
                    func gradient(_ row: Int) -> Float { gradients[row * width + column] / 2 }
                    let steps = [gradient(0) + 0.6 * gradient(1), 0, 0.8 * gradient(1) - 0.5 * gradient(3)].map { -rate * share * $0 }
                    let together = [steps[0], 0.6 * steps[0] + 0.8 * steps[2], 0, -0.5 * steps[2], 0]
                    for row in 0..<5 {
                        let place = row * width + column
                        let expected = before[place] - rate * (gradient(row) + decay * before[place]) + together[row]
                        #expect(abs(after[place] - expected) < 1e-5)
                    }
                }
            }
        }
    }

    /// Rows are shared out by what they hold: most belong to the first groups.
    @Test func theNumberOfThreadsDoesNotDecideWhereGroupsMove() throws {
        let rows = 300
        var groups = RowGroups(parameter: "outer.weight", groupCount: 40, offsets: [0], groups: [], shares: [], rate: 1)
        for row in 0..<rows {
            for group in 0..<40 where group < 2 || (row * 7 + group) % 41 == 0 {
                groups.groups.append(UInt32(group))
                groups.shares.append(Float(row % 5) / 5)
            }
            groups.offsets.append(Int64(groups.groups.count))
        }
        func moved(threads: Int, _ groups: RowGroups?) throws -> [Float] {
            try ComputeThread(name: "groups", threads: threads).perform {
                let graph = try Self.wide(24, rows: rows)
                let training = try SharedTraining(
                    graph.parameters, initial: graph.parameters.map { [Float](repeating: 0, count: $0.shape.elementCount) },
                    loss: .crossEntropy(labelSmoothing: 0), optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0), precision: .float32,
                    groups: groups)
                let plan = try training.plan(for: graph, batch: 1)
                Self.fill(plan)
                try training.step(plan, rate: 1, seed: 1)
                return training.result[0]
            }
        }
        let one = try moved(threads: 1, groups)
        for threads in [2, 3, 7] { #expect(try moved(threads: threads, groups) == one) }
        #expect(try moved(threads: 1, nil) != one)
    }
}
