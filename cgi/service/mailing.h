/* mailing: mails of the outbox leave by SMTP, once each as far as a mail server can promise it.
 *
 * A mail is claimed with a lease, sent outside any transaction, then marked. Who dies between the
 * server's yes and the mark sends it again with the same Message-ID (trust.md C17). A mail waits for the
 * documents that it carries. 4xx and silence: again later, with growing pauses; 5xx or too many tries:
 * given up, an item for a person. Without a mail server in the configuration mails stay in the outbox.
 * What the mails of a claimed group say is read and written together, and again when five seconds have
 * passed: a demand that was paid meanwhile does not leave. */
#ifndef TACITE_SERVICE_MAILING_H
#define TACITE_SERVICE_MAILING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "service/mail_text.h"

struct mailing {
    /* The two bodies of a text (view); arena. */
    enum err (*render)(struct ctx *ctx, const struct letter *text, const char **plain, const char **html);
    bool (*stop)(void);  /* asked between mails; may be NULL */
    int64_t sent;
    int64_t later;
    int64_t dead;
    bool away;           /* the server takes nothing from us: the rest waits, and no try is counted */
};

enum err send_mails(struct ctx *ctx, struct mailing *state) MUST_USE;

/* Pause before the try after `tries` failed ones, in seconds; 0: give up. Pure. */
int64_t mail_pause_s(int tries);

#endif
