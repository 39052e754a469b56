import Synchronization

extension Classifier {
    /// Answers the photos of a collection and compares with their classes.
    ///
    /// - Parameters:
    ///   - collection: whose classes are all among the model's.
    ///   - others: files of photos that show none of the classes.
    ///   - progress: called from other threads with how many are done.
    /// - Throws: ``OtherClasses``, errors of kernels. Photos that cannot be read are listed in the result.
    public func evaluate(
        _ collection: PhotoCollection, others: [String] = [],
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Evaluation {
        let indices = try collection.classNames.map { name in
            guard let index = classes.firstIndex(of: name) else { throw OtherClasses(name: name, known: classes) }
            return index
        }
        let first = collection.photos.count, total = first + others.count
        let results = try classifyAll(collection.photos.map(collection.filePath(of:))) { progress($0, total) }
        let otherResults = try classifyAll(others) { progress(first + $0, total) }
        var answered: [Evaluation.Photo] = [], known: [Answer] = [], failures: [Evaluation.Failure] = []
        for (photo, result) in zip(collection.photos, results) {
            switch result {
            case .success(let answer):
                answered.append(Evaluation.Photo(path: photo.path, label: indices[photo.label], answer: answer))
                known.append(answer)
            case .failure(let error): failures.append(.init(path: photo.path, message: "\(error)"))
            }
        }
        var otherAnswers: [(path: String, answer: Answer)] = []
        for (path, result) in zip(others, otherResults) {
            switch result {
            case .success(let answer): otherAnswers.append((path, answer))
            case .failure(let error): failures.append(.init(path: path, message: "\(error)"))
            }
        }
        let neither = rejection.flatMap { NeitherEvaluation(known: known, others: otherAnswers, rule: $0) }
        return Evaluation(answered, classes: classes, failures: failures, neither: neither)
    }

    private func classifyAll(
        _ files: [String], progress: @escaping @Sendable (Int) -> Void
    ) throws -> [Result<Answer, any Error>] {
        guard !files.isEmpty else { return [] }
        let results = Results()
        try classify(files: files) { position, result in
            results.values.withLock { $0.append(result) }
            progress(position + 1)
        }
        return results.values.withLock { $0 }
    }

    private final class Results: Sendable {
        let values = Mutex<[Result<Answer, any Error>]>([])
    }

    /// Photos of a class that the model does not know.
    public struct OtherClasses: Error, CustomStringConvertible {
        public var name: String
        public var known: [String]
        public var description: String {
            "the model does not know the class \"\(name)\"; it knows \(known.joined(separator: ", ")). "
                + "Give a folder with those classes, or train a model on this one."
        }
    }
}
