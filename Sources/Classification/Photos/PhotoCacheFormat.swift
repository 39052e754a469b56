import Imaging

/// How a cache file is laid out: a header of 4096 bytes, then the pictures in slots of equal size, then the index. Numbers are
/// little-endian; header and index carry a digest each.
enum PhotoCacheFormat {
    static let version = 1
    static let headerLength = 4096
    private static let magic: [UInt8] = Array("TANDEMPH".utf8)
    /// Bytes of the header that its digest covers.
    private static let coveredLength = 8 + 4 + 4 + 4 * 8 + 32 + 32

    struct Header: Equatable {
        /// Width and height of the pictures in pixels.
        var side: Int
        /// Places for pictures; those of photos that could not be read stay empty.
        var slots: Int
        var indexLength: Int
        var fingerprint: ContentDigest
        var indexDigest: ContentDigest

        var slotLength: Int { side * side * 3 }
        var indexOffset: Int { headerLength + slots * slotLength }
        var fileLength: Int { indexOffset + indexLength }
    }

    static func encode(_ header: Header) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(magic)
        writer.write(UInt32(version))
        writer.write(UInt32(header.side))
        writer.write(UInt64(header.slots))
        writer.write(UInt64(header.indexOffset))
        writer.write(UInt64(header.indexLength))
        writer.write(UInt64(header.fileLength))
        writer.write(header.fingerprint)
        writer.write(header.indexDigest)
        precondition(writer.bytes.count == coveredLength)
        writer.write(ContentDigest(writer.bytes))
        return writer.bytes + [UInt8](repeating: 0, count: headerLength - writer.bytes.count)
    }

    /// - Parameter fileLength: of the file the header is of.
    static func decodeHeader(
        _ bytes: UnsafeRawBufferPointer, fileLength: Int, path: String
    ) throws(PhotoCacheError) -> Header {
        func damaged(_ problem: String) -> PhotoCacheError { .damaged(path: path, problem: problem) }
        guard bytes.count >= headerLength, fileLength >= headerLength else { throw damaged("it has only \(fileLength) bytes") }
        var reader = ByteReader(bytes)
        guard reader.bytes(magic.count) == magic else { throw damaged("it does not start as one") }
        guard let version = reader.number(UInt32.self), let side = reader.number(UInt32.self),
            let slots = reader.number(UInt64.self), let indexOffset = reader.number(UInt64.self),
            let indexLength = reader.number(UInt64.self), let length = reader.number(UInt64.self),
            let fingerprint = reader.digest(), let indexDigest = reader.digest(), let digest = reader.digest()
        else { throw damaged("its header is too short") }
        guard Int(version) == Self.version else {
            throw .otherVersion(path: path, found: Int(version), expected: Self.version)
        }
        guard ContentDigest(UnsafeRawBufferPointer(rebasing: bytes[..<coveredLength])) == digest else { throw damaged("its header was altered") }
        guard length == UInt64(fileLength) else {
            throw damaged("it has \(fileLength) bytes and should have \(length)")
        }
        // Bounds before arithmetic: the digest guards against damage, not against a hostile writer.
        guard PhotoCache.allowedSides.contains(Int(side)), slots <= 1 << 32, indexLength <= length else {
            throw damaged("its header makes no sense")
        }
        let header = Header(
            side: Int(side), slots: Int(slots), indexLength: Int(indexLength), fingerprint: fingerprint,
            indexDigest: indexDigest)
        guard header.fileLength == fileLength, UInt64(header.indexOffset) == indexOffset else {
            throw damaged("its parts do not add up to its length")
        }
        return header
    }

    /// What the index says besides the photos themselves.
    struct Index {
        var root: String
        var layout: PhotoCollection.Layout
        var classNames: [String]
        var rejected: [PhotoCache.RejectedPhoto]
        var records: [Record]
    }

    struct Record {
        var slot: Int
        var photo: Photo
        var width: Int
        var height: Int
        var digest: ContentDigest
        var signature: PhotoSignature
    }

    static func encode(_ index: Index) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(index.root)
        writer.write(index.layout.rawValue)
        writer.write(UInt32(index.classNames.count))
        for name in index.classNames { writer.write(name) }
        writer.write(UInt64(index.rejected.count))
        for photo in index.rejected {
            writer.write(photo.path)
            writer.write(UInt32(photo.label))
            writer.write(photo.kind)
            writer.write(photo.reason)
        }
        writer.write(UInt64(index.records.count))
        for record in index.records {
            writer.write(UInt64(record.slot))
            writer.write(record.photo.path)
            writer.write(UInt32(record.photo.label))
            writer.write(record.photo.part?.rawValue ?? "")
            writer.write(UInt32(record.width))
            writer.write(UInt32(record.height))
            writer.write(record.digest)
            writer.write(record.signature.hash.bits)
            writer.write(record.signature.mirroredHash.bits)
            writer.write(record.signature.thumbnail)
        }
        return writer.bytes
    }

    /// `nil` when the bytes break the format.
    static func decodeIndex(_ bytes: UnsafeRawBufferPointer, slots: Int) -> Index? {
        var reader = ByteReader(bytes)
        guard let root = reader.text(), let layout = reader.text().flatMap(PhotoCollection.Layout.init(rawValue:)),
            let classCount = reader.number(UInt32.self), Int(classCount) <= bytes.count
        else { return nil }
        var index = Index(root: root, layout: layout, classNames: [], rejected: [], records: [])
        for _ in 0..<classCount {
            guard let name = reader.text() else { return nil }
            index.classNames.append(name)
        }
        guard let rejectedCount = reader.number(UInt64.self) else { return nil }
        for _ in 0..<rejectedCount {
            guard let path = reader.text(), let label = reader.number(UInt32.self), label < classCount,
                let kind = reader.text(), let reason = reader.text()
            else { return nil }
            index.rejected.append(.init(path: path, label: Int(label), kind: kind, reason: reason))
        }
        guard let count = reader.number(UInt64.self), count <= UInt64(slots) else { return nil }
        index.records.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let record = decodeRecord(&reader), record.slot < slots, record.photo.label < Int(classCount) else {
                return nil
            }
            index.records.append(record)
        }
        return reader.position == bytes.count ? index : nil
    }

    private static func decodeRecord(_ reader: inout ByteReader) -> Record? {
        guard let slot = reader.number(UInt64.self), let path = reader.text(), let label = reader.number(UInt32.self),
            let part = reader.text(), let width = reader.number(UInt32.self), let height = reader.number(UInt32.self),
            let digest = reader.digest(), let hash = reader.number(UInt64.self), let mirrored = reader.number(UInt64.self),
            let thumbnail = reader.bytes(PhotoSignature.side * PhotoSignature.side), slot <= 1 << 32
        else { return nil }
        return Record(
            slot: Int(slot), photo: Photo(path: path, label: Int(label), part: DataPart(rawValue: part)),
            width: Int(width), height: Int(height), digest: digest,
            signature: PhotoSignature(
                hash: PerceptualHash(bits: hash), mirroredHash: PerceptualHash(bits: mirrored), thumbnail: thumbnail))
    }
}
