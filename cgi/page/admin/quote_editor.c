/* quote_editor: the whole quote in one form (ux.md P11). Every button posts the form; what is right is
 * saved as the draft and shown again, what is wrong comes back with every value kept. */
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "core/discount.h"
#include "page/admin/amounts.h"
#include "page/admin/line_editor.h"
#include "page/admin/quote_words_form.h"
#include "service/offer_words.h"
#include "service/quoting.h"
#include "service/quoted_change.h"
#include "text/phrase.h"
#include "text/words.h"

struct quote_form {
    int64_t rev;
    int64_t base;
    const char *customer;
    const char *template;
    const char *plan;
    const char *language;
    const char *currency;
    int32_t valid_until_on;
    int32_t start_on;
    const char *acceptance;
    struct words_form words;
    int64_t discount_ppm; /* of everything */
    int64_t discount_amount; /* page/admin/amounts.h */
    int64_t discount_periods;
    bool keep;               /* what the subscription that it renews brings from before */
    int64_t deposit_ppm;
    int64_t deposit_amount; /* page/admin/amounts.h; with VAT */
    struct line_form *lines;
    size_t line_count;
};

static const struct field_option language_option[] = {{"fr", N_("French"), NULL}, {"en", N_("English"), NULL}};
static const struct field_option acceptance_option[] = {
    {"signature_and_payment", N_("Signature, then payment online"), NULL},
    {"signature", N_("Signature: invoice to pay later"), NULL},
    {"payment", N_("Payment online"), NULL}};

/* The group's field count is a constant of line_editor.c, so the table is finished at the start. */
static const struct field *quote_fields(size_t *count)
{
    static struct field field[] = {
        {.kind = FIELD_INTEGER, .name = "rev", .min = 0, .max = INT32_MAX, .offset = offsetof(struct quote_form, rev)},
        {.kind = FIELD_INTEGER, .name = "base", .min = 0, .max = INT32_MAX, .offset = offsetof(struct quote_form, base)},
        {.kind = FIELD_TEXT, .name = "customer", .label = N_("Customer"), .max = PICK_TEXT_MAX,
         .hint = N_("Number, name or mail address"), .offset = offsetof(struct quote_form, customer)},
        {.kind = FIELD_CHOICE, .name = "template", .label = N_("Template"), .max = 20, .offset = offsetof(struct quote_form, template)},
        {.kind = FIELD_CHOICE, .name = "plan", .label = N_("Plan"), .max = 20, .offset = offsetof(struct quote_form, plan)},
        {.kind = FIELD_CHOICE, .name = "language", .label = N_("Language"), .required = true, .options = language_option,
         .option_count = COUNT_OF(language_option), .offset = offsetof(struct quote_form, language)},
        {.kind = FIELD_CHOICE, .name = "currency", .label = N_("Currency"), .max = 3, .offset = offsetof(struct quote_form, currency)},
        {.kind = FIELD_DATE, .name = "valid", .label = N_("Valid until"), .required = true,
         .missing = N_("Enter how long the quote is valid"), .offset = offsetof(struct quote_form, valid_until_on)},
        {.kind = FIELD_DATE, .name = "start", .label = N_("Start"), .hint = N_("Empty: on the day of confirmation"),
         .offset = offsetof(struct quote_form, start_on)},
        {.kind = FIELD_CHOICE, .name = "acceptance", .label = N_("Accepted by"), .required = true, .options = acceptance_option,
         .option_count = COUNT_OF(acceptance_option), .offset = offsetof(struct quote_form, acceptance)},
        WORDS_FIELDS(struct quote_form),
        {.kind = FIELD_DECIMAL, .name = "off_percent", .label = N_("Discount on everything, %"), .digits = 4, .min = 0, .max = RATE_ONE,
         .offset = offsetof(struct quote_form, discount_ppm)},
        {.kind = FIELD_DECIMAL, .name = "off_amount", .label = N_("or an amount off"), .digits = AMOUNT_DIGITS, .min = 0, .max = AMOUNT_MAX,
         .hint = N_("Off each invoice"), .offset = offsetof(struct quote_form, discount_amount)},
        {.kind = FIELD_INTEGER, .name = "off_periods", .label = N_("For how many periods"), .min = 0, .max = DISCOUNT_PERIODS_MAX,
         .hint = N_("0: for ever"), .offset = offsetof(struct quote_form, discount_periods)},
        {.kind = FIELD_CHECK, .name = "keep", .label = N_("Keep the discounts that the subscription has"), .offset = offsetof(struct quote_form, keep)},
        DEPOSIT_FIELDS(struct quote_form),
        {.kind = FIELD_GROUP, .name = "line", .offset = offsetof(struct quote_form, lines), .fields = line_field,
         .record_bytes = sizeof(struct line_form), .count_offset = offsetof(struct quote_form, line_count),
         .records_max = EDITOR_LINES_MAX},
    };

    field[COUNT_OF(field) - 1].field_count = line_field_count;
    *count = COUNT_OF(field);
    return field;
}

