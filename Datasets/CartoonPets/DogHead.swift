import Foundation

/// A dog's head seen from the front or a little from the side; its radius is about 1, its center (0, 0).
struct DogHead {
    private enum Ears {
        case floppy, long, folded, upright
    }

    private let fur: Fur
    private let ears: Ears
    private let earSize: Float
    private let muzzleLength: Float
    private let muzzleWidth: Float
    private let width: Float
    private let eyes: Color
    private let tongue: Bool
    private let asleep: Bool
    private let blaze: Bool
    private let eyePatch: Float
    private let brows: Bool
    private let turn: Float

    init(fur: Fur, turn: Float, _ generator: inout SplitMix64) {
        self.fur = fur
        self.turn = turn
        ears = generator.pick([.floppy, .floppy, .long, .folded, .folded, .upright])
        earSize = generator.float(0.85...1.15)
        muzzleLength = generator.float(0.75...1.2)
        muzzleWidth = generator.float(0.4...0.54)
        width = generator.float(0.84...1.0)
        eyes = generator.pick([Color.hex(0x4A2C1A), .hex(0x2E1C14), .hex(0x6B4423), .hex(0x6E93B5)])
        tongue = generator.chance(0.4)
        asleep = generator.chance(0.08)
        blaze = generator.chance(0.3)
        eyePatch = generator.chance(0.2) ? generator.sign() : 0
        brows = generator.chance(0.4) || fur.marking == .saddled
    }

    func draw(_ brush: inout Brush) {
        if ears == .upright { drawEars(&brush) }
        let skull: [Point] = [
            [0, -0.82], [0.48 * width, -0.74], [0.84 * width, -0.32], [0.86 * width, 0.12], [0.66, 0.5], [0.46, 0.82], [0, 0.95],
        ]
        let head = Path.symmetricBlob(skull).furry(length: fur.length, spacing: 0.17, &brush.generator)
        brush.fill(head, fur.paint(.head, center: [0, 0], radii: [width, 0.95]), line: fur.line, lineWidth: fur.lineWidth)
        if eyePatch != 0 {
            brush.fill(.ellipse([eyePatch * 0.38 + turn * 0.18, -0.14], [0.3, 0.36], angle: eyePatch * -0.3), fur.mark, opacity: 0.9, softness: 0.05)
        }
        if blaze {
            let x = turn * 0.2
            brush.fill(.blob([[x, -0.82], [x + 0.1, -0.4], [x + 0.22, 0.2], [x, 0.5], [x - 0.22, 0.2], [x - 0.1, -0.4]]), fur.pale, opacity: 0.9, softness: 0.04)
        }
        if ears != .upright { drawEars(&brush) }
        for side: Float in [-1, 1] { drawEye(side, &brush) }
        drawMuzzle(&brush)
    }

    private func drawEars(_ brush: inout Brush) {
        for side: Float in [-1, 1] {
            let narrow = 1 - 0.25 * max(0, side * turn)
            let sway = brush.generator.float(-0.06...0.06)
            func place(_ x: Float, _ y: Float) -> Point { Point(side * x * width * narrow + sway * y, y) }
            let shape: Path
            var fold: Path?
            switch ears {
            case .floppy:
                let drop = 0.45 * earSize
                shape = .blob([place(0.42, -0.76), place(0.86, -0.72), place(1.22, -0.3), place(1.24, drop - 0.1), place(1.02, drop + 0.06), place(0.8, drop - 0.35), place(0.66, -0.3)])
            case .long:
                let drop = 0.95 * earSize
                shape = .blob([place(0.55, -0.6), place(0.9, -0.55), place(1.2, 0), place(1.32, drop - 0.25), place(1.1, drop), place(0.82, drop - 0.2), place(0.76, 0.1), place(0.68, -0.3)])
            case .folded:
                let rise = 0.28 * earSize
                shape = .blob([place(0.3, -0.72), place(0.52, -0.85 - rise), place(0.86, -0.78 - rise), place(1.0, -0.45), place(0.82, -0.3)])
                fold = .blob([place(0.42, -0.82 - rise * 0.8), place(0.86, -0.82 - rise), place(1.18, -0.5), place(1.12, -0.18), place(0.94, -0.28), place(0.66, -0.62)])
            case .upright:
                let rise = 0.82 * earSize
                shape = .blob([place(0.2, -0.62), place(0.42, -0.8 - rise * 0.55), place(0.74, -0.76 - rise), place(1.0, -0.72 - rise * 0.6), place(0.98, -0.3), place(0.6, -0.2)])
            }
            let coat = fur.paint(.ear, center: place(0.9, -0.3), radii: [0.7, 0.9], shade: 0.86)
            let tufts = ears == .long ? fur.length * 1.4 : fur.length
            brush.fill(shape.furry(length: tufts, spacing: 0.18, &brush.generator), coat, line: fur.line, lineWidth: fur.lineWidth)
            if let fold { brush.fill(fold, fur.paint(.ear, center: place(0.8, -0.8), radii: [0.7, 0.7]), line: fur.line, lineWidth: fur.lineWidth) }
            if ears == .upright {
                let rise = 0.82 * earSize
                brush.fill(.blob([place(0.42, -0.66), place(0.55, -0.75 - rise * 0.45), place(0.73, -0.72 - rise * 0.75), place(0.86, -0.7 - rise * 0.4), place(0.8, -0.45)]), Color.hex(0xD8A598).mixed(fur.base, 0.35), softness: 0.02)
            }
        }
    }

