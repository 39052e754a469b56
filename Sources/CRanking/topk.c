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

// Offers `count` scores to the `k` best so far, a heap from when all k are held. `first`: the index of the first score.
static void offer(
    cr_scored *best, size_t *found, size_t k, const float *scores, const uint64_t *mask, size_t count, size_t first) {
    size_t held = *found;
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
            cr_scored entry = {score == score ? score : -INFINITY, (uint32_t)(first + base + bit)};
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
    *found = held;
}

// Heap sort: taking the worst away repeatedly leaves the best first.
static void sort(cr_scored *best, size_t held, size_t k) {
    if (held < k)
        for (size_t root = held / 2; root-- > 0;) sink(best, root, held);
    for (size_t last = held; last > 1; last--) {
        swap(best, best + last - 1);
        sink(best, 0, last - 1);
    }
}

size_t cr_top_k(const float *scores, const uint64_t *mask, size_t count, size_t k, cr_scored *best) {
    size_t held = 0;
    if (k == 0) return 0;
    offer(best, &held, k, scores, mask, count, 0);
    sort(best, held, k);
    return held;
}

#define LANES 16
#define PANEL 32
// Panels of a tile, so that it stays in the second-level cache while all vectors meet it.
#define TILE 16

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));

size_t cr_panels_count(size_t rows, size_t width) { return (rows + PANEL - 1) / PANEL * PANEL * width; }

void cr_pack_panels(const float *matrix, size_t rows, size_t width, float *panels) {
    for (size_t base = 0; base < rows; base += PANEL, panels += PANEL * width)
        for (size_t column = 0; column < width; column++)
            for (size_t row = 0; row < PANEL; row++)
                panels[column * PANEL + row] = base + row < rows ? matrix[(base + row) * width + column] : 0;
}

// Products of four vectors with the rows of one panel: eight sums that stay in registers.
FOR_EVERY_PROCESSOR
static void multiply_four(const float *panel, const float *vectors, size_t width, float *scores, size_t stride) {
    lanes sums[4][2] = {0};
    for (size_t column = 0; column < width; column++) {
        lanes low = *(const lanes *)(panel + column * PANEL), high = *(const lanes *)(panel + column * PANEL + LANES);
        for (size_t v = 0; v < 4; v++) {
            sums[v][0] += vectors[v * width + column] * low;
            sums[v][1] += vectors[v * width + column] * high;
        }
    }
    for (size_t v = 0; v < 4; v++) {
        *(lanes *)(scores + v * stride) = sums[v][0];
        *(lanes *)(scores + v * stride + LANES) = sums[v][1];
    }
}

void cr_best_products(const cr_product_search *search, const float *vectors, cr_scored *best, size_t *found) {
    const size_t stride = TILE * PANEL;
    float scores[CR_VECTORS_AT_ONCE * TILE * PANEL];
    int64_t next[CR_VECTORS_AT_ONCE];
    for (size_t v = 0; v < CR_VECTORS_AT_ONCE; v++) {
        next[v] = search->offsets[v];
        found[v] = 0;
    }
    if (search->k == 0) return;
    for (size_t first = 0; first < search->rows; first += stride) {
        size_t count = search->rows - first < stride ? search->rows - first : stride;
        for (size_t panel = 0; panel < count; panel += PANEL)
            for (size_t v = 0; v < CR_VECTORS_AT_ONCE; v += 4)
                multiply_four(
                    search->panels + (first + panel) * search->width, vectors + v * search->width, search->width,
                    scores + v * stride + panel, stride);
        for (size_t v = 0; v < CR_VECTORS_AT_ONCE; v++) {
            float *own = scores + v * stride;
            for (; next[v] < search->offsets[v + 1] && search->excluded[next[v]] < first + count; next[v]++)
                own[search->excluded[next[v]] - first] = -INFINITY;
            offer(best + v * search->k, &found[v], search->k, own, NULL, count, first);
        }
    }
    for (size_t v = 0; v < CR_VECTORS_AT_ONCE; v++) sort(best + v * search->k, found[v], search->k);
}
