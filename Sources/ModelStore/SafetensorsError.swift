/// Why a safetensors file was refused, in reading or in writing.
///
/// The description names the file, the tensor, the byte in the file, what is wrong and what to do.
public struct SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// The path is a folder, a pipe or a device.
        case notARegularFile
        /// The file has fewer than the 8 bytes that give the length of the header.
        case shorterThanHeaderLength(fileBytes: Int)
        /// The header claims to be longer than ``SafetensorsFile/headerLimit``.
        case headerOverLimit(bytes: UInt64)
        /// The header claims to be longer than the rest of the file.
        case headerPastEndOfFile(bytes: UInt64, available: Int)
        /// The header holds bytes that are not UTF-8.
        case headerNotUTF8
        /// The header is not the JSON that the format prescribes.
        case unexpectedContent(expected: String, found: String)
        /// Two tensors, two metadata entries or two fields of one tensor have the same name.
        case duplicateName(String)
        /// A tensor has a field that the format does not know.
        case unknownField(String)
        /// A tensor lacks one of `dtype`, `shape` and `data_offsets`.
        case missingField(String)
        /// The element type is not one this reader knows.
        case unknownElementType(String)
        /// A tensor has more dimensions than ``SafetensorsFile/rankLimit``.
        case tooManyDimensions
        /// A number does not fit 64 bits, or the size that a shape asks for does not.
        case sizeOverflow
        /// The data of a tensor ends before it begins.
        case offsetsReversed(begin: Int, end: Int)
        /// The data of a tensor reaches past the end of the file: the file was cut short.
        case dataPastEndOfFile(end: Int, available: Int)
        /// The data of a tensor begins inside that of another.
        case overlap(with: String)
        /// Bytes between the data of tensors belong to none.
        case hole(bytes: Int)
        /// Bytes after the last tensor belong to none.
        case trailingBytes(Int)
        /// Shape and element type ask for another number of bytes than the offsets give.
        case sizeMismatch(shape: [Int], elementType: SafetensorsElementType, expected: Int?, found: Int)
        /// There is no tensor of that name.
        case noSuchTensor(available: [String])
        /// The tensor was asked for as another kind of number than it holds.
        case wrongElementType(SafetensorsElementType, wanted: String)
        /// A stored number is not a value of its type, such as a truth value of 7.
        case invalidElement(index: Int, elementType: SafetensorsElementType)
        /// In writing: the name is reserved by the format.
        case reservedName
        /// In writing: the shape does not fit the number of values.
        case valueCountMismatch(shape: [Int], values: Int)
        /// In writing: floating-point values are to be stored as a type of whole numbers, or the reverse.
        case valuesDoNotMatchElementType(SafetensorsElementType)
        /// In writing: a number is outside the range of the type it is to be stored as.
        case valueOutOfRange(value: String, index: Int, elementType: SafetensorsElementType)
        /// The file became shorter while it was being read.
        case changedWhileReading
    }

    /// The file.
    public let path: String
    /// The tensor or metadata entry at fault, where there is one.
    public let tensor: String?
    /// The position in the file, counted from 0, where there is one.
    public let byte: Int?
    /// What is wrong.
    public let problem: Problem

    init(_ problem: Problem, path: String, tensor: String? = nil, byte: Int? = nil) {
        self.path = path
        self.tensor = tensor
        self.byte = byte
        self.problem = problem
    }

    public var description: String {
        var place = path
        if let tensor { place += ", tensor \"\(Self.shortened(tensor))\"" }
        if let byte { place += ", byte \(byte)" }
        return place + ": " + explanation
    }

    private static let damaged = "The file is damaged or not safetensors: fetch or write it again."

    private var explanation: String {
        switch problem {
        case .notARegularFile:
            "this is not a regular file. Give the path of a .safetensors file."
        case .shorterThanHeaderLength(let bytes):
            "the file has \(bytes) bytes, and the length of its header alone takes 8. \(Self.damaged)"
        case .headerOverLimit(let bytes):
            "the header claims \(bytes) bytes, over the limit of \(SafetensorsFile.headerLimit). \(Self.damaged)"
        case .headerPastEndOfFile(let bytes, let available):
            "the header claims \(bytes) bytes, and only \(available) follow. \(Self.damaged)"
        case .headerNotUTF8:
            "the header is not UTF-8 text. \(Self.damaged)"
        case .unexpectedContent(let expected, let found):
            "expected \(expected), found \(found). \(Self.damaged)"
        case .duplicateName(let name):
            "the name \"\(Self.shortened(name))\" appears twice. Give each its own name."
        case .unknownField(let field):
            "unknown field \"\(Self.shortened(field))\"; the fields are dtype, shape and data_offsets. \(Self.damaged)"
        case .missingField(let field):
            "the field \"\(field)\" is missing. \(Self.damaged)"
        case .unknownElementType(let name):
            "unknown element type \"\(Self.shortened(name))\"; known are "
                + SafetensorsElementType.allCases.map(\.rawValue).joined(separator: ", ")
                + ". Convert the tensor to one of these."
        case .tooManyDimensions:
            "more than \(SafetensorsFile.rankLimit) dimensions. \(Self.damaged)"
        case .sizeOverflow:
            "a size that does not fit 64 bits. \(Self.damaged)"
        case .offsetsReversed(let begin, let end):
            "the data end at \(end), before they begin at \(begin). \(Self.damaged)"
        case .dataPastEndOfFile(let end, let available):
            "the data reach to \(end), and the file holds \(available) bytes of data: it was cut short. "
                + "Fetch or write it again."
        case .overlap(let other):
            "the data overlap those of \"\(Self.shortened(other))\". \(Self.damaged)"
        case .hole(let bytes):
            "\(bytes) bytes before the data belong to no tensor. \(Self.damaged)"
        case .trailingBytes(let bytes):
            "\(bytes) bytes after the last tensor belong to none. \(Self.damaged)"
        case .sizeMismatch(let shape, let elementType, let expected, let found):
            "shape \(shape) of \(elementType.rawValue) takes "
                + (expected.map { "\($0) bytes" } ?? "more bytes than 64 bits count")
                + ", and the offsets give \(found). \(Self.damaged)"
        case .noSuchTensor(let available):
            "there is no such tensor; the file has "
                + (available.isEmpty ? "none" : available.prefix(8).map(Self.shortened).joined(separator: ", "))
                + (available.count > 8 ? " and \(available.count - 8) more" : "") + ". Check the name."
        case .wrongElementType(let elementType, let wanted):
            "the tensor holds \(elementType.rawValue), asked for as \(wanted). "
                + "Read it with \(elementType.isFloatingPoint ? "floats(named:)" : "integers(named:)")."
        case .invalidElement(let index, let elementType):
            "element \(index) is not a value that \(elementType.rawValue) can be read as. \(Self.damaged)"
        case .reservedName:
            "the format keeps the name __metadata__ for itself. Choose another name."
        case .valueCountMismatch(let shape, let values):
            "shape \(shape) does not fit \(values) values. Pass the shape that the values have."
        case .valuesDoNotMatchElementType(let elementType):
            "the values cannot be stored as \(elementType.rawValue): it holds "
                + (elementType.isFloatingPoint ? "floating-point" : "whole") + " numbers, and they are not. "
                + "Choose another element type."
        case .valueOutOfRange(let value, let index, let elementType):
            "element \(index), \(value), cannot be stored as \(elementType.rawValue). Store the tensor as a wider type."
        case .changedWhileReading:
            "the file became shorter while it was being read. Read it again once its writer is done."
        }
    }

    /// Names come from the file: a hostile one can be long or hold control characters.
    private static func shortened(_ name: String) -> String {
        var printable = ""
        for scalar in name.unicodeScalars.prefix(80) {
            printable += scalar.properties.generalCategory == .control
                ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
        return printable + (name.unicodeScalars.count > 80 ? "..." : "")
    }
}
