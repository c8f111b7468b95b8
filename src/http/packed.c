// SPDX-License-Identifier: MulanPSL-2.0
#include "http/http.h"

struct str packed_text(const struct ctx *c, const char *path)
{
    for (size_t i = 0; i < c->house->file_count; i++)
        if (str_equal_z(str_of(c->house->files[i].path), path))
            return c->house->files[i].plain;
    return (struct str){0};
}