    private func drawEye(_ side: Float, _ brush: inout Brush) {
        let center = Point(side * 0.36 + turn * 0.17, -0.12)
        let dark = fur.line.darker(0.5)
        if brows {
            brush.fill(.ellipse(center + Point(-side * 0.02, -0.25), [0.13, 0.09], angle: side * 0.4), fur.pale.mixed(.hex(0xC98B4F), 0.3), opacity: 0.85, softness: 0.02)
        }
        guard !asleep else {
            brush.stroke(Path.curve([center + Point(-0.17, 0), center + Point(0, 0.08), center + Point(0.17, 0)]), width: 0.06, color: dark)
            return
        }
        let squeeze = 1 - 0.2 * max(0, side * turn)
        brush.fill(.ellipse(center, [0.19 * squeeze, 0.175]), dark)
        brush.fill(.ellipse(center - Point(side * 0.05, 0.0), [0.17 * squeeze, 0.13]), .hex(0xF4EFE8))
        brush.fill(.ellipse(center + Point(turn * 0.03, 0), [0.14 * squeeze, 0.15]), eyes)
        brush.fill(.ellipse(center + Point(turn * 0.03, 0), [0.08 * squeeze, 0.085]), .hex(0x120C0A))
        brush.fill(.circle(center + Point(-0.05, -0.06), 0.045), .hex(0xFFFFFF), opacity: 0.95)
    }

    private func drawMuzzle(_ brush: inout Brush) {
        let x = turn * 0.42
        let drop = 0.16 * (muzzleLength - 1)
        let masked = fur.marking == .pointed || (fur.marking == .saddled && !blaze)
        let color = masked ? fur.mark.lighter(0.12) : fur.pale
        let dark = fur.line.darker(0.45)
        if tongue {
            brush.fill(.blob([[x * 0.9 - 0.17, 0.72 + drop], [x * 0.9 + 0.17, 0.72 + drop], [x * 0.9 + 0.18, 1.02 + drop], [x * 0.9, 1.16 + drop], [x * 0.9 - 0.18, 1.02 + drop]]), Plain(.hex(0xE58A8F)), line: .hex(0xA65058), lineWidth: 0.02)
            brush.stroke([[x * 0.9, 0.78 + drop], [x * 0.9, 1.02 + drop]], width: 0.03, color: .hex(0xB9606A))
        } else {
            brush.fill(.ellipse([x * 0.85, 0.76 + drop], [muzzleWidth * 0.6, 0.2]), Shaded(base: color.darker(0.15), center: [x, 0.7], radii: [0.4, 0.3]))
        }
        // The bridge of the nose joins the forehead to the muzzle, which comes towards the viewer.
        let snout = Path.blob([
            [x * 0.55 - 0.2, 0.0], [x * 0.55 + 0.2, 0.0], [x + muzzleWidth * 0.75, 0.24 + drop], [x + muzzleWidth, 0.56 + drop],
            [x + muzzleWidth * 0.6, 0.78 + drop], [x, 0.74 + drop], [x - muzzleWidth * 0.6, 0.78 + drop], [x - muzzleWidth, 0.56 + drop],
            [x - muzzleWidth * 0.75, 0.24 + drop],
        ])
        brush.fill(snout, Shaded(base: color, center: [x, 0.4 + drop], radii: [muzzleWidth * 1.15, 0.5], strength: fur.strength), opacity: 0.97, softness: 0.03)
        brush.stroke([[x, 0.42 + drop], [x, 0.68 + drop]], width: 0.035, color: dark)
        for side: Float in [-1, 1] {
            brush.stroke(
                Path.curve([[x, 0.68 + drop], [x + side * 0.16, 0.76 + drop], [x + side * muzzleWidth * 0.85, 0.66 + drop]]), width: 0.045,
                endWidth: 0.02, color: dark)
            for dot in 0..<3 {
                brush.fill(.circle([x + side * (0.2 + 0.07 * Float(dot)), 0.53 + 0.05 * Float(dot % 2) + drop], 0.016), dark, opacity: 0.7)
            }
        }
        let tip = Point(x * 1.1, 0.3 + drop)
        brush.fill(.blob([tip + [-0.22, -0.06], tip + [-0.1, -0.14], tip + [0.1, -0.14], tip + [0.22, -0.06], tip + [0.12, 0.1], tip + [0, 0.15], tip + [-0.12, 0.1]]), .hex(0x1C1717))
        brush.fill(.ellipse(tip + [-0.05, -0.08], [0.08, 0.03]), .hex(0xB9B4B4), opacity: 0.8, softness: 0.02)
    }
}
