// Sparse matrices times dense ones.
#include "simd.h"

typedef struct {
    const int64_t *offsets;
    const uint32_t *columns;
    const float *values, *x;
    float *y;
    size_t rows, width;
} tk_sparse;

// The first row whose entries begin at or after a share of them all: rows may differ much in length.
static size_t row_at(const tk_sparse *m, int part, int parts) {
    int64_t entry = m->offsets[m->rows] / parts * part;
    size_t low = 0, high = m->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->offsets[middle] < entry) low = middle + 1;
        else high = middle;
    }
    return low;
}

TK_KERNEL static void sparse_run(void *context, int thread, int threads) {
    const tk_sparse *m = context;
    size_t width = m->width, whole = width / TK_LANES * TK_LANES;
    size_t end = thread + 1 == threads ? m->rows : row_at(m, thread + 1, threads);
    for (size_t row = row_at(m, thread, threads); row < end; row++) {
        float *y = m->y + row * width;
        for (int64_t e = m->offsets[row]; e < m->offsets[row + 1]; e++) {
            const float *x = m->x + (size_t)m->columns[e] * width;
            float value = m->values[e];
            for (size_t i = 0; i < whole; i += TK_LANES) *(tk_v *)(y + i) += value * *(const tk_v *)(x + i);
            for (size_t i = whole; i < width; i++) y[i] += value * x[i];
        }
    }
}

void tk_add_sparse_product(const int64_t *offsets, const uint32_t *columns, const float *values, size_t rows, const float *x,
                           size_t width, float *y) {
    tk_sparse m = {.offsets = offsets, .columns = columns, .values = values, .x = x, .y = y, .rows = rows, .width = width};
    tk_parallel(sparse_run, &m);
}
