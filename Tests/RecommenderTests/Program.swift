import TestSupport

enum Program: BuiltProgram {
    static let name = "recommender"
}
