import Foundation
import Testing
import Training

@Suite struct ScheduleTests {
    private func near(_ schedule: Schedule, _ progress: Double, _ expected: Double, reductions: Int = 0) {
        let factor = schedule.factor(progress: progress, reductions: reductions)
        #expect(abs(factor - expected) < 1e-3, "\(schedule) at \(progress): \(factor)")
    }

    @Test func oneCycleRisesAndFalls() {
        let schedule = Schedule.oneCycle(warmUp: 0.2)
        near(schedule, 0, 0)
        near(schedule, 0.1, 0.5)
        near(schedule, 0.2, 1)
        near(schedule, 0.6, 0.5)
        near(schedule, 1, 0)
        #expect(schedule.factor(progress: 0) > 0, "the first step would be lost")
    }

    @Test func cosineEndsAtItsFloor() {
        near(.cosine(floor: 0.1), 0, 1)
        near(.cosine(floor: 0.1), 0.5, 0.55)
        near(.cosine(floor: 0.1), 1, 0.1)
    }

    @Test func linear() {
        near(.linear(warmUp: 0.5), 0.25, 0.5)
        near(.linear(warmUp: 0.5), 0.75, 0.5)
        near(.linear(warmUp: 0), 0, 1)
        near(.linear(warmUp: 0), 1, 0)
    }

    @Test func steps() {
        let schedule = Schedule.step(at: [0.5, 0.75], factor: 0.1)
        near(schedule, 0.49, 1)
        near(schedule, 0.5, 0.1)
        near(schedule, 0.9, 0.01)
    }

    @Test func plateauAndConstant() {
        near(.plateau(factor: 0.5, patience: 2), 0.7, 1)
        near(.plateau(factor: 0.5, patience: 2), 0.7, 0.125, reductions: 3)
        near(.constant, 0.9, 1)
    }

    @Test func isStoredWithARun() throws {
        for schedule in [Schedule.constant, .oneCycle(warmUp: 0.1), .step(at: [0.5], factor: 0.1), .plateau(factor: 0.5, patience: 3)] {
            #expect(try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule)) == schedule)
        }
    }
}
