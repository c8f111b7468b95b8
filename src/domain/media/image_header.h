// SPDX-License-Identifier: MulanPSL-2.0
// What a picture says of itself in its first bytes, read before anything is decoded: a bomb is refused for the price of
// a look. A parser of hostile input: fuzzed (tests/fuzz/fuzz_image.c).
#pragma once
#include "base/str.h"

enum image_format { IMAGE_NONE, IMAGE_JPEG, IMAGE_PNG, IMAGE_GIF, IMAGE_WEBP };
struct image_header {
    enum image_format format;
    int64_t width, height; // the largest frame that a decoder would allocate
    int orientation;       // EXIF 0x0112, 1 to 8; 1 when there is none
    bool whole;            // the end is there (JPEG: EOI; PNG: IEND; GIF: trailer; WebP: as long as it says)
    int scans;             // JPEG: how often the picture is gone over; progressive bombs have thousands
};
// False when the bytes are none of the four formats or the size cannot be found.
bool image_header_read(struct str bytes, struct image_header *ret_header);
