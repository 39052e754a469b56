import Classification
import ComputeGraph
import Foundation
import Imaging
import TestSupport
import Testing

struct PhotoSamplesTests {
    let source: TemporaryFolder
    let caches: TemporaryFolder
    let cache: PhotoCache

    init() throws {
        source = try TemporaryFolder()
        caches = try TemporaryFolder()
        try source.writePhotos(perClass: 6, side: 200)
        cache = try PhotoCache.prepare(PhotoCollection(reading: source.path), in: caches.path).cache
    }

    func sample(_ samples: PhotoSamples, _ index: Int, epoch: Int?, size: Int = 40) -> [Float] {
        let shape = Shape.image(height: size, width: size, channels: 3)
        return [Float](unsafeUninitializedCapacity: shape.elementCount) { buffer, initialized in
            samples.write(
                sample: index, epoch: epoch, shape: shape,
                into: UnsafeMutableBufferPointer(rebasing: buffer[0..<shape.elementCount]))
            initialized = shape.elementCount
        }
    }

    @Test func labelsFollowTheIndices() {
        let samples = PhotoSamples(cache, indices: [11, 0, 6], seed: 1)
        #expect(samples.count == 3)
        #expect((0..<3).map(samples.label) == [1, 0, 1])
    }

    @Test(arguments: [64, 128, 200])
    func evaluationSeesWhatInferenceSeesFromTheFile(size: Int) throws {
        let samples = PhotoSamples(cache, indices: Array(cache.entries.indices), seed: 1)
        let preprocessing = Preprocessing(height: size, width: size)
        for index in [0, 7] {
            let image = try ImageDecoder(options: DecodingOptions(minimumSide: preprocessing.minimumDecodedSide))
                .decode(contentsOf: source(cache.entries[index].photo.path)).image
            var expected = [Float](repeating: 0, count: preprocessing.elementCount)
            expected.withUnsafeMutableBufferPointer {
                preprocessing.fill(image, into: $0, scratch: PreprocessingScratch())
            }
            #expect(sample(samples, index, epoch: nil, size: size) == expected)
        }
    }

    @Test func aSampleDependsOnSeedEpochAndContentAlone() {
        let samples = PhotoSamples(cache, indices: Array(0..<12), seed: 5)
        let first = sample(samples, 3, epoch: 2)
        #expect(sample(samples, 3, epoch: 2) == first)
        #expect(sample(PhotoSamples(cache, indices: [9, 3], seed: 5), 1, epoch: 2) == first)
        #expect(sample(samples, 3, epoch: 3) != first)
        #expect(sample(PhotoSamples(cache, indices: Array(0..<12), seed: 6), 3, epoch: 2) != first)
    }

    @Test func threadsDoNotDisturbEachOther() throws {
        let samples = PhotoSamples(cache, indices: Array(0..<12), seed: 5)
        let alone = (0..<96).map { sample(samples, $0 % 12, epoch: $0 / 12) }
        let done = DispatchSemaphore(value: 0)
        for offset in 0..<4 {
            Thread.detachNewThread {
                for step in stride(from: offset, to: 96, by: 4) {
                    #expect(sample(samples, step % 12, epoch: step / 12) == alone[step])
                }
                done.signal()
            }
        }
        for _ in 0..<4 { done.wait() }
    }

    @Test func mirroringAlternatesFromEpochToEpoch() {
        // Without any other variation a sample is the picture or its mirror image, in turn.
        let samples = PhotoSamples(cache, indices: Array(0..<12), augmentation: .none, seed: 5)
        var startsMirrored = 0
        for index in 0..<12 {
            let even = sample(samples, index, epoch: 0), odd = sample(samples, index, epoch: 1)
            #expect(sample(samples, index, epoch: 2) == even)
            #expect(sample(samples, index, epoch: 3) == odd)
            #expect(difference(even, mirrored(odd, side: 40)) < 1e-3)
            #expect(difference(even, odd) > 0.05)
            let straight = sample(samples, index, epoch: nil)
            if difference(straight, even) > difference(straight, odd) { startsMirrored += 1 }
        }
        // Which one comes first differs between photos.
        #expect((1...11).contains(startsMirrored))
    }

    private func mirrored(_ values: [Float], side: Int) -> [Float] {
        var result = values
        for y in 0..<side {
            for x in 0..<side {
                for channel in 0..<3 { result[(y * side + x) * 3 + channel] = values[(y * side + side - 1 - x) * 3 + channel] }
            }
        }
        return result
    }

    private func difference(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(a.count)
    }
}
