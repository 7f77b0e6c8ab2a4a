/* invoice_paper: invoices, deposits and credit notes as sealed sheets.
 *
 * What is on the page was frozen in rows when the document was issued, so one that is made later is the same. The
 * rows of a group of documents are read together, a statement a table; what few documents have (several subscriptions,
 * credit, deposits, another currency) is read only for those. */
#ifndef TACITE_SERVICE_INVOICE_PAPER_H
#define TACITE_SERVICE_INVOICE_PAPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "document/pdf_sign.h"
#include "store/db.h"

struct invoice_papers;

/* In ctx->arena. An id that no document has is left out: render_invoice_pdf tells. */
enum err load_invoice_papers(struct ctx *ctx, const int64_t *ids, size_t count, const struct invoice_papers **group) MUST_USE;

/* One of the group as a file, sealed when signer is not NULL. ERR_NOT_FOUND: none has this id. */
enum err render_invoice_pdf(struct ctx *ctx, const struct invoice_papers *group, int64_t invoice_id, const struct signer *signer,
                            struct db_bytes *pdf) MUST_USE;

#endif
