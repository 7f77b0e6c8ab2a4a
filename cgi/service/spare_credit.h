/* spare_credit: what credit notes left pays the customer's next invoices, as they are issued. */
#ifndef TACITE_SERVICE_SPARE_CREDIT_H
#define TACITE_SERVICE_SPARE_CREDIT_H

#include <stddef.h>

#include "service/invoicing.h"

struct credit_pool {
    struct credit_holder *holders; /* who may have some; more than there is room for: everybody may */
    size_t holder_count;
    struct spare_credit *first;
    struct spare_credit **end;
    size_t count;
    struct credit_allocation *uses;
    size_t use_count;
};

/* What notes leave, in order, and what invoices take of it. A note pays what is open of its own invoice first. */
enum err share_credit(struct ctx *ctx, struct invoice_work *works, size_t count, struct credit_pool *pool) MUST_USE;
/* After the documents are stored. */
enum err save_credit(struct ctx *ctx, const struct credit_pool *pool) MUST_USE;

#endif
