#include "page/admin/quote_words_form.h"

#include "base/str.h"
#include "core/placeholder.h"
#include "service/quote_words.h"

const struct field_option duration_option[3] = {
    {"plan", N_("As the plan says"), NULL}, {"ever", N_("Open-ended"), NULL}, {"fixed", N_("A fixed term"), NULL}};
const struct field_option term_unit_option[2] = {{"period", N_("Periods"), NULL}, {"month", N_("Months"), NULL}};

const struct field_option own_answer_option[3] = {{"plan", N_("As the plan says"), NULL}, {"yes", N_("Yes"), NULL}, {"no", N_("No"), NULL}};

void words_of_terms(struct words_form *words, const struct own_terms *own)
{
    words->duration = duration_name(own->duration);
    words->term = own->duration == DURATION_FIXED ? own->count : 0;
    words->term_unit = own->duration == DURATION_FIXED ? term_unit_name(own->unit) : "period";
    words->term_renews = own->duration == DURATION_FIXED && own->renews;
    words->commitment = own->has_commitment ? own->commitment_months : 0;
    words->notice = own->has_notice ? own->notice_days : 0;
    words->customer_end = own_answer_name(own->customer_end);
    words->close_days = own->close_days > 0 ? own->close_days : 0;
}

void empty_plan_terms(struct form *form, const struct own_terms *own)
{
    for (size_t i = 0; i < form->typed.count; i++) {
        struct pair *typed = &form->typed.items[i];

        if ((str_equal(typed->name, "term") && own->duration != DURATION_FIXED) ||
            (str_equal(typed->name, "commitment") && !own->has_commitment) || (str_equal(typed->name, "notice") && !own->has_notice) ||
            (str_equal(typed->name, "close_days") && own->close_days == CLOSE_BY_RULE))
            typed->value = "";
    }
}

static bool given(const struct page *page, const struct form *form, const char *name)
{
    const char *typed = form_typed(form, name);

    return typed != NULL && str_trim(page->ctx->arena, typed)[0] != '\0';
}

/* The field that can mend it. */
static const char *field_of(enum terms_refusal refusal)
{
    switch (refusal) {
    case TERMS_NOT_REFUSED:
    case TERMS_TOO_SHORT: break;
    case TERMS_NOTICE_TOO_LONG: return "notice";
    case TERMS_COMMITMENT_TOO_LONG: return "commitment";
    }
    return "term";
}

struct own_terms read_own_terms(struct page *page, struct form *form, const struct words_form *words, const struct plan *plan)
{
    struct own_terms own = {
        .duration = duration_from_name(str_empty(words->duration) ? "plan" : words->duration),
        .unit = term_unit_from_name(str_empty(words->term_unit) ? "period" : words->term_unit), .count = (int)words->term,
        .renews = words->term_renews, .has_commitment = given(page, form, "commitment"), .commitment_months = (int)words->commitment,
        .has_notice = given(page, form, "notice"), .notice_days = (int)words->notice,
        .customer_end = own_answer_from_name(str_empty(words->customer_end) ? "plan" : words->customer_end),
        .close_days = !given(page, form, "close_days") ? CLOSE_BY_RULE : words->close_days == 0 ? CLOSE_NEVER : (int)words->close_days};
    enum terms_refusal refusal;
    struct contract_terms terms;

    if (own.duration == DURATION_FIXED && own.count == 0) {
        form_error(form, "term", tr("Enter how long the term is"));
    } else if (plan != NULL && form->error_count == 0) { /* whole values only: a wrong number would be refused twice */
        terms = terms_with(&own, plan_terms(plan));
        refusal = terms_fit(&terms, plan->every);
        if (refusal != TERMS_NOT_REFUSED)
            form_error(form, field_of(refusal), tr(terms_refusal_text(refusal)));
    }
    return own;
}

void refuse_deposit(struct form *form, const struct deposit_terms *terms, enum deposit_refusal refusal)
{
    if (refusal != DEPOSIT_NOT_REFUSED)
        form_error(form, terms->minor > 0 ? "deposit_amount" : "deposit_percent", tr(deposit_refusal_text(refusal)));
}

struct deposit_terms read_deposit_terms(struct page *page, struct form *form, int64_t ppm, int64_t amount, const char *currency, bool pays)
{
    const struct deposit_terms terms = {(int32_t)ppm, amount_typed(page, form, "deposit_amount", amount, currency)};

    refuse_deposit(form, &terms, deposit_may_be_asked(&terms, -1, pays));
    return terms;
}

void empty_no_deposit(struct form *form, int64_t ppm, int64_t amount)
{
    for (size_t i = 0; i < form->typed.count; i++) {
        struct pair *typed = &form->typed.items[i];

        if ((str_equal(typed->name, "deposit_percent") && ppm == 0) || (str_equal(typed->name, "deposit_amount") && amount == 0))
            typed->value = "";
    }
}

void check_variables(struct page *page, struct form *form, const char *field, const char *text)
{
    struct arena *arena = page->ctx->arena;
    struct placeholder_fault fault;
    const char *line, *column;

    if (placeholders_ok(text, quote_variable, QUOTE_VARIABLES, &fault))
        return;
    line = arena_printf(arena, "%d", fault.line);
    column = arena_printf(arena, "%d", fault.column);
    form_error(form, field, tr_fill(arena, "Line {line}, character {column}: there is no variable {name}", "line", line, "column", column, "name",
                                    arena_printf(arena, "{%s}", fault.name), NULL));
}

void check_words(struct page *page, struct form *form, const struct words_form *words)
{
    check_variables(page, form, "note", words->note);
    check_variables(page, form, "header", words->header);
    check_variables(page, form, "footer", words->footer);
    check_variables(page, form, "terms", words->terms);
    check_variables(page, form, "confirmation", words->confirmation);
}

void tell_variables(struct page *page, HDF *hdf)
{
    struct str list = str_new(page->ctx->arena);

    for (size_t i = 0; i < QUOTE_VARIABLES; i++)
        str_printf(&list, "%s{%s}", i == 0 ? "" : " ", quote_variable[i]);
    hdf_text(hdf, "Variables", tr_fill(page->ctx->arena, "Variables that you can write into texts: {list}", "list", list.text, NULL));
}
