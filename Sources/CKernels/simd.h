// Sixteen floats at a time, on every instruction set: the compiler splits them where registers are narrower.
// Macros instead of functions, because vectors passed by value would tie callers to one instruction set.
#ifndef TANDEM_SIMD_H
#define TANDEM_SIMD_H

#include "CKernels.h"
#include <string.h>

#define TK_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define TK_INLINE static inline __attribute__((always_inline))
#define TK_LANES 16

typedef float tk_v __attribute__((vector_size(64), aligned(4)));
typedef uint32_t tk_u32 __attribute__((vector_size(64), aligned(4)));
typedef int32_t tk_i32 __attribute__((vector_size(64), aligned(4)));
typedef uint16_t tk_u16 __attribute__((vector_size(32), aligned(2)));

#define TK_SPLAT(x) ((tk_v){} + (float)(x))

// `value` in the lanes where `condition` is above zero, and zero in the others.
#define TK_WHERE_POSITIVE(condition, value) ((tk_v)((tk_i32)(value) & (tk_i32)((condition) > 0)))

#define TK_LOAD(type, p, i)                                                                                  \
    ({                                                                                                       \
        tk_v v_;                                                                                             \
        if ((type) == TK_BFLOAT16)                                                                           \
            v_ = (tk_v)(__builtin_convertvector(*(const tk_u16 *)((const uint16_t *)(p) + (i)), tk_u32) << 16); \
        else                                                                                                 \
            v_ = *(const tk_v *)((const float *)(p) + (i));                                                  \
        v_;                                                                                                  \
    })

// Rounds to nearest, ties to even.
#define TK_STORE(type, p, i, value)                                                                          \
    do {                                                                                                     \
        tk_v s_ = (value);                                                                                   \
        if ((type) == TK_BFLOAT16) {                                                                         \
            tk_u32 b_ = (tk_u32)s_;                                                                          \
            b_ += 0x7fffu + ((b_ >> 16) & 1u);                                                               \
            *(tk_u16 *)((uint16_t *)(p) + (i)) = __builtin_convertvector(b_ >> 16, tk_u16);                  \
        } else                                                                                               \
            *(tk_v *)((float *)(p) + (i)) = s_;                                                              \
    } while (0)

TK_INLINE float tk_get(tk_type type, const void *p, size_t i) {
    if (type == TK_FLOAT32) return ((const float *)p)[i];
    uint32_t bits = (uint32_t)((const uint16_t *)p)[i] << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

TK_INLINE void tk_set(tk_type type, void *p, size_t i, float value) {
    if (type == TK_FLOAT32) {
        ((float *)p)[i] = value;
        return;
    }
    uint32_t bits;
    memcpy(&bits, &value, 4);
    bits += 0x7fffu + ((bits >> 16) & 1u);
    ((uint16_t *)p)[i] = (uint16_t)(bits >> 16);
}

TK_INLINE size_t tk_size(tk_type type) { return type == TK_BFLOAT16 ? 2 : 4; }

// Runs body(context, thread, threads) on the calling thread's team.
typedef void (*tk_body)(void *context, int thread, int threads);
void tk_parallel(tk_body body, void *context);

// The part of `count` that a thread works on, in whole multiples of `grain` but for the last.
typedef struct { size_t begin, end; } tk_range;
TK_INLINE tk_range tk_share(size_t count, size_t grain, int thread, int threads) {
    size_t blocks = (count + grain - 1) / grain;
    size_t begin = blocks * (size_t)thread / (size_t)threads * grain;
    size_t end = blocks * (size_t)(thread + 1) / (size_t)threads * grain;
    return (tk_range){begin < count ? begin : count, end < count ? end : count};
}

#endif
