// JPEG through libjpeg-turbo: gray, YCbCr, RGB, CMYK, YCCK; baseline, progressive, arithmetic.
// Colour profiles are ignored on purpose: pictures are taken as sRGB.

#include "codec_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

enum { BAND_ROWS = 16, MARKER_EOI = 0xD9, MARKER_RST0 = 0xD0, MARKER_RST7 = 0xD7 };

struct tc_jpeg_decoder {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;

    const uint8_t *bytes;
    size_t length;
    tc_decode_options options;
    tc_diagnostics *diagnostics;  // of the call in progress
    double deadline;
    tc_status status;             // why `escape` was taken

    uint32_t orientation;
    int is_reading_picture;       // past the header: from here on missing bytes can be tolerated
    int reached_end;              // the decoder asked for bytes past the end of the file
    int ran_dry;                  // a restart interval ended early, and the decoder has not recovered since
    int was_judged;               // truncation was found, and accepted
    double recovered_fraction;
    uint32_t seen_components;     // bit per component that some scan so far carried
    uint8_t *band;
};

static tc_jpeg_decoder *owner(j_common_ptr codec) { return codec->client_data; }

static void note_offset(tc_jpeg_decoder *decoder) {
    const uint8_t *next = decoder->source.next_input_byte;
    int is_inside = next >= decoder->bytes && next <= decoder->bytes + decoder->length;
    decoder->diagnostics->byte_offset =
        decoder->reached_end || !is_inside ? decoder->length : (uint64_t)(next - decoder->bytes);
}

static _Noreturn void leave(tc_jpeg_decoder *decoder, tc_status status) {
    decoder->status = status;
    note_offset(decoder);
    longjmp(decoder->escape, 1);
}

// Truncation

static int is_in_current_scan(const struct jpeg_decompress_struct *codec, int component) {
    for (int index = 0; index < codec->comps_in_scan; index++) {
        // Null where the file ends inside a scan's header.
        const jpeg_component_info *info = codec->cur_comp_info[index];
        if (info != NULL && info->component_index == component) return 1;
    }
    return 0;
}

/// How much of the picture is known: the fraction of rows for which every component has arrived. Of a
/// progressive picture only what makes it recognisable counts: the mean of each 8x8 block of every
/// component, and the five lowest frequencies of the first one.
static double known_fraction(const tc_jpeg_decoder *decoder) {
    const struct jpeg_decompress_struct *codec = &decoder->codec;
    double rows = codec->total_iMCU_rows == 0 ? 0 : (double)codec->input_iMCU_row / codec->total_iMCU_rows;
    if (rows > 1) rows = 1;
    if (!codec->progressive_mode) {
        uint32_t all = (1u << codec->num_components) - 1;
        return decoder->seen_components == all ? rows : 0;
    }
    if (codec->coef_bits == NULL) return 0;
    double fraction = 1;
    for (int component = 0; component < codec->num_components; component++) {
        int highest = component == 0 ? 5 : 0;
        for (int frequency = 0; frequency <= highest; frequency++) {
            if (codec->coef_bits[component][frequency] < 0) return 0;
            int is_first_here = is_in_current_scan(codec, component) && codec->Ah == 0 && codec->Ss <= frequency &&
                                codec->Se >= frequency;
            if (is_first_here) fraction = rows;
        }
    }
    return fraction;
}

static void judge_truncation(tc_jpeg_decoder *decoder) {
    if (decoder->was_judged) return;
    double fraction = known_fraction(decoder);
    tc_diagnostics *diagnostics = decoder->diagnostics;
    char text[TC_MESSAGE_CAPACITY];
    snprintf(text, sizeof text, "the picture data end after %.0f %% of the rows", fraction * 100);
    if (fraction < decoder->options.accepted_fraction) {
        tc_fail(diagnostics, TC_TRUNCATED, "%s", text);
        leave(decoder, TC_TRUNCATED);
    }
    decoder->was_judged = 1;
    decoder->recovered_fraction = fraction;
    tc_warn(diagnostics, text);
}

// Callbacks of libjpeg

