/// What the members of a blend weigh.
struct Weighting: Sendable {
    var weights: [Float]
    /// For items of the history, where they are weighed apart.
    var returning: [Float] = []
    var offset: Float?

    /// With one member heard and the others not.
    static func only(_ member: Int, of count: Int) -> Weighting { Weighting(weights: (0..<count).map { $0 == member ? 1 : 0 }) }

    func without(_ member: Int) -> Weighting {
        var rest = self
        rest.weights[member] = 0
        if offset != nil { rest.returning[member] = 0 }
        return rest
    }

    /// Of some of the members, in order.
    func only(_ heard: [Int]) -> Weighting {
        Weighting(weights: heard.map { weights[$0] }, returning: offset == nil ? [] : heard.map { returning[$0] }, offset: offset)
    }

    func hears(_ member: Int) -> Bool { weights[member] > 0 || (offset != nil && returning[member] > 0) }

    var isHeard: Bool { weights.contains { $0 > 0 } }
}

extension Blend {
    /// What the members weigh, in their order.
    var weighting: Weighting {
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
