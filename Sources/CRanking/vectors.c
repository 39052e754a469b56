#include "CRanking.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

#define LANES 16

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));

// Sum of 16 numbers, which are overwritten; halving, so that no addition waits for more than three others.
static inline __attribute__((always_inline)) float sum_of(float *all) {
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) all[i] += all[i + half];
    return all[0];
}

FOR_EVERY_PROCESSOR
float cr_dot(const float *left, const float *right, size_t count) {
    lanes sums[4] = {0};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        for (size_t k = 0; k < 4; k++) sums[k] += *(const lanes *)(left + i + k * LANES) * *(const lanes *)(right + i + k * LANES);
    for (; i + LANES <= count; i += LANES) sums[0] += *(const lanes *)(left + i) * *(const lanes *)(right + i);
    sums[0] += sums[1] + (sums[2] + sums[3]);
    float sum = sum_of((float *)sums);
    for (; i < count; i++) sum += left[i] * right[i];
    return sum;
}

FOR_EVERY_PROCESSOR
float cr_sum(const float *values, size_t count) {
    lanes sums[4] = {0};
    size_t i = 0;
    for (; i + 4 * LANES <= count; i += 4 * LANES)
        for (size_t k = 0; k < 4; k++) sums[k] += *(const lanes *)(values + i + k * LANES);
    sums[0] += sums[1] + (sums[2] + sums[3]);
    float sum = sum_of((float *)sums);
    for (; i < count; i++) sum += values[i];
    return sum;
}

FOR_EVERY_PROCESSOR
uint32_t cr_largest(const uint32_t *values, size_t count) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) largest = values[i] > largest ? values[i] : largest;
    return largest;
}

FOR_EVERY_PROCESSOR
void cr_add_scaled(float *destination, const float *source, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) destination[i] += factor * source[i];
}

FOR_EVERY_PROCESSOR
void cr_products(const float *matrix, const float *vector, float *products, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++) {
        const float *values = matrix + row * width;
        lanes sums[2] = {0};
        size_t i = 0;
        for (; i + 2 * LANES <= width; i += 2 * LANES)
            for (size_t k = 0; k < 2; k++) sums[k] += *(const lanes *)(values + i + k * LANES) * *(const lanes *)(vector + i + k * LANES);
        for (; i + LANES <= width; i += LANES) sums[0] += *(const lanes *)(values + i) * *(const lanes *)(vector + i);
        sums[0] += sums[1];
        float sum = sum_of((float *)sums);
        for (; i < width; i++) sum += values[i] * vector[i];
        products[row] = sum;
    }
}

FOR_EVERY_PROCESSOR
void cr_take_products(
    float *scores, const float *matrix, const float *vector, const float *norms, uint32_t *touched, size_t rows, size_t width) {
    // Counted without a branch, which would be mispredicted for every other row.
    size_t count = 0;
    for (size_t row = 0; row < rows; row++) {
        touched[count] = (uint32_t)row;
        count += scores[row] > 0;
    }
    for (size_t n = 0; n < count; n++) {
        // Rows lie far apart; those to come are on their way while this one is multiplied.
        if (n + 8 < count)
            for (size_t i = 0; i < width; i += LANES) __builtin_prefetch(matrix + (size_t)touched[n + 8] * width + i);
        const size_t row = touched[n];
        const float *values = matrix + row * width;
        lanes sums = {0};
        for (size_t i = 0; i < width; i += LANES) sums += *(const lanes *)(values + i) * *(const lanes *)(vector + i);
        float left = scores[row] - norms[row] * sum_of((float *)&sums);
        scores[row] = left > 0 ? left : 0;
    }
}
