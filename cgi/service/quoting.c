#include "service/quoting.h"

#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/discount.h"
#include "service/costing.h"
#include "service/listing.h"
#include "service/paying.h"
#include "service/quoted_change.h"
#include "store/alternative.h"
#include "store/history.h"
#include "store/link.h"
#include "store/outbox.h"
#include "store/pricelist.h"
#include "store/series.h"
#include "store/tenant.h"

enum { LINK_DAYS_AFTER = 30 };

/* What one act carries into its transaction. */
struct act {
    int64_t quote_id;
    int32_t version;
    const char *text;
    const struct quote_start *start;
    const char *currency; /* of a new quote, "" or NULL: to be found */
    const struct quote_draft *draft;
    const struct quote_choice *choices;
    size_t choice_count;
    const struct once *once;
    struct quoting_result *result;
};

static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    memset(act->result, 0, sizeof *act->result);
    act->result->refusal = QUOTE_NOT_REFUSED;
    return db_transaction(ctx, fn, act);
}

static bool refused(struct act *act, enum quote_refusal refusal)
{
    act->result->refusal = refusal;
    return refusal != QUOTE_NOT_REFUSED;
}

static enum err finish(struct ctx *ctx, struct act *act, const struct quote *quote, const char *kind,
                       const char *params)
{
    act->result->quote_id = quote->id;
    act->result->number = quote->number;
    if (kind != NULL) {
        TRY(ctx, note_activity(ctx, ABOUT_QUOTE, quote->id, kind, params));
        TRY(ctx, note_audit(ctx, kind, arena_printf(ctx->arena, "quote %s", quote->number), "ok"));
    }
    return spend_once(ctx, act->once, quote->number, &act->result->url);
}

/* Locks the quote, then reads what the decision needs. draft: the draft where there is one. */
static enum err open_offer(struct ctx *ctx, int64_t quote_id, bool draft, struct offer *offer)
{
    struct quote quote;
    enum err err = lock_quote(ctx, quote_id, &quote);

    if (err != OK)
        return err;
    return draft ? load_locked_to_edit(ctx, &quote, offer) : load_locked_offer(ctx, &quote, offer);
}

/* ---- a new quote ---- */

enum billing_timing line_timing(enum billing_timing own, const char *product_timing, const struct plan *plan)
{
    if (own == 0)
        own = billing_timing_from_name(product_timing);
    if (own == 0 && plan != NULL)
        own = plan->timing;
    return own != 0 ? own : BILLING_ADVANCE;
}

void meter_line(struct quote_line *line)
{
    if (line->kind != LINE_RECURRING || line->timing != BILLING_USAGE)
        return;
    line->quantity_e4 = line->quantity_min_e4 = line->quantity_max_e4 = QUANTITY_ONE;
    line->quantity_editable = false;
}

bool line_takes_currency(struct ctx *ctx, const struct price_lists *lists, int64_t plan_id, const char *product_unit, struct quote_line *line)
{
    if (line->kind == LINE_SECTION || line->kind == LINE_NOTE)
        return true;
    if (line->discount_minor != 0)
        return false; /* an amount of the other currency */
    if (line->product_id == 0)
        return line->unit_price_e4 == 0;
    return list_line_price(ctx, lists, plan_id, product_unit, line);
}

/* A text as it is written in the language, or as it stands. */
static const char *in_other(const struct quote_template *t, const char *language, const char *text, const char *other)
{
    return str_equal(t->other_language != NULL ? t->other_language : "", language) && !str_empty(other) ? other : text;
}

struct template_words template_words(const struct quote_template *t, const char *language)
{
    return (struct template_words){.note = in_other(t, language, t->note, t->other_note), .header = in_other(t, language, t->header, t->other_header),
        .footer = in_other(t, language, t->footer, t->other_footer), .terms = in_other(t, language, t->terms, t->other_terms),
        .confirmation = in_other(t, language, t->confirmation, t->other_confirmation)};
}

