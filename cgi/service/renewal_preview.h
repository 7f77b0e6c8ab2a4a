/* renewal_preview: the next invoices of a subscription as they will be issued. */
#ifndef TACITE_SERVICE_RENEWAL_PREVIEW_H
#define TACITE_SERVICE_RENEWAL_PREVIEW_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/subscription.h"

struct renewal_preview {
    int32_t due_on; /* DATE_NONE: there is none */
    int64_t net_minor;
    int64_t vat_minor;
    int64_t total_minor;
};

/* The next one, with the change that waits for its day by then. */
enum err preview_renewal(struct ctx *ctx, const struct subscription *subscription, struct renewal_preview *preview) MUST_USE;

/* The next ones, at most max, of a contract with these lines: without what waits. */
enum err preview_bills(struct ctx *ctx, const struct subscription *subscription, const struct subscription_line *lines, size_t line_count,
                       struct renewal_preview *bills, size_t max, size_t *count) MUST_USE;

#endif
