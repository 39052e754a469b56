import ModelStore

/// An ensemble as part of a model file: its models one after the other, the first under the name of a model alone.
extension SequenceEnsemble: StoredModel {
    public func write(to archive: inout ModelArchive) throws {
        for (number, model) in models.enumerated() { try model.write(to: &archive.file, number: number) }
    }

    /// - Throws: `ModelFileError` when the first model is missing, or any is damaged.
    public init(from archive: ModelArchive, context: ModelContext) throws {
        var models = [try SequenceModel(archive.file)]
        while SequenceModel.isPart(of: archive.file, number: models.count) { models.append(try SequenceModel(archive.file, number: models.count)) }
        for model in models where model.itemCount != context.itemCount {
            throw ModelArchive.Malformed(part: "sequence", problem: "knows \(model.itemCount) items instead of \(context.itemCount)")
        }
        self.init(models)
    }
}
