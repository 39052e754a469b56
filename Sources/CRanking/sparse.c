#include "CRanking.h"
#include <string.h>

#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define LANES 16

typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));

FOR_EVERY_PROCESSOR
void cr_sparse_products(
    const cr_sparse_matrix *matrix, const float *dense, float *products, size_t width, size_t first, size_t last) {
    for (size_t row = first; row < last; row++) {
        float *sums = products + row * width;
        memset(sums, 0, width * sizeof(float));
        for (int64_t e = matrix->offsets[row]; e < matrix->offsets[row + 1]; e++) {
            const float *source = dense + (size_t)matrix->columns[e] * width;
            float value = matrix->values[e];
            for (size_t i = 0; i < width; i += LANES) *(lanes *)(sums + i) += value * *(const lanes *)(source + i);
        }
    }
}
