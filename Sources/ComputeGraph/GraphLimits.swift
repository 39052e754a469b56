/// Bounds that every graph keeps, far above what a model needs. They make arithmetic on shapes safe for graphs that
/// come from files: no product of two of these numbers overflows.
enum GraphLimits {
    /// Elements of one sample of a value, or of a parameter.
    static let elements = Int(Int32.max)
    static let axes = 8
    static let nodes = 10_000
    /// Size and stride of a window.
    static let window = 255
    /// A maximum remembers its place in the window in one byte.
    static let maximumWindow = 16
    /// UTF-8 bytes of a layer's name.
    static let nameLength = 200
}
