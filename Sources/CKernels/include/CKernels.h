// Loops that oneDNN has no kernel for, or none worth using: fused batch norm, element-wise work, pooling,
// losses, optimizers. Every function runs on the calling thread's OpenMP team, the same that oneDNN uses.
//
// Matrices are row-major. `type` says how activations are stored; sums are always float32 or wider.
#ifndef TANDEM_CKERNELS_H
#define TANDEM_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef enum { TK_FLOAT32 = 0, TK_BFLOAT16 = 1 } tk_type;

// --- threads ---------------------------------------------------------------------------------------
// Threads that the calling thread's next parallel regions, and oneDNN's, use.
void tk_set_threads(int count);
int tk_threads(void);
// Names the calling thread for debuggers; 15 bytes are kept.
void tk_name_thread(const char *name);

// --- conversion ------------------------------------------------------------------------------------
void tk_convert(tk_type from, const void *source, tk_type to, void *destination, size_t count);

// --- element-wise ----------------------------------------------------------------------------------
typedef enum { TK_RELU, TK_GELU, TK_SILU, TK_SIGMOID, TK_TANH } tk_activation;
void tk_add(tk_type type, const void *a, const void *b, void *sum, size_t count);
void tk_multiply(tk_type type, const void *a, const void *b, void *product, size_t count);
void tk_scale(tk_type type, const void *x, float factor, void *y, size_t count);
void tk_activation_forward(tk_type type, tk_activation function, const void *x, void *y, size_t count);
// dx = dy * f'(x)
void tk_activation_backward(tk_type type, tk_activation function, const void *x, const void *dy, void *dx, size_t count);

// --- batch norm over [rows, channels] --------------------------------------------------------------
// Doubles of scratch that the two reductions need.
size_t tk_batchnorm_scratch(size_t channels);
// Mean and biased variance of each channel.
void tk_batchnorm_statistics(tk_type type, const void *x, size_t rows, size_t channels, double *scratch,
                             float *mean, float *variance);
// y = (x - mean) / sqrt(variance + epsilon) * scale + shift, + residual if not null, then ReLU if asked.
// `factors` holds 2 * channels floats of scratch.
void tk_batchnorm_forward(tk_type type, const void *x, const void *residual, void *y, size_t rows, size_t channels,
                          const float *mean, const float *variance, const float *scale, const float *shift,
                          float epsilon, int relu, float *factors);
// Running statistics: kept * (1 - momentum) + new * momentum, the variance made unbiased.
void tk_batchnorm_track(const float *mean, const float *variance, size_t rows, size_t channels, float momentum,
                        float *running_mean, float *running_variance);
// g = (dy + dy2) * (y > 0 if relu), with dy2 possibly null. Writes dx, dscale, dshift and, if not null,
// g itself to dresidual. `factors` holds 3 * channels floats.
void tk_batchnorm_backward(tk_type type, const void *x, const void *y, const void *dy, const void *dy2, void *dx,
                           void *dresidual, size_t rows, size_t channels, const float *mean, const float *variance,
                           const float *scale, float epsilon, int relu, float *dscale, float *dshift,
                           double *scratch, float *factors);

// --- pooling of [batch, height, width, channels] ---------------------------------------------------
typedef struct {
    size_t batch, height, width, channels, kernel, stride, out_height, out_width;
} tk_pool;
void tk_average_pool_forward(tk_type type, const tk_pool *shape, const void *x, void *y);
void tk_average_pool_backward(tk_type type, const tk_pool *shape, const void *dy, void *dx);
// `chosen` receives the position in the window of each maximum.
void tk_max_pool_forward(tk_type type, const tk_pool *shape, const void *x, void *y, uint8_t *chosen);
void tk_max_pool_backward(tk_type type, const tk_pool *shape, const void *dy, const uint8_t *chosen, void *dx);
// Mean over `positions` rows of each sample: [batch, positions, channels] -> [batch, channels].
void tk_global_pool_forward(tk_type type, const void *x, void *y, size_t batch, size_t positions, size_t channels);
void tk_global_pool_backward(tk_type type, const void *dy, void *dx, size_t batch, size_t positions, size_t channels);