/* Of a template's line, before it has a price. */
static struct quote_line line_of_template(struct ctx *ctx, const struct quote_template *template, const struct quote_template_line *t,
                                          const struct quote_values *values)
{
    const char *words = in_other(template, values->language, t->description, t->other_description);
    bool product = t->product_id != 0;
    struct quote_line line = {
        .position = t->position, .kind = t->kind, .is_option = t->is_option, .product_id = t->product_id,
        .timing = line_timing(billing_timing_from_name(t->timing), t->product_timing, values->plan),
        .description = str_empty(words) && product ? t->product_name : fill_quote_words(ctx->arena, values, words),
        .unit = !str_empty(t->unit) || !product ? t->unit : t->product_unit,
        .quantity_e4 = t->quantity_e4, .unit_price_e4 = t->unit_price_e4, .discount_ppm = t->discount_ppm,
        .discount_minor = t->discount_minor, .discount_periods = t->discount_periods,
        .tax_class = !str_empty(t->tax_class) ? t->tax_class : product ? t->product_tax_class : "standard",
        .product_kind = product ? t->product_kind : "service", .quantity_editable = t->quantity_editable,
        .quantity_min_e4 = t->quantity_min_e4, .quantity_max_e4 = t->quantity_max_e4};

    return line;
}

enum err template_lines(struct ctx *ctx, const struct quote_template *template, const struct quote_values *values,
                        struct price_lists *lists, struct quote_line **lines, size_t *count, const char **unpriced)
{
    bool foreign = !str_equal(lists->currency, values->company->currency);
    const struct plan *plan = values->plan;
    struct quote_template_line *from;

    TRY(ctx, quote_template_lines(ctx, template->version_id, &from, count));
    *lines = ARENA_ARRAY(ctx->arena, struct quote_line, *count);
    *unpriced = NULL;
    for (size_t i = 0; i < *count; i++) {
        const struct quote_template_line *t = &from[i];
        struct quote_line *line = &(*lines)[i];

        *line = line_of_template(ctx, template, t, values);
        if (t->product_id != 0 && !str_equal(line->unit, t->product_unit))
            TRY(ctx, load_list_units(ctx, lists));
        if (foreign && !line_takes_currency(ctx, lists, plan->id, t->product_unit, line)) {
            *unpriced = *unpriced == NULL ? line->description : *unpriced;
            line->unit_price_e4 = line->discount_minor = 0;
        } else if (t->unit_price_e4 == TEMPLATE_LIST_PRICE && !line->listed &&
                   !list_line_price(ctx, lists, plan->id, t->product_id != 0 ? t->product_unit : line->unit, line)) {
            line->unit_price_e4 = 0;
        }
        meter_line(line);
    }
    return OK;
}

/* Stores the totals that lists show. The version's lines must be there. */
static enum err save_totals(struct ctx *ctx, int64_t version_id)
{
    struct offer offer;

    TRY(ctx, load_offer_version(ctx, version_id, &offer));
    return save_version_totals(ctx, version_id, offer.totals.today.gross_minor,
                               offer.totals.period.net_minor);
}

/* The lines of a new quote in the currency that is wanted, or in that of the customer's list where it has them all. */
static enum err lines_in_currency(struct ctx *ctx, const struct quote_template *template, const struct quote_values *values,
                                  const char *wanted, struct quote_version *version, struct quote_line **lines, size_t *count,
                                  const char **unpriced)
{
    struct price_asker asker;
    struct price_lists lists;

    TRY(ctx, asker_of_customer(ctx, values->customer->id, &asker));
    version->currency = !str_empty(wanted) ? wanted : !str_empty(asker.currency) ? asker.currency : values->company->currency;
    *unpriced = NULL;
    if (template->id == 0)
        return OK;
    TRY(ctx, load_lists_for(ctx, &asker, version->currency, ctx->today_on, &lists));
    TRY(ctx, template_lines(ctx, template, values, &lists, lines, count, unpriced));
    if (*unpriced == NULL || !str_empty(wanted))
        return OK;
    version->currency = values->company->currency;
    TRY(ctx, load_lists_for(ctx, &asker, version->currency, ctx->today_on, &lists));
    return template_lines(ctx, template, values, &lists, lines, count, unpriced);
}

int64_t template_deposit(const struct quote_template *template, const struct company *company, const char *currency)
{
    return str_equal(currency, company->currency) ? template->deposit_minor : 0;
}

