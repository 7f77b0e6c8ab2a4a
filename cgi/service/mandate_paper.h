/* mandate_paper: a mandate on paper, with every field that the scheme's layout asks for, and the evidence of its
 * signature; and the change of its account.
 *
 * Fields: EPC392-08 as in trust.md 6.2: heading in the payer's language (with "between businesses" for B2B), reference,
 * creditor with identifier and address, payer with address, account, type of payment, place and date, signature, the
 * scheme's own words as they were signed. It is made once and never changes. */
#ifndef TACITE_SERVICE_MANDATE_PAPER_H
#define TACITE_SERVICE_MANDATE_PAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "document/pdf.h"
#include "store/db.h"

/* change: ref_id is an amendment's, else a mandate's payment method. signer NULL: not sealed, for whoever has no seal. */
enum err render_mandate_pdf(struct ctx *ctx, int64_t ref_id, bool change, const struct signer *signer, struct db_bytes *pdf) MUST_USE;

/* What the payer agrees to, in the scheme's own words ("core", "b2b") and the language in use. */
const char *mandate_text(struct arena *arena, const char *scheme, const char *creditor);

#endif
