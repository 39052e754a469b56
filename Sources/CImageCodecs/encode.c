// JPEG and PNG to memory.

#include "codec_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

uint32_t tc_crc32(const uint8_t *bytes, size_t length) {
    // Four bits at a time, reflected polynomial 0xEDB88320 (PNG specification, annex D).
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t index = 0; index < length; index++) {
        crc ^= bytes[index];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

// JPEG

typedef struct {
    struct jpeg_compress_struct codec;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    tc_diagnostics *diagnostics;
    unsigned char *bytes;
    unsigned long length;
} jpeg_writer;

static void on_jpeg_error(j_common_ptr codec) {
    jpeg_writer *writer = codec->client_data;
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    tc_fail(writer->diagnostics, TC_INVALID_ARGUMENT, "%s", text);
    longjmp(writer->escape, 1);
}

static void on_jpeg_message(j_common_ptr codec, int level) { (void)codec, (void)level; }
static void on_jpeg_output(j_common_ptr codec) { (void)codec; }

static int write_jpeg(jpeg_writer *writer, const uint8_t *pixels, uint32_t width, uint32_t height,
                      const tc_jpeg_options *options) {
    if (setjmp(writer->escape) != 0) return 0;
    struct jpeg_compress_struct *codec = &writer->codec;
    jpeg_create_compress(codec);
    jpeg_mem_dest(codec, &writer->bytes, &writer->length);
    codec->image_width = width;
    codec->image_height = height;
    static const J_COLOR_SPACE spaces[] = {JCS_RGB, JCS_GRAYSCALE, JCS_CMYK, JCS_CMYK};
    static const int channels[] = {3, 1, 4, 4};
    codec->in_color_space = spaces[options->source];
    codec->input_components = channels[options->source];
    jpeg_set_defaults(codec);
    if (options->source == TC_JPEG_FROM_CMYK_AS_YCCK) jpeg_set_colorspace(codec, JCS_YCCK);
    jpeg_set_quality(codec, options->quality, TRUE);
    if (options->subsampling == 1)
        for (int index = 0; index < codec->num_components; index++)
            codec->comp_info[index].h_samp_factor = codec->comp_info[index].v_samp_factor = 1;
    codec->restart_in_rows = options->restart_interval_rows;
    codec->arith_code = options->is_arithmetic ? TRUE : FALSE;
    if (options->is_progressive) jpeg_simple_progression(codec);
    jpeg_start_compress(codec, TRUE);
    const size_t row_bytes = (size_t)width * (size_t)codec->input_components;
    while (codec->next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + codec->next_scanline * row_bytes);
        jpeg_write_scanlines(codec, &row, 1);
    }
    jpeg_finish_compress(codec);
    return 1;
}

tc_status tc_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, const tc_jpeg_options *options,
                         uint8_t **encoded, size_t *encoded_length, tc_diagnostics *diagnostics) {
    memset(diagnostics, 0, sizeof *diagnostics);
    *encoded = NULL;
    *encoded_length = 0;
    if (width == 0 || height == 0 || options->source > TC_JPEG_FROM_CMYK_AS_YCCK)
        return tc_fail(diagnostics, TC_INVALID_ARGUMENT, "no JPEG can be made of %u x %u pixels", width, height);
    jpeg_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a JPEG encoder");
    writer->diagnostics = diagnostics;
    writer->codec.err = jpeg_std_error(&writer->errors);
    writer->codec.client_data = writer;
    writer->errors.error_exit = on_jpeg_error;
    writer->errors.emit_message = on_jpeg_message;
    writer->errors.output_message = on_jpeg_output;
    int is_written = write_jpeg(writer, pixels, width, height, options);
    if (is_written) {
        *encoded = writer->bytes;
        *encoded_length = writer->length;
    } else if (writer->codec.dest != NULL) {
        // The buffer may have grown since `bytes` was set; finishing hands over the current one.
        writer->codec.dest->term_destination(&writer->codec);
        free(writer->bytes);
    }
    jpeg_destroy_compress(&writer->codec);
    free(writer);
    return is_written ? TC_OK : TC_INVALID_ARGUMENT;
}

// PNG

typedef struct {
    png_structp png;
    png_infop info;
    tc_diagnostics *diagnostics;
    uint8_t *bytes;
    size_t length, capacity;
} png_writer;

static _Noreturn void on_png_error(png_structp png, png_const_charp text) {
    png_writer *writer = png_get_error_ptr(png);
    tc_fail(writer->diagnostics, TC_INVALID_ARGUMENT, "%s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void on_png_warning(png_structp png, png_const_charp text) {
    png_writer *writer = png_get_error_ptr(png);
    tc_warn(writer->diagnostics, text);
}

static void on_png_write(png_structp png, png_bytep bytes, size_t count) {
    png_writer *writer = png_get_io_ptr(png);
    if (writer->capacity - writer->length < count) {
        size_t capacity = writer->capacity * 2 + count + 4096;
        uint8_t *grown = realloc(writer->bytes, capacity);
        if (grown == NULL) png_error(png, "no memory for the encoded picture");
        writer->bytes = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->length, bytes, count);
    writer->length += count;
}

static void on_png_flush(png_structp png) { (void)png; }

static int write_png(png_writer *writer, const uint8_t *pixels, size_t row_bytes, uint32_t width, uint32_t height,
                     const tc_png_options *options) {
    if (setjmp(png_jmpbuf(writer->png)) != 0) return 0;
    png_structp png = writer->png;
    png_set_write_fn(png, writer, on_png_write, on_png_flush);
    png_set_compression_level(png, options->compression_level);
    png_set_IHDR(png, writer->info, width, height, options->bit_depth, options->color_type,
                 options->is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (options->color_type == PNG_COLOR_TYPE_PALETTE) {
        png_color colors[PNG_MAX_PALETTE_LENGTH];
        for (int index = 0; index < options->palette_count; index++)
            colors[index] = (png_color){options->palette[3 * index], options->palette[3 * index + 1],
                                        options->palette[3 * index + 2]};
        png_set_PLTE(png, writer->info, colors, options->palette_count);
    }
    png_write_info(png, writer->info);
    if (png_get_rowbytes(png, writer->info) != row_bytes) png_error(png, "rows of the wrong size");
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * row_bytes);
    png_write_end(png, writer->info);
    return 1;
}

tc_status tc_png_encode(const uint8_t *pixels, size_t row_bytes, uint32_t width, uint32_t height,
                        const tc_png_options *options, uint8_t **encoded, size_t *encoded_length,
                        tc_diagnostics *diagnostics) {
    memset(diagnostics, 0, sizeof *diagnostics);
    *encoded = NULL;
    *encoded_length = 0;
    if (options->palette_count < 0 || options->palette_count > PNG_MAX_PALETTE_LENGTH)
        return tc_fail(diagnostics, TC_INVALID_ARGUMENT, "a palette of %d colors", options->palette_count);
    png_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a PNG encoder");
    writer->diagnostics = diagnostics;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, on_png_error, on_png_warning);
    if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
    int is_written =
        writer->info != NULL && write_png(writer, pixels, row_bytes, width, height, options);
    tc_status status = TC_OK;
    if (is_written) {
        *encoded = writer->bytes;
        *encoded_length = writer->length;
    } else {
        free(writer->bytes);
        status = TC_INVALID_ARGUMENT;
    }
    if (writer->png != NULL) png_destroy_write_struct(&writer->png, &writer->info);
    free(writer);
    return status;
}
