import ArgumentParser
import Reporting

@main
struct CatsVsDogs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catsvsdogs",
        abstract: "Learn classes of photos, and tell them apart.",
        discussion: """
            Start with `scan` on a folder of photos to see what is in it and what is wrong with it.
            Every command explains itself: catsvsdogs COMMAND --help.
            """,
        subcommands: [
            ScanCommand.self,
            TrainCommand.self,
            ClassifyCommand.self,
            EvaluateCommand.self,
            CalibrateCommand.self,
            RetrainCommand.self,
            TuneCommand.self,
            ModelsCommand.self,
            BenchmarkCommand.self,
            SampleCommand.self,
        ])

    static func main() {
        StandardOutput.failUnlessWritten()
        main(nil)
    }
}
