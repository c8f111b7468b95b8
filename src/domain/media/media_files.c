// SPDX-License-Identifier: MulanPSL-2.0
// The folder beside the store: DATA/media/ab/cdef…, named by the hash of what is in it. Files are written whole or not
// at all and never changed, so a backup may copy them at any time.
#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "base/log.h"
#include "domain/media/media_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *media_path(struct ctx *c, struct str hash, bool thumb)
{
    struct str folder = {hash.p, 2}, name = {hash.p + 2, hash.n - 2};
    return str_z(c->arena, str_format(c->arena, "%s/media/%.*s/%.*s%s", c->house->config->data_dir, STR_ARG(folder),
                                      STR_ARG(name), thumb ? ".thumb" : ""));
}

static enum err fail_io(struct ctx *c, const char *doing)
{
    log_error("media: %s failed: %s", doing, strerror(errno));
    return fail(c, ERR_INTERNAL, "media.not_written");
}

static enum err make_folder(struct ctx *c, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : fail_io(c, "making a folder");
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return fsync(fd) == 0;
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fsync(fd) != 0)
        log_warn("media: flushing a folder failed: %s", strerror(errno));
    close(fd);
}

enum err media_write_file(struct ctx *c, struct str hash, bool thumb, struct str bytes)
{
    const char *root = str_z(c->arena, str_format(c->arena, "%s/media", c->house->config->data_dir));
    const char *folder = str_z(c->arena, str_format(c->arena, "%s/%.2s", root, hash.p));
    const char *path = media_path(c, hash, thumb);
    // A name of its own for each writer: two may bring the same picture at once.
    int64_t unique = ids_next(c->house->ids, c->now_ms);
    const char *draft = str_z(c->arena, str_format(c->arena, "%s/.%lld", folder, (long long)unique));
    TRY(make_folder(c, root));
    TRY(make_folder(c, folder));
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_io(c, "opening a file");
    bool done = write_all(fd, bytes);
    done = close(fd) == 0 && done;
    if (!done || rename(draft, path) != 0) {
        enum err err = fail_io(c, "writing a file");
        unlink(draft);
        return err;
    }
    sync_folder(folder);
    return OK;
}

void media_remove_files(struct ctx *c, struct str hash)
{
    for (int thumb = 0; thumb < 2; thumb++) {
        const char *path = media_path(c, hash, thumb);
        struct stat about;
        if (stat(path, &about) == 0 && (int64_t)about.st_mtime * SECOND_MS < clock_now_ms(c->house->clock) - DAY_MS)
            unlink(path);
    }
}
