// Size, orientation and channels from the header alone, without libjpeg or libpng.

#include "codec_internal.h"

#include <string.h>

static tc_status probe_jpeg(const uint8_t *bytes, size_t length, tc_image_info *info, tc_diagnostics *diagnostics) {
    size_t at = 2;
    while (at < length && length - at >= 4) {
        diagnostics->byte_offset = at;
        if (bytes[at] != 0xFF)
            return tc_fail(diagnostics, TC_CORRUPT, "a JPEG marker was expected, found 0x%02x", bytes[at]);
        uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) { at += 1; continue; }
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { at += 2; continue; }
        if (marker == 0xDA || marker == 0xD9) return tc_fail(diagnostics, TC_CORRUPT, "no frame header before the data");
        size_t segment = (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
        if (segment < 2) return tc_fail(diagnostics, TC_CORRUPT, "a segment of %zu bytes", segment);
        if (segment > length - at - 2) break;
        // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC)
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            if (segment < 8) return tc_fail(diagnostics, TC_CORRUPT, "a frame header of %zu bytes", segment);
            const uint8_t *frame = bytes + at + 4;
            info->bits_per_component = frame[0];
            info->stored_height = (uint32_t)(frame[1] << 8 | frame[2]);
            info->stored_width = (uint32_t)(frame[3] << 8 | frame[4]);
            info->components = frame[5];
            info->is_progressive = marker == 0xC2 || marker == 0xC6 || marker == 0xCA || marker == 0xCE;
            info->orientation = tc_jpeg_orientation(bytes, length);
            return TC_OK;
        }
        at += 2 + segment;
    }
    diagnostics->byte_offset = length;
    return tc_fail(diagnostics, TC_TRUNCATED, "the file ends inside the JPEG header");
}

static tc_status probe_png(const uint8_t *bytes, size_t length, tc_image_info *info, tc_diagnostics *diagnostics) {
    diagnostics->byte_offset = length < 33 ? length : 8;
    if (length < 33) return tc_fail(diagnostics, TC_TRUNCATED, "the file ends inside the PNG header");
    if (memcmp(bytes + 8, "\0\0\0\rIHDR", 8) != 0)
        return tc_fail(diagnostics, TC_CORRUPT, "the first PNG chunk is not an IHDR of 13 bytes");
    const uint8_t *header = bytes + 16;
    info->stored_width = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
    info->stored_height = (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 | (uint32_t)header[6] << 8 | header[7];
    if (info->stored_width > 0x7FFFFFFF || info->stored_height > 0x7FFFFFFF)
        return tc_fail(diagnostics, TC_CORRUPT, "the header gives a size that PNG does not allow");
    info->bits_per_component = header[8];
    static const uint8_t channels[7] = {1, 0, 3, 3, 2, 0, 4};
    info->components = header[9] < 7 ? channels[header[9]] : 0;
    if (info->components == 0) return tc_fail(diagnostics, TC_CORRUPT, "PNG color type %d does not exist", header[9]);
    info->is_progressive = header[12] != 0;
    info->orientation = tc_png_orientation(bytes, length);
    return TC_OK;
}

tc_status tc_probe(tc_format format, const uint8_t *bytes, size_t length, tc_image_info *info,
                   tc_diagnostics *diagnostics) {
    memset(info, 0, sizeof *info);
    memset(diagnostics, 0, sizeof *diagnostics);
    tc_status status = format == TC_FORMAT_JPEG ? probe_jpeg(bytes, length, info, diagnostics)
                     : format == TC_FORMAT_PNG ? probe_png(bytes, length, info, diagnostics)
                     : tc_fail(diagnostics, TC_INVALID_ARGUMENT, "no header reader for format %d", (int)format);
    if (status != TC_OK) return status;
    if (info->stored_width == 0 || info->stored_height == 0)
        return tc_fail(diagnostics, TC_CORRUPT, "the header gives a size of %u x %u pixels", info->stored_width,
                       info->stored_height);
    int is_turned = info->orientation >= 5;
    info->width = is_turned ? info->stored_height : info->stored_width;
    info->height = is_turned ? info->stored_width : info->stored_height;
    return TC_OK;
}
