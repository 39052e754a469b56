// swift-tools-version: 6.1
import PackageDescription

// C targets hold the loops that Swift's baseline x86-64 code cannot vectorise; they are optimised in
// every configuration, because a debug build of them would be a hundred times slower.
let optimisedC: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-fno-trapping-math"])]

let package = Package(
    name: "Tandem",
    products: [
        .executable(name: "catsvsdogs", targets: ["catsvsdogs"]),
        .executable(name: "recommender", targets: ["recommender"]),
        .executable(name: "decoderfuzz", targets: ["decoderfuzz"]),
        .library(name: "TandemEngine", targets: ["ComputeGraph", "Kernels", "Training", "Inference", "ModelStore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Foundations
        .target(name: "ComputeGraph"),
        .systemLibrary(name: "COneDNN", pkgConfig: nil, providers: [.apt(["libdnnl-dev"])]),
        .target(name: "CKernels", cSettings: optimisedC, linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),
        .target(name: "Kernels", dependencies: ["ComputeGraph", "COneDNN", "CKernels"]),
        .target(name: "FileStorage"),
        .target(name: "Parallelism"),
        .target(name: "ModelStore", dependencies: ["ComputeGraph", "FileStorage"]),
        .target(name: "Reporting", dependencies: ["FileStorage"]),

        // The two phases
        .target(
            name: "Training", dependencies: ["ComputeGraph", "Kernels", "CKernels", "ModelStore", "FileStorage", "Reporting"]),
        .target(name: "Inference", dependencies: ["ComputeGraph", "Kernels"]),

        // Photos
        .target(name: "CImageCodecs", cSettings: optimisedC, linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
        .target(name: "Imaging", dependencies: ["CImageCodecs"]),
        .target(
            name: "Classification",
            dependencies: ["ComputeGraph", "Kernels", "Training", "Inference", "ModelStore", "Imaging", "Reporting", "FileStorage", "Parallelism"]),

        // Logs of shops
        .target(name: "Interactions"),
        .systemLibrary(name: "CCompression", pkgConfig: nil, providers: [.apt(["zlib1g-dev", "libzstd-dev"])]),
        .target(name: "LogImport", dependencies: ["Interactions", "FileStorage", "CCompression"]),
        .target(
            name: "EventStore",
            dependencies: [
                "Interactions", "FileStorage", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: nil, providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CRanking", cSettings: optimisedC, linkerSettings: [.linkedLibrary("m")]),
        .target(
            name: "Recommendation",
            dependencies: [
                "Interactions", "CRanking", "COpenBLAS", "ComputeGraph", "Kernels", "Training", "Inference", "ModelStore", "Reporting",
                "FileStorage", "Parallelism",
            ]),

        // Data sets that the project draws itself
        .target(name: "SimulatedShop", dependencies: ["Interactions"], path: "Datasets/SimulatedShop"),
        .target(name: "CartoonPets", dependencies: ["Imaging"], path: "Datasets/CartoonPets"),

        // Applications
        .executableTarget(
            name: "catsvsdogs",
            dependencies: [
                "Classification", "CartoonPets", "Parallelism", "Training", "Kernels", "Imaging", "ModelStore", "Reporting", "FileStorage",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Apps/CatsVsDogs", exclude: ["demo.sh", "Models"]),
        .executableTarget(
            name: "recommender",
            dependencies: [
                "Interactions", "LogImport", "EventStore", "Recommendation", "SimulatedShop", "ModelStore", "Reporting", "FileStorage", "Parallelism",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Apps/Recommender", exclude: ["demo.sh"]),
        .executableTarget(
            name: "decoderfuzz",
            dependencies: ["Imaging", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Apps/DecoderFuzz"),

        // Tests mirror the sources
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "ComputeGraphTests", dependencies: ["ComputeGraph"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "CKernels", "ComputeGraph"]),
        .testTarget(name: "ModelStoreTests", dependencies: ["TestSupport", "ModelStore", "ComputeGraph", "FileStorage"]),
        .testTarget(name: "FileStorageTests", dependencies: ["TestSupport", "FileStorage"]),
        .executableTarget(
            name: "InterruptedTraining", dependencies: ["Training", "Kernels", "ComputeGraph"], path: "Tests/InterruptedTraining"),
        .testTarget(
            name: "TrainingTests", dependencies: ["TestSupport", "Training", "Kernels", "ComputeGraph", "ModelStore", "InterruptedTraining"],
            exclude: ["Fixtures"]),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
        .testTarget(name: "InferenceTests", dependencies: ["Inference", "Training", "Kernels", "ComputeGraph", "AllocationCounter"]),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging"]),
        .testTarget(name: "ReportingTests", dependencies: ["TestSupport", "Reporting", "FileStorage"]),
        .testTarget(name: "ClassificationTests", dependencies: ["TestSupport", "Classification", "CartoonPets", "Imaging"]),
        .testTarget(name: "CartoonPetsTests", dependencies: ["CartoonPets", "Imaging"]),
        .testTarget(name: "InteractionsTests", dependencies: ["Interactions"]),
        .testTarget(name: "LogImportTests", dependencies: ["TestSupport", "LogImport", "Interactions", "FileStorage", "CCompression"]),
        .testTarget(
            name: "EventStoreTests",
            dependencies: ["TestSupport", "EventStore", "Interactions", "FileStorage", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "RecommendationTests",
            dependencies: [
                "TestSupport", "Recommendation", "Interactions", "SimulatedShop", "ComputeGraph", "Kernels", "Training", "ModelStore",
                "CRanking", "COpenBLAS",
            ]),
        .testTarget(name: "SimulatedShopTests", dependencies: ["SimulatedShop", "Interactions"]),
        .testTarget(name: "ParallelismTests", dependencies: ["Parallelism"]),
        .testTarget(name: "RecommenderTests", dependencies: ["TestSupport", "recommender", "EventStore", "Interactions"]),
        .testTarget(name: "CatsVsDogsTests", dependencies: ["TestSupport", "Classification"]),
    ],
    swiftLanguageModes: [.v6]
)
