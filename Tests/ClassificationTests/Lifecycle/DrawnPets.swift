import CartoonPets
import Classification
import Foundation
import Kernels
import TestSupport

/// Drawn cats and dogs, and runs small enough for a test.
enum DrawnPets {
    /// A folder of drawings, named by class.
    static func draw(_ count: Int, first: Int = 0, to folder: String) throws {
        try PetPainter.write(to: folder, catsAndDogs: count, neither: 0, seed: 5, size: 40, firstNumber: first)
    }

    static func options(_ source: String, epochs: Int, seed: UInt64 = 1) -> PhotoTrainingOptions {
        PhotoTrainingOptions(
            source: source, network: .small, size: 32, epochs: epochs, batchSize: 16, testPhotos: .fraction(0.2),
            validationPhotos: .fraction(0.15), precision: .float32, threads: 2, seed: seed, cacheSide: 48)
    }

    /// A store with a model trained on drawings in `photos`, promoted, with a sample of them.
    static func store(in folder: TemporaryFolder, photos: Int = 160, epochs: Int = 6) throws -> PhotoModelStore {
        try draw(photos, to: folder("photos"))
        let run = folder("runs/first")
        // The run is locked as long as it is open.
        do { _ = try PhotoTraining(options(folder("photos"), epochs: epochs), runFolder: run, resuming: false).perform(cacheFolder: folder("cache")) }
        let store = PhotoModelStore(at: folder("models"))
        try store.keep(run: run, sample: 120, cacheFolder: folder("cache"))
        return store
    }

    /// A label file for drawings, with the labels as they are or swapped.
    static func labels(_ folder: String, swapped: Bool = false) throws -> String {
        let lines = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { $0.hasPrefix("cat") || $0.hasPrefix("dog") }.map {
            let isCat = $0.hasPrefix("cat") != swapped
            return "\($0),\(isCat ? "cat" : "dog")\n"
        }
        let path = folder + "/labels.csv"
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
