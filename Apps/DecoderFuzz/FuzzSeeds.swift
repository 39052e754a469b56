import Foundation
import Imaging

/// The files that mutation starts from: small pictures drawn here, in every variant that the encoders write, and
/// files from given folders.
struct FuzzSeeds {
    struct Seed {
        var name: String
        var bytes: [UInt8]
    }

    var seeds: [Seed] = []

    /// Files above this are left out: they make the run slow and teach the decoder nothing new.
    static let maximumFileBytes = 64 << 10

    init(folders: [String]) throws {
        try addDrawnJPEGs()
        try addDrawnPNGs()
        for folder in folders { try add(folder: folder) }
    }

    private static func samples(_ count: Int, noisy: Bool, seed: UInt64) -> [UInt8] {
        var generator = SampleGenerator(seed: seed)
        return (0..<count).map { noisy ? UInt8(truncatingIfNeeded: generator.next() >> 40) : UInt8(truncatingIfNeeded: $0 * 5 / 3) }
    }

    private mutating func addDrawnJPEGs() throws {
        let sources: [(JPEGVariant.Source, Int)] = [(.rgb, 3), (.gray, 1), (.cmyk, 4), (.cmykAsYCCK, 4)]
        for (source, channels) in sources {
            for isProgressive in [false, true] {
                for isArithmetic in [false, true] {
                    for (width, height, restart) in [(40, 24, 0), (17, 33, 1)] {
                        let variant = JPEGVariant(
                            source: source, quality: restart == 0 ? 75 : 30, isProgressive: isProgressive,
                            isArithmetic: isArithmetic, hasFullChroma: restart == 1, restartIntervalRows: restart)
                        let pixels = Self.samples(width * height * channels, noisy: restart == 1, seed: UInt64(seeds.count))
                        let bytes = try ImageEncoder.jpeg(samples: pixels, width: width, height: height, variant: variant)
                        let name = "jpeg-\(source)\(isProgressive ? "-progressive" : "")\(isArithmetic ? "-arithmetic" : "")-\(width)x\(height)"
                        seeds.append(Seed(name: name, bytes: bytes))
                        if source == .rgb && !isArithmetic {
                            seeds.append(Seed(name: name + "-exif", bytes: Self.withExif(bytes, orientation: 6)))
                        }
                    }
                }
            }
        }
    }

    private mutating func addDrawnPNGs() throws {
        // Color type, channels, depths.
        let kinds: [(Int, Int, [Int])] = [(0, 1, [1, 2, 4, 8, 16]), (2, 3, [8, 16]), (3, 1, [1, 2, 4, 8]), (4, 2, [8, 16]), (6, 4, [8, 16])]
        let palette = Self.samples(256 * 3, noisy: true, seed: 99)
        for (colorType, channels, depths) in kinds {
            for depth in depths {
                for isInterlaced in [false, true] {
                    let width = 21, height = 18
                    let rowBytes = (width * channels * depth + 7) / 8
                    let variant = PNGVariant(
                        colorType: colorType, bitDepth: depth, isInterlaced: isInterlaced, compressionLevel: 6,
                        palette: colorType == 3 ? Array(palette.prefix(3 << depth)) : [])
                    let rows = Self.samples(rowBytes * height, noisy: isInterlaced, seed: UInt64(seeds.count))
                    let bytes = try ImageEncoder.png(rows: rows, rowBytes: rowBytes, width: width, height: height, variant: variant)
                    seeds.append(Seed(name: "png-\(colorType)-\(depth)\(isInterlaced ? "-interlaced" : "")", bytes: bytes))
                }
            }
        }
    }

    private mutating func add(folder: String) throws {
        guard let enumerator = FileManager.default.enumerator(atPath: folder) else {
            throw FuzzError(description: "\(folder): no folder that can be read")
        }
        for name in enumerator.allObjects.compactMap({ $0 as? String }).sorted() {
            guard name.hasSuffix(".png") || name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") else { continue }
            guard let data = FileManager.default.contents(atPath: folder + "/" + name), !data.isEmpty else { continue }
            if data.count <= Self.maximumFileBytes { seeds.append(Seed(name: name, bytes: Array(data))) }
        }
    }

    /// An APP1 segment with an orientation, right after the start marker.
    private static func withExif(_ jpeg: [UInt8], orientation: UInt8) -> [UInt8] {
        let tiff: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
        return jpeg[..<2] + [0xFF, 0xE1, 0, UInt8(tiff.count + 8)] + Array("Exif\0\0".utf8) + tiff + jpeg[2...]
    }
}

struct FuzzError: Error, CustomStringConvertible {
    var description: String
}