// --- reductions ------------------------------------------------------------------------------------
// sums[c] = sum over rows of x[r, c]; scratch as for batch norm.
void tk_column_sums(tk_type type, const void *x, size_t rows, size_t channels, double *scratch, float *sums);
double tk_sum_of_squares(const float *x, size_t count);
// 1 when every value is finite.
int tk_all_finite(const float *x, size_t count);
int tk_all_finite_typed(tk_type type, const void *x, size_t count);

// --- along the innermost vectors, [rows, channels] -------------------------------------------------
// y = (x - mean) / sqrt(variance + epsilon) * scale + shift; without `centered` the mean counts as zero, which
// makes it RMS norm. `shift` may be null. `statistics`, if not null, receives mean and inverse deviation of each row.
void tk_layer_norm_forward(tk_type type, const void *x, void *y, size_t rows, size_t channels, const float *scale,
                           const float *shift, float epsilon, int centered, float *statistics);
// Doubles of scratch that the backward pass needs.
size_t tk_layer_norm_scratch(size_t channels);
// dx, dscale and dshift may be null.
void tk_layer_norm_backward(tk_type type, const void *x, const void *dy, void *dx, size_t rows, size_t channels,
                            const float *scale, int centered, const float *statistics, float *dscale, float *dshift,
                            double *scratch);
void tk_softmax_forward(tk_type type, const void *x, void *y, size_t rows, size_t channels);
// dx = y * (dy - sum(y * dy))
void tk_softmax_backward(tk_type type, const void *y, const void *dy, void *dx, size_t rows, size_t channels);

// --- attention -------------------------------------------------------------------------------------
typedef struct {
    size_t batch, queries, keys, heads, head_width;
    int causal;
} tk_attention;
// Floats of scratch that either direction needs.
size_t tk_attention_scratch(const tk_attention *shape);
// q and y are [batch, queries, heads * head_width], k and v [batch, keys, heads * head_width]. `mask`, if not
// null, is [batch, keys], zero for a key to hide. A query that sees no key answers zero.
void tk_attention_forward(tk_type type, const tk_attention *shape, const void *q, const void *k, const void *v,
                          const float *mask, void *y, float *scratch);
// dq, dk and dv may be null.
void tk_attention_backward(tk_type type, const tk_attention *shape, const void *q, const void *k, const void *v,
                           const float *mask, const void *dy, void *dq, void *dk, void *dv, float *scratch);

// --- moving values ---------------------------------------------------------------------------------
// Copies `count` blocks of `bytes` each; strides are in bytes.
void tk_copy_blocks(const void *source, size_t source_stride, void *destination, size_t destination_stride, size_t bytes,
                    size_t count);
// Elements of `size` 2 or 4 bytes. `extents` are those of the result and `strides` those of the source along the
// result's axes, in elements.
void tk_transpose(size_t size, const void *source, void *destination, int rank, const size_t *extents, const size_t *strides);
// Rows of a float32 table [rows, width]; zeros for an index outside it.
void tk_embedding_forward(tk_type type, const float *table, const int32_t *indices, size_t rows, size_t width, size_t count,
                          void *y);
// Sums dy into the rows looked up and clears the others; the same bits with any number of threads.
void tk_embedding_backward(tk_type type, const void *dy, const int32_t *indices, size_t rows, size_t width, size_t count,
                           float *gradient);
// y[r, :] = x[r, :] + table
void tk_offset(tk_type type, const void *x, const float *table, size_t rows, size_t width, void *y);
// y[r, :] = x[r, :] * table
void tk_gain(tk_type type, const void *x, const float *table, size_t rows, size_t width, void *y);
// y[b] = matrix x[b] for `blocks` samples of [length, width]; the matrix is [rows, length].
void tk_linear_map(tk_type type, const float *matrix, const void *x, size_t blocks, size_t rows, size_t length, size_t width,
                   void *y);
