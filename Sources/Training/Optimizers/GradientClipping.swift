import CKernels

/// Keeps the Euclidean norm of all gradients together within a limit (Pascanu et al., 2013).
package enum GradientClipping {
    /// The factor for all gradients: 1 without a limit or within it.
    package static func factor(_ gradients: ParameterStorage, limit: Float?) -> Float {
        guard let limit else { return 1 }
        let norm = Float(tk_sum_of_squares(gradients.all.baseAddress, gradients.all.count).squareRoot())
        return norm > limit ? limit / norm : 1
    }
}
