import Foundation

/// Things that are no pets: the subjects of the *neither* pictures, and clutter in the others.
///
/// Each is drawn standing on (0, 0), about 1 high.
enum Prop: CaseIterable {
    case house, tree, fir, car, cup, flower, balloon, ball, lamp

    func draw(_ brush: inout Brush) {
        switch self {
        case .house: drawHouse(&brush)
        case .tree: drawTree(&brush)
        case .fir: drawFir(&brush)
        case .car: drawCar(&brush)
        case .cup: drawCup(&brush)
        case .flower: drawFlower(&brush)
        case .balloon: drawBalloon(&brush)
        case .ball: drawBall(&brush)
        case .lamp: drawLamp(&brush)
        }
    }

    private func bright(_ generator: inout SplitMix64) -> Color {
        .hue(generator.float(0...1), saturation: generator.float(0.35...0.8), brightness: generator.float(0.5...0.95))
    }

    private func shadow(_ wide: Float, _ brush: inout Brush) {
        brush.fill(.ellipse([0.03, 0], [wide, 0.05]), .hex(0x17120E), opacity: 0.35, softness: 0.06)
    }

    private func drawHouse(_ brush: inout Brush) {
        shadow(0.75, &brush)
        let wall = bright(&brush.generator).lighter(0.45), roof = brush.generator.pick([Color.hex(0xA8442F), .hex(0x5A4A44), .hex(0x3F5F7A), .hex(0x8A5A38)])
        let eaves = brush.generator.float(-0.62 ... -0.48), wide = brush.generator.float(0.45...0.65)
        brush.fill(.rectangle([0.2 * wide, -1.0], [0.45 * wide, eaves]), roof.darker(0.3))
        brush.fill(.rectangle([-wide, eaves], [wide, 0]), Gradient(start: [-wide, 0], end: [wide, 0], from: wall, to: wall.darker(0.2)), line: wall.darker(0.6), lineWidth: 0.012)
        brush.fill(.polygon([[-wide - 0.1, eaves + 0.02], [0, -1.02], [wide + 0.1, eaves + 0.02]]), Gradient(start: [0, -1], end: [0, eaves], from: roof.lighter(0.1), to: roof.darker(0.15)), line: roof.darker(0.5), lineWidth: 0.012)
        let door = bright(&brush.generator).darker(0.3)
        brush.fill(.rectangle([-0.09, -0.3], [0.09, 0], corner: 0.02), Plain(door), line: .hex(0xF5F0E6), lineWidth: 0.018)
        brush.fill(.circle([0.05, -0.14], 0.014), .hex(0xE8C45A))
        for side: Float in [-1, 1] {
            let low = Point(side * wide * 0.6 - 0.09, eaves + 0.12)
            brush.fill(.rectangle(low, low + 0.18), Gradient(start: low, end: low + 0.18, from: .hex(0xBFE0F2), to: .hex(0x6F9CB8)), line: .hex(0xF5F0E6), lineWidth: 0.02)
            brush.stroke([low + Point(0.09, 0), low + Point(0.09, 0.18)], width: 0.016, color: .hex(0xF5F0E6))
            brush.stroke([low + Point(0, 0.09), low + Point(0.18, 0.09)], width: 0.016, color: .hex(0xF5F0E6))
        }
    }

    private func drawTree(_ brush: inout Brush) {
        shadow(0.3, &brush)
        let bark = Color.hex(0x6B4A30).varied(0.05, &brush.generator)
        brush.fill(.polygon([[-0.05, 0], [0.06, 0], [0.035, -0.55], [-0.03, -0.55]]), bark)
        let leaf = brush.generator.pick([Color.hex(0x4F8A3A), .hex(0x6FA043), .hex(0x3B6F38), .hex(0xD08A2E), .hex(0xC05A35)]).varied(0.05, &brush.generator)
        let noise = Noise(&brush.generator)
        for _ in 0..<9 {
            let place = Point(brush.generator.float(-0.24...0.24), brush.generator.float(-0.85 ... -0.45))
            let size = brush.generator.float(0.12...0.2)
            let top = leaf.lighter(0.18 * (-place.y - 0.4))
            brush.fill(.circle(place, size).furry(length: 0.05, spacing: 0.05, &brush.generator), Mottled(from: top.darker(0.3), to: top.lighter(0.12), noise: noise, frequency: [14, 14], octaves: 2))
        }
    }

