import Imaging

/// What one look at a photo's file gives: everything a scan and a cache need, from reading it once.
struct PhotoFile {
    var digest: ContentDigest
    var byteCount: Int
    var format: ImageFormat
    var decoded: DecodedImage

    /// A file that gives no picture.
    struct Failure: Error {
        var error: ImageError
        /// Of the file's first bytes; `nil` when it could not be read.
        var format: ImageFormat?
        var byteCount: Int
        var digest: ContentDigest?
    }

    /// Reads, digests and decodes the file at `path`.
    static func read(_ path: String, decoder: ImageDecoder) throws(Failure) -> PhotoFile {
        let file: FileBytes
        do {
            file = try FileBytes(path: path, limit: decoder.options.maximumFileBytes)
        } catch {
            throw Failure(error: error, format: nil, byteCount: 0, digest: nil)
        }
        let bytes = file.bytes
        let digest = ContentDigest(UnsafeRawBufferPointer(bytes))
        let format = ImageFormat(startOfFile: bytes)
        do {
            return PhotoFile(
                digest: digest, byteCount: bytes.count, format: format, decoded: try decoder.decode(bytes, path: path))
        } catch {
            throw Failure(error: error, format: format, byteCount: bytes.count, digest: digest)
        }
    }
}

extension ImageError {
    /// What is wrong, without the path, which stands beside it in every table.
    var reasonWithoutPath: String {
        var error = self
        error.path = nil
        return error.description
    }
}