static char *id_text(struct arena *arena, int64_t id)
{
    return id == 0 ? arena_strdup(arena, "") : arena_printf(arena, "%lld", (long long)id);
}

static struct quote_line *lines_of_offer(struct arena *arena, const struct offer *offer)
{
    struct quote_line *lines = ARENA_ARRAY(arena, struct quote_line, offer->line_count);

    for (size_t i = 0; i < offer->line_count; i++)
        lines[i] = offer->lines[i].as;
    return lines;
}

/* What the version says without its first word: that is the seller's own, the rest came with the subscription it renews. */
static struct discounts kept_discounts(const struct offer *offer, struct discount *own)
{
    struct discounts said = {.count = 0}, kept = {.count = 0};

    *own = (struct discount){.ppm = 0};
    CHECK(discounts_parse(offer->version.discounts != NULL ? offer->version.discounts : "", &said));
    for (size_t i = 0; i < said.count; i++)
        if (i == 0 && said.of[i].code[0] == '\0')
            *own = said.of[i];
        else
            kept.of[kept.count++] = said.of[i];
    return kept;
}

static struct quote_form form_of(struct arena *arena, const struct offer *offer)
{
    const struct quote_version *v = &offer->version;
    struct quote_form form;
    struct discount own;
    struct discounts kept = kept_discounts(offer, &own);

    form = (struct quote_form){
        .rev = offer->version.rev,
        .base = offer->version.version,
        .customer = pick_text(arena, offer->customer.name, offer->customer.number),
        .template = id_text(arena, offer->version.template_id),
        .plan = id_text(arena, offer->version.plan_id),
        .language = offer->version.language,
        .currency = offer->version.currency,
        .valid_until_on = offer->version.valid_until_on,
        .start_on = offer->version.start_on,
        .acceptance = quote_acceptance_name(offer->version.acceptance),
        .words = {.note = v->note, .header = v->header, .footer = v->footer, .terms = v->terms, .confirmation = v->confirmation,
                  .no_confirm_mail = v->no_confirm_mail},
        .discount_ppm = own.ppm,
        .discount_amount = amount_to_type(own.amount_minor, offer->version.currency),
        .discount_periods = own.periods,
        .keep = kept.count > 0,
        .deposit_ppm = offer->version.deposit_ppm,
        .deposit_amount = amount_to_type(offer->version.deposit_minor, offer->version.currency),
        .lines = lines_to_form(arena, lines_of_offer(arena, offer), offer->line_count, offer->version.currency),
        .line_count = offer->line_count,
    };
    words_of_terms(&form.words, &v->own);
    return form;
}

static enum err fill_choices(struct page *page, HDF *hdf, const struct form *form, const struct offer *offer)
{
    const char *template = form_typed(form, "template");
    const char *plan = form_typed(form, "plan");
    struct arena *arena = page->ctx->arena;
    struct quote_template *templates;
    struct plan *list;
    size_t count;
    int row = 0;

