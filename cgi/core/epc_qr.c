#include "core/epc_qr.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "core/iban.h"
#include "core/mandate.h"

/* A line of its own: at most max characters, control characters as blanks. */
static char *line(struct arena *arena, const char *text, size_t max)
{
    char *copy = arena_strdup(arena, text), *p = copy;

    for (size_t count = 0; *p != '\0'; p++) {
        if (((unsigned char)*p & 0xC0) != 0x80 && count++ == max)
            break;
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    }
    *p = '\0';
    return str_trim(arena, copy);
}

char *epc_qr_text(struct arena *arena, const struct epc_transfer *t)
{
    struct str out = str_new(arena);
    const char *name = line(arena, t->name, 70);
    const char *text = t->reference[0] == '\0' ? line(arena, t->text, 140) : "";

    if (t->amount_minor < 1 || t->amount_minor > COLLECTION_MAX_MINOR || name[0] == '\0' || iban_verdict_sepa(t->iban) != IBAN_WELL_FORMED)
        return NULL;
    str_printf(&out, "BCD\n002\n1\nSCT\n%s\n%s\n%s\nEUR%" PRId64 ".%02d", t->bic, name, t->iban, t->amount_minor / 100,
               (int)(t->amount_minor % 100));
    if (t->reference[0] != '\0')
        str_printf(&out, "\n\n%s", t->reference);
    else if (text[0] != '\0')
        str_printf(&out, "\n\n\n%s", text);
    return out.bytes <= EPC_QR_BYTES_MAX ? out.text : NULL;
}
