// SPDX-License-Identifier: MulanPSL-2.0
// Whatever somebody sends as a WAV: what is made of it is a WAV, no longer than what came, and stays as it is when it
// is made again.
#include "base/arena.h"
#include "domain/media/media_internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, clean, again;
    struct arena *arena = arena_new(64u << 20);
    const char *kind = voice_content_type(bytes);
    if (kind && str_equal_z(str_of(kind), "audio/wav") && voice_clean_wav(arena, bytes, &clean)) {
        kind = voice_content_type(clean);
        if (!kind || !str_equal_z(str_of(kind), "audio/wav") || clean.n > bytes.n + 1)
            abort();
        if (!voice_clean_wav(arena, clean, &again) || !str_equal(clean, again))
            abort();
    }
    arena_free(arena);
    return 0;
}
