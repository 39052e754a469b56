// The orientation tag of EXIF (CIPA DC-008, tag 0x0112), and nothing else of it.

#include "codec_internal.h"

#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t length;
    int is_little_endian;
} tiff_reader;

static uint32_t read_16(const tiff_reader *reader, size_t at) {
    const uint8_t *p = reader->bytes + at;
    return reader->is_little_endian ? (uint32_t)(p[0] | p[1] << 8) : (uint32_t)(p[0] << 8 | p[1]);
}

static uint32_t read_32(const tiff_reader *reader, size_t at) {
    uint32_t first = read_16(reader, at), second = read_16(reader, at + 2);
    return reader->is_little_endian ? first | second << 16 : first << 16 | second;
}

uint32_t tc_exif_orientation(const uint8_t *tiff, size_t length) {
    if (length < 8) return 1;
    tiff_reader reader = {tiff, length, 0};
    if (memcmp(tiff, "II*\0", 4) == 0) reader.is_little_endian = 1;
    else if (memcmp(tiff, "MM\0*", 4) != 0) return 1;

    size_t directory = read_32(&reader, 4);
    if (directory > length || length - directory < 2) return 1;
    uint32_t entries = read_16(&reader, directory);
    for (uint32_t index = 0; index < entries; index++) {
        size_t entry = directory + 2 + (size_t)index * 12;
        if (entry > length || length - entry < 12) return 1;
        if (read_16(&reader, entry) != 0x0112) continue;
        uint32_t type = read_16(&reader, entry + 2);
        uint32_t value = type == 3 ? read_16(&reader, entry + 8)   // SHORT, as the standard wants
                       : type == 4 ? read_32(&reader, entry + 8)   // LONG and BYTE: seen in the wild
                       : type == 1 ? tiff[entry + 8] : 0;
        return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

uint32_t tc_jpeg_orientation(const uint8_t *bytes, size_t length) {
    size_t at = 2;
    while (at < length && length - at >= 4) {
        if (bytes[at] != 0xFF) return 1;
        uint8_t marker = bytes[at + 1];
        if (marker == 0xFF) { at += 1; continue; }                                  // fill byte
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { at += 2; continue; }  // no length
        if (marker == 0xDA || marker == 0xD9) return 1;                             // pictures start, or end
        size_t segment = (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
        if (segment < 2 || segment > length - at - 2) return 1;
        if (marker == 0xE1 && segment >= 8 && memcmp(bytes + at + 4, "Exif\0\0", 6) == 0)
            return tc_exif_orientation(bytes + at + 10, segment - 8);
        at += 2 + segment;
    }
    return 1;
}

uint32_t tc_png_orientation(const uint8_t *bytes, size_t length) {
    size_t at = 8;
    while (at < length && length - at >= 12) {
        const uint8_t *p = bytes + at;
        size_t chunk = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (chunk > length - at - 12) return 1;
        if (memcmp(p + 4, "eXIf", 4) == 0) return tc_exif_orientation(p + 8, chunk);
        at += 12 + chunk;
    }
    return 1;
}
