import Interactions

extension InteractionLog {
    /// The year 1990 in milliseconds.
    private static let earliestMoment: Int64 = 631_152_000_000

    /// Where the run-up to an event begins: its first event on the same item in the same session, or within six hours before
    /// it where the log knows no sessions.
    ///
    /// Who has just put something into the cart and then buys it needs no suggestion. To ask a recommender what comes next, one
    /// must ask before that visit began to be about this item.
    package func runUp(to event: Int, of user: Int) -> Int {
        let range = events(of: user)
        let (item, session) = (eventItems[event], eventSessions[event])
        var first = event, position = event
        while position > range.lowerBound {
            position -= 1
            // Times that are places in a sequence, not moments, tell of no visits.
            let isMoment = eventTimes[event] > Self.earliestMoment
            let isSameVisit = session != 0
                ? eventSessions[position] == session : isMoment && eventTimes[event] - eventTimes[position] < 6 * 3_600_000
            guard isSameVisit else { break }
            if eventItems[position] == item { first = position }
        }
        return first
    }
}
