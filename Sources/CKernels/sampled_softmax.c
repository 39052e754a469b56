// Rows of a large table, and the softmax over a few of them.
#include "exponential.h"
#include <math.h>

#define MAX_THREADS 256

TK_INLINE float dot(const float *a, const float *b, size_t count) {
    tk_v sums = TK_SPLAT(0);
    size_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) sums += TK_LOAD(TK_FLOAT32, a, i) * TK_LOAD(TK_FLOAT32, b, i);
    float sum = 0;
    for (int lane = 0; lane < TK_LANES; lane++) sum += sums[lane];
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

void tk_gather_rows(const float *table, const int32_t *numbers, size_t count, size_t width, float *rows) {
    for (size_t r = 0; r < count; r++) memcpy(rows + r * width, table + (size_t)numbers[r] * width, width * sizeof(float));
}

typedef struct {
    const float *source, *factors;
    float *table;
    const int32_t *numbers;
    size_t count, width, table_rows;
} tk_scatter;

// Each thread adds its own columns of all rows, so that sums have one order whatever the number of threads.
TK_KERNEL static void scatter_run(void *context, int thread, int threads) {
    const tk_scatter *s = context;
    tk_range columns = tk_share(s->width, TK_LANES, thread, threads);
    for (size_t r = 0; r < s->count; r++) {
        if (s->numbers[r] < 0 || (size_t)s->numbers[r] >= s->table_rows) continue;
        const float *from = s->source + r * s->width;
        float *to = s->table + (size_t)s->numbers[r] * s->width, factor = s->factors ? s->factors[r] : 1;
        for (size_t c = columns.begin; c < columns.end; c++) to[c] += factor * from[c];
    }
}

void tk_scatter_add_rows(const float *rows, const float *factors, const int32_t *numbers, size_t count, size_t width,
                         float *table, size_t table_rows) {
    tk_scatter s = {.source = rows, .factors = factors, .table = table, .numbers = numbers, .count = count, .width = width,
                    .table_rows = table_rows};
    tk_parallel(scatter_run, &s);
}

// Each thread adds its own rows.
typedef struct {
    const float *table, *factors;
    float *rows;
    const int32_t *numbers;
    size_t count, width, table_rows;
} tk_add_rows;

TK_KERNEL static void add_rows_run(void *context, int thread, int threads) {
    const tk_add_rows *a = context;
    tk_range rows = tk_share(a->count, 1, thread, threads);
    for (size_t r = rows.begin; r < rows.end; r++) {
        if (a->numbers[r] < 0 || (size_t)a->numbers[r] >= a->table_rows) continue;
        const float *from = a->table + (size_t)a->numbers[r] * a->width;
        float *to = a->rows + r * a->width, factor = a->factors[r];
        for (size_t c = 0; c < a->width; c++) to[c] += factor * from[c];
    }
}

void tk_add_table_rows(const float *table, const float *factors, const int32_t *numbers, size_t count, size_t width,
                       size_t table_rows, float *rows) {
    tk_add_rows a = {.table = table, .factors = factors, .rows = rows, .numbers = numbers, .count = count, .width = width,
                    .table_rows = table_rows};
    tk_parallel(add_rows_run, &a);
}

typedef struct {
    const float *hidden, *table, *log_expected;
    const int32_t *targets, *items;
    size_t rows, width, items_count, samples;
    float weight;
    float *logits, *target_gradient;
    double loss[MAX_THREADS];
    size_t correct[MAX_THREADS];
} tk_sampled;

TK_KERNEL static void sampled_run(void *context, int thread, int threads) {
    tk_sampled *s = context;
    if (thread >= MAX_THREADS) return;
    tk_range rows = tk_share(s->rows, 1, thread, threads < MAX_THREADS ? threads : MAX_THREADS);
    double loss = 0;
    size_t correct = 0;
    for (size_t r = rows.begin; r < rows.end; r++) {
        float *x = s->logits + r * s->samples;
        int32_t target = s->targets[r];
        s->target_gradient[r] = 0;
        if (target < 0 || (size_t)target >= s->items_count) {
            memset(x, 0, s->samples * sizeof(float));
            continue;
        }
        float own = dot(s->hidden + r * s->width, s->table + (size_t)target * s->width, s->width), top = own;
        int beaten = 0;
        float sum;
        {
#pragma clang fp reassociate(on)
            for (size_t k = 0; k < s->samples; k++) {
                int other = s->items[k] != target;
                beaten |= other & (x[k] > own);
                // Without the target among them: its share is that of `own`.
                x[k] = other ? x[k] - s->log_expected[k] : -INFINITY;
                top = x[k] > top ? x[k] : top;
            }
            sum = tk_exp(own - top);
            for (size_t k = 0; k < s->samples; k++) {
                x[k] = tk_exp(x[k] - top);
                sum += x[k];
            }
        }
        float factor = s->weight / sum;
        for (size_t k = 0; k < s->samples; k++) x[k] *= factor;
        s->target_gradient[r] = tk_exp(own - top) * factor - s->weight;
        loss += logf(sum) + top - own;
        correct += (size_t)!beaten;
    }
    s->loss[thread] = loss;
    s->correct[thread] = correct;
}

double tk_sampled_softmax(const float *hidden, const float *table, const int32_t *targets, const int32_t *items,
                          const float *log_expected, size_t rows, size_t width, size_t items_count, size_t samples,
                          float weight, float *logits, float *target_gradient, size_t *correct) {
    tk_sampled s = {.hidden = hidden, .table = table, .targets = targets, .items = items, .log_expected = log_expected,
                    .rows = rows, .width = width, .items_count = items_count, .samples = samples, .weight = weight,
                    .logits = logits, .target_gradient = target_gradient};
    tk_parallel(sampled_run, &s);
    double loss = 0;
    *correct = 0;
    for (int t = 0; t < MAX_THREADS; t++) {
        loss += s.loss[t];
        *correct += s.correct[t];
    }
    return loss;
}
