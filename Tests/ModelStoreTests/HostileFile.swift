import Foundation

/// Safetensors files made by hand, sound or not.
enum HostileFile {
    /// The bytes of a file with this header, a length that may lie, and these data.
    static func bytes(json: [UInt8], data: [UInt8], claimedLength: UInt64? = nil) -> [UInt8] {
        withUnsafeBytes(of: (claimedLength ?? UInt64(json.count)).littleEndian) { Array($0) } + json + data
    }

    static func write(json: String, data: [UInt8] = [], claimedLength: UInt64? = nil, to path: String) throws {
        try Data(bytes(json: Array(json.utf8), data: data, claimedLength: claimedLength))
            .write(to: URL(fileURLWithPath: path))
    }
}
