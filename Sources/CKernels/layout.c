// Moving values: blocks, axes, rows of tables; and what costs no more than moving them.
#include "simd.h"

typedef struct {
    const void *source;
    void *destination;
    size_t source_stride, destination_stride, bytes, count, size;
    int rank;
    const size_t *extents, *strides;
} tk_move;

static void copy_run(void *context, int thread, int threads) {
    const tk_move *m = context;
    tk_range blocks = tk_share(m->count, 1, thread, threads);
    for (size_t b = blocks.begin; b < blocks.end; b++)
        memcpy((char *)m->destination + b * m->destination_stride, (const char *)m->source + b * m->source_stride, m->bytes);
}

void tk_copy_blocks(const void *source, size_t source_stride, void *destination, size_t destination_stride, size_t bytes,
                    size_t count) {
    tk_move m = {.source = source, .destination = destination, .source_stride = source_stride,
                 .destination_stride = destination_stride, .bytes = bytes, .count = count};
    tk_parallel(copy_run, &m);
}

static void transpose_run(void *context, int thread, int threads) {
    const tk_move *m = context;
    size_t last = m->extents[m->rank - 1], step = m->strides[m->rank - 1];
    tk_range rows = tk_share(m->count, 1, thread, threads);
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t rest = r, from = 0;
        for (int axis = m->rank - 2; axis >= 0; axis--) {
            from += rest % m->extents[axis] * m->strides[axis];
            rest /= m->extents[axis];
        }
        if (step == 1)
            memcpy((char *)m->destination + r * last * m->size, (const char *)m->source + from * m->size, last * m->size);
        else if (m->size == 2)
            for (size_t i = 0; i < last; i++)
                ((uint16_t *)m->destination)[r * last + i] = ((const uint16_t *)m->source)[from + i * step];
        else
            for (size_t i = 0; i < last; i++)
                ((uint32_t *)m->destination)[r * last + i] = ((const uint32_t *)m->source)[from + i * step];
    }
}

void tk_transpose(size_t size, const void *source, void *destination, int rank, const size_t *extents, const size_t *strides) {
    tk_move m = {.source = source, .destination = destination, .size = size, .rank = rank, .extents = extents,
                 .strides = strides, .count = 1};
    for (int axis = 0; axis < rank - 1; axis++) m.count *= extents[axis];
    tk_parallel(transpose_run, &m);
}

// --- tables ----------------------------------------------------------------------------------------

typedef struct {
    tk_type type;
    const float *table;
    const int32_t *indices;
    const void *x;
    void *y;
    float *gradient;
    size_t rows, width, count;
    uint64_t key;
    uint32_t threshold;
    float factor;
} tk_table;

#define TK_BOTH(BODY, COUNT, GRAIN)                                             \
    TK_KERNEL static void BODY##_run(void *context, int thread, int threads) {  \
        const tk_table *t = context;                                            \
        tk_range range = tk_share(t->COUNT, GRAIN, thread, threads);            \
        if (t->type == TK_BFLOAT16) BODY(TK_BFLOAT16, t, range);                \
        else BODY(TK_FLOAT32, t, range);                                        \
    }

TK_INLINE void embed(tk_type type, const tk_table *t, tk_range range) {
    for (size_t i = range.begin; i < range.end; i++) {
        int32_t row = t->indices[i];
        if (row < 0 || (size_t)row >= t->rows)
            memset((char *)t->y + i * t->width * tk_size(type), 0, t->width * tk_size(type));
        else
            for (size_t c = 0; c < t->width; c++) tk_set(type, t->y, i * t->width + c, t->table[(size_t)row * t->width + c]);
    }
}

// Each thread owns a part of the table and adds to its rows in the order of the indices, so that the sums do
// not depend on the number of threads.
TK_INLINE void scatter(tk_type type, const tk_table *t, tk_range owned) {
    memset(t->gradient + owned.begin * t->width, 0, (owned.end - owned.begin) * t->width * sizeof(float));
    for (size_t i = 0; i < t->count; i++) {
        int32_t row = t->indices[i];
        if (row < 0 || (size_t)row < owned.begin || (size_t)row >= owned.end) continue;
        float *to = t->gradient + (size_t)row * t->width;
        for (size_t c = 0; c < t->width; c++) to[c] += tk_get(type, t->x, i * t->width + c);
    }
}

TK_INLINE void offset(tk_type type, const tk_table *t, tk_range range) {
    for (size_t r = range.begin; r < range.end; r++)
        for (size_t c = 0; c < t->width; c++)
            tk_set(type, t->y, r * t->width + c, tk_get(type, t->x, r * t->width + c) + t->table[c]);
}

TK_INLINE void gain(tk_type type, const tk_table *t, tk_range range) {
    for (size_t r = range.begin; r < range.end; r++)
        for (size_t c = 0; c < t->width; c++)
            tk_set(type, t->y, r * t->width + c, tk_get(type, t->x, r * t->width + c) * t->table[c]);
}

TK_INLINE uint32_t finalize(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x85ebca6bu;
    x = (x ^ (x >> 13)) * 0xc2b2ae35u;
    return x ^ (x >> 16);
}

TK_INLINE void drop(tk_type type, const tk_table *t, tk_range range) {
    uint32_t low = (uint32_t)t->key, high = (uint32_t)(t->key >> 32);
    for (size_t i = range.begin; i < range.end; i++) {
        uint32_t hash = finalize(finalize((uint32_t)i + low) ^ high ^ (uint32_t)(i >> 32));
        float x = tk_get(type, t->x, i) * t->factor;
        tk_set(type, t->y, i, hash >= t->threshold ? x : 0.0f);
    }
}

TK_BOTH(embed, count, 1)
TK_BOTH(scatter, rows, 16)
TK_BOTH(offset, rows, 1)
TK_BOTH(gain, rows, 1)
TK_BOTH(drop, count, 4096)

void tk_embedding_forward(tk_type type, const float *table, const int32_t *indices, size_t rows, size_t width, size_t count,
                          void *y) {
    tk_table t = {.type = type, .table = table, .indices = indices, .rows = rows, .width = width, .count = count, .y = y};
    tk_parallel(embed_run, &t);
}

void tk_embedding_backward(tk_type type, const void *dy, const int32_t *indices, size_t rows, size_t width, size_t count,
                           float *gradient) {
    tk_table t = {.type = type, .x = dy, .indices = indices, .rows = rows, .width = width, .count = count,
                  .gradient = gradient};
    tk_parallel(scatter_run, &t);
}

void tk_offset(tk_type type, const void *x, const float *table, size_t rows, size_t width, void *y) {
    tk_table t = {.type = type, .x = x, .table = table, .rows = rows, .width = width, .y = y};
    tk_parallel(offset_run, &t);
}

void tk_gain(tk_type type, const void *x, const float *table, size_t rows, size_t width, void *y) {
    tk_table t = {.type = type, .x = x, .table = table, .rows = rows, .width = width, .y = y};
    tk_parallel(gain_run, &t);
}

void tk_dropout(tk_type type, const void *x, void *y, size_t count, uint64_t key, uint32_t threshold, float factor) {
    tk_table t = {.type = type, .x = x, .y = y, .count = count, .key = key, .threshold = threshold, .factor = factor};
    tk_parallel(drop_run, &t);
}
