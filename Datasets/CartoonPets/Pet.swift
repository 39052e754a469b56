import Foundation

/// One cat or dog: its fur, its build, and how it holds itself.
///
/// The unit is the radius of its head; (0, 0) lies where its feet touch the ground, in the middle.
struct Pet {
    enum Pose {
        case sitting, standing, lying
    }

    private let isCat: Bool
    private let fur: Fur
    let pose: Pose
    private let collar: Color?
    private let tag: Color
    private let tailLift: Float
    private let headTilt: Float
    private let headTurn: Float
    /// How far the head is above the ground, in head radii.
    let height: Float
    private let stout: Float
    private let catHead: CatHead
    private let dogHead: DogHead

    init(isCat: Bool, _ generator: inout SplitMix64) {
        self.isCat = isCat
        fur = Fur(
            markings: isCat
                ? [.striped, .striped, .striped, .plain, .pale, .patched, .pointed] : [.plain, .pale, .pale, .patched, .spotted, .saddled, .saddled, .striped],
            &generator)
        pose = generator.pick([.sitting, .sitting, .sitting, .standing, .lying])
        collar = generator.chance(isCat ? 0.3 : 0.55) ? .hue(generator.float(0...1), saturation: generator.float(0.5...0.9), brightness: generator.float(0.45...0.9)) : nil
        tag = generator.pick([Color.hex(0xF2C94C), .hex(0xC9CED6)])
        tailLift = generator.float(0...1)
        headTilt = generator.float(-0.22...0.22)
        let turn = generator.float(-0.9...0.9)
        headTurn = pose == .sitting ? turn : abs(turn)
        stout = generator.float(0.88...1.2)
        height = (pose == .sitting ? 3.1 : pose == .standing ? (isCat ? 2.3 : 2.7) : 1.45) * generator.float(0.94...1.06)
        catHead = CatHead(fur: fur, turn: headTurn, &generator)
        dogHead = DogHead(fur: fur, turn: headTurn, &generator)
    }

    /// The middle of the head, in the pet's own coordinates.
    var headCenter: Point {
        switch pose {
        case .sitting: Point(headTurn * 0.12, -height)
        case .standing: Point(1.35, -height)
        case .lying: Point(1.15, -height)
        }
    }

    func draw(_ brush: inout Brush) {
        let shadow = pose == .sitting ? Point(1.5 * stout, 0.25) : Point(2.4, 0.28)
        brush.fill(.ellipse([pose == .sitting ? 0.1 : -0.2, 0], shadow), .hex(0x17120E), opacity: 0.38, softness: 0.3)
        switch pose {
        case .sitting: drawSitting(&brush)
        case .standing: drawStanding(&brush)
        case .lying: drawLying(&brush)
        }
        brush.within(.place(at: headCenter, scale: 1, angle: headTilt)) { brush in
            if isCat { catHead.draw(&brush) } else { dogHead.draw(&brush) }
        }
    }

    // MARK: Poses

    private func drawSitting(_ brush: inout Brush) {
        let w = stout * (isCat ? 1 : 1.04), neck = -height + 0.55
        if isCat {
            let lift = tailLift
            drawTail([[0.7, -0.25], [1.5, -0.12], [1.85, -0.5 - lift * 0.4], [1.75, -0.9 - lift * 0.9], [1.95, -1.2 - lift * 1.2]], width: 0.36, &brush)
        } else {
            drawTail([[0.7, -0.4], [1.35, -0.5 - tailLift * 0.4], [1.8, -0.85 - tailLift * 0.7]], width: 0.42, &brush)
        }
        for side: Float in [-1, 1] {
            part(.ellipse([side * 0.82 * w, -0.55], [0.52, 0.56]), .leg, [side * 0.8 * w, -0.6], [0.6, 0.7], shade: 0.9, &brush)
            part(.ellipse([side * 0.98 * w, -0.13], [0.36, 0.17]), .leg, [side * 0.98 * w, -0.35], [0.4, 0.4], shade: 0.95, &brush)
        }
        let hips = isCat ? 1.0 : 0.9, shoulders: Float = isCat ? 0.66 : 0.82
        part(
            .symmetricBlob([[0, neck - 0.2], [0.5, neck], [shoulders * w, neck + 0.75], [Float(hips) * w, -0.8], [0.8 * w, -0.12], [0, -0.08]]),
            .body, [0, (neck - 0.1) / 2], [1.05 * w, -neck / 2 + 0.1], &brush)
        drawBib(.symmetricBlob([[0, neck], [0.38, neck + 0.25], [0.42, neck + 0.8], [0.16, neck + 1.35], [0, neck + 1.5]]), &brush)
        let spread: Float = isCat ? 0.3 : 0.4, thick: Float = isCat ? 0.4 : 0.48
        for side: Float in [-1, 1] {
            drawLeg(from: [side * spread * 1.15, neck + 1.1], to: [side * spread, -0.14], width: thick, shade: 1, &brush)
        }
        drawCollar([[-0.6, neck - 0.02], [-0.3, neck + 0.22], [0, neck + 0.3], [0.3, neck + 0.22], [0.6, neck - 0.02]], tagAt: [0, neck + 0.42], &brush)
    }

