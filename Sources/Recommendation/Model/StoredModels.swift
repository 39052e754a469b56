import Interactions
import ModelStore

// How each model lies in a file.

extension Popularity: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        try archive.set(time, named: "time")
        archive.set(floats: counts, named: "counts")
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        self.init(
            configuration: try archive.value(named: "configuration"), weights: context.weights, time: try archive.value(named: "time"),
            counts: try archive.floats(named: "counts").checked(count: context.itemCount, "popularity.counts").array)
    }
}

extension ItemNeighbors: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(floats: frequencies, named: "frequencies")
        archive.set(rows)
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        let configuration = try archive.value(Configuration.self, named: "configuration")
        try archive.check(configuration.window, configuration.steps, configuration.neighbors)
        self.init(
            configuration: configuration, weights: context.weights,
            frequencies: try archive.floats(named: "frequencies").checked(count: context.itemCount, "\(archive.prefix).frequencies").array,
            rows: try archive.sparseRows(count: context.itemCount))
    }
}

extension AlternatingLeastSquares: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(floats: factors, named: "factors")
        archive.set(floats: gram, named: "gram")
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        let configuration = try archive.value(Configuration.self, named: "configuration")
        guard (1...1024).contains(configuration.factors) else {
            throw ModelArchive.Malformed(part: "als.configuration", problem: "has \(configuration.factors) factors, not 1 to 1024")
        }
        let width = (configuration.factors + 15) / 16 * 16
        self.init(
            configuration: configuration, weights: context.weights,
            factors: try archive.floats(named: "factors").checked(count: context.itemCount * width, "als.factors"),
            gram: try archive.floats(named: "gram").checked(count: width * width, "als.gram").array)
    }
}

extension EASE: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(rows)
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        self.init(
            configuration: try archive.value(named: "configuration"), weights: context.weights,
            rows: try archive.sparseRows(count: context.itemCount))
    }
}

extension GraphFilter: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(rows)
        archive.set(floats: leading, named: "leading")
        archive.set(floats: norms, named: "norms")
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        self.init(
            configuration: try archive.value(named: "configuration"), weights: context.weights,
            rows: try archive.sparseRows(count: context.itemCount), leading: try archive.lanes(named: "leading", rows: context.itemCount),
            norms: try archive.floats(named: "norms").checked(count: context.itemCount, "graph.norms").array)
    }
}

extension SpectralFilter: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(users)
        archive.set(floats: leading, named: "leading")
        archive.set(floats: frequencies, named: "frequencies")
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        let configuration = try archive.value(Configuration.self, named: "configuration")
        guard (0...1024).contains(configuration.rank), (1...64).contains(configuration.degree) else {
            throw ModelArchive.Malformed(
                part: "spectral.configuration", problem: "has the rank \(configuration.rank) and the degree \(configuration.degree)")
        }
        self.init(
            configuration: configuration, weights: context.weights, users: try archive.sparseRows(limit: context.itemCount),
            leading: try archive.lanes(named: "leading", rows: context.itemCount),
            frequencies: try archive.floats(named: "frequencies").checked(count: context.itemCount, "spectral.frequencies").array)
    }
}

extension ModelArchive {
    mutating func set(_ rows: SparseRows) {
        set(integers: rows.starts, named: "starts")
        set(words: rows.columns, named: "neighbors")
        set(floats: rows.values, named: "values")
    }

    /// - Throws: `ModelArchive.Malformed` unless there are `count` rows that refer to `count` items.
    func sparseRows(count: Int) throws -> SparseRows {
        let rows = try sparseRows(limit: count)
        _ = try rows.starts.checked(count: count + 1, "\(prefix).starts")
        return rows
    }

    /// - Throws: `ModelArchive.Malformed` unless there are rows that refer to `limit` items.
    func sparseRows(limit: Int) throws -> SparseRows {
        let (starts, neighbors) = try rows(starts: "starts", entries: "neighbors", limit: limit)
        return SparseRows(
            starts: starts, columns: neighbors, values: try floats(named: "values").checked(count: neighbors.count, "\(prefix).values"))
    }
}

