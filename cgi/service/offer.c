#include "service/offer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/country.h"
#include "core/date.h"
#include "core/identifier.h"
#include "core/vat_id.h"
#include "service/exchanging.h"
#include "service/quote_words.h"
#include "service/quoted_change.h"
#include "service/taxing.h"
#include "service/tiering.h"
#include "store/tenant.h"

#define N_(text) text

static void add_lack(const char *text, const char *lacks[], size_t room, size_t *count)
{
    if (*count < room)
        lacks[(*count)++] = text;
}

size_t company_lacks(const struct company *c, const char *lacks[], size_t room)
{
    size_t count = 0;

    if (str_empty(c->name))
        add_lack(N_("The company's name"), lacks, room, &count);
    if (str_empty(c->street) || str_empty(c->postal_code) || str_empty(c->city))
        add_lack(N_("The company's address"), lacks, room, &count);
    if (str_empty(c->country))
        add_lack(N_("The company's country"), lacks, room, &count);
    if (str_empty(c->email) || !email_ok(c->email))
        add_lack(N_("The company's e-mail address"), lacks, room, &count);
    if (!c->franchise && !vat_id_fits(c->vat_id, country_vat(c->country)))
        add_lack(N_("The company's VAT number"), lacks, room, &count);
    if (str_equal(c->country, "FR") && !siren_ok(c->siren))
        add_lack(N_("The company's SIREN number"), lacks, room, &count);
    return count;
}

size_t customer_lacks(const struct customer *c, const char *lacks[], size_t room)
{
    size_t count = 0;

    if (str_empty(c->name))
        add_lack(N_("The customer's name"), lacks, room, &count);
    if (str_empty(c->street) || str_empty(c->postal_code) || str_empty(c->city))
        add_lack(N_("The customer's address"), lacks, room, &count);
    if (str_empty(c->country))
        add_lack(N_("The customer's country"), lacks, room, &count);
    if (str_empty(c->email) || !email_ok(c->email))
        add_lack(N_("The customer's e-mail address"), lacks, room, &count);
    return count;
}

static bool has_amount(enum line_kind kind)
{
    return kind == LINE_RECURRING || kind == LINE_ONE_TIME || kind == LINE_SETUP;
}

static struct deposit_terms deposit_terms_of(const struct quote_version *version)
{
    return (struct deposit_terms){version->deposit_ppm, version->deposit_minor};
}

static void fill_facts(const struct ctx *ctx, struct offer *offer)
{
    const struct deposit_terms terms = deposit_terms_of(&offer->version);
    const char *lacks[1];
    struct quote_facts *facts = &offer->facts;

    *facts = (struct quote_facts){
        .state = offer->quote.state,
        .version_is_current = offer->version.id == offer->quote.current_version_id,
        .valid_until_on = offer->version.valid_until_on,
        .today_on = ctx->today_on,
        .acceptance = offer->priced ? quote_acceptance_now(offer->version.acceptance, offer->signing_minor)
                                     : offer->version.acceptance,
        .has_plan = offer->plan.id != 0,
        .customer_complete = customer_lacks(&offer->customer, lacks, 1) == 0,
        .company_complete = company_lacks(&offer->company, lacks, 1) == 0,
        .priced = offer->priced,
        .today_minor = offer->signing_minor,
        .deposit_too_high = offer->priced && deposit_may_be_asked(&terms, offer->order_minor, true) == DEPOSIT_ABOVE_TOTAL,
        .gateway_ready = !str_empty(ctx->tenant->gateway_base),
        .rate_missing = offer->rate_missing,
        .not_charged = offer->currency->digits > 2,
        .change_refused = offer->change_refusal != NULL,
    };
    for (size_t i = 0; i < offer->line_count; i++) {
        facts->line_count += offer->lines[i].counts;
        facts->has_recurring_line |= offer->lines[i].as.kind == LINE_RECURRING;
    }
    /* A draft beside a version that the customer holds is a draft, whatever became of the other. */
    offer->state_now = offer->version.state == VERSION_DRAFT ? QUOTE_DRAFT : quote_state_now(facts);
}

