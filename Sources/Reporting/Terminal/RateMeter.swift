/// The rate of the last half minute: recent enough to follow a change of pace, long enough not to jitter.
package struct RateMeter: Sendable {
    private static let window = 30.0
    private static let spacing = 0.5

    /// Samples at least `spacing` apart, the first older than the window or as old as there is.
    private var samples: [(time: Double, count: Int)]
    private var latest: (time: Double, count: Int)

    package init(time: Double, count: Int) {
        samples = [(time, count)]
        latest = (time, count)
    }

    package mutating func record(time: Double, count: Int) {
        // A count that goes down is a correction, not work undone: start again from there.
        if count < latest.count { samples = [(time, count)] }
        latest = (time, count)
        if time - samples[samples.count - 1].time >= Self.spacing { samples.append(latest) }
        while samples.count > 2, time - samples[1].time >= Self.window { samples.removeFirst() }
    }

    /// Units per second; `nil` until there is something to measure.
    package var perSecond: Double? {
        let first = samples[0]
        guard latest.time > first.time, latest.count > first.count else { return nil }
        return Double(latest.count - first.count) / (latest.time - first.time)
    }
}
