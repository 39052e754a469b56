import Imaging
import Reporting

extension PhotoScan {
    /// The scan as a web page with the photos that have something to be said about, in small.
    ///
    /// - Parameters:
    ///   - collection: where the photos are; they are read again for the thumbnails.
    ///   - galleryLimit: photos shown of each kind of problem.
    public func page(of collection: PhotoCollection, galleryLimit: Int = 48) -> ReportPage {
        let thumbnails = PhotoThumbnails(collection: collection)
        return ReportPage(
            title: "Scan of \(root.split(separator: "/").last.map(String.init) ?? root)", subtitle: summary,
            footer: "\(root), scanned in \(HumanReadable.duration(seconds: seconds))"
        ) {
            ReportSection("What is there") {
                FigureCards(figures)
                Callout(verdict, tone: tone)
                classTable
            }
            ReportSection("Sizes and formats", lead: "Photos are squeezed to one size for training; small ones are blown up.") {
                measuresTable
                DefinitionList([
                    (name: "Most frequent sizes", value: sizesLine), (name: "Formats, by content", value: formatsLine),
                ])
            }
            if !labelConflicts.isEmpty {
                ReportSection(
                    "The same picture under different labels",
                    lead: "One of the labels must be wrong. Look at each pair, and delete or move one of the files."
                ) { galleries(labelConflicts, thumbnails, galleryLimit) }
            }
            if !leaks.isEmpty {
                ReportSection(
                    "The same picture in training and in validation or test",
                    lead: "What is measured on these was learned by heart. Delete one side."
                ) { galleries(leaks, thumbnails, galleryLimit) }
            }
            if !corrupt.isEmpty || !unsupported.isEmpty {
                ReportSection(
                    "Files that cannot be used",
                    lead: "Training leaves these out. `scan --quarantine FOLDER` moves them away, and writes down from where."
                ) {
                    problemTable(corrupt, "Damaged or unreadable")
                    problemTable(unsupported, "Formats that are not read")
                }
            }
            if !exactDuplicates.isEmpty {
                ReportSection(
                    "Exact duplicates", lead: "Files with the same content, byte for byte. One of each is enough."
                ) { galleries(exactDuplicates, thumbnails, galleryLimit) }
            }
            if !nearDuplicates.isEmpty {
                ReportSection(
                    "Near duplicates",
                    lead: "The same picture in another size, quality or brightness, or mirrored. They are kept together when "
                        + "photos are divided into training, validation and test."
                ) { galleries(nearDuplicates, thumbnails, galleryLimit) }
            }
            if !misnamed.isEmpty || !warnings.isEmpty || !tiny.isEmpty {
                ReportSection("Worth a look", lead: "These photos are used.") {
                    misnamedTable
                    problemTable(warnings, "Decoded with a warning")
                    tinyGallery(thumbnails, galleryLimit)
                }
            }
            if !ignored.isEmpty {
                ReportSection("Other files", lead: "Passed over, because they are not photos or of no class.") {
                    DataTable(
                        columns: [.init("File"), .init("Why")],
                        rows: ignored.prefix(200).map { [.init($0.path), .init($0.reason)] })
                }
            }
        }
    }

    private var figures: [Figure] {
        let unreadable = corrupt.count + unsupported.count
        let counts = classes.map(\.photos)
        return [
            Figure(HumanReadable.count(photoCount), label: "Photos", explanation: HumanReadable.bytes(totalBytes)),
            Figure(
                HumanReadable.count(classes.count), label: "Classes",
                explanation: Set(counts).count < 2
                    ? counts.first.map { "\(HumanReadable.count($0)) photos each" }
                    : "\(HumanReadable.count(counts.min()!)) to \(HumanReadable.count(counts.max()!)) photos each"),
            Figure(
                HumanReadable.count(unreadable), label: "Cannot be used", explanation: "damaged, or of another format",
                tone: unreadable == 0 ? .good : .problem),
            Figure(
                HumanReadable.count(exactDuplicates.count + nearDuplicates.count), label: "Pictures with copies",
                explanation: "\(HumanReadable.count(exactDuplicates.count)) exact, \(HumanReadable.count(nearDuplicates.count)) near",
                tone: exactDuplicates.isEmpty && nearDuplicates.isEmpty ? .good : .caution),
            Figure(
                HumanReadable.count(labelConflicts.count), label: "Label conflicts", explanation: "same picture, two labels",
                tone: labelConflicts.isEmpty ? .good : .problem),
        ]
    }

