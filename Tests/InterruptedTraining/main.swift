// Trains a tiny network into a run folder, so that tests can end this process at any moment.
//
//     InterruptedTraining FOLDER start|resume [BYTES]
//
// BYTES limits the size of files from the second epoch on, as a full disk would. Prints the parameters' fingerprint
// at the end, or the error and exits with 1.
import ComputeGraph
import Foundation
import Kernels
import Training

/// Noise, brighter on the left for one class.
struct Brightness: SampleSource {
    var count = 64

    func label(of index: Int) -> Int32 { Int32(index % 2) }

    func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>) {
        var random = RandomSource(5, UInt64(index), UInt64((epoch ?? -1) + 1))
        for position in destination.indices {
            let isLeft = position / shape[2] % shape[1] < shape[1] / 2
            destination[position] = random.uniform() - 0.5 + (isLeft == (index % 2 == 0) ? 0.5 : 0)
        }
    }
}

func train(_ folder: String, resuming: Bool, fileLimit: Int?) throws -> String {
    var graph = Graph()
    var value = try graph.convolutionBatchNormReLU(
        try graph.input(.image(height: 8, width: 8, channels: 3)), channels: 16, kernel: 3, stride: 2, named: "stem")
    value = try graph.dropout(try graph.residualBlock(value, channels: 16, named: "block"), rate: 0.1, named: "dropout")
    _ = try graph.dense(try graph.globalAveragePool(value, named: "pool"), units: 2, named: "head")

    let configuration = TrainingConfiguration(
        epochs: 40, batchSize: 16, peakLearningRate: 0.05, phases: [InputPhase(until: 1, shape: [8, 8, 3])], averaging: 0.9,
        precision: .float32, seed: 11, statisticsBatches: 2)
    let run = try RunFolder(folder, resuming: resuming)
    if !resuming { try run.write(configuration, to: .configuration) }
    let trainer = try Trainer(graph, configuration: configuration, run: run)
    if resuming { try trainer.resume() }
    var limited = false
    let result = try trainer.fit(Brightness(), validatingOn: Brightness(count: 32)) { progress in
        guard let fileLimit, progress.epoch > 0, !limited else { return }
        limited = true
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(fileLimit), rlim_max: rlim_t(fileLimit))
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for number in result.parameters.joined() { hash = (hash ^ UInt64(number.bitPattern)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
    print("usage: InterruptedTraining FOLDER start|resume [BYTES]")
    exit(2)
}
do {
    let outcome = try ComputeThread(name: "training", threads: 1).perform {
        try train(arguments[1], resuming: arguments[2] == "resume", fileLimit: arguments.count > 3 ? Int(arguments[3]) : nil)
    }
    print(outcome)
} catch {
    print("\(error)")
    exit(1)
}
