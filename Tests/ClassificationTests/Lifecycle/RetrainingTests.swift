import Classification
import Foundation
import Imaging
import ModelStore
import TestSupport
import Testing
import Training

@Suite(.serialized) struct RetrainingTests {
    private func options(_ store: PhotoModelStore, _ corrections: String?, rule: PromotionRule, photos: String? = nil, rate: Float = 0.02) -> Retraining.Options {
        Retraining.Options(
            store: store.path, corrections: corrections, photos: photos, rule: rule, epochs: 3, peakLearningRate: rate, batchSize: 16,
            precision: .float32, threads: 2)
    }

    @Test func correctionsImproveTheModelAndARollbackReturns() throws {
        let folder = try TemporaryFolder()
        let store = try DrawnPets.store(in: folder)
        #expect(try store.listing().promoted == 1)
        let before = try store.promoted().model
        try DrawnPets.draw(48, first: 1_000, to: folder("fresh"))
        let labels = try DrawnPets.labels(folder("fresh"))

        let outcome = try Retraining(options(store, labels, rule: PromotionRule(tolerance: 0.1, correctionTolerance: 0.2)))
            .perform(cacheFolder: folder("cache"))
        #expect(outcome.promoted, "\(outcome.text)")
        #expect(outcome.kept.added == 48 && outcome.corrections.photos == 12 && outcome.learnedCorrections.photos == 36)
        #expect(outcome.heldOut.photos > 0)
        #expect(try store.listing().promoted == 2)
        #expect(try store.promoted().model.parameters != before.parameters)
        #expect(try store.model(2).provenance.parent != nil)

        try store.versions.rollback()
        #expect(try store.promoted().model.parameters == before.parameters)

        // Nothing that was given is lost: the photos are in the store as they were.
        let kept = try CorrectionFolder(store.correctionsFolder).stored()
        #expect(kept.count == 48)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder("fresh")) where !name.hasSuffix("csv") {
            let digest = try ContentDigest(contentsOf: folder("fresh/" + name))
            let copy = try #require(kept[digest])
            #expect(copy.label == String(name.prefix(3)))
            #expect(try ContentDigest(contentsOf: copy.path) == digest)
        }
    }

    @Test func aModelThatFailsTheRuleIsKeptButNotPromoted() throws {
        let folder = try TemporaryFolder()
        let store = try DrawnPets.store(in: folder, photos: 100, epochs: 2)
        try DrawnPets.draw(24, first: 1_000, to: folder("fresh"))
        let labels = try DrawnPets.labels(folder("fresh"), swapped: true)
        // Nothing can be better by more than all photos.
        let impossible = PromotionRule(tolerance: -1.01, correctionTolerance: 1)
        let outcome = try Retraining(options(store, labels, rule: impossible)).perform(cacheFolder: folder("cache"))
        #expect(!outcome.promoted, "\(outcome.text)")
        #expect(outcome.text.contains("stays promoted"))
        let listing = try store.listing()
        #expect(listing.promoted == 1 && listing.versions.count == 2)
    }

    @Test func aCancelledRetrainingGoesOn() throws {
        let folder = try TemporaryFolder()
        let store = try DrawnPets.store(in: folder, photos: 100, epochs: 2)
        try DrawnPets.draw(24, first: 1_000, to: folder("fresh"))
        let rule = PromotionRule(tolerance: 1, correctionTolerance: 1)
        // Old photos from their folder this time, held out as they were in training.
        let run = folder("again")
        var steps = 0
        #expect(throws: TrainingError.self) {
            try Retraining(options(store, folder("fresh"), rule: rule, photos: folder("photos")), run: run).perform(
                cacheFolder: folder("cache"), isCancelled: {
                    steps += 1
                    return steps > 9
                })
        }
        let outcome = try Retraining(resuming: run, threads: 2).perform(cacheFolder: folder("cache"))
        #expect(outcome.promoted && outcome.newVersion == 2 && outcome.kept.added == 24)
        #expect(outcome.heldOut.photos == 20)
    }

    @Test func whatCannotBeLearnedFromIsRefused() throws {
        let folder = try TemporaryFolder()
        let store = PhotoModelStore(at: folder("models"))
        try DrawnPets.draw(8, to: folder("fresh"))
        let rule = PromotionRule()
        #expect(throws: VersionStoreError.self) { try Retraining(options(store, folder("fresh"), rule: rule)).perform(cacheFolder: folder("cache")) }

        try sampleModel().write(to: folder("model.safetensors"))
        try store.importModel(from: folder("model.safetensors"))
        try store.versions.promote(1)
        try folder.write("cat.0.jpg,hen\n", to: "fresh/hens.csv")
        #expect(throws: Corrections.UnknownClasses.self) {
            try Retraining(options(store, folder("fresh/hens.csv"), rule: rule)).perform(cacheFolder: folder("cache"))
        }
        try folder.write("not a picture", to: "bad/cat.0.jpg")
        try folder.write("cat.0.jpg,cat\n", to: "bad/labels.csv")
        #expect(throws: Retraining.NoCorrections.self) {
            try Retraining(options(store, folder("bad/labels.csv"), rule: rule)).perform(cacheFolder: folder("cache"))
        }
        // There is no sample of old photos, and none were given.
        let message = #expect(throws: (any Error).self) {
            try Retraining(options(store, folder("fresh"), rule: rule)).perform(cacheFolder: folder("cache"))
        }
        #expect("\(message!)".contains("--photos"))
    }
}

