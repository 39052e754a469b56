import Foundation
import Imaging

/// Where the decoder cases lie that are not part of the project; tests of them are skipped without it.
enum SharedData {
    static let folder: String? = {
        let environment = ProcessInfo.processInfo.environment["TANDEM_SHARED"]
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared").path
        for shared in [environment, beside].compactMap({ $0 }) {
            let path = shared + "/data/decoder-cases"
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return nil
    }()

    static var isPresent: Bool { folder != nil }

    /// Names of the files with this ending in a folder of the decoder cases, sorted.
    static func files(in subfolder: String, ending: String) -> [String] {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + subfolder)) ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().map { folder + "/" + subfolder + "/" + $0 }
    }
}

/// The mean absolute difference of two pictures of the same size, in levels of 255.
func meanDifference(_ first: RGBImage, _ second: RGBImage) -> Double {
    guard first.width == second.width, first.height == second.height else { return .infinity }
    var sum = 0
    for (a, b) in zip(first.pixels, second.pixels) { sum += abs(Int(a) - Int(b)) }
    return Double(sum) / Double(first.pixels.count)
}

func largestDifference(_ first: RGBImage, _ second: RGBImage) -> Int {
    guard first.width == second.width, first.height == second.height else { return .max }
    return zip(first.pixels, second.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
