/* template_history: the versions of a template, each with what it changed. */
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "page/admin/admin.h"
#include "page/admin/quote_words_form.h"
#include "store/catalogue.h"
#include "store/quote_template.h"
#include "store/seller_user.h"
#include "store/sales_journal.h"
#include "text/format.h"
#include "text/phrase.h"

enum { FACTS = 20, LINES_MAX = 100 };

/* A version as people read it: facts under their labels, lines as one text each. */
struct reading {
    const char *label[FACTS];
    const char *value[FACTS];
    size_t fact_count;
    const char *line[LINES_MAX];
    size_t line_count;
};

/* What names are looked up in. */
struct names {
    struct plan *plans;
    size_t plan_count;
    struct seller_user *users;
    size_t user_count;
};

static void add(struct reading *r, const char *label, const char *value)
{
    CHECK(r->fact_count < FACTS);
    r->label[r->fact_count] = label;
    r->value[r->fact_count++] = str_empty(value) ? "–" : value;
}

static const struct plan *plan_named(const struct names *names, int64_t id)
{
    for (size_t i = 0; i < names->plan_count; i++)
        if (names->plans[i].id == id)
            return &names->plans[i];
    return NULL;
}

static const char *duration_text(struct arena *arena, const struct own_terms *own, const struct plan *plan)
{
    switch (own->duration) {
    case DURATION_PLAN: return tr("As the plan says");
    case DURATION_EVER: return tr("Open-ended");
    case DURATION_FIXED: break;
    }
    return tr_fill(arena, own->renews ? N_("term: {duration}, tacitly renewed") : N_("term: {duration}, then it ends"), "duration",
                   phrase_term(arena, own->unit, own->count, plan != NULL ? plan->every : (struct recurrence){RECURRENCE_MONTH, 1}), NULL);
}

static const char *acceptance_text(enum quote_acceptance acceptance)
{
    switch (acceptance) {
    case ACCEPTANCE_SIGNATURE: return tr("Signature: invoice to pay later");
    case ACCEPTANCE_PAYMENT: return tr("Payment online");
    case ACCEPTANCE_SIGNATURE_AND_PAYMENT: break;
    }
    return tr("Signature, then payment online");
}

static const char *kind_text(const struct quote_template_line *l)
{
    switch (l->kind) {
    case LINE_RECURRING: return tr("Per period");
    case LINE_ONE_TIME: return tr("Once");
    case LINE_SETUP: return tr("Setup fee");
    case LINE_SECTION: return tr("Heading");
    case LINE_NOTE: break;
    }
    return tr("Note");
}

static const char *timing_text(const char *timing)
{
    if (str_equal(timing, "advance"))
        return tr("In advance");
    return str_equal(timing, "arrears") ? tr("In arrears") : tr("By use, afterwards");
}

/* product_name: what stands there for a line without words of its own. */
static const char *line_text(const struct page *page, const char *product_name, const struct quote_template_line *l)
{
    struct arena *arena = page->ctx->arena;
    const char *language = page->ctx->language;
    const char *currency = page->company.id != 0 ? page->company.currency : "EUR";
    struct str out = str_new(arena);

    str_append(&out, tr_fill(arena, "{kind}: {description}", "kind", kind_text(l), "description",
                             str_empty(l->description) ? product_name : l->description, NULL));
    if (!str_empty(l->other_description))
        str_printf(&out, " (%s)", l->other_description);
    if (l->kind == LINE_SECTION || l->kind == LINE_NOTE)
        return out.text;
    str_printf(&out, ", %s", phrase_quantity(arena, language, l->quantity_e4, l->unit, l->unit_plural));
    str_printf(&out, ", %s", l->unit_price_e4 == TEMPLATE_LIST_PRICE ? tr("the price list's price") : format_price(arena, language, l->unit_price_e4, currency));
    if (l->discount_ppm != 0 || l->discount_minor != 0)
        str_printf(&out, ", %s", phrase_discount(arena, language, l->discount_ppm, l->discount_minor, currency, (struct recurrence){0}, l->discount_periods));
    if (l->discount_periods != 0)
        str_printf(&out, " (%s)", tr_fill(arena, "{n} periods", "n", page_number(page, l->discount_periods), NULL));
    if (!str_empty(l->timing))
        str_printf(&out, ", %s", timing_text(l->timing));
    if (!str_empty(l->tax_class))
        str_printf(&out, ", %s", admin_tax_class(l->tax_class));
    if (l->is_option)
        str_printf(&out, ", %s", tr("Option"));
    if (l->quantity_editable)
        str_printf(&out, ", %s", tr_fill(arena, "the customer may choose {min} to {max}", "min", format_quantity(arena, language, l->quantity_min_e4),
                                         "max", format_quantity(arena, language, l->quantity_max_e4), NULL));
    return out.text;
}

