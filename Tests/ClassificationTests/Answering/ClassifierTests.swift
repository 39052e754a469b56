import CartoonPets
import Classification
import Foundation
import Imaging
import Synchronization
import TestSupport
import Testing

/// A classifier answers files in order, whatever some of them hold.
@Suite struct ClassifierTests {
    private static func picture(_ number: Int) throws -> [UInt8] {
        try ImageEncoder.jpeg(PetPainter(seed: 3).picture(of: number % 2 == 0 ? .cat : .dog, number: number, size: 48))
    }

    @Test func answersManyFilesInOrderAsItAnswersThemAlone() throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for number in 0..<23 { files.append(try folder.write(Self.picture(number), to: "\(number).jpg")) }
        files.insert(try folder.write("no picture", to: "text.jpg"), at: 5)
        files.insert(folder("missing.jpg"), at: 11)
        let classifier = try Classifier(sampleModel(), options: .init(precision: .float32, threads: 2, batch: 4))
        let collected = Collected()
        try classifier.classify(files: files) { position, result in collected.add(position, result) }
        let results = collected.all
        #expect(results.map(\.0) == Array(files.indices))
        for (position, result) in results {
            switch result {
            case .success(let answer):
                let alone = try classifier.classify(contentsOf: files[position])
                #expect(zip(answer.probabilities, alone.probabilities).allSatisfy { abs($0 - $1) < 1e-4 })
                #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-5)
            case .failure(let error):
                #expect(position == 5 || position == 11)
                #expect((error as? ImageError)?.path == files[position])
            }
        }
        #expect(results.filter { if case .failure = $0.1 { true } else { false } }.count == 2)
    }

    @Test func errorOfTheReceiverEndsTheWork() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let files = try (0..<12).map { try folder.write(Self.picture($0), to: "\($0).jpg") }
        let classifier = try Classifier(sampleModel(), options: .init(precision: .float32, threads: 2, batch: 2))
        let received = Mutex(0)
        #expect(throws: Stop.self) {
            try classifier.classify(files: files) { position, _ in
                received.withLock { $0 += 1 }
                if position == 3 { throw Stop() }
            }
        }
        #expect(received.withLock { $0 } == 4)
    }

    @Test func flipAveragingAnswersAPhotoAndItsMirrorImageAlike() throws {
        var model = try sampleModel()
        model.calibration.flipAveraging = true
        let classifier = try Classifier(model, options: .init(precision: .float32, threads: 1))
        let image = PetPainter(seed: 5).picture(of: .dog, number: 1, size: 32)
        let (one, other) = (try classifier.classify(image), try classifier.classify(image.mirrored()))
        #expect(zip(one.probabilities, other.probabilities).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func recordsSayWhatTheyDocument() throws {
        let answer = Answer(probabilities: [0.2, 0.8], isNeither: true, rejectionScore: 3)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = AnswerRecord(path: "a/b,\"c\".jpg", .success(answer), classes: ["cat", "dog"], threshold: 2, top: 1)
        #expect(String(decoding: try encoder.encode(record), as: UTF8.self)
            == #"{"candidates":[{"label":"dog","probability":0.8}],"label":"neither","neither":true,"neitherScore":3,"neitherThreshold":2,"path":"a/b,\"c\".jpg","probability":0.8}"#)
        #expect(record.csvRow == "\"a/b,\"\"c\"\".jpg\",neither,0.8,true,3.0,")
        let failed = AnswerRecord(
            path: "x", .failure(ImageError(.wrongFormat(.gif), path: "x")), classes: ["cat", "dog"], threshold: nil)
        #expect(failed.error?.kind == "wrong-format")
        #expect(failed.label == nil && failed.csvRow.hasPrefix("x,,,,,"))
    }

    private final class Collected: Sendable {
        private let results = Mutex<[(Int, Result<Answer, any Error>)]>([])
        func add(_ position: Int, _ result: Result<Answer, any Error>) { results.withLock { $0.append((position, result)) } }
        var all: [(Int, Result<Answer, any Error>)] { results.withLock { $0 } }
    }
}
