/* customers: making and changing customers, and recording that a VAT number was checked.
 *
 * The caller has checked every field (the form does); here a change becomes a new version. */
#ifndef TACITE_SERVICE_CUSTOMERS_H
#define TACITE_SERVICE_CUSTOMERS_H

#include <stdbool.h>

#include "service/once.h"
#include "store/customer.h"

struct customer_result {
    bool stale;        /* somebody else changed the customer since it was shown */
    bool no_vat_id;    /* nothing to check, or it is not well formed for the customer's country */
    int64_t id;
    const char *number;
    const char *url;
};

/* id 0: a new customer. shown_version_id: the version that the form was filled from. A changed mail
 * address ends the customer's portal links. */
enum err change_customer(struct ctx *ctx, struct customer *customer, int64_t shown_version_id,
                         const struct once *once, struct customer_result *result) MUST_USE;

/* The same as one part of the caller's transaction. */
enum err put_customer(struct ctx *ctx, struct customer *customer, int64_t shown_version_id, bool *stale) MUST_USE;

/* The seller's own check (of VIES or of a paper), with what proves it. */
struct vat_check_entry {
    int64_t customer_id;
    bool valid;
    int32_t checked_on;
    const char *evidence;
};
enum err record_vat_check(struct ctx *ctx, const struct vat_check_entry *entry,
                          const struct once *once, struct customer_result *result) MUST_USE;

#endif
