// SPDX-License-Identifier: MulanPSL-2.0
// Pictures and voice: re-encoded (EXIF gone), content-addressed beside the store, shown only to who may see what they
// belong to.
#pragma once
#include "base/field.h"
#include "domain/account/account.h"
#include "flow/module.h"

enum media_kind { MEDIA_PHOTO, MEDIA_VOICE };
extern const char *const media_kind_names[];    // "photo", "voice", NULL
extern const char *const media_purpose_names[]; // "report", "before", "after", "comment", NULL

#define MEDIA_FIELDS(F, S)                                                                                             \
    F(S, ID, id, .flags = FIELD_KEY, .read = READ_INVOLVED, .doc = "Picture or voice note")                            \
    F(S, ID, owner_id, .read = READ_NOBODY, .doc = "Who sent it")                                                      \
    F(S, ENUM, kind, .read = READ_INVOLVED, .names = media_kind_names, .doc = "Photo or voice")                        \
    F(S, TEXT, content_type, .read = READ_INVOLVED, .max = 40, .doc = "image/jpeg, audio/…")                           \
    F(S, TEXT, hash, .read = READ_NOBODY, .max = 64, .doc = "Of the stored bytes, in hex; names the file")             \
    F(S, INT, size_bytes, .read = READ_INVOLVED, .min = 0, .max = INT32_MAX, .doc = "Size of the stored bytes")        \
    F(S, INT, width, .read = READ_INVOLVED, .min = 0, .max = 16384, .doc = "Pixels; 0 for voice")                      \
    F(S, INT, height, .read = READ_INVOLVED, .min = 0, .max = 16384, .doc = "Pixels; 0 for voice")                     \
    F(S, TEXT, subject_kind, .read = READ_NOBODY, .max = 40, .doc = "What it belongs to; empty: to nothing yet")       \
    F(S, ID, subject_id, .read = READ_NOBODY, .doc = "Which one")                                                      \
    F(S, TEXT, purpose, .read = READ_INVOLVED, .max = 20, .doc = "report, before, after or comment")                   \
    F(S, TIME, at_ms, .read = READ_INVOLVED, .doc = "When it was sent")
struct media {
    MEDIA_FIELDS(FIELD_MEMBER, media)
};
extern const struct record media_record;
// What is told of it where it is attached.
extern const struct record media_view_record; // over struct media

#define MEDIA_PER_SUBJECT_MAX 60
#define MEDIA_VOICE_MAX_BYTES (2 << 20)
#define MEDIA_LOOSE_MAX 40 // uploads of one person that belong to nothing yet

// Attaches uploads of the actor to a subject, in the open write. ERR_INVALID media.unknown for one that is not the
// actor's or is attached; media.too_many_attached.
enum err media_attach(struct ctx *c, const int64_t *ids, size_t count, const char *subject_kind, int64_t subject_id,
                      const char *purpose);
enum err media_list(struct ctx *c, const char *subject_kind, int64_t subject_id, struct rows *ret_rows);
// Takes bytes that the actor sends: decides by their content, re-encodes, writes the files, outside a transaction.
// *ret_media is not in the store yet. Fails with media.* keys; then nothing was written.
enum err media_receive(struct ctx *c, struct str bytes, struct media *ret_media);
// Keeps what media_receive took, in the open write.
enum err media_keep(struct ctx *c, struct media *media);

// Decodes JPEG, PNG, WebP or GIF after checking size in the header (at most 16,384 a side, 40 million pixels), turns it
// upright, shrinks it to 2,048, writes JPEG without any metadata, and a thumbnail of 480. A parser of hostile input.
// Fails with media.not_a_picture (415), media.broken, media.too_large_picture (413).
enum err media_reencode(struct ctx *c, struct str bytes, struct str *ret_jpeg, struct str *ret_thumb,
                        int64_t *ret_width, int64_t *ret_height);
extern const struct module media_module;
