/* contract: one customer's contract of five licences a month, for tests of what changes it: signed, run day by day, changed,
 * and what its invoices come to. */
#ifndef TACITE_TESTS_CONTRACT_H
#define TACITE_TESTS_CONTRACT_H

#include "support.h"

#include <string.h>

#include "core/date.h"
#include "service/amending.h"
#include "service/cataloguing.h"
#include "service/customers.h"
#include "service/ending.h"
#include "service/metering.h"
#include "service/revising.h"
#include "service/invoicing.h"
#include "service/quoting.h"
#include "service/renewal_quoting.h"
#include "service/settling.h"
#include "store/credit.h"
#include "store/invoice.h"
#include "store/seller_user.h"
#include "store/subscription.h"
#include "seeded.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/"})

/* What a contract of these tests is made of. */
struct world {
    int64_t monthly_id;
    int64_t yearly_id;
    int64_t licence_id; /* 12.00 a month, 120.00 a year */
    int64_t option_id;  /* 31.00 a month, no price a year */
    int64_t setup_id;   /* 50.00 once */
    int64_t customer_id;
    int64_t user_id;
};

/* One more line of a contract before its second period, which bills it. */
struct more {
    int64_t quantity_e4;
    const char *model; /* NULL: a price for each */
    const char *tiers;
    int64_t unit_price_e4;
    const char *timing; /* NULL: in advance */
    int64_t discount_minor;
    int32_t discount_periods;
};

/* A name that nothing else in this run has. */
char *contract_name(struct ctx *ctx, const char *stem);
/* Another product with its prices, at most two; its id. */
int64_t contract_product(struct ctx *ctx, const char *name, const struct price *list, size_t count);
struct world contract_world(struct ctx *ctx);
/* Five of the licence a month from today, at a price that the seller types; at 12.00. */
struct subscription signed_up_at(struct ctx *ctx, const struct world *w, int64_t price_e4);
struct subscription signed_up(struct ctx *ctx, const struct world *w);
/* The 15th of the month after next: nothing was issued on it yet. */
int32_t fifteenth(const struct ctx *ctx);
/* Five of the licence on that day, which becomes today. */
struct subscription signed_on_the_fifteenth(struct ctx *ctx, const struct world *w);
/* A day of the batch: planned changes, renewals, revenue. */
void contract_run(struct ctx *ctx, int32_t on);
struct amending wished(const struct subscription *s, enum amendment_kind kind, enum amendment_when when);
/* What is previewed is done, to the cent, in VAT and in total. */
void preview_then_make(struct ctx *ctx, struct amending *a);
struct subscription contract_now(struct ctx *ctx, const struct subscription *s);
/* Net invoiced less credited, and how many documents. */
int64_t contract_net(struct ctx *ctx, const struct subscription *s, size_t *count);
/* With one more line, billed by the second period. */
struct subscription contract_with(struct ctx *ctx, const struct subscription *s, const struct more *more);
void contract_discounted(struct ctx *ctx, struct subscription *s, const char *discounts);
struct amending wished_quantity(const struct subscription *s, const struct amending_line *line, enum amendment_when when);
/* A wish that is previewed and made. */
struct amending change_quantity(struct ctx *ctx, const struct subscription *s, const struct amending_line *line, enum amendment_when when);
struct amending amend(struct ctx *ctx, const struct subscription *s, enum amendment_kind kind, enum amendment_when when);
/* The day on which it is due goes by; as it stands then. */
struct subscription contract_renewed(struct ctx *ctx, const struct subscription *s);

#endif
