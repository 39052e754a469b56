import Foundation

/// The place in which a scene is set. Drawing one tells where the ground is.
enum Backdrop: CaseIterable {
    case room, meadow, beach, snow, studio, street, bokeh

    /// Draws the place over the whole picture.
    ///
    /// - Returns: y of the line on which things stand far away; nearer things stand lower.
    func draw(_ brush: inout Brush) -> Float {
        switch self {
        case .room: return drawRoom(&brush)
        case .meadow: return drawOutdoors(&brush, near: .hex(0x5E8C3A), far: .hex(0x9BBF5C), blades: 90)
        case .beach: return drawOutdoors(&brush, near: .hex(0xE2C591), far: .hex(0xF0DDB5), blades: 0)
        case .snow: return drawOutdoors(&brush, near: .hex(0xDDE6F0), far: .hex(0xF4F7FB), blades: 0)
        case .studio: return drawStudio(&brush)
        case .street: return drawStreet(&brush)
        case .bokeh: return drawBokeh(&brush)
        }
    }

    private func drawRoom(_ brush: inout Brush) -> Float {
        let end = brush.corner
        let floor = end.y * brush.generator.float(0.58...0.74)
        let wall = Color.hue(brush.generator.float(0...1), saturation: brush.generator.float(0.08...0.4), brightness: brush.generator.float(0.55...0.95))
        let noise = Noise(&brush.generator)
        let second = wall.darker(brush.generator.float(0.06...0.16))
        let frequency = brush.generator.float(6...16)
        let wallpaper = brush.generator.integer(0...3)
        brush.cover(
            with: Drawn { place in
                var color = wall
                switch wallpaper {
                case 0: color = sin(place.x * frequency * 3) > 0 ? wall : second
                case 1:
                    let cell = place * frequency - (place * frequency).rounded(.down) - 0.5
                    color = cell.length < 0.2 ? second : wall
                case 2: color = wall.mixed(second, noise.detailed(place * 5))
                default: break
                }
                return color * (1.03 - 0.12 * place.y)
            })
        let wood = brush.generator.pick([Color.hex(0xB07A4A), .hex(0x8A5A38), .hex(0xC9A27A), .hex(0x7B6A5C), .hex(0xA8A29A)])
        brush.fill(
            .rectangle([0, floor], end + 0.1),
            Drawn { place in
                let depth = (place.y - floor) / (end.y - floor)
                let board = (place.x - end.x / 2) / (0.35 + depth) * 6
                let grain = noise.value([board * 2, place.y * 30]) * 0.12
                let gap = abs(board - board.rounded()) < 0.04 ? Float(0.75) : 1
                return wood * ((0.82 + grain + 0.12 * depth) * gap)
            })
        brush.fill(.rectangle([0, floor - 0.03], [end.x, floor]), Color.hex(0xF1ECE4).darker(brush.generator.float(0...0.4)))
        if brush.generator.chance(0.6) { drawWindow(&brush, below: floor) }
        if brush.generator.chance(0.5) { drawFrame(&brush) }
        if brush.generator.chance(0.4) { drawSofa(&brush, floor: floor) }
        if brush.generator.chance(0.5) {
            let rug = Color.hue(brush.generator.float(0...1), saturation: 0.5, brightness: brush.generator.float(0.4...0.8))
            let center = Point(end.x * brush.generator.float(0.35...0.65), (floor + end.y) / 2 + 0.04)
            brush.fill(.ellipse(center, [0.46, 0.13]), rug.darker(0.25))
            brush.fill(.ellipse(center, [0.42, 0.11]), rug)
            brush.fill(.ellipse(center, [0.3, 0.075]), rug.lighter(0.25))
        }
        return floor
    }

    private func drawWindow(_ brush: inout Brush, below floor: Float) {
        let low = Point(brush.corner.x * brush.generator.float(0.02...0.6), floor * brush.generator.float(0.05...0.2))
        let size = Point(brush.generator.float(0.25...0.4), floor * brush.generator.float(0.45...0.6))
        brush.fill(.rectangle(low - 0.02, low + size + 0.02), .hex(0xF7F3EA))
        brush.fill(.rectangle(low, low + size), Gradient(start: low, end: low + Point(0, size.y), from: .hex(0x8FC1E8), to: .hex(0xE6F2F7)))
        let cross = low + size / 2
        brush.stroke([[cross.x, low.y], [cross.x, low.y + size.y]], width: 0.015, color: .hex(0xF7F3EA))
        brush.stroke([[low.x, cross.y], [low.x + size.x, cross.y]], width: 0.015, color: .hex(0xF7F3EA))
    }

