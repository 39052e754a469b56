/// The words and habits of a kind of goods.
struct Goods: Sendable {
    var name: String
    var department: String
    var nouns: [String]
    var qualities: [String]
    /// Of the middle item.
    var price: Double
    /// How often people look at it, compared with others.
    var demand: Double
    /// The day of the year on which it sells best, 0 to 365; nil: it has no season.
    var peak: Double?
    /// The goods that people need after they bought these.
    var accessory: String?
}

/// What a shop of the project's own invention sells.
enum Vocabulary {
    static let goods: [Goods] = [
        Goods(
            name: "lamps", department: "home",
            nouns: [
                "desk lamp", "floor lamp", "table lamp", "pendant light", "wall light", "reading lamp", "bedside lamp", "lantern",
            ],
            qualities: ["Walnut", "Brass", "Linen", "Oak", "Smoked glass", "Copper", "Rattan", "Marble", "Paper", "Ceramic"],
            price: 70, demand: 1, accessory: "light bulbs"),
        Goods(
            name: "light bulbs", department: "home",
            nouns: ["globe bulb", "candle bulb", "spot bulb", "filament bulb", "reflector bulb", "tube bulb"],
            qualities: ["Warm white", "Soft white", "Dimmable", "Amber", "Clear", "Frosted", "Daylight", "Slim"],
            price: 8, demand: 0.5),
        Goods(
            name: "cameras", department: "electronics",
            nouns: ["compact camera", "travel camera", "mirrorless camera", "film camera", "instant camera", "action camera"],
            qualities: ["Silver", "Weatherproof", "Pocket", "Full-frame", "Classic", "Lightweight", "Black", "Wide-angle"],
            price: 420, demand: 1, accessory: "memory cards"),
        Goods(
            name: "memory cards", department: "electronics",
            nouns: ["memory card", "micro memory card", "card twin pack", "card with reader"],
            qualities: ["32 GB", "64 GB", "128 GB", "256 GB", "512 GB", "Fast 64 GB", "Fast 128 GB", "Rugged 128 GB"],
            price: 24, demand: 0.5),
        Goods(
            name: "coffee makers", department: "kitchen",
            nouns: ["espresso machine", "moka pot", "pour-over set", "French press", "drip brewer", "hand grinder"],
            qualities: ["Steel", "Glass", "Enamel", "Copper", "Matte black", "Ceramic", "Compact", "Two-cup"],
            price: 90, demand: 1.1, accessory: "coffee"),
        Goods(
            name: "coffee", department: "kitchen",
            nouns: ["espresso beans", "filter coffee", "coffee beans", "breakfast blend", "house blend", "decaf beans"],
            qualities: ["Dark roast", "Light roast", "Highland", "Washed", "Honeyed", "Single-farm", "Organic", "Medium roast"],
            price: 12, demand: 0.9),
        Goods(
            name: "tents", department: "outdoor",
            nouns: ["dome tent", "tunnel tent", "ridge tent", "family tent", "trekking tent", "tarp shelter"],
            qualities: ["Two-person", "Three-person", "Ultralight", "Four-season", "Canvas", "Pop-up", "Storm-proof", "Roomy"],
            price: 230, demand: 0.8, peak: 175, accessory: "sleeping bags"),
        Goods(
            name: "sleeping bags", department: "outdoor",
            nouns: ["sleeping bag", "mummy bag", "camping quilt", "sleeping mat", "bag liner"],
            qualities: ["Down", "Summer", "Three-season", "Winter", "Fleece", "Compact", "Wide", "Silk"],
            price: 85, demand: 0.7, peak: 180),
        Goods(
            name: "board games", department: "leisure",
            nouns: ["strategy game", "family game", "card game", "puzzle", "word game", "dice game", "party game"],
            qualities: ["Harbor", "Dragon", "Orchard", "Railway", "Lighthouse", "Castle", "Expedition", "Midnight", "Clockwork"],
            price: 32, demand: 1.1, peak: 345),
        Goods(
            name: "toys", department: "leisure",
            nouns: ["building blocks", "train set", "doll's house", "kite", "marble run", "plush bear", "pull-along duck"],
            qualities: ["Wooden", "Colorful", "Giant", "Little", "Painted", "Musical", "First", "Deluxe"],
            price: 28, demand: 1.1, peak: 340),
        Goods(
            name: "garden tools", department: "garden",
            nouns: ["hand trowel", "pruning shears", "spade", "watering can", "rake", "garden fork", "hoe"],
            qualities: ["Ash-handled", "Forged", "Stainless", "Light", "Long-handled", "Copper", "Folding", "Sturdy"],
            price: 30, demand: 0.9, peak: 125),
        Goods(
            name: "planters", department: "garden",
            nouns: ["flower pot", "planter box", "hanging basket", "herb trough", "plant stand", "window box"],
            qualities: ["Terracotta", "Zinc", "Cedar", "Glazed", "Stone", "Woven", "Tall", "Round"],
            price: 26, demand: 0.8, peak: 135, accessory: "seeds"),
        Goods(
            name: "seeds", department: "garden",
            nouns: [
                "tomato seeds", "basil seeds", "sunflower seeds", "lettuce seeds", "wildflower mix", "carrot seeds", "pea seeds",
            ],
            qualities: ["Heirloom", "Organic", "Early", "Giant", "Hardy", "Golden", "Sweet", "Mixed"],
            price: 4, demand: 0.7, peak: 85),
        Goods(
            name: "shoes", department: "clothing",
            nouns: ["ankle boots", "running shoes", "loafers", "sneakers", "hiking boots", "sandals", "brogues"],
            qualities: ["Leather", "Suede", "Canvas", "Waterproof", "Light", "Handmade", "Cushioned", "Classic"],
            price: 95, demand: 1.3, accessory: "shoe care"),
        Goods(
            name: "shoe care", department: "clothing",
            nouns: ["shoe cream", "suede brush", "waterproofing spray", "shoe trees", "laces", "polishing kit"],
            qualities: ["Neutral", "Black", "Brown", "Cedar", "Travel", "Gentle", "Beeswax", "Round"],
            price: 9, demand: 0.4),
        Goods(
            name: "knitwear", department: "clothing",
            nouns: ["scarf", "cardigan", "beanie", "mittens", "roll-neck sweater", "wool socks", "poncho"],
            qualities: ["Merino", "Cashmere", "Cable-knit", "Striped", "Ribbed", "Lambswool", "Chunky", "Nordic"],
            price: 55, demand: 1.1, peak: 355),
        Goods(
            name: "swimwear", department: "clothing",
            nouns: ["swim shorts", "swimsuit", "beach towel", "sun hat", "rash vest", "goggles"],
            qualities: ["Striped", "Navy", "Coral", "Quick-dry", "Printed", "Retro", "Sporty", "Plain"],
            price: 30, demand: 0.8, peak: 185),
        Goods(
            name: "notebooks", department: "stationery",
            nouns: ["notebook", "sketchbook", "weekly planner", "pocket diary", "project book", "album"],
            qualities: ["Dotted", "Linen-bound", "Leather", "Ruled", "Recycled", "Stitched", "Softcover", "Squared"],
            price: 16, demand: 0.9, peak: 245, accessory: "pens"),
        Goods(
            name: "pens", department: "stationery",
            nouns: ["fountain pen", "rollerball", "fineliner set", "mechanical pencil", "brush pen", "ballpoint"],
            qualities: ["Brass", "Black", "Ebonite", "Aluminum", "Colored", "Slim", "Wooden", "Pocket"],
            price: 22, demand: 0.6, peak: 245),
        Goods(
            name: "cookware", department: "kitchen",
            nouns: ["frying pan", "saucepan", "casserole", "wok", "roasting tin", "stockpot", "griddle"],
            qualities: ["Cast-iron", "Copper", "Carbon-steel", "Enamel", "Non-stick", "Deep", "Heavy", "Small"],
            price: 65, demand: 1),
        Goods(
            name: "bicycles", department: "sport",
            nouns: ["city bike", "touring bike", "gravel bike", "folding bike", "cargo bike", "road bike"],
            qualities: ["Eight-speed", "Steel", "Belt-drive", "Step-through", "Electric", "Vintage", "Carbon", "Single-speed"],
            price: 780, demand: 0.7, peak: 130, accessory: "bike gear"),
        Goods(
            name: "bike gear", department: "sport",
            nouns: ["front light", "rear light", "bike lock", "pannier", "helmet", "floor pump", "bell"],
            qualities: ["Rechargeable", "Bright", "Folding", "Waterproof", "Steel", "Reflective", "Small", "Brass"],
            price: 38, demand: 0.8),
        Goods(
            name: "headphones", department: "electronics",
            nouns: ["headphones", "earbuds", "studio headphones", "sport earphones", "headset", "portable speaker"],
            qualities: ["Wireless", "Noise-canceling", "Open-back", "Foldable", "Bass-rich", "Wired", "Light", "Kids'"],
            price: 110, demand: 1.2),
        Goods(
            name: "candles", department: "home",
            nouns: ["pillar candle", "scented candle", "tea lights", "candlestick", "lantern candle", "candle set"],
            qualities: ["Beeswax", "Cedar", "Vanilla", "Cinnamon", "Ivory", "Twisted", "Fig", "Winter spice"],
            price: 14, demand: 0.9, peak: 350),
    ]

