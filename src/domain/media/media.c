// SPDX-License-Identifier: MulanPSL-2.0
#include "domain/media/media.h"

#include "base/clock.h"
#include "base/id.h"
#include "domain/media/media_internal.h"
#include "media_sql.h"
#include "json/record_json.h"

#include <gd.h>
#include <string.h>

const char *const media_kind_names[] = {"photo", "voice", NULL};
const char *const media_purpose_names[] = {"report", "before", "after", "comment", NULL};

#define MEDIA(member) FIELD_AT(struct media, member)
static const struct field media_fields[] = {MEDIA_FIELDS(FIELD_ROW, media)};
const struct record media_record = {"media", "media", sizeof(struct media), FIELDS(media_fields)};

static const struct field media_view_fields[] = {
    {MEDIA(id), .type = FIELD_ID, .read = READ_INVOLVED, .doc = "Picture or voice note: GET /api/v1/media/{id}"},
    {MEDIA(kind), .type = FIELD_ENUM, .read = READ_INVOLVED, .names = media_kind_names, .doc = "Photo or voice"},
    {MEDIA(purpose), .type = FIELD_TEXT, .read = READ_INVOLVED, .max = 20, .doc = "report, before, after or comment"},
    {MEDIA(width), .type = FIELD_INT, .read = READ_INVOLVED, .max = 16384, .doc = "Pixels; 0 for voice"},
    {MEDIA(height), .type = FIELD_INT, .read = READ_INVOLVED, .max = 16384, .doc = "Pixels; 0 for voice"},
    {MEDIA(content_type), .type = FIELD_TEXT, .read = READ_INVOLVED, .max = 40, .doc = "image/jpeg, audio/…"},
};
const struct record media_view_record = {"media_view", NULL, sizeof(struct media), FIELDS(media_view_fields)};

enum err media_get(struct ctx *c, int64_t id, struct media *ret_media)
{
    enum err err = db_one(c, &sql_media_by_id, ARGS(ARG_INT("id", id)), &media_record, ret_media);
    return err == ERR_NOT_FOUND ? fail(c, ERR_NOT_FOUND, "media.unknown") : err;
}

static enum err hash_name(struct ctx *c, struct str bytes, struct str *ret_hash)
{
    unsigned char hash[HASH_BYTES];
    crypto_hash(keys_suite(c->house->keys), bytes, hash);
    *ret_hash = str_hex(c->arena, hash, sizeof hash);
    return OK;
}

static enum err receive_voice(struct ctx *c, struct str bytes, const char *content_type, struct media *media)
{
    if (bytes.n > MEDIA_VOICE_MAX_BYTES)
        return fail(c, ERR_TOO_LARGE, "media.too_large_voice");
    if (strcmp(content_type, "audio/wav") == 0 && !voice_clean_wav(c->arena, bytes, &bytes))
        return fail_field(c, ERR_INVALID, "media.broken_voice", STR("file"));
    media->kind = MEDIA_VOICE;
    media->content_type = str_of(content_type);
    media->size_bytes = (int64_t)bytes.n;
    TRY(hash_name(c, bytes, &media->hash));
    return media_write_file(c, media->hash, false, bytes);
}

enum err media_receive(struct ctx *c, struct str bytes, struct media *ret_media)
{
    struct media media = {.owner_id = c->actor.person_id, .at_ms = c->now_ms, .subject_kind = STR("")};
    if (bytes.n == 0)
        return fail_field(c, ERR_INVALID, "media.empty", STR("file"));
    const char *voice = voice_content_type(bytes);
    if (voice) {
        TRY(receive_voice(c, bytes, voice, &media));
    } else {
        struct str jpeg, thumb;
        TRY(media_reencode(c, bytes, &jpeg, &thumb, &media.width, &media.height));
        media.kind = MEDIA_PHOTO;
        media.content_type = STR("image/jpeg");
        media.size_bytes = (int64_t)jpeg.n;
        TRY(hash_name(c, jpeg, &media.hash));
        TRY(media_write_file(c, media.hash, true, thumb));
        TRY(media_write_file(c, media.hash, false, jpeg));
    }
    *ret_media = media;
    return OK;
}

