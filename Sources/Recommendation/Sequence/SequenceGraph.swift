import ComputeGraph

/// The network for histories of one length. All lengths have the same parameters, in the same order.
package struct SequenceGraph {
    package let configuration: SequenceConfiguration
    package let itemCount: Int

    package init(configuration: SequenceConfiguration, itemCount: Int) {
        self.configuration = configuration
        self.itemCount = itemCount
    }

    /// The parameter with a row for each item, which reads histories and ranks what may follow.
    package static let itemTable = "items.weight"

    /// What a graph ends in.
    package enum Ending {
        /// `[width]`: its product with an item's row is the item's score.
        case state
        /// The scores of all items.
        case scores
    }

    /// - Parameter length: of the histories, from 1 to the configuration's maximum. The graph takes item numbers and how
    ///   many events came after each, both `[length]`, the earliest first.
    /// - Throws: `GraphError` when the catalog is too large for a table.
    package func graph(length: Int, ending: Ending) throws -> Graph {
        let width = configuration.width
        var graph = Graph()
        let history = try graph.indices([length], named: "history")
        let places = try graph.indices([length], named: "places")
        let items = try graph.embedding(history, count: itemCount, width: width, named: "items")
        let positions = try graph.embedding(places, count: configuration.maximumLength, width: width, named: "positions")
        var value = try graph.add(items, positions, named: "input")
        value = try graph.layerNorm(value, epsilon: Self.epsilon, named: "input.norm")
        value = try graph.dropout(value, rate: configuration.dropout, named: "input.dropout")
        for layer in 0..<configuration.layers {
            value = try block(value, isLast: layer == configuration.layers - 1, named: "layer\(layer + 1)", in: &graph)
        }
        let state = try graph.reshape(value, to: [width], named: "state")
        if case .scores = ending { _ = try graph.dense(state, units: itemCount, bias: false, sharing: "items", named: "scores") }
        return graph
    }

    /// Where in a graph's second input each event of a history stands.
    package static func places(length: Int) -> [Int32] { (0..<length).map { Int32(length - 1 - $0) } }

    private static let epsilon: Float = 1e-8
    private static let initializer = Initializer.normal(deviation: 0.02)

    /// Low-pass filter and attention side by side, then a feed-forward network, each normalized after its residual sum.
    /// Only the last position of the last block is ever asked for, so that block computes no other.
    private func block(_ value: Value, isLast: Bool, named name: String, in graph: inout Graph) throws -> Value {
        let shape = graph.shape(of: value)
        let (length, width) = (shape[0], shape[1])
        let rows = isLast ? length - 1..<length : 0..<length
        let own = isLast
            ? try graph.slice(value, axis: 0, from: length - 1, count: 1, named: name + ".last") : value
        func finished(_ branch: Value, _ short: Value, _ part: String) throws -> Value {
            let dropped = try graph.dropout(branch, rate: configuration.dropout, named: "\(name).\(part).dropout")
            let sum = try graph.add(dropped, short, named: "\(name).\(part).sum")
            return try graph.layerNorm(sum, epsilon: Self.epsilon, named: "\(name).\(part).norm")
        }
        func dense(_ value: Value, units: Int, _ part: String) throws -> Value {
            try graph.dense(value, units: units, initializer: Self.initializer, named: "\(name).\(part)")
        }

        let filter = LowPassFilter(period: configuration.maximumLength, frequencies: configuration.frequencies)
        let low = try graph.linearMap(
            value, rows: rows.count, matrix: filter.matrix(length: length, rows: rows), named: name + ".filter.low")
        let rest = try graph.linearMap(
            value, rows: rows.count, matrix: filter.complement(length: length, rows: rows), named: name + ".filter.high")
        // Applied twice: the share of the high frequencies is the square of what is learned.
        let once = try graph.gain(rest, axes: 1, initializer: .normal(deviation: 1), named: name + ".filter.beta")
        let high = try graph.gain(once, axes: 1, sharing: name + ".filter.beta", named: name + ".filter.share")
        let filtered = try finished(try graph.add(low, high, named: name + ".filter"), own, "filter")

        let mixed = try graph.attention(
            query: try dense(own, units: width, "query"), key: try dense(value, units: width, "key"),
            value: try dense(value, units: width, "value"), heads: configuration.heads, dropout: configuration.attentionDropout,
            named: name + ".attention")
        let attended = try finished(try dense(mixed, units: width, "projection"), own, "attention")

        let both = try graph.add(
            try graph.scale(filtered, by: configuration.filterShare, named: name + ".filter.scale"),
            try graph.scale(attended, by: 1 - configuration.filterShare, named: name + ".attention.scale"), named: name + ".both")
        let wide = try graph.activation(try dense(both, units: 4 * width, "expand"), .gelu, named: name + ".gelu")
        return try finished(try dense(wide, units: width, "contract"), both, "feedforward")
    }
}
