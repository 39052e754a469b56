import FileStorage

/// Why a store of model versions could not do what was asked. Nothing in the store has changed then.
///
/// Damage to the file of a model is reported by ``ModelFileError`` or ``SafetensorsError``.
public enum VersionStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no store at the path.
    case noStore(path: String)
    /// The system does not let the store be changed.
    case cannotWrite(store: String, FileError)
    /// Another process has been changing the store all the time that was waited.
    case busy(store: String, seconds: Double)
    /// The store has no version of that number.
    case unknownVersion(store: String, number: Int, available: [Int])
    /// No version has been promoted yet.
    case nothingPromoted(store: String)
    /// There is no version, still in the store, that was promoted before the present one.
    case nothingToRollBackTo(store: String, promoted: Int)
    /// What the store keeps about a version cannot be read.
    case corruptRecord(path: String, reason: String)
    /// The history of promotions cannot be read.
    case corruptHistory(path: String, line: Int, reason: String)
    /// The store was written in a format that this program does not read.
    case otherFormat(path: String, found: Int, supported: Int)
    /// A metric is not a finite number.
    case invalidMetric(name: String)
    /// The version that is to be removed is in service.
    case inService(Int, store: String)
    /// Fewer than one version were to be kept.
    case mustKeepOne(asked: Int)

    public var description: String {
        switch self {
        case .noStore(let path):
            "\(path): there is no model store here. Check the path; `train` makes a store when it adds the first model."
        case .cannotWrite(let store, let error):
            "\(store): the model store cannot be changed: \(error)"
        case .busy(let store, let seconds):
            "\(store): another process has been changing the model store for \(seconds) seconds. "
                + "Wait for it, or end it if it hangs, then try again."
        case .unknownVersion(let store, let number, let available):
            "\(store): there is no version \(number); "
                + (available.isEmpty
                    ? "the store is empty." : "there are \(available.map(String.init).joined(separator: ", ")).")
                + " List the versions and choose one of them."
        case .nothingPromoted(let store):
            "\(store): no version has been promoted. Promote one first."
        case .nothingToRollBackTo(let store, let promoted):
            "\(store): version \(promoted) is promoted, and none that was promoted before it is still in the store. "
                + "Promote another version instead."
        case .corruptRecord(let path, let reason):
            "\(path): the record of this version cannot be read: \(reason). "
                + "Restore it from a copy, or remove the version's folder."
        case .corruptHistory(let path, let line, let reason):
            "\(path), line \(line): the history of promotions cannot be read: \(reason). "
                + "Restore it from a copy, or remove the lines from here on: the versions themselves are safe."
        case .otherFormat(let path, let found, let supported):
            "\(path): the store is in format \(found), and this program reads format \(supported). "
                + "Use the program that wrote it, or export the models there and import them here."
        case .invalidMetric(let name):
            "the metric \"\(name)\" is not a finite number. Leave it out or correct it."
        case .inService(let number, let store):
            "\(store): version \(number) is in service. Promote another one, or train one, and then remove it."
        case .mustKeepOne(let asked):
            "\(asked) versions were to be kept. Keep at least 1."
        }
    }
}
