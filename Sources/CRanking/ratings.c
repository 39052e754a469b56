#include "CRanking.h"
#include <math.h>

static inline uint64_t next(uint64_t *state) {
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static inline double uniform(uint64_t *state) { return ((double)(next(state) >> 11) + 0.5) * 0x1p-53; }

// Two at a time (Marsaglia's polar method); the second is kept for the next call.
typedef struct {
    uint64_t *state;
    double spare;
    int has_spare;
} normals;

static double normal(normals *source) {
    if (source->has_spare) {
        source->has_spare = 0;
        return source->spare;
    }
    double x, y, square;
    do {
        x = 2 * uniform(source->state) - 1;
        y = 2 * uniform(source->state) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double scale = sqrt(-2 * log(square) / square);
    source->spare = y * scale;
    source->has_spare = 1;
    return x * scale;
}

void cr_rating_gather(const cr_rating_block *block, size_t cases, const float *sums, float *destination) {
    for (size_t n = 0; n < cases; n++) destination[n] += sums[block->row_of_case[n]];
}

void cr_rating_sweep(
    const cr_rating_block *block, size_t cases, float *others, double precision, const cr_rating_prior *priors, float *errors,
    float *weights, float *sums, double *scratch, uint64_t *state) {
    // With the error e and the derivative x * o of each rating (o: what the other blocks sum to), all that a weight needs
    // are the sums of o * o and e * o by row; the second changes with every weight drawn.
    double *squares = scratch, *products = scratch + block->rows, *before = scratch + 2 * block->rows;
    for (size_t row = 0; row < block->rows; row++) {
        squares[row] = products[row] = 0;
        before[row] = sums[row];
    }
    for (size_t n = 0; n < cases; n++) {
        uint32_t row = block->row_of_case[n];
        double other = others ? others[n] - sums[row] : 1;
        squares[row] += other * other;
        products[row] += errors[n] * other;
    }
    normals source = {state, 0, 0};
    for (size_t feature = 0; feature < block->features; feature++) {
        cr_rating_prior prior = priors[block->groups[feature]];
        if (!(prior.precision > 0)) continue;
        double curvature = 0, slope = 0;
        int64_t first = block->offsets[feature], last = block->offsets[feature + 1];
        for (int64_t k = first; k < last; k++) {
            double x = block->values[k];
            curvature += x * x * squares[block->entries[k]];
            slope += x * products[block->entries[k]];
        }
        double old = weights[feature], total = precision * curvature + prior.precision;
        double mean = (precision * (old * curvature - slope) + prior.precision * prior.mean) / total;
        float drawn = (float)(mean + normal(&source) / sqrt(total));
        double change = drawn - old;
        weights[feature] = drawn;
        for (int64_t k = first; k < last; k++) {
            uint32_t row = block->entries[k];
            double step = change * block->values[k];
            products[row] += step * squares[row];
            sums[row] += (float)step;
        }
    }
    for (size_t row = 0; row < block->rows; row++) before[row] = sums[row] - before[row];
    for (size_t n = 0; n < cases; n++) {
        uint32_t row = block->row_of_case[n];
        float change = (float)before[row];
        errors[n] += others ? change * (others[n] - (sums[row] - change)) : change;
        if (others) others[n] += change;
    }
}