    hdf_flag(hdf, "Quote.draft", offer->quote.state == QUOTE_DRAFT && offer->quote.kind != QUOTE_UPSELL);
    hdf_flag(hdf, "Quote.upsell", offer->quote.kind == QUOTE_UPSELL);
    hdf_text(hdf, "Contract.number", offer->quote.contract_number);
    hdf_text(hdf, "Contract.href", arena_printf(arena, "/admin/subscriptions/%s", offer->quote.contract_number));
    hdf_text(hdf, "Contract.effect", offer->quote.kind == QUOTE_UPSELL ? offer_effect_text(arena, page->ctx->language, offer) : "");
    hdf_text(hdf, "Contract.problem", offer->change_refusal != NULL ? tr(offer->change_refusal) : "");
    hdf_flag(hdf, "Form.customer.required", true);
    if (offer->quote.state == QUOTE_DRAFT)
        TRY(page->ctx, offer_customers(page, hdf, form, "customer"));
    TRY(page->ctx, quote_templates(page->ctx, page->seller.user_id, &templates, &count));
    view_option(hdf, "template", row++, "", tr("No template"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "template", row++, id_text(arena, templates[i].id), templates[i].name,
                    str_equal(id_text(arena, templates[i].id), template));
    row = 0;
    TRY(page->ctx, plans(page->ctx, true, &list, &count));
    view_option(hdf, "plan", row++, "", tr("Nothing recurs"), false);
    for (size_t i = 0; i < count; i++)
        view_option(hdf, "plan", row++, id_text(arena, list[i].id), list[i].name, str_equal(id_text(arena, list[i].id), plan));
    return OK;
}

/* Kept: what stays with the subscription, in words. */
static void tell_kept(const struct page *page, HDF *hdf, const struct offer *offer)
{
    struct arena *arena = page->ctx->arena;
    struct discount own;
    struct discounts kept = kept_discounts(offer, &own);

    for (size_t i = 0; i < kept.count; i++) {
        const struct discount *d = &kept.of[i];
        const char *what = phrase_discount(arena, page->ctx->language, d->ppm, d->amount_minor, offer->version.currency, offer->recurrence, d->periods);

        hdf_text(hdf_row(hdf, "Kept", (int)i), "text",
                 d->code[0] == '\0' ? what : tr_fill(arena, "Coupon {code}: {discount}", "code", d->code, "discount", what, NULL));
    }
}

/* offer: what is stored; its totals stand beside the form. */
static enum err show_editor(struct page *page, const struct form *form, const struct offer *offer, int status)
{
    HDF *hdf = page_tree(page);
    struct shelf shelf;
    const char *title;
    const char *typed;

    TRY(page->ctx, load_shelf(page, offer->customer.id, offer->version.currency, &shelf));
    view_form(page->ctx, hdf, form);
    number_lines(hdf, form);
    tell_variables(page, hdf);
    TRY(page->ctx, admin_margins(page, hdf, offer, status == 200 ? "Form.line" : NULL));
    if (status == 200)
        tell_sources(page, hdf, lines_of_offer(page->ctx->arena, offer), offer->line_count, offer->version.currency);
    TRY(page->ctx, fill_shelf(page, hdf, form, &shelf));
    TRY(page->ctx, fill_choices(page, hdf, form, offer));
    TRY(page->ctx, admin_currencies(page, hdf, NULL, form_typed(form, "currency")));
    admin_offer(page, hdf, offer);
    tell_kept(page, hdf, offer);
    typed = form_typed(form, "plan");
    hdf_flag(hdf, "HasPlan", typed != NULL && typed[0] != '\0');
    hdf_text(hdf, "Quote.ref", offer->quote.number);
    hdf_text(hdf, "Quote.customer", offer->customer.name);
    hdf_number(hdf, "Token.rev", offer->version.rev);
    hdf_number(hdf, "Quote.base", offer->version.version);
    if (offer->version.state != VERSION_DRAFT)
        hdf_text(hdf, "NewVersion", tr_fill(page->ctx->arena, "The customer holds version {n}. Saving opens version {next}, which replaces it when you send it.",
                                            "n", id_text(page->ctx->arena, offer->version.version), "next",
                                            id_text(page->ctx->arena, offer->version.version + 1), NULL));
    title = tr_fill(page->ctx->arena, "Edit quote {number}", "number", offer->quote.number, NULL);
    return page_show(page, status, title, "admin/quote_edit.cs");
}

static enum err find_editable(struct page *page, struct offer *offer, bool *answered)
{
    enum quote_refusal refusal;
    enum err err = load_offer_to_edit(page->ctx, page->arg[0], offer);

