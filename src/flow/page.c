// SPDX-License-Identifier: MulanPSL-2.0
#include "flow/page.h"

#define PAGE_ARENA_BYTES ((size_t)64 << 20)

enum err page_run(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg, size_t *ret_rows), void *arg,
                  size_t *ret_rows)
{
    struct ctx page = *c;
    page.arena = arena_new(PAGE_ARENA_BYTES);
    page.error = (struct error){0};
    enum err err = fn(&page, arg, ret_rows);
    if (err != OK) {
        c->error = page.error;
        c->error.field = str_copy(c->arena, page.error.field);
        for (size_t i = 0; i < sizeof page.error.args / sizeof *page.error.args; i++)
            c->error.args[i] = str_copy(c->arena, page.error.args[i]);
    }
    arena_free(page.arena);
    return err;
}
