extension PhotoCollection {
    /// The photos that a stored division puts into a part, by the path they had then.
    ///
    /// - Throws: ``NoneOfPart`` when there are none, as with a division of other photos.
    public func selecting(_ part: DataPart, of split: PhotoSplitFile) throws(NoneOfPart) -> PhotoCollection {
        let members = switch part {
        case .train: split.train
        case .validation: split.validation
        case .test: split.test
        }
        let paths = Set(members.map(\.path))
        let selected = filtered { paths.contains($0.path) }
        guard !selected.photos.isEmpty else { throw NoneOfPart(part: part, source: root) }
        return selected
    }

    /// No photo of the collection is in the part.
    public struct NoneOfPart: Error, CustomStringConvertible {
        public var part: DataPart
        public var source: String
        public var description: String {
            "none of the photos in \(source) is in the \(part.rawValue) part of the split; give the folder the run was trained on"
        }
    }
}
