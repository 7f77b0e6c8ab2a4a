/* vies: the European Commission's service that says whether a VAT number is registered (its REST interface).
 *
 * Only a complete answer about exactly the number that was asked is VALID or INVALID; everything else (a member state
 * or the service that does not answer, a time-out, a cut or foreign body) is NO_ANSWER and says nothing about the
 * number. With the seller's own number VIES gives a consultation number: the proof that the check was made. */
#ifndef TACITE_GATEWAY_VIES_H
#define TACITE_GATEWAY_VIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

enum vies_verdict { VIES_VALID = 1, VIES_INVALID, VIES_NO_ANSWER };

struct vies_question {
    const char *base;      /* https://ec.europa.eu/taxation_customs/vies/rest-api, no slash at the end */
    const char *vat_id;    /* normalised, with its prefix */
    const char *requester; /* the seller's number, normalised; "" none: no consultation number then */
    long timeout_ms;
};

struct vies_answer {
    enum vies_verdict verdict;
    const char *consultation; /* "requestIdentifier"; "" when none was given */
    const char *name;         /* of the registered company; "" where the member state does not tell */
    const char *reason;       /* of NO_ANSWER, for the log and the seller: "MS_UNAVAILABLE", "TIMEOUT"; else "" */
    bool state_only;          /* NO_ANSWER: only the number's member state is away */
};

/* Always gives an answer: failures are answers too. */
void vies_ask(struct ctx *ctx, const struct vies_question *question, struct vies_answer *answer);

/* What a body means for the number that was asked. */
void vies_read(struct ctx *ctx, long status, const char *body, size_t bytes, const char *vat_id, struct vies_answer *answer);

#endif
