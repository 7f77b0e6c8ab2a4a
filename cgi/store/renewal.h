/* renewal: the two questions that a group of due subscriptions asks: who buys, and which lines. One
 * statement each for the whole group. */
#ifndef TACITE_STORE_RENEWAL_H
#define TACITE_STORE_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/subscription.h"

enum { RENEWAL_GROUP_MAX = 200 };

struct buyer {
    int64_t subscription_id;
    int64_t customer_id;
    int64_t version_id;
    unsigned char personal_digest[32];
    bool is_company;
    const char *country;
    const char *postal_code;
    const char *vat_id;
    bool vat_checked; /* a recorded check says that this number is valid */
    const char *language;
    const char *email;
    const char *name;
};

/* Of up to RENEWAL_GROUP_MAX subscriptions, in the order of their ids. */
enum err buyers_of(struct ctx *ctx, const struct subscription *subscriptions, size_t count, struct buyer **rows,
                   size_t *row_count) MUST_USE;
/* By subscription and position. */
enum err lines_of(struct ctx *ctx, const struct subscription *subscriptions, size_t count,
                  struct subscription_line **rows, size_t *row_count) MUST_USE;

/* What is due today: asked before anything is locked or reserved, so that a batch that finds nothing writes nothing. */
struct work_waiting {
    bool plain;
    bool consolidated; /* of customers who want one invoice for all */
    bool debited_first;
    bool releases;     /* of deferred revenue */
};
enum err work_waiting(struct ctx *ctx, struct work_waiting *waiting) MUST_USE;

#endif