    *answered = true;
    if (err != OK)
        return err;
    refusal = quote_may_be_edited(&offer->facts);
    if (refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(refusal)));
    *answered = false;
    return OK;
}

/* No discount and no deposit are empty fields, not 0. */
static void empty_nothing(struct form *form, const struct quote_form *values)
{
    for (size_t i = 0; i < form->typed.count; i++) {
        struct pair *typed = &form->typed.items[i];

        if ((str_equal(typed->name, "off_percent") && values->discount_ppm == 0) ||
            (str_equal(typed->name, "off_amount") && values->discount_amount == 0) ||
            (str_equal(typed->name, "off_periods") && values->discount_periods == 0))
            typed->value = "";
    }
    empty_no_deposit(form, values->deposit_ppm, values->deposit_amount);
}

enum err page_quote_edit(struct page *page)
{
    struct quote_form values;
    struct offer offer;
    struct form form;
    const struct field *fields;
    size_t count;
    bool answered;

    enum err err = find_editable(page, &offer, &answered);
    if (err != OK || answered)
        return err;
    admin_flash(page);
    fields = quote_fields(&count);
    values = form_of(page->ctx->arena, &offer);
    TRY(page->ctx, show_products(page, values.lines, values.line_count));
    form_fill(&form, page->ctx, fields, count, &values);
    empty_nothing(&form, &values);
    empty_plan_terms(&form, &offer.version.own);
    lines_to_typed(page, &form, lines_of_offer(page->ctx->arena, &offer), offer.line_count);
    return show_editor(page, &form, &offer, 200);
}

/* ---- saving ---- */

/* What the form says, checked against the database. */
struct reading {
    struct quote_form values;
    struct quote_draft draft;
    struct quote_template template; /* that was chosen; id 0: none */
    struct plan plan;               /* id 0: none */
    struct quote_line *lines;
    size_t line_count;
};

static enum err read_references(struct page *page, struct form *form, const struct offer *offer, struct reading *r)
{
    struct customer customer;
    long long id;
    enum err err;

    if (offer->quote.state == QUOTE_DRAFT && str_empty(r->values.customer)) {
        form_error(form, "customer", tr("Enter a customer"));
    } else if (offer->quote.state == QUOTE_DRAFT) {
        TRY(page->ctx, pick_customer(page, form, "customer", r->values.customer, offer->customer.id, &customer));
        r->draft.customer_id = customer.id;
    }
    if (!str_empty(r->values.plan)) {
        err = str_to_i64(r->values.plan, 1, INT64_MAX, &id) ? plan_by_id(page->ctx, id, &r->plan) : ERR_NOT_FOUND;
        if (err == ERR_NOT_FOUND)
            form_error(form, "plan", tr("Choose a plan of the list"));
        else if (err != OK)
            return err;
        else
            r->draft.plan_id = r->plan.id;
    }
    if (!str_empty(r->values.template)) {
        err = offered_template(page, r->values.template, &r->template);
        if (err == ERR_NOT_FOUND && admin_id(r->values.template) == offer->version.template_id)
            r->template.id = 0; /* the one it began with is no longer offered */
        else if (err == ERR_NOT_FOUND)
            form_error(form, "template", tr("Choose a template of the list"));
        else if (err != OK)
            return err;
    }
    return OK;
}

