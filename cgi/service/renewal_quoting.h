/* renewal_quoting: a running subscription is renewed by a quote: the seller edits and sends it like any other, and once it
 * is accepted its lines wait as a change of the contract for their day.
 *
 * R12 of product.md 5.1: they begin on a boundary that is not billed yet, at the term's end unless the quote's start says
 * earlier; never an overlap, never a gap. Until that day it can be undone like every planned change. What is sold once on
 * the quote is invoiced when it is accepted.
 *
 * The quote's terms come with its lines (core/term, term_renewed): what it prints about duration, commitment, notice, the end
 * by the customer is what the contract has from that day on. A draft says what the contract has, and asks for no new
 * commitment. For a consumer the notice does not grow within the term that runs: such a quote is not sent. */
#ifndef TACITE_SERVICE_RENEWAL_QUOTING_H
#define TACITE_SERVICE_RENEWAL_QUOTING_H

#include "service/amending.h"
#include "service/offer.h"
#include "service/quoting.h"

struct renewal_drafting {
    int64_t subscription_id;
    int64_t owner_id;        /* of the quote */
    const char *refusal;     /* English msgid; NULL: made */
    const char *number;
    int64_t quote_id;
    const char *url;
};
/* A draft with the lines, prices, discounts and terms that the subscription would have on its renewal's day. */
enum err draft_renewal(struct ctx *ctx, struct renewal_drafting *drafting, const struct once *once) MUST_USE;

/* The contract before and after, as the quote is now; refusals in a. */
enum err preview_renewal_quote(struct ctx *ctx, const struct offer *offer, struct amending *a) MUST_USE;

/* Whether a renewal that starts then (DATE_NONE: with its acceptance) would give a consumer a longer notice within the term
 * that runs. */
enum err renewal_lengthens_notice(struct ctx *ctx, int64_t subscription_id, int32_t start_on, int notice_days, bool *lengthens) MUST_USE;

/* The quote is accepted: in the caller's transaction. What cannot be planned any more is an operator item. */
enum err plan_renewal(struct ctx *ctx, const struct offer *offer) MUST_USE;

#endif
