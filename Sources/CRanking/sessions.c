#include "CRanking.h"
#include <string.h>

// What the session of number `n` says for the item at `position`, unless it has spoken for that item before.
static inline __attribute__((always_inline)) void speak(cr_tally *tally, uint32_t n, float share) {
    if (tally->speaker == n) return;
    tally->speaker = n;
    tally->sum += share;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
void cr_session_scores(
    const cr_session *sessions, size_t count, const uint32_t *items, const float *nearness, cr_tally *tallies, const float *rarities,
    float *scores, size_t item_count) {
    memset(tallies, 0, item_count * sizeof(cr_tally));
    for (size_t s = 0; s < count; s++) {
        // A file may name a session that has no items.
        if (sessions[s].shared < sessions[s].first || sessions[s].shared >= sessions[s].last) continue;
        const uint32_t n = (uint32_t)s + 1;
        const float weight = sessions[s].weight;
        const uint32_t *shared = items + sessions[s].shared;
        const size_t before = sessions[s].shared - sessions[s].first, after = sessions[s].last - 1 - sessions[s].shared;
        const size_t both = before < after ? before : after;
        // Outward, so that an item that is there more than once is met where it is nearest.
        speak(tallies + *shared, n, weight * nearness[0]);
        size_t d = 1;
        for (; d <= both; d++) {
            speak(tallies + shared[-(ptrdiff_t)d], n, weight * nearness[d]);
            speak(tallies + shared[d], n, weight * nearness[d]);
        }
        for (size_t rest = d; rest <= before; rest++) speak(tallies + shared[-(ptrdiff_t)rest], n, weight * nearness[rest]);
        for (size_t rest = d; rest <= after; rest++) speak(tallies + shared[rest], n, weight * nearness[rest]);
    }
    for (size_t i = 0; i < item_count; i++) scores[i] = tallies[i].sum * rarities[i];
}
