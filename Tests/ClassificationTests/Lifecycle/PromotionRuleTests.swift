import Classification
import Testing

@Suite struct PromotionRuleTests {
    private func comparison(_ photos: Int, _ old: Int, _ new: Int) -> PromotionRule.Comparison {
        PromotionRule.Comparison(photos: photos, oldCorrect: old, newCorrect: new)
    }

    @Test(arguments: [(960, true), (959, true), (958, true), (957, false)])
    func heldOutPhotosMayLoseTheTolerance(newCorrect: Int, promotes: Bool) {
        let decision = PromotionRule(tolerance: 0.002).decide(heldOut: comparison(1_000, 960, newCorrect), corrections: comparison(0, 0, 0))
        #expect(decision.promotes == promotes, "\(decision.reasons)")
    }

    @Test func correctionsCountToo() {
        let rule = PromotionRule(tolerance: 0.002, correctionTolerance: 0)
        #expect(rule.decide(heldOut: comparison(100, 90, 95), corrections: comparison(10, 5, 5)).promotes)
        let worse = rule.decide(heldOut: comparison(100, 90, 95), corrections: comparison(10, 5, 4))
        #expect(!worse.promotes && worse.reasons.count == 1 && worse.reasons[0].contains("corrections"))
    }

    @Test func withoutHeldOutPhotosNothingIsPromoted() {
        #expect(!PromotionRule(tolerance: 1).decide(heldOut: comparison(0, 0, 0), corrections: comparison(9, 0, 9)).promotes)
    }

    @Test func moreMayBeAskedFor() {
        let rule = PromotionRule(tolerance: -0.01)
        #expect(!rule.decide(heldOut: comparison(1_000, 900, 905), corrections: comparison(0, 0, 0)).promotes)
        #expect(rule.decide(heldOut: comparison(1_000, 900, 910), corrections: comparison(0, 0, 0)).promotes)
    }
}