static const char *deposit_text(const struct page *page, const struct quote_template *t)
{
    if (t->deposit_ppm > 0)
        return format_percent(page->ctx->arena, page->ctx->language, t->deposit_ppm);
    return t->deposit_minor > 0 ? page_money(page, t->deposit_minor, page->company.currency) : tr("None");
}

static const char *other_texts(struct arena *arena, const struct quote_template *t)
{
    const char *const text[] = {t->other_note, t->other_header, t->other_footer, t->other_terms, t->other_confirmation};
    struct str out = str_new(arena);

    for (size_t i = 0; i < COUNT_OF(text); i++)
        if (!str_empty(text[i]))
            str_printf(&out, "%s%s", out.bytes > 0 ? "\n" : "", text[i]);
    return out.text;
}

static enum err read_version(const struct page *page, const struct names *names, const struct quote_template *t, struct reading *r)
{
    struct arena *arena = page->ctx->arena;
    const struct plan *plan = plan_named(names, t->plan_id);
    struct quote_template_line *lines;
    size_t count;

    *r = (struct reading){.fact_count = 0};
    add(r, tr("Plan"), plan == NULL ? tr("Nothing recurs") : plan->name);
    add(r, tr("Valid for"), phrase_days(arena, t->validity_days));
    add(r, tr("Accepted by"), acceptance_text(t->acceptance));
    add(r, tr("Duration"), duration_text(arena, &t->own, plan));
    add(r, tr("Minimum duration"), t->own.has_commitment ? phrase_months(arena, t->own.commitment_months) : tr("As the plan says"));
    add(r, tr("Notice"), t->own.has_notice ? phrase_days(arena, t->own.notice_days) : tr("As the plan says"));
    add(r, tr("The customer ends it alone"), t->own.customer_end == ANSWER_YES ? tr("Yes") : t->own.customer_end == ANSWER_NO ? tr("No") : tr("As the plan says"));
    add(r, tr("Unpaid: closed after how many days"), t->own.close_days == CLOSE_NEVER ? tr("never by itself")
                                                     : t->own.close_days > 0          ? phrase_days(arena, t->own.close_days)
                                                                                      : tr("As the plan says"));
    add(r, tr("Deposit at the signature"), deposit_text(page, t));
    add(r, tr("Sales journal of its documents"), str_empty(t->journal) ? SALES_JOURNAL : t->journal);
    add(r, tr("Note to the customer"), t->note);
    add(r, tr("Text above the lines of the document"), t->header);
    add(r, tr("Text at the end of the document"), t->footer);
    add(r, tr("Particular terms"), t->terms);
    add(r, tr("Your words in the e-mail that confirms the order"), t->confirmation);
    if (!str_empty(t->other_language))
        add(r, str_equal(t->other_language, "en") ? tr("The same in English") : tr("The same in French"), other_texts(arena, t));
    else
        add(r, tr("The same in another language"), "");
    add(r, tr("E-mail that confirms the order"), t->no_confirm_mail ? tr("To consumers only") : tr("To everybody"));
    TRY(page->ctx, quote_template_lines(page->ctx, t->version_id, &lines, &count));
    for (size_t i = 0; i < count && i < LINES_MAX; i++) {
        struct product product = {.name = ""};

        if (str_empty(lines[i].description) && lines[i].product_id != 0)
            TRY(page->ctx, product_by_id(page->ctx, lines[i].product_id, &product));
        r->line[r->line_count++] = line_text(page, product.name, &lines[i]);
    }
    return OK;
}