    private func drawStanding(_ brush: inout Brush) {
        let legs: Float = isCat ? 1.0 : 1.25, thick: Float = isCat ? 0.4 : 0.46
        let back = -legs - 0.95 * stout, belly = -legs + 0.15
        if isCat {
            drawTail([[-1.7, back + 0.35], [-2.2, back + 0.1], [-2.35, back - 0.5 - tailLift * 0.4], [-2.1, back - 1.0 - tailLift * 0.6]], width: 0.32, &brush)
        } else {
            drawTail([[-1.65, back + 0.4], [-2.1, back + 0.1 - tailLift * 0.3], [-2.3 + tailLift * 0.3, back - 0.3 - tailLift * 0.7]], width: 0.4, &brush)
        }
        for x: Float in [-1.1, 1.05] {
            drawLeg(from: [x, belly - 0.4], to: [x + 0.12, -0.22], width: thick, shade: 0.72, &brush)
        }
        part(
            .blob([
                [-1.75, back + 0.4], [-1.2, back + 0.02], [0, back + 0.1], [1.0, back - 0.12], [1.55, back + 0.15], [1.45, belly - 0.25],
                [0.8, belly + (isCat ? 0.02 : 0.12)], [-0.6, belly - (isCat ? 0 : 0.2)], [-1.5, belly - 0.1],
            ]), .body, [0, (back + belly) / 2], [1.9, (belly - back) / 2 + 0.15], &brush)
        part(.blob([[0.7, back + 0.2], [0.9, -height + 0.2], [1.7, -height + 0.4], [1.6, back + 0.6], [1.1, belly - 0.3]]), .body, [1.1, back], [0.9, 1.1], &brush)
        for x: Float in [-1.45, 0.75] {
            drawLeg(from: [x, belly - 0.45], to: [x - 0.02, -0.14], width: thick * 1.1, shade: 1, &brush)
        }
        drawCollar([[0.75, -height + 0.62], [1.15, -height + 0.98], [1.6, -height + 0.9]], tagAt: [1.3, -height + 1.12], &brush)
    }

    private func drawLying(_ brush: inout Brush) {
        if isCat {
            drawTail([[-1.7, -0.4], [-2.2, -0.12], [-1.7, -0.06], [-1.0, -0.1 - tailLift * 0.15]], width: 0.34, &brush)
        } else {
            drawTail([[-1.7, -0.45], [-2.3, -0.2], [-2.8, -0.3 - tailLift * 0.3]], width: 0.4, &brush)
        }
        part(
            .blob([
                [-1.95, -0.6], [-1.6, -1.15 * stout], [-0.6, -1.3 * stout], [0.5, -1.25 * stout], [1.5, -1.1], [1.75, -0.45], [1.4, -0.05], [-1.5, -0.04],
            ]), .body, [-0.2, -0.6], [2, 0.8], &brush)
        part(.ellipse([-1.15, -0.5], [0.68, 0.52], angle: -0.2), .leg, [-1.15, -0.6], [0.8, 0.7], &brush)
        part(.ellipse([-0.75, -0.14], [0.45, 0.16]), .leg, [-0.75, -0.3], [0.5, 0.4], &brush)
        for reach: Float in [0.5, 0] {
            part(
                .stroke([[0.9, -0.3], [1.6 + reach, -0.17]], width: isCat ? 0.36 : 0.42), .leg, [1.4 + reach, -0.35], [0.9, 0.4],
                shade: reach > 0 ? 0.85 : 1, &brush)
        }
        drawCollar([[0.55, -height + 0.72], [1.1, -height + 1.02], [1.7, -height + 0.75]], tagAt: [1.1, -height + 1.15], &brush)
    }

