// What works along the innermost vectors: layer norm, RMS norm, softmax.
#include "exponential.h"
#include <math.h>

// Rows whose parameter gradients are summed in float32 before they go into doubles.
#define CHUNK 64

typedef struct {
    tk_type type;
    const void *x, *dy;
    void *y, *dx;
    size_t rows, channels;
    const float *scale, *shift;
    float *statistics;
    float epsilon;
    int centered;
    double *scratch;
} tk_rows;

#define TK_BOTH(BODY)                                                           \
    TK_KERNEL static void BODY##_run(void *context, int thread, int threads) {  \
        const tk_rows *n = context;                                             \
        tk_range rows = tk_share(n->rows, CHUNK, thread, threads);              \
        if (n->type == TK_BFLOAT16) BODY(TK_BFLOAT16, n, rows, thread);         \
        else BODY(TK_FLOAT32, n, rows, thread);                                 \
    }

TK_INLINE void norm_forward(tk_type type, const tk_rows *n, tk_range rows, int thread) {
#pragma clang fp reassociate(on)
    size_t C = n->channels;
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t base = r * C;
        float sum = 0, squares = 0;
        if (n->centered)
            for (size_t c = 0; c < C; c++) sum += tk_get(type, n->x, base + c);
        float mean = sum / C;
        for (size_t c = 0; c < C; c++) {
            float d = tk_get(type, n->x, base + c) - mean;
            squares += d * d;
        }
        float inverse = 1 / sqrtf(squares / C + n->epsilon);
        if (n->statistics) {
            n->statistics[2 * r] = mean;
            n->statistics[2 * r + 1] = inverse;
        }
        if (n->shift)
            for (size_t c = 0; c < C; c++)
                tk_set(type, n->y, base + c, (tk_get(type, n->x, base + c) - mean) * inverse * n->scale[c] + n->shift[c]);
        else
            for (size_t c = 0; c < C; c++)
                tk_set(type, n->y, base + c, (tk_get(type, n->x, base + c) - mean) * inverse * n->scale[c]);
    }
}

TK_INLINE void norm_backward(tk_type type, const tk_rows *n, tk_range rows, int thread) {
#pragma clang fp reassociate(on)
    size_t C = n->channels;
    double *totals = n->scratch + 3 * C * (size_t)thread;
    float *partial = (float *)(totals + 2 * C);
    for (size_t first = rows.begin; first < rows.end; first += CHUNK) {
        size_t last = first + CHUNK < rows.end ? first + CHUNK : rows.end;
        memset(partial, 0, 2 * C * sizeof(float));
        for (size_t r = first; r < last; r++) {
            size_t base = r * C;
            float mean = n->statistics[2 * r], inverse = n->statistics[2 * r + 1], sum = 0, product = 0;
            for (size_t c = 0; c < C; c++) {
                float dy = tk_get(type, n->dy, base + c), xhat = (tk_get(type, n->x, base + c) - mean) * inverse;
                partial[c] += dy * xhat;
                partial[C + c] += dy;
                sum += dy * n->scale[c];
                product += dy * n->scale[c] * xhat;
            }
            if (!n->dx) continue;
            sum = n->centered ? sum / C : 0;
            product /= C;
            for (size_t c = 0; c < C; c++) {
                float dy = tk_get(type, n->dy, base + c), xhat = (tk_get(type, n->x, base + c) - mean) * inverse;
                tk_set(type, n->dx, base + c, (dy * n->scale[c] - sum - xhat * product) * inverse);
            }
        }
        for (size_t c = 0; c < 2 * C; c++) totals[c] += partial[c];
    }
}

TK_INLINE void softmax_forward(tk_type type, const tk_rows *n, tk_range rows, int thread) {
#pragma clang fp reassociate(on)
    size_t C = n->channels;
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t base = r * C;
        float top = -INFINITY, sum = 0;
        for (size_t c = 0; c < C; c++) {
            float x = tk_get(type, n->x, base + c);
            top = x > top ? x : top;
        }
        for (size_t c = 0; c < C; c++) sum += tk_exp(tk_get(type, n->x, base + c) - top);
        float inverse = 1 / sum;
        for (size_t c = 0; c < C; c++) tk_set(type, n->y, base + c, tk_exp(tk_get(type, n->x, base + c) - top) * inverse);
    }
}

// dx = y * (dy - sum(y * dy)); x holds y here.
TK_INLINE void softmax_backward(tk_type type, const tk_rows *n, tk_range rows, int thread) {
#pragma clang fp reassociate(on)
    size_t C = n->channels;
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t base = r * C;
        float sum = 0;
        for (size_t c = 0; c < C; c++) sum += tk_get(type, n->x, base + c) * tk_get(type, n->dy, base + c);
        for (size_t c = 0; c < C; c++)
            tk_set(type, n->dx, base + c, tk_get(type, n->x, base + c) * (tk_get(type, n->dy, base + c) - sum));
    }
}

TK_BOTH(norm_forward)
TK_BOTH(norm_backward)
TK_BOTH(softmax_forward)
TK_BOTH(softmax_backward)

void tk_layer_norm_forward(tk_type type, const void *x, void *y, size_t rows, size_t channels, const float *scale,
                           const float *shift, float epsilon, int centered, float *statistics) {
    tk_rows n = {.type = type, .x = x, .y = y, .rows = rows, .channels = channels, .scale = scale, .shift = shift,
                 .epsilon = epsilon, .centered = centered, .statistics = statistics};
    tk_parallel(norm_forward_run, &n);
}

size_t tk_layer_norm_scratch(size_t channels) { return 3 * channels * (size_t)tk_threads(); }

void tk_layer_norm_backward(tk_type type, const void *x, const void *dy, void *dx, size_t rows, size_t channels,
                            const float *scale, int centered, const float *statistics, float *dscale, float *dshift,
                            double *scratch) {
    tk_rows n = {.type = type, .x = x, .dy = dy, .dx = dx, .rows = rows, .channels = channels, .scale = scale,
                 .centered = centered, .statistics = (float *)statistics, .scratch = scratch};
    memset(scratch, 0, tk_layer_norm_scratch(channels) * sizeof(double));
    tk_parallel(norm_backward_run, &n);
    for (size_t c = 0; c < channels; c++) {
        double scale_sum = 0, shift_sum = 0;
        for (int t = 0; t < tk_threads(); t++) {
            scale_sum += scratch[3 * channels * (size_t)t + c];
            shift_sum += scratch[3 * channels * (size_t)t + channels + c];
        }
        if (dscale) dscale[c] = (float)scale_sum;
        if (dshift) dshift[c] = (float)shift_sum;
    }
}

void tk_softmax_forward(tk_type type, const void *x, void *y, size_t rows, size_t channels) {
    tk_rows n = {.type = type, .x = x, .y = y, .rows = rows, .channels = channels};
    tk_parallel(softmax_forward_run, &n);
}

void tk_softmax_backward(tk_type type, const void *y, const void *dy, void *dx, size_t rows, size_t channels) {
    tk_rows n = {.type = type, .x = y, .dy = dy, .dx = dx, .rows = rows, .channels = channels};
    tk_parallel(softmax_backward_run, &n);
}
