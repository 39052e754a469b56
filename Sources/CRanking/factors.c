#include "CRanking.h"
#include <string.h>

#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))
#define LANES 16
#define WIDEST 1024

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));
typedef float eight __attribute__((vector_size(32)));
typedef float four __attribute__((vector_size(16)));

// By halves: adding one lane after the other would wait for each.
INLINE four quarter(const lanes *sums) {
    lanes v = *sums;
    eight h = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(h, h, 0, 1, 2, 3) + __builtin_shufflevector(h, h, 4, 5, 6, 7);
}

INLINE float total(const lanes *sums) {
    four q = quarter(sums);
    return (q[0] + q[2]) + (q[1] + q[3]);
}

// The totals of four at once.
INLINE four totals(const lanes sums[4]) {
    four a = quarter(sums), b = quarter(sums + 1), c = quarter(sums + 2), d = quarter(sums + 3);
    four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

INLINE float dot(const float *left, const float *right, size_t width) {
    lanes sums = {0};
    for (size_t i = 0; i < width; i += LANES) sums += *(const lanes *)(left + i) * *(const lanes *)(right + i);
    return total(&sums);
}

INLINE void add_scaled(float *destination, const float *source, float factor, size_t width) {
    for (size_t i = 0; i < width; i += LANES) *(lanes *)(destination + i) += factor * *(const lanes *)(source + i);
}

// product = (gram + sum over entries of confidence * y yᵀ) * vector
//
// The sums stay in registers where the width is a constant; entries go four by four, so that one's sum over lanes is not
// waited for.
INLINE void multiply(const cr_factor_problem *p, size_t row, const float *vector, float *product, size_t width) {
    lanes sums[WIDEST / LANES];
    size_t parts = width / LANES;
    for (size_t i = 0; i < parts; i++) sums[i] = (lanes){0};
    for (size_t k = 0; k < width; k++) {
        const float *line = p->gram + k * width;
        for (size_t i = 0; i < parts; i++) sums[i] += vector[k] * *(const lanes *)(line + i * LANES);
    }
    int64_t e = p->offsets[row], end = p->offsets[row + 1];
    for (; e + 4 <= end; e += 4) {
        const float *y[4];
        lanes products[4] = {{0}};
        for (int j = 0; j < 4; j++) y[j] = p->fixed + (size_t)p->columns[e + j] * width;
        for (size_t i = 0; i < width; i += LANES)
            for (int j = 0; j < 4; j++) products[j] += *(const lanes *)(y[j] + i) * *(const lanes *)(vector + i);
        four factors = totals(products);
        for (int j = 0; j < 4; j++) {
            float factor = p->confidences[e + j] * factors[j];
            for (size_t i = 0; i < parts; i++) sums[i] += factor * *(const lanes *)(y[j] + i * LANES);
        }
    }
    for (; e < end; e++) {
        const float *y = p->fixed + (size_t)p->columns[e] * width;
        float a = p->confidences[e] * dot(y, vector, width);
        for (size_t i = 0; i < parts; i++) sums[i] += a * *(const lanes *)(y + i * LANES);
    }
    for (size_t i = 0; i < parts; i++) *(lanes *)(product + i * LANES) = sums[i];
}

INLINE void solve(const cr_factor_problem *p, float *factors, size_t first, size_t last, size_t width) {
    float residual[WIDEST], direction[WIDEST], product[WIDEST];
    for (size_t row = first; row < last; row++) {
        float *x = factors + row * width;
        if (p->offsets[row] == p->offsets[row + 1]) {
            memset(x, 0, width * sizeof(float));
            continue;
        }
        // What the next row needs lies anywhere in memory.
        if (row + 1 < last)
            for (int64_t e = p->offsets[row + 1]; e < p->offsets[row + 2] && e < p->offsets[row + 1] + 64; e++)
                for (size_t i = 0; i < width; i += LANES) __builtin_prefetch(p->fixed + (size_t)p->columns[e] * width + i);
        multiply(p, row, x, product, width);
        for (size_t i = 0; i < width; i++) residual[i] = -product[i];
        for (int64_t e = p->offsets[row]; e < p->offsets[row + 1]; e++)
            add_scaled(residual, p->fixed + (size_t)p->columns[e] * width, 1 + p->confidences[e], width);
        memcpy(direction, residual, width * sizeof(float));
        float size = dot(residual, residual, width);
        for (size_t step = 0; step < p->steps && size > 1e-20f; step++) {
            multiply(p, row, direction, product, width);
            float length = size / dot(direction, product, width);
            add_scaled(x, direction, length, width);
            add_scaled(residual, product, -length, width);
            float next = dot(residual, residual, width);
            float ratio = next / size;
            for (size_t i = 0; i < width; i += LANES)
                *(lanes *)(direction + i) = *(lanes *)(residual + i) + ratio * *(lanes *)(direction + i);
            size = next;
        }
    }
}

// The common widths as constants, so that their loops are unrolled and stay in registers.
FOR_EVERY_PROCESSOR
void cr_solve_factors(const cr_factor_problem *problem, float *factors, size_t first, size_t last) {
    switch (problem->width) {
    case 32: solve(problem, factors, first, last, 32); break;
    case 64: solve(problem, factors, first, last, 64); break;
    case 128: solve(problem, factors, first, last, 128); break;
    default: solve(problem, factors, first, last, problem->width);
    }
}
