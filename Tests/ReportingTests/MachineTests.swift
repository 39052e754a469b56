import Foundation
import Reporting
import Testing

@Suite struct MachineTests {
    @Test func energyIsTimeTimesPower() {
        let energy = EnergyEstimate(cpuSeconds: 7_200, wattsPerCore: 10)
        #expect(energy.joules == 72_000 && energy.wattHours == 20 && energy.description == "20 Wh")
        #expect(energy.formula.contains("7,200 s × 10 W ÷ 3,600 = 20 Wh"))
        #expect(EnergyEstimate(cpuSeconds: 4).description == "40 J")
        #expect(EnergyEstimate(cpuSeconds: 1e6, wattsPerCore: 9).description == "2.5 kWh")
        #expect(EnergyEstimate(cpuSeconds: .nan, wattsPerCore: -1).joules == 0)
    }

    @Test func usageGrowsWithWork() {
        let before = ResourceUsage.current()
        var sum = 0.0
        var after = before
        // Works until the clock of the process has moved; it moves within milliseconds.
        while after.cpuSeconds(since: before) <= 0.01 {
            for index in 1...100_000 { sum += 1 / Double(index) }
            after = ResourceUsage.current()
        }
        #expect(sum > 0 && after.cpuSeconds > before.cpuSeconds)
        #expect(after.peakResidentBytes > 1_000_000 && after.peakResidentBytes >= before.peakResidentBytes)
        if let resident = after.residentBytes { #expect(resident > 1_000_000 && resident <= after.peakResidentBytes) }
    }

    @Test func residentBytesAreTheSecondNumber() {
        #expect(ResourceUsage.residentBytes(statm: "9000 250 100 5 0 400 0\n", pageSize: 4_096) == 1_024_000)
        for odd in ["", "7", "a b", "1 -5", "1 \(Int.max)"] {
            #expect(ResourceUsage.residentBytes(statm: odd, pageSize: 4_096) == nil)
        }
    }

    @Test func machineIsReadFromTheKernelsFiles() {
        let core = """
            model name\t: Example CPU @ 2.0GHz
            physical id\t: 0
            core id\t: 0
            flags\t: fpu avx2 fma avx512f amx_bf16 avx512_bf16
            """
        let other = core.replacing("core id\t: 0", with: "core id\t: 1")
        let machine = MachineDescription(
            cpuinfo: "\(core)\n\n\(core)\n\n\(other)\n", meminfo: "MemTotal:       32000000 kB\nMemFree: 1 kB\n",
            release: "6.1.0-test\n", logicalProcessors: 3)
        #expect(machine.processor == "Example CPU @ 2.0GHz" && machine.physicalCores == 2)
        #expect(machine.instructionSets == ["avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"])
        #expect(machine.memoryBytes == 32_768_000_000 && machine.kernel == "Linux 6.1.0-test")
        #expect(machine.summary == "Example CPU @ 2.0GHz, 3 logical processors, avx2 fma avx512f avx512_bf16 amx_bf16, 32.8 GB memory, Linux 6.1.0-test")
    }

    @Test func aMachineThatTellsNothingIsDescribedAllTheSame() {
        let machine = MachineDescription(cpuinfo: "", meminfo: "MemTotal: many", release: "", logicalProcessors: 2)
        #expect(machine.summary == "unknown processor, 2 logical processors, unknown kernel")
    }

    @Test func thisMachineDescribesItself() throws {
        let machine = MachineDescription.current()
        #expect(machine.logicalProcessors >= 1)
        let copy = try JSONDecoder().decode(MachineDescription.self, from: JSONEncoder().encode(machine))
        #expect(copy == machine)
    }
}
