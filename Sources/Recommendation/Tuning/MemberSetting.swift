import Training

/// A number in the configuration of a model of the blend, such as `als.factors`: what it must be within, and where tuning
/// looks unless told otherwise.
public struct MemberSetting: TunableSetting {
    /// The model's name, a dot, and the name of the field.
    public let rawValue: String
    public let isWhole: Bool
    public let limits: ClosedRange<Double>
    /// Searched where no range is given; nil for settings that are left as they are.
    let usual: SettingRange<MemberSetting>.Values?

    public var member: String { String(rawValue.prefix { $0 != "." }) }
    public var field: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
    public var names: [String] { [] }
    public static var examples: String { "als.penalty=0.01...10:log, neighbors.steps=5,10,20" }

    public init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = found
    }

    private init(
        _ rawValue: String, _ limits: ClosedRange<Double>, whole: Bool = false, usual: SettingRange<MemberSetting>.Values? = nil
    ) {
        (self.rawValue, self.limits, isWhole, self.usual) = (rawValue, limits, whole, usual)
    }

    private static func whole(
        _ rawValue: String, _ limits: ClosedRange<Double>, usual: SettingRange<MemberSetting>.Values? = nil
    ) -> MemberSetting { MemberSetting(rawValue, limits, whole: true, usual: usual) }

    /// Every number that may be set.
    public static let allCases: [MemberSetting] = [
        .whole("neighbors.window", 1...100_000),
        .init("neighbors.distancePower", 0...3, usual: .between(0, 1.2, logarithmic: false)),
        .init("neighbors.backward", 0...1, usual: .between(0, 1, logarithmic: false)),
        .init("neighbors.shrinkage", 0...1e6, usual: .between(0.5, 200, logarithmic: true)),
        .init("neighbors.balance", 0...1, usual: .between(0, 1, logarithmic: false)),
        .whole("neighbors.steps", 1...100_000),
        .init("neighbors.decay", 0...1, usual: .between(0.5, 1, logarithmic: false)),
        .init("neighbors.lengthPower", 0...3, usual: .between(0, 1, logarithmic: false)),
        .whole("neighbors.neighbors", 1...1_000_000),

        .whole("als.factors", 1...1024, usual: .numbers([32, 64, 128])),
        .whole("als.iterations", 1...1_000),
        .init("als.penalty", 0...1e6, usual: .between(0.01, 100, logarithmic: true)),
        .init("als.confidence", 0...1e6, usual: .between(0.5, 100, logarithmic: true)),
        .whole("als.steps", 1...100),

        .init("ease.penalty", 1e-3...1e9, usual: .between(20, 2_000, logarithmic: true)),
        .whole("ease.neighbors", 1...1_000_000),
        .init("ease.decay", 0...1, usual: .between(0.5, 1, logarithmic: false)),

        .init("graph.userPower", 0...3, usual: .between(0, 1, logarithmic: false)),
        .init("graph.balance", 0...1, usual: .between(0, 0.6, logarithmic: false)),
        .whole("graph.rank", 0...1024, usual: .numbers([0, 16, 32, 64, 128])),
        .whole("graph.neighbors", 1...1_000_000),
        .whole("graph.longest", 1...1_000_000),
        .init("graph.decay", 0...1, usual: .between(0.5, 1, logarithmic: false)),

        .whole("spectral.degree", 1...64),
        .init("spectral.flatness", 0.1...1_000, usual: .between(1, 20, logarithmic: true)),
        .whole("spectral.rank", 0...1024, usual: .numbers([64, 256, 512])),
        .init("spectral.pass", 0...1, usual: .between(0, 0.4, logarithmic: false)),
        .init("spectral.itemPower", 0...1, usual: .between(0, 0.6, logarithmic: false)),
        .init("spectral.decay", 0...1, usual: .between(0.5, 1, logarithmic: false)),

        .whole("sequence.width", 1...4096, usual: .numbers([64, 128])),
        .whole("sequence.layers", 1...64),
        .whole("sequence.heads", 1...64),
        .whole("sequence.maximumLength", 1...1024),
        .init("sequence.filterShare", 0...1, usual: .between(0, 1, logarithmic: false)),
        .whole("sequence.frequencies", 1...513),
        .init("sequence.dropout", 0...0.99, usual: .between(0.1, 0.6, logarithmic: false)),
        .init("sequence.attentionDropout", 0...0.99),
        .whole("sequence.networks", 1...16),
        .whole("sequence.batchSize", 1...65_536),
        .whole("sequence.epochs", 1...10_000),
        .init("sequence.learningRate", 1e-6...1, usual: .between(3e-4, 1e-2, logarithmic: true)),
        .init("sequence.descriptionRate", 0...100, usual: .between(0, 1, logarithmic: false)),
        .init("sequence.labelSmoothing", 0...0.99),
        .whole("sequence.negatives", 1...1_000_000),

        .whole("sessions.steps", 1...100_000, usual: .between(2, 30, logarithmic: true)),
        .whole("sessions.sample", 1...1_000_000, usual: .between(200, 5_000, logarithmic: true)),
        .whole("sessions.neighbors", 1...1_000_000, usual: .between(50, 2_000, logarithmic: true)),
        .init("sessions.fall", 0...1, usual: .between(0, 1, logarithmic: false)),
        .init("sessions.distance", 0...100, usual: .between(0, 3, logarithmic: false)),
        .init("sessions.rarity", 0...10, usual: .between(0, 2, logarithmic: false)),
        .whole("sessions.shortest", 1...1_000),
        .whole("sessions.longest", 1...100_000),

        .init("content.decay", 0...1, usual: .between(0.4, 1, logarithmic: false)),
        .whole("content.steps", 1...100_000, usual: .between(3, 60, logarithmic: true)),
        .init("content.commonest", 0...1, usual: .between(0.02, 1, logarithmic: true)),

        .init("resurfacing.prior", 1e-3...1e6),

        .init("popularity.halfLifeDays", 0.01...100_000, usual: .between(1, 365, logarithmic: true)),
    ]

    // As the name alone, which tells the rest.

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let found = MemberSetting(rawValue: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no setting \"\(name)\"")
        }
        self = found
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension SettingRange<MemberSetting> {
    /// Where tuning looks for the settings of a model unless told otherwise.
    public static func usual(for member: String) -> [Self] {
        MemberSetting.allCases.filter { $0.member == member }.compactMap { setting in
            setting.usual.map { SettingRange(setting: setting, values: $0) }
        }
    }
}
