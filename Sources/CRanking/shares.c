#include "CRanking.h"
#include <string.h>

// The natural logarithm of a positive, normal number: the exponent, and an odd polynomial in (m - 1) / (m + 1) for the
// mantissa m between the square roots of 1/2 and 2. Written without branches, so that it vectorizes.
static inline __attribute__((always_inline)) float logarithm(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
    bits -= (uint32_t)exponent << 23;
    float mantissa;
    memcpy(&mantissa, &bits, 4);
    float t = (mantissa - 1) / (mantissa + 1), square = t * t;
    float series = 1 + square * (1 / 3.0f + square * (1 / 5.0f + square * (1 / 7.0f + square * (1 / 9.0f))));
    return (float)exponent * 0.693147181f + 2 * t * series;
}

__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
void cr_log_shares(float *values, const float *popularity, float factor, float share, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = logarithm(values[i] * factor + share * popularity[i] + 1e-30f);
}
