#include "exponential.h"
#include <math.h>

typedef struct {
    tk_type type, to;
    const void *a, *b;
    void *out;
    size_t count;
    float factor;
    tk_activation function;
} tk_elementwise;

// One loop for vectors and one for the rest; `EXPRESSION` and `SCALAR` use x, y and produce the result.
#define TK_BINARY(NAME, EXPRESSION, SCALAR)                                                \
    TK_INLINE void NAME##_body(tk_type type, const tk_elementwise *e, tk_range range) {    \
        size_t i = range.begin;                                                            \
        for (; i + TK_LANES <= range.end; i += TK_LANES) {                                 \
            tk_v x = TK_LOAD(type, e->a, i), y = TK_LOAD(type, e->b, i);                   \
            TK_STORE(type, e->out, i, EXPRESSION);                                         \
        }                                                                                  \
        for (; i < range.end; i++) {                                                       \
            float x = tk_get(type, e->a, i), y = tk_get(type, e->b, i);                    \
            tk_set(type, e->out, i, SCALAR);                                               \
        }                                                                                  \
    }                                                                                      \
    TK_KERNEL static void NAME##_run(void *context, int thread, int threads) {             \
        const tk_elementwise *e = context;                                                 \
        tk_range range = tk_share(e->count, 4096, thread, threads);                        \
        if (e->type == TK_BFLOAT16) NAME##_body(TK_BFLOAT16, e, range);                    \
        else NAME##_body(TK_FLOAT32, e, range);                                            \
    }

TK_BINARY(add, x + y, x + y)
TK_BINARY(multiply, x *y, x *y)

void tk_add(tk_type type, const void *a, const void *b, void *sum, size_t count) {
    tk_elementwise e = {.type = type, .a = a, .b = b, .out = sum, .count = count};
    tk_parallel(add_run, &e);
}

void tk_multiply(tk_type type, const void *a, const void *b, void *product, size_t count) {
    tk_elementwise e = {.type = type, .a = a, .b = b, .out = product, .count = count};
    tk_parallel(multiply_run, &e);
}

TK_INLINE void scale_body(tk_type type, const tk_elementwise *e, tk_range range) {
    for (size_t i = range.begin; i < range.end; i++) tk_set(type, e->out, i, tk_get(type, e->a, i) * e->factor);
}

TK_KERNEL static void scale_run(void *context, int thread, int threads) {
    const tk_elementwise *e = context;
    tk_range range = tk_share(e->count, 4096, thread, threads);
    if (e->type == TK_BFLOAT16) scale_body(TK_BFLOAT16, e, range);
    else scale_body(TK_FLOAT32, e, range);
}

void tk_scale(tk_type type, const void *x, float factor, void *y, size_t count) {
    tk_elementwise e = {.type = type, .a = x, .out = y, .count = count, .factor = factor};
    tk_parallel(scale_run, &e);
}

TK_KERNEL static void convert_run(void *context, int thread, int threads) {
    const tk_elementwise *e = context;
    tk_range range = tk_share(e->count, 4096, thread, threads);
    size_t i = range.begin;
    if (e->type == e->to) {
        memcpy((char *)e->out + i * tk_size(e->type), (const char *)e->a + i * tk_size(e->type),
               (range.end - i) * tk_size(e->type));
        return;
    }
    if (e->type == TK_FLOAT32) {
        for (; i + TK_LANES <= range.end; i += TK_LANES)
            TK_STORE(TK_BFLOAT16, e->out, i, TK_LOAD(TK_FLOAT32, e->a, i));
        for (; i < range.end; i++) tk_set(TK_BFLOAT16, e->out, i, tk_get(TK_FLOAT32, e->a, i));
    } else {
        for (; i + TK_LANES <= range.end; i += TK_LANES)
            TK_STORE(TK_FLOAT32, e->out, i, TK_LOAD(TK_BFLOAT16, e->a, i));
        for (; i < range.end; i++) tk_set(TK_FLOAT32, e->out, i, tk_get(TK_BFLOAT16, e->a, i));
    }
}

