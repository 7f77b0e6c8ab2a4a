/* contract_quoting: from a running subscription to a quote that changes it, of one of two kinds.
 *
 * A renewal carries the lines, discounts and terms that the contract would have on its renewal's day. An upsell carries the
 * contract as a change would leave it: a line that goes on names the contract's, so that what the customer accepts is the
 * same change that the seller could make without a quote. The seller edits and sends both like any other quote; what becomes
 * of an acceptance is service/quoted_change. */
#ifndef TACITE_SERVICE_CONTRACT_QUOTING_H
#define TACITE_SERVICE_CONTRACT_QUOTING_H

#include <stdint.h>

#include "base/ctx.h"
#include "service/amending.h"
#include "service/once.h"
#include "store/quote.h"
#include "store/subscription.h"

struct contract_drafting {
    int64_t subscription_id;
    int64_t owner_id;        /* of the quote, where nobody looks after the contract */
    const char *refusal;     /* English msgid; NULL: made */
    const char *number;
    int64_t quote_id;
    const char *url;
};
/* A draft with the lines, prices, discounts and terms that the subscription would have on its renewal's day. */
enum err draft_renewal(struct ctx *ctx, struct contract_drafting *drafting, const struct once *once) MUST_USE;

/* A draft with the contract as the change would leave it (AMENDMENT_LINES), and with what it sells once. What the change
 * would be refused for is in a. */
enum err draft_upsell(struct ctx *ctx, struct contract_drafting *drafting, struct amending *a, const struct once *once) MUST_USE;

/* A line of the contract as a quote says it on a day: its discount with the periods that it has left then. */
struct quote_line contract_quote_line(const struct subscription *s, const struct subscription_line *from, int32_t on);

/* What is taken off the contract's document on a day, with the periods that are left: the seller's own, and what a coupon gave. */
struct discounts contract_quote_discounts(const struct subscription *s, int32_t on);

/* Digest of the lines of a contract: it differs as soon as one of them was opened or closed. */
const char *contract_digest(struct arena *arena, const struct subscription_line *lines, size_t count);

#endif