/* The discount of the whole document, a percentage or an amount. */
static void read_discount(struct page *page, struct form *form, const struct offer *offer, const char *currency, struct reading *r)
{
    struct discount before;
    struct discounts kept = kept_discounts(offer, &before);
    int64_t amount_minor = amount_typed(page, form, "off_amount", r->values.discount_amount, currency);
    struct discounts all = {.count = 0};
    struct discount own = {.ppm = (int32_t)r->values.discount_ppm, .amount_minor = amount_minor, .periods = (int32_t)r->values.discount_periods};
    char text[DISCOUNTS_TEXT_BYTES];

    r->draft.discounts = "";
    if (own.ppm > 0 && own.amount_minor > 0) {
        form_error(form, "off_amount", tr("A discount is a percentage or an amount: leave one of them empty"));
        return;
    }
    if (!r->values.keep)
        kept.count = 0;
    if (discount_ok(&own) + kept.count + !str_empty(offer->quote.coupon) > DISCOUNTS_MAX) {
        form_error(form, "keep", tr("A quote takes two discounts: leave one of them out"));
        return;
    }
    if (discount_ok(&own))
        all.of[all.count++] = own;
    for (size_t i = 0; i < kept.count; i++) {
        if (kept.of[i].amount_minor > 0 && !str_equal(currency, offer->version.currency))
            form_error(form, "keep", tr("This amount was meant in the other currency: take it away first"));
        all.of[all.count++] = kept.of[i];
    }
    r->draft.discounts = arena_strdup(page->ctx->arena, discounts_text(&all, text));
}

static const char *currency_of(const struct offer *offer, const struct reading *r)
{
    return str_empty(r->draft.currency) ? offer->version.currency : r->draft.currency;
}

/* Every line takes its price from a list in the new currency: an amount that was typed was of the other one. */
static enum err change_currency(struct page *page, struct form *form, struct shelf *shelf, struct reading *r)
{
    for (size_t i = 0; i < r->line_count; i++) {
        struct quote_line *line = &r->lines[i];
        const struct product *product;

        TRY(page->ctx, shelf_product(page, shelf, line->product_id, &product));
        if (line_is_blank(line) ||
            line_takes_currency(page->ctx, &shelf->lists, r->draft.plan_id, product != NULL ? product->unit : "", line))
            continue;
        form_error(form, "currency", tr_fill(page->ctx->arena, "Line {n} has no price from a list in {currency}", "n",
                                             arena_printf(page->ctx->arena, "%zu", i + 1), "currency", r->draft.currency, NULL));
        return OK;
    }
    if (r->values.discount_amount != 0)
        form_error(form, "off_amount", tr("This amount was meant in the other currency: take it away first"));
    if (r->values.deposit_amount != 0)
        form_error(form, "deposit_amount", tr("This amount was meant in the other currency: take it away first"));
    return OK;
}

static void read_deposit(struct page *page, struct form *form, const char *currency, struct reading *r)
{
    const struct deposit_terms terms = read_deposit_terms(page, form, r->values.deposit_ppm, r->values.deposit_amount, currency,
                                                          r->draft.acceptance == 0 || quote_needs_payment(r->draft.acceptance));

    r->draft.deposit_ppm = terms.ppm;
    r->draft.deposit_minor = terms.minor;
}

/* An amount is compared with what the typed lines cost, before anything is stored. */
static enum err compare_deposit(struct page *page, struct form *form, const struct offer *stored, const struct reading *r)
{
    const struct deposit_terms terms = {r->draft.deposit_ppm, r->draft.deposit_minor};
    struct offer typed = *stored;

    if (terms.minor == 0)
        return OK;
    typed.version.state = VERSION_DRAFT;
    typed.version.currency = currency_of(stored, r);
    typed.version.discounts = r->draft.discounts;
    typed.version.start_on = r->draft.start_on;
    typed.version.deposit_ppm = terms.ppm;
    typed.version.deposit_minor = terms.minor;
    typed.plan.id = 0;
    typed.recurrence = (struct recurrence){0};
    if (r->draft.plan_id != 0) {
        TRY(page->ctx, plan_by_id(page->ctx, r->draft.plan_id, &typed.plan));
        typed.recurrence = typed.plan.every;
    }
    typed.line_count = r->draft.line_count;
    typed.lines = ARENA_ARRAY(page->ctx->arena, struct offer_line, typed.line_count + 1);
    for (size_t i = 0; i < typed.line_count; i++)
        typed.lines[i].as = r->draft.lines[i];
    TRY(page->ctx, apply_choices(page->ctx, &typed, NULL, 0));
    if (typed.priced)
        refuse_deposit(form, &terms, deposit_may_be_asked(&terms, typed.order_minor, true));
    return OK;
}

