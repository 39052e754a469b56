/// Something wrong with a folder of photos that a scan should find.
public enum SampleFlaw: String, CaseIterable, Sendable {
    /// A JPEG file that ends after a third of its bytes.
    case truncated
    /// A PNG file whose name ends in `.jpg`.
    case misnamedPNG
    /// A file with the very bytes of another one.
    case exactDuplicate
    /// A picture of the folder, a little brighter and compressed more.
    case nearDuplicate
    /// The first bytes of a GIF file, under a name that ends in `.jpg`.
    case gif
    /// Cats named as dogs, and as many dogs named as cats.
    case swappedLabels
}

/// Why a sample folder could not be written.
public enum SampleFolderError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A number of pictures below zero, or a side outside 16 to `PetPainter.largestSide`.
    case invalidRequest(String)
    /// The flaws need at least two cats and two dogs.
    case tooFewForFlaws(catsAndDogs: Int)
    /// The folder or a file in it could not be written.
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .invalidRequest(let what):
            "cannot draw the sample pictures: \(what)"
        case .tooFewForFlaws(let count):
            "cannot add flaws to \(count) pictures of cats and dogs: ask for at least 4, or for no flaws"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason); check that the folder may be written to and the disk has room"
        }
    }
}
