#include "CRanking.h"

#if defined(__x86_64__) && defined(__gnu_linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

FOR_EVERY_PROCESSOR
float cr_dot(const float *left, const float *right, size_t count) {
    float sums[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (size_t k = 0; k < 64; k++) sums[k] += left[i + k] * right[i + k];
    float sum = 0;
    for (size_t k = 0; k < 64; k++) sum += sums[k];
    for (; i < count; i++) sum += left[i] * right[i];
    return sum;
}

FOR_EVERY_PROCESSOR
float cr_sum(const float *values, size_t count) {
    float sums[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (size_t k = 0; k < 64; k++) sums[k] += values[i + k];
    float sum = 0;
    for (size_t k = 0; k < 64; k++) sum += sums[k];
    for (; i < count; i++) sum += values[i];
    return sum;
}

FOR_EVERY_PROCESSOR
void cr_add_scaled(float *destination, const float *source, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) destination[i] += factor * source[i];
}

FOR_EVERY_PROCESSOR
void cr_products(const float *matrix, const float *vector, float *products, size_t rows, size_t width) {
    for (size_t row = 0; row < rows; row++) {
        const float *values = matrix + row * width;
        float sums[16] = {0};
        size_t i = 0;
        for (; i + 16 <= width; i += 16)
            for (size_t k = 0; k < 16; k++) sums[k] += values[i + k] * vector[i + k];
        float sum = 0;
        for (size_t k = 0; k < 16; k++) sum += sums[k];
        for (; i < width; i++) sum += values[i] * vector[i];
        products[row] = sum;
    }
}
