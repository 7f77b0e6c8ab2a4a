/* renewal_preview: the next invoice of a subscription, with the change that waits for its day by then, as it will be issued. */
#ifndef TACITE_SERVICE_RENEWAL_PREVIEW_H
#define TACITE_SERVICE_RENEWAL_PREVIEW_H

#include <stdint.h>

#include "base/ctx.h"
#include "store/subscription.h"

struct renewal_preview {
    int32_t due_on; /* DATE_NONE: there is none */
    int64_t net_minor;
    int64_t vat_minor;
    int64_t total_minor;
};

enum err preview_renewal(struct ctx *ctx, const struct subscription *subscription, struct renewal_preview *preview) MUST_USE;

#endif
