// Scaled dot-product attention, one head of one sample at a time: its keys and values are widened to float32
// once, and queries pass in blocks, so that scores never leave the cache. Backward computes the scores anew
// instead of keeping them.
#include "exponential.h"
#include <math.h>

#define ROWS 16  // queries at once

typedef struct {
    tk_type type;
    const tk_attention *shape;
    const void *q, *k, *v, *dy;
    const float *mask;
    void *y, *dq, *dk, *dv;
    float *scratch;
} tk_attend;

// Buffers of one thread. Extents are rounded up to whole vectors and the padding is zero.
typedef struct {
    size_t width, keys;  // rounded up
    float *k, *k_t, *v, *v_t, *q, *dy, *scores, *dscores, *out, *dk, *dv, *hidden;
} tk_work;

TK_INLINE size_t whole(size_t count) { return (count + TK_LANES - 1) / TK_LANES * TK_LANES; }

static size_t per_thread(const tk_attention *s) {
    size_t width = whole(s->head_width), keys = whole(s->keys);
    return 6 * width * keys + 3 * ROWS * width + 2 * ROWS * keys + keys;
}

size_t tk_attention_scratch(const tk_attention *shape) { return per_thread(shape) * (size_t)tk_threads(); }

TK_INLINE tk_work arrange(const tk_attend *a, int thread) {
    size_t width = whole(a->shape->head_width), keys = whole(a->shape->keys), matrix = width * keys;
    float *at = a->scratch + per_thread(a->shape) * (size_t)thread;
    memset(at, 0, per_thread(a->shape) * sizeof(float));
    tk_work w = {.width = width, .keys = keys};
    w.k = at;
    w.k_t = w.k + matrix;
    w.v = w.k_t + matrix;
    w.v_t = w.v + matrix;
    w.dk = w.v_t + matrix;
    w.dv = w.dk + matrix;
    w.q = w.dv + matrix;
    w.dy = w.q + ROWS * width;
    w.out = w.dy + ROWS * width;
    w.scores = w.out + ROWS * width;
    w.dscores = w.scores + ROWS * keys;
    w.hidden = w.dscores + ROWS * keys;
    return w;
}

// c[m, n] (+)= a[m, k] b[k, n], where element (i, l) of a lies at i * row + l * column. n is a multiple of
// TK_LANES, and m is rounded up to a multiple of four.
TK_INLINE void product(size_t m, size_t n, size_t k, const float *a, size_t row, size_t column, const float *b, float *c,
                       int accumulate) {
    for (size_t i = 0; i < m; i += 4)
        for (size_t j = 0; j < n; j += TK_LANES) {
            tk_v s0 = TK_SPLAT(0), s1 = s0, s2 = s0, s3 = s0;
            const float *a0 = a + i * row, *a1 = a0 + row, *a2 = a1 + row, *a3 = a2 + row;
            for (size_t l = 0; l < k; l++) {
                tk_v x = TK_LOAD(TK_FLOAT32, b, l * n + j);
                s0 += x * a0[l * column];
                s1 += x * a1[l * column];
                s2 += x * a2[l * column];
                s3 += x * a3[l * column];
            }
            float *to = c + i * n + j;
            if (accumulate) {
                s0 += TK_LOAD(TK_FLOAT32, to, 0);
                s1 += TK_LOAD(TK_FLOAT32, to, n);
                s2 += TK_LOAD(TK_FLOAT32, to, 2 * n);
                s3 += TK_LOAD(TK_FLOAT32, to, 3 * n);
            }
            TK_STORE(TK_FLOAT32, to, 0, s0);
            TK_STORE(TK_FLOAT32, to, n, s1);
            TK_STORE(TK_FLOAT32, to, 2 * n, s2);
            TK_STORE(TK_FLOAT32, to, 3 * n, s3);
        }
}

// Reads `rows` vectors of one head; the transpose goes to `turned` if that is not null.
TK_INLINE void widen(tk_type type, const void *source, size_t first, size_t rows, const tk_attention *s, size_t width, float *to,
                     float *turned, size_t turned_width) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < s->head_width; c++) {
            float value = tk_get(type, source, first + r * s->heads * s->head_width + c);
            to[r * width + c] = value;
            if (turned) turned[c * turned_width + r] = value;
        }
}

TK_INLINE void narrow(tk_type type, const float *from, size_t width, void *destination, size_t first, size_t rows,
                      const tk_attention *s) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < s->head_width; c++)
            tk_set(type, destination, first + r * s->heads * s->head_width + c, from[r * width + c]);
}

// Turns scores into shares, row by row; a row that sees no key becomes zero.
TK_INLINE void shares(const tk_work *w, size_t first, size_t rows, int causal, float factor) {
#pragma clang fp reassociate(on)
    for (size_t r = 0; r < rows; r++) {
        float *x = w->scores + r * w->keys, top = -INFINITY, sum = 0;
        size_t seen = causal && first + r + 1 < w->keys ? first + r + 1 : w->keys;
        for (size_t j = 0; j < w->keys; j++) x[j] = x[j] * factor + w->hidden[j];
        for (size_t j = seen; j < w->keys; j++) x[j] = -INFINITY;
        for (size_t j = 0; j < w->keys; j++) top = x[j] > top ? x[j] : top;
        if (top == -INFINITY) {
            memset(x, 0, w->keys * sizeof(float));
            continue;
        }
        for (size_t j = 0; j < w->keys; j++) {
            x[j] = tk_exp(x[j] - top);
            sum += x[j];
        }
        float inverse = 1 / sum;
        for (size_t j = 0; j < w->keys; j++) x[j] *= inverse;
    }
}

