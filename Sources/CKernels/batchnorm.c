// Batch norm with what follows it in a residual network: the sum with the short cut and the ReLU. Forward
// reads x twice and writes y once; backward reads x, y and the gradients twice and writes once. Unfused it
// would be two more passes over memory each way, and memory is what these layers cost.
#include "simd.h"
#include <math.h>

// Rows whose sums are kept in float32 before they go into doubles; a chunk of them stays in the first cache.
#define CHUNK 64

typedef struct {
    tk_type type;
    const void *x, *y, *dy, *dy2, *residual;
    void *out, *dresidual;
    size_t rows, channels;
    const float *mean;
    double *scratch;
    float *factors;
    int relu;
} tk_norm;

size_t tk_batchnorm_scratch(size_t channels) { return 2 * channels * (size_t)tk_threads(); }

// Adds the first thread's partial sums of all threads up into the first 2 * channels doubles.
static void gather(double *scratch, size_t channels, int threads) {
    for (int t = 1; t < threads; t++)
        for (size_t c = 0; c < 2 * channels; c++) scratch[c] += scratch[(size_t)t * 2 * channels + c];
}

// --- forward ---------------------------------------------------------------------------------------

TK_INLINE void statistics_body(tk_type type, const tk_norm *n, tk_range rows, double *sums, int squares) {
    size_t C = n->channels;
    for (size_t first = rows.begin; first < rows.end; first += CHUNK) {
        size_t last = first + CHUNK < rows.end ? first + CHUNK : rows.end;
        size_t c = 0;
        for (; c + TK_LANES <= C; c += TK_LANES) {
            tk_v pivot = squares ? TK_LOAD(type, n->x, c) : TK_SPLAT(0), s = TK_SPLAT(0), q = TK_SPLAT(0);
            for (size_t r = first; r < last; r++) {
                tk_v x = TK_LOAD(type, n->x, r * C + c) - pivot;
                s += x;
                q += x * x;
            }
            for (int lane = 0; lane < TK_LANES; lane++) {
                sums[c + lane] += s[lane];
                sums[C + c + lane] += q[lane];
            }
        }
        for (; c < C; c++) {
            float pivot = squares ? tk_get(type, n->x, c) : 0, s = 0, q = 0;
            for (size_t r = first; r < last; r++) {
                float x = tk_get(type, n->x, r * C + c) - pivot;
                s += x;
                q += x * x;
            }
            sums[c] += s;
            sums[C + c] += q;
        }
    }
}

TK_KERNEL static void statistics_run(void *context, int thread, int threads) {
    const tk_norm *n = context;
    double *sums = n->scratch + (size_t)thread * 2 * n->channels;
    tk_range rows = tk_share(n->rows, CHUNK, thread, threads);
    if (n->type == TK_BFLOAT16) statistics_body(TK_BFLOAT16, n, rows, sums, n->relu);
    else statistics_body(TK_FLOAT32, n, rows, sums, n->relu);
}

void tk_batchnorm_statistics(tk_type type, const void *x, size_t rows, size_t channels, double *scratch, float *mean,
                             float *variance) {
    // The first row is subtracted from all, so that a large mean does not drown the variance.
    tk_norm n = {.type = type, .x = x, .rows = rows, .channels = channels, .scratch = scratch, .relu = 1};
    memset(scratch, 0, tk_batchnorm_scratch(channels) * sizeof(double));
    tk_parallel(statistics_run, &n);
    gather(scratch, channels, tk_threads());
    for (size_t c = 0; c < channels; c++) {
        double shifted = scratch[c] / rows;
        double v = scratch[channels + c] / rows - shifted * shifted;
        mean[c] = (float)(shifted + tk_get(type, x, c));
        variance[c] = v > 0 ? (float)v : 0;
    }
}

void tk_column_sums(tk_type type, const void *x, size_t rows, size_t channels, double *scratch, float *sums) {
    tk_norm n = {.type = type, .x = x, .rows = rows, .channels = channels, .scratch = scratch, .relu = 0};
    memset(scratch, 0, tk_batchnorm_scratch(channels) * sizeof(double));
    tk_parallel(statistics_run, &n);
    gather(scratch, channels, tk_threads());
    for (size_t c = 0; c < channels; c++) sums[c] = (float)scratch[c];
}

