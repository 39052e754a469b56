import CKernels
import Kernels
import Testing

@Suite struct ComputeThreadTests {
    private struct Refusal: Error, Equatable { var number: Int }

    @Test func runsJobsOnOneThreadInOrder() {
        let thread = ComputeThread(name: "jobs", threads: 1)
        #expect(!thread.isCurrent)
        var seen: [Int] = []
        for number in 0..<100 {
            let answer = thread.perform {
                #expect(thread.isCurrent)
                seen.append(number)
                return number * 2
            }
            #expect(answer == number * 2)
        }
        #expect(seen == Array(0..<100))
    }

    @Test func aJobMayCallPerformAgain() {
        let thread = ComputeThread(name: "nested", threads: 1)
        #expect(thread.perform { thread.perform { 7 } } == 7)
    }

    @Test func errorsReachTheCaller() async {
        let thread = ComputeThread(name: "errors", threads: 1)
        let job: @Sendable () throws(Refusal) -> Int = { () throws(Refusal) -> Int in throw Refusal(number: 3) }
        await #expect(throws: Refusal(number: 3)) { try await thread.perform(job) }
    }

    @Test func answersManyCallersAtOnce() async {
        let thread = ComputeThread(name: "many", threads: 1)
        let total = await withTaskGroup(of: Int.self) { group in
            for number in 0..<200 { group.addTask { await thread.perform { number } } }
            return await group.reduce(0, +)
        }
        #expect(total == 199 * 100)
    }

    @Test func teamSizesDoNotLeakBetweenThreads() {
        let one = ComputeThread(name: "one", threads: 1)
        let three = ComputeThread(name: "three", threads: 3)
        #expect(one.perform { tk_threads() } == 1)
        #expect(three.perform { tk_threads() } == 3)
        #expect(one.perform { tk_threads() } == 1)
    }

    @Test func theLastOwnerMayLetGoInsideAJob() async {
        weak var seen: ComputeThread?
        do {
            let thread = ComputeThread(name: "brief", threads: 1)
            seen = thread
            await thread.perform { _ = thread }
        }
        // The job's closure may outlive the call by an instant.
        for _ in 0..<1000 where seen != nil { try? await Task.sleep(for: .milliseconds(1)) }
        #expect(seen == nil)
    }

    @Test func stopsOnceAndOnlyOnce() async {
        let thread = ComputeThread(name: "stop", threads: 1)
        async let slow = thread.perform { () -> Int in
            var sum = 0
            for number in 0..<100_000 { sum &+= number }
            return sum
        }
        #expect(await slow == 4_999_950_000)
        thread.stop()
        thread.stop()
    }
}

@Suite struct RepeatedJobTests {
    private struct Refusal: Error, Equatable { var number: Int }

    @Test func eachCallerGetsItsOwnOutcome() async {
        let thread = ComputeThread(name: "repeated", threads: 1)
        let job = RepeatedJob<UnsafeMutablePointer<Int>>(on: thread) { number in
            guard number.pointee % 3 != 0 else { throw Refusal(number: number.pointee) }
            number.pointee *= 2
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    var value = number
                    if number % 3 == 0 {
                        #expect(throws: Refusal(number: number)) { try job.run(&value) }
                    } else {
                        #expect(throws: Never.self) { try job.run(&value) }
                        #expect(value == number * 2)
                    }
                }
            }
        }
    }

    @Test func mayBeRunOnItsOwnThread() throws {
        let thread = ComputeThread(name: "own", threads: 1)
        let job = RepeatedJob<UnsafeMutablePointer<Int>>(on: thread) { $0.pointee += 1 }
        var value = 1
        try thread.perform { () throws in try job.run(&value) }
        #expect(value == 2)
    }
}