TK_INLINE void hide(const tk_attend *a, const tk_work *w, size_t sample) {
    size_t keys = a->shape->keys;
    for (size_t j = 0; j < w->keys; j++)
        w->hidden[j] = j >= keys || (a->mask && a->mask[sample * keys + j] == 0) ? -INFINITY : 0;
}

TK_INLINE void forward_body(tk_type type, const tk_attend *a, int thread, int threads) {
    const tk_attention *s = a->shape;
    size_t full = s->heads * s->head_width;
    float factor = 1 / sqrtf((float)s->head_width);
    tk_work w = arrange(a, thread);
    tk_range units = tk_share(s->batch * s->heads, 1, thread, threads);
    for (size_t u = units.begin; u < units.end; u++) {
        size_t sample = u / s->heads, column = u % s->heads * s->head_width;
        size_t keys_at = sample * s->keys * full + column;
        hide(a, &w, sample);
        widen(type, a->k, keys_at, s->keys, s, w.width, w.k, w.k_t, w.keys);
        widen(type, a->v, keys_at, s->keys, s, w.width, w.v, NULL, 0);
        for (size_t first = 0; first < s->queries; first += ROWS) {
            size_t rows = s->queries - first < ROWS ? s->queries - first : ROWS;
            size_t at = (sample * s->queries + first) * full + column;
            widen(type, a->q, at, rows, s, w.width, w.q, NULL, 0);
            product(rows, w.keys, s->head_width, w.q, w.width, 1, w.k_t, w.scores, 0);
            shares(&w, first, rows, s->causal, factor);
            product(rows, w.width, s->keys, w.scores, w.keys, 1, w.v, w.out, 0);
            narrow(type, w.out, w.width, a->y, at, rows, s);
        }
    }
}

TK_INLINE void backward_body(tk_type type, const tk_attend *a, int thread, int threads) {
#pragma clang fp reassociate(on)
    const tk_attention *s = a->shape;
    size_t full = s->heads * s->head_width;
    float factor = 1 / sqrtf((float)s->head_width);
    tk_work w = arrange(a, thread);
    tk_range units = tk_share(s->batch * s->heads, 1, thread, threads);
    for (size_t u = units.begin; u < units.end; u++) {
        size_t sample = u / s->heads, column = u % s->heads * s->head_width;
        size_t keys_at = sample * s->keys * full + column;
        hide(a, &w, sample);
        widen(type, a->k, keys_at, s->keys, s, w.width, w.k, w.k_t, w.keys);
        widen(type, a->v, keys_at, s->keys, s, w.width, w.v, w.v_t, w.keys);
        memset(w.dk, 0, w.width * w.keys * sizeof(float));
        memset(w.dv, 0, w.width * w.keys * sizeof(float));
        for (size_t first = 0; first < s->queries; first += ROWS) {
            size_t rows = s->queries - first < ROWS ? s->queries - first : ROWS;
            size_t at = (sample * s->queries + first) * full + column;
            widen(type, a->q, at, rows, s, w.width, w.q, NULL, 0);
            widen(type, a->dy, at, rows, s, w.width, w.dy, NULL, 0);
            product(rows, w.keys, s->head_width, w.q, w.width, 1, w.k_t, w.scores, 0);
            shares(&w, first, rows, s->causal, factor);
            product(rows, w.keys, s->head_width, w.dy, w.width, 1, w.v_t, w.dscores, 0);
            product(s->keys, w.width, rows, w.scores, 1, w.keys, w.dy, w.dv, 1);
            for (size_t r = 0; r < rows; r++) {
                float *p = w.scores + r * w.keys, *g = w.dscores + r * w.keys, sum = 0;
                for (size_t j = 0; j < w.keys; j++) sum += p[j] * g[j];
                for (size_t j = 0; j < w.keys; j++) g[j] = p[j] * (g[j] - sum) * factor;
            }
            product(s->keys, w.width, rows, w.dscores, 1, w.keys, w.q, w.dk, 1);
            if (a->dq) {
                product(rows, w.width, s->keys, w.dscores, w.keys, 1, w.k, w.out, 0);
                narrow(type, w.out, w.width, a->dq, at, rows, s);
            }
        }
        if (a->dk) narrow(type, w.dk, w.width, a->dk, keys_at, s->keys, s);
        if (a->dv) narrow(type, w.dv, w.width, a->dv, keys_at, s->keys, s);
    }
}

TK_KERNEL static void forward_run(void *context, int thread, int threads) {
    const tk_attend *a = context;
    if (a->type == TK_BFLOAT16) forward_body(TK_BFLOAT16, a, thread, threads);
    else forward_body(TK_FLOAT32, a, thread, threads);
}

TK_KERNEL static void backward_run(void *context, int thread, int threads) {
    const tk_attend *a = context;
    if (a->type == TK_BFLOAT16) backward_body(TK_BFLOAT16, a, thread, threads);
    else backward_body(TK_FLOAT32, a, thread, threads);
}

void tk_attention_forward(tk_type type, const tk_attention *shape, const void *q, const void *k, const void *v, const float *mask,
                          void *y, float *scratch) {
    tk_attend a = {.type = type, .shape = shape, .q = q, .k = k, .v = v, .mask = mask, .y = y, .scratch = scratch};
    tk_parallel(forward_run, &a);
}

void tk_attention_backward(tk_type type, const tk_attention *shape, const void *q, const void *k, const void *v, const float *mask,
                           const void *dy, void *dq, void *dk, void *dv, float *scratch) {
    tk_attend a = {.type = type, .shape = shape, .q = q, .k = k, .v = v, .mask = mask, .dy = dy, .dq = dq, .dk = dk, .dv = dv,
                   .scratch = scratch};
    tk_parallel(backward_run, &a);
}
