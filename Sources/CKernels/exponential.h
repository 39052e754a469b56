// The exponential in a form that the compiler turns into vector code: no branch, no call.
#ifndef TANDEM_EXPONENTIAL_H
#define TANDEM_EXPONENTIAL_H

#include "simd.h"

// exp(x) to two units in the last place; zero below -87. Range reduction by powers of two and a polynomial of
// degree six on what is left (Moshier, Cephes, 1984-1992).
TK_INLINE float tk_exp(float x) {
    float high = x > 88.3f ? 88.3f : x, bounded = high < -87.3f ? -87.3f : high;
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    float n = bounded * 1.44269504f + 12582912.0f - 12582912.0f;
    float r = bounded - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    int32_t bits = ((int32_t)n + 127) * (1 << 23);
    float power;
    memcpy(&power, &bits, 4);
    return x < -87.3f ? 0.0f : p * power;
}

// The share of a standard normal distribution below x, given exp(-x * x / 2), to 1e-7 (Abramowitz and Stegun, 7.1.26).
TK_INLINE float tk_normal_share(float x, float exponential) {
    float t = 1 / (1 + 0.23164190f * (x < 0 ? -x : x));
    float p = 0.5307027145f;
    p = p * t - 0.7265760135f;
    p = p * t + 0.7107068705f;
    p = p * t - 0.142248368f;
    p = p * t + 0.127414796f;
    float tail = p * t * exponential;
    return x < 0 ? tail : 1 - tail;
}

#endif
