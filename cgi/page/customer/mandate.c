/* mandate: a customer signs a SEPA direct debit mandate: account, typed name, consent; then the code from the mail. */
#include "base/str.h"
#include "core/iban.h"
#include "page/customer/customer.h"
#include "service/debiting.h"
#include "store/customer.h"
#include "text/words.h"

struct mandate_form {
    const char *holder;
    const char *iban;
    const char *bic;
    const char *name;
    bool consent;
};
#define AT(member) .offset = offsetof(struct mandate_form, member)

static const struct field mandate_field[] = {
    {.kind = FIELD_TEXT, .name = "holder", .label = N_("Account holder"), .required = true, .max = 70, .missing = N_("Enter the account holder"), AT(holder)},
    {.kind = FIELD_TEXT, .name = "iban", .label = N_("IBAN"), .required = true, .max = 60, .missing = N_("Enter the IBAN"), AT(iban)},
    {.kind = FIELD_TEXT, .name = "bic", .label = N_("BIC"), .max = 20, .hint = N_("Only for accounts outside the European Economic Area"), AT(bic)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("First and last name of who signs"), .required = true, .max = 200, .autocomplete = "name",
     .missing = N_("Enter your first and last name"), AT(name)},
    {.kind = FIELD_CHECK, .name = "consent", .label = N_("I sign this mandate"), .required = true, .missing = N_("Tick the box to sign the mandate"), AT(consent)},
};

struct code_form {
    const char *code;
};
static const struct field code_field[] = {
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code from the e-mail"), .required = true, .max = 20, .autocomplete = "one-time-code",
     .missing = N_("Enter the code"), .offset = offsetof(struct code_form, code)},
};

/* The scheme's own words (EPC, Core mandate). */
static const char *agreed(const struct page *page)
{
    return tr_fill(page->ctx->arena,
                   "By signing this mandate you authorise (A) {creditor} to send instructions to your bank to debit your account and (B) your bank to debit "
                   "your account in accordance with the instructions from {creditor}. As part of your rights, you are entitled to a refund from your bank "
                   "under the terms and conditions of your agreement with your bank. A refund must be claimed within eight weeks starting from the date on "
                   "which your account was debited. Your rights are explained in a statement that you can obtain from your bank.",
                   "creditor", page->company.name, NULL);
}

static enum err show_mandate(struct page *page, const struct subscription *s, const struct debit_terms *terms, const struct form *form)
{
    HDF *hdf = page_tree(page);
    HDF *facts = hdf_node(hdf, "Facts");
    const struct company *c = &page->company;
    int row = 0;

    hdf_text(hdf, "Sub.number", s->number);
    hdf_text(hdf, "Mandate.text", agreed(page));
    page_fact(facts, &row, tr("Creditor"), c->name);
    page_fact(facts, &row, tr("Creditor identifier"), terms->creditor_id);
    page_fact(facts, &row, tr("Address"), arena_printf(page->ctx->arena, "%s, %s %s", c->street, c->postal_code, c->city));
    page_fact(facts, &row, tr("Payment"), tr("Recurrent"));
    if (form->error_count > 0)
        return page_show_form(page, form, tr("SEPA Direct Debit Mandate"), "portal/mandate.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("SEPA Direct Debit Mandate"), "portal/mandate.cs");
}

/* A subscription that can be paid by direct debit; else the page's answer is a refusal. */
static enum err load(struct page *page, struct subscription *s, struct debit_terms *terms, bool *refused)
{
    enum err err = visible_subscription(page, page->arg[0], s);

    *refused = false;
    if (err != OK)
        return err;
    TRY(page->ctx, debit_terms(page->ctx, terms));
    *refused = terms->creditor_id[0] == '\0' || page->company.iban[0] == '\0' || !str_equal(s->currency, "EUR") || str_equal(s->state, "ended");
    return *refused ? page_error(page, 409, tr(mandate_refusal_text(MANDATE_NO_DEBITS))) : OK;
}

enum err page_my_mandate(struct page *page)
{
    struct mandate_form values = {"", "", "", "", false};
    struct debit_terms terms;
    struct subscription s;
    struct customer customer;
    struct form form;
    bool refused;
    enum err err = load(page, &s, &terms, &refused);

