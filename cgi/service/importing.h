/* importing: a subscription that ran elsewhere goes on here, without an order.
 *
 * external_ref is UNIQUE: a second one is ERR_DUPLICATE. The next batch run bills it from next_index on like any
 * other; nobody is mailed. */
#ifndef TACITE_SERVICE_IMPORTING_H
#define TACITE_SERVICE_IMPORTING_H

#include "store/subscription.h"

/* As one part of the caller's transaction. Sets id and number; the lines' subscription. */
enum err put_imported_subscription(struct ctx *ctx, const char *prefix, struct subscription *subscription,
                                   struct subscription_line *lines, size_t count) MUST_USE;

#endif
