/* card_watching: cards that end: their holders are told before, and asked for another one instead of a debit that fails.
 * The old card stays until the new one is stored. */
#ifndef TACITE_SERVICE_CARD_WATCHING_H
#define TACITE_SERVICE_CARD_WATCHING_H

#include <stdint.h>

#include "base/ctx.h"
#include "store/invoice.h"
#include "store/payable.h"

/* Notices 30 and 7 days before the last day, once each. */
enum err tell_ending_cards(struct ctx *ctx, int64_t *told) MUST_USE;

/* The invoice is not debited from a card that has expired: the customer is asked once to replace it, and can pay by the
 * same mail. */
enum err ask_for_card(struct ctx *ctx, const struct receivable *receivable, const struct payment_method *method) MUST_USE;

#endif
