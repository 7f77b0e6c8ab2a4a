/* smtp: hands one message to a mail server (libcurl). */
#ifndef TACITE_GATEWAY_SMTP_H
#define TACITE_GATEWAY_SMTP_H

#include <stddef.h>

#include "base/ctx.h"

enum smtp_outcome { SMTP_ACCEPTED = 1, SMTP_LATER, SMTP_REFUSED };

struct smtp_server {
    const char *url;      /* smtp://host:port or smtps://host:port */
    const char *user;     /* "" none */
    const char *password;
};

/* One recipient. 4xx, timeouts and broken connections are SMTP_LATER, 5xx SMTP_REFUSED; *detail says
 * why (arena). */
enum smtp_outcome smtp_send(struct ctx *ctx, const struct smtp_server *server, const char *from, const char *to,
                            const void *message, size_t bytes, const char **detail);

#endif
