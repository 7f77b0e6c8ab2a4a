#include "page/amend_card.h"

#include "base/str.h"
#include "core/date.h"
#include "core/tier.h"
#include "core/subscription.h"
#include "page/offer_view.h"
#include "page/subscription_view.h"
#include "page/texts.h"
#include "service/amending_words.h"
#include "service/contract.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

const char *amend_what(const struct page *page, const char *description, int64_t quantity_e4)
{
    return amending_what(page->ctx->arena, page->ctx->language, description, quantity_e4);
}

enum err amend_discount_words(struct page *page, const struct amendment_row *row, const struct subscription *s, const char **words)
{
    struct arena *arena = page->ctx->arena;
    struct recurrence every = {recurrence_unit_from_name(s->unit), s->count};
    struct amendment_discount_row *rows;
    struct str text = str_new(arena);
    size_t count;

    *words = "";
    if (!str_equal(row->kind, amendment_kind_name(AMENDMENT_DISCOUNT)))
        return OK;
    TRY(page->ctx, amendment_discounts(page->ctx, row->id, &rows, &count));
    for (size_t i = 0; i < count; i++)
        str_printf(&text, "%s%s", i > 0 ? " " : "",
                   tr_fill(arena, str_equal(rows[i].act, "end") ? N_("Ends: {discount}.") : N_("Begins: {discount}."), "discount",
                           phrase_given(arena, page->ctx->language, rows[i].code, rows[i].ppm, rows[i].amount_minor, s->currency, every, rows[i].periods), NULL));
    *words = text.text;
    return OK;
}

/* renews: a renewal quote, which says what binds the contract too. */
static void fill_side(const struct page *page, HDF *node, const struct subscription *s, const struct subscription_line *lines, size_t count, int32_t on, bool renews)
{
    struct standing_discount standing[DISCOUNTS_KEPT];
    size_t standing_count = standing_discounts(s, lines, count, on, standing);
    struct recurrence every = {recurrence_unit_from_name(s->unit), s->count};
    struct arena *arena = page->ctx->arena;

    for (size_t i = 0; i < count; i++) {
        HDF *row = hdf_row(node, "lines", (int)i);

        struct standing_discount off;
        struct price_rule rule;
        bool metered = str_equal(lines[i].timing, "usage");

        hdf_text(row, "text", amend_what(page, lines[i].description, metered ? 0 : lines[i].quantity_e4));
        if (price_rule_read(lines[i].price_model, lines[i].tiers, lines[i].unit_price_e4, &rule))
            hdf_text(row, "price", price_model_has_tiers(rule.model) ? phrase_price(arena, page->ctx->language, &rule, s->currency)
                                                                    : view_price(page, &rule, lines[i].quantity_e4, s->currency));
        if (line_discount_standing(s, &lines[i], on, &off))
            hdf_text(row, "discount", view_discount(page, s, &off));
    }
    for (size_t i = 0; i < standing_count; i++)
        hdf_text(hdf_row(node, "discounts", (int)i), "text", view_discount(page, s, &standing[i]));
    if (renews) {
        int row = 0;

        view_term(page, hdf_node(node, "terms"), &row, s);
        if (row == 0)
            page_fact(hdf_node(node, "terms"), &row, tr("Duration"), tr("Until it is cancelled, without notice"));
    }
    hdf_text(node, "state", tr(subscription_state_text(subscription_state_from_name(s->state))));
    hdf_text(node, "period", tr_fill(arena, "{amount} {period}, excl. VAT", "amount", page_money(page, s->period_minor, s->currency), "period",
                                     phrase_per(arena, every), NULL));
}

static void total_row(HDF *node, int *row, const char *label, const char *value, bool strong)
{
    HDF *at = hdf_row(node, "rows", (*row)++);

    hdf_text(at, "k", label);
    hdf_text(at, "v", value);
    hdf_flag(at, "strong", strong);
}

