import Foundation
import Imaging
import Testing

struct ImageFormatTests {
    @Test func contentDecidesNotTheName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("imaging-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let picture = Drawn.gradient(width: 12, height: 9)
        let misnamed = folder.appendingPathComponent("png-inside.jpg").path
        try Data(ImageEncoder.png(picture)).write(to: URL(fileURLWithPath: misnamed))
        let decoded = try ImageDecoder().decode(contentsOf: misnamed)
        #expect(decoded.properties.format == .png && decoded.image == picture)

        let missing = folder.appendingPathComponent("none.jpg").path
        #expect(errorKind { _ = try ImageDecoder().decode(contentsOf: missing) } == "unreadable")
        #expect(errorKind { _ = try ImageDecoder().decode(contentsOf: folder.path) } == "unreadable")
        let empty = folder.appendingPathComponent("empty.png").path
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(errorKind { _ = try ImageDecoder().decode(contentsOf: empty) } == "empty")
        let small = ImageDecoder(options: DecodingOptions(maximumFileBytes: 10))
        #expect(errorKind { _ = try small.decode(contentsOf: misnamed) } == "too-large")
    }

    static let foreign: [(start: [UInt8], format: ImageFormat)] = [
        (bytes("GIF89a"), .gif),
        (bytes("RIFF\0\0\0\0WEBPVP8 "), .webP),
        (bytes("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic"), .heic),
        (bytes("\0\0\0\u{18}ftypavif"), .avif),
        (bytes("\0\0\0\u{18}ftypisom"), .video),
        (bytes("BM\n\u{2}\0\0\0\0\0\0"), .bmp),
        (bytes("II*\0"), .tiff),
        (bytes("MM\0*"), .tiff),
        (bytes("%PDF-1.7"), .pdf),
        (bytes("<?xml version='1.0'?><svg>"), .svg),
        (bytes("<!DOCTYPE html><title>404"), .html),
        (bytes("hello\n"), .text),
        ([], .empty),
        ([0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52], .damagedPNG),
        ([1, 2, 3, 4, 5], .unknown),
        ([0xFF, 0xD8], .unknown),
    ]

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(arguments: foreign)
    func foreignFormatsAreNamedInTheError(start: [UInt8], format: ImageFormat) {
        #expect(ImageFormat(startOfFile: start) == format)
        do {
            _ = try ImageDecoder().decode(bytes: start, path: "photos/a.jpg")
            Issue.record("decoded")
        } catch {
            #expect(error.reason == .wrongFormat(format))
            #expect(error.description.hasPrefix("photos/a.jpg: "))
            #expect(error.description.hasSuffix(error.remedy))
        }
    }

    @Test func headersCutOffAreTruncated() throws {
        let picture = Drawn.gradient(width: 12, height: 9)
        for bytes in try [ImageEncoder.png(picture), ImageEncoder.jpeg(picture)] {
            for length in 8..<30 {
                let start = Array(bytes.prefix(length))
                #expect(errorKind { _ = try ImageDecoder().decode(bytes: start) } == "truncated")
                #expect(errorKind { _ = try start.withUnsafeBufferPointer { try ImageDecoder().probe($0) } } == "truncated")
            }
        }
    }
}
