import Imaging

/// One mutated file, from the run's seed and the file's number alone, so that any file can be made again.
struct Mutation {
    private var generator: SampleGenerator
    private(set) var bytes: [UInt8]
    /// How the file is to be decoded.
    private(set) var options: DecodingOptions

    init(seeds: FuzzSeeds, seed: UInt64, number: Int, timeLimit: Double) {
        generator = SampleGenerator(seed: seed, epoch: 0, index: number)
        let start = seeds.seeds[Int(generator.next() % UInt64(seeds.seeds.count))].bytes
        let other = seeds.seeds[Int(generator.next() % UInt64(seeds.seeds.count))].bytes
        bytes = start
        options = DecodingOptions(
            maximumSeconds: timeLimit / 2, minimumSide: generator.next() % 4 == 0 ? 8 : nil,
            truncationTolerance: generator.next() % 2 == 0 ? 0.1 : nil)
        let rounds = [1, 1, 1, 2, 3, 6][below(6)]
        for _ in 0..<rounds { mutateOnce(other: other) }
        if generator.next() % 2 == 0 { repairChecksums() }
    }

    private mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(generator.next() % UInt64(bound)) }

    private mutating func mutateOnce(other: [UInt8]) {
        guard bytes.count > 16 else { return }
        switch below(10) {
        case 0, 1:  // flipped bits
            for _ in 0..<(1 + below(4)) { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
        case 2:  // bytes that parsers dislike
            let odd: [UInt8] = [0x00, 0xFF, 0x7F, 0x80, 0xD8, 0xD9, 0xDA, 0xC4]
            for _ in 0..<(1 + below(3)) { bytes[below(bytes.count)] = odd[below(odd.count)] }
        case 3:  // cut off
            bytes.removeLast(1 + below(bytes.count - 9))
        case 4:  // a part taken out
            let start = 8 + below(bytes.count - 8)
            bytes.removeSubrange(start..<min(start + 1 + below(40), bytes.count))
        case 5:  // a part of another file put in
            let start = below(other.count)
            let part = other[start..<min(start + 1 + below(200), other.count)]
            bytes.insert(contentsOf: part, at: 8 + below(bytes.count - 8))
        case 6:  // a part of another file put over
            let start = below(other.count), place = below(bytes.count)
            for (offset, byte) in other[start...].prefix(1 + below(64)).enumerated() where place + offset < bytes.count {
                bytes[place + offset] = byte
            }
        case 7: mutateSize()
        case 8: mutateLength()
        default: repeatSection()
        }
    }

    /// Width or height in the header.
    private mutating func mutateSize() {
        if isPNG {
            guard bytes.count >= 33 else { return }
            let field = 16 + 4 * below(2)
            switch below(3) {
            case 0: bytes[field + 3] = UInt8(below(256))
            case 1: bytes[field + 2] = UInt8(below(256))
            default: bytes[field + below(4)] ^= 1 << UInt8(below(8))
            }
        } else if let frame = sections.first(where: { 0xC0...0xCF ~= bytes[$0.start + 1] && ![0xC4, 0xC8, 0xCC].contains(bytes[$0.start + 1]) }),
            frame.start + 9 < bytes.count
        {
            bytes[frame.start + 5 + below(4)] = UInt8(below(256))
        }
    }

    /// The length of a chunk or segment.
    private mutating func mutateLength() {
        let all = sections
        guard !all.isEmpty else { return }
        let section = all[below(all.count)]
        let field = isPNG ? section.start + below(4) : section.start + 2 + below(2)
        guard field < bytes.count else { return }
        bytes[field] = below(2) == 0 ? bytes[field] &+ UInt8(below(5)) &- 2 : UInt8(below(256))
    }

    /// A chunk or segment twice, many times, or moved to the end of another.
    private mutating func repeatSection() {
        let all = sections
        guard !all.isEmpty else { return }
        let section = all[below(all.count)], place = all[below(all.count)].start
        let copy = Array(bytes[section])
        let count = below(8) == 0 ? 1 + below(200) : 1
        guard copy.count * count < 1 << 17 else { return }
        for _ in 0..<count { bytes.insert(contentsOf: copy, at: place) }
    }

    private var isPNG: Bool { bytes.count > 4 && bytes[1] == 0x50 && bytes[2] == 0x4E }

    /// Chunks of a PNG, segments of a JPEG (a scan's data go with its header).
    private var sections: [Range<Int>] {
        var found: [Range<Int>] = []
        if isPNG {
            var at = 8
            while at + 12 <= bytes.count, found.count < 100 {
                let length = Int(bytes[at]) << 24 | Int(bytes[at + 1]) << 16 | Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
                guard length <= bytes.count - at - 12 else { break }
                found.append(at..<at + 12 + length)
                at += 12 + length
            }
        } else {
            var starts: [Int] = []
            for at in 2..<max(bytes.count - 1, 2) where bytes[at] == 0xFF && bytes[at + 1] >= 0xC0 && bytes[at + 1] != 0xFF {
                starts.append(at)
            }
            for (start, end) in zip(starts, starts.dropFirst()) { found.append(start..<end) }
        }
        return found
    }

    /// Otherwise nearly everything would stop at a PNG's checksums.
    private mutating func repairChecksums() {
        guard isPNG else { return }
        for chunk in sections {
            let end = chunk.upperBound - 4
            let checksum = PNGChecksum.of(bytes[chunk.lowerBound + 4..<end])
            for byte in 0..<4 { bytes[end + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
        }
    }
}

extension Range<Int> {
    var start: Int { lowerBound }
}
