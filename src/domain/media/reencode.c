// SPDX-License-Identifier: MulanPSL-2.0
// Pictures come in as anything and go to disk as our own JPEG: upright, at most 2,048 a side, no metadata. Nothing of
// the sender's bytes survives but the pixels.
#include "domain/media/image_header.h"
#include "domain/media/media.h"

#include <gd.h>
#include <pthread.h>
#include <string.h>

#define MAX_SIDE 16384
#define MAX_PIXELS INT64_C(40000000)
#define MAX_SCANS 100
#define PHOTO_SIDE 2048
#define THUMB_SIDE 480
#define PHOTO_QUALITY 84
#define THUMB_QUALITY 78

// A picture of 40 million pixels takes 160 MB while it is decoded: one at a time, whatever the number of threads.
static pthread_mutex_t one_decoder = PTHREAD_MUTEX_INITIALIZER;

static enum err check_header(struct ctx *c, struct str bytes, struct image_header *h)
{
    if (!image_header_read(bytes, h))
        return h->format == IMAGE_NONE ? fail(c, ERR_UNSUPPORTED, "media.not_a_picture")
                                       : fail(c, ERR_INVALID, "media.broken");
    if (h->width > MAX_SIDE || h->height > MAX_SIDE || h->width * h->height > MAX_PIXELS)
        return fail(c, ERR_TOO_LARGE, "media.too_large_picture");
    if (!h->whole || h->scans > MAX_SCANS)
        return fail(c, ERR_INVALID, "media.broken");
    return OK;
}

static gdImagePtr decode(struct str bytes, enum image_format format)
{
    union {
        const char *in;
        void *out;
    } view = {bytes.p}; // the library takes void * but only reads
    void *p = view.out;
    int n = (int)bytes.n;
    switch (format) {
    case IMAGE_JPEG:
        return gdImageCreateFromJpegPtrEx(n, p, 1);
    case IMAGE_PNG:
        return gdImageCreateFromPngPtr(n, p);
    case IMAGE_GIF:
        return gdImageCreateFromGifPtr(n, p);
    case IMAGE_WEBP:
        return gdImageCreateFromWebpPtr(n, p);
    case IMAGE_NONE:
        break;
    }
    return NULL;
}

// A new picture of at most side on white paper; NULL when memory is short.
static gdImagePtr shrink(gdImagePtr from, int side)
{
    int width = gdImageSX(from), height = gdImageSY(from), longest = width > height ? width : height;
    if (longest > side) {
        width = (int)((int64_t)width * side / longest);
        height = (int)((int64_t)height * side / longest);
    }
    width = width ? width : 1;
    height = height ? height : 1;
    gdImagePtr to = gdImageCreateTrueColor(width, height);
    if (!to)
        return NULL;
    gdImageFilledRectangle(to, 0, 0, width, height, gdTrueColor(255, 255, 255));
    gdImageAlphaBlending(to, 1);
    if (width == gdImageSX(from) && height == gdImageSY(from))
        gdImageCopy(to, from, 0, 0, 0, 0, width, height);
    else
        gdImageCopyResampled(to, from, 0, 0, 0, 0, width, height, gdImageSX(from), gdImageSY(from));
    return to;
}

// A quarter turn clockwise of a true-colour picture.
static gdImagePtr quarter_turn(gdImagePtr from)
{
    int width = gdImageSX(from), height = gdImageSY(from);
    gdImagePtr to = gdImageCreateTrueColor(height, width);
    for (int y = 0; to && y < height; y++)
        for (int x = 0; x < width; x++)
            gdImageTrueColorPixel(to, height - 1 - y, x) = gdImageTrueColorPixel(from, x, y);
    return to;
}

// Applies the EXIF orientation; takes the picture and gives another (or the same).
static gdImagePtr turn_upright(gdImagePtr image, int orientation)
{
    static const int quarter_turns[] = {0, 0, 0, 2, 2, 1, 1, 3, 3};
    static const bool mirrored[] = {false, false, true, false, true, true, false, true, false};
    for (int i = 0; image && i < quarter_turns[orientation]; i++) {
        gdImagePtr turned = quarter_turn(image);
        gdImageDestroy(image);
        image = turned;
    }
    if (image && mirrored[orientation])
        gdImageFlipHorizontal(image);
    return image;
}

// Copies a JPEG without its comments and application data (the library signs its work with a comment).
static struct str without_metadata(struct arena *arena, const unsigned char *p, size_t n)
{
    unsigned char *out = arena_alloc(arena, n);
    size_t at = 2, to = 2;
    memcpy(out, p, 2);
    while (at + 4 <= n && p[at] == 0xff && p[at + 1] != 0xda) {
        size_t length = 2 + ((size_t)p[at + 2] << 8 | p[at + 3]);
        bool keep = p[at + 1] != 0xfe && !(p[at + 1] >= 0xe1 && p[at + 1] <= 0xef);
        if (length > n - at)
            break;
        if (keep) {
            memcpy(out + to, p + at, length);
            to += length;
        }
        at += length;
    }
    memcpy(out + to, p + at, n - at);
    return (struct str){(char *)out, to + n - at};
}

static bool encode(struct arena *arena, gdImagePtr image, int quality, struct str *ret_jpeg)
{
    int n = 0;
    unsigned char *p = image ? gdImageJpegPtr(image, &n, quality) : NULL;
    if (p && n > 4)
        *ret_jpeg = without_metadata(arena, p, (size_t)n);
    gdFree(p);
    return p && n > 4;
}

enum err media_reencode(struct ctx *c, struct str bytes, struct str *ret_jpeg, struct str *ret_thumb,
                        int64_t *ret_width, int64_t *ret_height)
{
    struct image_header h;
    TRY(check_header(c, bytes, &h));
    pthread_mutex_lock(&one_decoder);
    gdImagePtr raw = decode(bytes, h.format);
    gdImagePtr photo = raw ? turn_upright(shrink(raw, PHOTO_SIDE), h.orientation) : NULL;
    if (raw)
        gdImageDestroy(raw);
    pthread_mutex_unlock(&one_decoder);
    if (!photo)
        return fail(c, ERR_INVALID, "media.broken");
    gdImagePtr thumb = shrink(photo, THUMB_SIDE);
    struct str jpeg, small;
    bool done = encode(c->arena, photo, PHOTO_QUALITY, &jpeg) && encode(c->arena, thumb, THUMB_QUALITY, &small);
    int width = gdImageSX(photo), height = gdImageSY(photo);
    gdImageDestroy(photo);
    if (thumb)
        gdImageDestroy(thumb);
    if (!done)
        return fail(c, ERR_INTERNAL, "media.not_written");
    *ret_jpeg = jpeg;
    *ret_thumb = small;
    *ret_width = width;
    *ret_height = height;
    return OK;
}
