import ComputeGraph
import Kernels
import Testing

@Suite struct MemoryPlanTests {
    @Test(arguments: 0..<60)
    func buffersAliveTogetherNeverOverlap(seed: UInt64) {
        var source = RandomSource(seed: seed)
        func draw(_ bound: UInt64) -> Int { Int(source.next() % bound) }
        let requests = (0..<draw(120)).map { _ in
            let first = draw(40)
            return MemoryPlan.Request(byteCount: draw(3) == 0 ? draw(200) : draw(1 << 20), lifetime: first...first + draw(12))
        }
        let plan = MemoryPlan(requests)
        #expect(plan.offsets.count == requests.count)
        for (i, one) in requests.enumerated() {
            #expect(plan.offsets[i] % MemoryPlan.alignment == 0)
            #expect(plan.offsets[i] >= 0 && plan.offsets[i] + one.byteCount <= plan.byteCount)
            for (j, other) in requests.enumerated() where j > i && one.lifetime.overlaps(other.lifetime) {
                if one.byteCount == 0 || other.byteCount == 0 { continue }
                #expect(
                    plan.offsets[i] + one.byteCount <= plan.offsets[j] || plan.offsets[j] + other.byteCount <= plan.offsets[i],
                    "buffers \(i) and \(j) share bytes")
            }
        }
        let rounded = requests.map { ($0.byteCount + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment }
        #expect(plan.byteCount <= rounded.reduce(0, +))
        // No plan is smaller than what one step needs at once.
        for step in 0..<52 {
            let alive = requests.indices.filter { requests[$0].lifetime.contains(step) }.reduce(0) { $0 + rounded[$1] }
            #expect(plan.byteCount >= alive)
        }
    }

    @Test func buffersOneAfterTheOtherShareMemory() {
        let plan = MemoryPlan((0..<10).map { .init(byteCount: 1000, lifetime: $0...$0 + 1) })
        #expect(plan.byteCount == 2 * 1024)
    }

    @Test func nothingNeedsNothing() {
        #expect(MemoryPlan([]).byteCount == 0)
        #expect(MemoryPlan([.init(byteCount: 0, lifetime: 0...3)]).byteCount == 0)
    }
}