/* What a version takes from its template, besides the lines and an amount that waits for its currency. */
static void take_template(struct quote_version *version, const struct quote_template *t)
{
    const struct template_words words = template_words(t, version->language);

    version->template_id = t->id;
    version->template_version = t->version;
    version->plan_id = t->plan_id;
    version->own = t->own;
    version->acceptance = t->acceptance;
    version->note = words.note;
    version->header = words.header;
    version->footer = words.footer;
    version->terms = words.terms;
    version->confirmation = words.confirmation;
    version->no_confirm_mail = t->no_confirm_mail;
    version->deposit_ppm = t->deposit_ppm;
    version->journal = t->journal;
}

/* The version with its lines and the totals that lists show. */
static enum err insert_version(struct ctx *ctx, struct offer *offer, const struct quote_line *lines, size_t count)
{
    struct quote_version *version = &offer->version;

    TRY(ctx, price_new_offer(ctx, lines, count, offer));
    version->quote_id = offer->quote.id;
    version->today_minor = offer->totals.today.gross_minor;
    version->period_minor = offer->totals.period.net_minor;
    TRY(ctx, insert_quote_version(ctx, version));
    TRY(ctx, save_current_version(ctx, offer->quote.id, version->id));
    return insert_quote_lines(ctx, version->id, lines, count);
}

static enum err create(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct quote_template template = {.validity_days = 30, .acceptance = ACCEPTANCE_SIGNATURE_AND_PAYMENT, .note = ""};
    struct offer offer = {
        .quote = {.customer_id = act->start->customer_id, .owner_id = act->start->owner_id, .state = QUOTE_DRAFT},
        .version = {.version = 1, .state = VERSION_DRAFT, .start_on = DATE_NONE, .priced_on = DATE_NONE, .sent_on = DATE_NONE},
        .plan = {.id = 0, .name = ""}};
    struct quote *quote = &offer.quote;
    struct quote_version *version = &offer.version;
    struct quote_line *lines = NULL;
    struct quote_values values;
    char number[NUMBER_BYTES];
    size_t count = 0;

    TRY(ctx, company_current(ctx, &offer.company));
    TRY(ctx, customer_by_id(ctx, quote->customer_id, &offer.customer));
    TRY(ctx, seller_user_by_id(ctx, quote->owner_id, &offer.owner));
    TRY(ctx, take_number(ctx, offer.company.quote_prefix, number));
    quote->number = arena_strdup(ctx->arena, number);
    version->language = offer.customer.language;
    if (act->start->template_id != 0)
        TRY(ctx, quote_template_by_id(ctx, act->start->template_id, &template));
    take_template(version, &template);
    version->valid_until_on = ctx->today_on + template.validity_days;
    if (template.plan_id != 0)
        TRY(ctx, plan_by_id(ctx, template.plan_id, &offer.plan));
    values = (struct quote_values){.language = version->language, .number = quote->number, .company = &offer.company, .customer = &offer.customer,
                                   .owner = &offer.owner, .plan = &offer.plan, .valid_until_on = version->valid_until_on};
    TRY(ctx, lines_in_currency(ctx, &template, &values, act->currency, version, &lines, &count, &act->result->unpriced));
    if (act->result->unpriced != NULL)
        return ERR_CONFLICT; /* the number goes back */
    version->deposit_minor = template_deposit(&template, &offer.company, version->currency);
    TRY(ctx, insert_quote(ctx, quote));
    TRY(ctx, insert_version(ctx, &offer, lines, count));
    act->result->version = 1;
    act->result->rev = 1;
    return finish(ctx, act, quote, "quote.created", history_params(ctx->arena, "number", quote->number, NULL));
}

