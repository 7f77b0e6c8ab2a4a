/* tier: what a quantity costs under a price model, and the table of tiers behind it.
 *
 * Per unit: price * quantity. Flat: the price, whatever the quantity. Volume: the tier that holds the
 * whole quantity prices all of it. Graduated: each tier prices the part of the quantity that lies in it;
 * without flat fees that is continuous and never falls. A tier's flat fee is due once the tier is entered.
 *
 * What a rule charges is told as parts, each a quantity at a unit price: one for each tier that is used and
 * one for each fee. A part is one line of an invoice, so that every line of a document is its quantity times
 * its price (EN 16931 BR-CO: BT-131 = BT-129 * BT-146), rounded once by itself, and the net of a rule is the
 * sum of its parts' nets. price_rule_amount is exact, in 1/100,000,000 of the currency's unit. */
#ifndef TACITE_CORE_TIER_H
#define TACITE_CORE_TIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/money.h"

#define TIER_OPEN INT64_MAX /* up_to_e4 of the last tier */

enum { TIERS_MAX = 20, TIERS_TEXT_BYTES = TIERS_MAX * 48 };

enum price_model {
    PRICE_PER_UNIT = 1,
    PRICE_VOLUME,
    PRICE_GRADUATED,
    PRICE_FLAT,
};

/* The database's words: "per_unit", "volume", "graduated", "flat"; 0 when unknown. */
const char *price_model_name(enum price_model model);
enum price_model price_model_from_name(const char *name);

/* True when the model prices by a table of tiers. */
bool price_model_has_tiers(enum price_model model);

struct tier {
    int64_t up_to_e4;      /* last quantity of the tier, included; TIER_OPEN: no end */
    int64_t unit_price_e4;
    int64_t flat_e4;       /* once, when the tier is used */
};

/* A price as it is agreed and frozen: the model with all that it needs. */
struct price_rule {
    enum price_model model;
    int64_t unit_price_e4; /* per unit and flat; not read with tiers */
    size_t tier_count;     /* 0 unless price_model_has_tiers */
    struct tier tier[TIERS_MAX];
};

enum tier_refusal {
    TIER_ACCEPTED = 1,
    TIER_MODEL_UNKNOWN,
    TIER_MISSING,          /* volume and graduated need at least one tier */
    TIER_UNWANTED,         /* per unit and flat have none */
    TIER_TOO_MANY,
    TIER_PRICE_BOUNDS,     /* a price or fee is negative or above UNIT_PRICE_MAX_E4 */
    TIER_OUT_OF_ORDER,     /* an upper bound is not above the one before it */
    TIER_QUANTITY_BOUNDS,  /* an upper bound above QUANTITY_MAX_E4 */
    TIER_CLOSED,           /* the last tier has an end: larger quantities would have no price */
};

/* `at` is the index of the tier at fault (0 when none is); may be NULL. */
enum tier_refusal price_rule_refusal(const struct price_rule *rule, size_t *at);

/* The exact amount of a quantity, before discount, in 1/100,000,000 of the currency's unit. False when
 * the rule is not acceptable or the quantity is not in 1..QUANTITY_MAX_E4. */
bool price_rule_amount(const struct price_rule *rule, int64_t quantity_e4, __int128 *amount_e8);

struct price_part {
    int64_t quantity_e4;   /* QUANTITY_ONE of a fee or a flat price */
    int64_t unit_price_e4;
    int64_t above_e4;      /* the tier begins above this quantity; 0: at the first part of a unit */
    int64_t up_to_e4;      /* its last quantity; TIER_OPEN: no end */
    bool fee;              /* the tier's flat fee, or a flat price */
};
enum { PRICE_PARTS_MAX = 2 * TIERS_MAX };

/* The parts in the order of the tiers; 0 when there is no amount (see price_rule_amount). Fees of 0 are no
 * part; a tier that costs nothing is one. */
size_t price_rule_parts(const struct price_rule *rule, int64_t quantity_e4, struct price_part parts[PRICE_PARTS_MAX]);

/* An amount off a line as amounts off its parts, in proportion to their nets; what it has no net for is left out. */
void price_parts_off(const struct price_part *parts, size_t count, int64_t amount_minor, const struct currency *currency,
                     int64_t shares[PRICE_PARTS_MAX]);

/* Net in minor units: the sum of line_net of the parts. False when out of bounds. */
bool price_rule_net(const struct price_rule *rule, int64_t quantity_e4, int32_t discount_ppm,
                    const struct currency *currency, int64_t *net_minor);

/* Tiers as one canonical text, for frozen copies: "up_to:unit_price:flat" in ten-thousandths, joined by
 * ';', the open end as '*'; empty without tiers. What is written reads back equal, and reading takes
 * nothing that writing would not give. */
const char *tiers_text(const struct price_rule *rule, char text[TIERS_TEXT_BYTES]);
bool tiers_parse(const char *text, struct price_rule *rule); /* sets tier and tier_count only */

/* A frozen price as the database keeps it: model's name (NULL: "per_unit"), tiers' text (NULL: none), price.
 * False when they do not make an acceptable rule. */
bool price_rule_read(const char *model, const char *tiers, int64_t unit_price_e4, struct price_rule *rule);

#endif
