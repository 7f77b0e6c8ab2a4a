/* support: a migrated database for store tests.
 *
 * TACITE_TEST_TENANT names the configuration of a tenant whose database may be dropped; tests/store/run makes one. Each
 * suite begins in a house of its own: the tests of a suite share it, and each makes the rows that it needs. So every proof
 * reads the whole house and none reads what other suites wrote; a last test, all_of_it_is_sound, proves what a
 * suite leaves behind. */
#ifndef TACITE_TESTS_STORE_SUPPORT_H
#define TACITE_TESTS_STORE_SUPPORT_H

#include "test.h"

#include "service/invoicing.h"
#include "service/offer.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/tenant.h"

/* test_ctx() with tenant, connected application user, and a company (French, EUR). Migrates once per suite. */
struct ctx *store_ctx(void);

/* The same on the day of the newest invoice, when that is later than today: numbers are issued in the order of their
 * days, and the tests of a suite share one database. */
struct ctx *store_ctx_of_newest_day(void);

/* A second connection with its own arena, for races. Closed when the process ends. */
struct ctx *store_other_ctx(void);

/* A number that no other test of this run has; a text that begins with the stem and ends with such a number. */
int64_t store_unique(void);
char *unique(struct ctx *ctx, const char *stem);

/* For db_transaction: a sent offer (struct offer *) is signed as its customer does. */
enum err sign_offer(struct ctx *ctx, void *offer) MUST_USE;

/* A statement by the database's owner. */
enum err owner_runs(struct ctx *ctx, const char *sql) MUST_USE;
/* Asserts that not even the database's owner may. */
void as_owner_refused(struct ctx *ctx, const char *sql);

/* For db_transaction: what was sent is signed and becomes an order (struct confirming *). */
struct confirming {
    struct offer offer;
    struct invoice_ids ids;
};
enum err confirm_signed(struct ctx *ctx, void *confirming) MUST_USE;

/* For db_transaction: one invoice (struct issuing *). */
struct issuing {
    struct invoice_work work;
    struct invoice_ids ids;
};
enum err issue_one(struct ctx *ctx, void *issuing) MUST_USE;

/* A French business without a VAT number. */
struct customer new_business(struct ctx *ctx);

/* Asserts that every rule of the books holds and that the chains of documents and journal do. */
void books_are_sound(struct ctx *ctx);

#endif
