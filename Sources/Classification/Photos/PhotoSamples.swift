import ComputeGraph
import Imaging
import Synchronization
import Training

/// Cached photos as samples to train or evaluate on.
///
/// A training sample is varied on the fly (see `Augmentation`); how depends on the seed, the photo's content and the epoch
/// alone. Mirroring alternates: a photo is seen as it is and mirrored in turn, from one epoch to the next, rather than by
/// chance (Jordan, "94% on CIFAR-10 in 3.29 seconds", 2024). For evaluation the whole photo is resized, exactly as inference
/// does it from a file, apart from the cache's step in between; a photo of the cache's size goes through no such step.
public struct PhotoSamples: SampleSource {
    public let cache: PhotoCache
    /// Entries of the cache, in the order of the samples.
    public let indices: [Int]
    public let augmentation: Augmentation
    public let statistics: ChannelStatistics
    public let seed: UInt64

    private let scratch = ScratchPool()

    /// - Parameters:
    ///   - indices: entries of the cache, for example `split.train`.
    ///   - augmentation: what is varied in training.
    ///   - statistics: what pixels are normalized by; must be what the model's preprocessing says.
    public init(
        _ cache: PhotoCache, indices: [Int], augmentation: Augmentation = Augmentation(),
        statistics: ChannelStatistics = .imageNet, seed: UInt64
    ) {
        self.cache = cache
        self.indices = indices
        self.augmentation = augmentation
        self.statistics = statistics
        self.seed = seed
    }

    public var count: Int { indices.count }

    public func label(of index: Int) -> Int32 { Int32(cache.entries[indices[index]].photo.label) }

    /// Writes a photo as `[height, width, 3]` normalized floats.
    ///
    /// - Precondition: `shape` is that of an image with three channels, and `destination` holds it.
    public func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>) {
        precondition(
            shape.rank == 3 && shape.last == 3 && destination.count >= shape.elementCount,
            "a photo cannot be written as \(shape) into \(destination.count) numbers")
        let entry = indices[index], side = cache.side
        scratch.withScratch { scratch in
            cache.withPixels(of: entry) { pixels in
                guard let epoch else {
                    Preprocessing(height: shape[0], width: shape[1], statistics: statistics)
                        .fill(pixels, width: side, height: side, into: destination, scratch: scratch.preprocessing)
                    return
                }
                // Drawn by content: the same photo is varied in the same way wherever it stands in the data.
                let digest = cache.entries[entry].digest
                var photo = RandomSource(seed, digest.high, digest.low)
                let startsMirrored = photo.next() & 1
                var draw = RandomSource(photo.next(), UInt64(bitPattern: Int64(epoch)))
                augmentation.apply(
                    to: pixels.baseAddress!, sourceWidth: side, sourceHeight: side,
                    isFlipped: (UInt64(bitPattern: Int64(epoch)) &+ startsMirrored) & 1 == 1, seed: draw.next(),
                    statistics: statistics, into: destination.baseAddress!, width: shape[1], height: shape[0],
                    scratch: scratch.augmentation)
            }
        }
    }

    /// Memory that one thread uses at a time.
    private final class Scratch {
        let augmentation = AugmentationScratch()
        let preprocessing = PreprocessingScratch()
    }

    /// Scratch memory for as many threads as write at once, used again and again.
    private final class ScratchPool: Sendable {
        // Scratch is not Sendable, and is never shared: it is in the pool, or with the one thread that took it out.
        private struct Idle: @unchecked Sendable {
            var scratch: [Scratch] = []
        }

        private let idle = Mutex(Idle())

        func withScratch(_ body: (Scratch) -> Void) {
            let taken = idle.withLock { Loan(scratch: $0.scratch.popLast()) }
            let scratch = taken.scratch ?? Scratch()
            body(scratch)
            let loan = Loan(scratch: scratch)
            idle.withLock { $0.scratch.append(loan.scratch!) }
        }

        /// Carries scratch memory in and out of the lock.
        private struct Loan: @unchecked Sendable {
            // Safe for the reason given at `Idle`.
            var scratch: Scratch?
        }
    }
}
