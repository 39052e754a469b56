/// One labeled photo of a collection.
public struct Photo: Sendable, Hashable, Codable {
    /// Where the file is, relative to the collection's root, with `/` between folders; absolute when a label file says so.
    public var path: String
    /// Index into the collection's class names.
    public var label: Int
    /// The part of the data the source itself puts the photo in, by a `train`, `validation` or `test` folder; `nil` when it
    /// makes no difference.
    public var part: DataPart?

    public init(path: String, label: Int, part: DataPart? = nil) {
        self.path = path
        self.label = label
        self.part = part
    }
}

/// What photos are used for.
public enum DataPart: String, Sendable, Hashable, Codable, CaseIterable {
    /// Weights are learned from these.
    case train
    /// Decisions during training, such as when to stop, are taken on these.
    case validation
    /// Held out: looked at once, for the figure that is reported.
    case test

    /// The part a folder's name stands for, in the spellings that published data sets use.
    init?(folderName: String) {
        switch folderName.lowercased() {
        case "train", "training": self = .train
        case "val", "valid", "validation": self = .validation
        case "test", "testing", "holdout", "held-out": self = .test
        default: return nil
        }
    }
}
