// Affine warping of 8-bit RGB into normalized floats: sampling, color change and cutout in one pass.

#include "codec_internal.h"

#include <string.h>

typedef uint8_t bytes4 __attribute__((vector_size(4)));
typedef float float4 __attribute__((vector_size(16)));

/// Three channels at a byte offset, as floats; the fourth lane is anything. Four bytes are read where the
/// picture has only three left by reading one byte earlier and shifting.
static inline __attribute__((always_inline)) float4 load_pixel(const uint8_t *source, size_t offset, size_t last_word) {
    const size_t start = offset < last_word ? offset : last_word;
    uint32_t word;
    memcpy(&word, source + start, 4);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word >>= (offset - start) * 8;
#else
    word <<= (offset - start) * 8;
#endif
    bytes4 bytes;
    memcpy(&bytes, &word, 4);
    return __builtin_convertvector(bytes, float4);
}

TC_MULTIVERSIONED
void tc_warp_bilinear(const uint8_t *source, int32_t source_width, int32_t source_height, const tc_warp *warp,
                      float *destination, int32_t width, int32_t height) {
    uint8_t single[6];
    if (source_width == 1 && source_height == 1) {  // too small for four-byte reads: two equal pixels do as well
        memcpy(single, source, 3);
        memcpy(single + 3, source, 3);
        source = single;
        source_width = 2;
    }
    const size_t stride = (size_t)source_width * 3;
    const size_t last_word = stride * (size_t)source_height - 4;
    const float right = (float)(source_width - 1), bottom = (float)(source_height - 1);
    const float4 scale = {warp->scale[0], warp->scale[1], warp->scale[2], 0};
    const float4 offset = {warp->offset[0], warp->offset[1], warp->offset[2], 0};

    for (int32_t y = 0; y < height; y++) {
        float *row = destination + (size_t)y * (size_t)width * 3;
        const float row_u = warp->xy * (float)y + warp->x0, row_v = warp->yy * (float)y + warp->y0;
        const int is_cut = y >= warp->cutout_top && y < warp->cutout_bottom;
        for (int32_t x = 0; x < width; x++) {
            float4 value;
            if (is_cut && x >= warp->cutout_left && x < warp->cutout_right) {
                value = (float4){0, 0, 0, 0};
            } else {
                float u = warp->xx * (float)x + row_u, v = warp->yx * (float)x + row_v;
                // Written so that NaN becomes 0.
                u = u > 0 ? u : 0;
                v = v > 0 ? v : 0;
                u = u < right ? u : right;
                v = v < bottom ? v : bottom;
                const int32_t left = (int32_t)u, top = (int32_t)v;
                const float across = u - (float)left, down = v - (float)top;
                const size_t step_x = left + 1 < source_width ? 3 : 0, step_y = top + 1 < source_height ? stride : 0;
                const size_t corner = (size_t)top * stride + (size_t)left * 3;
                const float4 a = load_pixel(source, corner, last_word);
                const float4 b = load_pixel(source, corner + step_x, last_word);
                const float4 c = load_pixel(source, corner + step_y, last_word);
                const float4 d = load_pixel(source, corner + step_y + step_x, last_word);
                const float4 upper = a + (b - a) * across, lower = c + (d - c) * across;
                value = (upper + (lower - upper) * down) * scale + offset;
            }
            // The fourth lane falls on the next pixel, which is written after; the row's last has none.
            if (x + 1 < width) memcpy(row + (size_t)x * 3, &value, 16);
            else memcpy(row + (size_t)x * 3, &value, 12);
        }
    }
}

TC_MULTIVERSIONED
void tc_halve(const uint8_t *source, int32_t source_width, int32_t source_height, uint8_t *destination) {
    const size_t stride = (size_t)source_width * 3;
    const int32_t width = source_width / 2, height = source_height / 2;
    for (int32_t y = 0; y < height; y++) {
        const uint8_t *upper = source + (size_t)(2 * y) * stride, *lower = upper + stride;
        uint8_t *out = destination + (size_t)y * (size_t)width * 3;
        for (int32_t x = 0; x < width; x++, upper += 6, lower += 6, out += 3)
            for (int channel = 0; channel < 3; channel++)
                out[channel] = (uint8_t)((upper[channel] + upper[channel + 3] + lower[channel] + lower[channel + 3] + 2) >> 2);
    }
}
