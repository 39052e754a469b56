import CartoonPets
import Imaging
import Testing

@Suite("Painting cats and dogs")
struct PetPainterTests {
    private let painter = PetPainter(seed: 7)

    @Test("The same seed, subject and number draw the same picture", arguments: Subject.allCases)
    func repeats(subject: Subject) {
        let first = painter.canvas(of: subject, number: 3, width: 48, height: 48)
        let second = PetPainter(seed: 7).canvas(of: subject, number: 3, width: 48, height: 48)
        #expect(first.bytes == second.bytes)
    }

    @Test("Another seed, number or subject draws another picture")
    func differs() {
        let reference = painter.canvas(of: .cat, number: 0, width: 48, height: 48).bytes
        #expect(painter.canvas(of: .cat, number: 1, width: 48, height: 48).bytes != reference)
        #expect(painter.canvas(of: .dog, number: 0, width: 48, height: 48).bytes != reference)
        #expect(PetPainter(seed: 8).canvas(of: .cat, number: 0, width: 48, height: 48).bytes != reference)
    }

    @Test("Every channel lies between 0 and 1 and every picture has contrast", arguments: Subject.allCases)
    func bounds(subject: Subject) {
        for number in 0..<24 {
            let canvas = painter.canvas(of: subject, number: number, width: 40, height: 32)
            #expect(canvas.width == 40 && canvas.height == 32 && canvas.pixels.count == 1280)
            #expect(canvas.pixels.allSatisfy { $0.min() >= 0 && $0.max() <= 1 })
            let bytes = canvas.bytes
            #expect(bytes.count == 3840)
            #expect(Int(bytes.max() ?? 0) - Int(bytes.min() ?? 0) > 40, "number \(number) is flat")
        }
    }

    @Test("A larger picture shows the same scene")
    func scales() {
        for number in 0..<4 {
            let small = painter.canvas(of: .dog, number: number, width: 32, height: 32)
            let large = painter.canvas(of: .dog, number: number, width: 128, height: 128)
            var difference: Float = 0
            for y in 0..<32 {
                for x in 0..<32 {
                    var mean = SIMD3<Float>(repeating: 0)
                    for row in 0..<4 {
                        for column in 0..<4 { mean += large[4 * x + column, 4 * y + row] }
                    }
                    let apart = mean / 16 - small[x, y]
                    difference += (apart * apart).sum() / 3
                }
            }
            let rootMeanSquare = (difference / 1024).squareRoot()
            #expect(rootMeanSquare < 0.12, "number \(number) differs by \(rootMeanSquare)")
        }
    }

    @Test("A picture holds the bytes of its canvas")
    func picture() {
        let image = painter.picture(of: .cat, number: 2, size: 33)
        #expect(image.width == 33 && image.height == 33)
        #expect(image.pixels == painter.canvas(of: .cat, number: 2, width: 33, height: 33).bytes)
    }

    @Test("Wide, tall and tiny pictures are drawn", arguments: [(320, 200), (90, 160), (1, 1), (3, 200)])
    func shapes(width: Int, height: Int) {
        for subject in Subject.allCases {
            let canvas = painter.canvas(of: subject, number: 5, width: width, height: height)
            #expect(canvas.bytes.count == width * height * 3)
        }
    }

    /// The mean of 150 pictures still varies as much within a class as between cats and dogs; that of 1,000 does not.
    @Test("Mean cats and dogs are as bright as each other but of other shape, and unlike scenes without them")
    func classesDiffer() {
        let count = 1000
        func mean(_ subject: Subject, from first: Int) -> [Float] {
            var sum = [Float](repeating: 0, count: 16 * 16 * 3)
            for number in first..<(first + count) {
                for (i, byte) in painter.canvas(of: subject, number: number, width: 16, height: 16).bytes.enumerated() {
                    sum[i] += Float(byte) / 255 / Float(count)
                }
            }
            return sum
        }
        func distance(_ a: [Float], _ b: [Float]) -> Float {
            zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
        }
        func brightness(_ picture: [Float]) -> Float { picture.reduce(0, +) / Float(picture.count) }
        let cats = mean(.cat, from: 0), otherCats = mean(.cat, from: 5000)
        let dogs = mean(.dog, from: 0), otherDogs = mean(.dog, from: 5000), neither = mean(.neither, from: 0)
        let within = max(distance(cats, otherCats), distance(dogs, otherDogs))
        #expect(abs(brightness(cats) - brightness(dogs)) < 0.05)
        #expect(min(distance(cats, dogs), distance(otherCats, otherDogs)) > within)
        #expect(min(distance(cats, neither), distance(dogs, neither)) > 2 * within)
    }
}
