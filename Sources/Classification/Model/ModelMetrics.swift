/// What was measured of a model, each on photos it was not trained on.
public struct ModelMetrics: Hashable, Codable, Sendable {
    public var validationAccuracy: Double?
    public var validationLoss: Double?
    public var testAccuracy: Double?
    public var testPhotos: Int?
    public var expectedCalibrationError: Double?

    public init() {}

    /// Named numbers for a store of versions.
    public var byName: [String: Double] {
        var result: [String: Double] = [:]
        result["validation accuracy"] = validationAccuracy
        result["validation loss"] = validationLoss
        result["test accuracy"] = testAccuracy
        result["expected calibration error"] = expectedCalibrationError
        return result
    }
}
