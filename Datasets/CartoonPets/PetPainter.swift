import Imaging

/// Draws cats, dogs and scenes without either, every one different and every one repeatable.
///
/// The same seed, subject and number give the same scene at every size, on every machine with the same mathematical
/// library. Cats and dogs share their colors, markings, poses, collars, backdrops and light, so that only shape tells
/// them apart: ears, eyes, muzzle, whiskers, tail and build.
public struct PetPainter: Sendable {
    /// The largest side that is drawn, in pixels; a canvas takes 16 bytes for each of its pixels.
    public static let largestSide = 4096

    /// What every picture of this painter derives from.
    public let seed: UInt64

    public init(seed: UInt64) {
        self.seed = seed
    }

    /// Draws one square picture.
    ///
    /// - Parameters:
    ///   - number: which of the subject's pictures; any number is allowed.
    ///   - size: the side in pixels.
    /// - Precondition: `size` lies between 1 and `largestSide`.
    public func picture(of subject: Subject, number: Int, size: Int) -> RGBImage {
        picture(of: subject, number: number, width: size, height: size)
    }

    /// Draws one picture of any shape; the scene is composed for that shape.
    ///
    /// - Precondition: both sides lie between 1 and `largestSide`.
    public func picture(of subject: Subject, number: Int, width: Int, height: Int) -> RGBImage {
        RGBImage(width: width, height: height, pixels: canvas(of: subject, number: number, width: width, height: height).bytes)
    }

    /// Draws one picture in floating point.
    ///
    /// - Precondition: both sides lie between 1 and `largestSide`.
    package func canvas(of subject: Subject, number: Int, width: Int, height: Int) -> Canvas {
        precondition(
            (1...Self.largestSide).contains(width) && (1...Self.largestSide).contains(height),
            "a drawing of \(width) x \(height) pixels; both sides must lie between 1 and \(Self.largestSide)")
        let generator = SplitMix64(seed: seed, stream: subject.stream, index: UInt64(bitPattern: Int64(number)))
        return Scene(subject: subject).render(width: width, height: height, generator: generator)
    }
}

extension Subject {
    /// Keeps the pictures of one subject unrelated to those of another.
    fileprivate var stream: UInt64 {
        switch self {
        case .cat: 1
        case .dog: 2
        case .neither: 3
        }
    }
}
