/* vat_recheck: whose VAT number VIES is asked about next, and when VIES is left alone. */
#ifndef TACITE_STORE_VAT_RECHECK_H
#define TACITE_STORE_VAT_RECHECK_H

#include <stdint.h>

#include "base/ctx.h"
#include "core/breaker.h"

struct vat_recheck {
    int64_t customer_id;
    int64_t next_try_at;
    int32_t tries;      /* in a row without an answer */
    const char *reason; /* why the last one had none: "MS_UNAVAILABLE"; "" when it had */
};

/* ERR_NOT_FOUND: nobody asks about this customer. */
enum err vat_recheck_of(struct ctx *ctx, int64_t customer_id, struct vat_recheck *row) MUST_USE;
/* The longest due row that no other batch holds, locked in the transaction; ERR_NOT_FOUND when nothing is due. */
enum err lock_due_vat_recheck(struct ctx *ctx, struct vat_recheck *row) MUST_USE;
/* How many are due. */
enum err count_due_vat_rechecks(struct ctx *ctx, int64_t *count) MUST_USE;
/* Makes the customer's row or changes it. */
enum err save_vat_recheck(struct ctx *ctx, const struct vat_recheck *row) MUST_USE;
enum err delete_vat_recheck(struct ctx *ctx, int64_t customer_id) MUST_USE;

/* country: the first two letters of a number, "" for VIES as a whole. A breaker that nothing is known of is closed. */
enum err vies_breaker(struct ctx *ctx, const char *country, struct breaker *breaker) MUST_USE;
enum err save_vies_breaker(struct ctx *ctx, const char *country, const struct breaker *breaker) MUST_USE;
/* An answer came: that member state's and the whole's are closed. */
enum err close_vies_breakers(struct ctx *ctx, const char *country) MUST_USE;

#endif
