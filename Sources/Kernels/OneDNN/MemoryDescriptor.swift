import COneDNN

/// oneDNN's description of a tensor: extents, type and layout.
struct MemoryDescriptor {
    var raw: dnnl_memory_desc_t

    init(raw: dnnl_memory_desc_t) { self.raw = raw }

    /// - Parameters:
    ///   - dimensions: extents in oneDNN's logical order (images: batch, channels, height, width).
    ///   - tag: the layout; `any` lets a primitive choose.
    init(_ dimensions: [Int], _ type: ElementType, _ tag: dnnl_format_tag_t, step: String) throws {
        raw = dnnl_memory_desc_t()
        var extents = dimensions.map(dnnl_dim_t.init)
        try check(
            dnnl_memory_desc_init_by_tag(&raw, Int32(dimensions.count), &extents, type.oneDNN, tag),
            "dnnl_memory_desc_init_by_tag", step: step)
    }

    /// With explicit strides, in elements.
    init(_ dimensions: [Int], strides: [Int], _ type: ElementType, step: String) throws {
        raw = dnnl_memory_desc_t()
        var extents = dimensions.map(dnnl_dim_t.init)
        var steps = strides.map(dnnl_dim_t.init)
        try check(
            dnnl_memory_desc_init_by_strides(&raw, Int32(dimensions.count), &extents, type.oneDNN, &steps),
            "dnnl_memory_desc_init_by_strides", step: step)
    }

    /// Rows and columns of a row-major matrix, or with `transposed` of the transpose of one.
    init(matrix rows: Int, _ columns: Int, transposed: Bool = false, _ type: ElementType, step: String) throws {
        try self.init([rows, columns], type, transposed ? dnnl_ba : dnnl_ab, step: step)
    }

    /// A batch of images, NHWC in memory.
    init(image type: TensorType, step: String) throws {
        let d = type.dimensions
        try self.init([d[0], d[3], d[1], d[2]], type.elementType, dnnl_nhwc, step: step)
    }

    var byteCount: Int { withUnsafePointer(to: raw) { dnnl_memory_desc_get_size($0) } }

    static func == (left: MemoryDescriptor, right: MemoryDescriptor) -> Bool {
        withUnsafePointer(to: left.raw) { first in
            withUnsafePointer(to: right.raw) { second in dnnl_memory_desc_equal(first, second) != 0 }
        }
    }
}

extension ElementType {
    var oneDNN: dnnl_data_type_t {
        switch self {
        case .float32: dnnl_f32
        case .bfloat16: dnnl_bf16
        case .int32: dnnl_s32
        case .uint8: dnnl_u8
        }
    }
}
