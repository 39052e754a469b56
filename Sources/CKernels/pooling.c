#include "simd.h"

typedef struct {
    tk_type type;
    const tk_pool *shape;
    const void *in;
    void *out;
    uint8_t *chosen;
    const uint8_t *chosen_in;
} tk_pooling;

#define TK_DISPATCH(BODY)                                                       \
    TK_KERNEL static void BODY##_run(void *context, int thread, int threads) {  \
        const tk_pooling *p = context;                                          \
        tk_range samples = tk_share(p->shape->batch, 1, thread, threads);       \
        if (p->type == TK_BFLOAT16) BODY(TK_BFLOAT16, p, samples);              \
        else BODY(TK_FLOAT32, p, samples);                                      \
    }

TK_INLINE size_t input_index(const tk_pool *s, size_t n, size_t oy, size_t ox, size_t position) {
    size_t y = oy * s->stride + position / s->kernel, x = ox * s->stride + position % s->kernel;
    return ((n * s->height + y) * s->width + x) * s->channels;
}

TK_INLINE void average_forward(tk_type type, const tk_pooling *p, tk_range samples) {
    const tk_pool *s = p->shape;
    size_t window = s->kernel * s->kernel, C = s->channels;
    float share = 1.0f / window;
    for (size_t n = samples.begin; n < samples.end; n++)
        for (size_t oy = 0; oy < s->out_height; oy++)
            for (size_t ox = 0; ox < s->out_width; ox++) {
                size_t to = ((n * s->out_height + oy) * s->out_width + ox) * C, c = 0;
                for (; c + TK_LANES <= C; c += TK_LANES) {
                    tk_v sum = TK_SPLAT(0);
                    for (size_t k = 0; k < window; k++) sum += TK_LOAD(type, p->in, input_index(s, n, oy, ox, k) + c);
                    TK_STORE(type, p->out, to + c, sum * share);
                }
                for (; c < C; c++) {
                    float sum = 0;
                    for (size_t k = 0; k < window; k++) sum += tk_get(type, p->in, input_index(s, n, oy, ox, k) + c);
                    tk_set(type, p->out, to + c, sum * share);
                }
            }
}

TK_INLINE void clear_samples(tk_type type, const tk_pooling *p, tk_range samples) {
    size_t sample = p->shape->height * p->shape->width * p->shape->channels * tk_size(type);
    memset((char *)p->out + samples.begin * sample, 0, (samples.end - samples.begin) * sample);
}

TK_INLINE void average_backward(tk_type type, const tk_pooling *p, tk_range samples) {
    const tk_pool *s = p->shape;
    size_t window = s->kernel * s->kernel, C = s->channels;
    float share = 1.0f / window;
    clear_samples(type, p, samples);
    for (size_t n = samples.begin; n < samples.end; n++)
        for (size_t oy = 0; oy < s->out_height; oy++)
            for (size_t ox = 0; ox < s->out_width; ox++) {
                size_t from = ((n * s->out_height + oy) * s->out_width + ox) * C;
                for (size_t k = 0; k < window; k++) {
                    size_t to = input_index(s, n, oy, ox, k), c = 0;
                    for (; c + TK_LANES <= C; c += TK_LANES)
                        TK_STORE(type, p->out, to + c, TK_LOAD(type, p->out, to + c) + TK_LOAD(type, p->in, from + c) * share);
                    for (; c < C; c++)
                        tk_set(type, p->out, to + c, tk_get(type, p->out, to + c) + tk_get(type, p->in, from + c) * share);
                }
            }
}

TK_INLINE void max_forward(tk_type type, const tk_pooling *p, tk_range samples) {
    const tk_pool *s = p->shape;
    size_t window = s->kernel * s->kernel, C = s->channels;
    for (size_t n = samples.begin; n < samples.end; n++)
        for (size_t oy = 0; oy < s->out_height; oy++)
            for (size_t ox = 0; ox < s->out_width; ox++) {
                size_t to = ((n * s->out_height + oy) * s->out_width + ox) * C;
                for (size_t c = 0; c < C; c++) {
                    float best = tk_get(type, p->in, input_index(s, n, oy, ox, 0) + c);
                    uint8_t position = 0;
                    for (size_t k = 1; k < window; k++) {
                        float v = tk_get(type, p->in, input_index(s, n, oy, ox, k) + c);
                        if (v > best) {
                            best = v;
                            position = (uint8_t)k;
                        }
                    }
                    tk_set(type, p->out, to + c, best);
                    p->chosen[to + c] = position;
                }
            }
}

