#include "service/visiting.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/quote.h"
#include "store/session.h"
#include "store/subscription.h"

enum { WRONG_TOKENS_MAX = 20, LINKS_MAX = 5, LOGIN_MINUTES = 15 };

#define MINUTE (60 * CLOCK_SECOND)

static enum err path_of(struct ctx *ctx, const struct link *link, const char **path)
{
    struct quote quote;
    struct invoice invoice;

    switch (link->kind) {
    case LINK_KIND_QUOTE:
        TRY(ctx, quote_by_id(ctx, link->object_id, &quote));
        *path = arena_printf(ctx->arena, "/q/%s", quote.number);
        return OK;
    case LINK_KIND_PAY:
        TRY(ctx, asked_invoice(ctx, link->object_id, &invoice));
        *path = arena_printf(ctx->arena, "/pay/%s", invoice_is_claim(&invoice) ? claim_ref(ctx, invoice.id) : invoice.number);
        return OK;
    case LINK_KIND_MANAGE:
    case LINK_KIND_LOGIN:
    case LINK_KIND_RESET: break;
    }
    *path = "/my";
    return OK;
}

static const char *grant_kind(enum link_kind kind)
{
    return kind == LINK_KIND_QUOTE ? "quote" : kind == LINK_KIND_PAY ? "pay" : "manage";
}

enum err open_link(struct ctx *ctx, const char *token, const char *old_cookie, struct opened *opened)
{
    const char *key = arena_printf(ctx->arena, "link/address/%s", ctx->remote_addr);
    int32_t tries;
    enum err err;

    memset(opened, 0, sizeof *opened);
    TRY(ctx, tries_of(ctx, key, MINUTE, &tries));
    if (tries >= WRONG_TOKENS_MAX) {
        opened->opening = OPENING_TOO_MANY;
        return OK;
    }
    opened->opening = OPENING_DEAD;
    err = link_by_token(ctx, token, &opened->link);
    if (err == ERR_NOT_FOUND)
        return count_try(ctx, key, MINUTE, &tries);
    if (err != OK || !link_lives(&opened->link, ctx->now))
        return err;
    if (opened->link.kind == LINK_KIND_RESET) {
        opened->opening = OPENING_RESET;
        return OK;
    }
    err = opened->link.kind == LINK_KIND_LOGIN ? use_link_once(ctx, opened->link.id) : note_link_use(ctx, opened->link.id);
    if (err == ERR_CONFLICT)
        return opened->link.kind == LINK_KIND_LOGIN ? OK : err; /* of two racing uses one wins */
    if (err != OK)
        return err;
    TRY(ctx, path_of(ctx, &opened->link, &opened->path));
    TRY(ctx, open_visit(ctx, old_cookie, grant_kind(opened->link.kind), opened->link.object_id, opened->link.id, &opened->cookie));
    opened->opening = OPENING_DONE;
    return OK;
}

/* The customer that a document's number belongs to; 0 when there is none. */
static enum err customer_of_document(struct ctx *ctx, const char *number, int64_t *customer_id)
{
    struct quote quote;
    struct invoice invoice;
    struct subscription subscription;
    struct customer customer;
    enum err err = quote_by_number(ctx, number, &quote);

    *customer_id = 0;
    if (err == OK) {
        *customer_id = quote.state == QUOTE_DRAFT ? 0 : quote.customer_id;
        return OK;
    }
    if (err == ERR_NOT_FOUND && (err = invoice_by_number(ctx, number, &invoice)) == OK)
        *customer_id = invoice.customer_id;
    if (err == ERR_NOT_FOUND && (err = subscription_by_number(ctx, number, &subscription)) == OK)
        *customer_id = subscription.customer_id;
    if (err == ERR_NOT_FOUND && (err = customer_by_number(ctx, number, &customer)) == OK)
        *customer_id = customer.id;
    return err == ERR_NOT_FOUND ? OK : err;
}

struct asking {
    const char *email;
    const char *number;
    const struct once *once;
    const char **url;
};

static enum err queue_link(struct ctx *ctx, const struct customer *customer)
{
    struct link link = {.kind = LINK_KIND_LOGIN, .object_id = customer->id, .expires_at = ctx->now + LOGIN_MINUTES * MINUTE};
    struct mail mail = {.template = "link_new"};

    TRY(ctx, insert_mail_link(ctx, &mail, &link));
    mail_to_customer(&mail, customer);
    mail.dedup_key = arena_printf(ctx->arena, "link_new %lld", (long long)link.id);
    TRY(ctx, queue_mail(ctx, &mail));
    return note_audit(ctx, "link.request", arena_printf(ctx->arena, "customer %s", customer->number), "ok");
}

static enum err answer_asking(struct ctx *ctx, void *arg)
{
    const struct asking *a = arg;
    struct customer customer = {.email = ""};
    int64_t id;
    int32_t mails;

    TRY(ctx, customer_of_document(ctx, a->number, &id));
    if (id != 0)
        TRY(ctx, customer_by_id(ctx, id, &customer));
    if (id != 0 && strcasecmp(customer.email, a->email) == 0) { /* mails are counted: whoever only guesses keeps nobody from theirs */
        TRY(ctx, count_try(ctx, arena_printf(ctx->arena, "link/customer/%lld", (long long)id), 60 * MINUTE, &mails));
        if (mails <= LINKS_MAX)
            TRY(ctx, queue_link(ctx, &customer));
    }
    return spend_once(ctx, a->once, "", a->url);
}

enum err request_link(struct ctx *ctx, const char *email, const char *number, const struct once *once, const char **url)
{
    struct asking asking = {str_trim(ctx->arena, email), str_trim(ctx->arena, number), once, url};

    return db_transaction(ctx, answer_asking, &asking);
}
