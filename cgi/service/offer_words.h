/* offer_words: what recurs, in sentences: the same on the customer's page, in the document and for the seller.
 * In the current language (words_use); language is for dates and amounts. */
#ifndef TACITE_SERVICE_OFFER_WORDS_H
#define TACITE_SERVICE_OFFER_WORDS_H

#include "service/offer.h"

enum { OFFER_RULES_MAX = 8 };

/* Of a recurring line: its partial first period with its amount, and that it is billed in arrears; "" when it is plain. */
char *offer_line_words(struct arena *arena, const char *language, const struct offer *offer, const struct offer_line *line);

/* Of the plan: when it is billed, where periods begin, the trial, the term, minimum duration, notice. Nothing without
 * plan. Gives how many. */
size_t offer_rules(struct arena *arena, const char *language, const struct offer *offer, const char *rules[OFFER_RULES_MAX]);

/* When the change of a contract takes effect, and of which day its amounts are: "Takes effect with the next period …: 01/02/2027.";
 * "" of one that cannot be made. */
const char *offer_effect_text(struct arena *arena, const char *language, const struct offer *offer);

/* "Deposit of 30 % at the signature", "Deposit at the signature". */
const char *offer_deposit_label(struct arena *arena, const char *language, const struct offer *offer);

#endif
