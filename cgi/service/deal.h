/* deal: an amendment on its way through service/amending: the stored contract as core/amendment sees it, the wish, the
 * decision, and the contract after it. */
#ifndef TACITE_SERVICE_DEAL_H
#define TACITE_SERVICE_DEAL_H

#include "service/amending.h"
#include "store/catalogue.h"
#include "store/company.h"
#include "core/billing.h"
#include "service/couponing.h"
#include "service/listing.h"
#include "service/taxing.h"
#include "store/renewal.h"

struct deal {
    struct amending *a;
    struct company company;
    struct taxing taxing;
    struct buyer buyer;
    struct subscription s;  /* as stored */
    struct plan plan;       /* the new one, where there is one; else its own */
    struct subscription_line *lines; /* with history */
    size_t line_count;
    struct invoiced_row *invoiced;
    size_t invoiced_count;
    struct amendment_facts facts;
    struct amendment_item_row *items;
    size_t item_count;
    struct amendment_discount_row *discounts; /* of AMENDMENT_DISCOUNT: those that end, those that begin */
    size_t discount_count;
    struct coupon_taking coupon;  /* coupon_id 0: none */
    size_t *item_of;        /* of a wish's edit, then addition */
    struct amendment_row row; /* id 0: new; else the planned one that is applied */
    struct amendment change;
    struct subscription after;
    struct subscription_line *all; /* lines with what the change closes and opens; ids 0 of those that are new */
    size_t all_count;
    struct price_lists *lists;           /* NULL: not asked for */
    bool discount_ends;                  /* a line's, with another recurrence */
    struct billing_plan last;            /* what the old periods still ask when the contract stops or new ones begin */
    struct subscription_line *last_lines; /* that its items point into */
};

/* From what discounts count their periods. */
struct counting {
    struct schedule schedule;
    int32_t from_on;
    struct discounts discounts;
};

/* Loads the contract; lock: in a transaction. */
enum err deal_load(struct ctx *ctx, struct deal *d, bool lock) MUST_USE;

/* From the page's lines, or those of a plan, to items with prices; its discounts with what its code takes off (preview: nothing
 * is written). Refusals in d->a. */
enum err deal_items(struct ctx *ctx, struct deal *d, bool preview) MUST_USE;

/* Asks core/amendment; the contract after it with price and MRR. Refusals in d->a. */
enum err deal_decide(struct ctx *ctx, struct deal *d) MUST_USE;

/* Net of a period and MRR of lines in force on a day, at their discounts then. */
enum err lines_worth(struct ctx *ctx, struct deal *d, const struct subscription_line *lines, size_t count, const struct counting *counting,
                     int32_t on, int64_t *period_minor, int64_t *mrr_e4) MUST_USE;

/* The lines in force on a day. */
struct subscription_line *lines_in_force(struct ctx *ctx, const struct subscription_line *lines, size_t line_count, int32_t on,
                                         size_t *count);

void deal_refuse(struct deal *d, const char *refusal, enum amending_place at, size_t line);

#endif
