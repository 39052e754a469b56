import Classification
import ComputeGraph
import Imaging
import Testing

@Suite struct ExplainerTests {
    /// A network whose only filter answers to red, and whose head calls it the second class.
    private func redDetector() throws -> PhotoModel {
        var graph = Graph()
        let image = try graph.input(.image(height: 32, width: 32, channels: 3), named: "image")
        let filtered = try graph.convolution(image, channels: 16, kernel: 1, named: "filter")
        let positive = try graph.relu(filtered, named: "positive")
        let small = try graph.averagePool(positive, kernel: 4, stride: 4, named: "small")
        _ = try graph.dense(try graph.globalAveragePool(small, named: "features"), units: 2, named: "head")
        var model = try sampleModel()
        model.graph = graph
        model.parameters = graph.parameters.map { parameter in
            var values = [Float](repeating: 0, count: parameter.shape.elementCount)
            switch parameter.name {
            case "filter.weight": values.replaceSubrange(0..<3, with: [1, -1, 0])
            case "head.weight": values[16] = 1
            default: break
            }
            return values
        }
        return model
    }

    @Test func hotSpotLiesOnThePlantedPatch() throws {
        let explainer = try Explainer(redDetector(), precision: .float32)
        var image = RGBImage(width: 96, height: 64, filledWith: (40, 90, 160))
        for y in 8..<24 { for x in 60..<84 { image[x, y] = (250, 10, 10) } }
        let map = try explainer.activationMap(of: image, class: 1)
        #expect(map.width == 8 && map.height == 8)
        #expect(abs(map.peak.x - 0.75) < 0.13 && abs(map.peak.y - 0.25) < 0.13)
        // Against the other class, the evidence turns its sign.
        let against = try explainer.activationMap(of: image, class: 0)
        #expect(zip(map.values, against.values).allSatisfy { abs($0 + $1) < 1e-5 })
    }

    @Test func pictureKeepsTheAspectRatioAndHasACaption() throws {
        let explainer = try Explainer(redDetector(), precision: .float32)
        let image = RGBImage(width: 96, height: 64, filledWith: (40, 90, 160))
        let picture = try explainer.picture(
            of: image, answer: Answer(probabilities: [0.3, 0.7]), classes: ["blue", "red"], longestSide: 300)
        #expect(picture.width == 300 && picture.height > 200)
        let caption = (200..<picture.height).flatMap { y in (0..<300).map { picture[$0, y].red } }
        #expect(caption.contains(255) && caption.contains(24))
    }

    @Test func otherNetworksAreRefused() throws {
        var model = try sampleModel()
        var graph = Graph()
        let image = try graph.input(.image(height: 8, width: 8, channels: 3), named: "image")
        _ = try graph.dense(try graph.reshape(image, to: [192], named: "flat"), units: 2, named: "head")
        model.graph = graph
        #expect(throws: Explainer.NotExplainable.self) { _ = try Explainer(model) }
    }
}
