// SPDX-License-Identifier: MulanPSL-2.0
// Pictures made here, damaged here, and read back pixel by pixel.
#include "base/test.h"
#include "domain/media/image_header.h"
#include "domain/media/media_internal.h"

#include <gd.h>
#include <string.h>

enum { RED = 0xff0000, GREEN = 0x00ff00, BLUE = 0x0000ff, WHITE = 0xffffff };

// 64 × 32: the four corners tell how it lies. Top left red, top right green, bottom left blue, bottom right white.
static struct str corners_jpeg(struct arena *arena)
{
    gdImagePtr image = gdImageCreateTrueColor(64, 32);
    gdImageFilledRectangle(image, 0, 0, 31, 15, RED);
    gdImageFilledRectangle(image, 32, 0, 63, 15, GREEN);
    gdImageFilledRectangle(image, 0, 16, 31, 31, BLUE);
    gdImageFilledRectangle(image, 32, 16, 63, 31, WHITE);
    int n;
    void *p = gdImageJpegPtr(image, &n, 95);
    struct str jpeg = str_copy(arena, (struct str){p, (size_t)n});
    gdFree(p);
    gdImageDestroy(image);
    return jpeg;
}

static struct str with_orientation(struct arena *arena, struct str jpeg, int orientation)
{
    unsigned char exif[] = {0xff, 0xe1, 0,    34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                            0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0};
    exif[29] = (unsigned char)orientation;
    struct str head = {jpeg.p, 2}, middle = {(char *)exif, sizeof exif}, rest = {jpeg.p + 2, jpeg.n - 2};
    return str_concat(arena, str_concat(arena, head, middle), rest);
}

static bool is_near(int a, int b)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((a >> shift & 255) - (b >> shift & 255)) > 60)
            return false;
    return true;
}

// The library takes void * but only reads.
static void *readable(struct str bytes)
{
    union {
        const char *in;
        void *out;
    } view = {bytes.p};
    return view.out;
}

static void expect_corners(struct str jpeg, const int corners[4], int orientation)
{
    gdImagePtr image = gdImageCreateFromJpegPtr((int)jpeg.n, readable(jpeg));
    assert_non_null(image);
    int w = gdImageSX(image), h = gdImageSY(image);
    const int at[4][2] = {{w / 4, h / 4}, {w * 3 / 4, h / 4}, {w / 4, h * 3 / 4}, {w * 3 / 4, h * 3 / 4}};
    for (int i = 0; i < 4; i++)
        if (!is_near(gdImageTrueColorPixel(image, at[i][0], at[i][1]), corners[i]))
            fail_msg("orientation %d, corner %d: %06x", orientation, i,
                     (unsigned)gdImageTrueColorPixel(image, at[i][0], at[i][1]));
    gdImageDestroy(image);
}

// EXIF 2.3 table 6: where the stored first row and column belong.
static void test_orientation(void **state)
{
    (void)state;
    static const int wanted[9][4] = {{0},
                                     {RED, GREEN, BLUE, WHITE},
                                     {GREEN, RED, WHITE, BLUE},
                                     {WHITE, BLUE, GREEN, RED},
                                     {BLUE, WHITE, RED, GREEN},
                                     {RED, BLUE, GREEN, WHITE},
                                     {BLUE, RED, WHITE, GREEN},
                                     {WHITE, GREEN, BLUE, RED},
                                     {GREEN, WHITE, RED, BLUE}};
    struct ctx c = test_ctx(NULL);
    struct str plain = corners_jpeg(c.arena);
    for (int orientation = 1; orientation <= 8; orientation++) {
        struct str jpeg, thumb;
        int64_t width, height;
        assert_int_equal(
            media_reencode(&c, with_orientation(c.arena, plain, orientation), &jpeg, &thumb, &width, &height), OK);
        assert_int_equal(width, orientation < 5 ? 64 : 32);
        assert_int_equal(height, orientation < 5 ? 32 : 64);
        expect_corners(jpeg, wanted[orientation], orientation);
        assert_null(memmem(jpeg.p, jpeg.n, "Exif", 4));
        assert_null(memmem(jpeg.p, jpeg.n, "CREATOR", 7));
    }
    arena_free(c.arena);
}

static void expect_refused(struct ctx *c, struct str bytes, enum err code, const char *key)
{
    struct str jpeg, thumb;
    int64_t width, height;
    assert_int_equal(media_reencode(c, bytes, &jpeg, &thumb, &width, &height), code);
    assert_string_equal(c->error.key, key);
    ctx_clear_error(c);
}

static void test_refused(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    struct str jpeg = corners_jpeg(c.arena);
    expect_refused(&c, STR("hello"), ERR_UNSUPPORTED, "media.not_a_picture");
    expect_refused(&c, (struct str){jpeg.p, 1}, ERR_UNSUPPORTED, "media.not_a_picture");
    expect_refused(&c, (struct str){0}, ERR_UNSUPPORTED, "media.not_a_picture");
    for (size_t n = 4; n < jpeg.n; n++) // cut anywhere: never taken, never a crash
        expect_refused(&c, (struct str){jpeg.p, n}, ERR_INVALID, "media.broken");
    // A PNG that says it is 30,000 × 30,000: refused for the price of a look.
    unsigned char png[64] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02";
    expect_refused(&c, (struct str){(char *)png, sizeof png}, ERR_TOO_LARGE, "media.too_large_picture");
    // 16,384 × 16,384 is within the sides and far beyond the pixels.
    png[18] = png[22] = 0x40;
    png[19] = png[23] = 0;
    expect_refused(&c, (struct str){(char *)png, sizeof png}, ERR_TOO_LARGE, "media.too_large_picture");
    arena_free(c.arena);
}

