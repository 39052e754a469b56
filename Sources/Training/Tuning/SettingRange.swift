import Foundation
import Reporting

/// A setting of a model or its training that can be tuned. Its raw value is its name in commands and files.
public protocol TunableSetting: RawRepresentable<String>, Hashable, Codable, Sendable, CaseIterable {
    var isWhole: Bool { get }
    /// The values of a setting that takes names; empty for numbers.
    var names: [String] { get }
    /// What a number must be within.
    var limits: ClosedRange<Double> { get }
    /// Ranges as one writes them, for messages.
    static var examples: String { get }
}

extension TunableSetting {
    public var isNamed: Bool { !names.isEmpty }
}

/// One setting that tuning may change, and the values it may take.
public struct SettingRange<Setting: TunableSetting>: Sendable, Hashable, Codable {
    public enum Values: Sendable, Hashable, Codable {
        /// Any number between the two, drawn evenly, or evenly on a logarithmic scale.
        case between(Double, Double, logarithmic: Bool)
        case numbers([Double])
        case names([String])
    }

    public var setting: Setting
    public var values: Values

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
            throw Problem(
                text: text, problem: "no setting of that name; there are \(Setting.allCases.map(\.rawValue).joined(separator: ", "))")
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
    public func value(at place: Double) -> TuningValue {
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

        public init(text: String, problem: String) {
            self.text = text
            self.problem = problem
        }

        public var description: String {
            "--range \(text): \(problem). Examples: \(Setting.examples)"
        }
    }
}

/// A value of a setting.
public enum TuningValue: Sendable, Hashable, Codable, CustomStringConvertible {
    case number(Double)
    case name(String)

    /// As a number or a text, as one writes it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) { self = .number(number) } else { self = .name(try container.decode(String.self)) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .name(let name): try container.encode(name)
        }
    }

    public var description: String {
        switch self {
        case .number(let number): number == number.rounded() && abs(number) < 1e9 ? String(Int(number)) : HumanReadable.significant(number)
        case .name(let name): name
        }
    }
}
