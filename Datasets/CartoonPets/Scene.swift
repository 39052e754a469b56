import Foundation

/// What a picture shows.
public enum Subject: String, CaseIterable, Sendable {
    case cat, dog, neither
}

/// Composes one picture: a backdrop, the subject, things around and in front of it, and a camera.
struct Scene {
    let subject: Subject

    func render(width: Int, height: Int, generator: SplitMix64) -> Canvas {
        var brush = Brush(width: width, height: height, generator: generator)
        let backdrop = brush.generator.pick(Backdrop.allCases)
        let ground = backdrop.draw(&brush)
        if brush.generator.chance(0.3) { drawClutter(ground: ground, &brush) }
        switch subject {
        case .cat: drawPet(isCat: true, ground: ground, &brush)
        case .dog: drawPet(isCat: false, ground: ground, &brush)
        case .neither: drawProps(ground: ground, &brush)
        }
        if brush.generator.chance(0.3) { drawForeground(&brush) }
        let lens = Lens(&brush.generator)
        lens.expose(&brush.canvas, &brush.generator)
        return brush.canvas
    }

    private func drawPet(isCat: Bool, ground: Float, _ brush: inout Brush) {
        let pet = Pet(isCat: isCat, &brush.generator)
        let portrait = brush.generator.chance(0.3)
        let tall = pet.height + 1.5
        let mirrored = brush.generator.chance(0.5)
        let angle = brush.generator.float(-0.07...0.07)
        let scale: Float
        var feet: Point
        if portrait {
            // Near the camera: the head fills much of the picture, the rest is cut off.
            scale = brush.generator.float(0.21...0.32)
            let head = brush.middle + Point(brush.generator.float(-0.12...0.12), brush.generator.float(-0.05...0.08))
            feet = head - Point(pet.headCenter.x * (mirrored ? -1 : 1), pet.headCenter.y) * scale
        } else {
            let wide: Float = pet.pose == .sitting ? 3.4 : 5.2
            scale = min(brush.generator.float(0.6...0.92) / tall, brush.generator.float(0.75...1.02) / wide) * min(brush.corner.y, 1.1)
            let nearest = brush.corner.y - 0.03, farthest = max(ground + 0.06, tall * scale + 0.02)
            feet = Point(brush.middle.x + brush.generator.float(-0.13...0.13), nearest - max(nearest - farthest, 0) * brush.generator.float(0...0.8))
        }
        brush.within(.place(at: feet, scale: scale, angle: angle, mirrored: mirrored)) { pet.draw(&$0) }
    }

    private func drawProps(ground: Float, _ brush: inout Brush) {
        let kind = brush.generator.pick(Prop.allCases)
        let count = brush.generator.chance(0.35) ? brush.generator.integer(2...3) : 1
        for index in 0..<count {
            let size = brush.generator.float(0.42...0.8) / (count == 1 ? 1 : 1.5)
            let low = max(ground + 0.05, size + 0.02), high = max(brush.corner.y - 0.04, low)
            let across = count == 1 ? brush.middle.x + brush.generator.float(-0.15...0.15)
                : brush.corner.x * (Float(index) + brush.generator.float(0.35...0.65)) / Float(count)
            let feet = Point(across, brush.generator.float(low...high))
            let prop = index == 0 || brush.generator.chance(0.5) ? kind : brush.generator.pick(Prop.allCases)
            let mirrored = brush.generator.chance(0.5)
            let angle = brush.generator.float(-0.06...0.06)
            brush.within(.place(at: feet, scale: size, angle: angle, mirrored: mirrored)) { prop.draw(&$0) }
        }
    }

    private func drawClutter(ground: Float, _ brush: inout Brush) {
        for _ in 0..<brush.generator.integer(1...2) {
            let prop = brush.generator.pick([Prop.ball, .flower, .lamp, .fir, .cup])
            let size = brush.generator.float(0.15...0.35)
            let feet = Point(brush.generator.float(0...brush.corner.x), ground + brush.generator.float(0.02...0.12))
            brush.within(.place(at: feet, scale: size)) { prop.draw(&$0) }
        }
    }

    /// Something near the camera that hides a little of the scene.
    private func drawForeground(_ brush: inout Brush) {
        let end = brush.corner
        switch brush.generator.integer(0...2) {
        case 0:
            let green = Color.hex(0x4F7F35).varied(0.1, &brush.generator)
            for _ in 0..<30 {
                let root = Point(brush.generator.float(0...end.x), end.y + 0.02)
                let tip = root + Point(brush.generator.float(-0.08...0.08), -brush.generator.float(0.06...0.22))
                brush.fill(Path.stroke(Path.curve([root, (root + tip) / 2 + Point(0.01, 0), tip], steps: 3), width: 0.02, endWidth: 0.003), green.varied(0.1, &brush.generator))
            }
        case 1:
            let side = brush.generator.chance(0.5)
            let leaf = Color.hex(0x3E6B34).varied(0.1, &brush.generator)
            for _ in 0..<5 {
                let root = Point(side ? -0.03 : end.x + 0.03, brush.generator.float(0...end.y))
                let reach = Point((side ? 1 : -1) * brush.generator.float(0.1...0.24), brush.generator.float(-0.1...0.1))
                brush.fill(.ellipse(root + reach / 2, [reach.length / 2, 0.035], angle: atan2(reach.y, reach.x)), leaf.varied(0.06, &brush.generator), opacity: 0.95, softness: 0.015)
            }
        default:
            let wood = Color.hex(0xC9B08A).varied(0.1, &brush.generator)
            let x = brush.generator.float(0...end.x)
            brush.fill(.rectangle([x - 0.025, -0.1], [x + 0.025, end.y + 0.1]), Gradient(start: [x - 0.025, 0], end: [x + 0.025, 0], from: wood, to: wood.darker(0.35)))
        }
    }
}
