/// The sum of the products of two rows of numbers, eight at a time.
@inline(__always)
func dotProduct(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int) -> Float {
    var sums = SIMD8<Float>.zero
    var index = 0
    while index + 8 <= count {
        sums += UnsafeRawPointer(left + index).loadUnaligned(as: SIMD8<Float>.self)
            * UnsafeRawPointer(right + index).loadUnaligned(as: SIMD8<Float>.self)
        index += 8
    }
    var sum = sums.sum()
    while index < count {
        sum += left[index] * right[index]
        index += 1
    }
    return sum
}