// y = x * factor where a hash of `key` and the element's position reaches `threshold`, and zero elsewhere.
void tk_dropout(tk_type type, const void *x, void *y, size_t count, uint64_t key, uint32_t threshold, float factor);

// --- losses on float32 logits; each returns the summed loss and writes gradient * weight -------------
// Softmax cross-entropy of [rows, classes]; rows with a negative target count nothing. Returns the sum over
// counted rows; gradient is scaled by `weight`. `correct` receives the number of rows whose target wins.
double tk_cross_entropy(const float *logits, const int32_t *targets, size_t rows, size_t classes, float smoothing,
                        float weight, float *gradient, size_t *correct);
// Binary cross-entropy on logits, targets in [0, 1].
double tk_binary_cross_entropy(const float *logits, const float *targets, size_t count, float weight, float *gradient);
double tk_squared_error(const float *predictions, const float *targets, size_t count, float weight, float *gradient);

// --- rows of float32 tables --------------------------------------------------------------------------
// rows[r] = table[numbers[r]]
void tk_gather_rows(const float *table, const int32_t *numbers, size_t count, size_t width, float *rows);
// table[numbers[r]] += factors[r] * rows[r], in the order of the rows; null factors are 1. Numbers that are no row of
// the table are skipped, here and below.
void tk_scatter_add_rows(const float *rows, const float *factors, const int32_t *numbers, size_t count, size_t width,
                         float *table, size_t table_rows);
// rows[r] += factors[r] * table[numbers[r]]
void tk_add_table_rows(const float *table, const float *factors, const int32_t *numbers, size_t count, size_t width,
                       size_t table_rows, float *rows);
// Softmax cross-entropy of [rows] over each row's target and `samples` drawn items, except the target among them.
// `logits` holds hidden · items and receives the gradient by them, `target_gradient` that by hidden · target.
// A drawn logit is lowered by `log_expected`, the logarithm of how often its item was expected to be drawn.
// Returns the sum over rows with a target from 0 to below `items_count`; `correct` counts targets above all drawn.
double tk_sampled_softmax(const float *hidden, const float *table, const int32_t *targets, const int32_t *items,
                          const float *log_expected, size_t rows, size_t width, size_t items_count, size_t samples,
                          float weight, float *logits, float *target_gradient, size_t *correct);

// --- sparse ----------------------------------------------------------------------------------------
// y += A * x: A in compressed rows, whose row r has the entries from offsets[r] to offsets[r + 1]; x and y have rows of `width`.
void tk_add_sparse_product(const int64_t *offsets, const uint32_t *columns, const float *values, size_t rows, const float *x,
                           size_t width, float *y);

// --- optimizers on float32 vectors -----------------------------------------------------------------
// SGD with Nesterov momentum: g += decay * w; m = momentum * m + g; w -= rate * (g + momentum * m).
void tk_sgd(float *w, const float *g, float *m, size_t count, float rate, float momentum, int nesterov, float decay,
            float gradient_scale);
// Averaged momentum and the direction that looks ahead along it: m = momentum * m + (1 - momentum) * g;
// direction = (1 - momentum) * g + momentum * m.
void tk_nesterov_direction(float *direction, const float *g, float *m, size_t count, float momentum, float gradient_scale);
// w -= rate * direction + decay * w.
void tk_decayed_step(float *w, const float *direction, size_t count, float rate, float decay);
// AdamW: w -= rate * (mhat / (sqrt(vhat) + epsilon) + decay * w).
void tk_adamw(float *w, const float *g, float *m, float *v, size_t count, float rate, float beta1, float beta2,
              float epsilon, float decay, float correction1, float correction2, float gradient_scale);
// average = average * keep + value * (1 - keep)
void tk_average(float *average, const float *value, size_t count, float keep);
// y += a * x
void tk_axpy(float a, const float *x, float *y, size_t count);

#endif
