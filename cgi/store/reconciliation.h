/* reconciliation: what we, the bank and the books say was taken, and the differences that were found. */
#ifndef TACITE_STORE_RECONCILIATION_H
#define TACITE_STORE_RECONCILIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

/* One sum as one side tells it; see core/reconciliation.h. */
struct money_row {
    const char *fact_key;
    const char *ref;
    const char *note;
    int64_t customer_id;
    int64_t attempt_id;
    int64_t amount_minor;
    const char *currency;
    const char *state; /* of an attempt; "taken" for what is booked */
    int64_t at;
};
/* Of which money our side can say anything at all since then: a source of nothing is not read. */
struct money_kinds {
    bool refunds;        /* by the gateway, of payments or of money that came for nothing */
    bool disputes;
    bool bank;
    bool debits;
    bool refunds_booked; /* gone, or in the journal */
};
/* Since when, of each. */
struct money_since {
    int64_t refunds_at;
    int64_t disputes_at;
    int64_t bank_at;
    int64_t debits_at;
    int64_t refunds_booked_at;
};
enum err money_kinds_since(struct ctx *ctx, const struct money_since *since, struct money_kinds *kinds) MUST_USE;
/* Attempts with a card since then, also those without an end, by their key. */
enum err card_attempts_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
/* Incoming entries of the bank that were booked on an invoice, or wait for it; and the payments made of them. */
/* Files of direct debits, by their message: what the account says that came of them, less what went back; and what we hold
 * for paid, less what was returned. Of files of which anything was said since then. */
enum err debits_credited_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err debits_paid_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err bank_money_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err bank_payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
/* Payments of every kind; and what the journal has on the accounts of card and bank for each. */
enum err payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
/* The gateway gave money back to this customer that our books do not have. */
enum err customer_has_stray_refund(struct ctx *ctx, int64_t customer_id, bool *has) MUST_USE;
/* Refunds by the gateway and disputes as we have them: by their key, or the dispute's name. A refund counts from its first
 * sending: what was ordered may wait long for it. */
enum err card_refunds_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err disputes_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
/* What of refunds is gone, and what the journal says of it. */
enum err refunds_made_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err booked_refunds_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;
enum err booked_payments_since(struct ctx *ctx, int64_t since_at, struct money_row **rows, size_t *count) MUST_USE;

struct difference_row {
    int64_t id;
    const char *source;
    const char *fact_key;
    const char *cause;
    const char *ref;
    const char *note;
    int64_t customer_id;
    const char *customer_name; /* "" none; read only */
    int64_t attempt_id;
    int64_t ours_minor;        /* with ours_currency "" there is none */
    const char *ours_currency;
    int64_t theirs_minor;
    const char *theirs_currency;
    int64_t happened_at;
    int64_t found_at;
    int64_t resolved_at;
    const char *resolved_by;
    const char *resolution;    /* "gone", "booked", "person"; "" while it is open */
};
/* Opens a difference, or sees an open one again, at ctx->now. What a person has set aside is not opened again: *open is false. */
enum err see_difference(struct ctx *ctx, const struct difference_row *row, bool *open) MUST_USE;
/* Every open one; the texts by which it is known again. */
struct open_difference {
    int64_t id;
    const char *source;
    const char *fact_key;
    const char *cause;
    int64_t happened_at;
};
enum err differences_open(struct ctx *ctx, struct open_difference **rows, size_t *count) MUST_USE;
/* They are still there, at ctx->now; or they are gone. *count of them: what has an end meanwhile is left out. */
enum err see_differences_again(struct ctx *ctx, const int64_t *ids, size_t id_count, int64_t *count) MUST_USE;
enum err end_differences(struct ctx *ctx, const int64_t *ids, size_t id_count, int64_t *count) MUST_USE;
/* ERR_CONFLICT when it has an end already. */
enum err resolve_difference(struct ctx *ctx, int64_t id, const char *resolution) MUST_USE;
enum err difference_by_id(struct ctx *ctx, int64_t id, struct difference_row *row) MUST_USE;
/* Oldest first, above after_id; those with an end newest first, below before_id (0: all). */
enum err open_differences(struct ctx *ctx, int64_t after_id, int32_t limit, struct difference_row **rows, size_t *count) MUST_USE;
enum err past_differences(struct ctx *ctx, int64_t before_id, int32_t limit, struct difference_row **rows, size_t *count) MUST_USE;
/* Whether money of this customer was taken that our books know nothing of: taking more might be twice. */
/* Of anybody: then each customer is worth a question. */
enum err any_stray_money(struct ctx *ctx, bool *any) MUST_USE;
enum err customer_has_stray_money(struct ctx *ctx, int64_t customer_id, bool *has) MUST_USE;

/* ---- after a restore ---- */

struct restored_house {
    int64_t restored_at; /* 0: an ordinary life */
    int64_t reconciled_at;
    int64_t run_count;
};
enum err restored_house(struct ctx *ctx, struct restored_house *house) MUST_USE;

struct reconciled_house {
    int64_t restored_at;
    int64_t reconciled_at;
    bool differences; /* any that is open */
};
enum err reconciled_house(struct ctx *ctx, struct reconciled_house *house) MUST_USE;
enum err save_restored_at(struct ctx *ctx, int64_t at) MUST_USE; /* 0: back to normal */
enum err save_reconciled_at(struct ctx *ctx, int64_t at) MUST_USE;
/* One more run; *count is it. */
enum err count_run(struct ctx *ctx, int64_t at_least, int64_t *count) MUST_USE;

struct series_number {
    const char *series;
    int64_t last_sequence;
    int64_t here_sequence; /* of outside_numbers: what the database has */
};
enum err document_numbers(struct ctx *ctx, struct series_number **rows, size_t *count) MUST_USE;
enum err note_outside_number(struct ctx *ctx, const char *series, int64_t last_sequence) MUST_USE; /* only ever up */
/* Those above what the database has. */
enum err outside_numbers(struct ctx *ctx, struct series_number **rows, size_t *count) MUST_USE;

#endif
