// SPDX-License-Identifier: MulanPSL-2.0
#include "base/ctx.h"

#include <assert.h>

static const struct str nothing = {"", 0};

void ctx_set_error(struct ctx *c, enum err code, const char *key, struct str field, struct str arg0, struct str arg1)
{
    assert(code != OK);
    ctx_clear_error(c);
    c->error.code = code;
    c->error.key = key;
    if (field.n)
        c->error.field = str_copy(c->arena, field);
    if (arg0.n)
        c->error.args[0] = str_copy(c->arena, arg0);
    if (arg1.n)
        c->error.args[1] = str_copy(c->arena, arg1);
}

void ctx_clear_error(struct ctx *c)
{
    c->error = (struct error){.code = OK, .key = "", .field = nothing, .args = {nothing, nothing}};
}
