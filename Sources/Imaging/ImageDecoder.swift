import CImageCodecs

/// What a file's header says.
public struct ImageProperties: Sendable, Hashable, Codable {
    public var format: ImageFormat
    /// Size of the upright picture, that is after applying the EXIF orientation, in pixels.
    public var width: Int
    public var height: Int
    /// EXIF orientation, 1 (upright) to 8.
    public var orientation: Int
    /// Channels in the file, alpha included: 1 (gray or palette) to 4 (CMYK, or RGB and alpha).
    public var components: Int
    public var bitsPerComponent: Int
    /// Progressive JPEG or interlaced PNG.
    public var isProgressive: Bool
}

/// A decoded picture and what is to be said about its decoding.
public struct DecodedImage: Sendable {
    public var image: RGBImage
    /// Of the file: its size is before scaled decoding.
    public var properties: ImageProperties
    /// The first complaint of the decoding library, and how many there were.
    public var firstWarning: String?
    public var warningCount: Int
    /// 1 for a whole file; less where `DecodingOptions.truncationTolerance` let a truncated one pass.
    public var recoveredFraction: Double
}

/// Reads JPEG and PNG: every kind they have, upright, as 8-bit RGB, transparency over white.
///
/// Color profiles and gamma are ignored: pictures are taken as sRGB. The content decides the format, not
/// the file's name. Nothing is ever printed.
public struct ImageDecoder: Sendable {
    public var options: DecodingOptions

    public init(options: DecodingOptions = DecodingOptions()) {
        self.options = options
    }

    /// Decodes a file.
    /// - Throws: `ImageError` with the path.
    public func decode(contentsOf path: String) throws(ImageError) -> DecodedImage {
        let file = try FileBytes(path: path, limit: options.maximumFileBytes)
        return try decode(file.bytes, path: path)
    }

    /// Decodes a file held in memory.
    /// - Parameter path: named in errors.
    /// - Throws: `ImageError`.
    public func decode(bytes: [UInt8], path: String? = nil) throws(ImageError) -> DecodedImage {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(ImageError) in try decode(buffer, path: path) }
        }
        return try result.get()
    }

    /// Decodes a file held in memory.
    /// - Parameter path: named in errors.
    /// - Throws: `ImageError`.
    public func decode(_ bytes: UnsafeBufferPointer<UInt8>, path: String? = nil) throws(ImageError) -> DecodedImage {
        let (format, codecFormat) = try Self.decodableFormat(bytes, path: path)
        guard bytes.count <= options.maximumFileBytes else {
            throw ImageError(
                .tooLarge(detail: "the file has \(bytes.count) bytes, the limit is \(options.maximumFileBytes)"), path: path)
        }
        var limits = tc_decode_options(
            maximum_pixels: UInt64(clamping: options.maximumPixels),
            maximum_bytes: UInt64(clamping: options.maximumBytes),
            maximum_side: UInt32(clamping: options.maximumSide),
            maximum_scans: UInt32(clamping: min(options.maximumScans, Int(Int32.max))),
            maximum_seconds: options.maximumSeconds,
            minimum_side: UInt32(clamping: options.minimumSide ?? 0),
            accepted_fraction: options.truncationTolerance ?? 2)
        var decoder: OpaquePointer?
        var info = tc_image_info()
        var diagnostics = tc_diagnostics()
        let opened = tc_decoder_open(codecFormat, bytes.baseAddress, bytes.count, &limits, &decoder, &info, &diagnostics)
        guard opened == TC_OK, let decoder else { throw Self.error(opened, diagnostics, format, path) }
        defer { tc_decoder_close(decoder) }

        let count = Int(info.width) * Int(info.height) * 3
        var recovered = 0.0
        var status = TC_OK
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            status = tc_decoder_read(decoder, buffer.baseAddress, buffer.count, &recovered, &diagnostics)
            initialized = status == TC_OK ? count : 0
        }
        guard status == TC_OK else { throw Self.error(status, diagnostics, format, path) }
        return DecodedImage(
            image: RGBImage(width: Int(info.width), height: Int(info.height), pixels: pixels),
            properties: Self.properties(info, format),
            firstWarning: diagnostics.warning_count == 0 ? nil : Self.text(diagnostics.first_warning),
            warningCount: Int(clamping: diagnostics.warning_count),
            recoveredFraction: recovered)
    }

    /// Reads a file's header only: a check of name against content and of sizes, fast enough for every file
    /// of a large folder. A file that passes can still be damaged further on.
    /// - Throws: `ImageError`.
    public func probe(contentsOf path: String) throws(ImageError) -> ImageProperties {
        // Headers of photos hold previews and profiles before the size; a megabyte covers them.
        let file = try FileBytes(path: path, limit: 1 << 20, onlyStart: true)
        return try probe(file.bytes, path: path)
    }

    /// Reads the header of a file, of which `bytes` is the start or the whole.
    /// - Throws: `ImageError`.
    public func probe(_ bytes: UnsafeBufferPointer<UInt8>, path: String? = nil) throws(ImageError) -> ImageProperties {
        let (format, codecFormat) = try Self.decodableFormat(bytes, path: path)
        var info = tc_image_info()
        var diagnostics = tc_diagnostics()
        let status = tc_probe(codecFormat, bytes.baseAddress, bytes.count, &info, &diagnostics)
        guard status == TC_OK else { throw Self.error(status, diagnostics, format, path) }
        return Self.properties(info, format)
    }

    private static func decodableFormat(
        _ bytes: UnsafeBufferPointer<UInt8>, path: String?
    ) throws(ImageError) -> (ImageFormat, tc_format) {
        let format = ImageFormat(startOfFile: bytes)
        switch format {
        case .jpeg: return (format, TC_FORMAT_JPEG)
        case .png: return (format, TC_FORMAT_PNG)
        default: throw ImageError(.wrongFormat(format), path: path)
        }
    }

    private static func properties(_ info: tc_image_info, _ format: ImageFormat) -> ImageProperties {
        let isTurned = info.orientation >= 5
        return ImageProperties(
            format: format,
            width: Int(isTurned ? info.stored_height : info.stored_width),
            height: Int(isTurned ? info.stored_width : info.stored_height),
            orientation: Int(info.orientation), components: Int(info.components),
            bitsPerComponent: Int(info.bits_per_component), isProgressive: info.is_progressive != 0)
    }

    private static func error(
        _ status: tc_status, _ diagnostics: tc_diagnostics, _ format: ImageFormat, _ path: String?
    ) -> ImageError {
        let detail = text(diagnostics.message)
        let reason: ImageError.Reason =
            switch status {
            case TC_UNSUPPORTED: .unsupported(format, detail: detail)
            case TC_TRUNCATED: .truncated(format, detail: detail)
            case TC_TOO_LARGE: .tooLarge(detail: detail)
            case TC_OUT_OF_MEMORY: .outOfMemory(detail: detail)
            case TC_TIMED_OUT: .timedOut(detail: detail)
            case TC_INVALID_ARGUMENT: .invalidArgument(detail: detail)
            default: .corrupt(format, detail: detail)
            }
        return ImageError(reason, path: path, byteOffset: Int(clamping: diagnostics.byte_offset))
    }
}

extension ImageDecoder {
    /// A C string of fixed capacity; anything that is not UTF-8 is replaced.
    static func text<Storage>(_ storage: Storage) -> String {
        withUnsafeBytes(of: storage) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
