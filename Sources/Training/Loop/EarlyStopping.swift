/// Decides from the metrics alone whether going on is worthwhile.
public struct EarlyStopping: Hashable, Codable, Sendable {
    /// Epochs without a better validation loss that are still accepted.
    public var patience: Int

    public init(patience: Int) { self.patience = patience }

    /// Whether the run should end now.
    public func shouldStop(_ store: MetricStore) -> Bool {
        guard let best = store.best, let last = store.epochs.last else { return false }
        return last.epoch - best.epoch >= patience
    }
}