TK_INLINE void max_backward(tk_type type, const tk_pooling *p, tk_range samples) {
    const tk_pool *s = p->shape;
    size_t C = s->channels;
    clear_samples(type, p, samples);
    for (size_t n = samples.begin; n < samples.end; n++)
        for (size_t oy = 0; oy < s->out_height; oy++)
            for (size_t ox = 0; ox < s->out_width; ox++) {
                size_t from = ((n * s->out_height + oy) * s->out_width + ox) * C;
                for (size_t c = 0; c < C; c++) {
                    size_t to = input_index(s, n, oy, ox, p->chosen_in[from + c]) + c;
                    tk_set(type, p->out, to, tk_get(type, p->out, to) + tk_get(type, p->in, from + c));
                }
            }
}

TK_DISPATCH(average_forward)
TK_DISPATCH(average_backward)
TK_DISPATCH(max_forward)
TK_DISPATCH(max_backward)

void tk_average_pool_forward(tk_type type, const tk_pool *shape, const void *x, void *y) {
    tk_pooling p = {.type = type, .shape = shape, .in = x, .out = y};
    tk_parallel(average_forward_run, &p);
}

void tk_average_pool_backward(tk_type type, const tk_pool *shape, const void *dy, void *dx) {
    tk_pooling p = {.type = type, .shape = shape, .in = dy, .out = dx};
    tk_parallel(average_backward_run, &p);
}

void tk_max_pool_forward(tk_type type, const tk_pool *shape, const void *x, void *y, uint8_t *chosen) {
    tk_pooling p = {.type = type, .shape = shape, .in = x, .out = y, .chosen = chosen};
    tk_parallel(max_forward_run, &p);
}

void tk_max_pool_backward(tk_type type, const tk_pool *shape, const void *dy, const uint8_t *chosen, void *dx) {
    tk_pooling p = {.type = type, .shape = shape, .in = dy, .out = dx, .chosen_in = chosen};
    tk_parallel(max_backward_run, &p);
}

// A global pool is seen as one window over `positions` rows.
TK_INLINE void global_forward(tk_type type, const tk_pooling *p, tk_range samples) {
    size_t positions = p->shape->height, C = p->shape->channels;
    float share = 1.0f / positions;
    for (size_t n = samples.begin; n < samples.end; n++) {
        size_t c = 0;
        for (; c + TK_LANES <= C; c += TK_LANES) {
            tk_v sum = TK_SPLAT(0);
            for (size_t i = 0; i < positions; i++) sum += TK_LOAD(type, p->in, (n * positions + i) * C + c);
            TK_STORE(type, p->out, n * C + c, sum * share);
        }
        for (; c < C; c++) {
            float sum = 0;
            for (size_t i = 0; i < positions; i++) sum += tk_get(type, p->in, (n * positions + i) * C + c);
            tk_set(type, p->out, n * C + c, sum * share);
        }
    }
}

TK_INLINE void global_backward(tk_type type, const tk_pooling *p, tk_range samples) {
    size_t positions = p->shape->height, C = p->shape->channels;
    float share = 1.0f / positions;
    for (size_t n = samples.begin; n < samples.end; n++)
        for (size_t i = 0; i < positions; i++) {
            size_t c = 0, to = (n * positions + i) * C;
            for (; c + TK_LANES <= C; c += TK_LANES) TK_STORE(type, p->out, to + c, TK_LOAD(type, p->in, n * C + c) * share);
            for (; c < C; c++) tk_set(type, p->out, to + c, tk_get(type, p->in, n * C + c) * share);
        }
}

TK_DISPATCH(global_forward)
TK_DISPATCH(global_backward)

void tk_global_pool_forward(tk_type type, const void *x, void *y, size_t batch, size_t positions, size_t channels) {
    tk_pool shape = {.batch = batch, .height = positions, .width = 1, .channels = channels};
    tk_pooling p = {.type = type, .shape = &shape, .in = x, .out = y};
    tk_parallel(global_forward_run, &p);
}

void tk_global_pool_backward(tk_type type, const void *dy, void *dx, size_t batch, size_t positions, size_t channels) {
    tk_pool shape = {.batch = batch, .height = positions, .width = 1, .channels = channels};
    tk_pooling p = {.type = type, .shape = &shape, .in = dy, .out = dx};
    tk_parallel(global_backward_run, &p);
}
