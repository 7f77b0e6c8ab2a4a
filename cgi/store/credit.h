/* credit: what credit notes correct, and what becomes of their money. The note itself, its lines and its VAT are rows
 * of store/invoice. Issued rows are never updated; customer_credit is a state, as a receivable is. */
#ifndef TACITE_STORE_CREDIT_H
#define TACITE_STORE_CREDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/slice.h"

struct credit_note {
    int64_t invoice_id; /* of the note */
    int64_t corrected_id;
    const char *reason;
    const char *corrected_number; /* these two are read, never written */
    int32_t corrected_on;
};
/* The database refuses a note that exceeds the invoice or a rate of it. */
enum err insert_credit_notes(struct ctx *ctx, const struct credit_note *rows, size_t count) MUST_USE;
enum err credit_note_of(struct ctx *ctx, int64_t note_id, struct credit_note *note) MUST_USE;
enum err credit_notes_in_slice(struct ctx *ctx, const struct slice *slice, struct credit_note **rows, size_t *count) MUST_USE; /* by note */

struct credit_note_line {
    int64_t invoice_id;
    int32_t position;
    int64_t corrected_id;
    int32_t corrected_position;
    int64_t net_minor;
    int64_t priced_minor;
};
/* The database refuses what exceeds the line. */
enum err insert_credit_note_lines(struct ctx *ctx, const struct credit_note_line *rows, size_t count) MUST_USE;

/* Of the notes of a slice: note by note, in the order of positions. */
enum err credit_note_lines_in_slice(struct ctx *ctx, const struct slice *slice, struct credit_note_line **rows, size_t *count) MUST_USE;

/* What was credited of each line of an invoice, lines without credit left out; in the order of positions. */
struct credited_line {
    int32_t position;
    int64_t net_minor;
    int64_t priced_minor;
};
enum err credited_lines(struct ctx *ctx, int64_t corrected_id, struct credited_line **rows, size_t *count) MUST_USE;

/* Sums of the notes that correct an invoice; zeros when there are none. */
struct credited {
    int64_t total_minor;
    int64_t vat_minor;
};
enum err credited_of(struct ctx *ctx, int64_t corrected_id, struct credited *credited) MUST_USE;

/* The notes that correct an invoice, oldest first. */
struct credit_list_row {
    int64_t id;
    const char *number;
    int32_t issued_on;
    int64_t total_minor;
    const char *currency;
};
enum err credit_notes_on(struct ctx *ctx, int64_t corrected_id, struct credit_list_row **rows, size_t *count) MUST_USE;

struct credit_allocation {
    int64_t credit_note_id;
    int64_t invoice_id;
    int64_t amount_minor;
    int32_t used_on;
    const char *number; /* read only, as the next: of the invoice (uses_of_credit) or of the note (credits_used_on) */
    bool own;           /* the note corrects this invoice; else it paid for it when it was issued */
};
enum err insert_credit_allocations(struct ctx *ctx, const struct credit_allocation *rows, size_t count) MUST_USE;
/* Where a note was used; what notes paid of an invoice. */
enum err uses_of_credit(struct ctx *ctx, int64_t note_id, struct credit_allocation **rows, size_t *count) MUST_USE;
enum err credits_used_on(struct ctx *ctx, int64_t invoice_id, struct credit_allocation **rows, size_t *count) MUST_USE;

struct customer_credit {
    int64_t credit_note_id;
    int64_t customer_id;
    const char *currency;
    int64_t total_minor;
    int64_t left_minor;
};
enum err insert_customer_credits(struct ctx *ctx, const struct customer_credit *rows, size_t count) MUST_USE;
enum err save_customer_credits(struct ctx *ctx, const struct customer_credit *rows, size_t count) MUST_USE;
/* What stands on the customer's account of a note: what is neither used nor paid back; what a refund that is on its way has
 * set aside still stands there. */
enum err credit_standing(struct ctx *ctx, int64_t note_id, int64_t *minor) MUST_USE;
enum err credit_left_of(struct ctx *ctx, int64_t note_id, int64_t *left_minor) MUST_USE;
/* Who has some, of the customers in [first_id, last_id], in their order: asked once for a whole group. At most limit. */
struct credit_holder {
    int64_t customer_id;
};
enum err credit_holders(struct ctx *ctx, int64_t first_id, int64_t last_id, int32_t limit, struct credit_holder **rows,
                        size_t *count) MUST_USE;
/* A customer's, oldest first, locked. */
enum err lock_spare_credits(struct ctx *ctx, int64_t customer_id, const char *currency, struct customer_credit **rows,
                            size_t *count) MUST_USE;
/* Sum of a customer's in each currency. */
struct credit_balance {
    const char *currency;
    int64_t left_minor;
};
enum err credit_balances(struct ctx *ctx, int64_t customer_id, struct credit_balance **rows, size_t *count) MUST_USE;

#endif
