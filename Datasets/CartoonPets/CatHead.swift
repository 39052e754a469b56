import Foundation

/// A cat's head seen from the front or a little from the side; its radius is about 1, its center (0, 0).
struct CatHead {
    private let fur: Fur
    private let iris: Color
    private let nose: Color
    private let innerEar: Color
    private let earHeight: Float
    private let earLean: Float
    private let width: Float
    private let pupil: Float
    private let eyeSize: Float
    private let asleep: Bool
    private let whiskers: Color
    /// -1 looks to the left, 1 to the right.
    private let turn: Float

    init(fur: Fur, turn: Float, _ generator: inout SplitMix64) {
        self.fur = fur
        self.turn = turn
        iris = generator.pick([Color.hex(0xB7C94B), .hex(0xE3B23C), .hex(0x6FB98F), .hex(0x7FB2D6), .hex(0xC9772F)]).varied(0.06, &generator)
        nose = generator.pick([Color.hex(0xE79A9A), .hex(0xC97F76), .hex(0x4A3A38)])
        innerEar = generator.pick([Color.hex(0xE9B3A8), .hex(0xD99A90), .hex(0xC48E80)]).mixed(fur.base, generator.float(0...0.35))
        earHeight = generator.float(0.6...0.95)
        earLean = generator.float(-0.08...0.22)
        width = generator.float(0.98...1.16)
        pupil = generator.chance(0.4) ? generator.float(0.2...0.35) : generator.float(0.6...0.85)
        eyeSize = generator.float(0.85...1.15)
        asleep = generator.chance(0.12)
        whiskers = fur.base.luminance > 0.7 ? .hex(0x777069) : .hex(0xF6F2EA)
    }

    func draw(_ brush: inout Brush) {
        for side: Float in [-1, 1] { drawEar(side, &brush) }
        let skull: [Point] = [
            [0, -0.8], [0.5 * width, -0.72], [0.88 * width, -0.25], [1.0 * width, 0.22], [0.72 * width, 0.62], [0.3, 0.8], [0, 0.83],
        ]
        let head = Path.symmetricBlob(skull).furry(length: fur.length, spacing: 0.16, &brush.generator)
        brush.fill(head, fur.paint(.head, center: [0, 0], radii: [width, 0.85]), line: fur.line, lineWidth: fur.lineWidth)
        if fur.marking == .striped { drawTabbyMarks(&brush) }
        for side: Float in [-1, 1] { drawEye(side, &brush) }
        drawMuzzle(&brush)
    }

    private func drawEar(_ side: Float, _ brush: inout Brush) {
        // The ear on the side the head turns to is seen narrower.
        let narrow = 1 - 0.25 * max(0, side * turn)
        func place(_ x: Float, _ y: Float) -> Point { Point(side * x * width * narrow, y) }
        let tip = place(0.72 + earLean, -0.75 - earHeight)
        let inside = place(0.14, -0.66), outside = place(0.93, -0.12)
        let ear = Path.polygon(bent(inside, tip, 0.05 * side) + bent(tip, outside, 0.07 * side) + [place(0.4, -0.2)])
        brush.fill(
            ear.furry(length: fur.length * 0.5, spacing: 0.2, &brush.generator),
            fur.paint(.ear, center: place(0.6, -0.6), radii: [0.7, 0.9]), line: fur.line, lineWidth: fur.lineWidth)
        let middle = (inside + outside + tip) / 3 + Point(0, 0.1)
        let inner = Path.polygon((bent(inside, tip, 0.05 * side) + bent(tip, outside, 0.07 * side)).map { middle + ($0 - middle) * 0.62 })
        brush.fill(inner, Gradient(start: tip, end: middle + Point(0, 0.4), from: innerEar, to: innerEar.darker(0.25)))
        for hair in 0..<3 {
            let root = place(0.3 + 0.12 * Float(hair), -0.5)
            brush.stroke([root, root + Point(side * 0.12, -0.35)], width: 0.05, endWidth: 0.005, color: fur.pale, opacity: 0.8)
        }
    }

    /// The line from one point to another, bulging to its right by a share of its length.
    private func bent(_ from: Point, _ to: Point, _ bulge: Float) -> [Point] {
        Path.curve([from, (from + to) / 2 - (from - to).perpendicular * bulge, to], steps: 5)
    }