static void test_shrinks_and_fills(void **state)
{
    (void)state;
    struct ctx c = test_ctx(NULL);
    gdImagePtr image = gdImageCreate(4000, 1000); // a palette with a transparent colour: becomes white paper
    gdImageColorAllocate(image, 255, 0, 0);
    gdImageColorTransparent(image, 0);
    int n;
    void *p = gdImagePngPtr(image, &n);
    struct str png = str_copy(c.arena, (struct str){p, (size_t)n}), jpeg, thumb;
    gdFree(p);
    gdImageDestroy(image);
    int64_t width, height;
    assert_int_equal(media_reencode(&c, png, &jpeg, &thumb, &width, &height), OK);
    assert_int_equal(width, 2048);
    assert_int_equal(height, 512);
    expect_corners(jpeg, (const int[]){WHITE, WHITE, WHITE, WHITE}, 0);
    struct image_header small;
    assert_true(image_header_read(thumb, &small));
    assert_int_equal(small.width, 480);
    assert_int_equal(small.height, 120);
    arena_free(c.arena);
}

static void put(char *at, struct str bytes)
{
    memcpy(at, bytes.p, bytes.n);
}

static void test_voice(void **state)
{
    (void)state;
    char mp4[128] = "\0\0\0\x18"
                    "ftypM4A \0\0\0\0M4A isom";
    put(mp4 + 60, STR("hdlr\0\0\0\0\0\0\0\0soun"));
    put(mp4 + 90, STR("mp4a"));
    assert_string_equal(voice_content_type((struct str){mp4, sizeof mp4}), "audio/mp4");
    put(mp4 + 100, STR("vide"));
    assert_null(voice_content_type((struct str){mp4, sizeof mp4})); // a film is no voice note
    char ogg[80] = "OggS";
    assert_null(voice_content_type((struct str){ogg, sizeof ogg}));
    put(ogg + 28, STR("OpusHead"));
    assert_string_equal(voice_content_type((struct str){ogg, sizeof ogg}), "audio/ogg");
    char webm[100] = "\x1a\x45\xdf\xa3....webm....A_OPUS";
    put(webm + 4, STR("1234"));
    assert_string_equal(voice_content_type((struct str){webm, sizeof webm}), "audio/webm");
    char wav[60] = "RIFF....WAVEfmt ";
    assert_string_equal(voice_content_type((struct str){wav, sizeof wav}), "audio/wav");
    assert_null(voice_content_type(STR("ID3")));
    assert_null(voice_content_type((struct str){0}));
}

// RIFF with the chunks given, sizes by hand.
static void test_wav_is_written_anew(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    static const char format[] = "\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0"; // 16 kHz, mono, 16 bit
    char wav[200] = "RIFF\xb0\0\0\0WAVEfmt \x10\0\0\0";
    size_t n = 20;
    put(wav + n, (struct str){format, 16});
    n += 16;
    put(wav + n, (struct str){"LIST\x0c\0\0\0INFOICRDGPS!", 20});
    n += 20;
    put(wav + n, (struct str){"data\x05\0\0\0ABCDE\0", 14}); // two samples and a half
    n += 14;
    put(wav + n, (struct str){"TRAILING SECRET", 15});
    n += 15;
    struct str clean;
    assert_true(voice_clean_wav(arena, (struct str){wav, n}, &clean));
    assert_int_equal(clean.n, 48);
    assert_memory_equal(clean.p, "RIFF\x28\0\0\0WAVEfmt \x10\0\0\0", 20);
    assert_memory_equal(clean.p + 20, format, 16);
    assert_memory_equal(clean.p + 36, "data\x04\0\0\0ABCD", 12);
    assert_string_equal(voice_content_type(clean), "audio/wav");
    struct str again;
    assert_true(voice_clean_wav(arena, clean, &again));
    assert_true(str_equal(clean, again));
    for (size_t cut = 12; cut < 66; cut++) // without a sample, or without its format
        assert_int_equal(voice_clean_wav(arena, (struct str){wav, cut}, &clean), cut >= 66);
    put(wav + 20, (struct str){"\x55", 1}); // MP3 in a WAV
    assert_false(voice_clean_wav(arena, (struct str){wav, n}, &clean));
    char empty[44] = "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0";
    put(empty + 20, (struct str){format, 16});
    put(empty + 36, (struct str){"data\0\0\0\0", 8});
    assert_false(voice_clean_wav(arena, (struct str){empty, 44}, &clean));
    arena_free(arena);
}

static void say_nothing(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

int main(void)
{
    gdSetErrorMethod(say_nothing);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orientation),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_shrinks_and_fills),   cmocka_unit_test(test_voice),
        cmocka_unit_test(test_wav_is_written_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