/* A quote of its own that begins as a copy of what the other one offers, valid as long from today. */
static enum err copy(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;
    struct quote quote;
    struct quote_version version;
    struct quote_line *lines;
    char number[NUMBER_BYTES];
    int32_t offered_on;
    size_t count;

    TRY(ctx, open_offer(ctx, act->quote_id, true, &offer));
    if (refused(act, quote_may_have_alternative(&offer.facts)))
        return OK;
    TRY(ctx, quote_lines(ctx, offer.version.id, &lines, &count));
    TRY(ctx, take_number(ctx, offer.company.quote_prefix, number));
    quote = (struct quote){.number = arena_strdup(ctx->arena, number), .customer_id = offer.quote.customer_id,
                           .owner_id = offer.quote.owner_id, .kind = offer.quote.kind, .contract_id = offer.quote.contract_id,
                           .takes_effect = offer.quote.takes_effect, .gives_back = offer.quote.gives_back, .keep_anchor = offer.quote.keep_anchor,
                           .made_from_on = offer.quote.made_from_on, .made_from = offer.quote.made_from};
    TRY(ctx, insert_quote(ctx, &quote));
    TRY(ctx, join_alternatives(ctx, quote.id, act->quote_id));
    offered_on = offer.version.sent_on != DATE_NONE ? offer.version.sent_on : ctx->today_on;
    version = offer.version;
    version.quote_id = quote.id;
    version.version = 1;
    version.valid_until_on = ctx->today_on + (version.valid_until_on > offered_on ? version.valid_until_on - offered_on : 0);
    TRY(ctx, insert_quote_version(ctx, &version));
    TRY(ctx, save_current_version(ctx, quote.id, version.id));
    TRY(ctx, insert_quote_lines(ctx, version.id, lines, count));
    TRY(ctx, save_totals(ctx, version.id));
    act->result->version = 1;
    act->result->rev = 1;
    return finish(ctx, act, &quote, "quote.alternative", history_params(ctx->arena, "number", offer.quote.number, NULL));
}

enum err add_alternative(struct ctx *ctx, int64_t quote_id, const struct once *once, struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .once = once, .result = result};

    return run(ctx, copy, &act);
}

enum err withdraw_alternatives(struct ctx *ctx, const struct quote *taken)
{
    struct alternative *others;
    size_t count;

    if (!taken->has_alternatives) /* one is made with the lock of the quote that it is like, which is ours */
        return OK;
    TRY(ctx, alternatives(ctx, taken->id, &others, &count));
    for (size_t i = 0; i < count; i++) {
        struct quote other;

        TRY(ctx, lock_quote(ctx, others[i].id, &other));
        if (other.state != QUOTE_DRAFT && other.state != QUOTE_SENT && other.state != QUOTE_SIGNED)
            continue;
        TRY(ctx, move_quote(ctx, other.id, other.state, QUOTE_WITHDRAWN));
        TRY(ctx, note_activity(ctx, ABOUT_QUOTE, others[i].id, "quote.superseded",
                               history_params(ctx->arena, "number", taken->number, NULL)));
        TRY(ctx, close_operator_items(ctx, "signed_unpaid", "quote", others[i].id));
    }
    return OK;
}

enum err create_quote(struct ctx *ctx, const struct quote_start *start, const struct once *once,
                      struct quoting_result *result)
{
    return create_quote_in(ctx, start, NULL, once, result);
}

enum err create_quote_in(struct ctx *ctx, const struct quote_start *start, const char *currency, const struct once *once,
                         struct quoting_result *result)
{
    struct act act = {.start = start, .currency = currency, .once = once, .result = result};
    enum err err = run(ctx, create, &act);

