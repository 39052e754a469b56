import ArgumentParser
import EventStore
import Foundation
import Recommendation
import Reporting

struct SimilarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Name the items most like one.",
        discussion: """
            EXAMPLES
              recommender similar 85123A --store shop.db --models models --k 5

            EXIT CODES
              0  there are some
              1  the store or the model cannot be used
              2  nothing is known to be like it
              3  neither the store nor the model knows the item
              64 the command was not understood
            """)

    @Argument(help: "The item's id, as in the logs.")
    var item: String

    @OptionGroup var shop: ShopOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("How many.", valueName: "count"))
    var k = 10

    @Flag(help: "Print everything as JSON on standard output.")
    var json = false

    func validate() throws {
        if k < 1 { throw ValidationError("--k must be at least 1") }
    }

    struct Answer: Encodable {
        var item: String
        var name: String?
        var score: Float
    }

    func run() throws {
        let suggester: Suggester
        do {
            suggester = try shop.suggester(SQLiteEventStore(path: shop.store, access: .readOnly)).suggester
        } catch {
            throw fail("similar", error)
        }
        guard let number = suggester.model.items.number(of: item) else {
            StandardErrorOutput().write("recommender similar: there is no item \"\(item)\"\n")
            throw ExitCode(3)
        }
        let answers = suggester.similar(to: number, count: k).map {
            Answer(item: suggester.model.items[$0.item], name: suggester.catalog[$0.item].name, score: $0.score)
        }
        if json {
            try printJSON(answers)
        } else {
            for (place, other) in answers.enumerated() { print("\(place + 1). \(other.name.map { "\($0) (\(other.item))" } ?? other.item)") }
        }
        if answers.isEmpty {
            StandardErrorOutput().write("recommender similar: nothing is known to be like \"\(item)\": too little was done with it, and nothing describes it\n")
            throw ExitCode(2)
        }
    }
}
