// SPDX-License-Identifier: MulanPSL-2.0
// Any file as an export of the event log. What is found whole must hold as many events as it has lines of them.
#include "flow/seal_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx c = {.arena = arena_new(64u << 20), .lang = "en"};
    int fd = memfd_create("export", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct verify_report report = {0};
    if (verify_export(&c, path, &report) != OK)
        abort(); // the file can be read: there is a verdict
    int64_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (!report.fault.n && (report.events + report.seals > lines || report.unsealed > report.events))
        abort();
    close(fd);
    arena_free(c.arena);
    return 0;
}
