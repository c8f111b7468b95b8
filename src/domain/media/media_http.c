// SPDX-License-Identifier: MulanPSL-2.0
#include "base/id.h"
#include "domain/media/media_internal.h"
#include "flow/command.h"
#include "json/record_json.h"

static enum err find_file(struct ctx *c, const struct http_request *rq, struct str *ret_bytes, struct str *ret_purpose)
{
    struct http_part *parts;
    size_t count;
    TRY(http_parts(c, rq, &parts, &count));
    bool found = false, named = false;
    *ret_purpose = STR("report");
    for (size_t i = 0; i < count; i++) {
        bool is_file = str_equal_z(parts[i].name, "file"), is_purpose = str_equal_z(parts[i].name, "purpose");
        if ((is_file && found) || (is_purpose && named) || (!is_file && !is_purpose))
            return fail_field(c, ERR_INVALID, "media.one_file", utf8_prefix(parts[i].name, 60));
        *(is_file ? ret_bytes : ret_purpose) = parts[i].content;
        found |= is_file;
        named |= is_purpose;
    }
    if (!found)
        return fail_field(c, ERR_INVALID, "media.no_file", STR("file"));
    if (enum_from_name(media_purpose_names, *ret_purpose) < 0)
        return fail_field(c, ERR_INVALID, "media.bad_purpose", STR("purpose"));
    return OK;
}

static enum err do_keep(struct ctx *c, struct http_request *rq, struct http_response *rs, void *arg)
{
    (void)rq;
    struct media media = *(const struct media *)arg;
    TRY(media_keep(c, &media));
    rs->status = 201;
    struct json_writer w;
    json_writer_init(&w, &rs->body);
    record_to_json(c, &media_view_record, &media, media.id, READ_OWNER, &w);
    return OK;
}

static enum err post_media(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    struct str bytes = {0}, purpose;
    TRY(find_file(c, rq, &bytes, &purpose));
    struct media media;
    TRY(media_receive(c, bytes, &media)); // slow: before the write transaction
    media.purpose = purpose;
    return command_run(c, rq, rs, do_keep, &media);
}

struct find {
    int64_t id;
    struct media media;
};

static enum err find_readable(struct ctx *c, void *arg)
{
    struct find *find = arg;
    TRY(media_get(c, find->id, &find->media));
    return media_may_read(c, &find->media);
}

static enum err send(struct ctx *c, struct http_request *rq, struct http_response *rs, bool thumb)
{
    struct find find;
    TRY(http_param_id(c, rq, "id", &find.id));
    TRY(store_read(c, find_readable, &find));
    const struct media *media = &find.media;
    if (thumb && media->kind != MEDIA_PHOTO)
        return fail(c, ERR_NOT_FOUND, "media.unknown");
    struct str etag = str_format(c->arena, "\"%.*s%s\"", STR_ARG(media->hash), thumb ? "-t" : "");
    http_set_header(rs, "ETag", etag);
    if (str_equal(http_header(rq, "If-None-Match"), etag)) {
        rs->status = 304;
        return OK;
    }
    // A name of our own, never the sender's; shown in place, but only as what it is.
    struct str extension = media->content_type;
    str_cut(&extension, '/');
    http_set_header(rs, "Content-Disposition",
                    str_format(c->arena, "inline; filename=\"%.*s.%.*s\"", STR_ARG(id_text(c->arena, media->id)),
                               STR_ARG(extension)));
    http_set_header(rs, "X-Content-Type-Options", STR("nosniff"));
    http_send_file(rs, media_path(c, media->hash, thumb), str_z(c->arena, media->content_type), true);
    return OK;
}

static enum err get_media(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return send(c, rq, rs, false);
}

static enum err get_thumb(struct ctx *c, struct http_request *rq, struct http_response *rs)
{
    return send(c, rq, rs, true);
}

const struct route media_routes[] = {
    {"POST", "/api/v1/media", post_media, ACCESS_SIGNED_IN, ROUTE_MULTIPART, NULL, &media_view_record, NULL,
     "Send a picture or a voice note, to be attached later"},
    {"GET", "/api/v1/media/{id}", get_media, ACCESS_SIGNED_IN, ROUTE_RAW, NULL, NULL, NULL,
     "The picture or voice note, for whoever may see what it belongs to", "image/jpeg"},
    {"GET", "/api/v1/media/{id}/thumb", get_thumb, ACCESS_SIGNED_IN, ROUTE_RAW, NULL, NULL, NULL,
     "The picture small: at most 480 pixels a side", "image/jpeg"},
    {NULL},
};