static void fill_total(const struct page *page, HDF *card, const struct amending *a)
{
    const char *currency = a->before.currency;
    int64_t asked = a->charged.gross_minor - a->credited_minor;
    HDF *total = hdf_node(card, "total");
    int row = 0;

    if (a->step_count == 0)
        return;
    hdf_text(total, "title", a->planned ? tr("On that day") : tr("At once"));
    if (a->charged.gross_minor != 0) {
        total_row(total, &row, tr("Charged, excl. VAT"), page_money(page, a->charged.net_minor, currency), false);
        total_row(total, &row, tr("VAT"), page_money(page, a->charged.vat_minor, currency), false);
    }
    if (a->credited_minor != 0) {
        total_row(total, &row, tr("Given back, excl. VAT"), page_money(page, -a->credited_net_minor, currency), false);
        total_row(total, &row, tr("VAT"), page_money(page, -a->credited_vat_minor, currency), false);
    }
    total_row(total, &row, asked >= 0 ? tr("Difference to pay, incl. VAT") : tr("Difference in the customer's favour, incl. VAT"),
              page_money(page, asked >= 0 ? asked : -asked, currency), true);
}

void amend_card(const struct page *page, HDF *hdf, const struct amending *a, const struct subscription_line *before, size_t before_count,
                const char *button)
{
    struct arena *arena = page->ctx->arena;
    HDF *card = hdf_node(hdf, "Card");
    HDF *facts = hdf_node(card, "facts");
    int row = 0;

    hdf_flag(card, "shown", true);
    hdf_text(card, "button", a->planned ? tr_fill(arena, "Plan this for {date}", "date", page_date(page, a->effective_on), NULL) : button);
    fill_side(page, hdf_node(card, "before"), &a->before, before, before_count, page->ctx->today_on, a->renews);
    fill_side(page, hdf_node(card, "after"), &a->after, a->after_lines, a->after_line_count, a->effective_on, a->renews);
    page_fact(facts, &row, tr("Takes effect"), page_date(page, a->effective_on));
    page_fact(facts, &row, tr("Next invoice"), page_date(page, a->next_due_on));
    if (a->kind == AMENDMENT_PAUSE) {
        page_fact(facts, &row, tr("Resumes by itself on"), a->resumes_on != DATE_NONE ? page_date(page, a->resumes_on) : tr("Not by itself"));
        if (a->banked_days > 0)
            page_fact(facts, &row, tr("Paid days served after it"), page_number(page, a->banked_days));
    }
    if (a->kind == AMENDMENT_CLOSE)
        page_fact(facts, &row, tr("Last day"), page_date(page, a->effective_on - 1));
    if (a->announced_on != DATE_NONE)
        page_fact(facts, &row, tr("Announced price"), tr_fill(arena, "stays announced, from {date}", "date", page_date(page, a->announced_on), NULL));
    if (a->announced_ends)
        page_fact(facts, &row, tr("Announced price"), tr("goes with the line that it was announced for"));
    if (a->discount_ends)
        page_fact(facts, &row, tr("Discount"), tr("ends with the other recurrence: only percentages without end go on"));
    for (size_t i = 0; i < a->step_count; i++) {
        const struct amending_step *step = &a->steps[i];
        HDF *node = hdf_row(card, "steps", (int)i);

        hdf_text(node, "what", amend_what(page, step->description, step->quantity_e4));
        hdf_text(node, "span", amending_span_text(page->ctx->arena, page->ctx->language, step->period));
        hdf_text(node, "how", amending_step_text(page->ctx->arena, page->ctx->language, step, a->before.currency));
        hdf_text(node, "amount", page_money(page, step->minor, a->before.currency));
    }
    for (size_t i = 0; i < a->bill_count; i++) {
        const struct amending_bill *bill = &a->bills[i];
        HDF *node = hdf_row(card, "bills", (int)i);

        hdf_text(node, "on", page_date(page, bill->due_on));
        hdf_text(node, "before", page_money(page, bill->before_minor, a->before.currency));
        hdf_text(node, "after", page_money(page, bill->after_minor, a->before.currency));
    }
    fill_total(page, card, a);
}

static void typed_row(HDF *hdf, int *row, const char *name, const char *value)
{
    HDF *node = hdf_row(hdf, "Typed", (*row)++);

    hdf_text(node, "n", name);
    hdf_text(node, "v", value);
}

void amend_typed(const struct page *page, HDF *hdf, const struct form *form, const struct amending *a)
{
    int row = 0;

    for (size_t i = 0; i < form->typed.count; i++)
        if (!str_equal(form->typed.items[i].name, "shown"))
            typed_row(hdf, &row, form->typed.items[i].name, form->typed.items[i].value);
    typed_row(hdf, &row, "shown", amending_shown(page->ctx->arena, a));
}
