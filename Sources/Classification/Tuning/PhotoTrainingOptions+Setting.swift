import Imaging
import Training

extension PhotoTrainingOptions {
    /// Changes one setting.
    package mutating func set(_ setting: PhotoSetting, to value: TuningValue) {
        switch (setting, value) {
        case (.rate, .number(let number)): peakLearningRate = Float(number)
        case (.smoothing, .number(let number)): labelSmoothing = Float(number)
        case (.size, .number(let number)): size = Int(number)
        case (.batch, .number(let number)): batchSize = Int(number)
        case (.network, .name(let name)): network = name == "small" ? .small : .standard
        case (.optimizer, .name(let name)):
            optimizer = switch name {
            case "adamw": .defaultAdamW
            case "muon": .defaultMuon
            default: .defaultSGD
            }
        case (.decay, .number(let number)):
            optimizer = switch optimizer {
            case .sgd(let momentum, let nesterov, _): .sgd(momentum: momentum, nesterov: nesterov, weightDecay: Float(number))
            case .adamW(let beta1, let beta2, let epsilon, _): .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: Float(number))
            case .muon(let momentum, _, let gainRate): .muon(momentum: momentum, weightDecay: Float(number), gainRate: gainRate)
            }
        case (.momentum, .number(let number)):
            optimizer = switch optimizer {
            case .sgd(_, let nesterov, let decay): .sgd(momentum: Float(number), nesterov: nesterov, weightDecay: decay)
            case .adamW(_, let beta2, let epsilon, let decay): .adamW(beta1: Float(number), beta2: beta2, epsilon: epsilon, weightDecay: decay)
            case .muon(_, let decay, let gainRate): .muon(momentum: Float(number), weightDecay: decay, gainRate: gainRate)
            }
        case (.crop, .number(let number)): augmentation.areaRange = number...1
        case (.cutout, .number(let number)): augmentation.cutoutArea = number
        default: preconditionFailure("\(setting.rawValue) cannot be \(value)")
        }
    }
}

extension PhotoTrainingOptions {
    /// Changes one setting, written as `smoothing=0.1` (see ``PhotoSetting``).
    ///
    /// - Throws: `TuningRange.Problem`.
    public mutating func set(_ text: String) throws {
        let range = try TuningRange(parsing: text)
        switch range.values {
        case .numbers(let numbers) where numbers.count == 1: set(range.setting, to: .number(numbers[0]))
        case .names(let names) where names.count == 1: set(range.setting, to: .name(names[0]))
        default: throw TuningRange.Problem(text: text, problem: "one value, please")
        }
    }
}
