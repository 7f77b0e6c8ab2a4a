/* rendering: documents that were issued or signed become sealed files, kept in the database.
 *
 * Jobs are claimed with SKIP LOCKED, so that several processes render at once; a group is one
 * transaction. What is on the page was frozen in rows, so a document made later is the same. Only the
 * batch calls this: it holds the signing key. */
#ifndef TACITE_SERVICE_RENDERING_H
#define TACITE_SERVICE_RENDERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "document/pdf_sign.h"
#include "store/db.h"

struct rendering {
    const struct signer *signer;
    int64_t rendered;
    int64_t failed;
    bool (*stop)(void);
};

enum err render_documents(struct ctx *ctx, struct rendering *state) MUST_USE;

/* One invoice as a file, sealed when signer is not NULL; for previews, tests and benchmarks. */
enum err render_invoice_pdf(struct ctx *ctx, int64_t invoice_id, const struct signer *signer, struct db_bytes *pdf) MUST_USE;

#endif