static void add_change(HDF *node, int *row, const char *what, const char *before, const char *after)
{
    HDF *change = hdf_row(node, "changes", (*row)++);

    hdf_text(change, "what", what);
    hdf_text(change, "before", before);
    hdf_text(change, "after", after);
}

/* How often a line stands in a version. */
static size_t times(const struct reading *r, const char *line)
{
    size_t n = 0;

    for (size_t i = 0; i < r->line_count; i++)
        n += str_equal(r->line[i], line);
    return n;
}

/* Lines of `of` that `other` has fewer of; each once. */
static int lines_gone(HDF *node, int *row, const struct reading *of, const struct reading *other, bool added)
{
    int told = 0;

    for (size_t i = 0; i < of->line_count; i++) {
        bool met = false;

        for (size_t j = 0; j < i; j++)
            met = met || str_equal(of->line[j], of->line[i]);
        if (met || times(of, of->line[i]) <= times(other, of->line[i]))
            continue;
        add_change(node, row, added ? tr("Line added") : tr("Line removed"), added ? "" : of->line[i], added ? of->line[i] : "");
        told++;
    }
    return told;
}

static void tell_changes(HDF *node, const struct reading *before, const struct reading *after)
{
    bool moved = false;
    int row = 0;

    for (size_t i = 0; i < after->fact_count; i++)
        if (!str_equal(before->value[i], after->value[i]))
            add_change(node, &row, after->label[i], before->value[i], after->value[i]);
    if (lines_gone(node, &row, before, after, false) + lines_gone(node, &row, after, before, true) > 0)
        return;
    for (size_t i = 0; i < after->line_count; i++)
        moved = moved || !str_equal(before->line[i], after->line[i]);
    if (moved)
        add_change(node, &row, tr("Lines in another order"), "", "");
}

static const char *who(const struct names *names, const char *actor)
{
    if (!str_starts(actor, "seller:"))
        return tr("Automatic");
    for (size_t i = 0; i < names->user_count; i++)
        if (names->users[i].id == admin_id(actor + strlen("seller:")))
            return names->users[i].name;
    return tr("Seller");
}

enum err page_template_history(struct page *page)
{
    HDF *hdf = page_tree(page);
    struct arena *arena = page->ctx->arena;
    struct quote_template *versions;
    struct reading newer, older;
    struct names names;
    size_t count;

    TRY(page->ctx, quote_template_versions(page->ctx, admin_id(page->arg[0]), &versions, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    TRY(page->ctx, plans(page->ctx, false, &names.plans, &names.plan_count));
    TRY(page->ctx, seller_users(page->ctx, &names.users, &names.user_count));
    TRY(page->ctx, read_version(page, &names, &versions[0], &newer));
    for (size_t i = 0; i < count; i++) {
        HDF *node = hdf_row(hdf, "Versions", (int)i);

        hdf_text(node, "title", tr_fill(arena, "Version {n}", "n", page_number(page, versions[i].version), NULL));
        hdf_text(node, "when", page_instant(page, versions[i].changed_at));
        hdf_text(node, "who", who(&names, versions[i].changed_by));
        hdf_flag(node, "newest", i == 0);
        hdf_flag(node, "first", versions[i].version == 1);
        for (size_t j = 0; j < newer.line_count && versions[i].version == 1; j++)
            hdf_text(hdf_row(node, "lines", (int)j), "text", newer.line[j]);
        if (i + 1 == count)
            break;
        TRY(page->ctx, read_version(page, &names, &versions[i + 1], &older));
        tell_changes(node, &older, &newer);
        newer = older;
    }
    hdf_text(hdf, "Edit", arena_printf(arena, "/admin/templates/%lld", (long long)versions[0].id));
    return page_show(page, 200, tr_fill(arena, "Versions of {name}", "name", versions[0].name, NULL), "admin/template_history.cs");
}
