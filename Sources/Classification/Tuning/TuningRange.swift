import Foundation
import Reporting
import Training

/// One setting that tuning may change, and the values it may take.
public struct TuningRange: Sendable, Hashable, Codable {
    /// The settings that can be tuned.
    public enum Setting: String, Sendable, Hashable, Codable, CaseIterable {
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

        /// Whether values are names rather than numbers.
        public var isNamed: Bool { self == .network || self == .optimizer }
        var isWhole: Bool { self == .size || self == .batch }

        var names: [String] {
            switch self {
            case .network: ["small", "standard"]
            case .optimizer: ["sgd", "adamw", "muon"]
            default: []
            }
        }

        /// What a value must be within.
        var limits: ClosedRange<Double> {
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
    }

    public enum Values: Sendable, Hashable, Codable {
        /// Any number between the two, drawn evenly, or evenly on a logarithmic scale.
        case between(Double, Double, logarithmic: Bool)
        case numbers([Double])
        case names([String])
    }

    public var setting: Setting
    public var values: Values

    /// Searched where no range is given: what matters most, around the defaults.
    public static let defaults: [TuningRange] = [
        TuningRange(setting: .rate, values: .between(0.02, 0.3, logarithmic: true)),
        TuningRange(setting: .smoothing, values: .between(0, 0.2, logarithmic: false)),
        TuningRange(setting: .decay, values: .between(1e-4, 2e-3, logarithmic: true)),
        TuningRange(setting: .crop, values: .between(0.2, 0.8, logarithmic: false)),
    ]

    public init(setting: Setting, values: Values) {
        self.setting = setting
        self.values = values
    }

    /// Reads a range as it is written in a command: `rate=0.02...0.3:log`, `size=96,128`, `network=small,standard`.
    ///
    /// - Throws: ``Problem``.
    public init(parsing text: String) throws(Problem) {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2, let setting = Setting(rawValue: halves[0]) else {
            throw Problem(text: text, problem: "no setting of that name; there are \(Setting.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.setting = setting
        var body = halves[1]
        if setting.isNamed {
            let names = body.split(separator: ",").map(String.init)
            if let wrong = names.first(where: { !setting.names.contains($0) }) {
                throw Problem(text: text, problem: "\(wrong) is none of \(setting.names.joined(separator: ", "))")
            }
            guard !names.isEmpty else { throw Problem(text: text, problem: "no value") }
            values = .names(names)
            return
        }
        let isLogarithmic = body.hasSuffix(":log")
        if isLogarithmic { body.removeLast(4) }
        func number(_ text: some StringProtocol) throws(Problem) -> Double {
            guard let value = Double(text), value.isFinite, !setting.isWhole || value == value.rounded() else {
                throw Problem(text: self.text(text), problem: "\(text) is no \(setting.isWhole ? "whole " : "")number")
            }
            guard setting.limits.contains(value) else {
                throw Problem(text: self.text(text), problem: "\(text) is outside \(setting.limits.lowerBound) to \(setting.limits.upperBound)")
            }
            return value
        }
        // Needed before `values` is known, for errors only.
        values = .numbers([])
        if let dots = body.range(of: "...") {
            let (low, high) = (try number(body[..<dots.lowerBound]), try number(body[dots.upperBound...]))
            guard low < high else { throw Problem(text: text, problem: "the first number must be the smaller one") }
            guard !isLogarithmic || low > 0 else { throw Problem(text: text, problem: "a logarithmic range starts above 0") }
            values = .between(low, high, logarithmic: isLogarithmic)
        } else {
            var numbers: [Double] = []
            for part in body.split(separator: ",") { numbers.append(try number(part)) }
            guard !numbers.isEmpty, !isLogarithmic else { throw Problem(text: text, problem: "write LOW...HIGH:log or values with commas") }
            values = .numbers(numbers)
        }
    }

    private func text(_ part: some StringProtocol) -> String { "\(setting.rawValue)=\(part)" }

    /// The value at a place from 0 to 1 of the range.
    package func value(at place: Double) -> TuningValue {
        switch values {
        case .between(let low, let high, let logarithmic):
            var number = logarithmic ? low * pow(high / low, place) : low + (high - low) * place
            if setting.isWhole { number = number.rounded() }
            return .number(number)
        case .numbers(let numbers): return .number(numbers[min(Int(place * Double(numbers.count)), numbers.count - 1)])
        case .names(let names): return .name(names[min(Int(place * Double(names.count)), names.count - 1)])
        }
    }

    /// As it is written in a command.
    public var description: String {
        switch values {
        case .between(let low, let high, let logarithmic): "\(setting.rawValue)=\(low)...\(high)\(logarithmic ? ":log" : "")"
        case .numbers(let numbers): "\(setting.rawValue)=" + numbers.map { TuningValue.number($0).description }.joined(separator: ",")
        case .names(let names): "\(setting.rawValue)=" + names.joined(separator: ",")
        }
    }

    /// A range that makes no sense.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var text: String
        public var problem: String
        public var description: String {
            "--range \(text): \(problem). Examples: rate=0.02...0.3:log, smoothing=0...0.2, size=96,128, network=small,standard"
        }
    }
}

/// A value of a setting.
public enum TuningValue: Sendable, Hashable, Codable, CustomStringConvertible {
    case number(Double)
    case name(String)

    public var description: String {
        switch self {
        case .number(let number): number == number.rounded() && abs(number) < 1e9 ? String(Int(number)) : HumanReadable.significant(number)
        case .name(let name): name
        }
    }
}