static bool same_tax(const struct tax_decision *a, const struct tax_decision *b)
{
    return a->category == b->category && a->rate_ppm == b->rate_ppm && a->reason == b->reason && str_equal(a->country, b->country);
}

/* What was agreed for a line counts instead of today's decision. */
static void take_agreed(struct offer *offer, struct offer_line *line)
{
    for (size_t i = 0; i < offer->agreed_count; i++) {
        const struct agreed_tax *agreed = &offer->agreed[i];

        if (agreed->line_id != line->as.id)
            continue;
        line->tax = (struct tax_decision){
            .category = tax_category_from_code(agreed->tax_category), .rate_ppm = agreed->tax_rate_ppm,
            .reason = tax_reason_from_name(agreed->tax_reason), .distance = agreed->distance,
            .included = offer->company.prices_with_vat, .per_line = str_equal(offer->company.vat_rounding, "line")};
        (void)snprintf(line->tax.country, sizeof line->tax.country, "%s", agreed->tax_country);
        (void)snprintf(line->tax.buyer, sizeof line->tax.buyer, "%s", agreed->buyer_country);
        CHECK(line->tax.category != 0 && line->tax.reason != 0);
        offer->tax_differs |= line->counts && (line->tax_missing || !same_tax(&line->tax, &line->law));
        if (line->tax_missing)
            line->law = line->tax;
        line->tax_missing = false;
    }
}

/* The net of every line, then the VAT of the sale: what is bought decides over the threshold. */
static enum err tax_lines(struct ctx *ctx, struct offer *offer)
{
    const struct tax_buyer buyer = {.country = offer->customer.country, .postal_code = offer->customer.postal_code,
        .vat_id = offer->customer.vat_id, .is_company = offer->customer.is_company, .vat_checked = offer->vat_id_checked};
    struct tax_line *lines = ARENA_ARRAY(ctx->arena, struct tax_line, offer->line_count + 1);
    struct taxing taxing;
    size_t count = 0;
    bool complete;

    TRY(ctx, load_taxing(ctx, &offer->company, &taxing));
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];

        if (has_amount(line->as.kind))
            lines[count++] = (struct tax_line){.tax_class = line->as.tax_class, .goods = str_equal(line->as.product_kind, "goods"),
                                               .priced_minor = line->counts && !line->later ? line->first_minor : 0};
    }
    TRY(ctx, tax_sale(ctx, &taxing, &buyer, offer->version.currency, ctx->today_on, lines, count, &complete));
    count = 0;
    offer->tax_differs = false;
    for (size_t i = 0; i < offer->line_count; i++)
        if (has_amount(offer->lines[i].as.kind)) {
            struct offer_line *line = &offer->lines[i];

            line->tax_missing = !lines[count].decided;
            line->tax = line->law = lines[count++].tax;
            take_agreed(offer, line);
            offer->priced = offer->priced && !line->tax_missing;
        }
    return OK;
}

/* What would be paid today if nothing had been agreed. */
static void price_by_law(struct offer *offer, struct price_line *lines)
{
    struct quote_totals totals;

    for (size_t i = 0; i < offer->line_count; i++)
        lines[i].tax = offer->lines[i].law;
    offer->law_today_minor = quote_totals(lines, offer->line_count, offer->currency, offer->recurrence, &totals)
                                 ? totals.today.gross_minor : offer->totals.today.gross_minor;
}

/* What an aligned plan or a change of a contract asks for depends on the day: what was agreed on one day stays when the order is
 * confirmed on another. From the start day every first period is whole, and the contract starts when it is confirmed. */
