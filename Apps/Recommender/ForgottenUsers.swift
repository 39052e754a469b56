import EventStore
import FileStorage
import Foundation
import ModelStore
import Recommendation
import Reporting

/// What a folder of models still has of people who were forgotten.
struct ForgottenUsers {
    var versions: VersionStore

    /// Versions that learned from events that a store has no more.
    func versions(behind store: some EventStore) throws -> [Int] {
        try learned { provenance, _ in
            guard let position = provenance.position else { return false }
            return try store.interactionLog(since: nil, until: nil, upTo: position).eventCount < provenance.events
        }
    }

    /// Versions that were trained when a user's events were there, or that name the user.
    ///
    /// - Parameter first: the position of the user's first event; nil where the store has none.
    func versions(knowing user: String, from first: Int64?) throws -> [Int] {
        try learned { provenance, path in
            if let first, let position = provenance.position, position >= first { return true }
            guard RatingModel.isPart(of: try ModelSections(contentsOf: path)) else { return false }
            return try RatingModel(ModelFile(contentsOf: path)).users.number(of: user) != nil
        }
    }

    private func learned(_ isMeant: (RecommenderModel.Provenance, _ path: String) throws -> Bool) throws -> [Int] {
        let all: [ModelVersion]
        do { all = try versions.list() } catch VersionStoreError.noStore { return [] }
        return try all.map(\.number).filter { number in
            let path = versions.modelPath(number)
            return try isMeant(try ModelSections(contentsOf: path).section(named: .provenance), path)
        }
    }

    /// Takes the examples out of the pages of trainings that name a user.
    ///
    /// - Returns: the pages.
    func removeExamples(naming user: String) throws -> [String] {
        let numbers: [Int]
        do { numbers = try versions.list().map(\.number) } catch VersionStoreError.noStore { return [] }
        let pages = numbers.map(versions.reportPath) + [versions.keptReportPath]
        return try pages.filter { path in
            guard let data = FileManager.default.contents(atPath: path) else { return false }
            guard let changed = TrainingPage.withoutExamples(String(decoding: data, as: UTF8.self), naming: user) else { return false }
            try AtomicFile.write(changed, to: path)
            return true
        }
    }
}

extension VersionStore {
    /// Where the page of a version lies unless told otherwise: beside its model.
    func reportPath(of version: Int) -> String {
        URL(fileURLWithPath: modelPath(version)).deletingLastPathComponent().appendingPathComponent("report.html").path
    }

    /// Where the page of a retraining lies whose model was not put into service.
    var keptReportPath: String { "\(path)/retrain-report.html" }

    /// Versions in a sentence.
    static func words(_ numbers: [Int], _ word: String = "version") -> String {
        let names = numbers.map(String.init)
        guard let last = names.last, names.count > 1 else { return "\(word) \(names.first ?? "")" }
        return "\(word)s \(names.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// How one removes versions.
    func removal(of numbers: [Int]) -> String {
        "recommender models prune \(numbers.map(String.init).joined(separator: " "))" + (path == "models" ? "" : " --models \(path)")
    }
}
