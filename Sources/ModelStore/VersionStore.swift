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

/// A folder that keeps the versions of a model, and knows which one is in service.
///
/// ```
/// versions/0001/model.safetensors   one folder for each version, never changed once it has its name
/// versions/0001/version.json
/// promotions.jsonl                  every promotion and rollback, replaced in one step
/// lock                              held by a process while it changes the store
/// ```
///
/// Any number of processes may use a store at once. Those that change it take turns. Readers need no lock, and no
/// permission to write: a version gets its name only when all of it is on the disk. A process that is killed leaves
/// nothing that others see; the next change clears it away.
public struct VersionStore: Sendable {
    /// The folder.
    public let path: String
    /// How long a change waits for another process to finish its own, in seconds.
    public let lockTimeout: Double

    /// A store in the folder at `path`. The folder need not exist yet: adding the first model creates it.
    public init(at path: String, lockTimeout: Double = 30) {
        self.path = path.utf8.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.lockTimeout = lockTimeout
    }

    /// All versions, oldest first.
    ///
    /// - Throws: ``VersionStoreError``, ``FileError`` when the store cannot be read.
    public func list() throws -> [ModelVersion] {
        try numbers().compactMap { number in
            do { return try version(number) } catch VersionStoreError.unknownVersion {
                // Pruned since the names were read.
                return nil
            }
        }
    }

    /// One version.
    ///
    /// - Throws: ``VersionStoreError``, ``FileError`` when the store cannot be read.
    public func version(_ number: Int) throws -> ModelVersion {
        let recordPath = folder(number) + "/" + Self.recordName
        let data: Data
        do { data = try readWhole(recordPath) } catch let error as FileError where error.isMissing {
            if Folder.exists(folder(number)) {
                throw VersionStoreError.corruptRecord(path: recordPath, reason: "the file is missing")
            }
            throw VersionStoreError.unknownVersion(store: path, number: number, available: try numbers())
        }
        struct FormatOnly: Decodable { let format: Int }
        do {
            let decoder = VersionRecord.decoder()
            let format = try decoder.decode(FormatOnly.self, from: data).format
            guard format == VersionRecord.currentFormat else {
                throw VersionStoreError.otherFormat(
                    path: recordPath, found: format, supported: VersionRecord.currentFormat)
            }
            let version = try decoder.decode(VersionRecord.self, from: data).version
            guard version.number == number else {
                throw VersionStoreError.corruptRecord(
                    path: recordPath, reason: "it is about version \(version.number) instead of \(number)")
            }
            return version
        } catch let error as VersionStoreError {
            throw error
        } catch {
            let (field, reason) = ModelSections.explain(error)
            throw VersionStoreError.corruptRecord(
                path: recordPath, reason: field.isEmpty ? reason : "\(field): \(reason)")
        }
    }

    /// The version in service; `nil` when none was promoted yet.
    ///
    /// - Throws: ``VersionStoreError``, ``FileError`` when the store cannot be read.
    public func promoted() throws -> ModelVersion? {
        try readingPromoted { try version($0) }
    }

    /// The version in service with its model.
    ///
    /// - Throws: ``VersionStoreError`` when none was promoted yet, and whatever ``model(_:)`` throws.
    public func promotedModel() throws -> (version: ModelVersion, model: ModelFile) {
        guard let found = try readingPromoted({ (try version($0), try model($0)) }) else {
            throw VersionStoreError.nothingPromoted(store: path)
        }
        return found
    }

    /// The model of a version, checked.
    ///
    /// - Throws: ``VersionStoreError``, ``SafetensorsError`` or ``ModelFileError`` when its file is damaged,
    ///   ``FileError`` when it cannot be read.
    public func model(_ number: Int) throws -> ModelFile {
        let version = try version(number)
        let file = try open(version)
        guard let written = file.metadata[ModelFile.checksumKey], written == version.checksum else {
            throw VersionStoreError.corruptRecord(
                path: folder(number) + "/" + Self.recordName,
                reason: "the model beside it is another one than the record is about")
        }
        return try ModelFile(file)
    }

    /// Where the model file of a version lies. It is never changed, but may be pruned.
    public func modelPath(_ number: Int) -> String { folder(number) + "/" + Self.modelName }

    /// All promotions and rollbacks, oldest first.
    ///
    /// - Throws: ``VersionStoreError``, ``FileError`` when the store cannot be read.
    public func promotions() throws -> [Promotion] { try history().promotions }

    /// Two versions side by side.
    ///
    /// - Throws: ``VersionStoreError``, ``SafetensorsError``, ``ModelFileError``, ``FileError``.
    public func compare(_ first: Int, _ second: Int) throws -> VersionComparison {
        let versions = (try version(first), try version(second))
        return try VersionComparison((versions.0, try open(versions.0)), (versions.1, try open(versions.1)))
    }

    /// Writes the model of a version to a file of its own, in one step, after checking it.
    ///
    /// - Throws: ``VersionStoreError``, ``SafetensorsError``, ``ModelFileError``, ``FileError``.
    public func export(_ number: Int, to destination: String) throws {
        try model(number).write(to: destination)
    }

    static let modelName = "model.safetensors"
    static let recordName = "version.json"

    var versionsFolder: String { path + "/versions" }
    var historyPath: String { path + "/promotions.jsonl" }

    func folder(_ number: Int) -> String { versionsFolder + "/" + Self.folderName(number) }

    static func folderName(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The numbers of the versions there are, ascending.
    func numbers() throws -> [Int] {
        let names: [String]
        do { names = try Folder.names(in: versionsFolder) } catch {
            guard error.isMissing else { throw error }
            throw VersionStoreError.noStore(path: path)
        }
        // Anything else, such as what a killed process left, is no version.
        return names.compactMap { name in Int(name).flatMap { $0 > 0 && Self.folderName($0) == name ? $0 : nil } }
            .sorted()
    }

    func history() throws -> PromotionHistory {
        guard Folder.exists(versionsFolder) else { throw VersionStoreError.noStore(path: path) }
        let data: Data
        do { data = try readWhole(historyPath) } catch let error as FileError where error.isMissing { return PromotionHistory() }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw VersionStoreError.corruptHistory(path: historyPath, line: 1, reason: "it is not UTF-8 text")
        }
        return try PromotionHistory(parsing: text, path: historyPath)
    }

    /// Runs `body` on the number of the version in service. That version may be replaced and then pruned while `body`
    /// is at it, so a failure counts only while the same version is still in service.
    private func readingPromoted<Result>(_ body: (Int) throws -> Result) throws -> Result? {
        while let number = try history().promoted {
            do { return try body(number) } catch {
                if try history().promoted == number { throw error }
            }
        }
        return nil
    }

    private func open(_ version: ModelVersion) throws -> SafetensorsFile {
        // Mapped, because a version is never changed: large models are there at once, and processes share them.
        do { return try SafetensorsFile(contentsOf: modelPath(version.number), isMapped: true) } catch let error as FileError
        where error.isMissing {
            if Folder.exists(folder(version.number)) { throw error }
            throw VersionStoreError.unknownVersion(store: path, number: version.number, available: try numbers())
        }
    }

    private func readWhole(_ path: String) throws -> Data {
        let descriptor = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
        let status = try descriptor.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.read, path: path, code: EINVAL) }
        // Far above any real record; a larger file is not ours.
        guard status.st_size <= 64 << 20 else { throw FileError(.read, path: path, code: EFBIG) }
        let bytes = try [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
        return Data(bytes)
    }
}
