import Synchronization

/// Shows how far a long task is: a bar, the share done, the rate, the time left, and a note such as the validation so far.
///
/// On a terminal one line is redrawn in place, at most ten times a second; elsewhere, as in a log file, a plain line is
/// written every ten seconds. Every method may be called from any thread.
///
/// ```swift
/// let progress = ProgressDisplay("Training", total: images, unit: "images")
/// progress.update(completed: seen, note: "validation 96.4 %")
/// progress.finish()
/// ```
public final class ProgressDisplay: Sendable {
    /// How often to draw, in seconds.
    public struct Pace: Sendable, Hashable {
        /// Between two drawings on a terminal.
        public var redraw: Double
        /// Between two plain lines elsewhere.
        public var plainLine: Double

        public init(redraw: Double = 0.1, plainLine: Double = 10) {
            self.redraw = redraw
            self.plainLine = plainLine
        }
    }

    private struct State {
        var completed: Int
        var total: Int
        var note = ""
        /// Time left as the caller knows it, and when it said so.
        var promised: (seconds: Double, at: Double)?
        var rate: RateMeter
        var lastDrawn: Double?
        var isLineOpen = false
        var isFinished = false
    }

    private let label: String
    private let unit: String
    private let initiallyCompleted: Int
    private let started: Double
    private let pace: Pace
    private let style: TerminalStyle
    private let output: any ProgressOutput
    private let now: @Sendable () -> Double
    private let state: Mutex<State>

    /// - Parameters:
    ///   - total: units of work in all; 0 when unknown, then no bar and no time left are shown.
    ///   - completed: units that were done before, by a run that is now resumed; they do not count in the rate.
    ///   - now: a clock that never goes back, in seconds.
    public init(
        _ label: String, total: Int, unit: String = "items", completed: Int = 0, pace: Pace = Pace(),
        style: TerminalStyle = .forStandardError(), output: any ProgressOutput = StandardErrorOutput(),
        now: @escaping @Sendable () -> Double = ProgressDisplay.monotonicSeconds
    ) {
        self.label = DisplayWidth.harmless(label)
        self.unit = DisplayWidth.harmless(unit)
        self.pace = pace
        self.style = style
        self.output = output
        self.now = now
        let completed = max(completed, 0)
        initiallyCompleted = completed
        started = now()
        state = Mutex(State(completed: completed, total: max(total, 0), rate: RateMeter(time: started, count: completed)))
    }

    /// Seconds of a clock that never goes back.
    public static let monotonicSeconds: @Sendable () -> Double = {
        let start = ContinuousClock.now
        return { start.duration(to: .now) / .seconds(1) }
    }()

    /// Adds units done. Cheap enough to call for every batch.
    public func advance(by count: Int = 1) {
        change { $0.completed += max(count, 0) }
    }

    /// - Parameters:
    ///   - completed: units done in all; `nil` leaves them.
    ///   - total: units in all, when the plan changed.
    ///   - note: what to show at the end of the line; `nil` leaves it.
    ///   - secondsLeft: time left, where the caller knows better than the rate so far does (say, because later images
    ///     are larger).
    public func update(completed: Int? = nil, total: Int? = nil, note: String? = nil, secondsLeft: Double? = nil) {
        let time = now()
        change {
            if let completed { $0.completed = max(completed, 0) }
            if let total { $0.total = max(total, 0) }
            if let note { $0.note = DisplayWidth.harmless(note) }
            if let secondsLeft, secondsLeft.isFinite { $0.promised = (max(secondsLeft, 0), time) }
        }
    }

    /// Writes a line of its own above the bar.
    public func message(_ text: String) {
        state.withLock { state in
            if state.isLineOpen { output.write("\r\u{1B}[K") }
            output.write(DisplayWidth.harmless(text) + "\n")
            if state.isLineOpen, let columns = output.terminalColumns { drawLine(&state, columns: columns, at: now()) }
        }
    }