extension SessionNeighbors: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        archive.set(integers: sessionStarts, named: "starts")
        archive.set(words: sessionItems, named: "items")
        archive.set(integers: holders.counts, named: "holders")
        archive.set(words: holders.latest, named: "latest")
        try archive.set(holders.repeats, named: "repeats")
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        let (starts, items) = try archive.rows(starts: "starts", entries: "items", limit: context.itemCount)
        let configuration = try archive.value(Configuration.self, named: "configuration")
        try archive.check(configuration.steps, configuration.sample, configuration.neighbors)
        let counts = try archive.integers(named: "holders").checked(count: context.itemCount, "sessions.holders").map(Int.init)
        guard counts.allSatisfy({ (0..<starts.count).contains($0) }) else {
            throw ModelArchive.Malformed(part: "sessions.holders", problem: "has more sessions than there are, or fewer than none")
        }
        let holders = SessionHolders(
            counts: counts, starts: SessionHolders.starts(of: counts, sample: configuration.sample),
            latest: try archive.words(named: "latest", limit: starts.count - 1), repeats: try archive.value(named: "repeats"))
        _ = try holders.latest.checked(count: holders.starts[context.itemCount], "sessions.latest")
        self.init(configuration: configuration, sessionStarts: starts, sessionItems: items, holders: holders)
    }
}

extension ContentSimilarity: StoredModel {
    /// What describes the items is in the catalog.
    public func write(to archive: inout ModelArchive) throws { try archive.set(configuration, named: "configuration") }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        let configuration = try archive.value(Configuration.self, named: "configuration")
        try archive.check(configuration.steps)
        self.init(
            configuration: configuration, weights: context.weights, itemCount: context.itemCount,
            catalog: context.catalog)
    }
}

extension Resurfacing: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        try archive.set(configuration, named: "configuration")
        try archive.set(isOrdered, named: "ordered")
        try archive.set(choice, named: "choice")
        archive.set(floats: conversions.waited, named: "waited")
        archive.set(floats: conversions.ended, named: "ended")
        archive.set(floats: conversions.both, named: "both")
        archive.set(floats: conversions.ratesBeside, named: "rates-beside")
        for (name, neighbors) in [("together", conversions.together), ("beside", conversions.beside)] {
            var part = archive.part(name)
            try neighbors.write(to: &part)
            archive.file = part.file
        }
    }

    public init(from archive: ModelArchive, context: ModelContext) throws {
        func counts(_ part: String) throws -> [Float] {
            let counts = try archive.floats(named: part).checked(count: context.itemCount, "resurfacing.\(part)").array
            guard counts.allSatisfy({ $0 >= 0 && $0 < .infinity }) else {
                throw ModelArchive.Malformed(part: "resurfacing.\(part)", problem: "counts fewer than none")
            }
            return counts
        }
        let choice = try archive.value(WaitingChoice.self, named: "choice"), rates = try counts("rates-beside")
        guard rates.allSatisfy({ $0 > 0 }) else {
            throw ModelArchive.Malformed(part: "resurfacing.rates-beside", problem: "has shares that are not above zero")
        }
        let (waited, ended, both) = (try counts("waited"), try counts("ended"), try counts("both"))
        guard zip(both, zip(waited, ended)).allSatisfy({ $0 <= min($1.0, $1.1) }) else {
            throw ModelArchive.Malformed(part: "resurfacing.both", problem: "counts more users than waited and ended")
        }
        guard choice.isWhole else { throw ModelArchive.Malformed(part: "resurfacing.choice", problem: "has other numbers than it needs") }
        var ends = context
        ends.weights = .equal
        self.init(
            configuration: try archive.value(named: "configuration"), weights: context.weights, isOrdered: try archive.value(named: "ordered"),
            conversions: Conversions(
                waited: waited, ended: ended, both: both,
                together: try ItemNeighbors(from: archive.part("together"), context: ends),
                beside: try ItemNeighbors(from: archive.part("beside"), context: ends), ratesBeside: rates),
            choice: choice)
    }
}

extension RandomAccessCollection {
    /// - Throws: `ModelArchive.Malformed` where an array of a file has another length than it must.
    func checked(count expected: Int, _ part: String) throws -> Self {
        guard count == expected else { throw ModelArchive.Malformed(part: part, problem: "has \(count) entries instead of \(expected)") }
        return self
    }
}
