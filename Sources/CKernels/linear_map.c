// A constant matrix times many small ones, too small each for a library's product.
#include "simd.h"

typedef struct {
    tk_type type;
    const float *matrix;
    const void *x;
    void *y;
    size_t blocks, rows, length, width;
} tk_map;

// Four rows of the result at once share each vector of x.
TK_INLINE void map_block(tk_type type, const tk_map *m, size_t from, size_t to) {
    size_t n = m->length, w = m->width, whole = w / TK_LANES * TK_LANES;
    for (size_t i = 0; i < m->rows; i += 4) {
        size_t count = m->rows - i < 4 ? m->rows - i : 4;
        const float *a[4];
        for (size_t r = 0; r < 4; r++) a[r] = m->matrix + (i + (r < count ? r : 0)) * n;
        for (size_t c = 0; c < whole; c += TK_LANES) {
            tk_v s0 = TK_SPLAT(0), s1 = s0, s2 = s0, s3 = s0;
            for (size_t j = 0; j < n; j++) {
                tk_v x = TK_LOAD(type, m->x, from + j * w + c);
                s0 += x * a[0][j];
                s1 += x * a[1][j];
                s2 += x * a[2][j];
                s3 += x * a[3][j];
            }
            size_t at = to + i * w + c;
            TK_STORE(type, m->y, at, s0);
            if (count > 1) TK_STORE(type, m->y, at + w, s1);
            if (count > 2) TK_STORE(type, m->y, at + 2 * w, s2);
            if (count > 3) TK_STORE(type, m->y, at + 3 * w, s3);
        }
        for (size_t r = 0; r < count; r++)
            for (size_t c = whole; c < w; c++) {
                float sum = 0;
                for (size_t j = 0; j < n; j++) sum += a[r][j] * tk_get(type, m->x, from + j * w + c);
                tk_set(type, m->y, to + (i + r) * w + c, sum);
            }
    }
}

TK_KERNEL static void map_run(void *context, int thread, int threads) {
    const tk_map *m = context;
    tk_range blocks = tk_share(m->blocks, 1, thread, threads);
    for (size_t b = blocks.begin; b < blocks.end; b++) {
        size_t from = b * m->length * m->width, to = b * m->rows * m->width;
        if (m->type == TK_BFLOAT16) map_block(TK_BFLOAT16, m, from, to);
        else map_block(TK_FLOAT32, m, from, to);
    }
}

void tk_linear_map(tk_type type, const float *matrix, const void *x, size_t blocks, size_t rows, size_t length, size_t width,
                   void *y) {
    tk_map m = {.type = type, .matrix = matrix, .x = x, .y = y, .blocks = blocks, .rows = rows, .length = length, .width = width};
    tk_parallel(map_run, &m);
}
