import ComputeGraph
import Parallelism
import Training

extension PhotoNetwork {
    /// Observes samples as inference sees them.
    ///
    /// - Parameters:
    ///   - flipAveraging: also looks at their mirror images.
    ///   - threads: how many observe at a time.
    /// - Throws: `KernelError` when a kernel fails.
    public func observe(_ samples: any SampleSource, flipAveraging: Bool, threads: Int, batch: Int = 16) throws -> Observations {
        let parts = try WorkerThreads.map((samples.count + batch - 1) / batch, threads: threads) { [self] in
            var observer: PhotoObserver?
            return { [self] position -> Observations in
                if observer == nil { observer = try PhotoObserver(self, flipAveraging: flipAveraging, capacity: batch, threads: 1) }
                let first = position * batch, count = min(batch, samples.count - first)
                for offset in 0..<count {
                    samples.write(sample: first + offset, epoch: nil, shape: inputShape, into: observer!.input(offset))
                }
                var part = Observations(
                    classCount: classCount, views: flipAveraging ? 2 : 1, featureCount: featureCount)
                try observer!.observe(count, into: &part)
                return part
            }
        }
        var all = Observations(classCount: classCount, views: flipAveraging ? 2 : 1, featureCount: featureCount)
        for part in parts { all.append(part) }
        return all
    }
}
