import Classification
import Foundation
import TestSupport
import Testing

/// Reading a collection looks at names alone, so files that only start like a JPEG will do.
struct PhotoCollectionTests {
    let folder: TemporaryFolder
    let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]

    init() throws { folder = try TemporaryFolder() }

    @Test func aFolderPerClassIsReadInTheOrderOfPaths() throws {
        for name in ["dog/b.jpg", "cat/z.png", "cat/deeper/a.JPG", "ant/1.jpeg"] { try folder.write(jpeg, to: name) }
        try folder.write("hello", to: "cat/notes.txt")
        try folder.write(jpeg, to: "loose.jpg")
        try folder.write(jpeg, to: "cat/.hidden.jpg")
        try folder.write(jpeg, to: "cat/Thumbs.db")
        let collection = try PhotoCollection(reading: folder.path + "/")
        #expect(collection.layout == .folders)
        #expect(collection.classNames == ["ant", "cat", "dog"])
        #expect(collection.photos.map(\.path) == ["ant/1.jpeg", "cat/deeper/a.JPG", "cat/z.png", "dog/b.jpg"])
        #expect(collection.photos.map(\.label) == [0, 1, 1, 2])
        #expect(collection.ignored.map(\.path) == ["cat/notes.txt", "loose.jpg"])
        #expect(collection.classCounts == [1, 2, 1])
    }

    @Test func theContentMakesAPhotoWhereTheNameSaysNothing() throws {
        try folder.write(jpeg, to: "a/photo")
        try folder.write(jpeg, to: "b/photo.dat")
        let collection = try PhotoCollection(reading: folder.path)
        #expect(collection.photos.map(\.path) == ["a/photo", "b/photo.dat"])
    }

    @Test func classesInNames() throws {
        for name in ["dog.1.jpg", "cat.2.jpg", "cat.10.jpg", "other.jpg"] { try folder.write(jpeg, to: name) }
        let collection = try PhotoCollection(reading: folder.path)
        #expect(collection.layout == .names)
        #expect(collection.classNames == ["cat", "dog"])
        #expect(collection.photos.map(\.path) == ["cat.10.jpg", "cat.2.jpg", "dog.1.jpg"])
        #expect(collection.ignored.map(\.path) == ["other.jpg"])
    }

    @Test func theLayoutCanBeChosen() throws {
        for name in ["summer/dog.1.jpg", "winter/cat.1.jpg"] { try folder.write(jpeg, to: name) }
        #expect(try PhotoCollection(reading: folder.path).classNames == ["summer", "winter"])
        #expect(try PhotoCollection(reading: folder.path, layout: .names).classNames == ["cat", "dog"])
    }

    @Test func trainAndTestFoldersArePartsNotClasses() throws {
        for name in ["train/cat/1.jpg", "train/dog/1.jpg", "test/cat/2.jpg", "val/dog/3.jpg"] {
            try folder.write(jpeg, to: name)
        }
        let collection = try PhotoCollection(reading: folder.path)
        #expect(collection.classNames == ["cat", "dog"])
        #expect(collection.photos.map(\.part) == [.test, .train, .train, .validation])
        #expect(collection.hasParts)
    }

    @Test func aLinkToAParentDoesNoHarm() throws {
        for name in ["a/1.jpg", "b/1.jpg"] { try folder.write(jpeg, to: name) }
        try FileManager.default.createSymbolicLink(atPath: folder("a/loop"), withDestinationPath: folder.path)
        #expect(try PhotoCollection(reading: folder.path).photos.count == 2)
    }

    // MARK: Label files

    @Test(arguments: [
        "path,label\npics/a.jpg,cat\npics/b.jpg,dog\n",
        "\u{FEFF}label,note,File\r\ncat,\"one, two\r\nthree\",pics/a.jpg\r\n\r\ndog,,./pics//b.jpg",
        "pics/a.jpg,cat\n\"pics/b.jpg\",\"dog\"",
        "pics/a.jpg;cat\npics/b.jpg;dog",
        "pics/a.jpg\tcat\rpics/b.jpg\tdog\r",
    ])
    func labelFiles(_ text: String) throws {
        for name in ["pics/a.jpg", "pics/b.jpg"] { try folder.write(jpeg, to: name) }
        let file = try folder.write(text, to: "labels.csv")
        for source in [file, folder.path] {
            let collection = try PhotoCollection(reading: source)
            #expect(collection.layout == .csv)
            #expect(collection.classNames == ["cat", "dog"])
            #expect(collection.photos.map(\.path) == ["pics/a.jpg", "pics/b.jpg"])
            #expect(collection.photos.map(\.label) == [0, 1])
            #expect(collection.filePath(of: collection.photos[0]) == folder("pics/a.jpg"))
        }
    }

    @Test func quotedPathsMayHoldAnything() throws {
        let name = "a \"b\",\nc.jpg"
        try folder.write(jpeg, to: name)
        try folder.write(jpeg, to: "d.jpg")
        let file = try folder.write("\"a \"\"b\"\",\nc.jpg\",x\nd.jpg,y\n", to: "labels.csv")
        #expect(try PhotoCollection(reading: file).photos.map(\.path) == [name, "d.jpg"])
    }

    @Test func rowsWithoutAFileAreNamedWithTheirLines() throws {
        try folder.write(jpeg, to: "a.jpg")
        var text = "path,label\n\"a.jpg\",\"cat\"\n\nnone.jpg,\"do\ng\"\n"
        for number in 1...9 { text += "gone\(number).jpg,dog\n" }
        let file = try folder.write(text, to: "labels.csv")
        let error = #expect(throws: PhotoCollectionError.self) { try PhotoCollection(reading: file) }
        guard case .labelsWithoutFile(_, let count, let first) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(count == 10)
        #expect(first.map(\.line) == [4, 6, 7, 8, 9])
        #expect(first[0].path == "none.jpg")
        #expect(error!.description.contains("line 4: none.jpg"))
        #expect(error!.description.contains("5 more"))
    }

    @Test(arguments: [
        ("a.jpg,cat\na.jpg\n", 2, "1 field"), ("a.jpg,\n", 1, "label is empty"), (",cat\n", 1, "path is empty"),
        ("a.jpg,cat\n\"b.jpg,dog\n", 2, "never closed"), ("a\"b.jpg,cat\n", 1, "quotation mark inside"),
        ("x,y\n\"a\"b,c\n", 2, "after the closing"),
    ])
    func malformedLabelFiles(_ text: String, line: Int, problem: String) throws {
        try folder.write(jpeg, to: "a.jpg")
        let file = try folder.write(text, to: "labels.csv")
        let error = #expect(throws: PhotoCollectionError.self) { try PhotoCollection(reading: file) }
        #expect(error!.description.contains("line \(line):"))
        #expect(error!.description.contains(problem))
    }

    @Test func invalidTextIsRefused() throws {
        let file = try folder.write([0x61, 0xFF, 0x2C, 0x62], to: "labels.csv")
        let error = #expect(throws: PhotoCollectionError.self) { try PhotoCollection(reading: file) }
        #expect(error!.description.contains("UTF-8"))
    }

    @Test func oneFileWithTwoLabelsIsAContradiction() throws {
        try folder.write(jpeg, to: "a.jpg")
        let file = try folder.write("a.jpg,cat\na.jpg,cat\n./a.jpg,dog\n", to: "labels.csv")
        #expect(
            throws: PhotoCollectionError.contradictingLabels(
                file: file, path: "./a.jpg", lines: [1, 3], labels: ["cat", "dog"])
        ) { try PhotoCollection(reading: file) }
    }

    // MARK: Errors

    @Test func aMissingFolderIsNamed() {
        #expect(throws: PhotoCollectionError.missing(source: folder("nowhere"))) {
            try PhotoCollection(reading: folder("nowhere"))
        }
        #expect(throws: PhotoCollectionError.missing(source: "")) { try PhotoCollection(reading: "") }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func anUnreadableFolderIsNamed() throws {
        try folder.write(jpeg, to: "a/1.jpg")
        chmod(folder("a"), 0)
        defer { chmod(folder("a"), 0o755) }
        #expect(throws: PhotoCollectionError.unreadable(path: folder("a"), code: EACCES)) {
            try PhotoCollection(reading: folder.path)
        }
    }

    @Test func noPhotosAndNoClasses() throws {
        #expect(throws: PhotoCollectionError.noPhotos(source: folder.path, ignored: 0)) {
            try PhotoCollection(reading: folder.path)
        }
        try folder.write("text", to: "read.me")
        #expect(throws: PhotoCollectionError.noPhotos(source: folder.path, ignored: 1)) {
            try PhotoCollection(reading: folder.path)
        }
        try folder.write(jpeg, to: "IMG_1.jpg")
        #expect(throws: PhotoCollectionError.classesUnknown(source: folder.path, example: "IMG_1.jpg")) {
            try PhotoCollection(reading: folder.path)
        }
    }

    @Test func oneClassAndSmallClassesAreRefusedForTraining() throws {
        for number in 1...12 { try folder.write(jpeg, to: "cat/\(number).jpg") }
        let one = try PhotoCollection(reading: folder.path)
        #expect(throws: PhotoCollectionError.oneClassOnly(source: folder.path, className: "cat", photos: 12)) {
            try one.requireTrainable()
        }
        for number in 1...3 { try folder.write(jpeg, to: "dog/\(number).jpg") }
        let two = try PhotoCollection(reading: folder.path)
        let error = #expect(throws: PhotoCollectionError.self) { try two.requireTrainable() }
        #expect(error == .classTooSmall(classes: [.init(name: "dog", photos: 3)], minimum: 10))
        #expect(error!.description.contains("class \"dog\" has 3 photos"))
        try two.requireTrainable(minimumPerClass: 3)
    }
}