static int32_t start_of(const struct ctx *ctx, const struct offer *offer)
{
    int32_t priced_on = offer->version.priced_on;
    bool upsell = offer->quote.kind == QUOTE_UPSELL;

    if (offer->version.start_on != DATE_NONE && (!upsell || offer->version.start_on > ctx->today_on))
        return offer->version.start_on;
    if ((offer->plan.anchor.rule == ANCHOR_START && !upsell) || priced_on == DATE_NONE)
        return ctx->today_on;
    /* a payment that began stands over midnight; after that the next one is for its own day */
    return offer->as_agreed || offer->quote.state != QUOTE_SENT || priced_on >= ctx->today_on - 1 ? priced_on : ctx->today_on;
}

static void place_periods(const struct ctx *ctx, struct offer *offer)
{
    offer->started_on = start_of(ctx, offer);
    offer->billed_from_on = offer->started_on;
    offer->first = PERIOD_NONE;
    if (offer->plan.id == 0)
        return;
    offer->billed_from_on = plan_bills_from(&offer->plan, offer->started_on);
    offer->schedule = anchor_schedule(offer->plan.anchor, offer->recurrence, offer->billed_from_on);
    offer->first = anchor_first_period(&offer->schedule, offer->billed_from_on);
}

bool offer_first_is_partial(const struct offer *offer)
{
    return offer->quote.kind != QUOTE_UPSELL && offer->plan.id != 0 && offer->first.from_on != offer->schedule.anchor_on;
}

bool offer_line_metered(const struct offer *offer, const struct offer_line *line)
{
    return line->as.kind == LINE_RECURRING && offer->plan.id != 0 && line->as.timing == BILLING_USAGE;
}

size_t offer_line_parts(const struct offer_line *line, struct price_part parts[PRICE_PARTS_MAX])
{
    return has_amount(line->as.kind) ? price_rule_parts(&line->rule, line->quantity_e4, parts) : 0;
}

size_t offer_price_lines(const struct offer *offer, const struct offer_line *line, struct price_part parts[PRICE_PARTS_MAX],
                         struct price_line priced[PRICE_PARTS_MAX])
{
    bool recurs = line->as.kind == LINE_RECURRING && offer->plan.id != 0;
    size_t count = offer_line_parts(line, parts);
    int64_t off[PRICE_PARTS_MAX];

    price_parts_off(parts, count, line->as.discount_minor, offer->currency, off);
    for (size_t i = 0; i < count; i++)
        priced[i] = (struct price_line){
            .kind = line->as.kind, .quantity_e4 = parts[i].quantity_e4, .unit_price_e4 = parts[i].unit_price_e4,
            .discount_ppm = line->as.discount_ppm, .discount_periods = line->as.discount_periods, .discount_minor = off[i],
            .tax = line->tax, .optional = line->as.is_option, .chosen = line->chosen, .later = line->later,
            .metered = offer_line_metered(offer, line),
            .first = recurs ? offer->first : (struct period){0, 0},
            .natural = recurs ? schedule_period(&offer->schedule, 0) : (struct period){0, 0}};
    return count;
}

/* What core/pricing adds up: the parts of every line, each as the line that the invoice will have. */
static size_t priced_lines(struct ctx *ctx, const struct offer *offer, struct price_line **lines)
{
    size_t room = 1;
    size_t count = 0;

    for (size_t i = 0; i < offer->line_count; i++)
        room += offer->lines[i].rule.model == PRICE_PER_UNIT ? 1 : PRICE_PARTS_MAX;
    *lines = ARENA_ARRAY(ctx->arena, struct price_line, room);
    for (size_t i = 0; i < offer->line_count; i++) {
        struct price_part parts[PRICE_PARTS_MAX];
        struct price_line priced[PRICE_PARTS_MAX];
        size_t part_count = offer_price_lines(offer, &offer->lines[i], parts, priced);

        memcpy(&(*lines)[count], priced, part_count * sizeof *priced);
        count += part_count;
    }
    return count;
}

