import Foundation
import Imaging

/// A folder of drawn pictures named as photos of cats and dogs often are: `cat.0.jpg`, `dog.17.png`, `neither.3.jpg`.
public struct SampleFolder: Sendable {
    /// The names of all files written, in the order of writing.
    public private(set) var files: [String] = []
    /// The names of the files with a flaw. For duplicates, these are the copies.
    public private(set) var flawed: [SampleFlaw: [String]] = [:]

    private let folder: URL
    private let painter: PetPainter
    private let size: Int
}

extension PetPainter {
    /// Draws pictures into a folder, which is made if missing; files of the same names are replaced.
    ///
    /// Sizes vary by a third around `size`, and every eighth file is a PNG. A folder of the same seed and numbers has the
    /// same pictures. Cats and dogs get numbers from `firstNumber` on, so that another `firstNumber` gives fresh ones.
    ///
    /// - Parameters:
    ///   - folder: the path of the folder.
    ///   - catsAndDogs: how many of both together; the cats get the odd one.
    ///   - neither: how many scenes without a cat or dog, into the same folder.
    ///   - seed: what the pictures derive from.
    ///   - size: the usual side in pixels, 16 to `largestSide`.
    ///   - firstNumber: the number of the first picture of each subject.
    ///   - flaws: what should be wrong with the folder.
    /// - Returns: what was written.
    /// - Throws: `SampleFolderError`; or `ImageError` when a picture cannot be encoded.
    @discardableResult
    public static func write(
        to folder: String, catsAndDogs: Int, neither: Int, seed: UInt64, size: Int = 128, firstNumber: Int = 0,
        flaws: Set<SampleFlaw> = []
    ) throws -> SampleFolder {
        guard catsAndDogs >= 0, neither >= 0, firstNumber >= 0 else {
            throw SampleFolderError.invalidRequest("numbers of pictures start at 0")
        }
        guard (16...largestSide).contains(size) else {
            throw SampleFolderError.invalidRequest("a side of \(size) pixels; choose one from 16 to \(largestSide)")
        }
        guard flaws.isEmpty || catsAndDogs >= 4 else { throw SampleFolderError.tooFewForFlaws(catsAndDogs: catsAndDogs) }
        var sample = try SampleFolder(folder: folder, painter: PetPainter(seed: seed), size: size)
        let dogs = catsAndDogs / 2, cats = catsAndDogs - dogs
        let swapped = flaws.contains(.swappedLabels) ? max(1, dogs / 50) : 0
        try sample.write(.cat, numbers: firstNumber..<(firstNumber + cats), swapped: swapped)
        try sample.write(.dog, numbers: firstNumber..<(firstNumber + dogs), swapped: swapped)
        try sample.write(.neither, numbers: firstNumber..<(firstNumber + neither), swapped: 0)
        try sample.add(flaws, first: firstNumber, next: firstNumber + cats)
        return sample
    }
}

extension SampleFolder {
    fileprivate init(folder: String, painter: PetPainter, size: Int) throws(SampleFolderError) {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        self.painter = painter
        self.size = size
        do {
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: folder, reason: error.localizedDescription)
        }
    }

    /// The last `swapped` numbers show the other animal.
    fileprivate mutating func write(_ subject: Subject, numbers: Range<Int>, swapped: Int) throws {
        for number in numbers {
            let isSwapped = number >= numbers.upperBound - swapped
            let shown: Subject = !isSwapped ? subject : subject == .cat ? .dog : .cat
            let isPNG = number % 8 == 5
            let name = "\(subject.rawValue).\(number).\(isPNG ? "png" : "jpg")"
            let picture = picture(of: shown, number)
            try put(isPNG ? ImageEncoder.png(picture) : ImageEncoder.jpeg(picture, quality: 84 + number % 5 * 3), name)
            if isSwapped { flawed[.swappedLabels, default: []].append(name) }
        }
    }

    fileprivate mutating func add(_ flaws: Set<SampleFlaw>, first: Int, next: Int) throws {
        var number = next
        for flaw in SampleFlaw.allCases where flaws.contains(flaw) && flaw != .swappedLabels {
            let name = "\(number % 2 == 0 ? "cat" : "dog").\(number).jpg"
            let subject: Subject = number % 2 == 0 ? .cat : .dog
            switch flaw {
            case .truncated:
                let bytes = try ImageEncoder.jpeg(picture(of: subject, number), quality: 90)
                try put(Array(bytes.prefix(bytes.count / 3)), name)
            case .misnamedPNG:
                try put(ImageEncoder.png(picture(of: subject, number)), name)
            case .exactDuplicate:
                // The first file of the subject that the copy is named after.
                let original = files.first { $0.hasPrefix("\(subject.rawValue).\(first).") } ?? files[0]
                try put(read(original), name)
            case .nearDuplicate:
                let original = picture(of: subject, first + 1)
                let brighter = original.pixels.map { UInt8(min(Int($0) + 6, 255)) }
                try put(ImageEncoder.jpeg(RGBImage(width: original.width, height: original.height, pixels: brighter), quality: 70), name)
            case .gif:
                try put(Array("GIF89a".utf8) + [16, 0, 16, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x3B], name)
            case .swappedLabels:
                break
            }
            flawed[flaw] = [name]
            number += 1
        }
    }

    private func picture(of subject: Subject, _ number: Int) -> RGBImage {
        // Wide, square and tall, as photos are; the same for the same number.
        let (wide, tall) = [(1.0, 1.0), (1.33, 1.0), (1.0, 1.25), (1.2, 0.9), (0.8, 1.0)][number % 5]
        func side(_ factor: Double) -> Int { min(max(Int(Double(size) * factor), 16), PetPainter.largestSide) }
        return painter.picture(of: subject, number: number, width: side(wide), height: side(tall))
    }

    /// Under its name a file is whole or missing. It is not forced to the disk: the same seed draws it again.
    private mutating func put(_ bytes: [UInt8], _ name: String) throws(SampleFolderError) {
        let file = folder.appendingPathComponent(name)
        do {
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            throw .unwritable(path: file.path, reason: error.localizedDescription)
        }
        files.append(name)
    }

    private func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
    }
}
