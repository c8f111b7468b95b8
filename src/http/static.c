// SPDX-License-Identifier: MulanPSL-2.0
// The packed files of the web app: from memory, compressed at build time.
#include "http/header.h"
#include "http/server.h"

#include <stdlib.h>
#include <string.h>

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const struct static_file *const *)a)->path, (*(const struct static_file *const *)b)->path);
}

void static_sort(struct http_server *server)
{
    size_t count = server->options.file_count;
    server->files = arena_array(server->arena, count ? count : 1, sizeof(void *));
    for (size_t i = 0; i < count; i++)
        server->files[i] = &server->options.files[i];
    qsort(server->files, count, sizeof(void *), by_path);
}

const struct static_file *static_find(const struct http_server *server, struct str path)
{
    // What lies under /data/ is the domain's (packed_text), not the web's.
    if (str_starts_with(path, STR("/data/")))
        return NULL;
    size_t low = 0, high = server->options.file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct str there = str_of(server->files[middle]->path);
        size_t common = there.n < path.n ? there.n : path.n;
        int order = memcmp(there.p, path.p, common);
        if (!order && there.n == path.n)
            return server->files[middle];
        if (order < 0 || (!order && there.n < path.n))
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// Two encodings of one file are two representations: their strong tags differ ("x" and "x-gzip").
static struct str etag_of(struct exchange *x, bool gzip)
{
    struct str tag = str_of(x->file->etag);
    if (!gzip || tag.n < 2)
        return tag;
    return str_concat(x->c.arena, (struct str){tag.p, tag.n - 1}, STR("-gzip\""));
}

struct MHD_Response *static_response(struct exchange *x, int *ret_status)
{
    const struct static_file *file = x->file;
    bool gzip = file->gzip.n && header_accepts_gzip(http_header(&x->rq, "Accept-Encoding"));
    struct str bytes = gzip ? file->gzip : file->plain, etag = etag_of(x, gzip);
    struct str if_none_match = http_header(&x->rq, "If-None-Match");
    bool same = if_none_match.n && header_etag_matches(if_none_match, etag);
    *ret_status = same ? 304 : 200;
    if (same)
        bytes = (struct str){"", 0};
    union { // libmicrohttpd takes what it only reads as not const
        const char *given;
        void *taken;
    } view = {.given = bytes.p};
    struct MHD_Response *response = MHD_create_response_from_buffer(bytes.n, view.taken, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return NULL;
    MHD_add_response_header(response, "ETag", str_z(x->c.arena, etag));
    MHD_add_response_header(response, "Cache-Control",
                            file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (file->gzip.n)
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (same)
        return response;
    MHD_add_response_header(response, "Content-Type", file->content_type);
    if (gzip)
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    COUNT(x->loop->counters.sent_bytes, x->head ? 0 : bytes.n);
    return response;
}
