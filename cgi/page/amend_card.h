/* amend_card: a change of a subscription as its seller or customer sees it before it is made: the contract before and
 * after, when, and the arithmetic of what is charged and given back; of a renewal quote its terms too. */
#ifndef TACITE_PAGE_AMEND_CARD_H
#define TACITE_PAGE_AMEND_CARD_H

#include "page/page.h"
#include "service/amending.h"

/* "3 x Licence"; without quantity (0) the description. */
const char *amend_what(const struct page *page, const char *description, int64_t quantity_e4);

/* What a change of discounts ends and begins: "Begins: 10% off for 3 months. Ends: EUR 5.00 off."; "" of other changes. */
enum err amend_discount_words(struct page *page, const struct amendment_row *row, const struct subscription *s, const char **words) MUST_USE;

/* Card.{shown, button, free, facts, before, after, steps, bills, total} of a preview; before: the lines in force now. */
void amend_card(const struct page *page, HDF *hdf, const struct amending *a, const struct subscription_line *before, size_t before_count,
                const char *button);

/* What was shown to whoever confirms; a field of every form of a change. */
#define AMEND_SHOWN_FIELD(record, member) {.kind = FIELD_HIDDEN, .name = "shown", .max = 120, .offset = offsetof(record, member)}

/* Typed.N.{n, v}: what was typed, again, and what is shown, for the form that confirms. */
void amend_typed(const struct page *page, HDF *hdf, const struct form *form, const struct amending *a);

#endif
