// SPDX-License-Identifier: MulanPSL-2.0
// Any file as an export of the log that is only read (event_walk_export): it ends with its events or with a sentence,
// tells of no more events than it has lines, and reading it again tells the same.
#include "flow/log_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    int64_t count;
    uint64_t mix; // of all that was told
};

static enum err take(struct ctx *c, const struct event *event, void *arg)
{
    struct seen *seen = arg;
    (void)c;
    seen->count++;
    seen->mix = seen->mix * 31 + (uint64_t)event->id;
    for (size_t i = 0; i < event->data.n; i++)
        seen->mix = seen->mix * 31 + (unsigned char)event->data.p[i];
    for (size_t i = 0; i < event->type.n; i++)
        seen->mix = seen->mix * 31 + (unsigned char)event->type.p[i];
    return OK;
}

static enum err read_it(const char *path, struct seen *ret_seen)
{
    struct ctx c = {.arena = arena_new(64u << 20), .lang = "en"};
    *ret_seen = (struct seen){0};
    enum err err = event_walk_export(&c, path, take, ret_seen);
    if (err != OK && (!c.error.key || err != ERR_INVALID))
        abort(); // the file can be opened: what is wrong with it has a name
    arena_free(c.arena);
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("export", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct seen first, second;
    int64_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    enum err err = read_it(path, &first);
    if (first.count > lines || read_it(path, &second) != err || first.count != second.count || first.mix != second.mix)
        abort();
    close(fd);
    return 0;
}
