// Loops of the rankers that must be as fast as the processor allows: compiled for AVX-512, AVX2 and baseline in one
// binary, chosen when the program starts.
#ifndef CRANKING_H
#define CRANKING_H

#include <stddef.h>
#include <stdint.h>

/// Sum of the products of `count` pairs.
float cr_dot(const float *left, const float *right, size_t count);

/// `destination[i] += factor * source[i]`.
void cr_add_scaled(float *destination, const float *source, float factor, size_t count);

/// The products of `rows` rows of `width` floats with one vector.
void cr_products(const float *matrix, const float *vector, float *products, size_t rows, size_t width);

/// An index and its score.
typedef struct {
    float score;
    uint32_t index;
} cr_scored;

/// Finds the `k` highest of `count` scores, sorted, the highest first; of equal scores the lower index comes first. Scores that
/// are not a number rank below all others, as minus infinity.
///
/// `mask`: one bit for each score, from the lowest bit of the first word on, set where the score counts; null: all count.
/// `best`: room for `k` entries.
/// Returns how many there are: `k`, or fewer when fewer count.
size_t cr_top_k(const float *scores, const uint64_t *mask, size_t count, size_t k, cr_scored *best);

#endif
