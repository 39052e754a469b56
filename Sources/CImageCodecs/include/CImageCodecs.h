#ifndef TANDEM_CIMAGECODECS_H
#define TANDEM_CIMAGECODECS_H

// JPEG and PNG in memory, resampling and affine warping: the C half of Imaging.
//
// Rules that hold for every function here:
// - Nothing is printed. Warnings of libjpeg and libpng are counted and the first one is kept.
// - longjmp stays inside this target; callers see a status and a message.
// - Sizes are checked against the given limits before memory of that size is taken.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TC_OK = 0,
    TC_INVALID_ARGUMENT = 1,
    TC_UNSUPPORTED = 2,
    TC_CORRUPT = 3,
    TC_TRUNCATED = 4,
    TC_TOO_LARGE = 5,
    TC_OUT_OF_MEMORY = 6,
    TC_TIMED_OUT = 7,
} tc_status;

typedef enum {
    TC_FORMAT_JPEG = 1,
    TC_FORMAT_PNG = 2,
} tc_format;

enum { TC_MESSAGE_CAPACITY = 240 };

typedef struct {
    /// What went wrong, NUL-terminated; empty when nothing did.
    char message[TC_MESSAGE_CAPACITY];
    /// The first warning of the decoding library; empty when there was none.
    char first_warning[TC_MESSAGE_CAPACITY];
    uint64_t warning_count;
    /// How many bytes of the file had been consumed when the function returned.
    uint64_t byte_offset;
} tc_diagnostics;

typedef struct {
    uint64_t maximum_pixels;
    /// Upper bound on the memory that decoding takes, the returned pixels included.
    uint64_t maximum_bytes;
    uint32_t maximum_side;
    /// Progressive JPEG only: more scans than this are refused.
    uint32_t maximum_scans;
    double maximum_seconds;
    /// JPEG only: decode at the smallest scale whose shorter side is still at least this; 0 for full size.
    uint32_t minimum_side;
    /// A truncated file is accepted, with a warning, when at least this fraction of its rows was decoded.
    /// Above 1 none is.
    double accepted_fraction;
} tc_decode_options;

typedef struct {
    /// Size of the pixels to be read: scaled, and upright after applying the EXIF orientation.
    uint32_t width, height;
    /// Size as written in the file, before scaling and orientation.
    uint32_t stored_width, stored_height;
    /// EXIF orientation, 1 to 8.
    uint32_t orientation;
    /// Colour channels in the file, alpha included: 1 to 4.
    uint32_t components;
    uint32_t bits_per_component;
    /// Progressive JPEG or interlaced PNG.
    uint32_t is_progressive;
} tc_image_info;

// Reading

/// Reads the header only: no image memory is taken and no decoding library is called.
tc_status tc_probe(tc_format format, const uint8_t *bytes, size_t length, tc_image_info *info,
                   tc_diagnostics *diagnostics);

typedef struct tc_decoder tc_decoder;

/// Reads the header, checks the limits and says how many pixels `tc_decoder_read` will write.
/// `bytes` must stay valid until `tc_decoder_close`. On failure `*decoder` is NULL.
tc_status tc_decoder_open(tc_format format, const uint8_t *bytes, size_t length, const tc_decode_options *options,
                          tc_decoder **decoder, tc_image_info *info, tc_diagnostics *diagnostics);

/// Writes width x height x 3 bytes of upright, interleaved RGB. Call once.
/// `recovered_fraction` is 1 for a whole file, less for an accepted truncated one.
tc_status tc_decoder_read(tc_decoder *decoder, uint8_t *pixels, size_t capacity, double *recovered_fraction,
                          tc_diagnostics *diagnostics);

void tc_decoder_close(tc_decoder *decoder);

// Writing

