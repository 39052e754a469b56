#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One step in the history of a store: which version was put in service, and whether as a step forward or back.
public struct Promotion: Codable, Equatable, Sendable {
    /// Forward to a version, or back to one promoted earlier.
    public enum Kind: String, Codable, Sendable {
        case promote, rollback
    }

    public let kind: Kind
    /// The version in service from then on.
    public let version: Int
    /// When, to the second.
    public let date: Date
}

/// All promotions of a store, in order; what is in service and what a rollback returns to follow from them.
struct PromotionHistory {
    static let format = 1

    private(set) var promotions: [Promotion] = []
    /// Versions promoted and not rolled back from, the one in service last.
    private(set) var stack: [Int] = []

    var promoted: Int? { stack.last }

    /// The version that a rollback returns to, of those still in the store.
    func rollbackTarget(among available: some Collection<Int>) -> Int? {
        stack.dropLast().last { $0 != promoted && available.contains($0) }
    }

    mutating func append(_ promotion: Promotion) {
        promotions.append(promotion)
        if promotion.kind == .rollback {
            stack.removeLast(stack.isEmpty ? 0 : 1)
            while let last = stack.last, last != promotion.version { stack.removeLast() }
            if stack.last == promotion.version { return }
        }
        stack.append(promotion.version)
    }

    init() {}

    /// Reads JSON lines, one for each promotion, after a line that names the format.
    init(parsing text: String, path: String) throws(VersionStoreError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let decoder = VersionRecord.decoder()
        for (index, line) in lines.enumerated() where !(line.isEmpty && index == lines.count - 1) {
            do {
                if index == 0 {
                    let header = try decoder.decode(Header.self, from: Data(line.utf8))
                    guard header.format == Self.format else {
                        throw VersionStoreError.otherFormat(path: path, found: header.format, supported: Self.format)
                    }
                } else {
                    append(try decoder.decode(Promotion.self, from: Data(line.utf8)))
                }
            } catch let error as VersionStoreError {
                throw error
            } catch {
                let (field, reason) = ModelSections.explain(error)
                throw .corruptHistory(path: path, line: index + 1, reason: field.isEmpty ? reason : "\(field): \(reason)")
            }
        }
        if lines.first?.isEmpty ?? true {
            throw .corruptHistory(path: path, line: 1, reason: "the file is empty")
        }
    }

    func text() throws -> String {
        let encoder = VersionRecord.encoder()
        var lines = [try encoder.encode(Header(format: Self.format))]
        for promotion in promotions { lines.append(try encoder.encode(promotion)) }
        return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    private struct Header: Codable { let format: Int }
}