static tc_status status_of(int code) {
    switch (code) {
    case JERR_OUT_OF_MEMORY: return TC_OUT_OF_MEMORY;
    case JERR_NO_BACKING_STORE: case JERR_IMAGE_TOO_BIG: case JERR_WIDTH_OVERFLOW: return TC_TOO_LARGE;
    case JERR_SOF_UNSUPPORTED: case JERR_BAD_PRECISION: case JERR_ARITH_NOTIMPL: case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED: case JERR_CCIR601_NOTIMPL: case JERR_FRACT_SAMPLE_NOTIMPL: return TC_UNSUPPORTED;
    default: return TC_CORRUPT;
    }
}

static void on_error(j_common_ptr codec) {
    tc_jpeg_decoder *decoder = owner(codec);
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    tc_status status = status_of(codec->err->msg_code);
    if (status == TC_CORRUPT && decoder->reached_end)  // the error is in what stands in for the missing bytes
        leave(decoder, tc_fail(decoder->diagnostics, TC_TRUNCATED, "the file ends inside a segment (%s)", text));
    leave(decoder, tc_fail(decoder->diagnostics, status, "%s", text));
}

static void on_message(j_common_ptr codec, int level) {
    if (level >= 0) return;  // trace
    tc_jpeg_decoder *decoder = owner(codec);
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    tc_warn(decoder->diagnostics, text);
    // A scan ran out of data at a marker. At a restart marker the decoder finds its way again.
    int marker = decoder->codec.unread_marker;
    if (codec->err->msg_code == JWRN_HIT_MARKER) {
        if (marker >= MARKER_RST0 && marker <= MARKER_RST7) decoder->ran_dry = 1;
        else judge_truncation(decoder);
    }
}

static void on_output(j_common_ptr codec) { (void)codec; }

static void on_progress(j_common_ptr codec) {
    tc_jpeg_decoder *decoder = owner(codec);
    const struct jpeg_decompress_struct *decompressor = &decoder->codec;
    if (decompressor->input_scan_number > (int)decoder->options.maximum_scans) {
        tc_fail(decoder->diagnostics, TC_TOO_LARGE, "more than %u scans", decoder->options.maximum_scans);
        leave(decoder, TC_TOO_LARGE);
    }
    if (tc_now() > decoder->deadline) {
        tc_fail(decoder->diagnostics, TC_TIMED_OUT, "decoding took longer than %.3g s",
                decoder->options.maximum_seconds);
        leave(decoder, TC_TIMED_OUT);
    }
    // Having warned once, libjpeg stays silent when the end comes before the next good restart marker.
    if (decoder->ran_dry && decompressor->unread_marker == MARKER_EOI &&
        decompressor->input_iMCU_row < decompressor->total_iMCU_rows)
        judge_truncation(decoder);
    for (int index = 0; index < decompressor->num_components; index++)
        if (is_in_current_scan(decompressor, index)) decoder->seen_components |= 1u << index;
}

static void start_source(j_decompress_ptr codec) { (void)codec; }
static void end_source(j_decompress_ptr codec) { (void)codec; }

static boolean on_end_of_bytes(j_decompress_ptr codec) {
    static const JOCTET end_of_image[2] = {0xFF, MARKER_EOI};
    tc_jpeg_decoder *decoder = owner((j_common_ptr)codec);
    decoder->reached_end = 1;
    if (!decoder->is_reading_picture) {
        tc_fail(decoder->diagnostics, TC_TRUNCATED, "the file ends inside the JPEG header");
        leave(decoder, TC_TRUNCATED);
    }
    // The arithmetic decoder does not tell when it runs dry; the Huffman one does, see on_message.
    if (codec->arith_code) judge_truncation(decoder);
    codec->src->next_input_byte = end_of_image;
    codec->src->bytes_in_buffer = sizeof end_of_image;
    return TRUE;
}

static void skip_bytes(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    if ((size_t)count > codec->src->bytes_in_buffer) {
        on_end_of_bytes(codec);
        return;
    }
    codec->src->next_input_byte += count;
    codec->src->bytes_in_buffer -= (size_t)count;
}