    if (err == ERR_CONFLICT && result->unpriced != NULL) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

/* ---- the draft ---- */

/* What the version says and the coupon that was entered, within the bounds of core/discount. */
static bool discounts_fit(const char *own, const char *coupon)
{
    struct discounts discounts = {.count = 0};

    return (own == NULL || discounts_parse(own, &discounts)) && discounts.count + !str_empty(coupon) <= DISCOUNTS_MAX;
}

static enum err save(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    const struct quote_draft *d = act->draft;
    struct quote_version version;
    struct offer offer;
    enum err err;

    TRY(ctx, open_offer(ctx, d->quote_id, true, &offer));
    if (refused(act, quote_may_be_edited(&offer.facts)))
        return OK;
    version = offer.version;
    if (version.version != d->base_version || version.rev != d->rev) {
        act->result->stale = true;
        return OK;
    }
    if (!discounts_fit(d->discounts, offer.quote.coupon)) { /* a coupon came meanwhile */
        act->result->stale = true;
        return OK;
    }
    version.template_id = d->template_id;
    version.template_version = d->template_version;
    version.plan_id = d->plan_id;
    version.own = d->own;
    version.language = d->language;
    if (!str_empty(d->currency))
        version.currency = d->currency;
    version.valid_until_on = d->valid_until_on;
    version.start_on = d->start_on;
    version.acceptance = d->acceptance;
    version.note = d->note;
    version.header = d->header;
    version.footer = d->footer;
    version.terms = d->terms;
    version.confirmation = d->confirmation;
    version.no_confirm_mail = d->no_confirm_mail;
    version.discounts = d->discounts;
    version.deposit_ppm = d->deposit_ppm;
    version.deposit_minor = d->deposit_minor;
    if (d->journal != NULL)
        version.journal = d->journal;
    if (version.state == VERSION_DRAFT) {
        err = save_quote_draft(ctx, &version);
        if (err != OK)
            return err;
        TRY(ctx, replace_quote_lines(ctx, version.id, d->lines, d->line_count));
    } else {
        version.version++;
        version.rev = 1;
        TRY(ctx, insert_quote_version(ctx, &version));
        TRY(ctx, insert_quote_lines(ctx, version.id, d->lines, d->line_count));
    }
    if (offer.quote.state == QUOTE_DRAFT && offer.quote.contract_id == 0 && d->customer_id != 0 && d->customer_id != offer.quote.customer_id)
        TRY(ctx, save_quote_customer(ctx, d->quote_id, d->customer_id));
    TRY(ctx, save_totals(ctx, version.id));
    act->result->version = version.version;
    act->result->rev = version.rev;
    if (offer.version.state == VERSION_DRAFT)
        return finish(ctx, act, &offer.quote, NULL, NULL);
    return finish(ctx, act, &offer.quote, "quote.version_opened",
                  history_params(ctx->arena, "version", arena_printf(ctx->arena, "%d", (int)version.version), NULL));
}

enum err save_draft(struct ctx *ctx, const struct quote_draft *draft, const struct once *once,
                    struct quoting_result *result)
{
    struct act act = {.draft = draft, .once = once, .result = result};

    return run(ctx, save, &act);
}

/* ---- sending ---- */

int64_t quote_link_expires_at(const struct ctx *ctx, int32_t valid_until_on)
{
    /* On a test clock the validity may lie years away from the real clock that links live by. */
    int64_t days = (int64_t)valid_until_on - ctx->today_on + LINK_DAYS_AFTER + 1;

    return ctx->now + (days < 1 ? 1 : days) * 86400 * CLOCK_SECOND;
}

static enum err mail_link(struct ctx *ctx, struct act *act, const struct offer *offer,
                          const char *template)
{
    struct link link = {.kind = LINK_KIND_QUOTE, .object_id = offer->quote.id,
        .expires_at = quote_link_expires_at(ctx, offer->version.valid_until_on)};
    struct mail mail = {.template = template, .quote_id = offer->quote.id};

    if (offer->quote.state != QUOTE_DRAFT) /* a draft has never had one */
        TRY(ctx, revoke_links(ctx, LINK_KIND_QUOTE, offer->quote.id));
    TRY(ctx, insert_mail_link(ctx, &mail, &link));
    mail_to_customer(&mail, &offer->customer);
    mail.language = offer->version.language;
    mail.params = history_params(ctx->arena, "number", offer_number(ctx->arena, offer), "message",
                                 act->text != NULL ? act->text : "", NULL);
    mail.dedup_key = arena_printf(ctx->arena, "%s/%lld", template, (long long)link.id);
    act->result->token = mail.token;
    return queue_mail(ctx, &mail);
}

static enum err freeze(struct ctx *ctx, struct offer *offer)
{
    struct quote_version *v = &offer->version;

