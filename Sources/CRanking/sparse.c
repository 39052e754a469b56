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

static void gram_product(const cr_sparse_matrix *matrix, const float *dense, float *products) {
    for (size_t row = 0; row < matrix->rows; row++) {
        int64_t first = matrix->offsets[row], last = matrix->offsets[row + 1];
        float sum = 0;
        for (int64_t e = first; e < last; e++) sum += matrix->values[e] * dense[matrix->columns[e]];
        // A history is met by few users at first.
        if (sum == 0) continue;
        for (int64_t e = first; e < last; e++) products[matrix->columns[e]] += matrix->values[e] * sum;
    }
}

FOR_EVERY_PROCESSOR
void cr_gram_products(const cr_sparse_matrix *matrix, const float *dense, float *products, size_t columns, size_t width) {
    memset(products, 0, columns * width * sizeof(float));
    if (width == 1) {
        gram_product(matrix, dense, products);
        return;
    }
    // Row by row down and up again, while the row is at hand.
    for (size_t row = 0; row < matrix->rows; row++) {
        int64_t first = matrix->offsets[row], last = matrix->offsets[row + 1];
        for (size_t i = 0; i < width; i += LANES) {
            lanes sum = {0};
            const float *from = dense + i;
            float *to = products + i;
            for (int64_t e = first; e < last; e++) sum += matrix->values[e] * *(const lanes *)(from + (size_t)matrix->columns[e] * width);
            for (int64_t e = first; e < last; e++) *(lanes *)(to + (size_t)matrix->columns[e] * width) += matrix->values[e] * sum;
        }
    }
}
