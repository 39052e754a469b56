/// Conversion between the numbers in memory and the little-endian bytes of a file.
enum ElementConversion {
    /// The nearest bfloat16, ties to even; a NaN stays a NaN.
    static func bfloat16(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
    }

    /// The 32-bit float of a bfloat16, exactly.
    static func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// Writes the stored form of `floats` to `bytes`, which has room for exactly that.
    ///
    /// - Returns: the index of the first finite number that the type cannot hold, if any.
    static func encode(
        _ floats: UnsafeBufferPointer<Float>, as type: SafetensorsElementType, to bytes: UnsafeMutableRawBufferPointer
    ) -> Int? {
        switch type {
        case .float32:
            bytes.copyMemory(from: UnsafeRawBufferPointer(floats))
        case .bfloat16:
            for index in floats.indices {
                let bits = bfloat16(floats[index])
                if bits & 0x7FFF == 0x7F80, floats[index].isFinite { return index }
                bytes.storeBytes(of: bits.littleEndian, toByteOffset: 2 * index, as: UInt16.self)
            }
        case .float16:
            for index in floats.indices {
                let half = Float16(floats[index])
                if half.isInfinite, floats[index].isFinite { return index }
                bytes.storeBytes(of: half.bitPattern.littleEndian, toByteOffset: 2 * index, as: UInt16.self)
            }
        case .float64:
            for index in floats.indices {
                bytes.storeBytes(
                    of: Double(floats[index]).bitPattern.littleEndian, toByteOffset: 8 * index, as: UInt64.self)
            }
        default:
            preconditionFailure("\(type.rawValue) holds no floating-point numbers")
        }
        return nil
    }

    /// Writes the stored form of `integers` to `bytes`, which has room for exactly that.
    ///
    /// - Returns: the index of the first number that the type cannot hold, if any.
    static func encode(
        _ integers: UnsafeBufferPointer<Int64>, as type: SafetensorsElementType,
        to bytes: UnsafeMutableRawBufferPointer
    ) -> Int? {
        guard let range = type.integerRange else {
            preconditionFailure("\(type.rawValue) holds no whole numbers")
        }
        let size = type.byteCount
        for index in integers.indices {
            let value = integers[index]
            guard range.contains(value) else { return index }
            withUnsafeBytes(of: value.littleEndian) { source in
                UnsafeMutableRawBufferPointer(rebasing: bytes[size * index..<size * (index + 1)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<size]))
            }
        }
        return nil
    }

    /// Reads the numbers stored in `bytes`, at any alignment, into `floats`; the type is a floating-point one.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, as type: SafetensorsElementType, into floats: UnsafeMutableBufferPointer<Float>
    ) {
        switch type {
        case .float32:
            UnsafeMutableRawBufferPointer(floats).copyMemory(from: bytes)
        case .bfloat16:
            for index in floats.indices {
                let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                floats.initializeElement(at: index, to: float(bfloat16: bits))
            }
        case .float16:
            for index in floats.indices {
                let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
                floats.initializeElement(at: index, to: Float(Float16(bitPattern: bits)))
            }
        case .float64:
            for index in floats.indices {
                let bits = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
                floats.initializeElement(at: index, to: Float(Double(bitPattern: bits)))
            }
        default:
            preconditionFailure("\(type.rawValue) holds no floating-point numbers")
        }
    }

    /// Reads whole numbers stored in `bytes`, at any alignment.
    ///
    /// - Returns: the numbers, or the index of the first that the type forbids (a `BOOL` that is neither 0 nor 1, a
    ///   `U64` above the largest `Int64`).
    static func integers(
        _ bytes: UnsafeRawBufferPointer, as type: SafetensorsElementType
    ) -> Result<[Int64], InvalidElement> {
        func load<Stored: FixedWidthInteger>(_: Stored.Type) -> Result<[Int64], InvalidElement> {
            let size = MemoryLayout<Stored>.size
            var values: [Int64] = []
            values.reserveCapacity(bytes.count / size)
            for index in 0..<bytes.count / size {
                let stored = Stored(littleEndian: bytes.loadUnaligned(fromByteOffset: size * index, as: Stored.self))
                guard let value = Int64(exactly: stored), type.integerRange?.contains(value) == true else {
                    return .failure(InvalidElement(index: index))
                }
                values.append(value)
            }
            return .success(values)
        }
        switch type {
        case .int64: return load(Int64.self)
        case .int32: return load(Int32.self)
        case .int16: return load(Int16.self)
        case .int8: return load(Int8.self)
        case .uint64: return load(UInt64.self)
        case .uint32: return load(UInt32.self)
        case .uint16: return load(UInt16.self)
        case .uint8, .bool: return load(UInt8.self)
        default: preconditionFailure("\(type.rawValue) holds no whole numbers")
        }
    }

    struct InvalidElement: Error { let index: Int }
}
