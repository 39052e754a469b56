import Interactions
import ModelStore
import Recommendation
import Testing

@Suite struct RatingFileTests {
    private func model(times: Bool) throws -> RatingModel {
        try RatingModel(RatingData(try PlantedRatings(users: 40, items: 30, times: times).log), configuration: .small())
    }

    @Test(arguments: [true, false]) func roundTrip(times: Bool) throws {
        let model = try model(times: times)
        var file = ModelFile()
        #expect(!RatingModel.isPart(of: file))
        try model.write(to: &file)
        #expect(RatingModel.isPart(of: file))
        let read = try RatingModel(file)
        #expect(read.users.names == model.users.names && read.items.names == model.items.names)
        #expect(read.range == model.range && read.configuration == model.configuration)
        let time = PlantedRatings.start + 30 * PlantedRatings.day
        for user in [nil, 0, 7, 39] {
            for item in [nil, 0, 29] {
                // Factors are kept with half the bits.
                #expect(abs(read.predict(user: user, item: item, time: time) - model.predict(user: user, item: item, time: time)) < 0.02)
            }
        }
        let history = [HistoryEvent(item: 3, kind: .rating, value: 5, time: time), HistoryEvent(item: 4, kind: .rating, value: 1, time: time)]
        #expect(abs(read.predict(history: history, item: 9, time: time) - model.predict(history: history, item: 9, time: time)) < 0.05)
    }

    @Test func damagedPartsAreNamed() throws {
        var file = ModelFile()
        try model(times: true).write(to: &file)
        for index in file.parameters.indices {
            var damaged = file
            let name = file.parameters[index].name
            damaged.parameters.remove(at: index)
            #expect { try RatingModel(damaged) } throws: { "\($0)".contains(name) }
        }
        var empty = file
        empty.sections.removeSection(named: "ratings.header")
        #expect(throws: ModelFileError.self) { try RatingModel(empty) }
    }

    @Test func partsOfTheWrongLengthAreRefused() throws {
        var file = ModelFile()
        try model(times: true).write(to: &file)
        for index in file.parameters.indices {
            var damaged = file
            let tensor = file.parameters[index]
            if let floats = tensor.floats {
                damaged.parameters[index] = NamedTensor(name: tensor.name, shape: [floats.count - 1], floats: Array(floats.dropLast()))
            } else if let integers = tensor.integers {
                damaged.parameters[index] = NamedTensor(
                    name: tensor.name, shape: [integers.count - 1], integers: Array(integers.dropLast()), storedAs: .int64)
            }
            #expect(throws: ModelArchive.Malformed.self, "\(tensor.name)") { try RatingModel(damaged) }
        }
    }
}