/* A renewal's notice: what sending would refuse is told while it is written. */
static enum err check_notice(struct page *page, struct form *form, const struct offer *offer, const struct reading *r)
{
    bool grows = false;

    if (offer->quote.kind == QUOTE_RENEWAL && r->plan.id != 0 && form->error_count == 0)
        TRY(page->ctx, renewal_lengthens_notice(page->ctx, offer->quote.contract_id, r->draft.start_on,
                                                terms_with(&r->draft.own, plan_terms(&r->plan)).notice_days, &grows));
    if (grows)
        form_error(form, "notice", tr(quote_refusal_text(QUOTE_NOTICE_GROWS)));
    return OK;
}

/* What the change of a contract leaves alone is not asked for: plan, currency, day, terms, discounts; it has no deposit. */
static void keep_contract(struct arena *arena, const struct offer *offer, struct quote_form *values)
{
    struct quote_form stored = form_of(arena, offer);

    values->customer = stored.customer;
    values->template = "";
    values->plan = stored.plan;
    values->currency = stored.currency;
    values->start_on = stored.start_on;
    values->keep = true;
    values->discount_ppm = values->discount_amount = values->discount_periods = values->deposit_ppm = values->deposit_amount = 0;
}

/* A line goes on from one of the quote's own, once; whatever else the form names begins anew. */
static void keep_contract_lines(const struct offer *offer, struct reading *r)
{
    for (size_t i = 0; i < r->line_count; i++) {
        int64_t id = r->lines[i].contract_line_id;
        bool known = false;

        for (size_t k = 0; k < offer->line_count; k++)
            known = known || (id != 0 && offer->lines[k].as.contract_line_id == id);
        for (size_t k = 0; k < i; k++)
            known = known && r->lines[k].contract_line_id != id;
        r->lines[i].contract_line_id = known ? id : 0;
    }
}

/* A line that goes on in tiers has them from the contract, not from the lists, unless another price is typed. */
static void keep_tiers(struct page *page, const struct form *form, const struct offer *offer, struct reading *r)
{
    for (size_t i = 0; i < r->line_count; i++)
        for (size_t k = 0; k < offer->line_count; k++) {
            const struct quote_line *was = &offer->lines[k].as;
            const char *price = form_typed(form, arena_printf(page->ctx->arena, "line.%zu.price", i));
            struct quote_line *line = &r->lines[i];

            if (line->contract_line_id == 0 || was->contract_line_id != line->contract_line_id || was->product_id != line->product_id ||
                str_empty(was->tiers) || (price != NULL && str_trim(page->ctx->arena, price)[0] != '\0'))
                continue;
            line->price_model = was->price_model;
            line->tiers = was->tiers;
            line->unit_price_e4 = was->unit_price_e4;
            line->listed = false;
            line->pricelist_id = 0;
        }
}

static enum err read_draft(struct page *page, struct form *form, const struct offer *offer, struct reading *r)
{
    bool upsell = offer->quote.kind == QUOTE_UPSELL;
    struct shelf shelf;

