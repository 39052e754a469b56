import ArgumentParser
import Recommendation
import Reporting

@main struct Recommender: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommender", abstract: "Learn from a shop's logs what each user wants next.",
        version: "0.1.0",
        subcommands: [
            ImportCommand.self, StatsCommand.self, TrainCommand.self, SuggestCommand.self, BatchCommand.self, SimilarCommand.self,
            RateCommand.self, EvaluateCommand.self, EvaluateRatingsCommand.self, RetrainCommand.self, ModelsCommand.self,
            ForgetCommand.self, SimulateCommand.self, TuneCommand.self, ExportCommand.self,
            BenchmarkCommand.self,
        ])

    static func main() async {
        LinearAlgebraThreads.endUntilNeeded()
        StandardOutput.failUnlessWritten()
        await main(nil)
    }
}
