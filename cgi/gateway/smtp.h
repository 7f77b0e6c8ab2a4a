/* smtp: hands one message to a mail server (libcurl). */
#ifndef TACITE_GATEWAY_SMTP_H
#define TACITE_GATEWAY_SMTP_H

#include <stddef.h>

#include "base/ctx.h"

enum smtp_outcome {
    SMTP_ACCEPTED = 1,
    SMTP_LATER,   /* this mail, by and by: 4xx, a connection that broke within it */
    SMTP_REFUSED, /* this mail, for good: 5xx to its recipient, its size or its text */
    SMTP_AWAY     /* every mail: the server is not there, or does not take our login or our sender */
};

struct smtp_server {
    const char *url;      /* smtp://host:port or smtps://host:port */
    const char *user;     /* "" none */
    const char *password;
};

/* One recipient; *detail says why not (arena). */
enum smtp_outcome smtp_send(struct ctx *ctx, const struct smtp_server *server, const char *from, const char *to,
                            const void *message, size_t bytes, const char **detail);

#endif
