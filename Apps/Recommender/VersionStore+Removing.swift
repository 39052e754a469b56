import FileStorage
import Foundation
import ModelStore

extension VersionStore {
    /// A version that cannot be removed.
    struct InService: Error, CustomStringConvertible {
        var number: Int
        var path: String
        var description: String {
            "version \(number) of \(path) is in service; train another one or promote one, and then remove it. Nothing was removed"
        }
    }

    /// Removes some versions, all or none of them; also one that a rollback would return to.
    ///
    /// - Throws: `InService`, `VersionStoreError` and `FileError`.
    func remove(_ numbers: [Int]) throws {
        for number in numbers { _ = try version(number) }
        let lock = try FileDescriptor(opening: path + "/lock", flags: O_RDWR | O_CREAT)
        let deadline = ContinuousClock.now + .seconds(lockTimeout)
        while !lock.tryLock() {
            guard ContinuousClock.now < deadline else { throw VersionStoreError.busy(store: path, seconds: lockTimeout) }
            usleep(10_000)
        }
        try withExtendedLifetime(lock) {
            if let promoted = try promoted()?.number, numbers.contains(promoted) { throw InService(number: promoted, path: path) }
            for number in Set(numbers).sorted() {
                let folder = URL(fileURLWithPath: modelPath(number)).deletingLastPathComponent()
                // In one step out of every reader's sight, then gone; what a killed process leaves, the next change clears away.
                let hidden = folder.deletingLastPathComponent().appendingPathComponent(".removing-" + folder.lastPathComponent).path
                try Folder.rename(folder.path, to: hidden)
                Folder.remove(hidden)
            }
        }
    }
}
