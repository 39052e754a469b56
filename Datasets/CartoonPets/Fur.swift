import Foundation

/// The part of an animal that fur is painted on; markings differ from part to part.
enum BodyPart {
    case head, body, leg, tail, ear
}

/// Colors and markings of one animal.
struct Fur {
    enum Marking {
        case plain, striped, spotted, patched, pointed, saddled, pale
    }

    var marking: Marking
    var base: Color
    /// Stripes, spots or patches.
    var mark: Color
    /// Chest, muzzle and paws.
    var pale: Color
    var noise: Noise
    /// How far tufts stand out, in head radii.
    var length: Float
    var line: Color
    var lineWidth: Float
    var strength: Float
    private var stripes: Float
    private var slant: Float

    static let palette: [Color] = [
        .hex(0xD98B45), .hex(0xE8B27A), .hex(0xF0D9B5), .hex(0x8A8A8C), .hex(0xA9A49C), .hex(0x5B5550), .hex(0x34302F),
        .hex(0x6B472E), .hex(0x9C6B43), .hex(0xEFEAE2), .hex(0xC9A36E), .hex(0x7D8794), .hex(0xB5652F), .hex(0xF5F2EC),
    ]

    init(markings: [Marking], _ generator: inout SplitMix64) {
        marking = generator.pick(markings)
        base = generator.pick(Self.palette).varied(0.05, &generator)
        if marking == .pointed || marking == .spotted { base = generator.pick([Color.hex(0xF3EADB), .hex(0xE6D3B8), .hex(0xF5F2EC)]) }
        mark = generator.chance(0.75) ? base.darker(generator.float(0.4...0.65)) : generator.pick(Self.palette)
        if marking == .patched { mark = generator.pick([Color.hex(0x34302F), .hex(0xC9803F), .hex(0x6B472E), .hex(0x8A8A8C)]) }
        if marking == .pointed || marking == .saddled || marking == .spotted {
            mark = generator.pick([Color.hex(0x3B302A), .hex(0x5B4336), .hex(0x2E2B2B), .hex(0x6E5A4C)])
        }
        pale = generator.chance(0.6) ? base.lighter(generator.float(0.45...0.85)) : base.lighter(0.12)
        noise = Noise(&generator)
        length = generator.chance(0.35) ? generator.float(0.09...0.14) : generator.float(0.02...0.06)
        line = base.darker(0.65)
        lineWidth = generator.chance(0.65) ? generator.float(0.015...0.035) : 0
        strength = generator.float(0.8...1.5)
        stripes = generator.float(5...9)
        slant = generator.float(-0.4...0.4)
    }

    func paint(_ part: BodyPart, center: Point, radii: Point, shade: Float = 1) -> Coat {
        Coat(fur: self, part: part, center: center, radii: radii, shade: shade)
    }

    /// The color of the fur before light falls on it.
    fileprivate func pigment(_ part: BodyPart, _ place: Point, _ offset: Point) -> Color {
        switch marking {
        case .plain: return base
        case .pale: return base.mixed(pale, part == .ear ? 0 : smoothStep(offset.y, from: -0.1, to: 0.9) * 0.8)
        case .striped:
            let warp = noise.value(place * 1.6) * 2.2
            let along = part == .head || part == .ear ? place.x * 0.9 * (offset.y < 0 ? 1 : 0.3) + place.y * (offset.y < 0 ? 0.15 : 1.2)
                : part == .tail ? place.x * 0.7 + place.y : place.y + place.x * slant
            let wave = sin(along * stripes + warp)
            // Stripes fade towards the middle of the face and of the belly.
            let fade = part == .tail || part == .leg ? 1 : smoothStep(abs(offset.x), from: 0.1, to: 0.6) * 0.8 + (offset.y < -0.3 ? 0.5 : 0)
            return base.mixed(mark, smoothStep(wave, from: 0.15, to: 0.6) * min(fade, 1) * 0.85)
        case .spotted:
            return base.mixed(mark, smoothStep(noise.value(place * 2.6), from: 0.66, to: 0.72))
        case .patched:
            let patch = base.lighter(0.7).mixed(mark, smoothStep(noise.detailed(place * 0.75 + slant * 9, octaves: 2), from: 0.5, to: 0.54))
            return patch
        case .pointed:
            switch part {
            case .head: return base.mixed(mark, (1 - smoothStep((offset - Point(0, 0.3)).length, from: 0.25, to: 0.8)) * 0.9)
            case .body: return base
            case .leg: return base.mixed(mark, smoothStep(offset.y, from: -0.3, to: 0.8))
            case .tail, .ear: return mark
            }
        case .saddled:
            switch part {
            case .head: return base.mixed(mark, (1 - smoothStep(offset.y, from: -0.5, to: 0.1)) * 0.75)
            case .body: return base.mixed(mark, 1 - smoothStep(offset.y + noise.value(place * 2) * 0.4, from: -0.1, to: 0.35))
            case .leg: return base
            case .tail, .ear: return mark
            }
        }
    }
}

/// Fur on one rounded part of the body: markings, fine hair and light.
struct Coat: Paint {
    var fur: Fur
    var part: BodyPart
    var center: Point
    var radii: Point
    /// 1 in the light, less on the far side of the animal.
    var shade: Float

    func color(at place: Point) -> Color {
        let offset = (place - center) / radii
        let hair = fur.noise.value(place * Point(26, 9)) * 0.65 + fur.noise.value(place * Point(9, 4) + 40) * 0.35
        let light = Shaded.light(at: place, center: center, radii: radii, strength: fur.strength)
        return fur.pigment(part, place, offset) * (light * shade * (0.9 + 0.2 * hair))
    }
}
