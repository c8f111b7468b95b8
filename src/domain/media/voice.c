// SPDX-License-Identifier: MulanPSL-2.0
// Voice notes are kept as they came: the kind is told from the bytes, never from what the sender calls it.
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
