#ifndef TANDEM_CODEC_INTERNAL_H
#define TANDEM_CODEC_INTERNAL_H

#include "CImageCodecs.h"

// Loops below are compiled for several instruction sets and chosen when the program starts.
#if defined(__x86_64__)
#define TC_MULTIVERSIONED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TC_MULTIVERSIONED
#endif

__attribute__((format(printf, 3, 4))) tc_status tc_fail(tc_diagnostics *diagnostics, tc_status status,
                                                        const char *format, ...);
void tc_warn(tc_diagnostics *diagnostics, const char *message);
double tc_now(void);

/// The orientation (1 to 8) in a TIFF structure as EXIF embeds it; 1 when absent or unreadable.
uint32_t tc_exif_orientation(const uint8_t *tiff, size_t length);
/// The orientation in a JPEG's APP1 or a PNG's eXIf; 1 when absent.
uint32_t tc_jpeg_orientation(const uint8_t *bytes, size_t length);
uint32_t tc_png_orientation(const uint8_t *bytes, size_t length);

/// Checks pixel count and sides; the message names the limit.
tc_status tc_check_size(uint64_t width, uint64_t height, const tc_decode_options *options, tc_diagnostics *diagnostics);

/// Copies `count` rows of a stored width x height picture, starting at `first_row`, to where the
/// orientation puts them in the upright picture.
void tc_place_rows(const uint8_t *rows, uint32_t first_row, uint32_t count, uint32_t width, uint32_t height,
                   uint32_t orientation, uint8_t *destination);

typedef struct tc_jpeg_decoder tc_jpeg_decoder;
tc_status tc_jpeg_open(const uint8_t *bytes, size_t length, const tc_decode_options *options,
                       tc_jpeg_decoder **decoder, tc_image_info *info, tc_diagnostics *diagnostics);
tc_status tc_jpeg_read(tc_jpeg_decoder *decoder, uint8_t *pixels, double *recovered_fraction,
                       tc_diagnostics *diagnostics);
void tc_jpeg_close(tc_jpeg_decoder *decoder);

typedef struct tc_png_decoder tc_png_decoder;
tc_status tc_png_open(const uint8_t *bytes, size_t length, const tc_decode_options *options, tc_png_decoder **decoder,
                      tc_image_info *info, tc_diagnostics *diagnostics);
tc_status tc_png_read(tc_png_decoder *decoder, uint8_t *pixels, double *recovered_fraction,
                      tc_diagnostics *diagnostics);
void tc_png_close(tc_png_decoder *decoder);

#endif
