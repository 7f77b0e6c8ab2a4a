/* discount: what is taken off a whole document: by the seller's word or by a coupon, in % or as an amount.
 *
 * Each is taken off what the ones before it left. A percentage is rounded once on the sum, an amount is taken in
 * full from each invoice that bills a period (partial periods too) and never makes a sum negative. The sum is
 * spread over the lines in proportion to their nets, to the last minor unit (money_split), so that each line carries
 * its allowance (EN 16931 BT-136) and VAT is right per rate. A discount of n periods is for n periods that follow one
 * another: the first ones of the contract (the first invoice, with what is sold once, is the first of them), or those
 * from the one on with which it was given later. One that ends early is kept for as long as a period that it held for is
 * still to be billed. */
#ifndef TACITE_CORE_DISCOUNT_H
#define TACITE_CORE_DISCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/money.h"

/* At one time two hold; DISCOUNTS_KEPT: with those that are over, of periods that are not billed yet. */
enum { DISCOUNTS_MAX = 2, DISCOUNTS_KEPT = 8, DISCOUNT_CODE_BYTES = 41, DISCOUNT_PERIODS_MAX = 1000, DISCOUNT_FROM_MAX = 1000000,
       DISCOUNTS_TEXT_BYTES = 640 };

struct discount {
    int32_t ppm;          /* 1..1,000,000, or 0: an amount */
    int64_t amount_minor; /* 1..MONEY_MAX, or 0 */
    int32_t periods;      /* 0: for ever */
    int32_t from;         /* ordinal of the first of them */
    char code[DISCOUNT_CODE_BYTES]; /* of a coupon; "": the seller's own */
};

struct discounts {
    size_t count;
    struct discount of[DISCOUNTS_KEPT];
};

/* Exactly one of % and amount, within its bounds; a code of capital letters, digits and dashes. */
bool discount_ok(const struct discount *discount);

bool discount_lasts(const struct discount *discount, int32_t ordinal); /* ordinal 0: the first period */

/* Takes the discounts of the period with this ordinal off the nets (>= 0) of a document's lines: nets[i] becomes what
 * is left, allowances[i] what was taken. amounts false: percentages only (an invoice that bills no period of its own,
 * so that an amount is taken once a period). Gives the whole of what was taken. */
int64_t discounts_take(struct arena *arena, const struct discounts *discounts, int32_t ordinal, bool amounts,
                       int64_t *nets, size_t count, int64_t *allowances);

/* The code of the coupon among what discounts_take takes off in the period; "" none. */
const char *discounts_coupon(const struct discounts *discounts, int32_t ordinal, bool amounts);

/* How many hold in the period. */
size_t discounts_in(const struct discounts *discounts, int32_t ordinal);

/* One that holds in the period, takes off the same and has the same code; discounts->count: none. */
size_t discounts_find(const struct discounts *discounts, const struct discount *like, int32_t ordinal);

/* Ends the i-th with the period before this ordinal; kept: ordinal of the first period that is not billed yet, of which it
 * stays known. False: that is too long ago to be said. */
bool discounts_end(struct discounts *discounts, size_t i, int32_t ordinal, int32_t kept);

/* Forgets those that were over before the period `kept`. */
void discounts_forget(struct discounts *discounts, int32_t kept);

/* One more from the period on, before the first coupon unless it is one. False: no room is left. */
bool discounts_begin(struct discounts *discounts, const struct discount *discount, int32_t ordinal);

/* What is left of them when the periods start to count anew after so many; in their order. */
struct discounts discounts_left(const struct discounts *discounts, int32_t periods);

/* Those that hold for periods of any length: percentages without end. */
struct discounts discounts_of_any_period(const struct discounts *discounts);

/* Canonical text for frozen copies: "ppm:amount:periods:code" joined by ';', "" for none; behind periods "+from" where that
 * is not 0. Reading takes nothing that writing would not give, and changes nothing when it refuses. */
const char *discounts_text(const struct discounts *discounts, char text[DISCOUNTS_TEXT_BYTES]);
bool discounts_parse(const char *text, struct discounts *discounts);

#endif