    v->customer_version_id = offer->customer.version_id;
    v->company_version_id = offer->company.id;
    v->today_minor = offer->totals.today.gross_minor;
    v->period_minor = offer->totals.period.net_minor;
    if (offer->plan.id != 0)
        TRY(ctx, freeze_plan(ctx, v->id, &offer->plan)); /* as it was priced just now, with the quote's own terms */
    TRY(ctx, freeze_costs(ctx, offer));
    TRY(ctx, freeze_quote_version(ctx, v));
    if (offer->quote.current_version_id != v->id) {
        TRY(ctx, replace_quote_version(ctx, offer->quote.current_version_id));
        TRY(ctx, save_current_version(ctx, offer->quote.id, v->id));
    }
    if (offer->quote.state != QUOTE_SENT)
        TRY(ctx, move_quote(ctx, offer->quote.id, offer->quote.state, QUOTE_SENT));
    return OK;
}

static enum err send(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;
    bool replaces;

    TRY(ctx, open_offer(ctx, act->quote_id, true, &offer));
    if (refused(act, quote_may_be_sent(&offer.facts)))
        return OK;
    if (offer.version.state != VERSION_DRAFT) {
        (void)refused(act, QUOTE_IS_SENT);
        return OK;
    }
    if (offer.quote.kind == QUOTE_RENEWAL) {
        bool grows;

        TRY(ctx, renewal_lengthens_notice(ctx, offer.quote.contract_id, offer.version.start_on, offer.plan.notice_days, &grows));
        if (refused(act, grows ? QUOTE_NOTICE_GROWS : QUOTE_NOT_REFUSED))
            return OK;
    }
    replaces = offer.version.version > 1;
    TRY(ctx, freeze(ctx, &offer));
    TRY(ctx, mail_link(ctx, act, &offer, replaces ? "quote_replaced" : "quote_sent"));
    act->result->version = offer.version.version;
    return finish(ctx, act, &offer.quote, "quote.sent",
                  history_params(ctx->arena, "number", offer_number(ctx->arena, &offer), "to",
                                 offer.customer.email, NULL));
}

enum err send_quote(struct ctx *ctx, int64_t quote_id, const char *message, const struct once *once,
                    struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .text = message, .once = once, .result = result};

    return run(ctx, send, &act);
}

/* A link is of use while the customer holds the quote: sent, signed or confirmed, expired too (the
 * page then says so). */
static enum quote_refusal may_have_link(const struct offer *offer)
{
    if (offer->quote.state == QUOTE_DRAFT)
        return QUOTE_IS_NOT_SENT;
    if (offer->quote.state == QUOTE_WITHDRAWN)
        return QUOTE_IS_WITHDRAWN;
    return QUOTE_NOT_REFUSED;
}

static enum err send_again(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct customer now;
    struct offer offer;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, may_have_link(&offer)))
        return OK;
    TRY(ctx, customer_by_id(ctx, offer.customer.id, &now)); /* the address on file today */
    offer.customer.email = now.email;
    TRY(ctx, mail_link(ctx, act, &offer, "quote_sent"));
    return finish(ctx, act, &offer.quote, "quote.sent_again", history_params(ctx->arena, "to", now.email, NULL));
}

enum err send_quote_again(struct ctx *ctx, int64_t quote_id, const char *message,
                          const struct once *once, struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .text = message, .once = once, .result = result};

    return run(ctx, send_again, &act);
}

static enum err revoke(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct quote quote;
    enum err err = lock_quote(ctx, act->quote_id, &quote);

    if (err != OK)
        return err;
    TRY(ctx, revoke_links(ctx, LINK_KIND_QUOTE, quote.id));
    return finish(ctx, act, &quote, "quote.link_revoked", "{}");
}

enum err revoke_quote(struct ctx *ctx, int64_t quote_id, const struct once *once,
                      struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .once = once, .result = result};

    return run(ctx, revoke, &act);
}

static enum err withdraw(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, quote_may_be_withdrawn(&offer.facts)))
        return OK;
    TRY(ctx, move_quote(ctx, offer.quote.id, offer.quote.state, QUOTE_WITHDRAWN));
    return finish(ctx, act, &offer.quote, "quote.withdrawn", "{}");
}

/* Outside of the transaction: the gateway is called. Where it does not answer, the batch's check closes the page. */
static enum err close_payment_pages(struct ctx *ctx, int64_t quote_id)
{
    struct quote_version *versions;
    size_t count;

    TRY(ctx, quote_versions(ctx, quote_id, &versions, &count));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, cancel_payment(ctx, versions[i].id, 0));
    return OK;
}

enum err withdraw_quote(struct ctx *ctx, int64_t quote_id, const struct once *once,
                        struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .once = once, .result = result};

    TRY(ctx, run(ctx, withdraw, &act));
    return result->refusal == QUOTE_NOT_REFUSED ? close_payment_pages(ctx, quote_id) : OK;
}

/* ---- what the customer does ---- */

/* A mail to the seller about this quote: to the owner, in the owner's language. */
static enum err tell_owner(struct ctx *ctx, const struct offer *offer, const char *template,
                           const char *text, const char *dedup_key)
{
    struct mail mail = {.template = template, .language = offer->owner.language,
        .to_address = offer->owner.email, .to_name = offer->owner.name, .quote_id = offer->quote.id,
        .params = history_params(ctx->arena, "number", offer_number(ctx->arena, offer), "customer",
                                 offer->customer.name, "message", text, NULL),
        .dedup_key = dedup_key};

    return queue_mail(ctx, &mail);
}

