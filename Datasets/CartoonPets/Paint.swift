/// What color a shape has at each place, in the coordinates in which the shape is given.
package protocol Paint {
    func color(at place: Point) -> Color
}

/// One color everywhere.
package struct Plain: Paint {
    var color: Color

    package init(_ color: Color) {
        self.color = color
    }

    package func color(at place: Point) -> Color { color }
}

/// From one color to another along a line.
struct Gradient: Paint {
    var start: Point
    var end: Point
    var from: Color
    var to: Color

    func color(at place: Point) -> Color {
        let way = end - start
        return from.mixed(to, smoothStep((place - start).dot(way) / max(way.dot(way), 1e-9), from: 0, to: 1))
    }
}

/// A ball under light from the upper left: brighter there, darker towards the far rim.
struct Shaded: Paint {
    var base: Color
    var center: Point
    var radii: Point
    var strength: Float = 1

    func color(at place: Point) -> Color {
        base * Self.light(at: place, center: center, radii: radii, strength: strength)
    }

    /// The brightness, around 1, at a place of a ball with the given center and radii.
    static func light(at place: Point, center: Point, radii: Point, strength: Float) -> Float {
        let offset = (place - center) / radii
        let facing = -offset.x * 0.45 - offset.y * 0.75
        return 1 + strength * (0.16 * facing - 0.16 * max(0, offset.dot(offset) - 0.45))
    }
}

/// Two colors mixed by noise: grass, clouds, plaster, leaves.
struct Mottled: Paint {
    var from: Color
    var to: Color
    var noise: Noise
    /// Bumps per unit of length, along x and y.
    var frequency: Point
    var octaves = 3

    func color(at place: Point) -> Color {
        from.mixed(to, smoothStep(noise.detailed(place * frequency, octaves: octaves), from: 0.25, to: 0.75))
    }
}

/// Any rule written where it is used.
struct Drawn: Paint {
    let rule: (Point) -> Color

    init(_ rule: @escaping (Point) -> Color) {
        self.rule = rule
    }

    func color(at place: Point) -> Color { rule(place) }
}