typedef enum {
    TC_JPEG_FROM_RGB = 0,   ///< 3 bytes a pixel, stored as YCbCr
    TC_JPEG_FROM_GRAY = 1,  ///< 1 byte a pixel
    TC_JPEG_FROM_CMYK = 2,  ///< 4 bytes a pixel, inverted as Adobe writes them, stored as CMYK
    TC_JPEG_FROM_CMYK_AS_YCCK = 3,
} tc_jpeg_source;

typedef struct {
    tc_jpeg_source source;
    int quality;               ///< 1 to 100
    int is_progressive;
    int is_arithmetic;
    int subsampling;           ///< 1 (4:4:4) or 2 (4:2:0)
    int restart_interval_rows; ///< 0 for none
} tc_jpeg_options;

typedef struct {
    int color_type;     ///< 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha
    int bit_depth;      ///< 1, 2, 4, 8 or 16, as PNG allows for the color type
    int is_interlaced;
    int compression_level; ///< 0 to 9
    const uint8_t *palette; ///< RGB triples, color type 3 only
    int palette_count;
} tc_png_options;

/// Encodes to memory that the caller frees with `tc_free`.
tc_status tc_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, const tc_jpeg_options *options,
                         uint8_t **encoded, size_t *encoded_length, tc_diagnostics *diagnostics);

/// `pixels` holds the rows as PNG stores them (packed bits, big-endian 16-bit samples), without filter bytes.
tc_status tc_png_encode(const uint8_t *pixels, size_t row_bytes, uint32_t width, uint32_t height,
                        const tc_png_options *options, uint8_t **encoded, size_t *encoded_length,
                        tc_diagnostics *diagnostics);

void tc_free(void *memory);

/// CRC-32 as PNG chunks use it.
uint32_t tc_crc32(const uint8_t *bytes, size_t length);

// Resampling

typedef enum {
    TC_FILTER_BOX = 0,
    TC_FILTER_TRIANGLE = 1,
    TC_FILTER_CATMULL_ROM = 2,
    TC_FILTER_LANCZOS3 = 3,
} tc_filter;

/// Filter weights and intermediate rows, kept from one call to the next. One thread at a time.
typedef struct tc_resampler tc_resampler;

tc_resampler *tc_resampler_create(void);
void tc_resampler_destroy(tc_resampler *resampler);

/// Resamples the region (left, top, right, bottom), in source pixels, of an RGB picture to
/// `width` x `height`. Allocates nothing when the sizes are those of an earlier call or smaller.
tc_status tc_resample(tc_resampler *resampler, const uint8_t *source, uint32_t source_width, uint32_t source_height,
                      double left, double top, double right, double bottom, tc_filter filter,
                      uint8_t *destination, uint32_t width, uint32_t height);

/// destination[i] = source[i] * scale[i % 3] + offset[i % 3], for `pixels` RGB pixels.
void tc_normalize(const uint8_t *source, size_t pixels, const float scale[3], const float offset[3],
                  float *destination);

// Warping

typedef struct {
    /// Source position of destination pixel (x, y), in pixel centers counted from 0:
    /// u = xx * x + xy * y + x0, v = yx * x + yy * y + y0.
    float xx, xy, x0, yx, yy, y0;
    /// Per channel, after sampling: value * scale + offset.
    float scale[3], offset[3];
    /// Destination rectangle that is set to zero; empty when right <= left.
    int32_t cutout_left, cutout_top, cutout_right, cutout_bottom;
} tc_warp;

/// Samples an RGB picture bilinearly, edges repeated, into height x width x 3 floats.
void tc_warp_bilinear(const uint8_t *source, int32_t source_width, int32_t source_height, const tc_warp *warp,
                      float *destination, int32_t width, int32_t height);

/// Averages 2x2 blocks: destination is (source_width / 2) x (source_height / 2); an odd last row or column
/// is left out. Both sides must be at least 2.
void tc_halve(const uint8_t *source, int32_t source_width, int32_t source_height, uint8_t *destination);

#ifdef __cplusplus
}
#endif
#endif
