import CartoonPets
import Testing

@Suite("Rasterizing")
struct CanvasTests {
    private let white = Plain(SIMD3<Float>(repeating: 1))

    private func ink(_ canvas: Canvas) -> Float {
        canvas.pixels.reduce(0) { $0 + $1.x }
    }

    @Test("A rectangle between pixel borders covers exactly its area")
    func rectangle() {
        var canvas = Canvas(width: 8, height: 6)
        canvas.fill(.rectangle([1.25, 1.5], [4.75, 3.25]), white, transform: .identity)
        #expect(abs(ink(canvas) - 3.5 * 1.75) < 1e-4)
        #expect(abs(canvas[1, 2].x - 0.75) < 1e-5)
        #expect(abs(canvas[1, 1].x - 0.375) < 1e-5)
        #expect(canvas[2, 2].x == 1 && canvas[6, 2].x == 0)
    }

    @Test("Slanted edges keep the area", arguments: [0, 0.3, 1.1, 2.5] as [Float])
    func ellipse(angle: Float) {
        var canvas = Canvas(width: 64, height: 64)
        canvas.fill(.ellipse([31.3, 32.8], [22.5, 9.25], angle: angle, corners: 400), white, transform: .identity)
        #expect(abs(ink(canvas) - 22.5 * 9.25 * .pi) < 0.3)
    }

    @Test("A wide flat triangle, whose edges cross many pixels of a row, keeps its area")
    func triangle() {
        var canvas = Canvas(width: 100, height: 10)
        canvas.fill(.polygon([[2.5, 2.25], [97.5, 4.5], [10, 7.75]]), white, transform: .identity)
        let area: Float = abs((95 * 5.5) - (7.5 * 2.25)) / 2
        #expect(abs(ink(canvas) - area) < 0.01)
    }

    @Test("What lies outside the canvas is cut off")
    func clipping() {
        var canvas = Canvas(width: 10, height: 10)
        canvas.fill(.rectangle([-50, -20], [5, 500]), white, transform: .identity)
        #expect(abs(ink(canvas) - 50) < 1e-4)
        canvas.fill(.circle([200, 200], 30), white, transform: .identity)
        #expect(abs(ink(canvas) - 50) < 1e-4)
    }

    @Test("Overlapping outlines unite whatever way around they are given")
    func union() {
        var path = Path.rectangle([1, 1], [6, 6])
        path.add([[4, 4], [4, 9], [9, 9], [9, 4]])
        var canvas = Canvas(width: 10, height: 10)
        canvas.fill(path, white, transform: .identity)
        #expect(abs(ink(canvas) - (25 + 25 - 4)) < 1e-4)
    }

    @Test("A soft edge spreads the ink and keeps its amount")
    func softness() {
        var canvas = Canvas(width: 60, height: 60)
        canvas.fill(.rectangle([20, 20], [40, 40]), white, transform: .identity, softness: 8)
        #expect(abs(ink(canvas) - 400) < 6)
        #expect(canvas[18, 30].x > 0.05 && canvas[18, 30].x < 0.5)
        #expect(canvas[30, 30].x > 0.95)
    }

    @Test("A transform and its inverse cancel")
    func inverse() {
        let transform = Transform.place(at: [3, -2], scale: 2.5, angle: 0.7, mirrored: true)
        let point = transform.inverse.apply(transform.apply([1.5, 4]))
        #expect(abs(point.x - 1.5) < 1e-5 && abs(point.y - 4) < 1e-5)
        #expect(abs(transform.scale - 2.5) < 1e-5)
    }

    @Test("Noise stays within 0 and 1 and is smooth")
    func noise() {
        var generator = SplitMix64(seed: 1)
        let noise = Noise(&generator)
        var last = noise.value([-40, 7])
        for step in 1...4000 {
            let value = noise.value([-40 + Float(step) * 0.02, 7])
            #expect(value >= 0 && value <= 1)
            #expect(abs(value - last) < 0.05)
            last = value
        }
    }

    @Test("SplitMix64 gives the reference sequence")
    func generator() {
        // The first outputs of the authors' C program for seed 1234567.
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }
}
