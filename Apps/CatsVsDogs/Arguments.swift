import ArgumentParser
import Classification
import Kernels

/// A length of time such as `90s`, `20m` or `1h30m`.
struct DurationArgument: ExpressibleByArgument {
    var seconds: Double

    init?(argument: String) {
        var total = 0.0, digits = ""
        for character in argument.lowercased() {
            if character.isNumber || character == "." {
                digits.append(character)
                continue
            }
            guard let value = Double(digits), let unit = ["s": 1.0, "m": 60, "h": 3_600, "d": 86_400][character] else { return nil }
            total += value * unit
            digits = ""
        }
        if !digits.isEmpty {
            // A bare number is in seconds.
            guard total == 0, let value = Double(digits) else { return nil }
            total = value
        }
        guard total > 0, total.isFinite else { return nil }
        seconds = total
    }
}

/// How many photos: a whole number, or a share below 1.
struct AmountArgument: ExpressibleByArgument, CustomStringConvertible {
    var amount: PhotoSplit.Amount

    init(amount: PhotoSplit.Amount) { self.amount = amount }

    init?(argument: String) {
        if let count = Int(argument), count >= 0 {
            amount = .count(count)
        } else if let share = Double(argument), (0..<1).contains(share) {
            amount = .fraction(share)
        } else {
            return nil
        }
    }

    var description: String {
        switch amount {
        case .count(let count): "\(count)"
        case .fraction(let share): "\(share)"
        }
    }

    var defaultValueDescription: String { description }
}

/// The networks that can be chosen by name.
enum NetworkChoice: String, ExpressibleByArgument, CaseIterable {
    case small, standard

    var network: ResidualNetwork {
        switch self {
        case .small: .small
        case .standard: .standard
        }
    }
}

extension Precision: ExpressibleByArgument {}