    private func drawFrame(_ brush: inout Brush) {
        let low = Point(brush.corner.x * brush.generator.float(0.05...0.75), brush.generator.float(0.05...0.2))
        let size = Point(brush.generator.float(0.12...0.25), brush.generator.float(0.12...0.22))
        brush.fill(.rectangle(low - 0.018, low + size + 0.018), brush.generator.pick([Color.hex(0x5A3B22), .hex(0x222222), .hex(0xC9A34A)]))
        let noise = Noise(&brush.generator)
        let hue = brush.generator.float(0...1)
        brush.fill(.rectangle(low, low + size), Mottled(from: .hue(hue, saturation: 0.5, brightness: 0.8), to: .hue(hue + 0.3, saturation: 0.4, brightness: 0.6), noise: noise, frequency: [9, 9]))
    }

    private func drawSofa(_ brush: inout Brush, floor: Float) {
        let cloth = Color.hue(brush.generator.float(0...1), saturation: brush.generator.float(0.2...0.6), brightness: brush.generator.float(0.35...0.75))
        let left = brush.corner.x * brush.generator.float(-0.2...0.4), wide: Float = brush.generator.float(0.6...0.9)
        brush.fill(.rectangle([left, floor - 0.34], [left + wide, floor + 0.02], corner: 0.06), Gradient(start: [0, floor - 0.34], end: [0, floor], from: cloth.lighter(0.1), to: cloth.darker(0.2)))
        brush.fill(.rectangle([left - 0.05, floor - 0.16], [left + wide + 0.05, floor + 0.06], corner: 0.05), cloth.darker(0.1))
        brush.fill(.rectangle([left + 0.06, floor - 0.14], [left + wide - 0.06, floor + 0.03], corner: 0.04), cloth.lighter(0.08))
        brush.fill(.rectangle([left + 0.08, floor - 0.29], [left + 0.24, floor - 0.12], corner: 0.04), Color.hue(brush.generator.float(0...1), saturation: 0.5, brightness: 0.8))
    }

    private func drawOutdoors(_ brush: inout Brush, near: Color, far: Color, blades: Int) -> Float {
        let end = brush.corner
        let horizon = end.y * brush.generator.float(0.42...0.66)
        drawSky(&brush, horizon: horizon)
        let noise = Noise(&brush.generator)
        if self == .beach {
            brush.fill(.rectangle([0, horizon - 0.12], [end.x, horizon + 0.01]), Mottled(from: .hex(0x2F87A8), to: .hex(0x63B4C4), noise: noise, frequency: [4, 60]))
        } else {
            for ridge in 0..<brush.generator.integer(1...3) {
                let peak = brush.generator.float(0.06...0.2), place = brush.generator.float(0...end.x), wide = brush.generator.float(0.5...1.2)
                brush.fill(
                    .blob([[place - wide, horizon + 0.1], [place - wide * 0.4, horizon - peak * 0.7], [place, horizon - peak], [place + wide * 0.5, horizon - peak * 0.6], [place + wide, horizon + 0.1]]),
                    far.mixed(.hex(0x7FA0B8), 0.6 - 0.15 * Float(ridge)))
            }
            for _ in 0..<brush.generator.integer(0...3) {
                let foot = Point(brush.generator.float(0...end.x), horizon + brush.generator.float(-0.01...0.05))
                let size = brush.generator.float(0.12...0.3)
                brush.within(.place(at: foot, scale: size)) { Prop.tree.draw(&$0) }
            }
        }
        let hue = near.varied(0.07, &brush.generator)
        let depth = end.y - horizon
        brush.fill(
            .rectangle([0, horizon], end + 0.1),
            Drawn { place in
                let t = (place.y - horizon) / depth
                let grain = noise.detailed(place * Point(14 + 20 * (1 - t), 40), octaves: 2)
                return far.mixed(hue, smoothStep(t, from: 0, to: 0.8)) * (0.82 + 0.32 * grain)
            })
        for _ in 0..<blades {
            let root = Point(brush.generator.float(0...end.x), horizon + depth * brush.generator.float(0.05...1))
            let size = 0.015 + 0.05 * (root.y - horizon)
            brush.stroke([root, root + Point(brush.generator.float(-0.4...0.4) * size, -size)], width: 0.006, endWidth: 0.002, color: hue.varied(0.12, &brush.generator))
        }
        if blades > 0, brush.generator.chance(0.5) {
            let petal = Color.hue(brush.generator.float(0...1), saturation: 0.5, brightness: 0.95)
            for _ in 0..<brush.generator.integer(4...16) {
                let place = Point(brush.generator.float(0...end.x), horizon + depth * brush.generator.float(0.1...1))
                brush.fill(.circle(place, 0.012), petal)
                brush.fill(.circle(place, 0.005), .hex(0xF6D04D))
            }
        }
        return horizon
    }

