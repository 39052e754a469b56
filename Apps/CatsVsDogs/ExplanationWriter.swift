import Classification
import Imaging
import FileStorage

/// Writes pictures of where a model looked.
struct ExplanationWriter: Sendable {
    var explainer: Explainer
    var classifier: Classifier
    /// A file, or a folder.
    var path: String
    var isFolder: Bool

    /// - Returns: where the picture was written.
    func write(_ answer: Answer, of file: String, position: Int) throws -> String {
        let image = try classifier.decode(contentsOf: file)
        let picture = try explainer.picture(of: image, answer: answer, classes: classifier.classes)
        var destination = path
        if isFolder {
            // Numbered, because files of several folders may share a name.
            let name = file.split(separator: "/").last.map(String.init) ?? "photo"
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
            destination += "/\(position + 1)-\(stem).png"
        }
        try AtomicFile.write(try ImageEncoder.png(picture), to: destination)
        return destination
    }
}