    if (err != OK || refused)
        return err;
    TRY(page->ctx, customer_by_id(page->ctx, s.customer_id, &customer));
    values.holder = str_cut(page->ctx->arena, customer.name, 70);
    form_fill(&form, page->ctx, mandate_field, COUNT_OF(mandate_field), &values);
    return show_mandate(page, &s, &terms, &form);
}

static void check_account(struct page *page, struct form *form, const struct mandate_form *v, char iban[IBAN_BYTES], char bic[BIC_BYTES])
{
    enum iban_verdict verdict = IBAN_WRONG_CHARACTERS;

    bic[0] = '\0';
    if (v->iban == NULL || v->iban[0] == '\0')
        return;
    if (iban_normalise(v->iban, iban))
        verdict = iban_verdict_sepa(iban);
    if (verdict != IBAN_WELL_FORMED) {
        form_error(form, "iban", tr(iban_verdict_text(verdict)));
        return;
    }
    if (!bic_normalise(v->bic == NULL ? "" : v->bic, bic) || (bic[0] != '\0' && !bic_ok(bic)))
        form_error(form, "bic", tr("A BIC has 8 or 11 letters and digits, for example AGRIFRPP"));
    else if (bic[0] != '\0' && !bic_fits_iban(bic, iban))
        form_error(form, "bic", tr("This bank is in another country than the account"));
    else if (bic[0] == '\0' && !iban_country_in_eea(iban))
        form_error(form, "bic", tr("Accounts outside the European Economic Area need the BIC"));
    (void)page;
}

enum err page_my_mandate_post(struct page *page)
{
    struct once once = {.token = page_once(page)};
    struct mandate_form values;
    struct mandate_start start;
    struct debit_terms terms;
    struct subscription s;
    struct form form;
    char iban[IBAN_BYTES], bic[BIC_BYTES];
    bool refused;
    enum err err = load(page, &s, &terms, &refused);

    if (err != OK || refused)
        return err;
    if (!PAGE_FORM(page, &form, mandate_field, &values))
        return OK;
    check_account(page, &form, &values, iban, bic);
    if (form.error_count > 0)
        return show_mandate(page, &s, &terms, &form);
    once.to = arena_printf(page->ctx->arena, "/my/subscriptions/%s/mandate/{ref}", s.number);
    start = (struct mandate_start){.subscription_id = s.id, .holder = values.holder, .iban = iban, .bic = bic, .signed_name = values.name,
                                   .agreed_text = agreed(page)};
    TRY(page->ctx, start_mandate(page->ctx, &start, &once));
    return start.refusal == MANDATE_NOT_REFUSED ? page_see(page, "%s", start.url) : page_error(page, 409, tr(mandate_refusal_text(start.refusal)));
}

/* ---- the code ---- */

static enum err load_draft(struct page *page, struct subscription *s, struct mandate *m)
{
    enum err err = visible_subscription(page, page->arg[0], s);

    if (err != OK)
        return err;
    err = mandate_by_reference(page->ctx, page->arg[1], m);
    return err == OK && m->subscription_id != s->id ? ERR_NOT_FOUND : err;
}

static enum err show_code(struct page *page, const struct subscription *s, const struct mandate *m, const struct form *form, const char *problem)
{
    HDF *hdf = page_tree(page);
    struct customer customer;

    TRY(page->ctx, customer_by_id(page->ctx, s->customer_id, &customer));
    hdf_text(hdf, "Sub.number", s->number);
    hdf_text(hdf, "Mandate.reference", m->reference);
    hdf_text(hdf, "Mandate.sent", tr_fill(page->ctx->arena, "We have sent a code to {address}. It is good for 30 minutes.", "address", customer.email, NULL));
    hdf_text(hdf, "Mandate.account", m->account_masked);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Enter the code"), "portal/mandate_code.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, problem == NULL ? 200 : 422, tr("Enter the code"), "portal/mandate_code.cs");
}

enum err page_my_mandate_code(struct page *page)
{
    struct code_form values = {""};
    struct subscription s;
    struct mandate m;
    struct form form;
    enum err err = load_draft(page, &s, &m);

    if (err != OK)
        return err;
    if (!str_equal(m.state, "draft"))
        return page_see(page, "/my/subscriptions/%s", s.number);
    form_fill(&form, page->ctx, code_field, COUNT_OF(code_field), &values);
    return show_code(page, &s, &m, &form, NULL);
}

enum err page_my_mandate_code_post(struct page *page)
{
    struct once once = {.token = page_once(page)};
    struct code_form values;
    struct mandate_sign sign;
    struct subscription s;
    struct mandate m;
    struct form form;
    enum err err = load_draft(page, &s, &m);

    if (err != OK)
        return err;
    if (!PAGE_FORM(page, &form, code_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_code(page, &s, &m, &form, NULL);
    once.to = arena_printf(page->ctx->arena, "/my/subscriptions/%s?did=mandate", s.number);
    sign = (struct mandate_sign){.reference = m.reference, .code = values.code};
    TRY(page->ctx, sign_mandate(page->ctx, &sign, &once));
    switch (sign.refusal) {
    case MANDATE_NOT_REFUSED: return page_see(page, "%s", sign.url);
    case MANDATE_NO_DRAFT: return page_see(page, "/my/subscriptions/%s", s.number);
    case MANDATE_WRONG_CODE: form_error(&form, "code", tr(mandate_refusal_text(sign.refusal))); return show_code(page, &s, &m, &form, NULL);
    default: return show_code(page, &s, &m, &form, tr(mandate_refusal_text(sign.refusal)));
    }
}
