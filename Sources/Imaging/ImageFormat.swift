/// The format of a picture file, recognized by its first bytes; the file's name plays no part.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
    case jpeg = "JPEG"
    case png = "PNG"
    case gif = "GIF"
    case webP = "WebP"
    case heic = "HEIC"
    case avif = "AVIF"
    case jpegXL = "JPEG XL"
    case jpeg2000 = "JPEG 2000"
    case bmp = "BMP"
    case tiff = "TIFF"
    case ico = "ICO"
    case photoshop = "Photoshop"
    case pdf = "PDF"
    case svg = "SVG"
    case html = "HTML"
    case zip = "ZIP archive"
    case gzip = "gzip archive"
    case video = "MP4 or QuickTime video"
    case text = "plain text"
    /// A PNG file whose signature was altered, typically by a transfer in text mode.
    case damagedPNG = "PNG with a damaged signature"
    case empty = "empty file"
    case unknown = "unknown"

    /// Whether `ImageDecoder` reads it.
    public var isDecodable: Bool { self == .jpeg || self == .png }

    /// How many bytes at the start of a file `init(startOfFile:)` looks at.
    public static let bytesNeeded = 512

    /// Recognizes the format from the first bytes of a file (`bytesNeeded` of them, or the whole file).
    public init(startOfFile bytes: UnsafeBufferPointer<UInt8>) {
        self = Self.recognize(bytes)
    }

    /// Recognizes the format from the first bytes of a file (`bytesNeeded` of them, or the whole file).
    public init(startOfFile bytes: some Sequence<UInt8>) {
        self = Array(bytes.prefix(Self.bytesNeeded)).withUnsafeBufferPointer(Self.recognize)
    }

    private static func recognize(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFormat {
        func has(_ expected: [UInt8], at offset: Int = 0) -> Bool {
            guard bytes.count >= offset + expected.count else { return false }
            return expected.indices.allSatisfy { bytes[offset + $0] == expected[$0] }
        }
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            guard bytes.count >= offset + text.utf8CodeUnitCount else { return false }
            return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[offset + $0] == text.utf8Start[$0] }
        }
        if bytes.isEmpty { return .empty }
        if has([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if has("GIF87a") || has("GIF89a") { return .gif }
        if has("RIFF") && has("WEBP", at: 8) { return .webP }
        if has("ftyp", at: 4) { return isoMediaFormat(brands: bytes) }
        if has([0xFF, 0x0A]) || has("JXL ", at: 4) { return .jpegXL }
        if has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
        if has("BM") && has([0, 0, 0, 0], at: 6) { return .bmp }
        if has([0x49, 0x49, 0x2A, 0x00]) || has([0x4D, 0x4D, 0x00, 0x2A]) { return .tiff }
        if has([0, 0, 1, 0]) || has([0, 0, 2, 0]) { return .ico }
        if has("8BPS") { return .photoshop }
        if has("%PDF") { return .pdf }
        if has("PK\u{03}\u{04}") { return .zip }
        if has([0x1F, 0x8B]) { return .gzip }
        if looksLikeDamagedPNG(bytes) { return .damagedPNG }
        return textFormat(bytes) ?? .unknown
    }

    /// ISO base media files tell their kind by the brand in the first box.
    private static func isoMediaFormat(brands bytes: UnsafeBufferPointer<UInt8>) -> ImageFormat {
        let brands = String(decoding: bytes.dropFirst(8).prefix(32), as: UTF8.self)
        if brands.contains("avif") || brands.contains("avis") { return .avif }
        for brand in ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"] where brands.contains(brand) {
            return .heic
        }
        return .video
    }

    /// The header chunk's name somewhere near its place, or most of the signature.
    private static func looksLikeDamagedPNG(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let header = Array("IHDR".utf8)
        for offset in 8..<20 where bytes.count >= offset + 4 {
            if (0..<4).allSatisfy({ bytes[offset + $0] == header[$0] }) { return true }
        }
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        return Swift.zip(signature, bytes).count { $0 == $1 } >= 5
    }

    /// SVG, HTML or text; nil when control characters or invalid UTF-8 say that it is none.
    private static func textFormat(_ bytes: UnsafeBufferPointer<UInt8>) -> ImageFormat? {
        let start = bytes.prefix(bytesNeeded)
        for byte in start where byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte) { return nil }
        let text = String(decoding: start, as: UTF8.self)
        // A character cut in two at the end of the look-ahead gives one replacement, rarely more.
        guard text.unicodeScalars.count(where: { $0 == "\u{FFFD}" }) <= 1 else { return nil }
        let lowercase = text.lowercased()
        if lowercase.contains("<svg") { return .svg }
        if lowercase.contains("<html") || lowercase.contains("<!doctype") { return .html }
        return .text
    }
}
