// SPDX-License-Identifier: MulanPSL-2.0
// A QR code as SVG. Level Q: a quarter of it may be scratched off a stairwell wall and it still reads.
#include "domain/place/place_internal.h"

#include <qrencode.h>

#define QUIET_MODULES 4 // ISO/IEC 18004

// One rectangle for each run of dark modules of a row.
static void put_runs(const QRcode *qr, struct buf *out)
{
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width;) {
            int run = 0;
            while (x + run < qr->width && (qr->data[y * qr->width + x + run] & 1))
                run++;
            if (run)
                buf_addf(out, "M%d %dh%dv1h-%dz", x + QUIET_MODULES, y + QUIET_MODULES, run, run);
            x += run ? run : 1;
        }
}

enum err qr_svg(struct ctx *c, struct str text, struct buf *out)
{
    QRcode *qr = QRcode_encodeString8bit(str_z(c->arena, text), 0, QR_ECLEVEL_Q);
    if (!qr)
        return fail(c, ERR_INTERNAL, "door.qr_failed");
    int side = qr->width + 2 * QUIET_MODULES;
    buf_addf(out,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
             "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
             side, side, side, side);
    put_runs(qr, out);
    buf_add_z(out, "\"/></svg>\n");
    QRcode_free(qr);
    return OK;
}
