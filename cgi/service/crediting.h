/* crediting: credit notes: of a whole invoice, of what is left of it, of parts of its lines.
 *
 * A note takes from what is open of its invoice first; what is left of it is the customer's credit, used by the next
 * invoice before any debit (service/invoicing). Nothing issued changes. While somebody pays the invoice no note is
 * issued: its payable is locked before its receivable, in the order of payments. */
#ifndef TACITE_SERVICE_CREDITING_H
#define TACITE_SERVICE_CREDITING_H

#include <stddef.h>
#include <stdint.h>

#include "core/credit.h"
#include "service/invoicing.h"
#include "service/once.h"

/* A part of one line of the corrected invoice. */
struct credit_part {
    int32_t position;     /* of that line, from 1 */
    int64_t amount_minor; /* as it is priced: net, or with VAT where prices are with it (credit_line_priced) */
    int64_t quantity_e4;  /* that is taken back, as the note says it; 0: an amount, not a quantity */
    struct period period; /* that is taken back; PERIOD_NONE: that of the line */
};

struct credit_request {
    int64_t invoice_id; /* that is corrected */
    const char *reason; /* stands on the note */
    const struct credit_part *parts;
    size_t part_count;  /* 0: everything that is left */
    enum credit_refusal refusal; /* the answer: CREDIT_NOT_REFUSED, or nothing was done */
    int32_t refused_position;    /* the line; 0: none */
};

/* An invoice with what was credited of it, line by line. */
struct creditable {
    struct invoice_line_row *rows;
    struct invoice_line *lines;
    struct credit_line *credit; /* before_minor is set */
    size_t count;
};
enum err load_creditable(struct ctx *ctx, const struct invoice *invoice, struct creditable *creditable) MUST_USE;

/* Makes the work of one note, for issue_invoices: alone or with invoices of the same change, in the same transaction.
 * Locks payable, receivable and deferrals of the corrected invoice. Look at request->refusal. */
enum err prepare_credit_note(struct ctx *ctx, struct credit_request *request, struct invoice_work *work) MUST_USE;

/* After issue_invoices: mail to the customer, histories of invoice and customer. */
enum err tell_credit_note(struct ctx *ctx, const struct invoice_work *work) MUST_USE;

/* Both around issue_invoices of this one note, in the caller's transaction, as its last step: ids of
 * reserve_invoice_ids(ctx, 1, ...). */
enum err issue_credit_note(struct ctx *ctx, struct credit_request *request, const struct invoice_ids *ids,
                           struct invoice_work *work) MUST_USE;

/* What a note would be, without writing; a missing reason is not refused yet. */
enum err preview_credit_note(struct ctx *ctx, struct credit_request *request, struct invoice_work *work) MUST_USE;

/* One note from a page, in a transaction of its own. *url: once->to with the note's number; NULL when refused. */
enum err credit_invoice(struct ctx *ctx, struct credit_request *request, const struct once *once, const char **url) MUST_USE;

/* Credits what no invoice will deduct any more of a deposit (claim_stranded_deposits): it becomes the customer's credit.
 * One deposit a transaction; stop says when to end. *credited counts. */
enum err give_back_deposits(struct ctx *ctx, bool (*stop)(void), int64_t *credited) MUST_USE;

#endif
