import CKernels
import ComputeGraph

extension ProgramBuilder {
    /// Adds dropout, whose choice follows from the layer's name, the number of the run and the element's
    /// place, so that a resumed training repeats it and the backward step needs no stored mask.
    mutating func dropout(_ source: Tensor, rate: Float, into destination: Tensor, mode: LoweringMode, layer: String) -> BackwardRule {
        guard mode == .training, rate > 0 else {
            convert(source, into: destination, named: layer + " forward")
            return { builder, request in
                guard let target = request.inputs[0] else { return }
                builder.convert(builder.sum(request.outputs, named: layer + " gradient"), into: target, named: layer + " backward")
            }
        }
        drop(source, rate: rate, into: destination, layer: layer, named: layer + " forward")
        return { builder, request in
            guard let target = request.inputs[0] else { return }
            let gradient = builder.sum(request.outputs, named: layer + " gradient")
            builder.drop(gradient, rate: rate, into: target, layer: layer, named: layer + " backward")
        }
    }

    private mutating func drop(_ source: Tensor, rate: Float, into destination: Tensor, layer: String, named name: String) {
        let (type, count) = (source.type.elementType.kernelType, source.type.elementCount)
        let seed = Self.seed(ofLayer: layer)
        let threshold = UInt32(min(Double(rate) * 0x1p32, 0x1p32 - 1))
        let factor = Float(1 / (1 - Double(rate)))
        step(name, touching: [source, destination]) { at in
            let (x, y, run) = (at[source], at[destination], at.runNumber)
            return {
                var draw = RandomSource(seed, run.pointee)
                tk_dropout(type, x, y, count, draw.next(), threshold, factor)
            }
        }
    }

    /// The seed of a layer's random numbers: a hash of its name (FNV-1a, 64 bits), so that a layer draws the
    /// same numbers whatever stands before it.
    static func seed(ofLayer layer: String) -> UInt64 {
        layer.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
