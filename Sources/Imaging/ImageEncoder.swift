import CImageCodecs

/// Writes pictures as files in memory: thumbnails for reports, drawn pictures, test cases.
public enum ImageEncoder {
    /// A PNG file; lossless.
    /// - Parameter compressionLevel: 0 (fast) to 9 (small).
    /// - Throws: `ImageError` when the picture is too large for the format, or memory is short.
    public static func png(_ image: RGBImage, compressionLevel: Int = 6) throws(ImageError) -> [UInt8] {
        try png(
            rows: image.pixels, rowBytes: image.width * 3, width: image.width, height: image.height,
            variant: PNGVariant(compressionLevel: compressionLevel))
    }

    /// A JPEG file with chroma at half resolution.
    /// - Parameter quality: 1 to 100.
    /// - Throws: `ImageError` when the picture is too large for the format, or memory is short.
    public static func jpeg(_ image: RGBImage, quality: Int = 90) throws(ImageError) -> [UInt8] {
        try jpeg(samples: image.pixels, width: image.width, height: image.height, variant: JPEGVariant(quality: quality))
    }
}

/// What a JPEG file can be made of and how; the unusual ones serve tests of the decoder.
package struct JPEGVariant: Sendable {
    package enum Source: Sendable {
        case rgb, gray
        /// Four inks a pixel, inverted (255 is no ink), as Adobe writes them.
        case cmyk, cmykAsYCCK

        var samplesPerPixel: Int {
            switch self {
            case .rgb: 3
            case .gray: 1
            case .cmyk, .cmykAsYCCK: 4
            }
        }
    }

    package var source: Source
    package var quality: Int
    package var isProgressive: Bool
    package var isArithmetic: Bool
    package var hasFullChroma: Bool
    package var restartIntervalRows: Int

    package init(
        source: Source = .rgb, quality: Int = 90, isProgressive: Bool = false, isArithmetic: Bool = false,
        hasFullChroma: Bool = false, restartIntervalRows: Int = 0
    ) {
        self.source = source
        self.quality = quality
        self.isProgressive = isProgressive
        self.isArithmetic = isArithmetic
        self.hasFullChroma = hasFullChroma
        self.restartIntervalRows = restartIntervalRows
    }
}

/// The kinds of PNG file; the unusual ones serve tests of the decoder.
package struct PNGVariant: Sendable {
    /// As in the file's header: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha.
    package var colorType: Int
    package var bitDepth: Int
    package var isInterlaced: Bool
    package var compressionLevel: Int
    /// RGB triples, for color type 3.
    package var palette: [UInt8]

    package init(
        colorType: Int = 2, bitDepth: Int = 8, isInterlaced: Bool = false, compressionLevel: Int = 6, palette: [UInt8] = []
    ) {
        self.colorType = colorType
        self.bitDepth = bitDepth
        self.isInterlaced = isInterlaced
        self.compressionLevel = compressionLevel
        self.palette = palette
    }
}

extension ImageEncoder {
    /// - Parameter samples: `height` x `width` x channels of the variant's source.
    package static func jpeg(
        samples: [UInt8], width: Int, height: Int, variant: JPEGVariant
    ) throws(ImageError) -> [UInt8] {
        precondition(samples.count == width * height * variant.source.samplesPerPixel)
        let source =
            switch variant.source {
            case .rgb: TC_JPEG_FROM_RGB
            case .gray: TC_JPEG_FROM_GRAY
            case .cmyk: TC_JPEG_FROM_CMYK
            case .cmykAsYCCK: TC_JPEG_FROM_CMYK_AS_YCCK
            }
        var options = tc_jpeg_options(
            source: source, quality: Int32(min(max(variant.quality, 1), 100)), is_progressive: variant.isProgressive ? 1 : 0,
            is_arithmetic: variant.isArithmetic ? 1 : 0, subsampling: variant.hasFullChroma ? 1 : 2,
            restart_interval_rows: Int32(variant.restartIntervalRows))
        return try collect { encoded, length, diagnostics in
            tc_jpeg_encode(samples, UInt32(width), UInt32(height), &options, &encoded, &length, &diagnostics)
        }
    }

    /// - Parameter rows: rows as PNG stores them: packed bits, big-endian 16-bit samples, no filter bytes.
    package static func png(
        rows: [UInt8], rowBytes: Int, width: Int, height: Int, variant: PNGVariant
    ) throws(ImageError) -> [UInt8] {
        precondition(rows.count == rowBytes * height)
        return try collect { encoded, length, diagnostics in
            variant.palette.withUnsafeBufferPointer { palette in
                var options = tc_png_options(
                    color_type: Int32(variant.colorType), bit_depth: Int32(variant.bitDepth),
                    is_interlaced: variant.isInterlaced ? 1 : 0,
                    compression_level: Int32(min(max(variant.compressionLevel, 0), 9)), palette: palette.baseAddress,
                    palette_count: Int32(palette.count / 3))
                return tc_png_encode(
                    rows, rowBytes, UInt32(width), UInt32(height), &options, &encoded, &length, &diagnostics)
            }
        }
    }

    private static func collect(
        _ encode: (inout UnsafeMutablePointer<UInt8>?, inout Int, inout tc_diagnostics) -> tc_status
    ) throws(ImageError) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        var length = 0
        var diagnostics = tc_diagnostics()
        let status = encode(&encoded, &length, &diagnostics)
        defer { tc_free(encoded) }
        guard status == TC_OK, let encoded else {
            let detail = ImageDecoder.text(diagnostics.message)
            throw ImageError(status == TC_OUT_OF_MEMORY ? .outOfMemory(detail: detail) : .invalidArgument(detail: detail))
        }
        return Array(UnsafeBufferPointer(start: encoded, count: length))
    }
}

/// The checksum at the end of every PNG chunk: CRC-32 of its name and content.
package enum PNGChecksum {
    package static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { tc_crc32($0.baseAddress, $0.count) }
    }
}
