import Foundation

/// Where the real logs lie that are not part of the project; tests of them are skipped without it.
enum SharedLogs {
    static let folder: String? = {
        var candidates = [ProcessInfo.processInfo.environment["TANDEM_SHARED"]].compactMap { $0 }
        var ancestor = URL(fileURLWithPath: #filePath)
        while ancestor.path != "/" {
            ancestor.deleteLastPathComponent()
            candidates.append(ancestor.appendingPathComponent("shared").path)
        }
        return candidates.map { $0 + "/data/logs" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    static var isPresent: Bool { folder != nil }
}
