#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Everything about the goods of a shop that does not change: one array per property, items numbered from 0.
final class Shelves: Sendable {
    /// The kinds of goods in this shop; small shops have few.
    let goods: [Goods]
    /// By category, as `Goods.demand`.
    let demand: [Float]
    /// Positions in `goods`.
    let category: [UInt8]
    /// Items of each category: neighbors in number.
    let ranges: [Range<Int>]
    /// How often an item is looked at, compared with others of its category: Zipf's law by rank.
    let popularity: [Float]
    /// By category, over its range.
    let popular: [AliasTable]
    let brand: [UInt8]
    let color: [UInt8]
    /// What kind of thing it is, of length 1; see `Taste`.
    let style: [SIMD8<Float>]
    /// Cheap or dear for its category: deviations from the middle.
    let priceLevel: [Float]
    let price: [Double]
    /// How much better than others people rate it.
    let quality: [Float]
    let arrival: [UInt16]
    /// The first day without it, beyond the last day for most.
    let departure: [UInt16]
    /// Whether it departs for good instead of being out of stock.
    let isDiscontinued: [Bool]
    /// What belongs to an item of each category and brand: two items of the accessory category, the first one more often.
    let accessories: [[SIMD2<UInt32>]]
    /// What kind of thing each category is.
    let styleOfCategory: [SIMD8<Float>]
    /// The category in which each category's accessories are.
    let accessoryCategory: [Int?]

    var count: Int { category.count }

    /// How much seasons, at their peak, multiply the looks at a category; the trough divides by as much.
    static let seasonStrength: Float = 1.1

    init(_ configuration: ShopConfiguration) {
        let seed = configuration.seed
        let count = configuration.items
        let categories = min(max(count / 12, 1), Vocabulary.goods.count)
        let goods = Array(Vocabulary.goods.prefix(categories))
        let counts = Self.sizes(count, goods)
        var random = SplitMix64(seed: seed, stream: 1, index: 0)
        let styleOfCategory = goods.map { _ in random.direction() }
        let styleOfBrand = Vocabulary.brands.map { _ in random.direction() }
        let styleOfColor = Vocabulary.colors.map { _ in random.direction() }
        let levelOfBrand = Vocabulary.brands.map { _ in random.normal() * 0.5 }

        var category: [UInt8] = [], ranges: [Range<Int>] = [], popularity: [Float] = [], popular: [AliasTable] = []
        var brand: [UInt8] = [], color: [UInt8] = [], style: [SIMD8<Float>] = [], priceLevel: [Float] = [], price: [Double] = []
        var quality: [Float] = [], arrival: [UInt16] = [], departure: [UInt16] = [], isDiscontinued: [Bool] = []
        var brandsOfCategory: [[Int]] = []
        for (number, size) in counts.enumerated() {
            let first = category.count
            ranges.append(first..<first + size)
            // Ranks in mixed order, so that numbers tell nothing.
            var ranks = Array(0..<size)
            for position in stride(from: size - 1, to: 0, by: -1) { ranks.swapAt(position, random.below(position + 1)) }
            let brands = (0..<8).map { _ in random.below(Vocabulary.brands.count) }
            brandsOfCategory.append(brands)
            for rank in ranks {
                let brandNumber = brands[random.below(brands.count)], colorNumber = random.below(Vocabulary.colors.count)
                let mixed = styleOfBrand[brandNumber] * 0.7 + styleOfColor[colorNumber] * 0.4 + random.direction() * 0.6
                let level = min(max(levelOfBrand[brandNumber] + random.normal() * 0.6, -1.5), 1.5)
                category.append(UInt8(number))
                popularity.append(powf(Float(rank + 2), -0.9))
                brand.append(UInt8(brandNumber))
                color.append(UInt8(colorNumber))
                style.append(mixed / (mixed * mixed).sum().squareRoot())
                priceLevel.append(level)
                price.append(Self.tag(goods[number].price * Double(expf(0.7 * level))))
                quality.append(random.normal() * 0.35)
                // The most popular item of each category is always there, so that no category is ever empty.
                let arrives = random.chance(Float(configuration.arrivalShare)) && rank > 0
                let departs = random.chance(Float(configuration.departureShare)) && rank > 0
                let from = arrives ? random.below(configuration.days) : 0
                arrival.append(UInt16(from))
                departure.append(UInt16(departs ? from + 1 + random.below(configuration.days - from) : configuration.days + 1))
                isDiscontinued.append(random.chance(0.5))
            }
            popular.append(AliasTable(popularity[first...].map(Double.init)))
        }
        let accessoryCategory = goods.map { one in goods.firstIndex { $0.name == one.accessory } }
        accessories = accessoryCategory.map { other in
            Vocabulary.brands.indices.map { _ in
                guard let other else { return SIMD2(repeating: .max) }
                let candidates = ranges[other]
                var found: [UInt32] = []
                for _ in 0..<64 where found.count < 2 {
                    let item = candidates.lowerBound + random.below(candidates.count)
                    if arrival[item] == 0, departure[item] > configuration.days, !found.contains(UInt32(item)) {
                        found.append(UInt32(item))
                    }
                }
                let staple = UInt32(
                    candidates.first { arrival[$0] == 0 && departure[$0] > configuration.days } ?? candidates.lowerBound)
                return SIMD2(found.first ?? staple, found.last ?? staple)
            }
        }
        self.goods = goods
        demand = goods.map { Float($0.demand) }
        self.category = category
        self.ranges = ranges
        self.popularity = popularity
        self.popular = popular
        self.brand = brand
        self.color = color
        self.style = style
        self.priceLevel = priceLevel
        self.price = price
        self.quality = quality
        self.arrival = arrival
        self.departure = departure
        self.isDiscontinued = isDiscontinued
        self.styleOfCategory = styleOfCategory
        self.accessoryCategory = accessoryCategory
    }

    /// Shares the items among categories, in proportion to their words and at least one each.
    private static func sizes(_ count: Int, _ goods: [Goods]) -> [Int] {
        let words = goods.map { $0.nouns.count * $0.qualities.count }
        let total = words.reduce(0, +)
        var sizes = words.map { max($0 * count / total, 1) }
        var number = 0
        while sizes.reduce(0, +) < count {
            sizes[number % sizes.count] += 1
            number += 1
        }
        return sizes
    }

    /// A price as shops like them: 7.49, 24.90, 129.
    private static func tag(_ price: Double) -> Double {
        switch price {
        case ..<10: (price * 2).rounded(.up) / 2 - 0.01
        case ..<100: price.rounded(.up) - 0.10
        default: (price / 5).rounded(.up) * 5 - 1
        }
    }

    @inline(__always)
    func isAvailable(_ item: Int, on day: Int) -> Bool { Int(arrival[item]) <= day && day < Int(departure[item]) }

    /// How much the calendar multiplies the looks at each category on a day counted from 1970.
    func seasons(calendarDay: Int) -> [Float] {
        goods.map { one in
            guard let peak = one.peak else { return 1 }
            let angle = (Double(calendarDay) / 365.2425).truncatingRemainder(dividingBy: 1) - peak / 365.2425
            return expf(Self.seasonStrength * Float(cos(2 * Double.pi * angle)))
        }
    }

    /// What follows a purchase of an item, nil where nothing does.
    @inline(__always)
    func accessories(of item: Int) -> SIMD2<UInt32>? {
        let pair = accessories[Int(category[item])][Int(brand[item])]
        return pair[0] == .max ? nil : pair
    }
}
