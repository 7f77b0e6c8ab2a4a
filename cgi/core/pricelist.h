/* pricelist: which price a line of a quote gets.
 *
 * Looked up in this order, the first list that has a price decides (product.md F23): what was agreed in
 * the contract, the customer's own list, a list of its segment, one of its country, the default list.
 * Within a list the key is (product, plan, currency), the day within [from_on, until_on), and the
 * largest minimum quantity that the quantity reaches. Rows of one key and one minimum quantity may not
 * overlap in time, so that at most one fits. A price that was given to a line is frozen with it: this is
 * asked while a quote is written, never for a running contract. */
#ifndef TACITE_CORE_PRICELIST_H
#define TACITE_CORE_PRICELIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tier.h"

enum pricelist_scope { /* in the order in which they are asked */
    PRICELIST_CONTRACT = 1,
    PRICELIST_CUSTOMER,
    PRICELIST_SEGMENT,
    PRICELIST_COUNTRY,
    PRICELIST_DEFAULT,
};

/* The database's words: "contract", "customer", "segment", "country", "default"; 0 when unknown. */
const char *pricelist_scope_name(enum pricelist_scope scope);
enum pricelist_scope pricelist_scope_from_name(const char *name);

struct pricelist {
    int64_t id;
    enum pricelist_scope scope;
    int64_t subject_id; /* subscription, customer or segment; 0 for country and default */
    char country[3];    /* of PRICELIST_COUNTRY */
    int32_t priority;   /* among lists of one scope: the smaller goes first */
};

struct pricelist_price {
    int64_t id;
    struct pricelist list;
    int64_t product_id;
    int64_t plan_id;         /* 0: the one-time price */
    char currency[4];
    int64_t min_quantity_e4; /* 0: from the first part of a unit on */
    int32_t from_on;
    int32_t until_on;        /* first day without it; DATE_NONE: open */
    struct price_rule rule;
};

struct pricelist_question {
    int64_t contract_id; /* 0: none yet */
    int64_t customer_id; /* 0: unknown yet */
    int64_t segment_id;  /* 0: in none */
    char country[3];     /* the customer's; "" unknown */
    int64_t product_id;
    int64_t plan_id;
    char currency[4];
    int64_t quantity_e4;
    int32_t on;
};

/* The row that decides, NULL when the product has no price then. Of several lists of one scope the one
 * with the smallest priority decides, then the smallest id, whatever the order of the rows. */
const struct pricelist_price *pricelist_find(const struct pricelist_price *prices, size_t count,
                                             const struct pricelist_question *question);

/* The price as it is frozen on a line: one rule for every quantity that the customer may choose later.
 * Rows per unit from several minimum quantities on (of one list or of lists that follow one another)
 * become one volume rule with a tier from each minimum on, so that price_rule_amount of any quantity is
 * what pricelist_find would have given. Where a row with another model takes part, or more than TIERS_MAX
 * would be needed, the row of the question's own quantity holds for every quantity. Below the smallest
 * minimum the first tier's price holds. *row is the row that decides; false when there is none. */
bool pricelist_rule(const struct pricelist_price *prices, size_t count, const struct pricelist_question *question,
                    struct price_rule *rule, const struct pricelist_price **row);

/* True when both could be the price of one line: same list, key and minimum quantity, and a common day. */
bool pricelist_prices_overlap(const struct pricelist_price *a, const struct pricelist_price *b);

enum pricelist_refusal {
    PRICELIST_ACCEPTED = 1,
    PRICELIST_CURRENCY_UNKNOWN,
    PRICELIST_QUANTITY_BOUNDS, /* the minimum quantity is not in 0..QUANTITY_MAX_E4 */
    PRICELIST_DATES_REVERSED,  /* until_on is not after from_on */
    PRICELIST_PRICE_REFUSED,   /* price_rule_refusal says why */
    PRICELIST_OVERLAP,
};

/* The first row that cannot stand: `at` is its index and, for an overlap, `with` that of the earlier row
 * which it meets. Both untouched when accepted. */
enum pricelist_refusal pricelist_refusal(const struct pricelist_price *prices, size_t count, size_t *at,
                                         size_t *with);

#endif