    // MARK: Parts

    private func part(_ shape: Path, _ part: BodyPart, _ center: Point, _ radii: Point, shade: Float = 1, _ brush: inout Brush) {
        let outline = shape.furry(length: fur.length * 0.8, spacing: 0.2, &brush.generator)
        brush.fill(outline, fur.paint(part, center: center, radii: radii, shade: shade), line: fur.line, lineWidth: fur.lineWidth)
    }

    private func drawTail(_ line: [Point], width: Float, _ brush: inout Brush) {
        let curve = Path.curve(line, steps: 6)
        let bushy = width * (1 + fur.length * 3)
        let coat = fur.paint(.tail, center: line[line.count / 2], radii: [1.2, 1.2], shade: 0.9)
        if fur.lineWidth > 0 { brush.stroke(curve, width: bushy + fur.lineWidth * 2, endWidth: bushy * 0.5 + fur.lineWidth * 2, color: fur.line) }
        brush.fill(Path.stroke(curve, width: bushy, endWidth: bushy * (isCat ? 0.75 : 0.4)), coat)
    }

    private func drawLeg(from top: Point, to bottom: Point, width: Float, shade: Float, _ brush: inout Brush) {
        let middle = (top + bottom) / 2, long = (bottom - top).length
        let leg = Path.polygon([
            top + Point(-width * 0.5, 0), top + Point(width * 0.5, 0), bottom + Point(width * 0.4, 0), bottom + Point(-width * 0.4, 0),
        ])
        // No line across the top, where the leg leaves the body.
        if fur.lineWidth > 0 {
            for side: Float in [-1, 1] {
                brush.stroke([middle + Point(side * width * 0.47, -long * 0.2), bottom + Point(side * width * 0.42, 0)], width: fur.lineWidth * 2, color: fur.line)
            }
        }
        brush.fill(leg, fur.paint(.leg, center: middle, radii: [width, long * 0.7], shade: shade))
        let paw = Path.ellipse(bottom + Point(0.03, 0), [width * 0.62, 0.17])
        let socks = fur.marking == .pointed ? fur.mark : fur.marking == .plain ? fur.base : fur.pale
        brush.fill(paw, Shaded(base: socks * shade, center: bottom, radii: [width, 0.3]), line: fur.line, lineWidth: fur.lineWidth)
        for toe: Float in [-0.2, 0.2] {
            brush.stroke([bottom + Point(toe * width + 0.03, 0.02), bottom + Point(toe * width + 0.03, 0.13)], width: 0.03, color: fur.line, opacity: 0.6)
        }
    }

    private func drawBib(_ shape: Path, _ brush: inout Brush) {
        guard fur.marking != .plain, fur.marking != .pointed, fur.marking != .spotted else { return }
        brush.fill(shape.furry(length: 0.1, spacing: 0.15, &brush.generator), Shaded(base: fur.pale, center: [0, -height + 1], radii: [0.8, 1]), opacity: 0.9, softness: 0.06)
    }

    private func drawCollar(_ line: [Point], tagAt place: Point, _ brush: inout Brush) {
        guard let collar else { return }
        let curve = Path.curve(line, steps: 5)
        brush.stroke(curve, width: 0.24, color: collar.darker(0.4))
        brush.stroke(curve, width: 0.18, color: collar)
        brush.fill(.circle(place, 0.14), Shaded(base: tag, center: place, radii: [0.16, 0.16], strength: 2), line: tag.darker(0.5), lineWidth: 0.025)
    }
}