TK_INLINE void forward_body(tk_type type, const tk_norm *n, tk_range rows, int residual, int relu) {
    size_t C = n->channels;
    const float *a = n->factors, *b = n->factors + C;
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t c = 0, base = r * C;
        for (; c + TK_LANES <= C; c += TK_LANES) {
            tk_v v = TK_LOAD(type, n->x, base + c) * TK_LOAD(TK_FLOAT32, a, c) + TK_LOAD(TK_FLOAT32, b, c);
            if (residual) v += TK_LOAD(type, n->residual, base + c);
            if (relu) v = TK_WHERE_POSITIVE(v, v);
            TK_STORE(type, n->out, base + c, v);
        }
        for (; c < C; c++) {
            float v = tk_get(type, n->x, base + c) * a[c] + b[c];
            if (residual) v += tk_get(type, n->residual, base + c);
            if (relu && !(v > 0)) v = 0;
            tk_set(type, n->out, base + c, v);
        }
    }
}

#define TK_BY_TYPE(BODY, ...)                                         \
    do {                                                              \
        if (n->type == TK_BFLOAT16) BODY(TK_BFLOAT16, __VA_ARGS__);   \
        else BODY(TK_FLOAT32, __VA_ARGS__);                           \
    } while (0)

TK_KERNEL static void forward_run(void *context, int thread, int threads) {
    const tk_norm *n = context;
    tk_range rows = tk_share(n->rows, CHUNK, thread, threads);
    if (n->residual && n->relu) TK_BY_TYPE(forward_body, n, rows, 1, 1);
    else if (n->residual) TK_BY_TYPE(forward_body, n, rows, 1, 0);
    else if (n->relu) TK_BY_TYPE(forward_body, n, rows, 0, 1);
    else TK_BY_TYPE(forward_body, n, rows, 0, 0);
}

void tk_batchnorm_forward(tk_type type, const void *x, const void *residual, void *y, size_t rows, size_t channels,
                          const float *mean, const float *variance, const float *scale, const float *shift,
                          float epsilon, int relu, float *factors) {
    for (size_t c = 0; c < channels; c++) {
        float a = scale[c] / sqrtf(variance[c] + epsilon);
        factors[c] = a;
        factors[channels + c] = shift[c] - mean[c] * a;
    }
    tk_norm n = {.type = type, .x = x, .residual = residual, .out = y, .rows = rows, .channels = channels,
                 .factors = factors, .relu = relu};
    tk_parallel(forward_run, &n);
}

void tk_batchnorm_track(const float *mean, const float *variance, size_t rows, size_t channels, float momentum,
                        float *running_mean, float *running_variance) {
    float unbiased = rows > 1 ? (float)((double)rows / (double)(rows - 1)) : 1;
    for (size_t c = 0; c < channels; c++) {
        running_mean[c] += momentum * (mean[c] - running_mean[c]);
        running_variance[c] += momentum * (variance[c] * unbiased - running_variance[c]);
    }
}

// --- backward --------------------------------------------------------------------------------------

// The gradient behind the ReLU at one place.
#define TK_GRADIENT(type, at)                                                                 \
    ({                                                                                        \
        tk_v g_ = TK_LOAD(type, n->dy, at);                                                   \
        if (second) g_ += TK_LOAD(type, n->dy2, at);                                          \
        if (relu) { tk_v y_ = TK_LOAD(type, n->y, at); g_ = TK_WHERE_POSITIVE(y_, g_); }      \
        g_;                                                                                   \
    })

TK_INLINE float gradient(tk_type type, const tk_norm *n, size_t at, int second, int relu) {
    float g = tk_get(type, n->dy, at);
    if (second) g += tk_get(type, n->dy2, at);
    return relu && !(tk_get(type, n->y, at) > 0) ? 0 : g;
}

TK_INLINE void reduce_body(tk_type type, const tk_norm *n, tk_range rows, double *sums, int second, int relu) {
    size_t C = n->channels;
    for (size_t first = rows.begin; first < rows.end; first += CHUNK) {
        size_t last = first + CHUNK < rows.end ? first + CHUNK : rows.end;
        size_t c = 0;
        for (; c + TK_LANES <= C; c += TK_LANES) {
            tk_v mean = TK_LOAD(TK_FLOAT32, n->mean, c), s = TK_SPLAT(0), q = TK_SPLAT(0);
            for (size_t r = first; r < last; r++) {
                size_t at = r * C + c;
                tk_v g = TK_GRADIENT(type, at);
                if (n->dresidual) TK_STORE(type, n->dresidual, at, g);
                s += g;
                q += g * (TK_LOAD(type, n->x, at) - mean);
            }
            for (int lane = 0; lane < TK_LANES; lane++) {
                sums[c + lane] += s[lane];
                sums[C + c + lane] += q[lane];
            }
        }
        for (; c < C; c++) {
            float s = 0, q = 0;
            for (size_t r = first; r < last; r++) {
                size_t at = r * C + c;
                float g = gradient(type, n, at, second, relu);
                if (n->dresidual) tk_set(type, n->dresidual, at, g);
                s += g;
                q += g * (tk_get(type, n->x, at) - n->mean[c]);
            }
            sums[c] += s;
            sums[C + c] += q;
        }
    }
}