@Suite struct CorrectionsTests {
    @Test func jsonLinesOfClassifyAreRead() throws {
        let folder = try TemporaryFolder()
        try DrawnPets.draw(4, to: folder("photos"))
        try folder.write(
            """
            {"path":"cat.0.jpg","label":"dog","probability":0.7}
            {"path":"\(folder("photos/dog.0.jpg"))","label":"cat"}

            """, to: "photos/answers.jsonl")
        let corrections = try Corrections(reading: folder("photos/answers.jsonl"))
        #expect(corrections.items == [
            .init(path: folder("photos/cat.0.jpg"), label: "dog"), .init(path: folder("photos/dog.0.jpg"), label: "cat"),
        ])
        try folder.write("{\"path\":\"cat.0.jpg\"}\n", to: "photos/answers.jsonl")
        #expect(throws: Corrections.Problem.self) { try Corrections(reading: folder("photos/answers.jsonl")) }
        try folder.write("{\"path\":\n", to: "photos/answers.jsonl")
        #expect(throws: Corrections.Problem.self) { try Corrections(reading: folder("photos/answers.jsonl")) }
    }

    @Test func theLastLabelOfAPhotoCounts() throws {
        let folder = try TemporaryFolder()
        try DrawnPets.draw(4, to: folder("photos"))
        let kept = CorrectionFolder(folder("kept"))
        let photo = folder("photos/cat.0.jpg")
        let digest = try ContentDigest(contentsOf: photo)
        let first = try kept.keep(Corrections([.init(path: photo, label: "cat"), .init(path: photo, label: "a/b")]), heldOut: 0, seed: 1)
        #expect(first.added == 1)
        #expect(try kept.stored()[digest]?.label == "a/b")
        let second = try kept.keep(Corrections([.init(path: photo, label: "dog")]), heldOut: 0, seed: 1)
        #expect(second.relabeled == 1 && second.added == 0)
        let stored = try kept.stored()
        #expect(stored.count == 1 && stored[digest]?.label == "dog")
        let third = try kept.keep(Corrections([.init(path: photo, label: "dog"), .init(path: folder("none.jpg"), label: "dog")]), heldOut: 0, seed: 1)
        #expect(third.known == 1 && third.unreadable.count == 1)
    }

    @Test func theRuleLooksAtBothAndItsTolerance() {
        let rule = PromotionRule(tolerance: 0.01, correctionTolerance: 0)
        func decide(_ heldOut: (Int, Int), _ corrections: (Int, Int)) -> Bool {
            rule.decide(
                heldOut: .init(photos: 100, oldCorrect: heldOut.0, newCorrect: heldOut.1),
                corrections: .init(photos: 10, oldCorrect: corrections.0, newCorrect: corrections.1)).promotes
        }
        #expect(decide((90, 95), (2, 9)))
        #expect(decide((90, 89), (2, 2)))
        #expect(!decide((90, 88), (2, 9)))
        #expect(!decide((90, 95), (3, 2)))
        let nothing = PromotionRule.Comparison(photos: 0, oldCorrect: 0, newCorrect: 0)
        #expect(!rule.decide(heldOut: nothing, corrections: nothing).promotes)
    }
}
