import Interactions

/// Invoice lines of the UCI data sets Online Retail and Online Retail II.
///
/// - A line of a customer is a purchase; its value is the quantity, its session the invoice.
/// - A line without a customer is kept: its invoice stands for the customer, as `invoice:536414`, for what lies in one
///   basket tells as much as before.
/// - An invoice that begins with C, or a negative quantity, is a cancellation of the (positive) quantity.
/// - Left out and counted apart: postage, fees and manual corrections, which are no products; and corrections of the
///   stock, which have a negative quantity and no customer.
struct OnlineRetailDecoder: RecordDecoder {
    private let layout: LogLayout
    private var check: FieldCheck
    private var splitter: FieldSplitter
    private var described = DescribedItems()
    private let columnCount: Int

    private static let notProducts: Set<String> = [
        "POST", "DOT", "D", "M", "m", "S", "B", "C2", "C3", "CRUK", "BANK CHARGES", "AMAZONFEE", "ADJUST", "ADJUST2", "TEST001", "TEST002",
    ]

    init(layout: LogLayout, check: FieldCheck) {
        self.layout = layout
        self.check = check
        splitter = FieldSplitter(separator: layout.separator)
        columnCount = (layout.columns.values.max() ?? 0) + 1
    }

    mutating func decode(_ record: UnsafeRawBufferPointer, into batch: inout LogBatch) throws(Reject) {
        try splitter.split(record)
        let fields = splitter.fields
        guard fields.count >= columnCount else { throw Reject("\(fields.count) fields instead of \(layout.header?.count ?? columnCount)") }
        func field(_ role: ColumnRole) -> UnsafeRawBufferPointer? { layout.columns[role].map { fields[$0].trimmed } }
        guard let invoiceField = field(.session), let itemField = field(.item), let quantityField = field(.value) else {
            throw Reject("no invoice, stock code or quantity")
        }
        let invoice = try check.id(invoiceField, "invoice")
        let item = try check.id(itemField, "stock code")
        guard let quantity = quantityField.number else { throw Reject("\"\(quantityField.text.prefix(40))\" is no quantity") }
        let price: Double? = if let told = field(.price) { try check.price(told) } else { nil }
        let time: Int64? = if let told = field(.time) { try check.time(told, &batch) } else { nil }
        guard !Self.notProducts.contains(item), !item.hasPrefix("gift_") else {
            batch.skipped["postage, fees, vouchers and corrections", default: 0] += 1
            return
        }
        var customer = field(.user)?.text ?? ""
        // Written by programs that held the numbers as decimals.
        if customer.hasSuffix(".0") { customer.removeLast(2) }
        let isCancellation = invoice.hasPrefix("C") || quantity < 0
        if customer.isEmpty, isCancellation, !invoice.hasPrefix("C") {
            batch.skipped["corrections of the stock", default: 0] += 1
            return
        }
        guard quantity != 0 else { throw Reject("the quantity is 0") }
        // Corrections have a negative quantity or no price, and remarks such as "damaged" in place of a name.
        if !isCancellation, let price, price > 0, described.isNew(item, in: batch) {
            var told = Item(id: item, price: price)
            if let name = field(.name), !name.isEmpty { told.name = name.text }
            batch.items.append(LogBatch.ItemRecord(item: told, time: time))
        }
        batch.events.append(
            Event(
                user: customer.isEmpty ? "invoice:" + invoice : customer, item: item, kind: isCancellation ? .cancellation : .purchase,
                value: abs(quantity), time: time, session: invoice))
    }
}
