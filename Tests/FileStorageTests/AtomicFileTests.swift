import Foundation
import FileStorage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    struct Interrupted: Error {}

    @Test func writesReplacesAndLeavesNothingElse() throws {
        let folder = try TemporaryFolder()
        let path = folder("settings.json")
        try AtomicFile.write(Data("first".utf8), to: path)
        try AtomicFile.write([UInt8]("second, longer".utf8), to: URL(fileURLWithPath: path))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "second, longer")
        try AtomicFile.write("third", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "third")
        try AtomicFile.write("", to: folder("empty"))
        #expect(try folder.names == ["empty", "settings.json"])
    }

    @Test func keepsThePermissionsOfTheFileItReplaces() throws {
        let folder = try TemporaryFolder()
        let path = folder("secret")
        try AtomicFile.write("a", to: path)
        #expect(chmod(path, 0o640) == 0)
        try AtomicFile.write("b", to: path)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640)
    }

    @Test func aWriterThatThrowsChangesNothing() throws {
        let folder = try TemporaryFolder()
        let path = folder("model")
        try AtomicFile.write("old", to: path)
        #expect(throws: Interrupted.self) {
            try AtomicFile.write(to: path) { writer in
                try writer.write(Array("half of the new".utf8))
                throw Interrupted()
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try folder.names == ["model"])
    }

    @Test func aMissingFolderIsNamedWithTheRemedy() throws {
        let folder = try TemporaryFolder()
        let path = folder("absent/model")
        let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: path) }
        #expect(error?.code == ENOENT)
        #expect(error?.path == path)
        #expect(error?.description.contains("folder exists") == true)
        try AtomicFile.write("x", to: folder("file"))
        let through = #expect(throws: FileError.self) { try AtomicFile.write("x", to: folder("file/model")) }
        #expect(through?.code == ENOTDIR)
    }

    @Test func devicesAndFoldersAreNeverReplaced() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError(.write, path: folder.path, code: EISDIR)) {
            try AtomicFile.write("x", to: folder.path)
        }
        #expect(throws: FileError(.write, path: "/dev/null", code: EINVAL)) {
            try AtomicFile.write("x", to: "/dev/null")
        }
        let pipe = folder("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileError(.write, path: pipe, code: EINVAL)) { try AtomicFile.write("x", to: pipe) }
    }

    @Test func namesAtTheLimitOfTheFileSystemWork() throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "ü", count: 127)
        try AtomicFile.write("x", to: folder(name))
        #expect(try folder.names.count == 1)
        let error = #expect(throws: FileError.self) {
            try AtomicFile.write("x", to: folder(String(repeating: "n", count: 256)))
        }
        #expect(error?.code == ENAMETOOLONG)
        #expect(try folder.names.count == 1)
        #expect(throws: FileError.self) { try AtomicFile.write("x", to: folder("a\0b")) }
        #expect(throws: FileError.self) { try AtomicFile.write("x", to: "") }
    }

    @Test func leftoversOfDeadWritersAreRemovedAndThoseAtWorkKept() throws {
        let folder = try TemporaryFolder()
        // What a killed writer leaves: the same name, and no lock on it.
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder(".model.0123456789abcdef.partial")))
        try AtomicFile.write("keep", to: folder("unrelated.partial"))
        try AtomicFile.write(to: folder("model")) { writer in
            try writer.write(Array("content".utf8))
            #expect(AtomicFile.removeLeftovers(in: folder.path) == [".model.0123456789abcdef.partial"])
            #expect(try folder.names.count == 2)
        }
        #expect(try folder.names == ["model", "unrelated.partial"])
        #expect(AtomicFile.removeLeftovers(in: folder("absent")).isEmpty)
    }

    #if compiler(>=6.3)
    @Test func aDiskThatFillsUpLeavesTheOldFileAndNoTemporary() async throws {
        let folder = try TemporaryFolder()
        let path = folder("checkpoint")
        try AtomicFile.write("old", to: path)
        // A limit on file size stands in for a full disk: the system refuses the write in the same place.
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            precondition(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            do {
                try AtomicFile.write([UInt8](repeating: 7, count: 1_000_000), to: path)
                exit(2)
            } catch let error as FileError {
                exit(error == FileError(.write, path: path, code: EFBIG) ? 0 : 3)
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try folder.names == ["checkpoint"])
    }

    @Test func aWriterKilledInTheMiddleLeavesTheOldFileAndALeftoverThatIsCleaned() async throws {
        let folder = try TemporaryFolder()
        let path = folder("checkpoint")
        try AtomicFile.write("old", to: path)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            try AtomicFile.write(to: path) { writer in
                try writer.write(Array("half".utf8))
                kill(getpid(), SIGKILL)
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(AtomicFile.removeLeftovers(in: folder.path).count == 1)
        #expect(try folder.names == ["checkpoint"])
    }
    #endif

    @Test func readersSeeTheOldOrTheNewAndNeverHalf() async throws {
        let folder = try TemporaryFolder()
        let path = folder("value")
        let contents = (0..<4).map { [UInt8](repeating: UInt8($0), count: 10_000 + 1_000 * $0) }
        try AtomicFile.write(contents[0], to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<2 {
                group.addTask {
                    for round in 0..<25 { try AtomicFile.write(contents[(writer + round) % 4], to: path) }
                }
            }
            group.addTask {
                for _ in 0..<200 {
                    let seen = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
                    #expect(contents.contains(seen))
                }
            }
            try await group.waitForAll()
        }
        #expect(try folder.names == ["value"])
    }
}
