// PNG through libpng: every color type and depth, interlaced or not, to 8-bit RGB over white.
// gAMA, iCCP, sRGB and the like are ignored on purpose: pictures are taken as sRGB.

#include "codec_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

enum { BAND_ROWS = 16, MAXIMUM_CHUNK_BYTES = 8 << 20 };

struct tc_png_decoder {
    png_structp png;
    png_infop info;

    const uint8_t *bytes;
    size_t length, offset;
    tc_decode_options options;
    tc_diagnostics *diagnostics;  // of the call in progress
    double deadline;
    tc_status status;             // set before libpng's error path is taken by us
    int reached_end;

    uint32_t orientation, width, height;
    int channels;                 // 3 or 4 after libpng's transformations
    int passes;
    uint32_t band_start, rows_done;  // when not interlaced: first row of the band in work, rows decoded
    uint64_t samples_done;        // pixels decoded, over all passes
    uint8_t *rows;                // a band, or the whole picture when interlaced
};

static _Noreturn void on_error(png_structp png, png_const_charp text) {
    tc_png_decoder *decoder = png_get_error_ptr(png);
    if (decoder->status == TC_OK) {
        tc_status status = TC_CORRUPT;
        if (decoder->reached_end || strstr(text, "Not enough image data") != NULL) status = TC_TRUNCATED;
        else if (strstr(text, "memory") != NULL) status = TC_OUT_OF_MEMORY;
        else if (strstr(text, "user limit") != NULL || strstr(text, "too large") != NULL) status = TC_TOO_LARGE;
        decoder->status = tc_fail(decoder->diagnostics, status, "%s", text);
    }
    decoder->diagnostics->byte_offset = decoder->offset;
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp text) {
    tc_png_decoder *decoder = png_get_error_ptr(png);
    tc_warn(decoder->diagnostics, text);
}

static void on_read(png_structp png, png_bytep target, size_t count) {
    tc_png_decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->length - decoder->offset) {
        decoder->reached_end = 1;
        decoder->offset = decoder->length;
        png_error(png, "the file ends in the middle of a chunk");
    }
    memcpy(target, decoder->bytes + decoder->offset, count);
    decoder->offset += count;
}

static _Noreturn void leave(tc_png_decoder *decoder, tc_status status) {
    decoder->status = status;
    png_error(decoder->png, "stopped");
}

