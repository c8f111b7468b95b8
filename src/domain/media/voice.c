// SPDX-License-Identifier: MulanPSL-2.0
// Voice notes: the kind is told from the bytes, never from what the sender calls it. A WAV is written anew.
// Sources: RFC 7845 (Ogg Opus), Matroska EBML header, ISO/IEC 14496-12 (ftyp, hdlr), RIFF WAVE.
#include "domain/media/media_internal.h"

#include <string.h>

static bool holds(struct str s, const char *needle, size_t n)
{
    return s.n >= n && memmem(s.p, s.n, needle, n) != NULL;
}

static bool is_ogg(struct str s)
{
    struct str page = {s.p, s.n < 64 ? s.n : 64};
    return str_starts_with(s, STR("OggS")) && holds(page, "OpusHead", 8);
}

static bool is_webm(struct str s)
{
    struct str head = {s.p, s.n < 64 ? s.n : 64};
    return str_starts_with(s, STR("\x1a\x45\xdf\xa3")) && holds(head, "webm", 4) && holds(s, "A_OPUS", 6) &&
           !holds(s, "V_VP", 4) && !holds(s, "V_AV1", 5);
}

static bool is_mp4(struct str s)
{
    static const char *const brands[] = {"M4A ", "mp42", "mp41", "isom", "iso2",
                                         "iso4", "iso5", "iso6", "dash", "3gp4"};
    if (s.n < 64 || memcmp(s.p + 4, "ftyp", 4) != 0 || holds(s, "vide", 4))
        return false;
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (memcmp(s.p + 8, brands[i], 4) == 0)
            return holds(s, "soun", 4) && holds(s, "mp4a", 4);
    return false;
}

static bool is_wav(struct str s)
{
    return s.n >= 44 && memcmp(s.p, "RIFF", 4) == 0 && memcmp(s.p + 8, "WAVEfmt ", 8) == 0;
}

const char *voice_content_type(struct str bytes)
{
    if (is_ogg(bytes))
        return "audio/ogg";
    if (is_webm(bytes))
        return "audio/webm";
    if (is_mp4(bytes))
        return "audio/mp4";
    return is_wav(bytes) ? "audio/wav" : NULL;
}

// --- WAV ----------------------------------------------------------------------------------------------------------
static uint32_t read_le(const char *p, size_t n)
{
    uint32_t value = 0;
    for (size_t i = n; i > 0; i--)
        value = value << 8 | (unsigned char)p[i - 1];
    return value;
}

static void write_le(char *p, uint32_t value)
{
    for (size_t i = 0; i < 4; i++, value >>= 8)
        p[i] = (char)(value & 0xFF);
}

// The first chunk of that name; cut off at the end of the bytes.
static bool find_chunk(struct str bytes, const char *name, struct str *ret_content)
{
    for (size_t at = 12; at + 8 <= bytes.n;) {
        size_t size = read_le(bytes.p + at + 4, 4), left = bytes.n - at - 8;
        if (memcmp(bytes.p + at, name, 4) == 0) {
            *ret_content = (struct str){bytes.p + at + 8, size < left ? size : left};
            return true;
        }
        if (size >= left)
            return false;
        at += 8 + size + size % 2;
    }
    return false;
}

// Bytes of the format that mean something, by its tag: PCM, float, A-law, µ-law, extensible. 0: none that browsers
// play.
static size_t format_bytes(struct str format)
{
    static const struct {
        uint32_t tag;
        size_t bytes;
    } tags[] = {{1, 16}, {3, 16}, {6, 16}, {7, 16}, {0xFFFE, 40}};
    for (size_t i = 0; format.n >= 16 && i < sizeof tags / sizeof *tags; i++)
        if (tags[i].tag == read_le(format.p, 2))
            return format.n >= tags[i].bytes ? tags[i].bytes : 0;
    return 0;
}

bool voice_clean_wav(struct arena *arena, struct str bytes, struct str *ret_wav)
{
    struct str format, sound;
    if (!find_chunk(bytes, "fmt ", &format) || !find_chunk(bytes, "data", &sound))
        return false;
    size_t size = format_bytes(format), block = size ? read_le(format.p + 12, 2) : 0;
    if (block == 0 || sound.n < block)
        return false;
    sound.n -= sound.n % block;
    size_t n = 20 + size + 8 + sound.n;
    char *out = arena_alloc(arena, n + 1); // a byte more: chunks are even
    memcpy(out, "RIFF", 4);
    memcpy(out + 8, "WAVEfmt ", 8);
    write_le(out + 16, (uint32_t)size);
    memcpy(out + 20, format.p, size);
    memcpy(out + 20 + size, "data", 4);
    write_le(out + 24 + size, (uint32_t)sound.n);
    memcpy(out + 28 + size, sound.p, sound.n);
    if (sound.n % 2)
        out[n++] = 0;
    write_le(out + 4, (uint32_t)(n - 8));
    *ret_wav = (struct str){out, n};
    return true;
}
