/* vat_checking: asking VIES about a customer's VAT number, now or when it is due, and keeping what it said.
 *
 * Reverse charge needs a number that was checked (decisions.md 7, core/tax). VIES is often away: that never blocks
 * anything. What was known stays true, a number that nobody checked is charged with VAT as before, the customer is
 * flagged for the seller and asked about again: after a minute, then two, at most a day. After some failures in a row
 * nobody waits for VIES at all for a while (core/breaker). The call itself stands in no transaction; its answer is
 * evidence, kept for good: result, instant, consultation number. */
#ifndef TACITE_SERVICE_VAT_CHECKING_H
#define TACITE_SERVICE_VAT_CHECKING_H

#include <stdbool.h>
#include <stdint.h>

#include "service/once.h"
#include "store/customer.h"

enum vat_asked {
    VAT_ASKED_VALID = 1,
    VAT_ASKED_INVALID,
    VAT_ASKED_NO_ANSWER, /* flagged, and asked again later */
    VAT_ASKED_NOTHING,   /* the customer has no number that fits their country */
};

struct vat_asking {
    enum vat_asked asked;
    const char *url; /* of once */
};

/* tenant->vies_url must be set. Waits for VIES at most timeout_ms. */
enum err ask_about_customer(struct ctx *ctx, int64_t customer_id, long timeout_ms, const struct once *once,
                            struct vat_asking *result) MUST_USE;

/* In the transaction that changed the customer: asked about as soon as the batch runs when they are a company with a
 * number of another member state than the seller's, else never. */
enum err schedule_vat_check(struct ctx *ctx, const struct customer *customer) MUST_USE;

/* In the transaction that recorded a check: its flag is taken down, the next one is due after the company's days. */
enum err note_vat_checked(struct ctx *ctx, const struct customer *customer) MUST_USE;

/* Everything that is due, until stop() says so or VIES is away. */
struct vat_run {
    bool (*stop)(void);
    int64_t checked; /* answered */
    int64_t invalid; /* of these: not registered (any more): a person is asked */
    int64_t waiting; /* not answered */
};
enum err ask_due_vat_numbers(struct ctx *ctx, struct vat_run *run) MUST_USE;

#endif
