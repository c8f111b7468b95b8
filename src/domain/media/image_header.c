// SPDX-License-Identifier: MulanPSL-2.0
// Sources: ITU-T T.81 (JPEG), EXIF 2.3 and TIFF 6.0 (orientation), PNG third edition, GIF89a, RFC 9649 (WebP).
#include "domain/media/image_header.h"

#include <string.h>

static unsigned byte_at(struct str s, size_t at)
{
    return at < s.n ? (unsigned char)s.p[at] : 0;
}

static uint32_t big16(struct str s, size_t at)
{
    return byte_at(s, at) << 8 | byte_at(s, at + 1);
}

static uint32_t big32(struct str s, size_t at)
{
    return big16(s, at) << 16 | big16(s, at + 2);
}

static uint32_t little16(struct str s, size_t at)
{
    return byte_at(s, at) | byte_at(s, at + 1) << 8;
}

static uint32_t little32(struct str s, size_t at)
{
    return little16(s, at) | little16(s, at + 2) << 16;
}

static struct str from(struct str s, size_t at, size_t n)
{
    if (at > s.n)
        at = s.n;
    return (struct str){s.p + at, n < s.n - at ? n : s.n - at};
}

// Orientation out of the TIFF inside an APP1 segment; 1 when there is none or it makes no sense.
static int exif_orientation(struct str segment)
{
    if (segment.n < 14 || memcmp(segment.p, "Exif\0\0", 6) != 0)
        return 1;
    struct str tiff = from(segment, 6, segment.n);
    bool little = byte_at(tiff, 0) == 'I';
    uint32_t directory = little ? little32(tiff, 4) : big32(tiff, 4);
    if (directory > tiff.n || tiff.n - directory < 2)
        return 1;
    uint32_t count = little ? little16(tiff, directory) : big16(tiff, directory);
    for (uint32_t i = 0; i < count && i < 512; i++) {
        size_t entry = (size_t)directory + 2 + (size_t)i * 12;
        if (entry + 12 > tiff.n)
            break;
        uint32_t tag = little ? little16(tiff, entry) : big16(tiff, entry);
        uint32_t value = little ? little16(tiff, entry + 8) : big16(tiff, entry + 8);
        if (tag == 0x0112)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

// Past the entropy-coded data that begins at at: where the next real marker is.
static size_t skip_scan(struct str s, size_t at)
{
    for (; at + 1 < s.n; at++)
        if (byte_at(s, at) == 0xff) {
            unsigned next = byte_at(s, at + 1);
            if (next != 0 && next != 0xff && !(next >= 0xd0 && next <= 0xd7))
                return at;
        }
    return s.n;
}

static bool is_frame_marker(unsigned marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool read_jpeg(struct str s, struct image_header *h)
{
    size_t at = 2;
    while (at + 4 <= s.n || (at + 2 <= s.n && byte_at(s, at + 1) == 0xd9)) {
        if (byte_at(s, at) != 0xff) {
            at++; // stray bytes between segments: a decoder skips them too
            continue;
        }
        unsigned marker = byte_at(s, at + 1);
        if (marker == 0xd9) {
            h->whole = true;
            break;
        }
        if (marker == 0xff || marker == 0x01 || marker == 0 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        size_t length = big16(s, at + 2);
        if (length < 2)
            return false;
        if (is_frame_marker(marker) && h->width == 0) {
            h->height = big16(s, at + 5);
            h->width = big16(s, at + 7);
        }
        if (marker == 0xe1 && h->orientation == 1)
            h->orientation = exif_orientation(from(s, at + 4, length - 2));
        at += 2 + length;
        if (marker == 0xda) {
            h->scans++;
            at = skip_scan(s, at);
        }
    }
    return h->width > 0 && h->height > 0 && h->scans > 0;
}

static bool read_png(struct str s, struct image_header *h)
{
    if (s.n < 33 || big32(s, 8) != 13 || memcmp(s.p + 12, "IHDR", 4) != 0)
        return false;
    h->width = big32(s, 16);
    h->height = big32(s, 20);
    for (size_t at = 8; at + 12 <= s.n;) {
        if (memcmp(s.p + at + 4, "IEND", 4) == 0)
            h->whole = true;
        at += (size_t)12 + big32(s, at);
    }
    return h->width > 0 && h->height > 0;
}

static size_t skip_gif_blocks(struct str s, size_t at)
{
    while (at < s.n && byte_at(s, at) != 0)
        at += 1 + byte_at(s, at);
    return at + 1;
}

static size_t gif_table_bytes(unsigned flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

// Every frame counts: a decoder allocates by the frame's own size, not by the screen's.
static bool read_gif(struct str s, struct image_header *h)
{
    if (s.n < 13)
        return false;
    h->width = little16(s, 6);
    h->height = little16(s, 8);
    size_t at = 13 + gif_table_bytes(byte_at(s, 10));
    bool frame = false;
    while (at < s.n && byte_at(s, at) != 0x3b) {
        if (byte_at(s, at) == 0x21) {
            at = skip_gif_blocks(s, at + 2);
        } else if (byte_at(s, at) == 0x2c && at + 10 <= s.n) {
            int64_t width = little16(s, at + 5), height = little16(s, at + 7);
            h->width = width > h->width ? width : h->width;
            h->height = height > h->height ? height : h->height;
            at = skip_gif_blocks(s, at + 10 + gif_table_bytes(byte_at(s, at + 9)) + 1);
            frame = true;
        } else {
            return false;
        }
    }
    h->whole = at < s.n;
    return frame && h->width > 0 && h->height > 0;
}

static void widen(struct image_header *h, int64_t width, int64_t height)
{
    h->width = width > h->width ? width : h->width;
    h->height = height > h->height ? height : h->height;
}

static bool read_webp(struct str s, struct image_header *h)
{
    for (size_t at = 12; at + 8 <= s.n;) {
        const char *kind = s.p + at;
        size_t data = at + 8, length = little32(s, at + 4);
        if (memcmp(kind, "VP8X", 4) == 0 && data + 10 <= s.n)
            widen(h, 1 + (little32(s, data + 4) & 0xffffff), 1 + (little32(s, data + 7) & 0xffffff));
        else if (memcmp(kind, "VP8 ", 4) == 0 && data + 10 <= s.n)
            widen(h, little16(s, data + 6) & 0x3fff, little16(s, data + 8) & 0x3fff);
        else if (memcmp(kind, "VP8L", 4) == 0 && data + 5 <= s.n)
            widen(h, 1 + (little32(s, data + 1) & 0x3fff), 1 + (little32(s, data + 1) >> 14 & 0x3fff));
        at = data + length + (length & 1);
    }
    h->whole = (size_t)little32(s, 4) + 8 <= s.n;
    return h->width > 0 && h->height > 0;
}

bool image_header_read(struct str s, struct image_header *ret_header)
{
    struct image_header h = {.orientation = 1};
    bool known = false;
    if (s.n >= 4 && memcmp(s.p, "\xff\xd8\xff", 3) == 0) {
        h.format = IMAGE_JPEG;
        known = read_jpeg(s, &h);
    } else if (s.n >= 8 && memcmp(s.p, "\x89PNG\r\n\x1a\n", 8) == 0) {
        h.format = IMAGE_PNG;
        known = read_png(s, &h);
    } else if (s.n >= 6 && (memcmp(s.p, "GIF87a", 6) == 0 || memcmp(s.p, "GIF89a", 6) == 0)) {
        h.format = IMAGE_GIF;
        known = read_gif(s, &h);
    } else if (s.n >= 12 && memcmp(s.p, "RIFF", 4) == 0 && memcmp(s.p + 8, "WEBP", 4) == 0) {
        h.format = IMAGE_WEBP;
        known = read_webp(s, &h);
    }
    *ret_header = h;
    return known;
}
