import Foundation
import Interactions
import Recommendation
import Testing
import Training

@Suite struct MemberTuningTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/tuning-\(UUID().uuidString)"

    /// A log in which an item is followed by the next one, so that backward pairs and a long memory mislead.
    private func questions() throws -> (TrainingData, [EvaluationCase]) {
        let log = try Histories.log(Histories.random(users: 400, items: 30, lengths: 4...12, seed: 2), items: 30)
        return RecommenderTraining.keepingBack(TrainingData(log: log), users: 150)
    }

    private func plan(_ data: String = "a log", seed: UInt64 = 1) throws -> MemberTuning.Plan {
        func ranges(_ texts: String...) throws -> [SettingRange<MemberSetting>] { try texts.map { try SettingRange(parsing: $0) } }
        return MemberTuning.Plan(
            members: [
                .init(base: .neighbors(nil), ranges: try ranges("neighbors.backward=0...1", "neighbors.decay=0...1")),
                .init(base: .als(.init()), ranges: try ranges("als.factors=4,8", "als.penalty=0.01...10:log")),
            ], trials: 4, factor: 2, cases: 100, seed: seed, data: data)
    }

    @Test func theBestSettingsAreFoundAndUsed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (data, cases) = try questions()
        var tuning = try MemberTuning(plan(), folder: folder, resuming: false)
        let found = try tuning.perform(data, validation: cases)
        #expect(found.map(\.member) == ["neighbors", "als"])
        #expect(found.allSatisfy { $0.ndcg >= $0.usual })
        // 4 trials with a quarter of the users, 2 with half, 1 with all, and the usual settings.
        for member in ["neighbors", "als"] {
            let own = tuning.results.filter { $0.member == member }
            #expect(own.map(\.round) == [1, 1, 1, 1, 2, 2, 3, 3])
            #expect(own.map(\.share) == [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 1, 1])
            #expect(own.last?.trial == 0 && own.allSatisfy { $0.failure == nil && $0.ndcg > 0 })
            let first = own.prefix(4).sorted { $0.ndcg > $1.ndcg }.prefix(2).map(\.trial)
            #expect(Set(own[4..<6].map(\.trial)) == Set(first))
        }
        // What trains with the file scores what the search says.
        let members = try MemberFile(contentsOf: tuning.configurationPath).members
        #expect(members.map(\.name) == ["neighbors", "als"])
        for (member, own) in zip(members, found) where own.isBetter { #expect(member == own.configuration) }
        #expect(FileManager.default.fileExists(atPath: folder + "/report.html"))
    }

    @Test func aSearchThatWasCutOffEndsTheSame() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (data, cases) = try questions()
        var whole = try MemberTuning(plan(), folder: folder + "/whole", resuming: false)
        let found = try whole.perform(data, validation: cases)
        _ = try MemberTuning(plan(), folder: folder + "/part", resuming: false)
        // Five results, and a sixth that was being written.
        let lines = try String(contentsOfFile: folder + "/whole/trials.jsonl", encoding: .utf8).split(separator: "\n")
        try Data((lines.prefix(5).joined(separator: "\n") + "\n" + lines[5].prefix(30)).utf8).write(to: URL(filePath: folder + "/part/trials.jsonl"))
        var part = try MemberTuning(plan(), folder: folder + "/part", resuming: true)
        #expect(part.results == Array(whole.results.prefix(5)))
        let again = try part.perform(data, validation: cases)
        #expect(again.map(\.configuration) == found.map(\.configuration))
        #expect(part.results.map(\.ndcg) == whole.results.map(\.ndcg))

        #expect(throws: MemberTuning.Refused.self) { try MemberTuning(plan(), folder: folder + "/whole", resuming: false) }
        #expect(throws: MemberTuning.Refused.self) { try MemberTuning(plan("another log"), folder: folder + "/whole", resuming: true) }
        #expect(throws: MemberTuning.Refused.self) { try MemberTuning(plan(seed: 2), folder: folder + "/whole", resuming: true) }
        #expect(throws: MemberTuning.Refused.self) { try MemberTuning(plan(), folder: folder + "/none", resuming: true) }
    }

    @Test func aTrialThatFailsIsNoError() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (data, cases) = try questions()
        var tooLarge = EASE.Configuration()
        tooLarge.bytes = 1
        let plan = MemberTuning.Plan(
            members: [.init(base: .ease(tooLarge), ranges: [try SettingRange(parsing: "ease.penalty=1...10")])], trials: 2, factor: 2, data: "a log")
        var tuning = try MemberTuning(plan, folder: folder, resuming: false)
        let found = try tuning.perform(data, validation: cases)
        #expect(tuning.results.allSatisfy { $0.failure != nil && $0.ndcg == 0 })
        #expect(found.count == 1 && !found[0].isBetter && found[0].configuration == .ease(tooLarge))
    }

    @Test(arguments: ["als.factors=0,8", "als.factors=1.5", "als.speed=1", "factors=8", "neighbors.decay=0.5...2"])
    func badRangesAreRefused(_ text: String) {
        #expect(throws: SettingRange<MemberSetting>.Problem.self) { try SettingRange<MemberSetting>(parsing: text) }
    }
}
