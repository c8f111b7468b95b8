// SPDX-License-Identifier: MulanPSL-2.0
#include "base/file.h"

#include <stdio.h>

bool file_read(struct arena *arena, const char *path, size_t max_bytes, struct str *ret_text)
{
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    char *text = arena_alloc(arena, max_bytes + 1);
    size_t n = fread(text, 1, max_bytes + 1, in);
    bool whole = !ferror(in) && n <= max_bytes;
    fclose(in);
    if (whole)
        *ret_text = (struct str){text, n};
    return whole;
}
