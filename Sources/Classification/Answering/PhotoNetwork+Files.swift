import Imaging
import Parallelism

extension PhotoNetwork {
    /// Observes the photos in files as ``Classifier`` does. Files that give no picture are left out.
    ///
    /// - Parameters:
    ///   - preprocessing: the model's.
    ///   - progress: called from other threads after each file.
    /// - Returns: what was observed, and the positions of the files it was observed in.
    /// - Throws: `KernelError` when a kernel fails.
    func observe(
        files: [String], preprocessing: Preprocessing, flipAveraging: Bool, threads: Int, batch: Int = 16,
        progress: @escaping @Sendable () -> Void = {}
    ) throws -> (observations: Observations, positions: [Int]) {
        typealias Part = (observations: Observations, positions: [Int])
        let empty = Observations(classCount: classCount, views: flipAveraging ? 2 : 1, featureCount: featureCount)
        let decoder = ImageDecoder(options: DecodingOptions(minimumSide: preprocessing.minimumDecodedSide))
        let parts = try WorkerThreads.map((files.count + batch - 1) / batch, threads: threads) { [self] in
            var observer: PhotoObserver?
            return { [self] position -> Part in
                if observer == nil { observer = try PhotoObserver(self, flipAveraging: flipAveraging, capacity: batch, threads: 1) }
                var positions: [Int] = []
                for index in position * batch..<min((position + 1) * batch, files.count) {
                    defer { progress() }
                    guard let image = try? decoder.decode(contentsOf: files[index]).image else { continue }
                    preprocessing.fill(image, into: observer!.input(positions.count), scratch: observer!.scratch)
                    positions.append(index)
                }
                var part = empty
                if !positions.isEmpty { try observer!.observe(positions.count, into: &part) }
                return (part, positions)
            }
        }
        var all = empty
        for part in parts { all.append(part.observations) }
        return (all, parts.flatMap(\.positions))
    }
}
