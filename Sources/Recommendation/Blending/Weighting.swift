/// What the members of a blend weigh.
package struct Weighting: Hashable, Sendable {
    package var weights: [Float]
    /// For items of the history, where they are weighed apart; empty where they are not.
    package var returning: [Float]
    package var offset: Float?

    package init(weights: [Float], returning: [Float] = [], offset: Float? = nil) {
        self.weights = weights
        self.returning = returning
        self.offset = offset
    }

    /// With one member heard and the others not.
    static func only(_ member: Int, of count: Int) -> Weighting { Weighting(weights: (0..<count).map { $0 == member ? 1 : 0 }) }

    package func without(_ member: Int) -> Weighting {
        var rest = self
        rest.weights[member] = 0
        if offset != nil { rest.returning[member] = 0 }
        return rest
    }

    /// What some of the members weigh, in their order.
    package func of(_ members: [Int]) -> Weighting {
        Weighting(weights: members.map { weights[$0] }, returning: offset == nil ? [] : members.map { returning[$0] }, offset: offset)
    }

    package func hears(_ member: Int) -> Bool { weights[member] > 0 || (offset != nil && returning[member] > 0) }

    var isHeard: Bool { weights.contains { $0 > 0 } }
}

extension Blend {
    /// What the members weigh, in their order.
    package var weighting: Weighting {
        get {
            Weighting(
                weights: members.map(\.weight), returning: returningOffset == nil ? [] : members.map(\.returning), offset: returningOffset)
        }
        set {
            for index in members.indices {
                members[index].weight = newValue.weights[index]
                members[index].returning = newValue.offset == nil ? 0 : newValue.returning[index]
            }
            returningOffset = newValue.offset
        }
    }
}
