import Foundation
import Recommendation
import Testing

@Suite struct MemberFileTests {
    private func file(_ text: String) throws -> MemberFile {
        let path = FileManager.default.temporaryDirectory.path + "/members-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        return try MemberFile(contentsOf: path)
    }

    @Test func whatIsWrittenIsRead() throws {
        #expect(try file(MemberFile(members: MemberConfiguration.all).text()).members == MemberConfiguration.all)
        var als = AlternatingLeastSquares.Configuration()
        (als.factors, als.penalty) = (96, 0.3)
        let members: [MemberConfiguration] = [.als(als), .neighbors(.unordered), .popularity(.init(halfLifeDays: 12))]
        #expect(try file(MemberFile(members: members).text()).members == members)
    }

    @Test func fieldsThatAreLeftOutAreAsUsual() throws {
        let members = try file(#"{"members": [{"name": "als", "configuration": {"factors": 32}}, {"name": "neighbors"}]}"#).members
        var als = AlternatingLeastSquares.Configuration()
        als.factors = 32
        #expect(members == [.als(als), .neighbors(nil)])
    }

    @Test(arguments: [
        ("", "is no configuration"), ("[1]", "is no configuration"), (#"{"members": []}"#, "names no model"),
        (#"{"members": [{"name": "magic"}]}"#, "magic"), (#"{"members": [{"name": "als"}, {"name": "als"}]}"#, "twice"),
        (#"{"members": [{"name": "als", "configuration": {"factors": 0}}]}"#, "from 1 to 1024"),
        (#"{"members": [{"name": "als", "configuration": {"factors": 1e9}}]}"#, "from 1 to 1024"),
        (#"{"members": [{"name": "als", "configuration": {"factors": 1.5}}]}"#, "whole"),
        (#"{"members": [{"name": "als", "configuration": {"factors": "many"}}]}"#, "factors"),
        (#"{"members": [{"name": "als", "configuration": {"factor": 8}}]}"#, "has no \"factor\""),
        (#"{"members": [{"name": "sequence", "configuration": {"heads": 3}}]}"#, "heads"),
    ])
    func whatCannotBeIsNamed(_ text: String, _ part: String) {
        do {
            _ = try file(text)
            Issue.record("read: \(text)")
        } catch {
            #expect("\(error)".contains(part), "\(error)")
        }
    }

    /// Every setting is a field of its model, and every limit one that the model can have.
    @Test func settingsAreFieldsOfTheirModels() throws {
        for setting in MemberSetting.allCases {
            let usual = try #require(MemberConfiguration.named(setting.member), "\(setting.rawValue)")
            if setting.rawValue != "popularity.halfLifeDays" { #expect(try usual.fields[setting.field] != nil, "\(setting.rawValue)") }
            // A transformer of one event has one frequency.
            let few: Double = setting.rawValue == "sequence.maximumLength" ? 4 : 1
            let changed = try usual.setting([setting.field: .number(setting.isWhole ? few : setting.limits.upperBound)])
            #expect(changed.name == setting.member)
            #expect(throws: MemberConfiguration.Invalid.self) { try usual.setting([setting.field: .number(setting.limits.upperBound * 2 + 1)]) }
            #expect(throws: MemberConfiguration.Invalid.self) { try usual.setting([setting.field: .text("x")]) }
            if setting.isWhole { #expect(throws: MemberConfiguration.Invalid.self) { try usual.setting([setting.field: .number(1.5)]) } }
        }
    }
}