    private func drawSky(_ brush: inout Brush, horizon: Float) {
        let (top, low) = brush.generator.pick([
            (Color.hex(0x5BA3DE), Color.hex(0xD8ECF7)), (.hex(0x7FB7E3), .hex(0xF4E6CF)), (.hex(0xA9B8C6), .hex(0xDDE2E6)),
            (.hex(0x4A5C9E), .hex(0xF0A97B)), (.hex(0x8ECae0), .hex(0xEAF6F4)),
        ])
        brush.cover(with: Gradient(start: .zero, end: [0, horizon], from: top, to: low))
        let noise = Noise(&brush.generator)
        let cover = brush.generator.float(0.5...0.75)
        let end = brush.corner
        let (canvasSky, cloud) = (top.mixed(low, 0.5), Color.hex(0xFFFFFF).mixed(low, 0.2))
        guard brush.generator.chance(0.7) else { return }
        brush.fill(
            .rectangle(.zero, [end.x, horizon]),
            Drawn { place in
                let sky = top.mixed(low, smoothStep(place.y / horizon, from: 0, to: 1))
                let mass = smoothStep(noise.detailed(place * Point(2.6, 5.5), octaves: 4), from: cover - 0.12, to: cover + 0.15)
                return sky.mixed(cloud.mixed(canvasSky, 0.1), mass * 0.9)
            })
    }

    private func drawStudio(_ brush: inout Brush) -> Float {
        let hue = brush.generator.float(0...1)
        let center = Color.hue(hue, saturation: brush.generator.float(0.05...0.55), brightness: brush.generator.float(0.5...0.97))
        let rim = center.darker(brush.generator.float(0.1...0.55))
        let middle = brush.middle + Point(brush.generator.float(-0.3...0.3), brush.generator.float(-0.3...0.1))
        brush.cover(with: Drawn { center.mixed(rim, smoothStep(($0 - middle).length, from: 0.05, to: 0.95)) })
        let floor = brush.corner.y * 0.72
        if brush.generator.chance(0.5) {
            brush.fill(.rectangle([-0.2, floor], brush.corner + 0.2), rim.darker(0.15), opacity: 0.5, softness: 0.05)
        }
        return floor
    }

    private func drawStreet(_ brush: inout Brush) -> Float {
        let end = brush.corner
        let floor = end.y * brush.generator.float(0.6...0.74)
        drawSky(&brush, horizon: floor)
        var x = brush.generator.float(-0.3...0)
        while x < end.x {
            let wide = brush.generator.float(0.25...0.45)
            let wall = brush.generator.pick([Color.hex(0xB5654A), .hex(0xD9C2A0), .hex(0x9AA5AD), .hex(0xC9907A), .hex(0x7E8F7A)]).varied(0.06, &brush.generator)
            let roof = floor * brush.generator.float(0.05...0.4)
            brush.fill(.rectangle([x, roof], [x + wide, floor]), wall)
            for row in 0..<3 {
                for column in 0..<2 {
                    let low = Point(x + wide * (0.15 + 0.42 * Float(column)), roof + 0.05 + (floor - roof) * 0.3 * Float(row))
                    brush.fill(.rectangle(low, low + Point(wide * 0.27, (floor - roof) * 0.17)), brush.generator.pick([Color.hex(0x4A5A6A), .hex(0xF2DC9A), .hex(0x2E3944)]))
                }
            }
            x += wide + (brush.generator.chance(0.3) ? 0.1 : 0)
        }
        let noise = Noise(&brush.generator)
        brush.fill(.rectangle([0, floor], end + 0.1), Mottled(from: .hex(0x7D7B78), to: .hex(0xA5A19B), noise: noise, frequency: [18, 50]))
        brush.fill(.rectangle([0, floor], [end.x, floor + 0.02]), .hex(0xC7C2B8))
        return floor
    }

    private func drawBokeh(_ brush: inout Brush) -> Float {
        let noise = Noise(&brush.generator)
        let hue = brush.generator.float(0...1)
        brush.cover(
            with: Mottled(
                from: .hue(hue, saturation: 0.5, brightness: 0.3), to: .hue(hue + brush.generator.float(0...0.25), saturation: 0.45, brightness: 0.75), noise: noise,
                frequency: [2, 2]))
        for _ in 0..<brush.generator.integer(8...26) {
            let place = Point(brush.generator.float(0...brush.corner.x), brush.generator.float(0...brush.corner.y))
            brush.fill(
                .circle(place, brush.generator.float(0.02...0.11)), .hue(hue + brush.generator.float(-0.2...0.3), saturation: 0.4, brightness: 0.95),
                opacity: brush.generator.float(0.1...0.4), softness: 0.012)
        }
        return brush.corner.y * 0.7
    }
}
