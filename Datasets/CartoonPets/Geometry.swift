import Foundation

/// A place or a direction; y points down.
package typealias Point = SIMD2<Float>

extension SIMD2<Float> {
    func dot(_ other: Self) -> Float { x * other.x + y * other.y }
    var length: Float { dot(self).squareRoot() }
    var unit: Self { self / Swift.max(length, 1e-9) }
    /// The direction a quarter turn away.
    var perpendicular: Self { Self(-y, x) }

    func turned(_ angle: Float) -> Self {
        let (s, c) = (sin(angle), cos(angle))
        return Self(x * c - y * s, x * s + y * c)
    }
}

/// An affine map of the plane: `origin + x * xAxis + y * yAxis`.
package struct Transform: Sendable {
    package var xAxis: Point
    package var yAxis: Point
    package var origin: Point

    package static let identity = Transform(xAxis: [1, 0], yAxis: [0, 1], origin: .zero)

    /// Places a drawing made around (0, 0): mirrored first, then scaled, turned and moved.
    package static func place(at origin: Point, scale: Float, angle: Float = 0, mirrored: Bool = false) -> Transform {
        Transform(
            xAxis: Point(mirrored ? -scale : scale, 0).turned(angle), yAxis: Point(0, scale).turned(angle), origin: origin)
    }

    package func apply(_ point: Point) -> Point {
        origin + xAxis * point.x + yAxis * point.y
    }

    /// The map that applies `inner` first and then this one.
    package func after(_ inner: Transform) -> Transform {
        Transform(
            xAxis: xAxis * inner.xAxis.x + yAxis * inner.xAxis.y,
            yAxis: xAxis * inner.yAxis.x + yAxis * inner.yAxis.y,
            origin: apply(inner.origin))
    }

    /// The map back; the drawing never uses one that flattens the plane.
    package var inverse: Transform {
        let determinant = xAxis.x * yAxis.y - xAxis.y * yAxis.x
        let x = Point(yAxis.y, -xAxis.y) / determinant
        let y = Point(-yAxis.x, xAxis.x) / determinant
        return Transform(xAxis: x, yAxis: y, origin: -(x * origin.x + y * origin.y))
    }

    /// How much lengths grow, on average over the directions.
    package var scale: Float {
        abs(xAxis.x * yAxis.y - xAxis.y * yAxis.x).squareRoot()
    }
}

/// The smooth step from 0 at `from` to 1 at `to`.
func smoothStep(_ value: Float, from: Float, to: Float) -> Float {
    let t = min(max((value - from) / (to - from), 0), 1)
    return t * t * (3 - 2 * t)
}
