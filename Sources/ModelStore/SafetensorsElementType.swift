/// How one number of a tensor is stored in a safetensors file. The raw value is the name the format gives it.
public enum SafetensorsElementType: String, Sendable, CaseIterable, Codable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes that one number takes.
    public var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// Whether the numbers are floating point (read with `floats`), rather than whole numbers or truth values
    /// (read with `integers`).
    public var isFloatingPoint: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    /// The whole numbers this type holds; `nil` for floating point. `U64` is read up to the largest `Int64`.
    var integerRange: ClosedRange<Int64>? {
        switch self {
        case .float64, .float32, .float16, .bfloat16: nil
        case .int64: .min ... .max
        case .uint64: 0 ... .max
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        case .uint32: 0...Int64(UInt32.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .uint16: 0...Int64(UInt16.max)
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .uint8: 0...255
        case .bool: 0...1
        }
    }
}
