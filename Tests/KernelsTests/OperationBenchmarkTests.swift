import ComputeGraph
import Foundation
import Kernels
import Testing

@Suite struct OperationBenchmarkTests {
    @Test func everyTimedCaseHasAForwardAndABackwardRow() async throws {
        let timed = OperationCase(.dense(units: 8, bias: true), [16], batch: 2, timedBatch: 4)
        let untimed = OperationCase(.dense(units: 8, bias: true), [16], batch: 2)
        let (peak, rows) = try await KernelThread.run { try OperationBenchmark.run([timed, untimed], precision: .float32, repetitions: 1) }
        #expect(peak.gigaflops > 0 && peak.gigabytes > 0)
        #expect(rows.count == 2)
        #expect(rows[0].name.hasSuffix("forward") && rows[1].name.hasSuffix("backward"))
        for row in rows { #expect(row.seconds > 0 && row.gigaflops > 0 && row.gigabytes > 0 && row.shareOfPeak > 0) }
    }

    @Test func everyOperationHasCases() throws {
        // Operations are stored under their names: {"convolution": {...}}.
        let names = try Set(OperationCase.all.map { one in
            String(decoding: try JSONEncoder().encode(one.operation), as: UTF8.self).split(separator: "\"")[1]
        })
        // All but inputs and reshapes, which need no kernel.
        #expect(names.count == 23, "\(names)")
        #expect(Set(OperationCase.all.map(\.description)).count == OperationCase.all.count)
    }
}