static void open_in_library(tc_png_decoder *decoder, tc_image_info *info) {
    png_structp png = decoder->png;
    const tc_decode_options *options = &decoder->options;
    png_set_read_fn(png, decoder, on_read);
    png_set_user_limits(png, options->maximum_side, options->maximum_side);
    png_set_chunk_malloc_max(png, MAXIMUM_CHUNK_BYTES);
    png_set_chunk_cache_max(png, 64);
    // libpng gives up on a whole buffer of input when its end is missing; a small one loses less.
    if (options->accepted_fraction <= 1) png_set_compression_buffer_size(png, 64);
    static const png_byte ignored[] =
        "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, ignored, (int)(sizeof ignored / 5));
    png_read_info(png, decoder->info);

    int depth, color_type, interlacing;
    png_uint_32 width, height;
    png_get_IHDR(png, decoder->info, &width, &height, &depth, &color_type, &interlacing, NULL, NULL);
    int has_alpha = (color_type & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, decoder->info, PNG_INFO_tRNS) != 0;
    info->components = png_get_channels(png, decoder->info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    decoder->passes = png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
    decoder->channels = png_get_channels(png, decoder->info);
    if (decoder->channels != (has_alpha ? 4 : 3) ||
        png_get_rowbytes(png, decoder->info) != (size_t)width * (size_t)decoder->channels) {
        tc_fail(decoder->diagnostics, TC_UNSUPPORTED, "libpng gave %d channels", decoder->channels);
        leave(decoder, TC_UNSUPPORTED);
    }
    uint64_t picture = (uint64_t)width * height;
    uint64_t needed = picture * 3 + (decoder->passes > 1 ? picture * (uint64_t)decoder->channels : 0);
    if (needed > options->maximum_bytes) {
        tc_fail(decoder->diagnostics, TC_TOO_LARGE, "decoding would take %llu bytes of memory, the limit is %llu",
                (unsigned long long)needed, (unsigned long long)options->maximum_bytes);
        leave(decoder, TC_TOO_LARGE);
    }
    decoder->width = width;
    decoder->height = height;
    info->stored_width = width;
    info->stored_height = height;
    info->bits_per_component = (uint32_t)depth;
    info->is_progressive = decoder->passes > 1;
    info->orientation = decoder->orientation;
    int is_turned = decoder->orientation >= 5;
    info->width = is_turned ? height : width;
    info->height = is_turned ? width : height;
    decoder->diagnostics->byte_offset = decoder->offset;
}

tc_status tc_png_open(const uint8_t *bytes, size_t length, const tc_decode_options *options, tc_png_decoder **decoder,
                      tc_image_info *info, tc_diagnostics *diagnostics) {
    tc_png_decoder *opened = calloc(1, sizeof *opened);
    if (opened == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a PNG decoder");
    opened->bytes = bytes;
    opened->length = length;
    opened->options = *options;
    opened->diagnostics = diagnostics;
    opened->deadline = tc_now() + options->maximum_seconds;
    opened->orientation = tc_png_orientation(bytes, length);
    // Sizes are judged here first, because libpng calls one over its limit an invalid header.
    tc_status status = tc_probe(TC_FORMAT_PNG, bytes, length, info, diagnostics);
    if (status == TC_OK) status = tc_check_size(info->stored_width, info->stored_height, options, diagnostics);
    if (status != TC_OK) {
        tc_png_close(opened);
        return status;
    }
    opened->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, opened, on_error, on_warning);
    if (opened->png != NULL) opened->info = png_create_info_struct(opened->png);
    if (opened->info == NULL) {
        tc_png_close(opened);
        return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a PNG decoder");
    }
    if (setjmp(png_jmpbuf(opened->png)) != 0) {
        const tc_status failure = opened->status;
        tc_png_close(opened);
        return failure;
    }
    open_in_library(opened, info);
    *decoder = opened;
    return TC_OK;
}

static void flatten_over_white(const uint8_t *rgba, uint8_t *rgb, size_t pixels) {
    for (size_t index = 0; index < pixels; index++) {
        uint32_t alpha = rgba[4 * index + 3];
        for (int channel = 0; channel < 3; channel++) {
            uint32_t sum = rgba[4 * index + channel] * alpha + 255 * (255 - alpha) + 128;
            rgb[3 * index + channel] = (uint8_t)((sum + (sum >> 8)) >> 8);  // rounded division by 255
        }
    }
}

/// Flattens, in place, and puts a band of stored rows into the upright picture.
static void deliver(tc_png_decoder *decoder, uint8_t *rows, uint32_t first, uint32_t count, uint8_t *pixels) {
    if (decoder->channels == 4) flatten_over_white(rows, rows, (size_t)decoder->width * count);
    tc_place_rows(rows, first, count, decoder->width, decoder->height, decoder->orientation, pixels);
}

static void check_time(tc_png_decoder *decoder) {
    if (tc_now() <= decoder->deadline) return;
    tc_fail(decoder->diagnostics, TC_TIMED_OUT, "decoding took longer than %.3g s", decoder->options.maximum_seconds);
    leave(decoder, TC_TIMED_OUT);
}

static void read_straight(tc_png_decoder *decoder, uint8_t *pixels) {
    const size_t row_bytes = (size_t)decoder->width * (size_t)decoder->channels;
    for (uint32_t first = 0; first < decoder->height; first += BAND_ROWS) {
        check_time(decoder);
        uint32_t left = decoder->height - first, count = left < BAND_ROWS ? left : BAND_ROWS;
        decoder->band_start = first;
        for (uint32_t row = 0; row < count; row++) {
            png_read_row(decoder->png, decoder->rows + row * row_bytes, NULL);
            decoder->rows_done += 1;
            decoder->samples_done += decoder->width;
        }
        deliver(decoder, decoder->rows, first, count, pixels);
    }
}

/// Delivers the rows of a band that was cut short, and gray for those that never arrived.
static void fill_missing_rows(tc_png_decoder *decoder, uint8_t *pixels) {
    const size_t row_bytes = (size_t)decoder->width * (size_t)decoder->channels;
    uint32_t kept = decoder->rows_done - decoder->band_start;
    for (uint32_t first = decoder->band_start; first < decoder->height; first += BAND_ROWS) {
        uint32_t left = decoder->height - first, count = left < BAND_ROWS ? left : BAND_ROWS;
        if (kept < count) {
            uint8_t *missing = decoder->rows + kept * row_bytes;
            const size_t bytes = (count - kept) * row_bytes;
            memset(missing, 128, bytes);
            for (size_t at = 3; decoder->channels == 4 && at < bytes; at += 4) missing[at] = 255;
        }
        deliver(decoder, decoder->rows, first, count, pixels);
        kept = 0;
    }
}

static void read_interlaced(tc_png_decoder *decoder) {
    const size_t row_bytes = (size_t)decoder->width * (size_t)decoder->channels;
    for (int pass = 0; pass < decoder->passes; pass++) {
        const uint64_t across = PNG_PASS_COLS(decoder->width, pass);
        for (uint32_t y = 0; y < decoder->height; y++) {
            if (y % BAND_ROWS == 0) check_time(decoder);
            // As display row: early passes fill whole blocks, so that a truncated picture has no holes.
            png_read_row(decoder->png, NULL, decoder->rows + y * row_bytes);
            if (PNG_ROW_IN_INTERLACE_PASS(y, pass)) decoder->samples_done += across;
        }
    }
}

static tc_status read_in_library(tc_png_decoder *decoder, uint8_t *pixels) {
    if (setjmp(png_jmpbuf(decoder->png)) != 0) return decoder->status;
    if (decoder->passes > 1) read_interlaced(decoder);
    else read_straight(decoder, pixels);
    png_read_end(decoder->png, NULL);
    return TC_OK;
}

tc_status tc_png_read(tc_png_decoder *decoder, uint8_t *pixels, double *recovered_fraction,
                      tc_diagnostics *diagnostics) {
    decoder->diagnostics = diagnostics;
    const size_t row_bytes = (size_t)decoder->width * (size_t)decoder->channels;
    const uint32_t rows = decoder->passes > 1 ? decoder->height : BAND_ROWS;
    decoder->rows = calloc(rows, row_bytes);
    if (decoder->rows == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for %u rows", rows);

    tc_status status = read_in_library(decoder, pixels);
    diagnostics->byte_offset = decoder->offset;
    double fraction = (double)decoder->samples_done / ((double)decoder->width * decoder->height);
    if (status == TC_TRUNCATED) {
        char text[TC_MESSAGE_CAPACITY];
        if (fraction >= 1) snprintf(text, sizeof text, "the file ends early; the picture is whole");
        else snprintf(text, sizeof text, "the picture data end after %.0f %% of the pixels", fraction * 100);
        if (fraction < 1 && fraction < decoder->options.accepted_fraction)
            return tc_fail(diagnostics, TC_TRUNCATED, "%s", text);
        diagnostics->message[0] = '\0';
        tc_warn(diagnostics, text);
        status = TC_OK;
    }
    if (status != TC_OK) return status;
    if (decoder->passes > 1) deliver(decoder, decoder->rows, 0, decoder->height, pixels);
    else if (decoder->rows_done < decoder->height) fill_missing_rows(decoder, pixels);
    *recovered_fraction = fraction;
    return TC_OK;
}

void tc_png_close(tc_png_decoder *decoder) {
    if (decoder->png != NULL) png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    free(decoder->rows);
    free(decoder);
}
