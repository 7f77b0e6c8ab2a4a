/* What mails say of running contracts: trials, ends, prices, changes, and the card that pays them. */
#include "service/mail_writing.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "service/ending.h"
#include "service/revising.h"
#include "store/amendment.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

/* Three days before: what comes then, or that nothing does. */
enum err write_trial_ending(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    bool stops;

    TRY(w->ctx, mail_subscription(w, &s));
    stops = s.payment_method_id == 0 && str_equal(s.trial_end, "stop");
    w->text->subject = mail_fill_number(w, "Subscription {number}: your trial ends soon", s.number);
    if (s.trial_until_on == DATE_NONE)
        return OK;
    mail_say(w, stops ? tr_fill(arena, "Your trial ends on {date}. Without a payment method the subscription stops then, and nothing is billed.",
                                "date", mail_day(w, s.trial_until_on), NULL)
                      : tr_fill(arena, "Your trial ends on {date}. The subscription is billed from that day on.", "date",
                                mail_day(w, s.trial_until_on), NULL));
    TRY(w->ctx, mail_subscription_facts(w, &s));
    mail_button(w, stops ? tr("Add a payment method") : tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_end_planned(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    int32_t on;

    TRY(w->ctx, mail_subscription(w, &s));
    if (!date_parse_iso(mail_param(w, "on"), &on))
        return ERR_CORRUPT;
    w->text->subject = mail_fill_number(w, "Subscription {number}: its end is planned", s.number);
    mail_say(w, tr_fill(arena, "Your subscription ends. Its last day is {date}; nothing is billed for later days.", "date", mail_day(w, on - 1), NULL));
    mail_say(w, customer_planned_end(&s) ? tr("Until then you can take it back on its page.") : tr("Until then it can be taken back: write to us."));
    TRY(w->ctx, mail_subscription_facts(w, &s));
    mail_button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_end_undone(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, mail_subscription(w, &s));
    w->text->subject = mail_fill_number(w, "Subscription {number} goes on", s.number);
    mail_say(w, tr("The planned end was taken back. Your subscription goes on as before."));
    TRY(w->ctx, mail_subscription_facts(w, &s));
    mail_button(w, tr("See my subscription"), arena_printf(w->ctx->arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_subscription_ended(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;

    TRY(w->ctx, mail_subscription(w, &s));
    w->text->subject = mail_fill_number(w, "Subscription {number} has ended", s.number);
    mail_say(w, str_equal(s.end_reason, "trial")
                    ? tr("Your trial has ended without a payment method. The subscription has stopped; nothing was billed.")
                : str_equal(s.end_reason, "term") ? tr("The agreed term is over. The subscription has ended.")
                                                  : tr("The subscription has ended, as was planned."));
    mail_fact(w, tr("Subscription"), s.number);
    mail_fact(w, tr("Last day"), mail_day(w, s.ends_on - 1));
    mail_button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

/* The lines of the subscription that a revision changes, old and new price; none when it was undone meanwhile. */
static enum err revised_prices(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct revised *rows;
    size_t count;
    long long id;

    if (!str_to_i64(mail_param(w, "revision"), 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(w->ctx, revision_rows(w->ctx, id, w->row->subscription_id - 1, w->row->subscription_id, INT32_MAX, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const struct revised *r = &rows[i];
        const char *tiers = phrase_price(arena, w->row->language, &r->revised, r->subscription.currency);

        mail_fact(w, r->line.description,
                  price_model_has_tiers(r->revised.model)
                      ? tiers
                      : tr_fill(arena, "{new} instead of {old}, excl. VAT", "new",
                                format_price(arena, w->row->language, r->revised.unit_price_e4, r->subscription.currency), "old",
                                format_price(arena, w->row->language, r->rule.unit_price_e4, r->subscription.currency), NULL));
    }
    return OK;
}

/* "Syntec: 317.9 / 313.4": what the clause makes of it. */
static enum err indexed_from(struct writing *w, const struct price_revision *revision)
{
    struct arena *arena = w->ctx->arena;
    struct revision_base base = {.then_e4 = revision->then_e4};
    enum err err = revision_base_of(w->ctx, revision->id, w->row->subscription_id, &base);

    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(w->ctx);
    if (base.then_e4 != 0)
        mail_fact(w, tr("Indexation"), tr_fill(arena, "{index}: {now} / {then}", "index", revision->index_name, "now",
                                               format_quantity(arena, w->row->language, revision->now_e4), "then",
                                               format_quantity(arena, w->row->language, base.then_e4), NULL));
    return OK;
}

enum err write_price_revised(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct price_revision revision;
    struct subscription s;
    int32_t on = DATE_NONE;
    long long id;

    if (!str_to_i64(mail_param(w, "revision"), 1, INT64_MAX, &id))
        return ERR_NOT_FOUND;
    TRY(w->ctx, mail_subscription(w, &s));
    TRY(w->ctx, price_revision_uncounted(w->ctx, id, &revision));
    (void)date_parse_iso(mail_param(w, "on"), &on);
    w->text->subject = mail_fill_number(w, "Subscription {number}: new prices", s.number);
    mail_say(w, tr_fill(arena, "From {date} on the prices of your subscription change. Until then nothing changes.", "date", mail_day(w, on), NULL));
    mail_say(w, revision.reason);
    TRY(w->ctx, revised_prices(w));
    if (revision.index_id != 0)
        TRY(w->ctx, indexed_from(w, &revision));
    mail_button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_price_kept(struct writing *w)
{
    struct arena *arena = w->ctx->arena;
    struct subscription s;
    int32_t on = DATE_NONE;

    TRY(w->ctx, mail_subscription(w, &s));
    (void)date_parse_iso(mail_param(w, "on"), &on);
    w->text->subject = mail_fill_number(w, "Subscription {number}: the prices stay", s.number);
    mail_say(w, tr_fill(arena, "We have withdrawn the change of prices that we announced for {date}: your prices stay as they are.", "date", mail_day(w, on), NULL));
    mail_button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

/* A change that was made, planned or taken back: what it comes to was written when it was decided. */
enum err write_amendment(struct writing *w)
{
    static const struct {
        const char *kind;
        const char *role; /* of a transfer: who is told */
        const char *made;
        const char *planned;
    } said[] = {
        {"lines", "", N_("Your subscription was changed as agreed."), N_("Your subscription changes as agreed. Until then everything stays as it is.")},
        {"pause", "", N_("Your subscription is paused. Nothing is billed meanwhile; days that are paid are served after the pause."),
         N_("Your subscription will be paused. Nothing is billed during the pause.")},
        {"resume", "", N_("Your subscription goes on."), N_("Your subscription will go on.")},
        {"close", "", N_("Your subscription has been closed."), N_("Your subscription will end. You can use it until then.")},
        {"renew", "", N_("The next period of your subscription is invoiced already."), N_("The next period of your subscription will be invoiced.")},
        {"discount", "", N_("The discount of your subscription has changed as agreed."),
         N_("The discount of your subscription changes as agreed. Until then everything stays as it is.")},
        {"reactivate", "", N_("Your subscription is active again. Nothing is billed for the time between."), N_("Your subscription will be active again.")},
        {"transfer", "given", N_("Your subscription has passed to another customer, as agreed. You get no invoice for it any more; what was invoiced before stays yours."),
         N_("Your subscription will pass to another customer, as agreed. Until then everything stays as it is; from then on you get no invoice for it.")},
        {"transfer", "taken", N_("You have taken over a subscription, as agreed. Its invoices come to you now, each with a link to pay it."),
         N_("You will take over a subscription, as agreed. From then on its invoices come to you, each with a link to pay it.")},
    };
    struct arena *arena = w->ctx->arena;
    const char *act = mail_param(w, "act");
    const char *role = mail_param(w, "role");
    bool undone = str_equal(act, "undone");
    struct amendment_row row;
    struct subscription s;
    long long id = 0;

    (void)str_to_i64(mail_param(w, "amendment"), 1, INT64_MAX, &id);
    TRY(w->ctx, mail_subscription(w, &s));
    TRY(w->ctx, amendment_by_id(w->ctx, id, &row));
    w->text->subject = mail_fill_number(w, "Subscription {number}: a change", s.number);
    if (undone)
        mail_say(w, tr("The change that was planned does not take place. Everything stays as it is."));
    for (size_t i = 0; i < COUNT_OF(said); i++)
        if (!undone && str_equal(row.kind, said[i].kind) && str_equal(role, said[i].role))
            mail_say(w, tr(str_equal(act, "planned") ? said[i].planned : said[i].made));
    mail_fact(w, tr("Subscription"), s.number);
    mail_fact(w, undone ? tr("Had been planned for") : tr("Takes effect"), mail_day(w, row.effective_on));
    mail_kept_facts(w, "terms");
    if (str_equal(role, str_equal(act, "made") ? "given" : "taken")) /* it is not theirs */
        mail_button(w, tr("Open your page"), "/my");
    else
        mail_button(w, tr("See my subscription"), arena_printf(arena, "/my/subscriptions/%s", s.number));
    return OK;
}

enum err write_method_replaced(struct writing *w)
{
    struct subscription s;

    TRY(w->ctx, mail_subscription(w, &s));
    w->text->subject = mail_fill_number(w, "Subscription {number}: new payment method", s.number);
    mail_say(w, tr("A new card is stored for your subscription. The next invoices are debited from it."));
    if (mail_param(w, "also")[0] != '\0')
        mail_say(w, tr_fill(w->ctx->arena, "It also pays for your other subscriptions with the card before: {numbers}", "numbers", mail_param(w, "also"), NULL));
    TRY(w->ctx, mail_subscription_facts(w, &s));
    mail_say(w, tr("If this was not you, please tell us."));
    return OK;
}

static enum err say_card(struct writing *w, const char *subject, const char *words)
{
    const char *last4 = mail_param(w, "last4");
    struct subscription s;
    int32_t until_on;

    TRY(w->ctx, mail_subscription(w, &s));
    if (!date_parse_iso(mail_param(w, "until"), &until_on))
        return FAIL(w->ctx, ERR_CORRUPT, "mail %lld says no day", (long long)w->row->id);
    w->text->subject = tr_fill(w->ctx->arena, subject, "digits", last4, "number", s.number, NULL);
    mail_say(w, tr_fill(w->ctx->arena, words, "digits", last4, "date", mail_day(w, until_on), "number", s.number, NULL));
    return OK;
}

enum err write_card_expiring(struct writing *w)
{
    TRY(w->ctx, say_card(w, N_("Your card ending in {digits} ends soon"),
                         N_("The card ending in {digits}, which pays subscription {number}, is good until {date}. Please replace it before then.")));
    mail_say(w, tr("The old card stays in use until the new one is stored: nothing is lost when you stop half way."));
    mail_link_button(w, tr("Replace the card"));
    return OK;
}

enum err write_card_expired(struct writing *w)
{
    struct asked asked;

    TRY(w->ctx, say_card(w, N_("Your card ending in {digits} has expired"),
                         N_("The card ending in {digits}, which pays subscription {number}, was good until {date}. We have not debited it.")));
    TRY(w->ctx, mail_asked(w, &asked));
    mail_say(w, tr("Please store another card. You can pay this invoice on the same page."));
    mail_asked_fact(w, &asked);
    mail_fact(w, tr("Still open"), asked.open_minor > 0 ? mail_money(w, asked.open_minor, asked.currency) : "");
    mail_fact(w, tr("Pay by"), mail_day(w, asked.owed_on));
    mail_link_button(w, tr("Replace the card"));
    return OK;
}
