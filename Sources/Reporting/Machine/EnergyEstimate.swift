/// What a computation cost in energy, estimated from processor time. It is an estimate, and says so: the power of a core
/// is assumed, not measured.
public struct EnergyEstimate: Sendable, Hashable, Codable {
    /// Processor time summed over all cores, in seconds.
    public var cpuSeconds: Double
    /// Assumed power of one busy core with its share of memory, power supply and cooling, in watts.
    public var wattsPerCore: Double

    /// - Parameter wattsPerCore: 10 W by default: servers draw 200 to 350 W for 32 to 56 cores, which is 6 to 7 W a core,
    ///   and about half again for memory, power supply and cooling. A desktop core draws 10 to 20 W.
    public init(cpuSeconds: Double, wattsPerCore: Double = 10) {
        self.cpuSeconds = cpuSeconds.isFinite ? max(cpuSeconds, 0) : 0
        self.wattsPerCore = wattsPerCore.isFinite ? max(wattsPerCore, 0) : 0
    }

    public var joules: Double { cpuSeconds * wattsPerCore }
    public var wattHours: Double { joules / 3_600 }

    /// The energy in a unit that suits its size: `20 Wh`, `1.3 kWh`.
    public var description: String {
        switch wattHours {
        case ..<0.1: "\(HumanReadable.significant(joules)) J"
        case ..<1_000: "\(HumanReadable.significant(wattHours)) Wh"
        default: "\(HumanReadable.significant(wattHours / 1_000)) kWh"
        }
    }

    /// The formula with its numbers, for the reader who wants to check or correct it.
    public var formula: String {
        "energy = CPU-seconds × watts per core ÷ 3,600 = \(HumanReadable.decimal(cpuSeconds, places: 0)) s × "
            + "\(HumanReadable.significant(wattsPerCore)) W ÷ 3,600 = \(HumanReadable.significant(wattHours)) Wh "
            + "(the watts per core are an assumption, not a measurement)"
    }
}

extension EnergyEstimate: CustomStringConvertible {}
