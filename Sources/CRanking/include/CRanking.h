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

#endif
