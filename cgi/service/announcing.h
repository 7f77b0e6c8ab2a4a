/* announcing: a direct debit whose announcement was refused for good. It does not leave, because the payer is told before
 * it is made (SEP-01), and waits for a person: the e-mail goes to another address, or the customer was told otherwise. The
 * third way is a link to pay (service/attending): what is paid so is collected no more. */
#ifndef TACITE_SERVICE_ANNOUNCING_H
#define TACITE_SERVICE_ANNOUNCING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/once.h"
#include "store/outbox.h"

/* Of a mail: it announced a debit that still waits, and was given up. */
enum err awaits_announcement(struct ctx *ctx, const struct outbox_row *mail, bool *waits) MUST_USE;

struct announcing {
    int64_t mail_id;
    const char *address; /* the e-mail goes there, as if it were new; NULL: the customer was told otherwise, today */
    bool stale;          /* out: nothing waits for it any more */
    const char *url;     /* out: where once leads */
    const struct once *once; /* set by announce_debit */
};
/* The days that were agreed between notice and debit count from then on (service/debit_files). */
enum err announce_debit(struct ctx *ctx, struct announcing *announcing, const struct once *once) MUST_USE;

#endif
