/// Limits and wishes for decoding one picture. Everything is checked before memory is taken.
public struct DecodingOptions: Sendable, Hashable, Codable {
    /// Pixels as stored in the file.
    public var maximumPixels: Int
    /// Width and height as stored in the file.
    public var maximumSide: Int
    /// Memory for decoding, the result included (a progressive JPEG holds all coefficients).
    public var maximumBytes: Int
    /// Length of the file.
    public var maximumFileBytes: Int
    /// Scans of a progressive JPEG; ordinary ones have about ten, hostile ones thousands.
    public var maximumScans: Int
    /// Time for one picture.
    public var maximumSeconds: Double
    /// A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size as long as the shorter side of the result is
    /// at least this; nil decodes at full size. PNG is always decoded at full size.
    public var minimumSide: Int?
    /// A truncated file is accepted, with a warning, when at least this fraction of it was recovered
    /// (0 to 1); nil, the default, refuses it.
    public var truncationTolerance: Double?

    public init(
        maximumPixels: Int = 100_000_000, maximumSide: Int = 65_535, maximumBytes: Int = 1 << 30,
        maximumFileBytes: Int = 256 << 20, maximumScans: Int = 100, maximumSeconds: Double = 10,
        minimumSide: Int? = nil, truncationTolerance: Double? = nil
    ) {
        self.maximumPixels = maximumPixels
        self.maximumSide = maximumSide
        self.maximumBytes = maximumBytes
        self.maximumFileBytes = maximumFileBytes
        self.maximumScans = maximumScans
        self.maximumSeconds = maximumSeconds
        self.minimumSide = minimumSide
        self.truncationTolerance = truncationTolerance
    }
}
