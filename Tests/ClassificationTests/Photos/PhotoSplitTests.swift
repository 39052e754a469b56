import Classification
import ComputeGraph
import Imaging
import Testing

struct PhotoSplitTests {
    /// Items of their own groups, as if their files held their numbers.
    func items(_ numbers: Range<Int>, labels: Int = 2, groupedBy size: Int = 1) -> [PhotoSplit.Item] {
        numbers.map { number in
            PhotoSplit.Item(
                digest: ContentDigest(Array("photo \(number)".utf8)), label: number / size % labels,
                group: number / size * size)
        }
    }

    @Test func amountsAreMetExactlyInEveryClass() throws {
        let photos = items(0..<1000, labels: 4)
        let split = try PhotoSplit(photos, test: .count(200), validation: .fraction(0.1), seed: 1)
        #expect(split.test.count == 200)
        #expect(split.validation.count == 100)
        #expect(split.train.count == 700)
        for label in 0..<4 {
            #expect(split.test.count { photos[$0].label == label } == 50)
            #expect(split.validation.count { photos[$0].label == label } == 25)
        }
        #expect(Set(split.train + split.validation + split.test).count == 1000)
    }

    @Test func unevenClassesGetTheirShares() throws {
        // 700 and 300 photos, 101 to hold out: 70.7 and 30.3, by largest remainder 71 and 30.
        let photos = (0..<1000).map {
            PhotoSplit.Item(digest: ContentDigest(Array("\($0)".utf8)), label: $0 < 700 ? 0 : 1, group: $0)
        }
        let split = try PhotoSplit(photos, test: .count(101), validation: .count(0), seed: 5)
        #expect(split.test.count { photos[$0].label == 0 } == 71)
        #expect(split.test.count { photos[$0].label == 1 } == 30)
    }

    @Test(arguments: [2, 3, 7]) func groupsNeverStraddle(size: Int) throws {
        let photos = items(0..<1200, labels: 2, groupedBy: size)
        for seed in 0..<5 as Range<UInt64> {
            let split = try PhotoSplit(photos, test: .fraction(0.2), validation: .fraction(0.1), seed: seed)
            var parts: [Int: Set<DataPart>] = [:]
            for (index, item) in photos.enumerated() { parts[item.group, default: []].insert(split.parts[index]) }
            #expect(parts.values.allSatisfy { $0.count == 1 })
            #expect(abs(split.test.count - 240) < 2 * size)
        }
    }

    @Test func theOrderOfThePhotosMakesNoDifference() throws {
        let photos = items(0..<500)
        var random = RandomSource(seed: 3)
        let order = Array(photos.indices).shuffled(using: &random)
        let first = try PhotoSplit(photos, test: .count(100), validation: .count(50), seed: 9)
        let second = try PhotoSplit(order.map { photos[$0] }, test: .count(100), validation: .count(50), seed: 9)
        #expect(order.map { first.parts[$0] } == second.parts)
    }

    @Test func anotherSeedGivesAnotherDivision() throws {
        let photos = items(0..<1000)
        let first = try PhotoSplit(photos, test: .count(200), validation: .count(0), seed: 1).test
        let second = try PhotoSplit(photos, test: .count(200), validation: .count(0), seed: 2).test
        // 40 are expected in both by chance; the standard deviation is 5.
        #expect(Set(first).intersection(second).count < 80)
    }

    @Test func addedPhotosDoNotReshuffle() throws {
        let old = items(0..<1000)
        let before = try PhotoSplit(old, test: .count(200), validation: .count(100), seed: 4)
        let after = try PhotoSplit(items(0..<1100), test: .count(200), validation: .count(100), seed: 4)
        let rank: [DataPart: Int] = [.test: 0, .validation: 1, .train: 2]
        // With fixed amounts newcomers push others towards training, never the other way; and few of them.
        for index in old.indices { #expect(rank[after.parts[index]]! >= rank[before.parts[index]]!) }
        #expect(old.indices.count { after.parts[$0] != before.parts[$0] } < 100)
    }

    @Test func anEarlierDivisionIsKept() throws {
        let old = items(0..<400)
        let before = try PhotoSplit(old, test: .count(80), validation: .count(40), seed: 4)
        let previous = Dictionary(uniqueKeysWithValues: old.indices.map { (old[$0].digest, before.parts[$0]) })
        let after = try PhotoSplit(
            items(0..<800), test: .count(160), validation: .count(80), seed: 77, keeping: previous)
        #expect(Array(after.parts.prefix(400)) == before.parts)
        #expect(after.test.count == 160)
        #expect(after.validation.count == 80)
    }

    @Test func aCopyOfAHeldOutPhotoStaysOutOfTraining() throws {
        var photos = items(0..<100)
        let before = try PhotoSplit(photos, test: .count(20), validation: .count(0), seed: 4)
        let previous = Dictionary(uniqueKeysWithValues: photos.indices.map { (photos[$0].digest, before.parts[$0]) })
        let heldOut = before.test[0]
        photos.append(
            PhotoSplit.Item(
                digest: ContentDigest(Array("a smaller copy".utf8)), label: photos[heldOut].label, group: photos[heldOut].group))
        let after = try PhotoSplit(photos, test: .count(20), validation: .count(0), seed: 4, keeping: previous)
        #expect(after.parts[100] == .test)
    }

    @Test func foldersOfTheSourceAreFollowed() throws {
        var photos = items(0..<200)
        for index in 0..<200 { photos[index].part = index < 40 ? .test : .train }
        photos[150].group = photos[4].group
        photos[150].label = photos[4].label
        let split = try PhotoSplit(photos, test: .fraction(0.5), validation: .count(20), seed: 1)
        #expect(split.test == Array(0..<40) + [150])
        #expect(split.validation.count == 20)
    }

    @Test func aClassWithNothingLeftToTrainOnIsAnError() throws {
        let photos = (0..<20).map { PhotoSplit.Item(digest: ContentDigest(Array("\($0)".utf8)), label: $0 < 18 ? 0 : 1, group: $0) }
        let error = #expect(throws: PhotoSplitError.self) {
            try PhotoSplit(photos, test: .count(20), validation: .count(0), seed: 1, classNames: ["cat", "dog"])
        }
        #expect(error!.description.contains("\"cat\" has 18 photos"))
    }
}
