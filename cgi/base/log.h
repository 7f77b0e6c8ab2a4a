/* log: one line per event on stderr, as JSON with escaped control characters.
 *
 *     log_event(ctx, LOG_INFO, "invoice.issued", "number", number, "total", total, NULL);
 *
 * Never log a token, a cookie, an IBAN, a secret, a mail body or a full address. */
#ifndef TACITE_BASE_LOG_H
#define TACITE_BASE_LOG_H

struct ctx;

enum log_level { LOG_DEBUG = 1, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Nothing below this level is written; LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Name/value pairs of strings, ended by NULL. ctx may be NULL. */
void log_event(const struct ctx *ctx, enum log_level level, const char *event, ...)
    __attribute__((sentinel));

/* The ctx's error trail under this event name, at LOG_ERROR. */
void log_trail(const struct ctx *ctx, const char *event);

#endif
