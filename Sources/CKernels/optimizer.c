#include "simd.h"
#include <math.h>

#define GRAIN 4096
#define MAX_THREADS 256

typedef struct {
    float *w, *m, *v;
    const float *g;
    size_t count;
    float rate, momentum, decay, scale, beta1, beta2, epsilon, correction1, correction2;
    int nesterov;
    double partial[MAX_THREADS];
} tk_update;

TK_KERNEL static void sgd_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    float *restrict w = u->w, *restrict m = u->m;
    const float *restrict g = u->g;
    for (size_t i = r.begin; i < r.end; i++) {
        float d = g[i] * u->scale + u->decay * w[i];
        m[i] = u->momentum * m[i] + d;
        w[i] -= u->rate * (u->nesterov ? d + u->momentum * m[i] : m[i]);
    }
}

void tk_sgd(float *w, const float *g, float *m, size_t count, float rate, float momentum, int nesterov, float decay,
            float gradient_scale) {
    tk_update u = {.w = w, .g = g, .m = m, .count = count, .rate = rate, .momentum = momentum, .nesterov = nesterov,
                   .decay = decay, .scale = gradient_scale};
    tk_parallel(sgd_run, &u);
}

TK_KERNEL static void adamw_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    float *restrict w = u->w, *restrict m = u->m, *restrict v = u->v;
    const float *restrict g = u->g;
    for (size_t i = r.begin; i < r.end; i++) {
        float d = g[i] * u->scale;
        m[i] = u->beta1 * m[i] + (1 - u->beta1) * d;
        v[i] = u->beta2 * v[i] + (1 - u->beta2) * d * d;
        w[i] -= u->rate * (m[i] * u->correction1 / (sqrtf(v[i] * u->correction2) + u->epsilon) + u->decay * w[i]);
    }
}

void tk_adamw(float *w, const float *g, float *m, float *v, size_t count, float rate, float beta1, float beta2,
              float epsilon, float decay, float correction1, float correction2, float gradient_scale) {
    tk_update u = {.w = w, .g = g, .m = m, .v = v, .count = count, .rate = rate, .beta1 = beta1, .beta2 = beta2,
                   .epsilon = epsilon, .decay = decay, .correction1 = correction1, .correction2 = correction2,
                   .scale = gradient_scale};
    tk_parallel(adamw_run, &u);
}

TK_KERNEL static void direction_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    float *restrict d = u->w, *restrict m = u->m;
    const float *restrict g = u->g;
    const float fresh = (1 - u->momentum) * u->scale;
    for (size_t i = r.begin; i < r.end; i++) {
        m[i] = u->momentum * m[i] + fresh * g[i];
        d[i] = fresh * g[i] + u->momentum * m[i];
    }
}

void tk_nesterov_direction(float *direction, const float *g, float *m, size_t count, float momentum, float gradient_scale) {
    tk_update u = {.w = direction, .g = g, .m = m, .count = count, .momentum = momentum, .scale = gradient_scale};
    tk_parallel(direction_run, &u);
}

TK_KERNEL static void average_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    for (size_t i = r.begin; i < r.end; i++) u->w[i] = u->w[i] * u->momentum + u->g[i] * (1 - u->momentum);
}

void tk_average(float *average, const float *value, size_t count, float keep) {
    tk_update u = {.w = average, .g = value, .count = count, .momentum = keep};
    tk_parallel(average_run, &u);
}

TK_KERNEL static void decayed_step_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    for (size_t i = r.begin; i < r.end; i++) u->w[i] -= u->rate * u->g[i] + u->decay * u->w[i];
}

void tk_decayed_step(float *w, const float *direction, size_t count, float rate, float decay) {
    tk_update u = {.w = w, .g = direction, .count = count, .rate = rate, .decay = decay};
    tk_parallel(decayed_step_run, &u);
}

TK_KERNEL static void axpy_run(void *context, int thread, int threads) {
    const tk_update *u = context;
    tk_range r = tk_share(u->count, GRAIN, thread, threads);
    for (size_t i = r.begin; i < r.end; i++) u->w[i] += u->rate * u->g[i];
}

void tk_axpy(float a, const float *x, float *y, size_t count) {
    tk_update u = {.w = y, .g = x, .count = count, .rate = a};
    tk_parallel(axpy_run, &u);
}

TK_KERNEL static void squares_run(void *context, int thread, int threads) {
    tk_update *u = context;
    if (thread >= MAX_THREADS) return;
    tk_range r = tk_share(u->count, GRAIN, thread, threads < MAX_THREADS ? threads : MAX_THREADS);
    double total = 0;
    for (size_t first = r.begin; first < r.end; first += GRAIN) {
        size_t last = first + GRAIN < r.end ? first + GRAIN : r.end, i = first;
        tk_v sum = TK_SPLAT(0);
        for (; i + TK_LANES <= last; i += TK_LANES) {
            tk_v x = TK_LOAD(TK_FLOAT32, u->g, i);
            sum += x * x;
        }
        for (int lane = 0; lane < TK_LANES; lane++) total += sum[lane];
        for (; i < last; i++) total += (double)u->g[i] * u->g[i];
    }
    u->partial[thread] = total;
}

double tk_sum_of_squares(const float *x, size_t count) {
    tk_update u = {.g = x, .count = count};
    tk_parallel(squares_run, &u);
    double total = 0;
    for (int t = 0; t < MAX_THREADS; t++) total += u.partial[t];
    return total;
}

TK_KERNEL int tk_all_finite(const float *x, size_t count) {
    // Infinities and NaN have all exponent bits set.
    const uint32_t *bits = (const uint32_t *)x;
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) found |= (bits[i] & 0x7f800000u) == 0x7f800000u;
    return !found;
}

int tk_all_finite_typed(tk_type type, const void *x, size_t count) {
    if (type == TK_FLOAT32) return tk_all_finite(x, count);
    for (size_t i = 0; i < count; i++)
        if ((((const uint16_t *)x)[i] & 0x7f80u) == 0x7f80u) return 0;
    return 1;
}
