import Reporting
import Synchronization
import Testing

/// A clock that tests turn, and a page that keeps what was written.
private final class Recorder: ProgressOutput {
    let time = Mutex(100.0)
    let written = Mutex("")
    let terminalColumns: Int?

    init(terminalColumns: Int?) { self.terminalColumns = terminalColumns }

    func write(_ text: String) { written.withLock { $0 += text } }
    var text: String { written.withLock { $0 } }
    func pass(_ seconds: Double) { time.withLock { $0 += seconds } }

    func display(_ label: String = "Training", total: Int, completed: Int = 0) -> ProgressDisplay {
        ProgressDisplay(
            label, total: total, unit: "images", completed: completed, style: .plain, output: self,
            now: { self.time.withLock { $0 } })
    }
}

@Suite struct ProgressDisplayTests {
    @Test func plainLinesComeAtMostEveryTenSeconds() {
        let recorder = Recorder(terminalColumns: nil)
        let progress = recorder.display(total: 3_000)
        for _ in 0..<30 {
            recorder.pass(1)
            progress.advance(by: 100)
        }
        progress.finish(note: "validation 96.4 %")
        progress.finish()
        progress.advance(by: 100)
        #expect(recorder.text == """
            Training: 3 %, 100/3,000 images, 100 images/s, 29 s left
            Training: 36 %, 1,100/3,000 images, 100 images/s, 19 s left
            Training: 70 %, 2,100/3,000 images, 100 images/s, 9 s left
            Training: 3,000 images in 30 s (100 images/s), validation 96.4 %

            """)
    }

    @Test func aTerminalLineIsRedrawnInPlaceAndFits() {
        for columns in [1, 10, 20, 40, 60, 80, 200] {
            let recorder = Recorder(terminalColumns: columns)
            let progress = recorder.display(total: 10_000)
            for step in 0..<100 {
                recorder.pass(0.25)
                progress.update(completed: (step + 1) * 100, note: "validation 96.4 % 猫")
            }
            #expect(!recorder.text.contains("\n"))
            let drawings = recorder.text.split(separator: "\r").map { $0.replacing("\u{1B}[K", with: "") }
            #expect(drawings.count == 100)
            for drawing in drawings { #expect(DisplayWidth.columns(of: String(drawing)) < max(columns, 2)) }
            if columns == 200 {
                #expect(drawings[49].contains("50 %") && drawings[49].contains("400 images/s"))
                #expect(drawings[49].contains("13 s left") && drawings[49].contains("validation 96.4 %"))
            }
            progress.finish()
            #expect(recorder.text.hasSuffix("\n"))
        }
    }

    @Test func drawingIsThrottled() {
        let recorder = Recorder(terminalColumns: 80)
        let progress = recorder.display(total: 100_000)
        for _ in 0..<10_000 {
            recorder.pass(0.001)
            progress.advance()
        }
        let drawings = recorder.text.split(separator: "\r").count
        #expect(drawings >= 90 && drawings <= 101)
    }

    @Test func resumedWorkDoesNotCountInTheRate() {
        let recorder = Recorder(terminalColumns: nil)
        let progress = recorder.display(total: 2_000, completed: 1_000)
        recorder.pass(10)
        progress.advance(by: 100)
        #expect(recorder.text == "Training: 55 %, 1,100/2,000 images, 10 images/s, 1 min 30 s left\n")
    }

    @Test func aBetterEstimateOfTheTimeLeftIsTaken() {
        let recorder = Recorder(terminalColumns: nil)
        let progress = recorder.display(total: 1_000)
        recorder.pass(10)
        progress.update(completed: 500, secondsLeft: 3_720)
        recorder.pass(20)
        progress.update(completed: 510)
        #expect(recorder.text.contains("1 h 02 min left"))
        #expect(recorder.text.hasSuffix("1 h 02 min left\n"))
        recorder.pass(3_000)
        progress.update(completed: 600)
        #expect(recorder.text.hasSuffix("11 min 40 s left\n"))
    }

    @Test func messagesStandOnTheirOwnLineAndCannotMoveTheCursor() {
        let recorder = Recorder(terminalColumns: 80)
        let progress = recorder.display(total: 10)
        recorder.pass(1)
        progress.advance()
        progress.message("skipped \u{1B}[2Jphoto.jpg")
        #expect(recorder.text.contains("\r\u{1B}[Kskipped \u{FFFD}[2Jphoto.jpg\n\r"))
    }

    @Test func unknownTotalsAndOddNumbers() {
        let recorder = Recorder(terminalColumns: nil)
        let progress = recorder.display("Reading", total: 0)
        recorder.pass(20)
        progress.advance(by: 50)
        recorder.pass(20)
        progress.update(completed: -5, total: -1, secondsLeft: .nan)
        recorder.pass(20)
        progress.update(completed: 200, total: 100)
        #expect(recorder.text == """
            Reading: 50 images, 2.5 images/s
            Reading: 0 images
            Reading: 100 %, 200/100 images, 10 images/s, 0 s left

            """)
    }

    @Test func theRateFollowsAChangeOfPace() throws {
        var meter = RateMeter(time: 0, count: 0)
        for second in 1...100 { meter.record(time: Double(second), count: second * 100) }
        #expect(try abs(#require(meter.perSecond) - 100) < 1e-9)
        for second in 1...40 { meter.record(time: Double(100 + second), count: 10_000 + second * 10) }
        #expect(try abs(#require(meter.perSecond) - 10) < 1e-9)
    }

    @Test func manyThreadsMayReport() async {
        let recorder = Recorder(terminalColumns: nil)
        let progress = recorder.display(total: 4_000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<1_000 { progress.advance() } } }
        }
        progress.finish()
        #expect(recorder.text.hasSuffix("Training: 4,000 images in 0 s\n"))
    }
}
