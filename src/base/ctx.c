// SPDX-License-Identifier: MulanPSL-2.0
#include "base/ctx.h"

#include <assert.h>

static const struct str nothing = {"", 0};

static enum err fail_all(struct ctx *c, enum err code, const char *key, struct str field, struct str arg0,
                         struct str arg1)
{
    assert(code != OK);
    c->error = (struct error){.code = code, .key = key, .field = nothing, .args = {nothing, nothing}};
    if (field.n)
        c->error.field = str_copy(c->arena, field);
    if (arg0.n)
        c->error.args[0] = str_copy(c->arena, arg0);
    if (arg1.n)
        c->error.args[1] = str_copy(c->arena, arg1);
    return code;
}

enum err fail(struct ctx *c, enum err code, const char *key)
{
    return fail_all(c, code, key, nothing, nothing, nothing);
}

enum err fail_field(struct ctx *c, enum err code, const char *key, struct str field)
{
    return fail_all(c, code, key, field, nothing, nothing);
}

enum err fail_with(struct ctx *c, enum err code, const char *key, struct str arg0, struct str arg1)
{
    return fail_all(c, code, key, nothing, arg0, arg1);
}

void ctx_clear_error(struct ctx *c)
{
    c->error = (struct error){.code = OK, .key = "", .field = nothing, .args = {nothing, nothing}};
}
