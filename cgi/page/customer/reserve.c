/* reserve: the customer's other cards on the page of a subscription: which of them may pay it when its own will not any
 * more. Only for those who may see all of the customer's: a card of another contract is nobody else's to know. */
#include "base/str.h"
#include "page/customer/customer.h"
#include "page/subscription_view.h"
#include "service/reserving.h"
#include "store/payable.h"
#include "store/reserve.h"
#include "text/words.h"

/* What the customer agrees to, as it stands beside the button and is kept. */
static const char *agreed_words(const struct page *page, const struct subscription *s, const char *card)
{
    return tr_fill(page->ctx->arena,
                   "When the card of subscription {number} has expired, or its bank refuses it for good, open invoices of this subscription may be "
                   "debited from my other card instead: {card}. I can take this back on this page at any time.",
                   "number", s->number, "card", card, NULL);
}

enum err customer_reserves(struct page *page, HDF *hdf, const struct subscription *s)
{
    struct payment_method own;
    struct other_card *cards;
    size_t count;

    if (str_equal(s->state, "ended") || s->payment_method_id == 0 || !page_may(page, 0, 0, s->customer_id))
        return OK;
    TRY(page->ctx, payment_method_by_id(page->ctx, s->payment_method_id, &own));
    if (!str_equal(own.gateway, "stripe"))
        return OK;
    TRY(page->ctx, other_cards(page->ctx, s->id, &cards, &count));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Reserves", (int)i);
        const char *card, *state;

        TRY(page->ctx, view_method(page, cards[i].method_id, &card, &state));
        hdf_text(node, "card", card);
        hdf_text(node, "action", arena_printf(page->ctx->arena, "/my/subscriptions/%s/reserve/%lld%s", s->number, (long long)cards[i].method_id,
                                              cards[i].reserve ? "/end" : ""));
        if (cards[i].reserve)
            hdf_text(node, "agreed", tr_fill(page->ctx->arena, "{card}: allowed by you on {date}", "card", card, "date", page_date(page, cards[i].agreed_on), NULL));
        else
            hdf_text(node, "words", agreed_words(page, s, card));
    }
    return OK;
}

static enum err post(struct page *page, bool allows)
{
    const struct once once = customer_once(page, allows ? "/my/subscriptions/{ref}?did=reserve" : "/my/subscriptions/{ref}?did=noreserve");
    struct reserve_act act = {.allows = allows};
    struct other_card *cards;
    struct subscription s;
    size_t count, i = 0;
    const char *card, *state;
    long long id;
    enum err err = visible_subscription(page, page->arg[0], &s);

    if (err != OK)
        return err;
    if (!page_may(page, 0, 0, s.customer_id) || !str_to_i64(page->arg[1], 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(page->ctx, other_cards(page->ctx, s.id, &cards, &count));
    while (i < count && cards[i].method_id != id)
        i++;
    if (i == count)
        return ERR_NOT_FOUND;
    if (!page_press(page))
        return OK;
    TRY(page->ctx, view_method(page, id, &card, &state));
    act.subscription_id = s.id;
    act.subscription_number = s.number;
    act.method_id = id;
    act.last4 = cards[i].last4;
    act.words = agreed_words(page, &s, card);
    TRY(page->ctx, change_reserve(page->ctx, &act, &once));
    return page_see(page, "%s", act.url);
}

enum err page_my_reserve_post(struct page *page)
{
    return post(page, true);
}

enum err page_my_reserve_end_post(struct page *page)
{
    return post(page, false);
}
