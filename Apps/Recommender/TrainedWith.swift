import Interactions
import ModelStore
import Recommendation

/// What a version was told to be trained with: what retraining goes on with where nothing else is said.
struct TrainedWith {
    /// As they were asked for: also those that the blend left out, and with the usual epochs where fewer were enough.
    var members: [MemberConfiguration]
    var weights: EventWeights

    private static let section: ModelFile.Section = "shop.training"

    /// The members that a version's file tells; nil where it tells none that this program has.
    static func members(in sections: ModelSections) -> [MemberConfiguration]? { try? sections.section(named: section) }

    static func write(_ members: [MemberConfiguration], to file: inout ModelFile) throws {
        try file.setSection(members, named: section)
    }
}
