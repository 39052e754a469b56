import Foundation
import Interactions
import ModelStore
import Recommendation

/// Scores from the files of an export alone, computed as Docs/Formats.md tells: plainly, and in double precision.
struct ExportedModel {
    let about: ModelExport.Description
    private let arrays: SafetensorsFile

    init(folder: String) throws {
        about = try JSONDecoder().decode(ModelExport.Description.self, from: Data(contentsOf: URL(filePath: folder + "/model.json")))
        arrays = try SafetensorsFile(contentsOf: folder + "/model.safetensors")
    }

    private func doubles(_ name: String) throws -> [Double] { try arrays.floats(named: name).map(Double.init) }

    private func number(_ field: String, of member: String) -> Double {
        guard case .number(let value) = about.members.first(where: { $0.name == member })?.configuration[field] else { return .nan }
        return value
    }

    private func weight(_ event: HistoryEvent) -> Double { about.weights[event.kind.rawValue] ?? about.otherWeight }

    func scores(_ member: String, _ history: [HistoryEvent]) throws -> [Double] {
        switch member {
        case "als": try factorized(history)
        case "popularity": try doubles("popularity.counts")
        case "neighbors": try sums("neighbors", history, steps: Int(number("steps", of: member)))
        case "graph": try filtered(history)
        default: try sums("ease", history, steps: .max)
        }
    }

    func blend(_ history: [HistoryEvent]) throws -> [Double] {
        let shares = try doubles("shares"), smoothing = Double(about.smoothing)
        var total = [Double](repeating: 0, count: shares.count)
        let known = about.returningOffset == nil ? [] : Array(Set(history.filter { weight($0) > 0 }.map(\.item)))
        var apart = known.map { _ in Double(about.returningOffset ?? 0) }
        for member in about.members where member.weight != 0 || member.returning ?? 0 != 0 {
            var own = try scores(member.name, history)
            if member.scale == .counts {
                if let last = history.last?.item { own[last] *= Double(about.repetition) }
                let sum = own.reduce(0, +)
                own = zip(own, shares).map { log($0 * (sum > 0 ? (1 - smoothing) / sum : 0) + smoothing * $1 + 1e-30) }
            }
            for item in total.indices { total[item] += Double(member.weight) * own[item] }
            for (place, item) in known.enumerated() { apart[place] += Double(member.returning ?? 0) * own[item] }
        }
        for (place, item) in known.enumerated() { total[item] = apart[place] }
        return total
    }

    private func sums(_ name: String, _ history: [HistoryEvent], steps: Int) throws -> [Double] {
        let starts = try arrays.integers(named: name + ".starts").map(Int.init), items = try arrays.integers(named: name + ".items")
        let values = try doubles(name + ".values")
        var scores = [Double](repeating: 0, count: starts.count - 1), share = 1.0, taken = 0
        for event in history.reversed() where weight(event) > 0 && taken < steps {
            for position in starts[event.item]..<starts[event.item + 1] { scores[Int(items[position])] += share * weight(event) * values[position] }
            share *= number("decay", of: name)
            taken += 1
        }
        return scores
    }

    private func filtered(_ history: [HistoryEvent]) throws -> [Double] {
        let leading = try doubles("graph.leading"), norms = try doubles("graph.norms"), width = try arrays.shape(named: "graph.leading")[1]
        var taste = [Double](repeating: 0, count: width), share = 1.0
        for event in history.reversed() where weight(event) > 0 {
            for place in 0..<width { taste[place] += share * weight(event) / norms[event.item] * leading[event.item * width + place] }
            share *= number("decay", of: "graph")
        }
        return try sums("graph", history, steps: .max).enumerated().map { item, sum in
            let common = (0..<width).reduce(0) { $0 + taste[$1] * leading[item * width + $1] }
            return sum > 0 ? max(sum - norms[item] * common, 0) : 0
        }
    }

    private func factorized(_ history: [HistoryEvent]) throws -> [Double] {
        let flat = try doubles("als.factors"), shape = try arrays.shape(named: "als.factors"), width = shape[1]
        let rows = (0..<shape[0]).map { Array(flat[$0 * width..<($0 + 1) * width]) }
        var wanted: [Int: Double] = [:]
        for event in history { wanted[event.item, default: 0] += weight(event) }
        wanted = wanted.filter { $0.value > 0 }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        func times(_ vector: [Double]) -> [Double] {
            var product = vector.map { $0 * number("penalty", of: "als") }
            for (item, row) in rows.enumerated() {
                let factor = dot(row, vector) * (1 + number("confidence", of: "als") * (wanted[item] ?? 0))
                for place in product.indices { product[place] += factor * row[place] }
            }
            return product
        }
        var user = [Double](repeating: 0, count: width), residual = user
        for (item, weight) in wanted {
            for place in residual.indices { residual[place] += (1 + number("confidence", of: "als") * weight) * rows[item][place] }
        }
        var direction = residual, size = dot(residual, residual)
        for _ in 0..<10 where size > 1e-20 {
            let product = times(direction), length = size / dot(direction, product)
            for place in user.indices {
                user[place] += length * direction[place]
                residual[place] -= length * product[place]
            }
            let next = dot(residual, residual)
            for place in user.indices { direction[place] = residual[place] + next / size * direction[place] }
            size = next
        }
        return rows.map { dot($0, user) }
    }
}
