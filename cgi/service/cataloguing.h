/* cataloguing: products with their prices, plans, and templates with their lines.
 *
 * Nothing here touches a quote or a subscription: those keep copies. */
#ifndef TACITE_SERVICE_CATALOGUING_H
#define TACITE_SERVICE_CATALOGUING_H

#include <stdbool.h>
#include <stddef.h>

#include "service/once.h"
#include "store/catalogue.h"
#include "store/quote_template.h"

struct catalogue_result {
    bool stale;      /* somebody else saved it meanwhile (rev) */
    bool taken;      /* another one has this code or name */
    bool misplaced;     /* a unit: the base has a base itself, or others have this one as theirs */
    int64_t id;
    const char *url; /* "{ref}" of once->to is the id */
};

enum { PRICE_REMOVED = -1, COST_REMOVED = -1 };

/* id 0: a new one. Prices with unit_price_e4 PRICE_REMOVED are deleted; product_id is filled in. So are product->costs. */
enum err change_product(struct ctx *ctx, struct product *product, struct price *prices, size_t count,
                        const struct once *once, struct catalogue_result *result) MUST_USE;
/* The same as one part of the caller's transaction: ERR_DUPLICATE for a taken code, ERR_CONFLICT for a stale rev. */
enum err put_product(struct ctx *ctx, struct product *product, struct price *prices, size_t count) MUST_USE;
enum err change_plan(struct ctx *ctx, struct plan *plan, const struct once *once,
                     struct catalogue_result *result) MUST_USE;
/* id 0: a new one. What it says becomes a new version where it differs from the newest; its name, state and whom it is
 * offered to are changed in place. template->version and version_id are set. seller_ids, team_ids: to whom, none: to everybody. */
enum err change_template(struct ctx *ctx, struct quote_template *template,
                         const struct quote_template_line *lines, size_t count,
                         const struct once *once, struct catalogue_result *result) MUST_USE;

/* id 0: a new unit. The name of one that exists does not change: lines name it. */
struct unit;
enum err change_unit(struct ctx *ctx, struct unit *unit, const struct once *once,
                     struct catalogue_result *result) MUST_USE;

/* id 0: a new team. Its people are those of seller_ids from then on. */
struct seller_team;
enum err change_team(struct ctx *ctx, struct seller_team *team, const struct once *once, struct catalogue_result *result) MUST_USE;

#endif
