import ComputeGraph
import Foundation
import Imaging
import Inference
import Kernels
import Parallelism
import Synchronization

/// Answers what photos show: decodes them, prepares them as the model was trained, and turns what the network says
/// into calibrated probabilities and *neither*.
///
/// Any thread may ask; single photos wait for each other. Many files are best given at once, see
/// ``classify(files:deliver:)``. Calls block their thread: from asynchronous code, make them on a thread of their own.
public final class Classifier: Sendable {
    public struct Options: Sendable {
        /// Of the computation; nil takes the fastest of this processor.
        public var precision: Precision?
        /// Threads that decode and compute; by default one for each processor.
        public var threads: Int
        /// Photos that go through the network together when there are many.
        public var batch: Int
        public var decoding: DecodingOptions

        public init(
            precision: Precision? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount, batch: Int = 16,
            decoding: DecodingOptions = DecodingOptions(truncationTolerance: 0.95)
        ) {
            self.precision = precision
            self.threads = max(threads, 1)
            self.batch = max(batch, 1)
            self.decoding = decoding
        }
    }

    public let classes: [String]
    public let preprocessing: Preprocessing
    public let calibration: Calibration
    public let rejection: RejectionRule?
    public let options: Options
    let network: PhotoNetwork
    private let decoder: ImageDecoder
    /// For one photo at a time; made when first needed.
    private let single = Mutex<PhotoObserver?>(nil)
    private let standardInput = Mutex<[UInt8]?>(nil)

    /// Compiles a model.
    ///
    /// - Throws: `GraphError` or `InferenceError` when the model does not fit together.
    public init(_ model: PhotoModel, options: Options = Options()) throws {
        classes = model.classes
        preprocessing = model.preprocessing
        calibration = model.calibration
        rejection = model.rejection
        self.options = options
        network = try PhotoNetwork(
            model.graph, parameters: model.parameters,
            inputShape: .image(height: preprocessing.height, width: preprocessing.width, channels: 3),
            features: model.rejection?.features ?? [], precision: options.precision)
        guard network.classCount == classes.count else {
            throw InferenceError(
                "classes", problem: "the network tells \(network.classCount) apart and the model names \(classes.count)",
                remedy: "use the model file as it was written")
        }
        if let rejection, rejection.featureWidths != network.featureWidths {
            throw InferenceError(
                "neither", problem: "its rule was made for features of \(rejection.featureWidths), the network has \(network.featureWidths)",
                remedy: "use the model file as it was written")
        }
        var decoding = options.decoding
        decoding.minimumSide = preprocessing.minimumDecodedSide
        decoder = ImageDecoder(options: decoding)
    }

    /// Precision of the computation and the instruction set, for logs.
    public var computation: String { "\(network.compiled.precision.rawValue) on \(InstructionSet.current.rawValue)" }

    /// The picture of a file, no larger than the network needs; `-` stands for a picture on standard input.
    ///
    /// - Throws: `ImageError` when the file gives no picture.
    public func decode(contentsOf path: String) throws(ImageError) -> RGBImage { try decoded(path).image }

    private func decoded(_ path: String) throws(ImageError) -> DecodedImage {
        guard path == PhotoPaths.standardInput else { return try decoder.decode(contentsOf: path) }
        let bytes = try standardInput.withLock { (held: inout [UInt8]?) throws(ImageError) -> [UInt8] in
            // It can be read once only; an explanation wants it again.
            if held == nil { held = try PhotoPaths.readStandardInput(limit: options.decoding.maximumFileBytes) }
            return held!
        }
        return try decoder.decode(bytes: bytes, path: "standard input")
    }

    /// Answers one file, or with `-` a picture on standard input.
    ///
    /// - Throws: `ImageError` when the file gives no picture, `KernelError` when a kernel fails.
    public func classify(contentsOf path: String) throws -> Answer { try classify(decoded(path)) }

    /// Answers a JPEG or PNG file held in memory.
    public func classify(bytes: [UInt8]) throws -> Answer { try classify(decoder.decode(bytes: bytes)) }

    /// Answers a picture.
    public func classify(_ image: RGBImage) throws -> Answer {
        try single.withLock { observer in
            if observer == nil { observer = try makeObserver(capacity: 1, threads: options.threads) }
            let observer = observer!
            var observations = makeObservations()
            preprocessing.fill(image, into: observer.input(0), scratch: observer.scratch)
            try observer.observe(1, into: &observations)
            return answer(observations, 0)
        }
    }

    private func classify(_ decoded: DecodedImage) throws -> Answer {
        var answer = try classify(decoded.image)
        answer.warning = decoded.firstWarning
        return answer
    }

    /// Answers many files, several at a time on threads of their own, in the order of the files. A file that gives no
    /// picture does not stop the others. Memory does not grow with the number of files.
    ///
    /// - Parameters:
    ///   - files: paths.
    ///   - deliver: called with the position of each file and its answer or error, in order, one at a time, on any
    ///     thread; an error it throws ends the work.
    public func classify(
        files: [String], deliver: @escaping @Sendable (Int, Result<Answer, any Error>) throws -> Void
    ) throws {
        if files.count == 1 {
            return try deliver(0, Result { try classify(contentsOf: files[0]) })
        }
        let workers = min(options.threads, files.count)
        let batch = min(options.batch, (files.count + workers - 1) / workers)
        let queue = OrderedDelivery<[Result<Answer, any Error>]> { position, results in
            for (offset, result) in results.enumerated() { try deliver(position * batch + offset, result) }
        }
        try WorkerThreads.forEach((files.count + batch - 1) / batch, threads: workers) { [self] in
            // Made where the first batch comes, so that an error ends the work like any other.
            var observer: PhotoObserver?
            return { [self] position in
                if observer == nil { observer = try makeObserver(capacity: batch, threads: 1) }
                let part = files[position * batch..<min((position + 1) * batch, files.count)]
                try queue.deliver(try answers(part, using: observer!), at: position)
            }
        }
    }

    private func answers(_ files: ArraySlice<String>, using observer: PhotoObserver) throws -> [Result<Answer, any Error>] {
        var failures: [Int: any Error] = [:]
        var warnings: [Int: String] = [:]
        var count = 0
        for (position, file) in files.enumerated() {
            do throws(ImageError) {
                let decoded = try decoded(file)
                warnings[position] = decoded.firstWarning
                preprocessing.fill(decoded.image, into: observer.input(count), scratch: observer.scratch)
                count += 1
            } catch {
                failures[position] = error
            }
        }
        var observations = makeObservations()
        if count > 0 { try observer.observe(count, into: &observations) }
        var next = 0
        return files.indices.map { index in
            let position = index - files.startIndex
            if let failure = failures[position] { return .failure(failure) }
            defer { next += 1 }
            var answer = answer(observations, next)
            answer.warning = warnings[position]
            return .success(answer)
        }
    }

    private func makeObserver(capacity: Int, threads: Int) throws -> PhotoObserver {
        try PhotoObserver(network, flipAveraging: calibration.flipAveraging, capacity: capacity, threads: threads)
    }

    private func makeObservations() -> Observations {
        Observations(classCount: classes.count, views: calibration.views, featureCount: network.featureCount)
    }

    private func answer(_ observations: Observations, _ index: Int) -> Answer {
        Answer(
            logits: observations.logits(of: index), features: observations.features(of: index), classes: classes.count,
            calibration: calibration, rejection: rejection)
    }
}
