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
#include "service/contract_quoting.h"
#include "service/contract_then.h"
#include "service/ordering.h"
#include "service/quoted_change.h"
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

/* The contract of a test, and who is around it. */
struct contract {
    struct ctx *ctx;
    struct world w;
    struct subscription s; /* as it was read last */
};

/* Another product with its prices, at most two; its id. */
int64_t contract_product(struct ctx *ctx, const char *name, const struct price *list, size_t count);
struct world contract_world(struct ctx *ctx);
/* Five of the licence a month from today, at a price that the seller types; at 12.00. */
struct subscription signed_up_at(struct ctx *ctx, const struct world *w, int64_t price_e4);
struct subscription signed_up(struct ctx *ctx, const struct world *w);

/* ---- signed ---- */

/* Nothing is signed yet. Today is the 15th of the month after next: nothing was issued on it. */
struct contract contract_begun(void);
void contract_signs(struct contract *c);
/* Both: five of the licence a month, 60.00, from the 15th on. */
struct contract contract_signed(void);
/* With one more line, billed by the second period, which begins today. */
void contract_with(struct contract *c, const struct more *more);
/* With discounts of the document. */
void contract_discounted(struct contract *c, const char *discounts);

/* ---- days ---- */

/* Today is so many days before the end of the period at hand. */
void days_left(struct contract *c, int days);
/* What so many days of that period are of an amount. */
int64_t share_of(const struct contract *c, int64_t minor, int days);
/* A day of the batch: planned changes, renewals, revenue. */
void contract_run(struct contract *c, int32_t on);
/* The day on which it is due goes by. */
void contract_renewed(struct contract *c);
/* The same, and what that day bills, net. */
int64_t contract_bills(struct contract *c);

/* ---- changed ---- */

struct amending wished(const struct subscription *s, enum amendment_kind kind, enum amendment_when when);
struct amending wished_lines(const struct contract *c, const struct amending_line *lines, size_t count, enum amendment_when when);
/* What is previewed is done, to the cent, in VAT and in total. */
void preview_then_make(struct ctx *ctx, struct amending *a);
/* Such a wish, previewed and made. */
struct amending contract_changed(struct contract *c, const struct amending_line *lines, size_t count, enum amendment_when when);
struct amending amend(struct contract *c, enum amendment_kind kind, enum amendment_when when);

/* ---- as it stands ---- */

/* Reads it again. */
struct subscription contract_now(struct contract *c);
/* Net invoiced less credited; how many documents. */
int64_t contract_net(const struct contract *c);
size_t contract_documents(const struct contract *c);

#endif