    private func drawFir(_ brush: inout Brush) {
        shadow(0.3, &brush)
        brush.fill(.rectangle([-0.04, -0.15], [0.04, 0]), .hex(0x5A3F2A))
        let green = Color.hex(0x2F6444).varied(0.05, &brush.generator)
        for tier in 0..<4 {
            let y = -0.12 - 0.2 * Float(tier), wide = 0.36 - 0.075 * Float(tier)
            brush.fill(.polygon([[-wide, y], [0, y - 0.34], [wide, y], [0, y - 0.05]]), Gradient(start: [-wide, y], end: [wide, y], from: green.lighter(0.15), to: green.darker(0.3)))
        }
    }

    private func drawCar(_ brush: inout Brush) {
        shadow(0.95, &brush)
        let paint = bright(&brush.generator)
        let roof = brush.generator.float(-0.72 ... -0.58), front = brush.generator.float(0.3...0.5)
        let body = Path.blob([[-0.92, -0.12], [-0.93, -0.36], [-0.62, -0.42], [-0.4, roof], [0.12, roof - 0.01], [front, -0.43], [0.85, -0.36], [0.95, -0.16], [0.6, -0.1], [-0.5, -0.1]], steps: 10)
        brush.fill(body, Gradient(start: [0, roof], end: [0, -0.08], from: paint.lighter(0.25), to: paint.darker(0.25)), line: paint.darker(0.65), lineWidth: 0.014)
        let glass = Gradient(start: [-0.4, roof], end: [0.3, -0.42], from: .hex(0xDCEEF6), to: .hex(0x6F8FA3))
        brush.fill(.polygon([[-0.5, -0.43], [-0.34, roof + 0.06], [-0.1, roof + 0.05], [-0.1, -0.43]]), glass)
        brush.fill(.polygon([[-0.04, -0.43], [-0.04, roof + 0.05], [0.1, roof + 0.05], [front - 0.1, -0.43]]), glass)
        brush.stroke([[-0.07, -0.4], [-0.07, -0.14]], width: 0.01, color: paint.darker(0.5))
        brush.stroke([[0.02, -0.33], [0.1, -0.33]], width: 0.02, color: .hex(0xE8E4DC))
        brush.fill(.ellipse([0.88, -0.28], [0.05, 0.045]), .hex(0xFFF2BF))
        brush.fill(.ellipse([-0.91, -0.28], [0.03, 0.05]), .hex(0xC9302C))
        for wheel: Float in [-0.52, 0.55] {
            brush.fill(.circle([wheel, -0.13], 0.155), .hex(0x221F1F))
            brush.fill(.circle([wheel, -0.13], 0.085), .hex(0xC7CBD0))
            brush.fill(.circle([wheel, -0.13], 0.03), .hex(0x5A5F66))
        }
    }

    private func drawCup(_ brush: inout Brush) {
        shadow(0.42, &brush)
        let glaze = bright(&brush.generator)
        brush.fill(Path.ellipse([0.34, -0.42], [0.2, 0.22]).border(width: 0.075), glaze.darker(0.15))
        brush.fill(.blob([[-0.36, -0.78], [0.36, -0.78], [0.33, -0.2], [0.2, 0.0], [-0.2, 0.0], [-0.33, -0.2]]), Gradient(start: [-0.4, 0], end: [0.4, 0], from: glaze.lighter(0.3), to: glaze.darker(0.3)))
        if brush.generator.chance(0.6) {
            let band = bright(&brush.generator)
            for dot in 0..<5 { brush.fill(.circle([-0.24 + 0.12 * Float(dot), -0.4], 0.04), band) }
        }
        brush.fill(.ellipse([0, -0.78], [0.365, 0.085]), glaze.lighter(0.45))
        brush.fill(.ellipse([0, -0.77], [0.32, 0.065]), brush.generator.pick([Color.hex(0x4A2C1A), .hex(0x9C5A2A), .hex(0xE9DCC3)]))
        for wisp: Float in [-0.1, 0.08] {
            brush.stroke(Path.curve([[wisp, -0.84], [wisp + 0.06, -0.95], [wisp - 0.03, -1.05], [wisp + 0.05, -1.18]]), width: 0.04, endWidth: 0.01, color: .hex(0xFFFFFF), opacity: 0.4)
        }
    }