/* Net of a period and of the first one: the sums over the parts. */
static bool line_nets(const struct offer *offer, struct offer_line *line)
{
    struct price_part parts[PRICE_PARTS_MAX];
    struct price_line priced[PRICE_PARTS_MAX];
    size_t count = offer_price_lines(offer, line, parts, priced);

    for (size_t i = 0; i < count; i++) {
        int64_t first_minor;
        int64_t net_minor;

        if (!line_first_net(&priced[i], offer->currency, &first_minor) || !line_period_net(&priced[i], 0, offer->currency, &net_minor))
            return false;
        line->first_minor += first_minor;
        line->net_minor += net_minor;
    }
    return count > 0;
}

/* The seller's own discount, then the coupon's. */
static enum err read_discounts(struct ctx *ctx, struct offer *offer)
{
    struct discounts coupon = {.count = 0};

    offer->discounts.count = 0;
    if ((offer->version.discounts != NULL && !discounts_parse(offer->version.discounts, &offer->discounts)) ||
        (offer->quote.coupon != NULL && !discounts_parse(offer->quote.coupon, &coupon)) ||
        offer->discounts.count + coupon.count > DISCOUNTS_MAX)
        return FAIL(ctx, ERR_CORRUPT, "a discount of %s cannot be read", offer->quote.number);
    if (coupon.count > 0)
        offer->discounts.of[offer->discounts.count++] = coupon.of[0];
    return OK;
}

/* Whoever pays a deposit now does not pay the first period of a later start now. The day of sending decides, so that
 * what was sent, signed and invoiced is the same on every day. */
static bool starts_later(const struct ctx *ctx, const struct offer *offer)
{
    const struct quote_version *v = &offer->version;
    int32_t offered_on = v->state != VERSION_DRAFT && v->sent_on != DATE_NONE ? v->sent_on : ctx->today_on;

    return (v->deposit_ppm > 0 || v->deposit_minor > 0) && v->start_on != DATE_NONE && v->start_on > offered_on;
}

/* What the whole order costs, and what of it is paid at the signature. */
static void price_deposit(struct ctx *ctx, struct offer *offer, const struct price_line *lines, size_t count)
{
    const struct deposit_terms terms = deposit_terms_of(&offer->version);
    struct price_line *whole = ARENA_ARRAY(ctx->arena, struct price_line, count + 1);
    struct quote_totals totals;

    offer->order_minor = offer->signing_minor = offer->totals.today.gross_minor;
    offer->deposit_minor = 0;
    if (!offer->priced || (terms.ppm == 0 && terms.minor == 0))
        return;
    memcpy(whole, lines, count * sizeof *whole);
    for (size_t i = 0; i < count; i++)
        whole[i].later = whole[i].metered; /* what will be used is not known */
    if (!quote_totals_less(ctx->arena, whole, count, &offer->discounts, offer->currency, offer->recurrence, &totals)) {
        offer->priced = false;
        return;
    }
    offer->order_minor = totals.today.gross_minor;
    offer->deposit_minor = deposit_due(&terms, offer->order_minor);
    if (offer->deposit_minor > 0)
        offer->signing_minor = offer->deposit_minor;
}

enum err price_offer(struct ctx *ctx, struct offer *offer)
{
    struct price_line *lines;
    size_t count;

