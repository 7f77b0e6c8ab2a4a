/* settling: what the gateway says becomes what we hold true, exactly once.
 *
 * Webhook, refresh and batch are three doors to one function, settle_answer: the attempt is locked, its
 * state moves by core/attempt, and the same transaction makes the order of a quote (service/ordering), payment, journal,
 * stored card and mails. Whoever comes first does it; the others find it done. Debits by the batch are settled
 * by the group, each by the same steps. */
#ifndef TACITE_SERVICE_SETTLING_H
#define TACITE_SERVICE_SETTLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/attempt.h"
#include "gateway/stripe.h"

/* Applies an answer to an attempt; *state is where it stands afterwards. */
enum err settle_answer(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer,
                       enum attempt_state *state) MUST_USE;

/* The answers to a group of debits of invoices, in one transaction; state as above. When one of them cannot be settled the
 * group is done one by one: that one stays as it was (state 0) and is asked about later. An error is of the database. */
struct answered {
    int64_t attempt_id; /* first: groups are put in the order of their ids */
    const struct gateway_answer *answer;
    enum attempt_state state;
};
enum err settle_answers(struct ctx *ctx, struct answered *answered, size_t count) MUST_USE;

/* A person says how an attempt ended that the gateway keeps silent about (core/attempt): it was paid, as far as our books go,
 * or nothing was taken and what is due may be asked for again. Audited with the reason; the form's token is spent in the
 * same transaction. What the gateway says later of the contrary is a person's again, or the reconciliation's. */
struct once;
struct attempt_decision {
    bool paid;
    const char *reason;
    const struct once *once;
    const char *refusal; /* English msgid; NULL: done */
    const char *url;     /* where once leads */
};
enum err decide_attempt(struct ctx *ctx, int64_t attempt_id, struct attempt_decision *decision) MUST_USE;

/* Inside a transaction: an attempt to debit came to nothing before anybody was asked. What is still open is due at once. */
struct payable;
struct attempt;
enum err debit_again(struct ctx *ctx, const struct payable *payable, const struct attempt *attempt) MUST_USE;

#endif
