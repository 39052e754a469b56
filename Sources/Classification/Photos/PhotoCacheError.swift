/// Why a cache of decoded photos cannot be used or built.
public enum PhotoCacheError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file is not a cache, or was cut short or altered; `problem` says what does not fit.
    case damaged(path: String, problem: String)
    /// The file was written by another version of this program.
    case otherVersion(path: String, found: Int, expected: Int)
    /// The disk has not enough room; both in bytes.
    case notEnoughSpace(folder: String, needed: Int, available: Int)
    /// The side of the pictures is outside the allowed range.
    case unusableSide(Int, allowed: ClosedRange<Int>)

    public var description: String {
        switch self {
        case .damaged(let path, let problem):
            "\(path): this is no intact photo cache: \(problem). Delete the file; it is built again from the photos."
        case .otherVersion(let path, let found, let expected):
            "\(path): a photo cache of version \(found), this program reads version \(expected). Delete the file; it is built "
                + "again from the photos."
        case .notEnoughSpace(let folder, let needed, let available):
            "\(folder): the photo cache needs \(needed) bytes, \(available) are free. Free some space, or choose a folder on "
                + "another disk for the cache."
        case .unusableSide(let side, let allowed):
            "photos cannot be cached at \(side) x \(side) pixels: the side must be in "
                + "\(allowed.lowerBound)...\(allowed.upperBound)."
        }
    }
}