    offer->currency = currency_find(offer->version.currency);
    CHECK(offer->currency != NULL);
    offer->priced = true;
    TRY(ctx, read_discounts(ctx, offer));
    place_periods(ctx, offer);
    offer->starts_later = starts_later(ctx, offer);
    for (size_t i = 0; i < offer->line_count; i++) {
        struct offer_line *line = &offer->lines[i];
        const struct price_line counted = {.kind = line->as.kind, .optional = line->as.is_option, .chosen = line->chosen};
        bool recurs = line->as.kind == LINE_RECURRING && offer->plan.id != 0;

        TRY(ctx, quote_line_rule(ctx, &line->as, &line->rule));
        line->net_minor = line->first_minor = 0;
        line->later = recurs && (offer->quote.contract_id != 0 || line->as.timing == BILLING_ARREARS || offer_line_metered(offer, line) ||
                                 offer->billed_from_on > offer->started_on || offer->starts_later);
        if (has_amount(line->as.kind) && !line_nets(offer, line))
            offer->priced = false;
        if (offer_line_metered(offer, line))
            line->net_minor = line->first_minor = 0; /* nothing is used yet */
        line->counts = price_line_counts(&counted);
    }
    if (offer->quote.kind == QUOTE_UPSELL)
        TRY(ctx, look_at_contract(ctx, offer));
    TRY(ctx, tax_lines(ctx, offer));
    count = priced_lines(ctx, offer, &lines);
    if (!offer->priced || !quote_totals_less(ctx->arena, lines, count, &offer->discounts, offer->currency, offer->recurrence, &offer->totals)) {
        offer->priced = false;
        memset(&offer->totals, 0, sizeof offer->totals);
    }
    if (offer->priced && offer->change_at_once)
        offer->totals.today = offer->charged;
    price_deposit(ctx, offer, lines, count);
    offer->law_today_minor = offer->totals.today.gross_minor;
    if (offer->priced && offer->tax_differs)
        price_by_law(offer, lines);
    fill_facts(ctx, offer);
    return OK;
}

static void choose(struct offer_line *line, const struct quote_choice *choices, size_t count)
{
    line->chosen = !line->as.is_option;
    line->quantity_e4 = line->as.quantity_e4;
    for (size_t i = 0; i < count; i++) {
        const struct quote_choice *choice = &choices[i];

        if (choice->line_id != line->as.id)
            continue;
        if (line->as.is_option)
            line->chosen = choice->chosen;
        if (line->as.quantity_editable && choice->quantity_e4 >= line->as.quantity_min_e4 &&
            choice->quantity_e4 <= line->as.quantity_max_e4)
            line->quantity_e4 = choice->quantity_e4;
    }
}

enum err apply_choices(struct ctx *ctx, struct offer *offer, const struct quote_choice *choices,
                       size_t count)
{
    for (size_t i = 0; i < offer->line_count; i++)
        choose(&offer->lines[i], choices, count);
    return price_offer(ctx, offer);
}

static enum err load_vat_check(struct ctx *ctx, struct offer *offer)
{
    struct vat_check check;
    enum err err;

    if (str_empty(offer->customer.vat_id))
        return OK;
    err = vat_check_of(ctx, offer->customer.id, offer->customer.vat_id, &check);
    if (err != OK && err != ERR_NOT_FOUND)
        return err_pass(ctx, err, __FILE__, __LINE__, "vat_check_of");
    offer->vat_id_checked = err == OK && check.valid;
    return OK;
}

static enum err load_parties(struct ctx *ctx, struct offer *offer)
{
    if (offer->version.company_version_id != 0)
        TRY(ctx, company_by_id(ctx, offer->version.company_version_id, &offer->company));
    else
        TRY(ctx, company_current(ctx, &offer->company));
    if (offer->version.customer_version_id != 0)
        TRY(ctx, customer_by_version(ctx, offer->version.customer_version_id, &offer->customer));
    else
        TRY(ctx, customer_by_id(ctx, offer->quote.customer_id, &offer->customer));
    offer->owner = (struct seller_user){.id = offer->quote.owner_id, .name = offer->quote.owner_name, .email = offer->quote.owner_email,
                                        .language = offer->quote.owner_language};
    return load_vat_check(ctx, offer);
}

static enum err take_lines(struct ctx *ctx, struct offer *offer, const struct quote_line *lines, const struct quote_choice *choices,
                           size_t choice_count)
{
    offer->lines = ARENA_ARRAY(ctx->arena, struct offer_line, offer->line_count);
    for (size_t i = 0; i < offer->line_count; i++)
        offer->lines[i].as = lines[i];
    return apply_choices(ctx, offer, choices, choice_count);
}

static enum err load_lines(struct ctx *ctx, struct offer *offer)
{
    struct quote_choice *choices = NULL;
    struct quote_line *lines;
    size_t choice_count = 0;

