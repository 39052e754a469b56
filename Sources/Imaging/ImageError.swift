/// Why a picture could not be read or written: what, where, and what to do about it.
public struct ImageError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// The file is missing, unreadable, or no regular file; `detail` is the system's reason.
        case unreadable(detail: String)
        /// The content is something other than JPEG or PNG.
        case wrongFormat(ImageFormat)
        /// JPEG or PNG, of a kind that is not supported (12-bit JPEG, lossless JPEG, ...).
        case unsupported(ImageFormat, detail: String)
        /// The content breaks the rules of its format.
        case corrupt(ImageFormat, detail: String)
        /// The file ends early, and less than the tolerated part was recovered.
        case truncated(ImageFormat, detail: String)
        /// Over a limit of `DecodingOptions`.
        case tooLarge(detail: String)
        /// Decoding took longer than `DecodingOptions.maximumSeconds`.
        case timedOut(detail: String)
        /// The system refused memory.
        case outOfMemory(detail: String)
        /// A picture that no encoder or resampler can take.
        case invalidArgument(detail: String)
    }

    public var reason: Reason
    /// The file, or nil for a picture in memory.
    public var path: String?
    /// How many bytes had been read when the problem showed.
    public var byteOffset: Int?

    public init(_ reason: Reason, path: String? = nil, byteOffset: Int? = nil) {
        self.reason = reason
        self.path = path
        self.byteOffset = byteOffset
    }

    /// A short, stable name of the kind, for counting and for JSON.
    public var kind: String {
        switch reason {
        case .unreadable: "unreadable"
        case .wrongFormat(.empty): "empty"
        case .wrongFormat: "wrong-format"
        case .unsupported: "unsupported"
        case .corrupt: "corrupt"
        case .truncated: "truncated"
        case .tooLarge: "too-large"
        case .timedOut: "timed-out"
        case .outOfMemory: "out-of-memory"
        case .invalidArgument: "invalid-argument"
        }
    }

    /// What can be done about it.
    public var remedy: String {
        switch reason {
        case .unreadable: "check the path and its permissions"
        case .wrongFormat(.empty): "download or copy the file again"
        case .wrongFormat(.damagedPNG): "transfer the file again in binary mode"
        case .wrongFormat(let format) where [.gif, .webP, .heic, .avif, .jpegXL, .jpeg2000, .bmp, .tiff, .ico, .photoshop, .svg].contains(format):
            "convert it to JPEG or PNG, for example: magick INPUT output.jpg"
        case .wrongFormat: "leave it out: only JPEG and PNG pictures are read"
        case .unsupported: "save it again as an ordinary 8-bit JPEG or PNG"
        case .corrupt: "get an undamaged copy, or leave it out"
        case .truncated: "get the whole file, or decode with a truncation tolerance"
        case .tooLarge: "reduce the picture, or raise the limit in the decoding options"
        case .timedOut: "save it again as a plain JPEG or PNG, or raise the time limit in the decoding options"
        case .outOfMemory: "free memory or lower the limits in the decoding options"
        case .invalidArgument: "correct the call"
        }
    }

    private var what: String {
        switch reason {
        case .unreadable(let detail): "cannot be read: \(detail)"
        case .wrongFormat(.empty): "the file is empty"
        case .wrongFormat(.unknown): "neither JPEG nor PNG, nor any format known here"
        case .wrongFormat(.text): "plain text, no picture"
        case .wrongFormat(let format): "\(format.rawValue), not JPEG or PNG"
        case .unsupported(let format, let detail): "unsupported kind of \(format.rawValue): \(detail)"
        case .corrupt(let format, let detail): "damaged \(format.rawValue): \(detail)"
        case .truncated(let format, let detail): "truncated \(format.rawValue): \(detail)"
        case .tooLarge(let detail): "too large: \(detail)"
        case .timedOut(let detail): detail
        case .outOfMemory(let detail): "out of memory: \(detail)"
        case .invalidArgument(let detail): detail
        }
    }

    public var description: String {
        let place = byteOffset.map { " (at byte \($0))" } ?? ""
        return "\(path.map { $0 + ": " } ?? "")\(what)\(place); \(remedy)"
    }
}
