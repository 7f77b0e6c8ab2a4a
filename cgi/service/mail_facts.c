/* What the mails of a group are about: read for all of them with the first that asks, or once for each thing. */
#include "service/mail_writing.h"

#include "base/check.h"
#include "service/offer.h"
#include "service/renewal_preview.h"
#include "store/payable.h"

struct told_offer {
    int64_t quote_id;
    struct offer offer;
};

struct told_renewal {
    int64_t subscription_id;
    struct renewal_preview next;
};

struct mail_facts {
    const struct outbox_row *rows;
    size_t count;
    bool asked_known;
    struct asked *asked;
    size_t asked_count;
    bool subscriptions_known;
    struct subscription *subscriptions;
    size_t subscription_count;
    bool methods_known;
    struct method_shown *methods;
    size_t method_count;
    struct told_offer *offers; /* room for one a mail */
    size_t offer_count;
    struct told_renewal *renewals;
    size_t renewal_count;
};

struct mail_facts *mail_facts_of(struct ctx *ctx, const struct outbox_row *rows, size_t count)
{
    struct mail_facts *facts = ARENA_NEW(ctx->arena, struct mail_facts);

    *facts = (struct mail_facts){.rows = rows, .count = count, .offers = ARENA_ARRAY(ctx->arena, struct told_offer, count),
                                 .renewals = ARENA_ARRAY(ctx->arena, struct told_renewal, count)};
    return facts;
}

/* Adds an id to those of a statement; each once. */
static void want(int64_t *ids, size_t *count, int64_t id)
{
    for (size_t i = 0; i < *count; i++)
        if (ids[i] == id)
            return;
    if (id != 0)
        ids[(*count)++] = id;
}

enum err mail_asked(struct writing *w, struct asked *asked)
{
    struct mail_facts *f = w->facts;

    if (!f->asked_known) {
        int64_t *ids = ARENA_ARRAY(w->ctx->arena, int64_t, f->count);
        size_t count = 0;

        for (size_t i = 0; i < f->count; i++)
            want(ids, &count, f->rows[i].invoice_id);
        TRY(w->ctx, asked_facts(w->ctx, ids, count, &f->asked, &f->asked_count));
        f->asked_known = true;
    }
    for (size_t i = 0; i < f->asked_count; i++)
        if (f->asked[i].invoice_id == w->row->invoice_id) {
            *asked = f->asked[i];
            return OK;
        }
    return ERR_NOT_FOUND;
}

enum err mail_subscription(struct writing *w, struct subscription *s)
{
    struct mail_facts *f = w->facts;

    if (!f->subscriptions_known) {
        int64_t *ids = ARENA_ARRAY(w->ctx->arena, int64_t, f->count);
        size_t count = 0;

        for (size_t i = 0; i < f->count; i++)
            want(ids, &count, f->rows[i].subscription_id);
        TRY(w->ctx, subscriptions_by_ids(w->ctx, ids, count, &f->subscriptions, &f->subscription_count));
        f->subscriptions_known = true;
    }
    for (size_t i = 0; i < f->subscription_count; i++)
        if (f->subscriptions[i].id == w->row->subscription_id) {
            *s = f->subscriptions[i];
            return OK;
        }
    return ERR_NOT_FOUND;
}

enum err mail_method(struct writing *w, int64_t method_id, const struct method_shown **method)
{
    struct mail_facts *f = w->facts;

    CHECK(f->subscriptions_known); /* it came from there */
    if (!f->methods_known) {
        int64_t *ids = ARENA_ARRAY(w->ctx->arena, int64_t, f->subscription_count);
        size_t count = 0;

        for (size_t i = 0; i < f->subscription_count; i++)
            want(ids, &count, f->subscriptions[i].payment_method_id);
        TRY(w->ctx, methods_shown_by_ids(w->ctx, ids, count, &f->methods, &f->method_count));
        f->methods_known = true;
    }
    for (size_t i = 0; i < f->method_count; i++)
        if (f->methods[i].id == method_id) {
            *method = &f->methods[i];
            return OK;
        }
    return ERR_NOT_FOUND;
}

enum err mail_offer(struct writing *w, struct offer *offer)
{
    struct mail_facts *f = w->facts;

    for (size_t i = 0; i < f->offer_count; i++)
        if (f->offers[i].quote_id == w->row->quote_id) {
            *offer = f->offers[i].offer;
            return OK;
        }
    TRY(w->ctx, load_offer(w->ctx, w->row->quote_id, 0, offer));
    f->offers[f->offer_count++] = (struct told_offer){w->row->quote_id, *offer};
    return OK;
}

enum err mail_renewal(struct writing *w, const struct subscription *s, struct renewal_preview *next)
{
    struct mail_facts *f = w->facts;

    for (size_t i = 0; i < f->renewal_count; i++)
        if (f->renewals[i].subscription_id == s->id) {
            *next = f->renewals[i].next;
            return OK;
        }
    TRY(w->ctx, preview_renewal(w->ctx, s, next));
    f->renewals[f->renewal_count++] = (struct told_renewal){s->id, *next};
    return OK;
}