enum err media_keep(struct ctx *c, struct media *media)
{
    int64_t loose;
    TRY(db_number(c, &sql_media_count_loose, ARGS(ARG_INT("owner_id", media->owner_id)), &loose));
    if (loose >= MEDIA_LOOSE_MAX)
        return fail(c, ERR_RATE, "media.too_many_loose");
    media->id = ids_next(c->house->ids, c->now_ms);
    return db_exec(c, &sql_media_insert, ARGS(ARG_ROW(&media_record, media)), NULL);
}

enum err media_attach(struct ctx *c, const int64_t *ids, size_t count, const char *subject_kind, int64_t subject_id,
                      const char *purpose)
{
    int64_t have;
    TRY(db_number(c, &sql_media_count_of_subject,
                  ARGS(ARG_TEXT("subject_kind", str_of(subject_kind)), ARG_INT("subject_id", subject_id)), &have));
    if (have + (int64_t)count > MEDIA_PER_SUBJECT_MAX)
        return fail_field(c, ERR_INVALID, "media.too_many_attached", STR("media"));
    for (size_t i = 0; i < count; i++) {
        int64_t changed;
        TRY(db_exec(c, &sql_media_attach,
                    ARGS(ARG_INT("id", ids[i]), ARG_INT("owner_id", c->actor.person_id),
                         ARG_TEXT("subject_kind", str_of(subject_kind)), ARG_INT("subject_id", subject_id),
                         ARG_TEXT("purpose", str_of(purpose))),
                    &changed));
        if (changed == 0)
            return fail_field(c, ERR_INVALID, "media.unknown", STR("media"));
    }
    return OK;
}

enum err media_list(struct ctx *c, const char *subject_kind, int64_t subject_id, struct rows *ret_rows)
{
    return db_list(c, &sql_media_of_subject,
                   ARGS(ARG_TEXT("subject_kind", str_of(subject_kind)), ARG_INT("subject_id", subject_id),
                        ARG_INT("max", MEDIA_PER_SUBJECT_MAX)),
                   &media_record, MEDIA_PER_SUBJECT_MAX, ret_rows);
}

enum err media_may_read(struct ctx *c, const struct media *media)
{
    if (media->subject_kind.n == 0) {
        bool own = c->actor.kind == ACTOR_PERSON && media->owner_id == c->actor.person_id;
        return own ? OK : fail(c, ERR_NOT_FOUND, "media.unknown");
    }
    const struct event_subject *subject = event_subject_of(c, media->subject_kind);
    if (!subject || !subject->may_read || subject->may_read(c, media->subject_id) != OK)
        return fail(c, ERR_NOT_FOUND, "media.unknown");
    return OK;
}

static enum err write_personal(struct ctx *c, int64_t person_id, struct json_writer *w)
{
    struct rows rows;
    TRY(db_list(c, &sql_media_of_owner, ARGS(ARG_INT("owner_id", person_id)), &media_record, 1000, &rows));
    const struct media *media = rows.at;
    json_key(w, "media");
    json_array_begin(w);
    for (size_t i = 0; i < rows.count; i++)
        record_to_json(c, &media_record, &media[i], media[i].id, READ_OWNER, w);
    json_array_end(w);
    return OK;
}

// What belongs to nothing goes at once; what belongs to a request stays with it.
static enum err erase_personal(struct ctx *c, int64_t person_id)
{
    struct rows rows;
    TRY(db_list(c, &sql_media_of_owner, ARGS(ARG_INT("owner_id", person_id)), &media_record, 1000, &rows));
    const struct media *media = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (media[i].subject_kind.n == 0)
            TRY(db_exec(c, &sql_media_remove, ARGS(ARG_INT("id", media[i].id)), NULL));
    return OK;
}

