// Sparse matrices times dense ones.
#include "simd.h"

typedef struct {
    const int64_t *offsets;
    const uint32_t *columns;
    const float *values, *x;
    float *y;
    size_t rows, width;
} tk_sparse;

TK_KERNEL static void sparse_run(void *context, int thread, int threads) {
    const tk_sparse *m = context;
    size_t width = m->width, whole = width / TK_LANES * TK_LANES;
    tk_range rows = tk_share(m->rows, 64, thread, threads);
    for (size_t row = rows.begin; row < rows.end; row++) {
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
