import COpenBLAS

/// The threads of OpenBLAS.
public enum LinearAlgebraThreads {
    /// Ends them until they are needed, when they start again by themselves.
    ///
    /// They start with the program and turn in a loop for a tenth of a second, waiting for work: on two processors one of two
    /// then does nothing for as long as an answer takes. Call it first of all, while nothing computes.
    public static func endUntilNeeded() { openblas_end_threads() }
}
