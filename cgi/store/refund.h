/* refund: money that goes back: intents, their history, what of an allocation they open again. */
#ifndef TACITE_STORE_REFUND_H
#define TACITE_STORE_REFUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/refund.h"
#include "store/credit.h"

struct refund {
    int64_t id;
    const char *refund_key;
    const char *kind; /* "card", "transfer" */
    const char *state_name;
    enum refund_state state;
    int64_t payment_id;     /* 0: a transfer */
    int64_t credit_note_id; /* one of the two is 0 */
    int64_t invoice_id;
    int64_t customer_id;
    int64_t amount_minor;
    const char *currency;
    const char *reason;
    const char *request_body;
    const char *refund_ref;
    const char *iban_sealed; /* "" once it was made */
    const char *iban_key;
    const char *iban_masked;
    const char *account_name;
    const char *failure;
    int64_t bank_entry_id;
    int64_t sender;
    int64_t sending_at;
    int64_t first_sent_at;
    int64_t next_check_at;
    int32_t checks;
    int32_t opened_on;
    int32_t done_on;
    int64_t created_at;
};

/* Ready; sets id. ERR_DUPLICATE: one of this payment is under way, or the key was used. The database refuses what exceeds
 * the payment. */
enum err insert_refund(struct ctx *ctx, struct refund *refund) MUST_USE;
enum err save_refund_iban(struct ctx *ctx, int64_t id, const char *sealed) MUST_USE;
enum err refund_by_id(struct ctx *ctx, int64_t id, struct refund *refund) MUST_USE;
enum err refund_by_key(struct ctx *ctx, const char *key, struct refund *refund) MUST_USE;
enum err lock_refund(struct ctx *ctx, int64_t id, struct refund *refund) MUST_USE;
/* Writes everything that changes, WHERE state = from, and the event; ERR_CONFLICT when it was another. */
enum err move_refund(struct ctx *ctx, const struct refund *refund, enum refund_state from, const char *event, const char *detail) MUST_USE;
/* Oldest first. */
enum err refunds_of_payment(struct ctx *ctx, int64_t payment_id, struct refund **rows, size_t *count) MUST_USE;
enum err refunds_of_note(struct ctx *ctx, int64_t credit_note_id, struct refund **rows, size_t *count) MUST_USE;
/* Of the payments of an invoice, and of its credit notes. */
enum err refunds_about_invoice(struct ctx *ctx, int64_t invoice_id, struct refund **rows, size_t *count) MUST_USE;
/* Whether one that opens this invoice again is not resolved. */
enum err refund_opens(struct ctx *ctx, int64_t invoice_id, bool *opens) MUST_USE;
/* Those that the batch must look at: next_check_at passed, or sending by a connection that is gone. */
/* READY by the gateway, at most limit. */
enum err ready_refunds(struct ctx *ctx, int32_t limit, struct refund **rows, size_t *count) MUST_USE;
enum err refunds_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct refund **rows, size_t *count) MUST_USE;
enum err put_off_refund(struct ctx *ctx, int64_t id, int64_t until_at) MUST_USE; /* one that could not be looked at */
/* Transfers that wait to be made, of this amount and account; oldest first. */
enum err refunds_to_match(struct ctx *ctx, const char *iban_key, int64_t amount_minor, const char *currency, struct refund **rows, size_t *count) MUST_USE;

/* What was taken back of a payment, whoever did so. */
struct taken_back {
    int64_t held_minor; /* gone, or may be */
    int64_t back_minor; /* gone for certain */
    bool under_way; /* a refund whose outcome nobody knows */
    bool disputed;  /* the bank has not decided yet */
};
enum err taken_back_of(struct ctx *ctx, int64_t payment_id, struct taken_back *taken) MUST_USE;

/* The payment with where it came from. */
struct refundable {
    int64_t payment_id;
    int64_t attempt_id;
    int64_t customer_id;
    int64_t amount_minor;
    const char *currency;
    const char *gateway;
    const char *intent_ref; /* the gateway's, of the attempt */
    const char *method_text;
    int32_t received_on;
};
enum err refundable_payment(struct ctx *ctx, int64_t payment_id, struct refundable *payment) MUST_USE;
enum err refundable_of_attempt(struct ctx *ctx, int64_t attempt_id, struct refundable *payment) MUST_USE;
enum err refundable_of_intent(struct ctx *ctx, const char *intent_ref, struct refundable *payment) MUST_USE;
/* Who paid by each of the gateway's payments; 0: it is none of ours. */
enum err payers_of_intents(struct ctx *ctx, const char *const *intent_refs, size_t count, int64_t *customer_ids) MUST_USE;
/* Card payments of an invoice, oldest first: where a credit note's money can go back to. */
enum err refundables_of_invoice(struct ctx *ctx, int64_t invoice_id, struct refundable **rows, size_t *count) MUST_USE;

/* What a payment paid, less what went back of it. */
struct allocated {
    int64_t invoice_id;
    const char *number;
    int64_t amount_minor;
};
enum err allocated_by(struct ctx *ctx, int64_t payment_id, struct allocated **rows, size_t *count) MUST_USE;

struct allocation_back {
    const char *cause; /* "refund", "refund_failed" */
    int64_t cause_id;
    int64_t payment_id;
    int64_t invoice_id;
    int64_t amount_minor; /* negative: it came again after all */
    int32_t back_on;
};
/* ERR_DUPLICATE: written before. */
enum err insert_allocation_back(struct ctx *ctx, const struct allocation_back *back) MUST_USE;

enum err lock_customer_credit(struct ctx *ctx, int64_t credit_note_id, struct customer_credit *credit) MUST_USE;

struct refund_list_row {
    int64_t id;
    const char *kind;
    const char *state;
    const char *customer_number;
    const char *customer_name;
    const char *note_number;    /* "" none */
    const char *invoice_number; /* "" none */
    int64_t attempt_id;         /* 0: a transfer */
    const char *method_text;
    const char *iban_masked;
    const char *currency;
    int64_t amount_minor;
    const char *failure;
    int64_t created_at;
};
/* Newest first; waiting: only transfers that wait to be made. */
enum err refund_list(struct ctx *ctx, bool waiting, int64_t before_id, int32_t limit, struct refund_list_row **rows, size_t *count) MUST_USE;

#endif
