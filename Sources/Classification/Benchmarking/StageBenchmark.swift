import ComputeGraph
import Foundation
import Imaging
import Inference
import Kernels
import Reporting

/// Times the stages between a file and its answer, each apart, in a process that is running already.
struct StageBenchmark {
    var model: PhotoModel
    var precision: Precision
    var threads: Int

    /// A photo-like picture: smooth shapes with some noise, so that it decodes like a photo.
    static func picture(width: Int, height: Int, seed: UInt64) -> RGBImage {
        var random = RandomSource(seed: seed)
        let waves = (0..<9).map { _ in (x: random.uniform() * 12, y: random.uniform() * 12, phase: random.uniform() * 6.28) }
        // A table for each direction: a sine for every one of twelve million pixels would take its time.
        func table(_ count: Int, _ frequency: Float, _ phase: Float) -> [Float] {
            (0..<count).map { Float(sin(Double(6.28 * frequency * Float($0) / Float(count) + phase))) }
        }
        let across = waves.map { table(width, $0.x, $0.phase) }, down = waves.map { table(height, $0.y, $0.phase) }
        return RGBImage(width: width, height: height) { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let noise = Float(random.next() & 31) - 16
                    for channel in 0..<3 {
                        var value: Float = 128 + noise
                        for wave in channel * 3..<channel * 3 + 3 { value += 30 * across[wave][x] * down[wave][y] }
                        pixels[(y * width + x) * 3 + channel] = UInt8(min(max(value, 0), 255))
                    }
                }
            }
        }
    }

    /// - Parameters:
    ///   - folder: where the two pictures are written, to be read again as files.
    ///   - seconds: time for each measurement, at least.
    func measure(in folder: String, seconds: Double) throws -> [BenchmarkReport.Row] {
        var rows: [BenchmarkReport.Row] = []
        let size = model.preprocessing
        let classifier = try Classifier(model, options: .init(precision: precision, threads: threads))
        let decoder = ImageDecoder(options: DecodingOptions(minimumSide: size.minimumDecodedSide))
        let scratch = PreprocessingScratch()
        let input = UnsafeMutableBufferPointer<Float>.allocate(capacity: size.elementCount)
        defer { input.deallocate() }
        for (name, width, height) in [("200x200 JPEG", 200, 200), ("12-megapixel JPEG", 4_000, 3_000)] {
            let bytes = try ImageEncoder.jpeg(Self.picture(width: width, height: height, seed: 1), quality: 88)
            let path = folder + "/\(width).jpg"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let decoded = try decoder.decode(contentsOf: path).image
            func add(_ what: String, _ body: () throws -> Void) rethrows {
                let samples = try Timing.samples(runs: 7, seconds: seconds, warmUp: 2, body)
                rows.append(.init(.stages, "\(name): \(what)", size: size.height, precision: precision.rawValue, time: Timing(samples)))
            }
            try add("read and decode (\(decoded.width) x \(decoded.height))") { _ = try decoder.decode(contentsOf: path) }
            add("resize and normalize") { size.fill(decoded, into: input, scratch: scratch) }
            try add("from picture to answer") { _ = try classifier.classify(decoded) }
            try add("from file to answer") { _ = try classifier.classify(contentsOf: path) }
        }
        return rows
    }
}

extension Benchmark {
    /// A picture that takes as long to decode as a photo of its size.
    public static func picture(width: Int, height: Int) -> RGBImage { StageBenchmark.picture(width: width, height: height, seed: 1) }
}
