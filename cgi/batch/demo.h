/* demo: Atelier Nord of Lille: what the founding of the house (batch/demo) gives its year (batch/demo_year). */
#ifndef TACITE_BATCH_DEMO_H
#define TACITE_BATCH_DEMO_H

#include <stdint.h>

#include "batch/job.h"
#include "core/quote.h"
#include "store/customer.h"

enum demo_plan { PLAN_NONE = -1, PLAN_MONTH, PLAN_QUARTER, PLAN_YEAR, DEMO_PLANS };
enum demo_product { ATELIER, SUPPORT, STOCKAGE, BORNE, MISE_EN_SERVICE, FORMATION, LECTEUR, DEMO_PRODUCTS };

struct demo_template {
    const char *name;
    enum demo_plan plan;
    enum quote_acceptance acceptance;
};

struct demo {
    int64_t plan_id[DEMO_PLANS];
    int64_t product_id[DEMO_PRODUCTS];
    int64_t user_id;
};

struct demo_customer {
    struct customer is;
    bool vat_checked;
};

enum err make_demo_customer(struct ctx *ctx, const struct demo_customer *made, int64_t *customer_id) MUST_USE;
enum err make_demo_template(struct ctx *ctx, const struct demo *demo, const struct demo_template *made, int64_t *template_id) MUST_USE;

/* A year before today. The clock goes back for it: what is made from now on is of that day. */
enum { DEMO_DAYS = 392 };
enum err begin_demo_year(struct ctx *ctx) MUST_USE;
/* Its days until yesterday, one after the other: customers sign, pay, are late, change and leave; the batch does its work
 * each day. Afterwards the clock is the machine's again. */
enum err live_demo_year(struct job *job, const struct demo *demo) MUST_USE;

#endif
