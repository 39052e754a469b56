import Foundation

/// Closed outlines, flattened to straight pieces; what lies inside any of them is inside the path.
///
/// Every outline runs the same way around, so that overlapping ones unite when they are filled.
package struct Path: Sendable {
    package private(set) var outlines: [[Point]] = []

    package init() {}

    package mutating func add(_ outline: [Point]) {
        guard outline.count > 2 else { return }
        var area: Float = 0
        var last = outline[outline.count - 1]
        for point in outline {
            area += last.x * point.y - point.x * last.y
            last = point
        }
        outlines.append(area < 0 ? outline.reversed() : outline)
    }

    package mutating func add(_ path: Path) {
        outlines += path.outlines
    }

    package static func polygon(_ points: [Point]) -> Path {
        var path = Path()
        path.add(points)
        return path
    }

    package static func ellipse(_ center: Point, _ radii: Point, angle: Float = 0, corners: Int = 40) -> Path {
        polygon(
            (0..<corners).map { corner in
                let turn = Float(corner) / Float(corners) * 2 * .pi
                return center + (radii * Point(cos(turn), sin(turn))).turned(angle)
            })
    }

    package static func circle(_ center: Point, _ radius: Float) -> Path {
        ellipse(center, [radius, radius], corners: radius < 0.03 ? 12 : 40)
    }

    package static func rectangle(_ low: Point, _ high: Point, corner: Float = 0) -> Path {
        guard corner > 0 else { return polygon([low, [high.x, low.y], high, [low.x, high.y]]) }
        let centers: [Point] = [high - corner, [low.x + corner, high.y - corner], low + corner, [high.x - corner, low.y + corner]]
        return polygon(
            centers.enumerated().flatMap { quarter, center in
                (0...6).map { step in
                    center + Point(corner, 0).turned((Float(quarter) + Float(step) / 6) * .pi / 2)
                }
            })
    }

    /// A smooth closed shape through the points (a Catmull-Rom spline).
    package static func blob(_ points: [Point], steps: Int = 8) -> Path {
        let count = points.count
        return polygon(
            (0..<count).flatMap { i in
                spline(
                    points[(i + count - 1) % count], points[i], points[(i + 1) % count], points[(i + 2) % count], steps: steps)
            })
    }

    /// A smooth shape that is the same left and right of x = 0; the points are those of the right half, top to bottom.
    package static func symmetricBlob(_ right: [Point], steps: Int = 8) -> Path {
        blob(right + right.reversed().filter { $0.x > 1e-4 }.map { Point(-$0.x, $0.y) }, steps: steps)
    }

    /// A smooth open line through the points.
    package static func curve(_ points: [Point], steps: Int = 8) -> [Point] {
        guard points.count > 2 else { return points }
        var line: [Point] = []
        for i in 0..<(points.count - 1) {
            line += spline(
                points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, points.count - 1)], steps: steps)
        }
        return line + [points[points.count - 1]]
    }

    /// A thick line with round ends whose width goes from `width` to `endWidth`.
    package static func stroke(_ line: [Point], width: Float, endWidth: Float? = nil) -> Path {
        var path = Path()
        let end = endWidth ?? width
        func radius(_ i: Int) -> Float {
            (width + (end - width) * Float(i) / Float(max(line.count - 1, 1))) / 2
        }
        for (i, point) in line.enumerated() {
            path.outlines += ellipse(point, [radius(i), radius(i)], corners: 14).outlines
            guard i + 1 < line.count else { break }
            let across = (line[i + 1] - point).unit.perpendicular
            path.add([
                point + across * radius(i), line[i + 1] + across * radius(i + 1),
                line[i + 1] - across * radius(i + 1), point - across * radius(i),
            ])
        }
        return path
    }

    /// The thick lines around the outlines of this path.
    package func border(width: Float) -> Path {
        var path = Path()
        for outline in outlines {
            path.add(Path.stroke(outline + [outline[0]], width: width))
        }
        return path
    }

    /// The path with tufts of hair along its outlines.
    ///
    /// - Parameters:
    ///   - length: how far a tuft stands out at most.
    ///   - spacing: the distance between two tufts.
    package func furry(length: Float, spacing: Float, _ generator: inout SplitMix64) -> Path {
        var path = Path()
        for outline in outlines {
            var hairs: [Point] = []
            var sinceTuft: Float = 0
            for (i, point) in outline.enumerated() {
                let next = outline[(i + 1) % outline.count]
                let along = (next - point).unit
                let step = (next - point).length
                hairs.append(point)
                sinceTuft += step
                while sinceTuft > spacing {
                    sinceTuft -= spacing
                    let root = next - along * min(sinceTuft, step)
                    // Outlines run clockwise on the screen, so outwards is to the left of the way.
                    let tip = root - along.perpendicular * length * generator.float(0.4...1) + along * spacing * 0.5 + Point(0, length * 0.35)
                    hairs += [root - along * spacing * 0.45, tip, root + along * spacing * 0.1]
                }
            }
            path.add(hairs)
        }
        return path
    }

    func mapped(_ transform: Transform) -> [[Point]] {
        outlines.map { $0.map(transform.apply) }
    }

    /// The smallest upright box around the path.
    package var bounds: (low: Point, high: Point) {
        var low = Point(repeating: .infinity), high = Point(repeating: -.infinity)
        for outline in outlines {
            for point in outline {
                low = pointwiseMin(low, point)
                high = pointwiseMax(high, point)
            }
        }
        return (low, high)
    }

    private static func spline(_ a: Point, _ b: Point, _ c: Point, _ d: Point, steps: Int) -> [Point] {
        (0..<steps).map { step in
            let t = Float(step) / Float(steps)
            let linear = (c - a) * t
            let square = (a * 2 - b * 5 + c * 4 - d) * (t * t)
            let cube = (b * 3 - a - c * 3 + d) * (t * t * t)
            return (b * 2 + linear + square + cube) * 0.5
        }
    }
}
