// Antialiased separable resampling of 8-bit RGB.
//
// Each pass filters along the rows' axis for whole rows at once, which vectorises whatever the number of
// channels, and writes its result transposed; two passes bring the picture back upright. The filter's
// support grows with the reduction, so every source pixel counts (as in Pillow's resize).
// Weights are 16-bit fixed point. They are rounded so that each set sums to exactly one: a constant
// picture stays constant, and wide filters lose nothing to rounding.

#include "codec_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WEIGHT_BITS = 14,        // of int16_t: weights lie in -2..<2
    STRIP_PIXELS = 256,      // columns filtered at once: the sums stay in the first-level cache
    STRIP_BYTES = STRIP_PIXELS * 3,
    ROWS_PER_BLOCK = 16,     // rows filtered before they are written transposed
};

/// The filter of one axis: destination i is the sum of source[first[i] + k] * weights[i * taps + k].
typedef struct {
    uint32_t source_length, length;
    double start, end;
    tc_filter filter;
    uint32_t taps;           // row length of `weights`
    int32_t *first;
    int32_t *counts;
    int16_t *weights;
    double *exact;           // one set of weights before rounding
    size_t first_capacity, counts_capacity, weight_capacity, exact_capacity;
} axis_filter;

struct tc_resampler {
    axis_filter vertical, horizontal;
    uint8_t *transposed;
    size_t transposed_capacity;
};

// Filters: value at distance x from the centre, zero outside the support.

static double filter_support(tc_filter filter) {
    switch (filter) {
    case TC_FILTER_BOX: return 0.5;
    case TC_FILTER_TRIANGLE: return 1;
    case TC_FILTER_CATMULL_ROM: return 2;
    default: return 3;
    }
}

static double sinc(double x) {
    if (fabs(x) < 1e-12) return 1;
    x *= 3.14159265358979323846;
    return sin(x) / x;
}

static double filter_value(tc_filter filter, double x) {
    double distance = fabs(x);
    switch (filter) {
    case TC_FILTER_BOX: return x > -0.5 && x <= 0.5 ? 1 : 0;
    case TC_FILTER_TRIANGLE: return distance < 1 ? 1 - distance : 0;
    case TC_FILTER_CATMULL_ROM:
        if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
        if (distance < 2) return ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
        return 0;
    default: return distance < 3 ? sinc(distance) * sinc(distance / 3) : 0;
    }
}

static int grow(void **memory, size_t *capacity, size_t count, size_t element) {
    if (*capacity >= count && *memory != NULL) return 1;
    void *grown = realloc(*memory, count * element);
    if (grown == NULL) return 0;
    *memory = grown;
    *capacity = count;
    return 1;
}

static int prepare_axis(axis_filter *axis, uint32_t source_length, double start, double end, uint32_t length,
                        tc_filter filter) {
    if (axis->first != NULL && axis->source_length == source_length && axis->length == length &&
        axis->start == start && axis->end == end && axis->filter == filter)
        return 1;
    const double scale = (end - start) / length;
    const double stretch = scale < 1 ? 1 : scale;
    const double support = filter_support(filter) * stretch;
    const double widest = ceil(support) * 2 + 1;
    const uint32_t taps = widest < source_length ? (uint32_t)widest : source_length;
    axis->length = 0;  // not valid until filled
    if (!grow((void **)&axis->first, &axis->first_capacity, length, sizeof(int32_t)) ||
        !grow((void **)&axis->counts, &axis->counts_capacity, length, sizeof(int32_t)) ||
        !grow((void **)&axis->weights, &axis->weight_capacity, (size_t)length * taps, sizeof(int16_t)) ||
        !grow((void **)&axis->exact, &axis->exact_capacity, taps, sizeof(double)))
        return 0;
    for (uint32_t index = 0; index < length; index++) {
        const double center = start + (index + 0.5) * scale;
        double low = floor(center - support + 0.5), high = floor(center + support + 0.5);
        int32_t first = low < 0 ? 0 : (int32_t)low;
        int32_t last = high > source_length ? (int32_t)source_length : (int32_t)high;
        if (first > (int32_t)source_length - 1) first = (int32_t)source_length - 1;
        if (last <= first) last = first + 1;
        if (last - first > (int32_t)taps) last = first + (int32_t)taps;
        const int32_t count = last - first;
        double sum = 0;
        for (int32_t tap = 0; tap < count; tap++) {
            axis->exact[tap] = filter_value(filter, (first + tap + 0.5 - center) / stretch);
            sum += axis->exact[tap];
        }
        if (fabs(sum) < 1e-9) {  // no source pixel inside the support: the nearest one
            for (int32_t tap = 0; tap < count; tap++) axis->exact[tap] = 0;
            int32_t nearest = (int32_t)center - first;
            axis->exact[nearest < 0 ? 0 : nearest >= count ? count - 1 : nearest] = 1;
            sum = 1;
        }
        // The running total is rounded, not each weight, so that the rounding errors cancel.
        int16_t *weights = axis->weights + (size_t)index * taps;
        double running = 0;
        long done = 0;
        for (int32_t tap = 0; tap < count; tap++) {
            running += axis->exact[tap] / sum;
            long target = tap == count - 1 ? 1L << WEIGHT_BITS : lround(running * (1 << WEIGHT_BITS));
            weights[tap] = (int16_t)(target - done);
            done = target;
        }
        axis->first[index] = first;
        axis->counts[index] = count;
    }
    axis->source_length = source_length;
    axis->length = length;
    axis->start = start;
    axis->end = end;
    axis->filter = filter;
    axis->taps = taps;
    return 1;
}

