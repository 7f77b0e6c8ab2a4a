/* refund_settling: one outcome of one refund, whoever tells it: the gateway (service/refunding), a person or the bank's
 * statement (service/refund_transfers). core/refund is the table of moves.
 *
 * Success books the counter entry, moves the attempt (PARTLY_REVERSED, REVERSED) and mails the customer; a refund that fails
 * after all gives back what it took, once. Told again it finds everything done; what cannot be is for a person.
 *
 * Locks: attempt, payable, receivable or customer's credit, refund. */
#ifndef TACITE_SERVICE_REFUND_SETTLING_H
#define TACITE_SERVICE_REFUND_SETTLING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/exchange.h"
#include "core/refund.h"
#include "gateway/stripe.h"
#include "service/booking.h"
#include "service/once.h"
#include "store/payable.h"
#include "store/refund.h"

struct refund_settling {
    int64_t refund_id;
    enum refund_event event;
    const struct gateway_answer *answer; /* NULL: no gateway spoke */
    int64_t bank_entry_id;
    int32_t on;           /* the day that it is booked for */
    int64_t entry_id;     /* of the journal, reserved */
    bool books_outside;   /* the caller books *booking */
    const struct once *once; /* of the page; NULL */
    /* the answer */
    struct booking booking;   /* no items: nothing to book */
    struct exchange exchange; /* of the document that it is about */
    enum refund_state state;
    enum refund_verdict verdict;
    const char *url;
};

/* For db_transaction (struct refund_settling *): books as its last step, unless the caller does. */
enum err settle_refund(struct ctx *ctx, void *settling) MUST_USE;

/* Whether the gateway takes our key for refunds, in a transaction: told at once when it does not (an item of the house, beside
 * that of charges: a key may be allowed one and not the other), taken back by its answer to a refund that was sent, or to a
 * question while none waits to be sent. answer NULL: it said nothing. */
enum err tell_refund_key(struct ctx *ctx, const struct gateway_answer *answer, bool was_sent) MUST_USE;

/* Through the gateway; else by transfer. */
bool refund_by_gateway(const struct refund *refund);

/* In a transaction, with the attempt locked: its state follows what was taken back of its payment. */
enum err move_attempt_back(struct ctx *ctx, struct attempt *attempt, int64_t payment_id) MUST_USE;

#endif
