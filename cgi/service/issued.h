/* issued: documents as they were issued, read again from their rows. */
#ifndef TACITE_SERVICE_ISSUED_H
#define TACITE_SERVICE_ISSUED_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/chain.h"
#include "core/invoice.h"
#include "store/company.h"
#include "store/credit.h"
#include "store/invoice.h"

/* The record of a document for its chain; note and corrected_positions NULL for an invoice. Deductions and exchange are
 * the caller's. */
struct chain_record document_record(const struct invoice *invoice, const unsigned char *personal_digest, const struct invoice_line *lines,
                                    size_t line_count, const struct totals *totals, const struct credit_note *note,
                                    const int32_t *corrected_positions);

/* A stored document as it was hashed, with its rows. ERR_CORRUPT when a row says nothing that we write. */
enum err issued_lines(struct ctx *ctx, const struct invoice *invoice, struct invoice_line_row **rows,
                      struct invoice_line **lines, size_t *count) MUST_USE;

/* The same of rows that were read, of a document of this version of the company; NULL instead of ERR_CORRUPT. */
struct invoice_line *issued_lines_of(struct arena *arena, const struct company *company, const struct invoice_line_row *rows, size_t count);

#endif