// Opening

static uint64_t coefficient_bytes(const struct jpeg_decompress_struct *codec) {
    uint64_t blocks = 0;
    for (int index = 0; index < codec->num_components; index++) {
        const jpeg_component_info *component = &codec->comp_info[index];
        uint64_t across = component->width_in_blocks + (uint64_t)component->h_samp_factor;
        uint64_t down = component->height_in_blocks + (uint64_t)component->v_samp_factor;
        blocks += across * down;
    }
    return blocks * DCTSIZE2 * sizeof(JCOEF);
}

static void choose_scale(struct jpeg_decompress_struct *codec, uint32_t minimum_side) {
    uint32_t side = codec->image_width < codec->image_height ? codec->image_width : codec->image_height;
    codec->scale_denom = 8;
    codec->scale_num = 8;
    if (minimum_side == 0) return;
    // Only the powers of two have vectorised inverse transforms.
    for (unsigned eighths = 1; eighths < 8; eighths *= 2) {
        if (((uint64_t)side * eighths + 7) / 8 >= minimum_side) {
            codec->scale_num = eighths;
            return;
        }
    }
}

static void open_in_library(tc_jpeg_decoder *decoder, tc_image_info *info) {
    struct jpeg_decompress_struct *codec = &decoder->codec;
    jpeg_create_decompress(codec);
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = decoder->bytes, .bytes_in_buffer = decoder->length, .init_source = start_source,
        .fill_input_buffer = on_end_of_bytes, .skip_input_data = skip_bytes,
        .resync_to_restart = jpeg_resync_to_restart, .term_source = end_source};
    codec->src = &decoder->source;
    decoder->progress.progress_monitor = on_progress;
    codec->progress = &decoder->progress;
    jpeg_read_header(codec, TRUE);

    info->stored_width = codec->image_width;
    info->stored_height = codec->image_height;
    info->components = (uint32_t)codec->num_components;
    info->bits_per_component = (uint32_t)codec->data_precision;
    info->is_progressive = codec->progressive_mode ? 1 : 0;
    info->orientation = decoder->orientation;
    tc_diagnostics *diagnostics = decoder->diagnostics;
    tc_status status = tc_check_size(codec->image_width, codec->image_height, &decoder->options, diagnostics);
    if (status != TC_OK) leave(decoder, status);

    if (codec->num_components == 1 || codec->num_components == 3) codec->out_color_space = JCS_RGB;
    else if (codec->num_components == 4) codec->out_color_space = JCS_CMYK;
    else {
        tc_fail(diagnostics, TC_UNSUPPORTED, "a JPEG of %d color components", codec->num_components);
        leave(decoder, TC_UNSUPPORTED);
    }
    choose_scale(codec, decoder->options.minimum_side);
    jpeg_calc_output_dimensions(codec);

    uint64_t needed = (uint64_t)codec->output_width * codec->output_height * 3;
    if (jpeg_has_multiple_scans(codec)) needed += coefficient_bytes(codec);
    if (needed > decoder->options.maximum_bytes) {
        tc_fail(diagnostics, TC_TOO_LARGE, "decoding would take %llu bytes of memory, the limit is %llu",
                (unsigned long long)needed, (unsigned long long)decoder->options.maximum_bytes);
        leave(decoder, TC_TOO_LARGE);
    }
    codec->mem->max_memory_to_use = (long)decoder->options.maximum_bytes;

    int is_turned = decoder->orientation >= 5;
    info->width = is_turned ? codec->output_height : codec->output_width;
    info->height = is_turned ? codec->output_width : codec->output_height;
    note_offset(decoder);
}