    private func drawTabbyMarks(_ brush: inout Brush) {
        let x = turn * 0.15
        let m: [[Point]] = [
            [[x - 0.42, -0.28], [x - 0.32, -0.62]], [[x - 0.32, -0.62], [x - 0.02, -0.34]],
            [[x + 0.02, -0.34], [x + 0.32, -0.62]], [[x + 0.32, -0.62], [x + 0.42, -0.28]], [[x, -0.5], [x, -0.78]],
        ]
        for line in m { brush.stroke(line, width: 0.09, endWidth: 0.06, color: fur.mark, opacity: 0.75) }
        for side: Float in [-1, 1] {
            for cheek in 0..<2 {
                let y = 0.15 + 0.25 * Float(cheek)
                brush.stroke(
                    [[side * (0.98 * width - 0.12 * Float(cheek)), y - 0.05], [side * 0.62, y + 0.06]], width: 0.08, endWidth: 0.02,
                    color: fur.mark, opacity: 0.75)
            }
        }
    }

    private func drawEye(_ side: Float, _ brush: inout Brush) {
        let center = Point(side * 0.42 + turn * 0.17, -0.02)
        let squeeze = 1 - 0.22 * max(0, side * turn)
        let radii = Point(0.23 * squeeze, 0.215) * eyeSize
        let rim = fur.line.darker(0.4)
        guard !asleep else {
            let lid: [Point] = [[-radii.x, 0], [0, radii.y * 0.6], [radii.x, -0.02]]
            brush.stroke(Path.curve(lid.map { $0 + center }), width: 0.06, color: rim)
            return
        }
        // An almond whose outer corner is higher.
        func almond(_ size: Float) -> Path {
            Path.blob([
                center + Point(-side * radii.x * 1.12, radii.y * 0.22) * size, center + Point(-side * radii.x * 0.45, -radii.y * 0.95) * size,
                center + Point(side * radii.x * 0.55, -radii.y * 1.0) * size, center + Point(side * radii.x * 1.12, -radii.y * 0.12) * size,
                center + Point(side * radii.x * 0.6, radii.y * 0.75) * size, center + Point(-side * radii.x * 0.4, radii.y * 0.95) * size,
            ])
        }
        brush.fill(almond(1.22), rim)
        brush.fill(almond(1), Gradient(start: center - Point(0, radii.y), end: center + Point(0, radii.y), from: iris.darker(0.25), to: iris.lighter(0.2)))
        brush.fill(.ellipse(center + Point(turn * 0.05, 0), [radii.x * pupil, radii.y * 0.88]), .hex(0x14100E))
        brush.fill(.circle(center + Point(-0.06, -0.08), 0.058), .hex(0xFFFFFF), opacity: 0.95)
    }

    private func drawMuzzle(_ brush: inout Brush) {
        let x = turn * 0.24
        let puff = fur.marking == .pointed ? fur.mark.lighter(0.15) : fur.pale
        brush.fill(.ellipse([x, 0.6], [0.2, 0.14]), Shaded(base: puff, center: [x, 0.56], radii: [0.25, 0.2]))
        for side: Float in [-1, 1] {
            let center = Point(x + side * 0.17, 0.44)
            brush.fill(.ellipse(center, [0.23, 0.17]), Shaded(base: puff, center: center, radii: [0.25, 0.2]), opacity: 0.95)
        }
        let dark = fur.line.darker(0.3)
        let lip: [Point] = [[x, 0.36], [x, 0.46]]
        brush.stroke(lip, width: 0.035, color: dark)
        for side: Float in [-1, 1] {
            brush.stroke(Path.curve([[x, 0.46], [x + side * 0.1, 0.54], [x + side * 0.22, 0.5]]), width: 0.035, endWidth: 0.02, color: dark)
        }
        brush.fill(.blob([[x - 0.13, 0.24], [x, 0.22], [x + 0.13, 0.24], [x + 0.05, 0.34], [x, 0.37], [x - 0.05, 0.34]]), nose)
        for side: Float in [-1, 1] {
            for hair in 0..<3 {
                let rise = Float(hair - 1)
                let root = Point(x + side * 0.24, 0.43 + rise * 0.06)
                let tip = Point(x * 0.5 + side * 1.3, 0.4 + rise * 0.24)
                brush.stroke(
                    Path.curve([root, (root + tip) / 2 + Point(0, -0.06), tip], steps: 4), width: 0.028, endWidth: 0.008, color: whiskers,
                    opacity: 0.9)
            }
        }
    }
}
