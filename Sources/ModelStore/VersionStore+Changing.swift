import FileStorage
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension VersionStore {
    /// Adds a model as the newest version. It is not promoted.
    ///
    /// - Parameters:
    ///   - model: the model.
    ///   - metrics: what was measured, by name; when `nil`, the numbers of the model's section `metrics`.
    ///   - note: anything worth remembering.
    ///   - date: when, by default now.
    /// - Throws: ``VersionStoreError``, ``SafetensorsError`` when a parameter cannot be stored as it asks.
    @discardableResult
    public func add(
        _ model: ModelFile, metrics: [String: Double]? = nil, note: String = "", date: Date = Date()
    ) throws -> ModelVersion {
        let metrics = metrics ?? (try? model.section([String: Double].self, named: .metrics)) ?? [:]
        if let name = metrics.keys.sorted().first(where: { !metrics[$0]!.isFinite }) {
            throw VersionStoreError.invalidMetric(name: name)
        }
        return try withLock(creating: true) {
            let number = max(try numbers().last ?? 0, try history().promotions.map(\.version).max() ?? 0) + 1
            let staging = versionsFolder + "/" + Self.stagingPrefix + String(UInt64.random(in: .min ... .max), radix: 16)
            try Folder.create(staging)
            defer { if Folder.exists(staging) { Folder.remove(staging) } }
            do {
                let modelPath = staging + "/" + Self.modelName
                let checksum = try model.write(to: modelPath)
                let byteCount = Int(try FileDescriptor(opening: modelPath, flags: O_RDONLY).status().st_size)
                let version = ModelVersion(
                    number: number, created: date.wholeSeconds, metrics: metrics, note: note, checksum: checksum,
                    byteCount: byteCount, parameterCount: model.parameterCount)
                let record = try VersionRecord.encoder().encode(
                    VersionRecord(format: VersionRecord.currentFormat, version: version))
                try AtomicFile.write(record, to: staging + "/" + Self.recordName)
                try Folder.rename(staging, to: folder(number))
                return version
            } catch let error as FileError {
                // The caller knows nothing of the temporary folder.
                throw FileError(error.operation, path: folder(number), code: error.code)
            } catch let error as SafetensorsError {
                throw SafetensorsError(error.problem, path: modelPath(number), tensor: error.tensor)
            }
        }
    }

    /// Adds the model in the file at `source`, after checking it, as the newest version. It is not promoted.
    ///
    /// - Parameters:
    ///   - source: a model file, for example one that ``export(_:to:)`` wrote.
    ///   - metrics: what was measured, by name; when `nil`, the numbers of the model's section `metrics`.
    ///   - note: anything worth remembering.
    ///   - date: when, by default now.
    /// - Throws: ``FileError``, ``SafetensorsError`` or ``ModelFileError`` when the file is no sound model,
    ///   ``VersionStoreError``.
    @discardableResult
    public func importModel(
        from source: String, metrics: [String: Double]? = nil, note: String = "", date: Date = Date()
    ) throws -> ModelVersion {
        try add(ModelFile(contentsOf: source), metrics: metrics, note: note, date: date)
    }

    /// Puts a version in service, after checking its model. Promoting the version in service changes nothing.
    ///
    /// - Throws: ``VersionStoreError``, ``SafetensorsError`` or ``ModelFileError`` when the model is damaged.
    @discardableResult
    public func promote(_ number: Int, date: Date = Date()) throws -> ModelVersion {
        try withLock {
            let version = try version(number)
            _ = try model(number)
            var history = try history()
            if history.promoted != number {
                history.append(Promotion(kind: .promote, version: number, date: date.wholeSeconds))
                try AtomicFile.write(history.text(), to: historyPath)
            }
            return version
        }
    }

    /// Puts the version in service that was so before the present one; again, the one before that.
    ///
    /// - Returns: the version now in service.
    /// - Throws: ``VersionStoreError``, ``SafetensorsError`` or ``ModelFileError`` when the earlier model is damaged.
    @discardableResult
    public func rollback(date: Date = Date()) throws -> ModelVersion {
        try withLock {
            var history = try history()
            guard let promoted = history.promoted else { throw VersionStoreError.nothingPromoted(store: path) }
            guard let target = history.rollbackTarget(among: try numbers()) else {
                throw VersionStoreError.nothingToRollBackTo(store: path, promoted: promoted)
            }
            let version = try version(target)
            _ = try model(target)
            history.append(Promotion(kind: .rollback, version: target, date: date.wholeSeconds))
            try AtomicFile.write(history.text(), to: historyPath)
            return version
        }
    }

    /// Removes old versions. The version in service, the one that a rollback returns to and the newest `count` stay.
    ///
    /// - Parameter count: how many of the newest to keep, at least 1.
    /// - Returns: the numbers of the versions removed.
    /// - Throws: ``VersionStoreError``.
    @discardableResult
    public func prune(keeping count: Int) throws -> [Int] {
        guard count >= 1 else { throw VersionStoreError.mustKeepOne(asked: count) }
        return try withLock {
            let numbers = try numbers()
            let history = try history()
            let kept = Set(numbers.suffix(count))
                .union([history.promoted, history.rollbackTarget(among: numbers)].compactMap { $0 })
            let removed = numbers.filter { !kept.contains($0) }
            for number in removed { try erase(number) }
            return removed
        }
    }

    /// Removes some versions, all or none of them; also one that a rollback would return to.
    ///
    /// - Throws: ``VersionStoreError`` where one of them is not there, or in service.
    public func remove(_ numbers: some Sequence<Int>) throws {
        try withLock {
            let numbers = Set(numbers).sorted()
            for number in numbers { _ = try version(number) }
            if let promoted = try history().promoted, numbers.contains(promoted) {
                throw VersionStoreError.inService(promoted, store: path)
            }
            for number in numbers { try erase(number) }
        }
    }

    /// In one step out of every reader's sight, then gone.
    private func erase(_ number: Int) throws {
        let hidden = versionsFolder + "/" + Self.removalPrefix + Self.folderName(number)
        try Folder.rename(folder(number), to: hidden)
        Folder.remove(hidden)
    }

    private static let stagingPrefix = ".adding-"
    private static let removalPrefix = ".removing-"

    /// Runs `body` while no other process or thread changes the store.
    private func withLock<Result>(creating: Bool = false, _ body: () throws -> Result) throws -> Result {
        guard creating || Folder.exists(versionsFolder) else { throw VersionStoreError.noStore(path: path) }
        let lockPath = path + "/lock"
        do {
            if creating { try Folder.create(versionsFolder) }
            let lock = try FileDescriptor(opening: lockPath, flags: O_RDWR | O_CREAT)
            let deadline = ContinuousClock.now + .seconds(lockTimeout)
            while !lock.tryLock() {
                guard errno == EWOULDBLOCK else { throw FileError(.lock, path: lock.path) }
                guard ContinuousClock.now < deadline else {
                    throw VersionStoreError.busy(store: path, seconds: lockTimeout)
                }
                usleep(10_000)
            }
            // The lock goes when the file is closed, which must not be before the end.
            return try withExtendedLifetime(lock) {
                clearLeftovers()
                return try body()
            }
        } catch let error as FileError {
            // What cannot be read is told as it is; all else stood in the way of the change.
            guard error.operation == .read || (error.operation == .open && error.path != lockPath) else {
                throw VersionStoreError.cannotWrite(store: path, error)
            }
            throw error
        }
    }

    /// Only the holder of the lock writes here, so whatever is unfinished was left by a process that was killed.
    private func clearLeftovers() {
        AtomicFile.removeLeftovers(in: path)
        for name in (try? Folder.names(in: versionsFolder)) ?? []
        where name.hasPrefix(Self.stagingPrefix) || name.hasPrefix(Self.removalPrefix) {
            Folder.remove(versionsFolder + "/" + name)
        }
    }
}

private extension Date {
    /// Dates are stored to the second; what is returned equals what will be read.
    var wholeSeconds: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
