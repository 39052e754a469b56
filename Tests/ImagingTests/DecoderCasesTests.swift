import Foundation
import Imaging
import Testing

@Suite(.enabled(if: SharedData.isPresent, "the shared decoder cases are not on this machine"))
struct ExifOrientationTests {
    @Test(arguments: ["Landscape", "Portrait"])
    func everyOrientationDecodesToTheSameUprightPicture(name: String) throws {
        let files = SharedData.files(in: "exif-orientation", ending: ".jpg").filter { $0.contains(name) }
        #expect(files.count == 9)
        let decoder = ImageDecoder()
        let upright = try decoder.decode(contentsOf: files.first { $0.hasSuffix("_1.jpg") }!).image
        let small = upright.resized(toWidth: 96, height: 96)
        #expect((upright.width > upright.height) == (name == "Landscape"))
        for file in files {
            let decoded = try decoder.decode(contentsOf: file)
            #expect(decoded.image.width == upright.width && decoded.image.height == upright.height)
            let decodedSmall = decoded.image.resized(toWidth: 96, height: 96)
            #expect(meanDifference(decodedSmall, small) < 3, "\(file)")
            // Turned the wrong way the pictures differ by far more than JPEG's losses.
            #expect(meanDifference(decodedSmall.mirrored(), small) > 20, "\(file)")
            let properties = try decoder.probe(contentsOf: file)
            #expect(properties == decoded.properties)
            #expect(properties.width == upright.width && properties.height == upright.height)
        }
    }

    @Test func scaledDecodingKeepsTheOrientation() throws {
        let files = SharedData.files(in: "exif-orientation", ending: ".jpg").filter { $0.contains("Portrait") }
        let decoder = ImageDecoder(options: DecodingOptions(minimumSide: 100))
        let upright = try decoder.decode(contentsOf: files.first { $0.hasSuffix("_1.jpg") }!).image
        #expect(min(upright.width, upright.height) >= 100)
        for file in files {
            let decoded = try decoder.decode(contentsOf: file)
            #expect(decoded.image.width < decoded.properties.width)
            #expect(meanDifference(decoded.image, upright) < 6, "\(file)")
        }
    }
}

@Suite(.enabled(if: SharedData.isPresent, "the shared decoder cases are not on this machine"))
struct PNGSuiteTests {
    static func isCorrupt(_ path: String) -> Bool { path.split(separator: "/").last!.hasPrefix("x") }

    @Test func everyValidFileDecodes() throws {
        var count = 0
        for folder in ["", "extra", "sbit", "bugfixes"] {
            for file in SharedData.files(in: "png-suite/" + folder, ending: ".png") where !Self.isCorrupt(file) {
                #expect(throws: Never.self, "\(file)") {
                    let decoded = try ImageDecoder().decode(contentsOf: file)
                    #expect(try ImageDecoder().probe(contentsOf: file).width == decoded.image.width)
                }
                count += 1
            }
        }
        #expect(count > 160)
    }

    @Test func everyCorruptFileIsRefusedWithAClearError() {
        var count = 0
        for folder in ["", "extra", "sbit", "bugfixes"] {
            for file in SharedData.files(in: "png-suite/" + folder, ending: ".png") where Self.isCorrupt(file) {
                count += 1
                do {
                    _ = try ImageDecoder().decode(contentsOf: file)
                    Issue.record("\(file) was decoded")
                } catch {
                    #expect(error.description.contains(file))
                    #expect(["corrupt", "truncated", "wrong-format"].contains(error.kind), "\(error)")
                }
            }
        }
        #expect(count > 15)
    }

    @Test func interlacingChangesNothing() throws {
        for file in SharedData.files(in: "png-suite", ending: ".png") where file.contains("/basi") {
            let straight = file.replacingOccurrences(of: "/basi", with: "/basn")
            #expect(try Self.pixels(file) == Self.pixels(straight), "\(file)")
        }
        for file in SharedData.files(in: "png-suite", ending: ".png") where file.contains("/s") && file.contains("i3p") {
            let straight = file.replacingOccurrences(of: "i3p", with: "n3p")
            #expect(try Self.pixels(file) == Self.pixels(straight), "\(file)")
        }
    }

    @Test func compressionFiltersAndChunkOrderChangeNothing() throws {
        let folder = SharedData.folder! + "/png-suite/"
        for group in [
            ["oi1n0g16", "oi2n0g16", "oi4n0g16", "oi9n0g16", "basn0g16"], ["oi1n2c16", "oi2n2c16", "oi4n2c16", "oi9n2c16", "basn2c16"],
            ["z00n2c08", "z03n2c08", "z06n2c08", "z09n2c08"], ["pp0n2c16", "basn2c16"], ["ps1n0g08", "ps2n0g08", "basn0g08"],
            ["cs8n2c08", "cs8n2c08"], ["bgwn6a08", "basn6a08", "bgan6a08"],
        ] {
            let pictures = try group.map { try Self.pixels(folder + $0 + ".png") }
            for picture in pictures { #expect(picture == pictures[0], "\(group)") }
        }
    }

    @Test func transparencyLiesOverWhite() throws {
        let folder = SharedData.folder! + "/png-suite/"
        // tp1 is tp0 with a transparent background; its corner shows what lies beneath.
        for name in ["tp1n3p08", "tbbn3p08", "tbwn3p08", "tbrn2c08", "tbyn3p08", "tbgn2c16", "tbwn0g16"] {
            let picture = try Self.pixels(folder + name + ".png")
            #expect(picture[0, 0] == (255, 255, 255), "\(name)")
        }
        let gradient = try Self.pixels(folder + "basn4a08.png")  // alpha runs from 0 to 255
        #expect(gradient.pixels.contains(255))
        #expect(gradient.pixels.contains { $0 < 20 })
    }

    /// cs3 holds 13 bits in 16, cs5 and cs8 5 and 8 bits: all draw the same ramps.
    @Test func sixteenBitsAgreeWithEight() throws {
        let folder = SharedData.folder! + "/png-suite/"
        let sixteen = try Self.pixels(folder + "cs3n2c16.png"), eight = try Self.pixels(folder + "cs8n2c08.png")
        #expect(largestDifference(sixteen, eight) <= 2)
    }

    static func pixels(_ path: String) throws -> RGBImage { try ImageDecoder().decode(contentsOf: path).image }
}
