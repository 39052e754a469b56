import Interactions
import ModelStore

/// A rating model as part of a model file, beside whatever else is in it.
extension RatingModel {
    private static let prefix = "ratings"

    private struct Header: Codable {
        var configuration: Configuration
        var lowest: Float
        var highest: Float
        var mean: Float
        var deviation: Float
        var clock: RatingClock?
        var draws: Int
        var constant: Float
        var noisePrecision: Float
    }

    /// Parts of the posterior by name, and whether they are factors, which are kept with half the bits.
    private static let parts: [(name: String, path: WritableKeyPath<RatingPosterior, [Float]> & Sendable, isHalf: Bool)] = [
        ("user-bias", \.userBias, false), ("user-factors", \.userFactors, true), ("item-bias", \.itemBias, false),
        ("item-factors", \.itemFactors, true), ("rated-bias", \.ratedBias, false), ("rated-factors", \.ratedFactors, true),
        ("user-mean", \.userMean, false), ("user-variance", \.userVariance, false), ("frequency-bias", \.frequencyBias, false),
        ("frequency-factors", \.frequencyFactors, false), ("day-bias", \.dayBias, false), ("drift-bias", \.driftBias, false),
        ("item-time-bias", \.itemTimeBias, false),
    ]

    /// Whether a file holds a rating model.
    public static func isPart(of file: ModelFile) -> Bool { isPart(of: file.sections) }

    /// Whether the file of these sections holds one; needs no parameters to be read.
    public static func isPart(of sections: ModelSections) -> Bool { sections.contains(ModelFile.Section("\(prefix).header")) }

    /// Adds the model to a file.
    ///
    /// - Throws: `ModelFileError` when the header cannot be written as JSON.
    public func write(to file: inout ModelFile) throws {
        var archive = ModelArchive(file, prefix: Self.prefix)
        try archive.set(
            Header(
                configuration: configuration, lowest: range.lowerBound, highest: range.upperBound, mean: mean, deviation: deviation,
                clock: clock, draws: posterior.draws, constant: posterior.constant, noisePrecision: posterior.noisePrecision),
            named: "header")
        archive.set(names: users, named: "users")
        archive.set(names: items, named: "items")
        archive.set(words: FrozenArray(userRatings), named: "user-ratings")
        archive.set(words: FrozenArray(itemRatings), named: "item-ratings")
        archive.set(integers: days.starts, named: "day-starts")
        archive.set(integers: days.days, named: "days", as: .uint32)
        archive.set(integers: days.counts, named: "day-counts", as: .uint32)
        archive.set(floats: days.usual, named: "usual-days")
        for part in Self.parts { archive.set(floats: posterior[keyPath: part.path], named: part.name, half: part.isHalf) }
        file = archive.file
    }

    /// Reads the model of a file that has one.
    ///
    /// - Throws: `ModelFileError` and `ModelArchive.Malformed` when what is there makes no sense.
    public init(_ file: ModelFile) throws {
        let archive = ModelArchive(file, prefix: Self.prefix)
        let header = try archive.value(Header.self, named: "header")
        func malformed(_ part: String, _ problem: String) -> ModelArchive.Malformed { .init(part: "\(Self.prefix).\(part)", problem: problem) }
        do {
            try header.configuration.validate()
        } catch {
            throw malformed("header", "cannot be used: \(error)")
        }
        guard (1...64_000).contains(header.draws) else { throw malformed("header", "has \(header.draws) draws, not 1 to 64000") }
        guard header.lowest <= header.highest, [header.lowest, header.highest, header.mean, header.deviation].allSatisfy(\.isFinite) else {
            throw malformed("header", "has a scale that is none")
        }
        let (users, items) = (try archive.names(named: "users"), try archive.names(named: "items"))
        var posterior = RatingPosterior(draws: header.draws, factors: header.configuration.factors)
        (posterior.constant, posterior.noisePrecision) = (header.constant, header.noisePrecision)
        for part in Self.parts { posterior[keyPath: part.path] = try archive.floats(named: part.name).array }

        var days = UserDays(userCount: users.count)
        let rows = try archive.rows(starts: "day-starts", entries: "days", limit: RatingClock.dayLimit)
        days.starts = try rows.starts.checked(count: users.count + 1, "\(Self.prefix).day-starts")
        days.days = rows.entries.map(Int.init)
        days.counts = try archive.integers(named: "day-counts").map(Int.init).checked(count: days.days.count, "\(Self.prefix).day-counts")
        days.usual = try archive.floats(named: "usual-days").checked(count: users.count, "\(Self.prefix).usual-days").array
        guard days.counts.allSatisfy({ $0 >= 0 && $0 < RatingClock.dayLimit }) else { throw malformed("day-counts", "holds counts that are none") }

        let width = posterior.width, hasTimes = header.clock != nil
        if let clock = header.clock {
            guard (1...1_000).contains(clock.stretches), clock.first <= clock.last else { throw malformed("header", "has a clock that is none") }
        }
        let bins = posterior.frequencyBias.count
        guard hasTimes ? (2...65).contains(bins) : bins == 0 else { throw malformed("frequency-bias", "has \(bins) entries") }
        let expected: [String: Int] = [
            "user-bias": users.count, "user-factors": users.count * width, "item-bias": items.count, "item-factors": items.count * width,
            "rated-bias": items.count, "rated-factors": items.count * width, "user-mean": 1 + width, "user-variance": 1 + width,
            "frequency-factors": bins * width, "day-bias": hasTimes ? days.days.count : 0, "drift-bias": hasTimes ? users.count : 0,
            "item-time-bias": items.count * (header.clock?.stretches ?? 0), "frequency-bias": bins,
        ]
        for part in Self.parts {
            let values = try posterior[keyPath: part.path].checked(count: expected[part.name]!, "\(Self.prefix).\(part.name)")
            guard values.allSatisfy(\.isFinite) else { throw malformed(part.name, "holds values that are not finite") }
        }
        guard posterior.userVariance.allSatisfy({ $0 > 0 }), posterior.noisePrecision > 0 else {
            throw malformed("user-variance", "holds variances that are none")
        }
        func counts(_ part: String, _ count: Int) throws -> [UInt32] {
            try archive.integers(named: part).map { UInt32(clamping: $0) }.checked(count: count, "\(Self.prefix).\(part)")
        }
        self.init(
            configuration: header.configuration, users: users, items: items, range: header.lowest...header.highest, mean: header.mean,
            deviation: header.deviation, userRatings: try counts("user-ratings", users.count),
            itemRatings: try counts("item-ratings", items.count), clock: header.clock, days: days, posterior: posterior)
    }
}
