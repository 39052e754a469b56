import FileStorage
import ModelStore
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where a model comes from: a file, or the version in service of a store.
public struct ModelSource: Sendable {
    /// The file.
    public let path: String

    /// A model file, or a folder that holds a store of versions, whose promoted version is meant.
    ///
    /// - Throws: `VersionStoreError` when a folder is no store or nothing in it was promoted, `FileError` when there is
    ///   no such file.
    public init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(.open, path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            self.path = path
            return
        }
        let store = VersionStore(at: path)
        guard let version = try store.promoted() else { throw VersionStoreError.nothingPromoted(store: path) }
        self.path = store.modelPath(version.number)
    }

    /// Name of the shipped model below the package.
    static let shippedPath = "Apps/CatsVsDogs/Models/cats-vs-dogs.safetensors"

    /// The model that is shipped: in a `Models` folder beside the program, or in the package the program was built in.
    ///
    /// - Parameter executable: path of the running program.
    /// - Throws: ``NotFound`` with the places that were looked at.
    public static func shipped(executable: String = currentExecutable) throws -> ModelSource {
        func parent(_ path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        var folder = parent(executable)
        var places = [folder + "/Models/cats-vs-dogs.safetensors", folder + "/../share/catsvsdogs/cats-vs-dogs.safetensors"]
        // Up from .build/x86_64-unknown-linux-gnu/release.
        for _ in 0..<4 {
            places.append(folder + "/" + shippedPath)
            folder = parent(folder)
        }
        places.append(shippedPath)
        guard let place = places.first(where: { access($0, R_OK) == 0 }) else { throw NotFound(places: places) }
        return try ModelSource(place)
    }

    /// No shipped model.
    public struct NotFound: Error, CustomStringConvertible {
        public var places: [String]

        public var description: String {
            "the shipped model was not found (looked for \(places[0]) and \(ModelSource.shippedPath) above the program). "
                + "Give a model file or a store with --model, or train one."
        }
    }

    /// The running program, with links resolved.
    public static var currentExecutable: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : CommandLine.arguments[0]
    }
}
