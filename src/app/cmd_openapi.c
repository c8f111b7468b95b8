// SPDX-License-Identifier: MulanPSL-2.0
// linli openapi: the document that the server also answers at /api/v1/openapi.json.
#include "app/house.h"
#include "domain/org/org.h"
#include "http/openapi.h"

#include <stdio.h>

#define OPENAPI_MAX_BYTES (4 << 20)

int cmd_openapi(struct ctx *c, struct command_line *line)
{
    (void)line;
    struct buf out;
    buf_init(&out, OPENAPI_MAX_BYTES);
    openapi_write(module_routes(c, &modules), role_names, LINLI_VERSION, &out);
    fwrite(out.p, 1, out.n, stdout);
    fputc('\n', stdout);
    buf_free(&out);
    return 0;
}
