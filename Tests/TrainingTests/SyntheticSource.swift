import ComputeGraph
import Training

/// Noise with a bright patch whose place tells the class.
struct SyntheticSource: SampleSource {
    var count: Int
    var seed: UInt64 = 7

    func write(sample index: Int, epoch: Int?, shape: Shape, into destination: UnsafeMutableBufferPointer<Float>) {
        var random = RandomSource(seed, UInt64(index), UInt64(epoch ?? 0))
        let (height, width, channels) = (shape[0], shape[1], shape[2])
        let right = label(of: index) == 1
        for y in 0..<height {
            for x in 0..<width {
                let bright: Float = (x < width / 2) != right && y > height / 4 ? 1 : 0
                for c in 0..<channels { destination[(y * width + x) * channels + c] = bright + random.uniform() - 0.5 }
            }
        }
    }

    func label(of index: Int) -> Int32 {
        var random = RandomSource(seed, UInt64(index), 99)
        return random.uniform() < 0.5 ? 0 : 1
    }
}