    static let brands = [
        "Aldern", "Birkvale", "Calvento", "Dunmarrow", "Elvane", "Fennick", "Garrowby", "Hollin", "Isenfell", "Jorvane",
        "Kestrelby",
        "Lumenor", "Marrowick", "Nordhem", "Ostervale", "Pellworth", "Quillon", "Ravensby", "Solvane", "Tarnwick", "Ulverby",
        "Varnholt",
        "Wexmoor", "Yarrowdale",
    ]

    static let colors = ["white", "black", "gray", "red", "blue", "green", "yellow", "brown", "orange", "purple"]

    /// Added to a name when all combinations of quality and noun are taken.
    static let series = [
        "Alba", "Breeze", "Cirrus", "Dune", "Ember", "Fjord", "Grove", "Haven", "Iris", "Juniper", "Kite", "Lark", "Meadow",
        "Nova", "Opal",
        "Pine", "Quartz", "River", "Sage", "Tide", "Umber", "Vale", "Willow", "Zephyr",
    ]

    /// The name of the number-th item of some goods; no two of the same goods share one.
    static func name(of number: Int, _ goods: Goods) -> String {
        let combinations = goods.qualities.count * goods.nouns.count
        // A step that shares no factor with the number of combinations visits each of them once, in mixed order.
        var step = combinations * 5 / 13 + 1
        while !isCoprime(step, combinations) { step += 1 }
        let combination = number % combinations * step % combinations
        let plain = "\(goods.qualities[combination % goods.qualities.count]) \(goods.nouns[combination / goods.qualities.count])"
        let round = number / combinations
        guard round > 0 else { return plain }
        let name = "\(plain) \(series[(round - 1) % series.count])"
        let edition = (round - 1) / series.count + 1
        return edition == 1 ? name : "\(name) \(edition)"
    }

    private static func isCoprime(_ left: Int, _ right: Int) -> Bool {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left == 1
    }
}
