import Reporting

/// When a retrained model takes the place of the one in service: it must be no worse on held-out photos and on held-out
/// corrections, each within a tolerance.
public struct PromotionRule: Sendable, Hashable, Codable {
    /// How much lower the share of held-out photos answered right may be, up to 1; below 0, how much higher it must be.
    public var tolerance: Double
    /// The same for held-out corrections.
    public var correctionTolerance: Double

    public init(tolerance: Double = 0.002, correctionTolerance: Double = 0) {
        self.tolerance = tolerance
        self.correctionTolerance = correctionTolerance
    }

    /// How many of the same photos two models answer right.
    public struct Comparison: Sendable, Hashable, Codable {
        public var photos: Int
        public var oldCorrect: Int
        public var newCorrect: Int

        public init(photos: Int, oldCorrect: Int, newCorrect: Int) {
            self.photos = photos
            self.oldCorrect = oldCorrect
            self.newCorrect = newCorrect
        }

        public var oldAccuracy: Double { photos == 0 ? 0 : Double(oldCorrect) / Double(photos) }
        public var newAccuracy: Double { photos == 0 ? 0 : Double(newCorrect) / Double(photos) }

        /// Whether the new model is right at least as often, less a tolerance.
        func isNoWorse(within tolerance: Double) -> Bool { newAccuracy >= oldAccuracy - tolerance - 1e-12 }

        func sentence(_ what: String) -> String {
            "\(what): \(HumanReadable.count(photos)) photos, old \(HumanReadable.percentage(oldAccuracy)), "
                + "new \(HumanReadable.percentage(newAccuracy))"
        }
    }

    /// A decision with its reasons.
    public struct Decision: Sendable, Hashable, Codable {
        public var promotes: Bool
        public var reasons: [String]
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - heldOut: old photos that neither model was trained on; a model that nothing was measured on is not promoted.
    ///   - corrections: corrected photos that neither was trained on; may be none.
    public func decide(heldOut: Comparison, corrections: Comparison) -> Decision {
        guard heldOut.photos > 0 else {
            return Decision(promotes: false, reasons: ["there are no held-out photos to compare on; give --photos with old ones"])
        }
        var reasons: [String] = []
        if !heldOut.isNoWorse(within: tolerance) {
            reasons.append("worse on held-out photos by \(points(heldOut)), more than \(points(tolerance)) are allowed")
        }
        if corrections.photos > 0, !corrections.isNoWorse(within: correctionTolerance) {
            reasons.append("worse on held-out corrections by \(points(corrections)), more than \(points(correctionTolerance)) are allowed")
        }
        if !reasons.isEmpty { return Decision(promotes: false, reasons: reasons) }
        reasons.append(
            heldOut.newCorrect >= heldOut.oldCorrect
                ? "no worse on held-out photos" : "worse on held-out photos by \(points(heldOut)), which is within the tolerance")
        reasons.append(
            corrections.photos == 0 ? "no corrections were held out" : "no worse on held-out corrections")
        return Decision(promotes: true, reasons: reasons)
    }

    /// The rule in words.
    public var description: String {
        "promoted when accuracy on held-out photos falls by at most \(points(tolerance)) and on held-out corrections by at most "
            + points(correctionTolerance)
    }

    private func points(_ share: Double) -> String { HumanReadable.significant(share * 100) + " percentage points" }
    private func points(_ comparison: Comparison) -> String { points(comparison.oldAccuracy - comparison.newAccuracy) }
}
