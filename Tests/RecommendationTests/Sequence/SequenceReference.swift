import Foundation
import Recommendation

/// The network in plain loops over doubles, at every position of every layer, as the paper draws it.
struct SequenceReference {
    let configuration: SequenceConfiguration
    let parameters: [String: [Double]]

    private typealias Rows = [[Double]]

    private func row(_ table: String, _ index: Int) -> [Double] {
        let width = configuration.width
        return Array(parameters[table]![index * width..<(index + 1) * width])
    }

    private func dense(_ x: Rows, _ name: String) -> Rows {
        let (weight, bias) = (parameters[name + ".weight"]!, parameters[name + ".bias"]!)
        return x.map { row in
            bias.indices.map { unit in bias[unit] + row.indices.reduce(0) { $0 + row[$1] * weight[unit * row.count + $1] } }
        }
    }

    private func norm(_ x: Rows, _ name: String) -> Rows {
        let (scale, shift) = (parameters[name + ".scale"]!, parameters[name + ".shift"]!)
        return x.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            return row.indices.map { (row[$0] - mean) / (variance + 1e-8).squareRoot() * scale[$0] + shift[$0] }
        }
    }

    private func add(_ x: Rows, _ y: Rows, _ share: Double = 1, _ other: Double = 1) -> Rows {
        zip(x, y).map { zip($0, $1).map { share * $0 + other * $1 } }
    }

    private func attention(_ q: Rows, _ k: Rows, _ v: Rows) -> Rows {
        let heads = configuration.heads, part = configuration.width / heads
        return q.indices.map { row in
            (0..<heads).flatMap { head -> [Double] in
                let columns = head * part..<(head + 1) * part
                let scores = k.indices.map { key in columns.reduce(0) { $0 + q[row][$1] * k[key][$1] } / Double(part).squareRoot() }
                let shares = scores.map { exp($0 - scores.max()!) }
                let sum = shares.reduce(0, +)
                return columns.map { column in k.indices.reduce(0) { $0 + shares[$1] / sum * v[$1][column] } }
            }
        }
    }

    /// The state of a history.
    func state(_ items: [Int]) -> [Double] {
        let length = items.count
        var x = norm(items.indices.map { place in
            zip(row("items.weight", items[place]), row("positions.weight", length - 1 - place)).map { $0 + $1 }
        }, "input.norm")
        let matrix = LowPassFilter(period: configuration.maximumLength, frequencies: configuration.frequencies)
            .matrix(length: length, rows: 0..<length).map(Double.init)
        for layer in 1...configuration.layers {
            let name = "layer\(layer)"
            let beta = parameters[name + ".filter.beta.weight"]!
            let low = (0..<length).map { row in
                beta.indices.map { channel in (0..<length).reduce(0) { $0 + matrix[row * length + $1] * x[$1][channel] } }
            }
            let filter = (0..<length).map { row in
                beta.indices.map { low[row][$0] + beta[$0] * beta[$0] * (x[row][$0] - low[row][$0]) }
            }
            let filtered = norm(add(filter, x), name + ".filter.norm")
            let mixed = attention(dense(x, name + ".query"), dense(x, name + ".key"), dense(x, name + ".value"))
            let attended = norm(add(dense(mixed, name + ".projection"), x), name + ".attention.norm")
            let share = Double(configuration.filterShare)
            let both = add(filtered, attended, share, 1 - share)
            let wide = dense(both, name + ".expand").map { $0.map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) } }
            x = norm(add(dense(wide, name + ".contract"), both), name + ".feedforward.norm")
        }
        return x[length - 1]
    }
}
