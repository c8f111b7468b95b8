// SPDX-License-Identifier: MulanPSL-2.0
#include "app/archive.h"

#include "base/buf.h"
#include "crypto/crypto.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_MAX_BYTES (256 << 20)
#define ENTRY_MAX_BYTES (128 << 20)

struct archive_out {
    struct archive *tar;
    const char *path, *part_path;
    int fd;
    struct buf manifest;
};

static enum err fail_tar(struct ctx *c, struct archive *tar)
{
    const char *why = archive_error_string(tar);
    return fail_with(c, ERR_BUSY, "backup.disk", str_of(why ? why : "?"), str_of(""));
}

enum err archive_create(struct ctx *c, const char *path, struct archive_out **ret_out)
{
    struct archive_out *out = arena_alloc(c->arena, sizeof *out);
    struct stat status;
    if (lstat(path, &status) == 0) // an older backup may be the only one
        return fail_with(c, ERR_CONFLICT, "backup.file_there", str_of(path), STR(""));
    out->path = path;
    out->part_path = str_z(c->arena, str_format(c->arena, "%s.part", path));
    out->fd = open(out->part_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); // it holds keys
    if (out->fd < 0)
        return fail_with(c, ERR_INVALID, "backup.unwritable", str_of(path), str_of(strerror(errno)));
    buf_init(&out->manifest, MANIFEST_MAX_BYTES);
    out->tar = archive_write_new();
    archive_write_set_format_pax_restricted(out->tar);
    archive_write_set_bytes_in_last_block(out->tar, 512);
    if (archive_write_open_fd(out->tar, out->fd) != ARCHIVE_OK)
        return fail_tar(c, out->tar);
    *ret_out = out;
    return OK;
}

static enum err put_entry(struct ctx *c, struct archive_out *out, const char *name, struct str bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (int64_t)bytes.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, c->now_ms / 1000, 0);
    bool well = archive_write_header(out->tar, entry) == ARCHIVE_OK &&
                (bytes.n == 0 || archive_write_data(out->tar, bytes.p, bytes.n) == (la_ssize_t)bytes.n);
    archive_entry_free(entry);
    return well ? OK : fail_tar(c, out->tar);
}

enum err archive_put(struct ctx *c, struct archive_out *out, const char *name, struct str bytes)
{
    unsigned char hash[HASH_BYTES];
    crypto_hash(SUITE_STD, bytes, hash);
    for (size_t i = 0; i < HASH_BYTES; i++)
        buf_addf(&out->manifest, "%02x", hash[i]);
    buf_addf(&out->manifest, "  %s\n", name);
    return put_entry(c, out, name, bytes);
}

enum err archive_put_file(struct ctx *c, struct archive_out *out, const char *name, const char *path)
{
    FILE *in = fopen(path, "r");
    struct stat status;
    if (!in || fstat(fileno(in), &status) != 0 || status.st_size > ENTRY_MAX_BYTES) {
        if (in)
            fclose(in);
        return fail_with(c, ERR_INVALID, "config.no_file", str_of(path), str_of(""));
    }
    size_t size = (size_t)status.st_size;
    char *bytes = malloc(size + 1); // not of the arena: many large files in turn
    enum err err = bytes && fread(bytes, 1, size, in) == size
                       ? archive_put(c, out, name, (struct str){bytes, size})
                       : fail_with(c, ERR_BUSY, "config.no_file", str_of(path), str_of(""));
    free(bytes);
    fclose(in);
    return err;
}

enum err archive_finish(struct ctx *c, struct archive_out *out, enum err err)
{
    if (err == OK)
        err = put_entry(c, out, "manifest", buf_str(&out->manifest));
    if (archive_write_close(out->tar) != ARCHIVE_OK && err == OK)
        err = fail_tar(c, out->tar);
    archive_write_free(out->tar);
    if (err == OK && (out->manifest.full || fsync(out->fd) != 0 || rename(out->part_path, out->path) != 0))
        err = fail_with(c, ERR_BUSY, "backup.disk", str_of(out->path), str_of(""));
    close(out->fd);
    if (err != OK)
        unlink(out->part_path);
    buf_free(&out->manifest);
    return err;
}

// Hashes of the entries read so far are gathered in seen; the manifest must be the same text.
static enum err read_entries(struct ctx *c, struct archive *tar, struct buf *seen,
                             enum err (*fn)(struct ctx *c, struct str name, struct str bytes, void *arg), void *arg)
{
    struct archive_entry *entry;
    int next;
    while ((next = archive_read_next_header(tar, &entry)) == ARCHIVE_OK) {
        struct str name = str_copy(c->arena, str_of(archive_entry_pathname(entry)));
        size_t size = (size_t)archive_entry_size(entry);
        if (size > ENTRY_MAX_BYTES && !str_equal_z(name, "manifest"))
            return fail_with(c, ERR_INVALID, "backup.damaged", name, str_of(""));
        char *bytes = malloc(size + 1);
        if (!bytes)
            abort();
        bool whole = archive_read_data(tar, bytes, size) == (la_ssize_t)size;
        struct str text = {bytes, size};
        bool is_manifest = str_equal_z(name, "manifest");
        enum err err = OK;
        if (!whole || (is_manifest && !str_equal(text, buf_str(seen))))
            err = fail_with(c, ERR_INVALID, "backup.damaged", name, str_of(""));
        else if (!is_manifest) {
            unsigned char hash[HASH_BYTES];
            crypto_hash(SUITE_STD, text, hash);
            for (size_t i = 0; i < HASH_BYTES; i++)
                buf_addf(seen, "%02x", hash[i]);
            buf_addf(seen, "  %.*s\n", STR_ARG(name));
            err = fn ? fn(c, name, text, arg) : OK;
        }
        free(bytes);
        if (err != OK || is_manifest)
            return err;
    }
    return fail_with(c, ERR_INVALID, "backup.cut_off", str_of(next == ARCHIVE_EOF ? "" : archive_error_string(tar)),
                     str_of(""));
}

enum err archive_read(struct ctx *c, const char *path,
                      enum err (*fn)(struct ctx *c, struct str name, struct str bytes, void *arg), void *arg)
{
    struct archive *tar = archive_read_new();
    struct buf seen;
    buf_init(&seen, MANIFEST_MAX_BYTES);
    archive_read_support_format_tar(tar);
    enum err err = archive_read_open_filename(tar, path, 64 << 10) == ARCHIVE_OK
                       ? read_entries(c, tar, &seen, fn, arg)
                       : fail_with(c, ERR_INVALID, "config.no_file", str_of(path), str_of(""));
    archive_read_free(tar);
    buf_free(&seen);
    return err;
}
