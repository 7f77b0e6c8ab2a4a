/* refunding: money that goes back to customers: ordered by a person, sent once, told by whichever door, booked once.
 *
 * An order is a transaction (refund READY, what it takes from is held), then as with charges: SENDING committed, the
 * call, a transaction with its outcome. Webhook, page and batch are doors to one function. Success books the counter
 * entry, moves the attempt (PARTLY_REVERSED, REVERSED) and mails the customer; a refund that fails after all gives back
 * what it took, once. Transfers wait until a person or the bank's statement says that they were made.
 *
 * Locks: attempt, payable, receivable or customer's credit, refund. */
#ifndef TACITE_SERVICE_REFUNDING_H
#define TACITE_SERVICE_REFUNDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/credit.h"
#include "core/refund.h"
#include "gateway/stripe.h"
#include "service/once.h"
#include "store/refund.h"

struct refund_order {
    int64_t payment_id;       /* back to the card that paid; 0: by transfer */
    int64_t credit_note_id;   /* whose credit goes back; 0: see the next two */
    int64_t invoice_id;       /* without a note: it is open again by the amount */
    bool with_note;           /* a credit note over everything that is left of invoice_id is issued with it */
    int64_t amount_minor;
    const char *reason;
    const char *iban;         /* of a transfer, normalised */
    const char *account_name;
    /* the answer */
    enum refund_refusal refusal;
    enum credit_refusal credit_refusal; /* of the note; CREDIT_NOT_REFUSED else */
    int64_t refund_id;        /* 0: nothing was ordered */
    const char *url;          /* where once leads; NULL: to the refund */
};
enum err order_refund(struct ctx *ctx, struct refund_order *order, const struct once *once) MUST_USE;

/* What the same order meets now, its amount aside: for the form. left_minor: the most that can be asked. */
struct refund_outlook {
    enum refund_refusal refusal; /* but those of amount and reason */
    int64_t left_minor;          /* of the payment */
    int64_t paid_minor;          /* of the invoice that it paid, that can be opened again */
    int64_t noted_minor;         /* what a credit note over the rest would leave for a refund; 0: none can be made */
    struct allocated paid;       /* invoice_id 0: the payment is on none */
};
enum err refund_outlook(struct ctx *ctx, const struct refundable *payment, struct refund_outlook *outlook) MUST_USE;

/* Sends what is READY (or UNKNOWN, within 23 hours), asks about the rest, settles; *state is where it stands then. */
enum err pursue_refund(struct ctx *ctx, int64_t refund_id, int64_t budget_ms, enum refund_state *state) MUST_USE;

/* Events about refunds; the event is a hint, the gateway is asked. ERR_GATEWAY when it did not answer. */
bool is_refund_event(const char *type);
/* What to keep of an event as its object: the refund, or the payment of a charge. */
const char *refund_event_object(const char *type, const char *object_ref, const char *intent_ref);
enum err take_refund_event(struct ctx *ctx, const char *object_ref, int64_t budget_ms) MUST_USE;

/* The batch's door; *checked is raised by what was looked at. */
enum err check_refunds(struct ctx *ctx, bool (*stop)(void), int64_t *checked) MUST_USE;

struct refund_result {
    enum refund_refusal refusal; /* REFUND_CHANGED: it was dealt with meanwhile */
    const char *url;
};
/* A transfer that was made, on this day. */
enum err mark_refund_made(struct ctx *ctx, int64_t refund_id, int32_t on, const struct once *once, struct refund_result *result) MUST_USE;
/* A transfer that is not made: its credit is the customer's again. */
enum err withdraw_refund(struct ctx *ctx, int64_t refund_id, const struct once *once, struct refund_result *result) MUST_USE;
/* The full account number of a transfer that waits; ERR_CORRUPT when it does not open. */
enum err refund_iban(struct ctx *ctx, const struct refund *refund, const char **iban) MUST_USE;

/* In a transaction, with the attempt locked: its state follows what was taken back of its payment. */
struct attempt;
enum err move_attempt_back(struct ctx *ctx, struct attempt *attempt, int64_t payment_id) MUST_USE;

/* In the transaction of a new entry of the bank's statement: is this debit one of our transfers? Then it is made, and
 * *booking is to be booked. Two that fit are for a person. */
struct bank_entry_row;
struct booking;
enum err match_refund_transfer(struct ctx *ctx, const struct bank_entry_row *entry, int64_t journal_id, struct booking *booking,
                               bool *matched) MUST_USE;

#endif
