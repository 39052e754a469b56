import COneDNN

/// A kernel that could not be made or run.
public struct KernelError: Error, Sendable, CustomStringConvertible {
    /// The layer or step concerned.
    public let step: String
    public let problem: String
    public let remedy: String

    public init(step: String, problem: String, remedy: String) {
        self.step = step
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(step): \(problem); \(remedy)" }
}

/// Turns a oneDNN status into an error that names the call and the step.
func check(_ status: dnnl_status_t, _ call: String, step: String) throws {
    guard status != dnnl_success else { return }
    let reason = switch status {
    case dnnl_out_of_memory: "out of memory"
    case dnnl_invalid_arguments: "invalid arguments"
    case dnnl_unimplemented: "no implementation for this shape and type"
    case dnnl_runtime_error: "failed while running"
    default: "status \(status.rawValue)"
    }
    let remedy = switch status {
    case dnnl_out_of_memory: "use a smaller batch or image"
    case dnnl_unimplemented: "use float32, or channel counts that are multiples of 16"
    default: "report this with the model and oneDNN \(InstructionSet.libraryVersion)"
    }
    throw KernelError(step: step, problem: "oneDNN \(call): \(reason)", remedy: remedy)
}
