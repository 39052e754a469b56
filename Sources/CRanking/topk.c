#include "CRanking.h"

#include <math.h>

#if defined(__x86_64__) && defined(__gnu_linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

// Better: the higher score; of equals the lower index.
static inline int better(cr_scored a, cr_scored b) {
    return a.score > b.score || (a.score == b.score && a.index < b.index);
}

static inline void swap(cr_scored *a, cr_scored *b) {
    cr_scored kept = *a;
    *a = *b;
    *b = kept;
}

// Moves the entry at `root` of a heap whose worst entry is on top down to its place.
static void sink(cr_scored *heap, size_t root, size_t count) {
    for (;;) {
        size_t worst = root, left = 2 * root + 1, right = left + 1;
        if (left < count && better(heap[worst], heap[left])) worst = left;
        if (right < count && better(heap[worst], heap[right])) worst = right;
        if (worst == root) return;
        swap(heap + root, heap + worst);
        root = worst;
    }
}

// Whether any of 64 scores is above the threshold. Integers, so that the compiler may do all lanes at once.
FOR_EVERY_PROCESSOR
static int any_above(const float *scores, float threshold) {
    int found = 0;
    for (size_t i = 0; i < 64; i++) found |= scores[i] > threshold;
    return found;
}

size_t cr_top_k(const float *scores, const uint64_t *mask, size_t count, size_t k, cr_scored *best) {
    size_t held = 0;
    if (k == 0) return 0;
    for (size_t base = 0; base < count; base += 64) {
        size_t width = count - base < 64 ? count - base : 64;
        uint64_t bits = mask ? mask[base >> 6] : ~UINT64_C(0);
        if (width < 64) bits &= (UINT64_C(1) << width) - 1;
        if (!bits) continue;
        // Once k are held, only a score above the worst of them matters: later equals lose by their index.
        if (held == k && width == 64 && !any_above(scores + base, best[0].score)) continue;
        while (bits) {
            unsigned bit = (unsigned)__builtin_ctzll(bits);
            bits &= bits - 1;
            float score = scores[base + bit];
            cr_scored entry = {score == score ? score : -INFINITY, (uint32_t)(base + bit)};
            if (held < k) {
                best[held++] = entry;
                if (held == k)
                    for (size_t root = k / 2; root-- > 0;) sink(best, root, k);
            } else if (entry.score > best[0].score) {
                best[0] = entry;
                sink(best, 0, k);
            }
        }
    }
    // Heap sort: taking the worst away repeatedly leaves the best first.
    if (held < k)
        for (size_t root = held / 2; root-- > 0;) sink(best, root, held);
    for (size_t last = held; last > 1; last--) {
        swap(best, best + last - 1);
        sink(best, 0, last - 1);
    }
    return held;
}
