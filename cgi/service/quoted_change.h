/* quoted_change: from a quote that changes a running subscription to the change (service/contract_quoting has the other way).
 *
 * R12 of product.md 5.1, a renewal: its lines begin on a boundary that is not billed yet, at the term's end unless the quote's
 * start says earlier; never an overlap, never a gap. Accepted, it waits as a change of the contract for its day and can be
 * undone until then. The quote's terms come with its lines (core/term, term_renewed): what it prints about duration,
 * commitment, notice, the end by the customer is what the contract has from that day on. A draft says what the contract has,
 * and asks for no new commitment. For a consumer the notice does not grow within the term that runs: such a quote is not sent.
 * What is sold once on it is invoiced when it is accepted.
 *
 * R4 to R6 and R11, an upsell: what differs between its lines and the contract's is the wish of an amendment, which
 * service/amending previews and makes, so that what the page, the document and the mail say is what is invoiced. At once it
 * is made on the day of the acceptance, computed for that day, one invoice with what is sold once; for a later day it waits,
 * and what is sold once is invoiced at the acceptance. What was signed and is paid on a later day holds for the day of the
 * signature unless a period was billed since. A contract that changed otherwise meanwhile refuses it. */
#ifndef TACITE_SERVICE_QUOTED_CHANGE_H
#define TACITE_SERVICE_QUOTED_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "service/amending.h"
#include "service/offer.h"

/* Of an upsell whose lines are priced: change or change_refusal, effective_on, steps, given_back_minor, and the discounts that
 * the contract has. Of one that is accepted what was invoiced. */
enum err look_at_contract(struct ctx *ctx, struct offer *offer) MUST_USE;

/* The contract before and after a renewal, as the quote is now; refusals in a. */
enum err preview_renewal_quote(struct ctx *ctx, const struct offer *offer, struct amending *a) MUST_USE;

/* The first boundary from a day on that is neither billed nor past. */
int32_t renewal_boundary(const struct ctx *ctx, const struct subscription *s, int32_t from_on);

/* Whether a renewal that starts then (DATE_NONE: with its acceptance) would give a consumer a longer notice within the term
 * that runs. */
enum err renewal_lengthens_notice(struct ctx *ctx, int64_t subscription_id, int32_t start_on, int notice_days, bool *lengthens) MUST_USE;

/* The quote is accepted, in the caller's transaction: the change is made, or waits for its day; a tells which. What cannot be
 * done any more is an operator item and a refusal. ids: AMENDING_IDS of them. */
struct invoice_ids;
enum err carry_out_quote(struct ctx *ctx, const struct offer *offer, int64_t order_id, bool paid, const struct invoice_ids *ids,
                         struct amending *a) MUST_USE;

/* An item for a person: this quote cannot change the contract as it stands. */
enum err tell_of_refused_change(struct ctx *ctx, const struct offer *offer) MUST_USE;

#endif
