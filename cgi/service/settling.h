/* settling: what the gateway says becomes what we hold true, exactly once.
 *
 * Webhook, refresh and batch are three doors to one function, settle_answer: the attempt is locked, its
 * state moves by core/attempt, and the same transaction makes order, subscription, invoice, payment,
 * journal, stored card and mails. Whoever comes first does it; the others find it done. */
#ifndef TACITE_SERVICE_SETTLING_H
#define TACITE_SERVICE_SETTLING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/attempt.h"
#include "gateway/stripe.h"

/* Applies an answer to an attempt; *state is where it stands afterwards. */
enum err settle_answer(struct ctx *ctx, int64_t attempt_id, const struct gateway_answer *answer,
                       enum attempt_state *state) MUST_USE;

/* Inside a transaction: the order of a quote that needs no payment (signature only, or nothing due). The
 * invoice stays open with a link to pay when something is due. Makes nothing twice. ids: one invoice
 * reserved before. */
struct invoice_ids;
struct offer;
enum { ORDER_INVOICES = 2 }; /* of one order at most: the deposit's and the first */

enum err confirm_order(struct ctx *ctx, const struct offer *offer, const struct invoice_ids *ids) MUST_USE;

#endif