    TRY(ctx, quote_lines(ctx, offer->version.id, &lines, &offer->line_count));
    if (offer->quote.has_choices || offer->version.id != offer->quote.current_version_id)
        TRY(ctx, quote_choices(ctx, offer->version.id, &choices, &choice_count));
    return take_lines(ctx, offer, lines, choices, choice_count);
}

/* A draft's plan says what the version says otherwise. */
static void take_plan(struct offer *offer)
{
    if (offer->version.state == VERSION_DRAFT)
        plan_take_terms(&offer->plan, &offer->version.own);
    if (offer->quote.kind == QUOTE_UPSELL) /* the contract is past it, or keeps its own */
        offer->plan.trial_count = 0;
    offer->recurrence = offer->plan.every;
}

enum err price_new_offer(struct ctx *ctx, const struct quote_line *lines, size_t count, struct offer *offer)
{
    TRY(ctx, load_vat_check(ctx, offer));
    if (offer->plan.id != 0)
        take_plan(offer);
    offer->line_count = count;
    return take_lines(ctx, offer, lines, NULL, 0);
}

static void fill_words(struct ctx *ctx, struct offer *offer)
{
    const struct quote_version *v = &offer->version;
    const struct quote_values values = {.language = v->language, .number = offer->quote.number, .company = &offer->company,
        .customer = &offer->customer, .owner = &offer->owner, .plan = &offer->plan, .valid_until_on = v->valid_until_on};

    offer->words = (struct offer_words){
        .note = fill_quote_words(ctx->arena, &values, v->note), .header = fill_quote_words(ctx->arena, &values, v->header),
        .footer = fill_quote_words(ctx->arena, &values, v->footer), .terms = fill_quote_words(ctx->arena, &values, v->terms),
        .confirmation = fill_quote_words(ctx->arena, &values, v->confirmation)};
}

/* Quote and version are there; everything else follows. */
static enum err fill_offer(struct ctx *ctx, struct offer *offer)
{
    bool agreed = offer->quote.state == QUOTE_SIGNED || offer->quote.state == QUOTE_CONFIRMED;
    bool known;

    TRY(ctx, load_parties(ctx, offer));
    if (agreed || offer->as_agreed)
        TRY(ctx, agreed_taxes(ctx, offer->version.id, &offer->agreed, &offer->agreed_count));
    if (offer->version.plan_id != 0) {
        TRY(ctx, offer->version.state == VERSION_DRAFT ? plan_by_id(ctx, offer->version.plan_id, &offer->plan)
                                                       : plan_as_sent(ctx, offer->version.id, &offer->plan));
        take_plan(offer);
    }
    fill_words(ctx, offer);
    if (offer->version.state == VERSION_DRAFT) {
        TRY(ctx, exchange_is_known(ctx, offer->company.currency, offer->version.currency, &known));
        offer->rate_missing = !known;
    }
    return load_lines(ctx, offer);
}

static enum err load_version(struct ctx *ctx, int32_t version, struct offer *offer)
{
    enum err err = version == 0
                       ? quote_version_by_id(ctx, offer->quote.current_version_id, &offer->version)
                       : quote_version_by_number(ctx, offer->quote.id, version, &offer->version);

    return err == OK ? fill_offer(ctx, offer) : err;
}

static enum err load_draft(struct ctx *ctx, struct offer *offer)
{
    enum err err = quote_draft(ctx, offer->quote.id, &offer->version);

    if (err == ERR_NOT_FOUND)
        return load_version(ctx, 0, offer);
    return err == OK ? fill_offer(ctx, offer) : err;
}

enum err load_offer(struct ctx *ctx, int64_t quote_id, int32_t version, struct offer *offer)
{
    enum err err;

    memset(offer, 0, sizeof *offer);
    err = quote_by_id(ctx, quote_id, &offer->quote);
    return err == OK ? load_version(ctx, version, offer) : err;
}

enum err load_offer_by_number(struct ctx *ctx, const char *number, int32_t version, struct offer *offer)
{
    enum err err;

