#include "exponential.h"
#include <math.h>

#define MAX_THREADS 256

typedef struct {
    const float *logits, *values;
    const int32_t *targets;
    size_t rows, classes;
    float smoothing, weight;
    float *gradient;
    double loss[MAX_THREADS];
    size_t correct[MAX_THREADS];
} tk_loss;

static double total(const tk_loss *l) {
    double sum = 0;
    for (int t = 0; t < MAX_THREADS; t++) sum += l->loss[t];
    return sum;
}

TK_KERNEL static void cross_entropy_run(void *context, int thread, int threads) {
    tk_loss *l = context;
    if (thread >= MAX_THREADS) return;
    tk_range rows = tk_share(l->rows, 1, thread, threads < MAX_THREADS ? threads : MAX_THREADS);
    size_t K = l->classes;
    double loss = 0;
    size_t correct = 0;
    for (size_t r = rows.begin; r < rows.end; r++) {
        const float *x = l->logits + r * K;
        float *g = l->gradient + r * K;
        int32_t target = l->targets[r];
        if (target < 0 || (size_t)target >= K) {
            memset(g, 0, K * sizeof(float));
            continue;
        }
        float top = x[0], sum = 0, all = 0;
        {
#pragma clang fp reassociate(on)
            for (size_t k = 0; k < K; k++) top = x[k] > top ? x[k] : top;
            for (size_t k = 0; k < K; k++) {
                g[k] = tk_exp(x[k] - top);
                sum += g[k];
            }
            if (l->smoothing != 0)
                for (size_t k = 0; k < K; k++) all += x[k];
        }
        float log_sum = logf(sum) + top, off = l->smoothing / K, on = 1 - l->smoothing + off, inverse = 1 / sum;
        // The sum over classes of q * (log_sum - x), with q = off everywhere and 1 - smoothing more at the target.
        loss += log_sum - (1 - l->smoothing) * x[target] - off * all;
        correct += x[target] >= top;
        for (size_t k = 0; k < K; k++) g[k] = (g[k] * inverse - off) * l->weight;
        g[target] -= (on - off) * l->weight;
    }
    l->loss[thread] = loss;
    l->correct[thread] = correct;
}

double tk_cross_entropy(const float *logits, const int32_t *targets, size_t rows, size_t classes, float smoothing,
                        float weight, float *gradient, size_t *correct) {
    tk_loss l = {.logits = logits, .targets = targets, .rows = rows, .classes = classes, .smoothing = smoothing,
                 .weight = weight, .gradient = gradient};
    tk_parallel(cross_entropy_run, &l);
    *correct = 0;
    for (int t = 0; t < MAX_THREADS; t++) *correct += l.correct[t];
    return total(&l);
}

double tk_binary_cross_entropy(const float *logits, const float *targets, size_t count, float weight, float *gradient) {
    double loss = 0;
    for (size_t i = 0; i < count; i++) {
        float x = logits[i];
        // log(1 + exp(-|x|)) keeps large logits finite.
        loss += (x > 0 ? x : 0) - x * targets[i] + log1pf(expf(-fabsf(x)));
        gradient[i] = (1 / (1 + expf(-x)) - targets[i]) * weight;
    }
    return loss;
}

double tk_squared_error(const float *predictions, const float *targets, size_t count, float weight, float *gradient) {
    double loss = 0;
    for (size_t i = 0; i < count; i++) {
        float difference = predictions[i] - targets[i];
        loss += (double)difference * difference;
        gradient[i] = 2 * difference * weight;
    }
    return loss;
}
