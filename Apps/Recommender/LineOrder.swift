import ArgumentParser

/// What is said of the lines of a log without times: whether they come in the order of time.
enum LineOrder: EnumerableFlag {
    case ordered, unordered
}
