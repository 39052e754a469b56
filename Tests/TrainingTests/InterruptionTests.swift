import ComputeGraph
import Foundation
import Kernels
import ModelStore
import TestSupport
import Testing
import Training

/// Runs that are interrupted go on as if nothing had happened.
@Suite struct InterruptionTests {
    private let configuration = TrainingConfiguration(
        epochs: 4, batchSize: 16, optimizer: .defaultAdamW, peakLearningRate: 0.01,
        phases: [InputPhase(until: 0.5, shape: [8, 8, 3]), InputPhase(until: 1, shape: [16, 16, 3])], averaging: 0.9, accumulation: 2,
        precision: .float32, seed: 3)

    private func onThread<Result>(_ body: () throws -> Result) throws -> Result {
        try ComputeThread(name: "interruption", threads: 2).perform(body)
    }

    @Test(arguments: [1, 3, 5]) func resumedRunEndsWithTheSameBits(interruptedAtStep: Int) throws {
        let source = SyntheticSource(count: 64), validation = SyntheticSource(count: 32, seed: 8)
        let folder = try TemporaryFolder()
        try onThread {
            let uninterrupted = try Trainer(smallNetwork(), configuration: configuration).fit(source, validatingOn: validation)

            do {
                let run = try RunFolder(folder.path, resuming: false)
                try run.write(configuration, to: .configuration)
                var asked = 0
                #expect(throws: TrainingError.self) {
                    _ = try Trainer(smallNetwork(), configuration: configuration, run: run).fit(
                        source, validatingOn: validation, isCancelled: {
                            asked += 1
                            return asked > interruptedAtStep
                        })
                }
            }
            let run = try RunFolder(folder.path, resuming: true)
            let trainer = try Trainer(smallNetwork(), configuration: configuration, run: run)
            try trainer.resume()
            let resumed = try trainer.fit(source, validatingOn: validation)
            #expect(resumed.parameters == uninterrupted.parameters)
            #expect(resumed.metrics.epochs.map(\.validationLoss) == uninterrupted.metrics.epochs.map(\.validationLoss))
            #expect(resumed.metrics.epochs.map(\.trainingLoss) == uninterrupted.metrics.epochs.map(\.trainingLoss))
            let lines = try String(contentsOfFile: run.path(of: .metrics), encoding: .utf8).split(separator: "\n")
            #expect(lines.count == configuration.epochs)
        }
    }

    @Test func anotherConfigurationOrDataIsRefused() throws {
        let source = SyntheticSource(count: 64)
        let folder = try TemporaryFolder()
        try onThread {
            var short = configuration
            short.epochs = 1
            let run = try RunFolder(folder.path, resuming: false)
            _ = try Trainer(smallNetwork(), configuration: short, run: run, fingerprint: "these photos").fit(source, validatingOn: source)

            var other = short
            other.peakLearningRate *= 2
            for (configuration, fingerprint, word) in [(other, "these photos", "configuration"), (short, "other photos", "data")] {
                let trainer = try Trainer(smallNetwork(), configuration: configuration, run: run, fingerprint: fingerprint)
                let error = #expect(throws: TrainingError.self) { try trainer.resume() }
                #expect(error?.description.contains("another \(word)") == true || error?.description.contains("other training \(word)") == true)
            }
            // A network of other widths.
            var wide = Graph()
            let image = try wide.input(.image(height: 16, width: 16, channels: 3))
            let value = try wide.convolutionBatchNormReLU(image, channels: 32, kernel: 3, stride: 2, named: "stem")
            _ = try wide.dense(try wide.globalAveragePool(value, named: "pool"), units: 2, named: "head")
            #expect(throws: (any Error).self) {
                try Trainer(wide, configuration: short, run: run, fingerprint: "these photos").resume()
            }
        }
    }

    @Test func damagedCheckpointIsRefused() throws {
        let source = SyntheticSource(count: 64)
        let folder = try TemporaryFolder()
        try onThread {
            var short = configuration
            short.epochs = 1
            let run = try RunFolder(folder.path, resuming: false)
            _ = try Trainer(smallNetwork(), configuration: short, run: run).fit(source, validatingOn: source)
            let path = run.path(of: .checkpoint)
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
            #expect(throws: SafetensorsError.self) { try Trainer(smallNetwork(), configuration: short, run: run).resume() }
        }
    }

    @Test func oneTrainingAFolder() throws {
        let folder = try TemporaryFolder()
        do {
            let first = try RunFolder(folder.path, resuming: false)
            let error = #expect(throws: TrainingError.self) { try RunFolder(folder.path, resuming: false) }
            #expect(error?.description.contains("another process") == true)
            try first.write(configuration, to: .configuration)
            #expect(try first.read(TrainingConfiguration.self, from: .configuration) == configuration)
        }
        // Free again, but not to be overwritten.
        let error = #expect(throws: TrainingError.self) { try RunFolder(folder.path, resuming: false) }
        #expect(error?.description.contains("--resume") == true)
        _ = try RunFolder(folder.path, resuming: true)
        #expect(throws: TrainingError.self) { try RunFolder(folder.path + "/elsewhere", resuming: true) }
    }

    // MARK: - A process of its own

    /// Starts the training program that stands beside the tests' own.
    private func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(filePath: tests).deletingLastPathComponent().appending(path: "InterruptedTraining")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return (process, output)
    }

    private func finish(_ started: (process: Process, output: Pipe)) -> String {
        let data = started.output.fileHandleForReading.readDataToEndOfFile()
        started.process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What a run that nobody interrupts answers.
    private func uninterrupted(in folder: TemporaryFolder) throws -> String {
        let started = try start([folder.path + "/whole", "start"])
        let answer = finish(started)
        try #require(started.process.terminationStatus == 0, "\(answer)")
        return answer
    }

    @Test func killedAtAnyMoment() throws {
        let folder = try TemporaryFolder()
        let began = ContinuousClock.now
        let expected = try uninterrupted(in: folder)
        let whole = (ContinuousClock.now - began) / .seconds(1)

        let path = folder.path + "/killed"
        var random = RandomSource(seed: UInt64(ProcessInfo.processInfo.processIdentifier))
        var kills = 0, answer = ""
        for attempt in 0..<40 {
            let exists = FileManager.default.fileExists(atPath: path + "/configuration.json")
            let started = try start([path, exists ? "resume" : "start"])
            if attempt < 12 {
                Thread.sleep(forTimeInterval: Double(random.uniform()) * whole * 0.5)
                kill(started.process.processIdentifier, SIGKILL)
            }
            answer = finish(started)
            if started.process.terminationReason == .uncaughtSignal {
                kills += 1
            } else if kills > 0 || attempt >= 12 {
                break
            } else {
                // Over before it could be killed, which proves nothing: once more.
                try FileManager.default.removeItem(atPath: path)
            }
        }
        #expect(kills > 0)
        #expect(answer == expected)
    }

    @Test func fullDiskLeavesTheLastCheckpoint() throws {
        let folder = try TemporaryFolder()
        let expected = try uninterrupted(in: folder)
        let path = folder.path + "/full"
        let limited = try start([path, "start", "20000"])
        let message = finish(limited)
        #expect(limited.process.terminationStatus == 1)
        #expect(message.contains(path), "\(message)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".tmp") } == [])
        _ = try SafetensorsFile(contentsOf: path + "/checkpoint.safetensors")
        #expect(finish(try start([path, "resume"])) == expected)
    }
}
