#include "text/qr.h"

#include <qrencode.h>

#include "base/str.h"

bool qr_make(struct arena *arena, const char *text, struct qr *qr)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    bool *dark;

    if (code == NULL)
        return false;
    dark = ARENA_ARRAY(arena, bool, (size_t)code->width * (size_t)code->width);
    for (int i = 0; i < code->width * code->width; i++)
        dark[i] = (code->data[i] & 1) != 0;
    *qr = (struct qr){code->width, dark};
    QRcode_free(code);
    return true;
}

char *qr_path(struct arena *arena, const struct qr *qr)
{
    struct str path = str_new(arena);

    for (int y = 0; y < qr->size; y++)
        for (int x = 0, run; x < qr->size; x += run) {
            bool dark = qr->dark[y * qr->size + x];

            for (run = 1; x + run < qr->size && qr->dark[y * qr->size + x + run] == dark; run++)
                ;
            if (dark)
                str_printf(&path, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, run, run);
        }
    return path.text;
}