// dx = k1 * g + k2 * x + k3
TK_INLINE void apply_body(tk_type type, const tk_norm *n, tk_range rows, int second, int relu) {
    size_t C = n->channels;
    const float *k1 = n->factors, *k2 = k1 + C, *k3 = k2 + C;
    for (size_t r = rows.begin; r < rows.end; r++) {
        size_t c = 0, base = r * C;
        for (; c + TK_LANES <= C; c += TK_LANES) {
            tk_v g = TK_GRADIENT(type, base + c);
            TK_STORE(type, n->out, base + c,
                     g * TK_LOAD(TK_FLOAT32, k1, c) + TK_LOAD(type, n->x, base + c) * TK_LOAD(TK_FLOAT32, k2, c) +
                         TK_LOAD(TK_FLOAT32, k3, c));
        }
        for (; c < C; c++) {
            float g = gradient(type, n, base + c, second, relu);
            tk_set(type, n->out, base + c, g * k1[c] + tk_get(type, n->x, base + c) * k2[c] + k3[c]);
        }
    }
}

TK_KERNEL static void reduce_run(void *context, int thread, int threads) {
    const tk_norm *n = context;
    double *sums = n->scratch + (size_t)thread * 2 * n->channels;
    tk_range rows = tk_share(n->rows, CHUNK, thread, threads);
    if (n->dy2 && n->relu) TK_BY_TYPE(reduce_body, n, rows, sums, 1, 1);
    else if (n->dy2) TK_BY_TYPE(reduce_body, n, rows, sums, 1, 0);
    else if (n->relu) TK_BY_TYPE(reduce_body, n, rows, sums, 0, 1);
    else TK_BY_TYPE(reduce_body, n, rows, sums, 0, 0);
}

TK_KERNEL static void apply_run(void *context, int thread, int threads) {
    const tk_norm *n = context;
    tk_range rows = tk_share(n->rows, CHUNK, thread, threads);
    if (n->dy2 && n->relu) TK_BY_TYPE(apply_body, n, rows, 1, 1);
    else if (n->dy2) TK_BY_TYPE(apply_body, n, rows, 1, 0);
    else if (n->relu) TK_BY_TYPE(apply_body, n, rows, 0, 1);
    else TK_BY_TYPE(apply_body, n, rows, 0, 0);
}

void tk_batchnorm_backward(tk_type type, const void *x, const void *y, const void *dy, const void *dy2, void *dx,
                           void *dresidual, size_t rows, size_t channels, const float *mean, const float *variance,
                           const float *scale, float epsilon, int relu, float *dscale, float *dshift, double *scratch,
                           float *factors) {
    tk_norm n = {.type = type, .x = x, .y = y, .dy = dy, .dy2 = dy2, .out = dx, .dresidual = dresidual, .rows = rows,
                 .channels = channels, .mean = mean, .scratch = scratch, .factors = factors, .relu = relu};
    memset(scratch, 0, tk_batchnorm_scratch(channels) * sizeof(double));
    tk_parallel(reduce_run, &n);
    gather(scratch, channels, tk_threads());
    for (size_t c = 0; c < channels; c++) {
        float inverse = 1 / sqrtf(variance[c] + epsilon);
        float dg = (float)(scratch[channels + c] * inverse), db = (float)scratch[c];
        dscale[c] = dg;
        dshift[c] = db;
        float k1 = scale[c] * inverse, k2 = -k1 * inverse * dg / rows;
        factors[c] = k1;
        factors[channels + c] = k2;
        factors[2 * channels + c] = -k1 * db / rows - k2 * mean[c];
    }
    if (dresidual) {
        // The masked gradient has just been written; read that instead of masking again.
        n.dy = dresidual;
        n.dy2 = NULL;
        n.relu = 0;
    }
    if (dx) tk_parallel(apply_run, &n);
}
