import Foundation
import Testing

/// The house, from the ground up. A room may import rooms of lower floors only; within a floor nobody knows
/// a neighbour.
private let floors: [[String]] = [
    ["COneDNN", "CKernels", "CImageCodecs", "COpenBLAS", "CRanking", "CCompression", "FileStorage", "Parallelism", "Interactions"],
    ["ComputeGraph", "Imaging", "Reporting", "LogImport", "EventStore", "SimulatedShop"],
    ["Kernels", "ModelStore", "CartoonPets"],
    ["Training", "Inference"],
    ["Classification", "Recommendation"],
    ["CatsVsDogs", "Recommender", "DecoderFuzz"],
]

/// Rooms that only some may enter: oneDNN and the C loops stay behind the kernels and the phases, the codecs
/// behind Imaging.
private let doors: [String: Set<String>] = [
    "COneDNN": ["Kernels"],
    "CKernels": ["Kernels", "Training"],
    "CImageCodecs": ["Imaging"],
    "COpenBLAS": ["Recommendation"],
    "CRanking": ["Recommendation"],
    "CCompression": ["LogImport"],
]

@Suite struct ImportDirectionTests {
    /// The folder of each room.
    private static let rooms: [(name: String, folder: URL)] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return ["Sources", "Apps", "Datasets"].flatMap { top in
            let folder = root.appendingPathComponent(top)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.sorted().map { ($0, folder.appendingPathComponent($0)) }
        }.filter { room in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: room.1.path, isDirectory: &isFolder) && isFolder.boolValue
        }
    }()

    private static let floorOf = Dictionary(
        uniqueKeysWithValues: floors.enumerated().flatMap { level, names in names.map { ($0, level) } })

    @Test func everyRoomHasAFloor() {
        #expect(!Self.rooms.isEmpty)
        for room in Self.rooms where room.name != "Models" {
            #expect(Self.floorOf[room.name] != nil, "\(room.name) is a new room: give it a floor in this test and in Docs/Architecture.md")
        }
    }

    @Test func importsPointDown() throws {
        var seen = 0
        for room in Self.rooms {
            guard let level = Self.floorOf[room.name] else { continue }
            for (file, imported) in try Self.imports(in: room.folder) {
                guard let target = Self.floorOf[imported], imported != room.name else { continue }
                seen += 1
                #expect(target < level, "\(file): \(room.name) may not import \(imported), which is not below it")
                if let allowed = doors[imported] {
                    #expect(allowed.contains(room.name), "\(file): only \(allowed.sorted().joined(separator: " and ")) may import \(imported)")
                }
            }
        }
        #expect(seen > 20, "the search found almost no imports, so it proves nothing")
    }

    @Test func theGraphImportsNoC() throws {
        let graph = try #require(Self.rooms.first { $0.name == "ComputeGraph" })
        for (file, imported) in try Self.imports(in: graph.folder) {
            #expect(["Glibc", "Musl", "Foundation", "FoundationEssentials"].contains(imported), "\(file) imports \(imported)")
        }
    }

    /// File and module of each import statement below a folder.
    private static func imports(in folder: URL) throws -> [(file: String, module: String)] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                    words[..<position].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0) })
                else { return nil }
                let module = words[position + 1].split(separator: ".").first.map(String.init) ?? ""
                return (file.lastPathComponent, module)
            }
        }
    }
}
