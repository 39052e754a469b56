import Training

/// The settings of training on photos that can be tuned.
public enum PhotoSetting: String, TunableSetting {
    /// Learning rate at its peak.
    case rate
    /// Label smoothing, 0 to below 1.
    case smoothing
    /// Side of the photos in pixels.
    case size
    /// Name of the network.
    case network
    /// Photos in a step.
    case batch
    /// Weight decay.
    case decay
    /// Momentum, 0 to below 1.
    case momentum
    /// `sgd`, `adamw` or `muon`.
    case optimizer
    /// Smallest share of a photo's area that a crop keeps.
    case crop
    /// Share of a photo's area that is covered.
    case cutout

    public var isWhole: Bool { self == .size || self == .batch }

    public var names: [String] {
        switch self {
        case .network: ["small", "standard"]
        case .optimizer: ["sgd", "adamw", "muon"]
        default: []
        }
    }

    public var limits: ClosedRange<Double> {
        switch self {
        case .rate: 1e-6...100
        case .smoothing: 0...0.9
        case .size: 32...512
        case .batch: 1...4_096
        case .decay: 0...1
        case .momentum: 0...0.9999
        case .crop: 0.01...1
        case .cutout: 0...0.9
        case .network, .optimizer: 0...0
        }
    }

    public static var examples: String { "rate=0.02...0.3:log, smoothing=0...0.2, size=96,128, network=small,standard" }
}

public typealias TuningRange = SettingRange<PhotoSetting>

extension SettingRange<PhotoSetting> {
    /// Searched where no range is given: what matters most, around the defaults.
    public static var defaults: [Self] {
        [
            SettingRange(setting: .rate, values: .between(0.02, 0.3, logarithmic: true)),
            SettingRange(setting: .smoothing, values: .between(0, 0.2, logarithmic: false)),
            SettingRange(setting: .decay, values: .between(1e-4, 2e-3, logarithmic: true)),
            SettingRange(setting: .crop, values: .between(0.2, 0.8, logarithmic: false)),
        ]
    }
}
