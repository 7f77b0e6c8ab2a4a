/* visiting: customers come in through links, without an account.
 *
 * A link's token is exchanged once per browser for a visit, whose grants say what may be seen
 * (decisions.md 4). Whoever has lost a link asks for another with a mail address and a document's
 * number, and always reads the same answer. */
#ifndef TACITE_SERVICE_VISITING_H
#define TACITE_SERVICE_VISITING_H

#include <stdbool.h>

#include "service/once.h"
#include "store/link.h"

enum opening {
    OPENING_DONE = 1,
    OPENING_DEAD,      /* unknown, expired, revoked, used */
    OPENING_TOO_MANY,  /* wrong tokens from this address: wait a minute */
    OPENING_RESET,     /* a seller's new password: the page takes the token on */
};

struct opened {
    enum opening opening;
    struct link link;
    char *cookie;      /* of the visit */
    const char *path;  /* where to go, "/q/Q-2026-00042" */
};

/* old_cookie: the browser's visit, NULL none. */
enum err open_link(struct ctx *ctx, const char *token, const char *old_cookie, struct opened *opened) MUST_USE;

/* Mails a link of 15 minutes to the address on file when mail address and document number belong
 * together; at most 5 an hour and customer. Never says whether it did. */
enum err request_link(struct ctx *ctx, const char *email, const char *number, const struct once *once, const char **url) MUST_USE;

#endif
