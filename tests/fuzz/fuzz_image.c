// SPDX-License-Identifier: MulanPSL-2.0
// Whatever somebody sends as a picture: the look at its header, and for small ones the decoder behind it. What comes
// out must be a JPEG of ours: whole, upright, within bounds, without metadata.
#include "base/ctx.h"
#include "domain/media/image_header.h"
#include "domain/media/media.h"

#include <gd.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_PIXELS (1 << 20) // larger ones only cost time here

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say_nothing(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

static void check_ours(struct str jpeg, int64_t side)
{
    struct image_header h;
    if (!image_header_read(jpeg, &h) || h.format != IMAGE_JPEG || !h.whole || h.orientation != 1)
        abort();
    if (h.width > side || h.height > side || memmem(jpeg.p, jpeg.n, "CREATOR", 7) || memmem(jpeg.p, jpeg.n, "Exif", 4))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, jpeg, thumb;
    struct image_header h;
    int64_t width, height;
    gdSetErrorMethod(say_nothing);
    bool known = image_header_read(bytes, &h);
    if (known && (h.width <= 0 || h.height <= 0 || h.format == IMAGE_NONE || h.orientation < 1 || h.orientation > 8))
        abort();
    struct ctx c = {.arena = arena_new(64u << 20), .lang = "zh"};
    ctx_clear_error(&c);
    bool costly = known && h.width <= 16384 && h.height <= 16384 && h.width * h.height > FUZZ_PIXELS &&
                  h.width * h.height <= 40 * 1000 * 1000;
    if (!costly && media_reencode(&c, bytes, &jpeg, &thumb, &width, &height) == OK) {
        check_ours(jpeg, 2048);
        check_ours(thumb, 480);
    }
    arena_free(c.arena);
    return 0;
}
