/* epc_qr: the text inside a QR code that a banking app turns into a SEPA transfer (EPC069-12, version 002). */
#ifndef TACITE_CORE_EPC_QR_H
#define TACITE_CORE_EPC_QR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum { EPC_QR_BYTES_MAX = 331 }; /* with error correction M at most symbol version 13 */

struct epc_transfer {
    const char *bic;  /* "" inside the EEA */
    const char *name; /* the payee, UTF-8; 1 to 70 characters, more are cut */
    const char *iban; /* normalised */
    int64_t amount_minor; /* euro cents, 1 to 99,999,999,999 */
    const char *reference; /* ISO 11649; "" then text is told: never both */
    const char *text;      /* at most 140 characters, more are cut */
};

/* The payload, lines parted by LF, none after the last that is used. NULL when the amount, the name or the IBAN does
 * not allow one: no code is then shown. */
char *epc_qr_text(struct arena *arena, const struct epc_transfer *transfer);

#endif
