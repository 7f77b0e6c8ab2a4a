/* qr: a text as a QR symbol (ISO/IEC 18004), error correction M: a grid of dark and light modules. */
#ifndef TACITE_TEXT_QR_H
#define TACITE_TEXT_QR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct qr {
    int size;            /* modules a side, without the quiet zone of 4 that whoever draws it leaves */
    const bool *dark;    /* size * size, row by row */
};

/* False when the text is too long for a symbol. */
bool qr_make(struct arena *arena, const char *text, struct qr *qr);

/* Its dark modules as the path of a drawing whose unit is one module: "M4 4h7v1h-7z...", the quiet zone counted. */
char *qr_path(struct arena *arena, const struct qr *qr);

enum { QR_QUIET = 4 };

#endif