/// One weighted sum of rows: out[i] = clamp(round(sum of rows[k][i] * weights[k])).
static inline __attribute__((always_inline)) void blend_rows(const uint8_t *rows, size_t stride, int32_t count,
                                                             const int16_t *weights, uint8_t *restrict out, int n) {
    int32_t sums[STRIP_BYTES];
    for (int i = 0; i < n; i++) sums[i] = 1 << (WEIGHT_BITS - 1);
    int32_t tap = 0;
    for (; tap + 1 < count; tap += 2) {
        const uint8_t *a = rows + (size_t)tap * stride, *b = a + stride;
        const int32_t weight_a = weights[tap], weight_b = weights[tap + 1];
        for (int i = 0; i < n; i++) sums[i] += a[i] * weight_a + b[i] * weight_b;
    }
    if (tap < count) {
        const uint8_t *a = rows + (size_t)tap * stride;
        const int32_t weight = weights[tap];
        for (int i = 0; i < n; i++) sums[i] += a[i] * weight;
    }
    for (int i = 0; i < n; i++) {
        int32_t value = sums[i] >> WEIGHT_BITS;
        out[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

/// Filters `rows` rows of `width` RGB pixels down to axis->length rows and writes them as columns:
/// destination is width x axis->length.
TC_MULTIVERSIONED
static void filter_transposed(const axis_filter *axis, const uint8_t *source, size_t width, uint8_t *destination) {
    uint8_t block[ROWS_PER_BLOCK][STRIP_BYTES];
    const size_t stride = width * 3, destination_stride = (size_t)axis->length * 3;
    for (size_t left = 0; left < width; left += STRIP_PIXELS) {
        const size_t columns = width - left < STRIP_PIXELS ? width - left : STRIP_PIXELS;
        for (uint32_t top = 0; top < axis->length; top += ROWS_PER_BLOCK) {
            const uint32_t rows = axis->length - top < ROWS_PER_BLOCK ? axis->length - top : ROWS_PER_BLOCK;
            for (uint32_t row = 0; row < rows; row++) {
                const uint32_t index = top + row;
                blend_rows(source + (size_t)axis->first[index] * stride + left * 3, stride, axis->counts[index],
                           axis->weights + (size_t)index * axis->taps, block[row], (int)columns * 3);
            }
            for (size_t column = 0; column < columns; column++) {
                uint8_t *out = destination + (left + column) * destination_stride + (size_t)top * 3;
                for (uint32_t row = 0; row < rows; row++, out += 3) {
                    out[0] = block[row][column * 3];
                    out[1] = block[row][column * 3 + 1];
                    out[2] = block[row][column * 3 + 2];
                }
            }
        }
    }
}

tc_resampler *tc_resampler_create(void) { return calloc(1, sizeof(tc_resampler)); }

static void free_axis(axis_filter *axis) {
    free(axis->first);
    free(axis->counts);
    free(axis->weights);
    free(axis->exact);
}

void tc_resampler_destroy(tc_resampler *resampler) {
    if (resampler == NULL) return;
    free_axis(&resampler->vertical);
    free_axis(&resampler->horizontal);
    free(resampler->transposed);
    free(resampler);
}

tc_status tc_resample(tc_resampler *resampler, const uint8_t *source, uint32_t source_width, uint32_t source_height,
                      double left, double top, double right, double bottom, tc_filter filter,
                      uint8_t *destination, uint32_t width, uint32_t height) {
    if (source_width == 0 || source_height == 0 || width == 0 || height == 0 || !(left >= 0) || !(top >= 0) ||
        !(right <= source_width) || !(bottom <= source_height) || !(left < right) || !(top < bottom) ||
        source_width > INT32_MAX || source_height > INT32_MAX)
        return TC_INVALID_ARGUMENT;
    if (width == source_width && height == source_height && left == 0 && top == 0 && right == source_width &&
        bottom == source_height) {
        memcpy(destination, source, (size_t)width * height * 3);
        return TC_OK;
    }
    if (!prepare_axis(&resampler->vertical, source_height, top, bottom, height, filter) ||
        !prepare_axis(&resampler->horizontal, source_width, left, right, width, filter) ||
        !grow((void **)&resampler->transposed, &resampler->transposed_capacity, (size_t)source_width * height * 3, 1))
        return TC_OUT_OF_MEMORY;
    // source_height x source_width -> source_width x height -> height x width
    filter_transposed(&resampler->vertical, source, source_width, resampler->transposed);
    filter_transposed(&resampler->horizontal, resampler->transposed, height, destination);
    return TC_OK;
}

TC_MULTIVERSIONED
void tc_normalize(const uint8_t *restrict source, size_t pixels, const float scale[3], const float offset[3],
                  float *restrict destination) {
    enum { PERIOD = 48 };  // samples after which both vectors and channels start over
    float scales[PERIOD], offsets[PERIOD];
    for (int i = 0; i < PERIOD; i++) {
        scales[i] = scale[i % 3];
        offsets[i] = offset[i % 3];
    }
    const size_t samples = pixels * 3;
    size_t start = 0;
    for (; start + PERIOD <= samples; start += PERIOD)
        for (int i = 0; i < PERIOD; i++) destination[start + i] = (float)source[start + i] * scales[i] + offsets[i];
    for (int i = 0; start + i < samples; i++) destination[start + i] = (float)source[start + i] * scales[i] + offsets[i];
}