    private func drawFlower(_ brush: inout Brush) {
        shadow(0.25, &brush)
        let pot = brush.generator.pick([Color.hex(0xB5653F), .hex(0x5F7F9A), .hex(0xE6DFD2)])
        let blossom = bright(&brush.generator)
        for stem in 0..<3 {
            let top = Point(Float(stem - 1) * 0.24 + brush.generator.float(-0.05...0.05), -0.75 - brush.generator.float(0...0.2))
            brush.stroke(Path.curve([[0, -0.3], [top.x * 0.4, -0.55], top]), width: 0.03, color: .hex(0x4C8A3F))
            brush.fill(.ellipse([top.x * 0.7, -0.5], [0.11, 0.04], angle: top.x * 2), .hex(0x5E9C4A))
            let petals = brush.generator.integer(5...8)
            for petal in 0..<petals {
                let turn = Float(petal) / Float(petals) * 2 * .pi
                brush.fill(.ellipse(top + Point(0.1, 0).turned(turn), [0.085, 0.05], angle: turn), Plain(blossom.darker(petal % 2 == 0 ? 0 : 0.1)), line: blossom.darker(0.4), lineWidth: 0.006)
            }
            brush.fill(.circle(top, 0.06), .hex(0xF2C53D))
        }
        brush.fill(.polygon([[-0.2, -0.34], [0.2, -0.34], [0.14, 0], [-0.14, 0]]), Gradient(start: [-0.2, 0], end: [0.2, 0], from: pot.lighter(0.15), to: pot.darker(0.3)))
        brush.fill(.rectangle([-0.23, -0.38], [0.23, -0.3], corner: 0.02), pot)
    }

    private func drawBalloon(_ brush: inout Brush) {
        let silk = bright(&brush.generator), second = bright(&brush.generator)
        brush.stroke([[-0.1, -0.16], [-0.2, -0.42]], width: 0.012, color: .hex(0x4A3826))
        brush.stroke([[0.1, -0.16], [0.2, -0.42]], width: 0.012, color: .hex(0x4A3826))
        brush.fill(.rectangle([-0.11, -0.17], [0.11, 0], corner: 0.02), .hex(0x9C6B3A))
        brush.fill(
            .blob([[0, -1.05], [0.32, -0.92], [0.4, -0.68], [0.2, -0.4], [-0.2, -0.4], [-0.4, -0.68], [-0.32, -0.92]]),
            Drawn { place in
                let gore = sin(asin(min(max(place.x / 0.42, -1), 1)) * 6)
                return (gore > 0 ? silk : second) * Shaded.light(at: place, center: [0, -0.7], radii: [0.42, 0.4], strength: 1.3)
            })
    }

    private func drawBall(_ brush: inout Brush) {
        shadow(0.4, &brush)
        let skin = bright(&brush.generator), stripe = bright(&brush.generator).lighter(0.4)
        let angle = brush.generator.float(0...3)
        brush.fill(
            .circle([0, -0.42], 0.42),
            Drawn { place in
                let turned = (place - Point(0, -0.42)).turned(angle)
                let color = abs(turned.x + turned.y * turned.y * 0.6) < 0.12 ? stripe : skin
                return color * Shaded.light(at: place, center: [0, -0.42], radii: [0.42, 0.42], strength: 1.8)
            })
    }

    private func drawLamp(_ brush: inout Brush) {
        shadow(0.25, &brush)
        brush.fill(.ellipse([0, -0.02], [0.2, 0.04]), .hex(0x3A3430))
        brush.stroke([[0, -0.03], [0, -0.7]], width: 0.03, color: .hex(0x4A423A))
        let shade = bright(&brush.generator).lighter(0.35)
        brush.fill(.circle([0, -0.8], 0.45), .hex(0xFFF0B8), opacity: 0.25, softness: 0.3)
        brush.fill(.polygon([[-0.17, -1.02], [0.17, -1.02], [0.3, -0.62], [-0.3, -0.62]]), Gradient(start: [0, -1], end: [0, -0.6], from: shade, to: shade.lighter(0.6)))
    }
}
