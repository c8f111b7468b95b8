// SPDX-License-Identifier: MulanPSL-2.0
// Between the files of this module only.
#pragma once
#include "domain/media/media.h"

extern const struct route media_routes[];
extern const struct job media_jobs[];

// Which kind of sound the bytes are, by their first ones; NULL: none that is taken.
const char *voice_content_type(struct str bytes);
// A WAV with its format and its sound and nothing else, in the arena. False: damaged, or without a sample.
bool voice_clean_wav(struct arena *arena, struct str bytes, struct str *ret_wav);

// DATA/media/ab/cdef…; the thumbnail has .thumb behind it. In the arena of c.
const char *media_path(struct ctx *c, struct str hash, bool thumb);
// Written beside, flushed, renamed: a file of this name is whole or is not there.
enum err media_write_file(struct ctx *c, struct str hash, bool thumb, struct str bytes);
// Removes both files unless they were written less than a day ago (somebody may be about to keep them).
void media_remove_files(struct ctx *c, struct str hash);
enum err media_get(struct ctx *c, int64_t id, struct media *ret_media);
// ERR_NOT_FOUND media.unknown unless the actor may see it.
enum err media_may_read(struct ctx *c, const struct media *media);
