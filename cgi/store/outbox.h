/* outbox: mail to send, written in the transaction of its cause.
 *
 * A row names template, language, recipient and the texts that the template needs; the batch renders
 * and sends it. A link's token is sealed under the tenant's key and wiped once the mail left. The dedup
 * key makes a mail unique for its cause: queueing it twice is harmless. */
#ifndef TACITE_STORE_OUTBOX_H
#define TACITE_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct mail {
    int64_t id;
    const char *template;        /* "quote_sent": templates/mail/ */
    const char *language;
    const char *to_address;
    const char *to_name;
    int64_t customer_id;         /* 0: none, as below */
    int64_t quote_id;
    int64_t subscription_id;
    int64_t invoice_id;
    int64_t link_id;
    const char *params;          /* history_params; NULL: none */
    const char *token;           /* of the link, sealed here; NULL: none */
    const char *dedup_key;
};

/* To this customer, in their language, by the one rule of all mails: read again, the row names the person there where one is
 * known, else the customer. */
struct customer;
void mail_to_customer(struct mail *mail, const struct customer *customer);

/* Makes the link (store/link) and gives it to the mail, which alone carries its token. */
struct link;
enum err insert_mail_link(struct ctx *ctx, struct mail *mail, struct link *link) MUST_USE;

struct outbox_row {
    int64_t id;
    const char *template;
    const char *language;
    const char *to_address;
    const char *to_name;         /* of a customer: the person there today, where one is known */
    int64_t customer_id;
    int64_t quote_id;
    int64_t subscription_id;
    int64_t invoice_id;
    int64_t link_id;
    const char *params;
    const char *sealed;          /* "" once sent */
    const char *dedup_key;
    const char *message_id;
    const char *state;           /* "waiting", "sent", "dead", "needless": what it asks for was paid before it left, or it tells of an invoice of
                                  * nothing, "told": another way (service/announcing) */
    int32_t tries;
    int64_t next_try_at;
    const char *error;
    int64_t created_at;
    int64_t sent_at;
};

/* Sets mail->id; an earlier row with the same dedup_key is left as it is (id 0). */
enum err queue_mail(struct ctx *ctx, struct mail *mail) MUST_USE;

/* Many in one round trip, whose causes happen in this transaction for the first time: a dedup_key that is there
 * already is ERR_DUPLICATE. A mail with a token refers to its link by the token; ids stay unknown. */
enum err queue_mails(struct ctx *ctx, const struct mail *mails, size_t count) MUST_USE;
/* The same where a cause may have happened before: a mail of it that is there already is left as it is. */
enum err queue_mails_once(struct ctx *ctx, const struct mail *mails, size_t count) MUST_USE;

/* Whether a mail of this cause was queued before. */
enum err mail_is_queued(struct ctx *ctx, const char *dedup_key, bool *queued) MUST_USE;

enum err outbox_by_id(struct ctx *ctx, int64_t id, struct outbox_row *row) MUST_USE;
enum err lock_mail(struct ctx *ctx, int64_t id, struct outbox_row *row) MUST_USE;
/* Newest first, rows below before_id (0: all). */
enum err outbox_list(struct ctx *ctx, int64_t before_id, int32_t limit, struct outbox_row **rows,
                     size_t *count) MUST_USE;
/* Mails that are due, oldest first, each leased until lease_until_at: whoever took them sends them, and
 * when he dies they come back. */
enum err claim_mails(struct ctx *ctx, int32_t limit, int64_t lease_until_at, struct outbox_row **rows,
                     size_t *count) MUST_USE;
enum err mails_are_due(struct ctx *ctx, bool *due) MUST_USE;
enum err count_due_mails(struct ctx *ctx, int64_t *count) MUST_USE;

/* What became of a mail; only a waiting row changes. Sent and dead ones lose their token. */
enum err mark_mail_sent(struct ctx *ctx, int64_t id) MUST_USE;
enum err mark_mail_dead(struct ctx *ctx, int64_t id, const char *error) MUST_USE;
enum err mark_mail_needless(struct ctx *ctx, int64_t id) MUST_USE;
/* Of one that was given up: it waits again, for another address, or the reader was told otherwise now. ERR_CONFLICT when
 * it is not a dead one. */
enum err revive_mail(struct ctx *ctx, int64_t id, const char *to_address) MUST_USE;
enum err mark_mail_told(struct ctx *ctx, int64_t id) MUST_USE;
/* Counts a try when error is not "". */
enum err postpone_mail(struct ctx *ctx, int64_t id, const char *error, int64_t next_try_at) MUST_USE;

/* The token of a row; "" when it is wiped or there is none. ERR_CORRUPT when it does not open. */
/* The place to which the token of the mail with this Message-ID is bound. */
char *outbox_seal_place(struct ctx *ctx, const char *message_id);

enum err outbox_token(struct ctx *ctx, const struct outbox_row *row, const char **token) MUST_USE;

#endif