// --- what time does: uploads that were never attached go after a day ------------------------------------------------
struct sweep {
    int64_t after;
    size_t seen;
};

static enum err sweep_some(struct ctx *c, void *arg)
{
    struct sweep *sweep = arg;
    struct rows rows;
    TRY(db_list(c, &sql_media_loose_before,
                ARGS(ARG_INT("after", sweep->after), ARG_INT("before_ms", c->now_ms - DAY_MS)), &media_record, 100,
                &rows));
    const struct media *media = rows.at;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t removed, others;
        TRY(db_exec(c, &sql_media_remove, ARGS(ARG_INT("id", media[i].id)), &removed));
        TRY(db_number(c, &sql_media_count_hash, ARGS(ARG_TEXT("hash", media[i].hash)), &others));
        if (removed && others == 0)
            media_remove_files(c, media[i].hash);
    }
    sweep->seen = rows.count;
    return OK;
}

static enum err sweep_loose(struct ctx *c)
{
    struct sweep sweep = {0};
    do
        TRY(store_write(c, sweep_some, &sweep));
    while (sweep.seen == 100);
    return OK;
}

const struct job media_jobs[] = {{"media_sweep", HOUR_MS, sweep_loose}, {NULL}};

// --- the module -----------------------------------------------------------------------------------------------------
// The decoder speaks to stderr about every bad picture; its answer is enough for us.
static void say_nothing(int priority, const char *format, va_list args)
{
    (void)priority;
    (void)format;
    (void)args;
}

static enum err media_start(struct ctx *c)
{
    (void)c;
    gdSetErrorMethod(say_nothing);
    return OK;
}

static const struct message media_messages[] = {
    {"media.unknown", "找不到这张照片或录音。", "This picture or recording cannot be found."},
    {"media.empty", "文件是空的。", "The file is empty."},
    {"media.no_file", "没有收到文件，请用 file 字段上传。", "No file was sent. Send it in the part named file."},
    {"media.not_a_picture", "只能发照片(JPEG、PNG、WebP、GIF)或录音。",
     "Only pictures (JPEG, PNG, WebP, GIF) and voice notes can be sent."},
    {"media.broken", "这张照片损坏或不完整，请重新拍一张。",
     "This picture is damaged or cut off. Please take it again."},
    {"media.broken_voice", "这段录音损坏或是空的，请重新录一段。",
     "This recording is damaged or empty. Please record it again."},
    {"media.one_file", "一次只能上传一个文件，字段只能是 file 和 purpose。",
     "Send one file at a time, in the parts named file and purpose only."},
    {"media.too_large_picture", "照片太大：每边最多 16384 像素，总共最多 4000 万像素。",
     "The picture is too large: at most 16,384 pixels a side and 40 million in all."},
    {"media.too_large_voice", "录音太长，最多 2 MB。", "The recording is too long: at most 2 MB."},
    {"media.bad_purpose", "用途只能是 report、before、after 或 comment。",
     "The purpose must be report, before, after or comment."},
    {"media.too_many_loose", "您有太多未提交的照片，请先提交或稍后再试。",
     "You have too many pictures that belong to nothing yet. Send what you have begun, or try later."},
    {"media.too_many_attached", "照片和录音太多了。", "There are too many pictures and recordings here."},
    {"media.not_written", "照片没有保存成功，请再试一次。", "The picture could not be saved. Please try again."},
    {NULL, NULL, NULL},
};

static const struct record *const media_records[] = {&media_record, NULL};
const struct module media_module = {
    .name = "media",
    .store = {"media", media_statements, media_migrations, media_records},
    .routes = media_routes,
    .jobs = media_jobs,
    .messages = media_messages,
    .start = media_start,
    .personal_write = write_personal,
    .personal_erase = erase_personal,
};
