import ArgumentParser

@main
struct CatsVsDogs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catsvsdogs",
        abstract: "Learn classes of photos, and tell them apart.",
        subcommands: [TrainCommand.self])
}