static enum err decline(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, offer.version.version != act->version ? QUOTE_IS_REPLACED
                                                           : quote_may_be_declined(&offer.facts)))
        return OK;
    TRY(ctx, move_quote(ctx, offer.quote.id, QUOTE_SENT, QUOTE_DECLINED));
    TRY(ctx, save_decline_reason(ctx, offer.quote.id, act->text));
    TRY(ctx, tell_owner(ctx, &offer, "quote_declined", act->text,
                        arena_printf(ctx->arena, "quote_declined/%lld", (long long)offer.version.id)));
    return finish(ctx, act, &offer.quote, "quote.declined",
                  history_params(ctx->arena, "reason", act->text, NULL));
}

enum err decline_quote(struct ctx *ctx, int64_t quote_id, int32_t version, const char *reason,
                       const struct once *once, struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .version = version, .text = reason, .once = once, .result = result};

    return run(ctx, decline, &act);
}

static enum err ask(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;
    int64_t id;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, may_have_link(&offer)))
        return OK;
    TRY(ctx, insert_quote_message(ctx, offer.quote.id, act->text, &id));
    TRY(ctx, tell_owner(ctx, &offer, "quote_question", act->text,
                        arena_printf(ctx->arena, "quote_question/%lld", (long long)id)));
    return finish(ctx, act, &offer.quote, "quote.question", history_params(ctx->arena, "text", act->text, NULL));
}

enum err ask_question(struct ctx *ctx, int64_t quote_id, const char *text, const struct once *once,
                      struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .text = text, .once = once, .result = result};

    return run(ctx, ask, &act);
}

static enum err answer(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;
    struct mail mail = {.template = "quote_answer"};
    int64_t id;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, may_have_link(&offer)))
        return OK;
    TRY(ctx, insert_quote_message(ctx, offer.quote.id, act->text, &id));
    mail_to_customer(&mail, &offer.customer);
    mail.language = offer.version.language;
    mail.quote_id = offer.quote.id;
    mail.params = history_params(ctx->arena, "number", offer_number(ctx->arena, &offer), "message", act->text, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "quote_answer/%lld", (long long)id);
    TRY(ctx, queue_mail(ctx, &mail));
    return finish(ctx, act, &offer.quote, "quote.answer", history_params(ctx->arena, "text", act->text, NULL));
}

enum err answer_question(struct ctx *ctx, int64_t quote_id, const char *text, const struct once *once,
                         struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .text = text, .once = once, .result = result};

    return run(ctx, answer, &act);
}

static enum err save_all_choices(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct offer offer;

    TRY(ctx, open_offer(ctx, act->quote_id, false, &offer));
    if (refused(act, offer.version.version != act->version ? QUOTE_IS_REPLACED
                                                           : quote_may_be_changed(&offer.facts)))
        return OK;
    TRY(ctx, apply_choices(ctx, &offer, act->choices, act->choice_count));
    if (!offer.priced) { /* a quantity in bounds can still make an amount too large */
        (void)refused(act, QUOTE_NOT_PRICED);
        return OK;
    }
    for (size_t i = 0; i < offer.line_count; i++) {
        const struct offer_line *line = &offer.lines[i];
        const struct quote_choice choice = {line->as.id, offer.version.id, line->chosen, line->quantity_e4};

        if (line->as.is_option || line->as.quantity_editable)
            TRY(ctx, save_quote_choice(ctx, &choice));
    }
    TRY(ctx, save_version_totals(ctx, offer.version.id, offer.totals.today.gross_minor,
                                 offer.totals.period.net_minor));
    return finish(ctx, act, &offer.quote, "quote.changed_by_customer",
                  history_params(ctx->arena, "choices", offer_choices_json(ctx->arena, &offer), NULL));
}

enum err save_choices(struct ctx *ctx, int64_t quote_id, int32_t version,
                      const struct quote_choice *choices, size_t count, const struct once *once,
                      struct quoting_result *result)
{
    struct act act = {.quote_id = quote_id, .version = version, .choices = choices, .choice_count = count,
                      .once = once, .result = result};

    return run(ctx, save_all_choices, &act);
}