    if (upsell)
        keep_contract(page->ctx->arena, offer, &r->values);
    r->draft = (struct quote_draft){
        .quote_id = offer->quote.id,
        .base_version = (int32_t)r->values.base,
        .rev = (int32_t)r->values.rev,
        .language = r->values.language,
        .valid_until_on = r->values.valid_until_on,
        .start_on = r->values.start_on,
        .acceptance = quote_acceptance_from_name(r->values.acceptance),
        .template_id = offer->version.template_id,
        .template_version = offer->version.template_version,
        .note = r->values.words.note,
        .header = r->values.words.header,
        .footer = r->values.words.footer,
        .terms = r->values.words.terms,
        .confirmation = r->values.words.confirmation,
        .no_confirm_mail = r->values.words.no_confirm_mail,
    };
    if (!str_empty(r->values.currency) && currency_find(r->values.currency) == NULL)
        form_error(form, "currency", tr("This currency is not known"));
    else if (!str_empty(r->values.currency))
        r->draft.currency = r->values.currency;
    read_discount(page, form, offer, currency_of(offer, r), r);
    read_deposit(page, form, currency_of(offer, r), r);
    TRY(page->ctx, read_references(page, form, offer, r));
    TRY(page->ctx, load_shelf(page, r->draft.customer_id != 0 ? r->draft.customer_id : offer->customer.id, currency_of(offer, r), &shelf));
    r->lines = ARENA_ARRAY(page->ctx->arena, struct quote_line, EDITOR_LINES_MAX);
    r->draft.own = upsell ? offer->version.own : read_own_terms(page, form, &r->values.words, r->plan.id != 0 ? &r->plan : NULL);
    TRY(page->ctx, check_notice(page, form, offer, r));
    check_words(page, form, &r->values.words);
    TRY(page->ctx, read_lines(page, form, &shelf, r->values.lines, r->values.line_count, r->draft.plan_id, false, r->lines, &r->line_count));
    keep_contract_lines(offer, r);
    keep_tiers(page, form, offer, r);
    return str_equal(currency_of(offer, r), offer->version.currency) ? OK : change_currency(page, form, &shelf, r);
}

static void drop_blank_lines(struct reading *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->line_count; i++)
        if (!line_is_blank(&r->lines[i]))
            r->lines[kept++] = r->lines[i];
    r->line_count = kept;
}

/* Lines that stay without a price are worth 0 in a draft; blank ones only while more are added. */
static void settle_prices(struct reading *r)
{
    for (size_t i = 0; i < r->line_count; i++)
        if (r->lines[i].unit_price_e4 == QUOTE_LINE_LIST_PRICE)
            r->lines[i].unit_price_e4 = 0;
}

static enum err apply_template(struct page *page, struct form *form, const struct offer *offer, struct reading *r)
{
    int64_t customer_id = r->draft.customer_id != 0 ? r->draft.customer_id : offer->customer.id;
    struct plan plan = {.name = ""};
    struct customer customer;
    struct quote_line *lines;
    struct price_lists lists;
    struct quote_values values = {.language = r->draft.language, .number = offer->quote.number, .company = &offer->company, .customer = &customer,
        .owner = &offer->owner, .plan = &plan, .valid_until_on = page->ctx->today_on + r->template.validity_days};
    struct template_words words;
    const char *unpriced;
    size_t count;

    TRY(page->ctx, customer_by_id(page->ctx, customer_id, &customer));
    if (r->template.plan_id != 0)
        TRY(page->ctx, plan_by_id(page->ctx, r->template.plan_id, &plan));
    TRY(page->ctx, load_price_lists(page->ctx, customer_id, currency_of(offer, r), page->ctx->today_on, &lists));
    TRY(page->ctx, template_lines(page->ctx, &r->template, &values, &lists, &lines, &count, &unpriced));
    if (unpriced != NULL) {
        form_error(form, "template", tr_fill(page->ctx->arena, "{what} has no price in {currency}: write it into a price list, or choose another currency",
                                             "what", unpriced, "currency", lists.currency, NULL));
        return OK;
    }
    r->line_count = count < EDITOR_LINES_MAX ? count : EDITOR_LINES_MAX;
    memcpy(r->lines, lines, r->line_count * sizeof *lines);
    r->draft.template_id = r->template.id;
    r->draft.template_version = r->template.version;
    r->draft.plan_id = r->template.plan_id;
    r->draft.own = r->template.own;
    r->draft.acceptance = r->template.acceptance;
    words = template_words(&r->template, r->draft.language);
    r->draft.note = words.note;
    r->draft.header = words.header;
    r->draft.footer = words.footer;
    r->draft.terms = words.terms;
    r->draft.confirmation = words.confirmation;
    r->draft.no_confirm_mail = r->template.no_confirm_mail;
    r->draft.journal = r->template.journal;
    r->draft.deposit_ppm = r->template.deposit_ppm;
    r->draft.deposit_minor = template_deposit(&r->template, &offer->company, currency_of(offer, r));
    r->draft.valid_until_on = values.valid_until_on;
    return OK;
}