    memset(offer, 0, sizeof *offer);
    err = quote_by_number(ctx, number, &offer->quote);
    return err == OK ? load_version(ctx, version, offer) : err;
}

enum err load_offer_to_edit(struct ctx *ctx, const char *number, struct offer *offer)
{
    enum err err;

    memset(offer, 0, sizeof *offer);
    err = quote_by_number(ctx, number, &offer->quote);
    return err == OK ? load_draft(ctx, offer) : err;
}

enum err load_locked_offer(struct ctx *ctx, const struct quote *quote, struct offer *offer)
{
    *offer = (struct offer){.quote = *quote};
    return load_version(ctx, 0, offer);
}

enum err refresh_locked_offer(struct ctx *ctx, const struct quote *quote, struct offer *offer)
{
    struct quote_choice *choices = NULL;
    size_t choice_count = 0;

    if (quote->state != QUOTE_SENT || quote->current_version_id != offer->version.id || offer->version.state != VERSION_SENT)
        return load_locked_offer(ctx, quote, offer);
    offer->quote = *quote;
    TRY(ctx, quote_version_by_id(ctx, offer->version.id, &offer->version));
    TRY(ctx, load_vat_check(ctx, offer));
    if (quote->has_choices)
        TRY(ctx, quote_choices(ctx, offer->version.id, &choices, &choice_count));
    offer->agreed_count = 0;
    return apply_choices(ctx, offer, choices, choice_count);
}

enum err load_locked_to_edit(struct ctx *ctx, const struct quote *quote, struct offer *offer)
{
    *offer = (struct offer){.quote = *quote};
    return load_draft(ctx, offer);
}

static enum err load_by_version(struct ctx *ctx, int64_t version_id, bool as_agreed, struct offer *offer)
{
    enum err err;

    memset(offer, 0, sizeof *offer);
    offer->as_agreed = as_agreed;
    err = quote_version_by_id(ctx, version_id, &offer->version);
    if (err != OK)
        return err;
    TRY(ctx, quote_by_id(ctx, offer->version.quote_id, &offer->quote));
    return fill_offer(ctx, offer);
}

enum err load_offer_version(struct ctx *ctx, int64_t version_id, struct offer *offer)
{
    return load_by_version(ctx, version_id, false, offer);
}

enum err load_offer_agreed(struct ctx *ctx, int64_t version_id, struct offer *offer)
{
    return load_by_version(ctx, version_id, true, offer);
}

enum err agree_on_tax(struct ctx *ctx, const struct offer *offer)
{
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];
        struct agreed_tax row = {.version_id = offer->version.id, .line_id = line->as.id, .agreed_on = ctx->today_on};

        if (!has_amount(line->as.kind))
            continue;
        row.tax_category = tax_category_code(line->tax.category);
        row.tax_rate_ppm = line->tax.rate_ppm;
        row.tax_reason = tax_reason_name(line->tax.reason);
        row.tax_country = line->tax.country;
        row.buyer_country = line->tax.buyer;
        row.distance = line->tax.distance;
        TRY(ctx, save_agreed_tax(ctx, &row));
    }
    return OK;
}

char *offer_choices_json(struct arena *arena, const struct offer *offer)
{
    struct str out = str_new(arena);

    str_append_char(&out, '{');
    for (size_t i = 0; i < offer->line_count; i++) {
        const struct offer_line *line = &offer->lines[i];

        if (!has_amount(line->as.kind))
            continue;
        str_printf(&out, "%s\"%lld\":{\"chosen\":%s,\"quantity_e4\":%lld}", out.bytes > 1 ? "," : "",
                   (long long)line->as.id, line->chosen ? "true" : "false",
                   (long long)line->quantity_e4);
    }
    str_append_char(&out, '}');
    return out.text;
}

char *offer_number(struct arena *arena, const struct offer *offer)
{
    if (offer->version.version == 1)
        return arena_strdup(arena, offer->quote.number);
    return arena_printf(arena, "%s v%d", offer->quote.number, (int)offer->version.version);
}