    /// Ends the display with a last line: how much in what time. Calls after the first do nothing.
    public func finish(note: String? = nil) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            if let note { state.note = DisplayWidth.harmless(note) }
            if state.isLineOpen { output.write("\r\u{1B}[K") }
            output.write(lastLine(state) + "\n")
            state.isLineOpen = false
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let time = now()
        state.withLock { state in
            guard !state.isFinished else { return }
            body(&state)
            state.rate.record(time: time, count: state.completed)
            // Asking for the width costs a system call: not for every batch.
            if let last = state.lastDrawn, time - last < min(pace.redraw, pace.plainLine) { return }
            let isTerminal = output.terminalColumns
            let interval = isTerminal == nil ? pace.plainLine : pace.redraw
            if let last = state.lastDrawn, time - last < interval { return }
            state.lastDrawn = time
            if let columns = isTerminal {
                drawLine(&state, columns: columns, at: time)
            } else {
                output.write(plainLine(state, at: time) + "\n")
            }
        }
    }

    private func drawLine(_ state: inout State, columns: Int, at time: Double) {
        output.write("\r" + terminalLine(state, columns: columns, at: time) + "\u{1B}[K")
        state.isLineOpen = true
    }

    /// What there is to say, most important first.
    private func parts(_ state: State, at time: Double) -> [String] {
        var parts: [String] = []
        if state.total > 0 {
            parts.append("\(HumanReadable.count(state.completed))/\(HumanReadable.count(state.total)) \(unit)")
        } else {
            parts.append("\(HumanReadable.count(state.completed)) \(unit)")
        }
        if let rate = state.rate.perSecond { parts.append(HumanReadable.rate(rate, unit: unit)) }
        if let left = secondsLeft(state, at: time) { parts.append(left < 60 ? "\(Int(left)) s left" : "\(HumanReadable.duration(seconds: left)) left") }
        return parts
    }

    private func secondsLeft(_ state: State, at time: Double) -> Double? {
        if let promised = state.promised { return max(0, (promised.seconds - (time - promised.at)).rounded()) }
        guard state.total > 0, let rate = state.rate.perSecond, rate > 0 else { return nil }
        return (Double(max(state.total - state.completed, 0)) / rate).rounded()
    }

    private func share(_ state: State) -> Double? {
        state.total > 0 ? min(Double(state.completed) / Double(state.total), 1) : nil
    }

    /// 100 % only when all is done.
    private func percent(_ share: Double) -> String { "\(Int(share * 100)) %" }

    private func plainLine(_ state: State, at time: Double) -> String {
        var parts = parts(state, at: time)
        if let share = share(state) { parts.insert(percent(share), at: 0) }
        if !state.note.isEmpty { parts.append(state.note) }
        return "\(label): " + parts.joined(separator: ", ")
    }

    /// The last column stays free: some terminals wrap when it is written.
    private func terminalLine(_ state: State, columns: Int, at time: Double) -> String {
        let width = max(columns - 1, 1)
        var parts = parts(state, at: time)
        if !state.note.isEmpty { parts.append(state.note) }
        let head = DisplayWidth.truncate(label, to: width)
        guard let share = share(state) else {
            return DisplayWidth.truncate(([head] + parts).joined(separator: "  "), to: width)
        }
        let percentText = DisplayWidth.pad(percent(share), to: 5, alignment: .right)
        let used = DisplayWidth.columns(of: head) + 2 + 5
        let texts = parts.map { DisplayWidth.columns(of: $0) + 2 }.reduce(0, +)
        // The bar takes what the words leave, between 8 and 24 columns, and goes first when there is no room.
        let barColumns = min(24, max(8, width - used - texts - 4))
        let withBar = used + barColumns + 4
        guard withBar <= width else {
            return DisplayWidth.truncate(([head, percentText] + parts).joined(separator: "  "), to: width)
        }
        let bar = style.apply(.accent, to: TextBar.bar(share, columns: barColumns))
        let words = parts.isEmpty ? "" : "  " + parts.joined(separator: "  ")
        return "\(head)  ▕\(bar)▏\(percentText)" + DisplayWidth.truncate(words, to: width - withBar + 2)
    }

    private func lastLine(_ state: State) -> String {
        let elapsed = now() - started
        let done = state.completed - initiallyCompleted
        var text = "\(label): \(HumanReadable.count(done)) \(unit) in \(HumanReadable.duration(seconds: elapsed))"
        if elapsed > 0, done > 0 { text += " (\(HumanReadable.rate(Double(done) / elapsed, unit: unit)))" }
        if state.total > state.completed { text += ", stopped at \(percent(Double(state.completed) / Double(state.total)))" }
        if !state.note.isEmpty { text += ", \(state.note)" }
        return text
    }
}