void tk_convert(tk_type from, const void *source, tk_type to, void *destination, size_t count) {
    tk_elementwise e = {.type = from, .to = to, .a = source, .out = destination, .count = count};
    tk_parallel(convert_run, &e);
}

// --- activations -----------------------------------------------------------------------------------

TK_INLINE float activate(tk_activation function, float x) {
    switch (function) {
    case TK_RELU: return x > 0 ? x : 0;
    case TK_GELU: return x * tk_normal_share(x, tk_exp(-0.5f * x * x));
    case TK_SILU: return x / (1 + tk_exp(-x));
    case TK_SIGMOID: return 1 / (1 + tk_exp(-x));
    case TK_TANH: return tanhf(x);
    }
    return x;
}

TK_INLINE float slope(tk_activation function, float x) {
    switch (function) {
    case TK_RELU: return x > 0 ? 1 : 0;
    case TK_GELU: {
        float exponential = tk_exp(-0.5f * x * x);
        return tk_normal_share(x, exponential) + x * 0.39894228f * exponential;
    }
    case TK_SILU: {
        float s = 1 / (1 + tk_exp(-x));
        return s * (1 + x * (1 - s));
    }
    case TK_SIGMOID: {
        float s = 1 / (1 + tk_exp(-x));
        return s * (1 - s);
    }
    case TK_TANH: {
        float t = tanhf(x);
        return 1 - t * t;
    }
    }
    return 1;
}

#define TK_EACH_FUNCTION(MACRO) MACRO(TK_RELU) MACRO(TK_GELU) MACRO(TK_SILU) MACRO(TK_SIGMOID) MACRO(TK_TANH)

TK_INLINE void activation_forward_body(tk_type type, tk_activation f, const tk_elementwise *e, tk_range range) {
    for (size_t i = range.begin; i < range.end; i++) tk_set(type, e->out, i, activate(f, tk_get(type, e->a, i)));
}

TK_KERNEL static void activation_forward_run(void *context, int thread, int threads) {
    const tk_elementwise *e = context;
    tk_range range = tk_share(e->count, 1024, thread, threads);
    switch (e->function) {
#define TK_CASE(F)                                                                         \
    case F:                                                                                \
        if (e->type == TK_BFLOAT16) activation_forward_body(TK_BFLOAT16, F, e, range);     \
        else activation_forward_body(TK_FLOAT32, F, e, range);                             \
        break;
        TK_EACH_FUNCTION(TK_CASE)
#undef TK_CASE
    }
}

void tk_activation_forward(tk_type type, tk_activation function, const void *x, void *y, size_t count) {
    tk_elementwise e = {.type = type, .a = x, .out = y, .count = count, .function = function};
    tk_parallel(activation_forward_run, &e);
}

TK_INLINE void activation_backward_body(tk_type type, tk_activation f, const tk_elementwise *e, tk_range range) {
    for (size_t i = range.begin; i < range.end; i++)
        tk_set(type, e->out, i, tk_get(type, e->b, i) * slope(f, tk_get(type, e->a, i)));
}

TK_KERNEL static void activation_backward_run(void *context, int thread, int threads) {
    const tk_elementwise *e = context;
    tk_range range = tk_share(e->count, 1024, thread, threads);
    switch (e->function) {
#define TK_CASE(F)                                                                         \
    case F:                                                                                \
        if (e->type == TK_BFLOAT16) activation_backward_body(TK_BFLOAT16, F, e, range);    \
        else activation_backward_body(TK_FLOAT32, F, e, range);                            \
        break;
        TK_EACH_FUNCTION(TK_CASE)
#undef TK_CASE
    }
}

void tk_activation_backward(tk_type type, tk_activation function, const void *x, const void *dy, void *dx, size_t count) {
    tk_elementwise e = {.type = type, .a = x, .b = dy, .out = dx, .count = count, .function = function};
    tk_parallel(activation_backward_run, &e);
}