/* Does what the button says with the lines; gives where the form leads. */
static enum err act(struct page *page, struct form *form, const struct offer *offer, struct reading *r, const char **to)
{
    struct arena *arena = page->ctx->arena;
    const char *button = form->button;
    const char *ref = offer->quote.number;
    size_t focus;

    if (str_equal(button, "template") && r->template.id != 0) {
        TRY(page->ctx, apply_template(page, form, offer, r));
        *to = arena_printf(arena, "/admin/quotes/%s/edit#lines", ref);
    } else if (edit_lines(button, r->lines, &r->line_count, &focus)) {
        *to = focus == 0 ? arena_printf(arena, "/admin/quotes/%s/edit#lines", ref)
                         : arena_printf(arena, "/admin/quotes/%s/edit#line-%zu", ref, focus);
    } else {
        drop_blank_lines(r);
        if (str_equal(button, "save"))
            *to = arena_printf(arena, "/admin/quotes/%s?did=saved", ref);
        else if (str_equal(button, "preview"))
            *to = arena_printf(arena, "/admin/quotes/%s/preview", ref);
        else if (str_equal(button, "send"))
            *to = arena_printf(arena, "/admin/quotes/%s/send", ref);
        else
            *to = arena_printf(arena, "/admin/quotes/%s/edit#total", ref);
    }
    settle_prices(r);
    r->draft.lines = r->lines;
    r->draft.line_count = r->line_count;
    return OK;
}

/* Somebody else saved meanwhile: the typed values in the form, the stored ones beside it. */
static enum err show_stale(struct page *page, struct form *form)
{
    struct offer now;

    TRY(page->ctx, load_offer_to_edit(page->ctx, page->arg[0], &now));
    hdf_flag(page_tree(page), "Stale", true);
    layout_flash(page_tree(page), "warn",
                 tr("Somebody else saved this quote while you were editing. Your values are still in the form; what is stored now stands below it. Saving again replaces what is stored."),
                 NULL, NULL);
    return show_editor(page, form, &now, 409);
}

/* A line that is being taken away may be as wrong as it likes. */
static void forgive_deleted(struct page *page, struct form *form)
{
    const char *button = form->button;
    const char *prefix;
    long long n;
    size_t kept = 0;

    if (!str_starts(button, "del-") || !str_to_i64(button + 4, 1, EDITOR_LINES_MAX, &n))
        return;
    prefix = arena_printf(page->ctx->arena, "line.%lld.", n - 1);
    for (size_t i = 0; i < form->error_count; i++)
        if (!str_starts(form->errors[i].name, prefix))
            form->errors[kept++] = form->errors[i];
    form->error_count = kept;
}

enum err page_quote_edit_post(struct page *page)
{
    struct quoting_result result;
    struct reading reading = {.template = {.id = 0}};
    struct offer offer;
    struct once once;
    struct form form;
    const struct field *fields;
    const char *to;
    size_t count;
    bool answered;

    enum err err = find_editable(page, &offer, &answered);
    if (err != OK || answered)
        return err;
    fields = quote_fields(&count);
    if (!page_form(page, &form, fields, count, &reading.values))
        return OK;
    TRY(page->ctx, read_draft(page, &form, &offer, &reading));
    forgive_deleted(page, &form);
    if (form.error_count > 0)
        return show_editor(page, &form, &offer, 422);
    TRY(page->ctx, act(page, &form, &offer, &reading, &to));
    if (str_equal(form.button, "save") || str_equal(form.button, "preview") || str_equal(form.button, "send"))
        TRY(page->ctx, compare_deposit(page, &form, &offer, &reading));
    if (form.error_count > 0)
        return show_editor(page, &form, &offer, 422);
    once = admin_once(page, to);
    err = save_draft(page->ctx, &reading.draft, &once, &result);
    if (err != OK)
        return err;
    if (result.refusal != QUOTE_NOT_REFUSED)
        return page_error(page, 409, tr(quote_refusal_text(result.refusal)));
    if (result.stale)
        return show_stale(page, &form);
    return page_see(page, "%s", result.url);
}
