#include "CRanking.h"
#include <string.h>

#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))
#define LANES 16
#define WIDEST 1024

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));

INLINE float dot(const float *left, const float *right, size_t width) {
    lanes sums = {0};
    for (size_t i = 0; i < width; i += LANES) sums += *(const lanes *)(left + i) * *(const lanes *)(right + i);
    float sum = 0;
    for (int i = 0; i < LANES; i++) sum += sums[i];
    return sum;
}

INLINE void add_scaled(float *destination, const float *source, float factor, size_t width) {
    for (size_t i = 0; i < width; i += LANES) *(lanes *)(destination + i) += factor * *(const lanes *)(source + i);
}

// product = (gram + sum over entries of confidence * y yᵀ) * vector
INLINE void multiply(const cr_factor_problem *p, size_t row, const float *vector, float *product, size_t width) {
    memset(product, 0, width * sizeof(float));
    for (size_t k = 0; k < width; k++) add_scaled(product, p->gram + k * width, vector[k], width);
    for (int64_t e = p->offsets[row]; e < p->offsets[row + 1]; e++) {
        const float *y = p->fixed + (size_t)p->columns[e] * width;
        add_scaled(product, y, p->confidences[e] * dot(y, vector, width), width);
    }
}

INLINE void solve(const cr_factor_problem *p, float *factors, size_t first, size_t last, size_t width) {
    float residual[WIDEST], direction[WIDEST], product[WIDEST];
    for (size_t row = first; row < last; row++) {
        float *x = factors + row * width;
        if (p->offsets[row] == p->offsets[row + 1]) {
            memset(x, 0, width * sizeof(float));
            continue;
        }
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
