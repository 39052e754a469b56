import Training

/// The command that trains with given options.
enum TrainingCommandLine {
    static func text(_ options: PhotoTrainingOptions) -> String {
        let usual = PhotoTrainingOptions(source: "", threads: 1)
        var words = ["catsvsdogs train", quoted(options.source)]
        if options.network == .small { words.append("--network small") }
        words.append("--size \(options.size)")
        words.append("--rate \(options.learningRate)")
        if options.batchSize != usual.batchSize { words.append("--batch \(options.batchSize)") }
        if options.seed != usual.seed { words.append("--seed \(options.seed)") }
        if options.testPhotos != usual.testPhotos { words.append("--hold-out \(amount(options.testPhotos))") }
        if options.validationPhotos != usual.validationPhotos { words.append("--validation \(amount(options.validationPhotos))") }
        if options.labelSmoothing != usual.labelSmoothing { words.append("--set smoothing=\(options.labelSmoothing)") }
        if options.optimizer != usual.optimizer {
            let (name, momentum, decay) = switch options.optimizer {
            case .sgd(let momentum, _, let decay): ("sgd", momentum, decay)
            case .adamW(let beta1, _, _, let decay): ("adamw", beta1, decay)
            case .muon(let momentum, let decay, _): ("muon", momentum, decay)
            }
            words.append("--set optimizer=\(name) --set momentum=\(momentum) --set decay=\(decay)")
        }
        if options.augmentation.areaRange != usual.augmentation.areaRange {
            words.append("--set crop=\(options.augmentation.areaRange.lowerBound)")
        }
        if options.augmentation.cutoutArea != usual.augmentation.cutoutArea {
            words.append("--set cutout=\(options.augmentation.cutoutArea)")
        }
        return words.joined(separator: " ")
    }

    private static func amount(_ amount: PhotoSplit.Amount) -> String {
        switch amount {
        case .count(let count): "\(count)"
        case .fraction(let share): "\(share)"
        }
    }

    /// For a shell, where it needs it.
    static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:@%".contains($0) }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