    private var tone: Tone {
        if isClean { return .good }
        return labelConflicts.isEmpty && corrupt.isEmpty && unsupported.isEmpty && leaks.isEmpty ? .caution : .problem
    }

    private var classTable: DataTable {
        DataTable(
            columns: [
                .init("Class"), .init("Photos", alignment: .right), .init("Readable", alignment: .right), .init("Share"),
                .init("On disk", alignment: .right),
            ],
            rows: classes.map { summary in
                let share = Double(summary.photos) / Double(max(photoCount, 1))
                return [
                    .init(summary.name), .init(HumanReadable.count(summary.photos)),
                    .init(HumanReadable.count(summary.readable), tone: summary.readable < summary.photos ? .caution : .neutral),
                    .bar(share, label: HumanReadable.percentage(share, places: 1)), .init(HumanReadable.bytes(summary.bytes)),
                ]
            })
    }

    private var measuresTable: DataTable {
        let titles = ["least", "5 %", "median", "95 %", "most"]
        return DataTable(
            columns: [.init("Readable photos")] + titles.map { .init($0, alignment: .right) },
            rows: measures.map { row in ([row.name] + row.values).map { .init($0) } })
    }

    private func problemTable(_ problems: [Problem], _ caption: String) -> [any ReportBlock] {
        guard !problems.isEmpty else { return [] }
        let limit = 200
        let table = DataTable(
            columns: [.init("File"), .init("Class"), .init("What is wrong, and what to do")],
            rows: problems.prefix(limit).map { [.init($0.path), .init($0.className), .init($0.reason)] },
            caption: "\(caption): \(HumanReadable.count(problems.count))")
        return [table] + remainder(problems.count, limit)
    }

    private var misnamedTable: [any ReportBlock] {
        guard !misnamed.isEmpty else { return [] }
        let limit = 200
        let table = DataTable(
            columns: [.init("File"), .init("Class"), .init("Named"), .init("Content")],
            rows: misnamed.prefix(limit).map {
                [.init($0.path), .init($0.className), .init("." + $0.fileExtension), .init($0.format.rawValue)]
            },
            caption: "Named as another format: \(HumanReadable.count(misnamed.count))")
        return [table] + remainder(misnamed.count, limit)
    }

    private func tinyGallery(_ thumbnails: PhotoThumbnails, _ limit: Int) -> [any ReportBlock] {
        guard !tiny.isEmpty else { return [] }
        let items = tiny.prefix(limit).map { photo in
            Gallery.Item(
                image: thumbnails.image(of: photo.path), alternativeText: "a \(photo.className)",
                caption: "\(photo.width) x \(photo.height) pixels", detail: photo.path, tags: [.init(photo.className)])
        }
        return [Paragraph("Smaller than \(Self.tinySide) pixels: \(HumanReadable.count(tiny.count))."), Gallery(items)]
            + remainder(tiny.count, limit)
    }

    /// Every group in a gallery of its own, so that what belongs together stands together; two groups side by side.
    private func galleries(_ groups: [DuplicateGroup], _ thumbnails: PhotoThumbnails, _ limit: Int) -> [any ReportBlock] {
        let shown = 8
        let galleries: [any ReportBlock] = groups.prefix(limit).map { group in
            Gallery(
                group.photos.prefix(shown).enumerated().map { number, photo in
                    var tags = [Gallery.Tag(photo.className, tone: group.isLabelConflict ? .problem : .neutral)]
                    if let part = photo.part { tags.append(.init(part.rawValue, tone: group.crossesParts ? .problem : .neutral)) }
                    if number == shown - 1, group.photos.count > shown {
                        tags.append(.init("and \(group.photos.count - shown) more"))
                    }
                    return Gallery.Item(
                        image: thumbnails.image(of: photo.path), alternativeText: "\(photo.className), \(photo.path)",
                        caption: photo.path.split(separator: "/").last.map(String.init) ?? photo.path,
                        detail: photo.path.contains("/") ? photo.path : nil, tags: tags)
                })
        }
        let rows: [any ReportBlock] = stride(from: 0, to: galleries.count, by: 2).map { start in
            Columns { Array(galleries[start..<min(start + 2, galleries.count)]) }
        }
        return rows + remainder(groups.count, limit)
    }

    private func remainder(_ count: Int, _ limit: Int) -> [any ReportBlock] {
        count > limit ? [Paragraph("… and \(HumanReadable.count(count - limit)) more; `--json` lists all.")] : []
    }
}