tc_status tc_jpeg_open(const uint8_t *bytes, size_t length, const tc_decode_options *options,
                       tc_jpeg_decoder **decoder, tc_image_info *info, tc_diagnostics *diagnostics) {
    tc_jpeg_decoder *opened = calloc(1, sizeof *opened);
    if (opened == NULL) return tc_fail(diagnostics, TC_OUT_OF_MEMORY, "no memory for a JPEG decoder");
    opened->bytes = bytes;
    opened->length = length;
    opened->options = *options;
    opened->diagnostics = diagnostics;
    opened->deadline = tc_now() + options->maximum_seconds;
    opened->recovered_fraction = 1;
    opened->orientation = tc_jpeg_orientation(bytes, length);
    opened->codec.err = jpeg_std_error(&opened->errors);
    opened->codec.client_data = opened;
    opened->errors.error_exit = on_error;
    opened->errors.emit_message = on_message;
    opened->errors.output_message = on_output;
    if (setjmp(opened->escape) != 0) {
        tc_status status = opened->status;
        tc_jpeg_close(opened);
        return status;
    }
    open_in_library(opened, info);
    *decoder = opened;
    return TC_OK;
}

// Reading

/// CMYK to RGB without a profile. Adobe writes the inks inverted (255 is no ink), everybody else as is.
static void convert_cmyk(const uint8_t *cmyk, uint8_t *rgb, size_t pixels, int is_inverted) {
    const uint8_t flip = is_inverted ? 0 : 255;
    for (size_t index = 0; index < pixels; index++) {
        uint32_t black = (uint32_t)(cmyk[4 * index + 3] ^ flip);
        for (int channel = 0; channel < 3; channel++) {
            uint32_t product = (uint32_t)(cmyk[4 * index + channel] ^ flip) * black + 128;
            rgb[3 * index + channel] = (uint8_t)((product + (product >> 8)) >> 8);  // rounded division by 255
        }
    }
}

static void read_in_library(tc_jpeg_decoder *decoder, uint8_t *pixels) {
    struct jpeg_decompress_struct *codec = &decoder->codec;
    decoder->is_reading_picture = 1;
    jpeg_start_decompress(codec);
    if (decoder->reached_end && jpeg_has_multiple_scans(codec)) judge_truncation(decoder);

    const uint32_t width = codec->output_width, height = codec->output_height;
    const int is_cmyk = codec->output_components == 4;
    const size_t row_bytes = (size_t)width * (size_t)codec->output_components;
    const int is_direct = decoder->orientation == 1 && !is_cmyk;
    if (!is_direct) {
        decoder->band = malloc(BAND_ROWS * row_bytes);
        if (decoder->band == NULL) {
            tc_fail(decoder->diagnostics, TC_OUT_OF_MEMORY, "no memory for %d rows", BAND_ROWS);
            leave(decoder, TC_OUT_OF_MEMORY);
        }
    }
    while (codec->output_scanline < height) {
        uint32_t first = codec->output_scanline;
        uint32_t wanted = height - first < BAND_ROWS ? height - first : BAND_ROWS;
        JSAMPROW rows[BAND_ROWS];
        uint8_t *start = is_direct ? pixels + first * row_bytes : decoder->band;
        for (uint32_t row = 0; row < wanted; row++) rows[row] = start + row * row_bytes;
        uint32_t filled = 0;
        while (filled < wanted) filled += jpeg_read_scanlines(codec, rows + filled, wanted - filled);
        if (is_direct) continue;
        // In place: three bytes are written behind the four that are read.
        if (is_cmyk) convert_cmyk(decoder->band, decoder->band, (size_t)width * wanted, codec->saw_Adobe_marker);
        tc_place_rows(decoder->band, first, wanted, width, height, decoder->orientation, pixels);
    }
    if (decoder->reached_end && !decoder->was_judged)
        tc_warn(decoder->diagnostics, "the end-of-image marker is missing; the picture is whole");
    note_offset(decoder);
}

tc_status tc_jpeg_read(tc_jpeg_decoder *decoder, uint8_t *pixels, double *recovered_fraction,
                       tc_diagnostics *diagnostics) {
    decoder->diagnostics = diagnostics;
    if (setjmp(decoder->escape) != 0) return decoder->status;
    read_in_library(decoder, pixels);
    *recovered_fraction = decoder->recovered_fraction;
    return TC_OK;
}

void tc_jpeg_close(tc_jpeg_decoder *decoder) {
    jpeg_destroy_decompress(&decoder->codec);
    free(decoder->band);
    free(decoder);
}
