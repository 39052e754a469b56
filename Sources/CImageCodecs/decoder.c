// One decoder for both formats, and what they share.

#include "codec_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

tc_status tc_fail(tc_diagnostics *diagnostics, tc_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(diagnostics->message, sizeof diagnostics->message, format, arguments);
    va_end(arguments);
    return status;
}

void tc_warn(tc_diagnostics *diagnostics, const char *message) {
    if (diagnostics->warning_count == 0)
        snprintf(diagnostics->first_warning, sizeof diagnostics->first_warning, "%s", message);
    diagnostics->warning_count += 1;
}

double tc_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void tc_free(void *memory) { free(memory); }

tc_status tc_check_size(uint64_t width, uint64_t height, const tc_decode_options *options,
                        tc_diagnostics *diagnostics) {
    if (width == 0 || height == 0)
        return tc_fail(diagnostics, TC_CORRUPT, "the header gives a size of %llu x %llu pixels",
                       (unsigned long long)width, (unsigned long long)height);
    if (width > options->maximum_side || height > options->maximum_side)
        return tc_fail(diagnostics, TC_TOO_LARGE, "%llu x %llu pixels: a side is over the limit of %u",
                       (unsigned long long)width, (unsigned long long)height, options->maximum_side);
    if (width * height > options->maximum_pixels)
        return tc_fail(diagnostics, TC_TOO_LARGE, "%llu x %llu pixels are over the limit of %llu",
                       (unsigned long long)width, (unsigned long long)height,
                       (unsigned long long)options->maximum_pixels);
    return TC_OK;
}

void tc_place_rows(const uint8_t *rows, uint32_t first_row, uint32_t count, uint32_t width, uint32_t height,
                   uint32_t orientation, uint8_t *destination) {
    const size_t row_bytes = (size_t)width * 3;
    if (orientation <= 1 || orientation == 4) {
        for (uint32_t row = 0; row < count; row++) {
            uint32_t y = first_row + row;
            size_t target = orientation == 4 ? height - 1 - y : y;
            memcpy(destination + target * row_bytes, rows + row * row_bytes, row_bytes);
        }
        return;
    }
    // Where stored pixel (x, y) goes: origin + x * step_x + y * step_y, in pixels.
    int64_t origin, step_x, step_y;
    const int64_t w = width, h = height;
    switch (orientation) {
    case 2: origin = w - 1; step_x = -1; step_y = w; break;                  // mirrored
    case 3: origin = w * h - 1; step_x = -1; step_y = -w; break;             // half turn
    case 5: origin = 0; step_x = h; step_y = 1; break;                       // transposed
    case 6: origin = h - 1; step_x = h; step_y = -1; break;                  // quarter turn clockwise
    case 7: origin = w * h - 1; step_x = -h; step_y = -1; break;             // transversed
    default: origin = (w - 1) * h; step_x = -h; step_y = 1; break;           // 8: quarter turn anticlockwise
    }
    // Column by column, so that the rows of a band land next to each other.
    for (int64_t x = 0; x < w; x++) {
        for (uint32_t row = 0; row < count; row++) {
            const uint8_t *from = rows + row * row_bytes + (size_t)x * 3;
            uint8_t *to = destination + (size_t)(origin + x * step_x + (int64_t)(first_row + row) * step_y) * 3;
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
        }
    }
}

struct tc_decoder {
    tc_jpeg_decoder *jpeg;
    tc_png_decoder *png;
    size_t output_bytes;
};

tc_status tc_decoder_open(tc_format format, const uint8_t *bytes, size_t length, const tc_decode_options *options,
                          tc_decoder **decoder, tc_image_info *info, tc_diagnostics *diagnostics) {
    *decoder = NULL;
    memset(info, 0, sizeof *info);
    memset(diagnostics, 0, sizeof *diagnostics);
    tc_decoder *opened = calloc(1, sizeof *opened);
    if (opened == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a decoder");
    tc_status status = TC_INVALID_ARGUMENT;
    if (format == TC_FORMAT_JPEG)
        status = tc_jpeg_open(bytes, length, options, &opened->jpeg, info, diagnostics);
    else if (format == TC_FORMAT_PNG)
        status = tc_png_open(bytes, length, options, &opened->png, info, diagnostics);
    else
        tc_fail(diagnostics, status, "no decoder for format %d", (int)format);
    if (status != TC_OK) {
        free(opened);
        return status;
    }
    opened->output_bytes = (size_t)info->width * info->height * 3;
    *decoder = opened;
    return TC_OK;
}

tc_status tc_decoder_read(tc_decoder *decoder, uint8_t *pixels, size_t capacity, double *recovered_fraction,
                          tc_diagnostics *diagnostics) {
    *recovered_fraction = 0;
    if (capacity < decoder->output_bytes)
        return tc_fail(diagnostics, TC_INVALID_ARGUMENT, "%zu bytes given for %zu bytes of pixels", capacity,
                       decoder->output_bytes);
    if (decoder->jpeg != NULL) return tc_jpeg_read(decoder->jpeg, pixels, recovered_fraction, diagnostics);
    return tc_png_read(decoder->png, pixels, recovered_fraction, diagnostics);
}

void tc_decoder_close(tc_decoder *decoder) {
    if (decoder == NULL) return;
    if (decoder->jpeg != NULL) tc_jpeg_close(decoder->jpeg);
    if (decoder->png != NULL) tc_png_close(decoder->png);
    free(decoder);
}
