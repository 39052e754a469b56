/// Where buffers lie in one arena, such that two that are alive at the same step do not overlap.
///
/// Buffers are placed from large to small, each at the lowest address free during its life (greedy by
/// size: Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020).
public struct MemoryPlan: Sendable {
    /// A buffer's need: bytes, and the first and last step that touch it.
    public struct Request: Sendable {
        public var byteCount: Int
        public var lifetime: ClosedRange<Int>

        public init(byteCount: Int, lifetime: ClosedRange<Int>) {
            self.byteCount = byteCount
            self.lifetime = lifetime
        }
    }

    /// Bytes from the arena's start, one a request.
    public let offsets: [Int]
    /// Bytes the arena needs.
    public let byteCount: Int
    /// Cache lines, so that no two buffers share one.
    public static let alignment = 64

    public init(_ requests: [Request]) {
        let order = requests.indices.sorted {
            (requests[$0].byteCount, requests[$1].lifetime.lowerBound) > (requests[$1].byteCount, requests[$0].lifetime.lowerBound)
        }
        var offsets = [Int](repeating: 0, count: requests.count)
        var placed: [Int] = []   // by ascending offset
        var end = 0
        for index in order where requests[index].byteCount > 0 {
            let size = Self.aligned(requests[index].byteCount)
            var candidate = 0
            for other in placed where requests[other].lifetime.overlaps(requests[index].lifetime) {
                if offsets[other] >= candidate + size { break }
                candidate = max(candidate, offsets[other] + Self.aligned(requests[other].byteCount))
            }
            offsets[index] = candidate
            let position = placed.firstIndex { offsets[$0] > candidate } ?? placed.endIndex
            placed.insert(index, at: position)
            end = max(end, candidate + size)
        }
        self.offsets = offsets
        byteCount = end
    }

    static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
