/* mandate: a customer signs a SEPA direct debit mandate: account, typed name, consent; then the code from the mail. Its own
 * page shows it, changes its account (signed the same way) and revokes it. */
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/return_code.h"
#include "page/customer/customer.h"
#include "page/mandate_view.h"
#include "service/mandate_paper.h"
#include "service/mandating.h"
#include "store/customer.h"
#include "store/debit.h"
#include "text/words.h"

struct mandate_form {
    const char *holder;
    const char *iban;
    const char *bic;
    const char *name;
    bool consent;
    const char *use;
};
#define AT(member) .offset = offsetof(struct mandate_form, member)

static const struct field_option use_option[] = {
    {"next", N_("The next invoices"), NULL}, {"open", N_("The next invoices, and what is open now"), NULL}, {"once", N_("Only what is open now, once"), NULL}};

/* The last one is asked only where something is open. */
static const struct field mandate_field[] = {
    {.kind = FIELD_TEXT, .name = "holder", .label = N_("Account holder"), .required = true, .max = 70, .missing = N_("Enter the account holder"), AT(holder)},
    {.kind = FIELD_TEXT, .name = "iban", .label = N_("IBAN"), .required = true, .max = 60, .missing = N_("Enter the IBAN"), AT(iban)},
    {.kind = FIELD_TEXT, .name = "bic", .label = N_("BIC"), .max = 20, .hint = N_("Only for accounts outside the European Economic Area"), AT(bic)},
    {.kind = FIELD_TEXT, .name = "name", .label = N_("First and last name of who signs"), .required = true, .max = 200, .autocomplete = "name",
     .missing = N_("Enter your first and last name"), AT(name)},
    {.kind = FIELD_CHECK, .name = "consent", .label = N_("I sign this mandate"), .required = true, .missing = N_("Tick the box to sign the mandate"), AT(consent)},
    {.kind = FIELD_CHOICE, .name = "use", .label = N_("What is debited"), .required = true, .options = use_option, .option_count = COUNT_OF(use_option),
     .missing = N_("Choose what is debited"), AT(use)},
};
enum { FIELDS = COUNT_OF(mandate_field), FIELDS_WITHOUT_USE = FIELDS - 1 };

struct code_form {
    const char *code;
};
static const struct field code_field[] = {
    {.kind = FIELD_TEXT, .name = "code", .label = N_("Code from the e-mail"), .required = true, .max = 20, .autocomplete = "one-time-code",
     .missing = N_("Enter the code"), .offset = offsetof(struct code_form, code)},
};

/* A page of the subscription's mandate m, or of a new one (NULL), with what follows in its address. */
static char *mandate_url(const struct page *page, const struct subscription *s, const struct mandate *m, const char *rest)
{
    return arena_printf(page->ctx->arena, "/my/subscriptions/%s/mandate%s%s%s", s->number, m != NULL ? "/" : "", m != NULL ? m->reference : "", rest);
}

/* What was done leads on; what was refused changes nothing. */
static enum err answer(struct page *page, enum mandate_refusal refusal, const char *url)
{
    return refusal == MANDATE_NOT_REFUSED ? page_see(page, "%s", url) : page_error(page, 409, tr(mandate_refusal_text(refusal)));
}

/* What a page of signing needs. */
struct signing_page {
    struct subscription s;
    struct debit_terms terms;
    const char *scheme;
    struct open_invoice *open;
    size_t open_count;
};

static size_t field_count(const struct signing_page *p)
{
    return p->open_count > 0 ? FIELDS : FIELDS_WITHOUT_USE;
}

static void show_terms(struct page *page, const struct signing_page *p, HDF *hdf, bool once)
{
    HDF *facts = hdf_node(hdf, "Facts");
    const struct company *c = &page->company;
    int row = 0;

    hdf_text(hdf, "Sub.number", p->s.number);
    page_fact(facts, &row, tr("Creditor"), c->name);
    page_fact(facts, &row, tr("Creditor identifier"), p->terms.creditor_id);
    page_fact(facts, &row, tr("Address"), arena_printf(page->ctx->arena, "%s, %s %s", c->street, c->postal_code, c->city));
    page_fact(facts, &row, tr("Payment"), once ? tr("One-off") : tr("Recurrent"));
}

static const char *signing_title(const char *scheme)
{
    return str_equal(scheme, "b2b") ? tr("SEPA Business-to-Business Direct Debit Mandate") : tr("SEPA Direct Debit Mandate");
}

#define KEY_ODD "?key=odd" /* the page of the code warns of the account, which it knows by its ends only */

/* French accounts have a key of their own within them: one that does not fit is worth a look, and no refusal. */
static bool key_fits(const char *typed)
{
    char iban[IBAN_BYTES];

    return typed == NULL || !iban_normalise(typed, iban) || iban_verdict_sepa(iban) != IBAN_WELL_FORMED || iban_rib_key_fits(iban);
}

static enum err show_mandate(struct page *page, const struct signing_page *p, const struct form *form, const struct mandate_form *values)
{
    HDF *hdf = page_tree(page);
    int64_t sum = 0;

    show_terms(page, p, hdf, values->use != NULL && str_equal(values->use, "once"));
    hdf_text(hdf, "Mandate.text", mandate_text(page->ctx->arena, p->scheme, page->company.name));
    hdf_flag(hdf, "Mandate.b2b", str_equal(p->scheme, "b2b"));
    hdf_flag(hdf, "Mandate.key_odd", !key_fits(form_typed(form, "iban")));
    for (size_t i = 0; i < p->open_count; i++) {
        sum += p->open[i].open_minor;
        hdf_text(hdf_row(hdf, "Open", (int)i), "text", arena_printf(page->ctx->arena, "%s, %s", p->open[i].number, page_money(page, p->open[i].open_minor, "EUR")));
    }
    if (p->open_count > 0)
        hdf_text(hdf, "Mandate.open", tr_fill(page->ctx->arena, "Open now: {amount}", "amount", page_money(page, sum, "EUR"), NULL));
    if (form->error_count > 0)
        return page_show_form(page, form, signing_title(p->scheme), "portal/mandate.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, signing_title(p->scheme), "portal/mandate.cs");
}

/* A subscription that can be paid by direct debit; else the page's answer is a refusal. */
static enum err load(struct page *page, struct signing_page *p, bool *refused)
{
    enum err err = visible_subscription(page, page->arg[0], &p->s);

    *refused = false;
    if (err != OK)
        return err;
    TRY(page->ctx, debit_terms(page->ctx, &p->terms));
    *refused = p->terms.creditor_id[0] == '\0' || page->company.iban[0] == '\0' || !str_equal(p->s.currency, "EUR") || str_equal(p->s.state, "ended");
    if (*refused)
        return page_error(page, 409, tr(mandate_refusal_text(MANDATE_NO_DEBITS)));
    TRY(page->ctx, scheme_offered(page->ctx, p->s.customer_id, &p->scheme));
    return open_invoices_to_debit(page->ctx, p->s.id, &p->open, &p->open_count);
}

enum err page_my_mandate(struct page *page)
{
    struct mandate_form values = {.use = "next"};
    struct signing_page p;
    struct customer customer;
    struct form form;
    bool refused;
    enum err err = load(page, &p, &refused);

    if (err != OK || refused)
        return err;
    TRY(page->ctx, customer_by_id(page->ctx, p.s.customer_id, &customer));
    values.holder = str_cut(page->ctx->arena, customer.name, 70);
    values.iban = values.bic = values.name = "";
    form_fill(&form, page->ctx, mandate_field, field_count(&p), &values);
    return show_mandate(page, &p, &form, &values);
}

static void check_account(struct form *form, const struct mandate_form *v, char iban[IBAN_BYTES], char bic[BIC_BYTES])
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
}

enum err page_my_mandate_post(struct page *page)
{
    struct once once = {.token = page_once(page)};
    struct mandate_form values = {.use = "next"};
    struct mandate_start start;
    struct signing_page p;
    struct form form;
    char iban[IBAN_BYTES], bic[BIC_BYTES];
    bool refused;
    enum err err = load(page, &p, &refused);

    if (err != OK || refused)
        return err;
    if (!page_form(page, &form, mandate_field, field_count(&p), &values))
        return OK;
    if (values.use == NULL)
        values.use = "next";
    check_account(&form, &values, iban, bic);
    if (form.error_count > 0)
        return show_mandate(page, &p, &form, &values);
    once.to = mandate_url(page, &p.s, NULL, iban_rib_key_fits(iban) ? "/{ref}" : "/{ref}" KEY_ODD);
    start = (struct mandate_start){.subscription_id = p.s.id, .holder = values.holder, .iban = iban, .bic = bic, .signed_name = values.name,
                                   .use = str_equal(values.use, "once") ? USE_ONCE : str_equal(values.use, "open") ? USE_WITH_OPEN : USE_FROM_NOW,
                                   .agreed_text = mandate_text(page->ctx->arena, p.scheme, page->company.name)};
    TRY(page->ctx, start_mandate(page->ctx, &start, &once));
    if (start.refusal == MANDATE_TOO_MANY) {
        form_error(&form, "iban", tr(mandate_refusal_text(start.refusal)));
        return show_mandate(page, &p, &form, &values);
    }
    return answer(page, start.refusal, start.url);
}

/* ---- the code ---- */

static enum err load_mandate(struct page *page, struct subscription *s, struct mandate *m)
{
    enum err err = visible_subscription(page, page->arg[0], s);

    if (err != OK)
        return err;
    err = mandate_by_reference(page->ctx, page->arg[1], m);
    return err == OK && (m->subscription_id != s->id || m->customer_id != s->customer_id) ? ERR_NOT_FOUND : err;
}

/* Of a mandate, or of the change of its account: `again` is where one begins anew. */
struct code_page {
    struct subscription s;
    struct mandate m;
    const char *account;
    const char *action;
    const char *again;
};

static enum err show_code(struct page *page, const struct code_page *p, const struct form *form, const char *problem)
{
    HDF *hdf = page_tree(page);
    struct customer customer;
    bool odd = str_equal(page_query(page, "key"), "odd");

    TRY(page->ctx, customer_by_id(page->ctx, p->s.customer_id, &customer));
    hdf_text(hdf, "Mandate.reference", p->m.reference);
    hdf_text(hdf, "Mandate.sent", tr_fill(page->ctx->arena, "We have sent a code to {address}. It is good for 30 minutes.", "address", customer.email, NULL));
    hdf_text(hdf, "Mandate.account", p->account);
    hdf_flag(hdf, "Mandate.key_odd", odd);
    hdf_text(hdf, "Mandate.action", odd ? arena_printf(page->ctx->arena, "%s" KEY_ODD, p->action) : p->action);
    hdf_text(hdf, "Mandate.again", p->again);
    if (problem != NULL)
        layout_flash(hdf, "bad", problem, NULL, NULL);
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Enter the code"), "portal/mandate_code.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, problem == NULL ? 200 : 422, tr("Enter the code"), "portal/mandate_code.cs");
}

static void fill_code_page(struct page *page, struct code_page *p)
{
    p->account = p->m.account_masked;
    p->action = mandate_url(page, &p->s, &p->m, "");
    p->again = mandate_url(page, &p->s, NULL, "");
}

/* What a code was answered with. */
static enum err answer_code(struct page *page, const struct code_page *p, struct form *form, const struct mandate_sign *sign)
{
    switch (sign->refusal) {
    case MANDATE_NOT_REFUSED: return page_see(page, "%s", sign->url);
    case MANDATE_NO_DRAFT: return page_see(page, "/my/subscriptions/%s", p->s.number);
    case MANDATE_WRONG_CODE: form_error(form, "code", tr(mandate_refusal_text(sign->refusal))); return show_code(page, p, form, NULL);
    default: return show_code(page, p, form, tr(mandate_refusal_text(sign->refusal)));
    }
}

static enum err show_signed(struct page *page, const struct subscription *s, const struct mandate *m)
{
    HDF *hdf = page_tree(page);
    bool alive = str_equal(m->state, "active") || str_equal(m->state, "suspended");

    hdf_text(hdf, "Sub.number", s->number);
    TRY(page->ctx, view_mandate(page, hdf, m, mandate_url(page, s, m, "/account")));
    hdf_flag(hdf, "May.revoke", alive);
    hdf_flag(hdf, "May.change", alive && !m->one_off);
    if (str_equal(page_query(page, "did"), "changed"))
        layout_flash(hdf, "ok", tr("Your mandate has another account now: the next debits come from there."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "once"))
        layout_flash(hdf, "ok", tr("Your mandate is signed: what is open is debited once. We tell you of the day by e-mail."), NULL, NULL);
    if (str_equal(page_query(page, "did"), "revoked"))
        layout_flash(hdf, "ok", tr("Your mandate is revoked. Nothing more is debited under it."), NULL, NULL);
    return page_show(page, 200, tr_fill(page->ctx->arena, "Mandate {reference}", "reference", m->reference, NULL), "portal/mandate_signed.cs");
}

enum err page_my_mandate_code(struct page *page)
{
    struct code_form values = {""};
    struct code_page p;
    struct form form;
    enum err err = load_mandate(page, &p.s, &p.m);

    if (err != OK)
        return err;
    if (!str_equal(p.m.state, "draft"))
        return show_signed(page, &p.s, &p.m);
    fill_code_page(page, &p);
    form_fill(&form, page->ctx, code_field, COUNT_OF(code_field), &values);
    return show_code(page, &p, &form, NULL);
}

/* The code that was typed, to what it signs; to: where success leads. */
static enum err post_code(struct page *page, const struct code_page *p, const char *to,
                          enum err (*signs)(struct ctx *ctx, struct mandate_sign *sign, const struct once *once))
{
    const struct once once = {.token = page_once(page), .to = to};
    struct code_form values;
    struct mandate_sign sign;
    struct form form;

    if (!PAGE_FORM(page, &form, code_field, &values))
        return OK;
    if (form.error_count > 0)
        return show_code(page, p, &form, NULL);
    sign = (struct mandate_sign){.reference = p->m.reference, .code = values.code};
    TRY(page->ctx, signs(page->ctx, &sign, &once));
    return answer_code(page, p, &form, &sign);
}

enum err page_my_mandate_code_post(struct page *page)
{
    struct code_page p;
    enum err err = load_mandate(page, &p.s, &p.m);

    if (err != OK)
        return err;
    fill_code_page(page, &p);
    return post_code(page, &p, p.m.one_off ? mandate_url(page, &p.s, &p.m, "?did=once") : arena_printf(page->ctx->arena, "/my/subscriptions/%s?did=mandate", p.s.number),
                     sign_mandate);
}

/* ---- its paper, and its end ---- */

enum err page_my_mandate_pdf(struct page *page)
{
    struct subscription s;
    struct mandate m;
    enum err err = load_mandate(page, &s, &m);

    if (err == OK && str_equal(m.state, "draft"))
        err = ERR_NOT_FOUND;
    return err == OK ? page_document(page, "mandate", m.payment_method_id, m.reference) : err;
}

enum err page_my_mandate_change_pdf(struct page *page)
{
    struct subscription s;
    struct mandate_change c;
    struct mandate m;
    long long id;
    enum err err = load_mandate(page, &s, &m);

    if (err == OK)
        err = str_to_i64(page->arg[2], 1, INT64_MAX, &id) ? mandate_change_by_id(page->ctx, id, &c) : ERR_NOT_FOUND;
    if (err == OK && (c.payment_method_id != m.payment_method_id || c.signed_at == 0))
        err = ERR_NOT_FOUND;
    return err == OK ? page_document(page, "mandate_amendment", c.id, m.reference) : err;
}

enum err page_my_mandate_revoke_post(struct page *page)
{
    struct once once = {.token = page_once(page)};
    struct mandate_act act;
    struct subscription s;
    struct mandate m;
    enum err err = load_mandate(page, &s, &m);

    if (err != OK)
        return err;
    if (!page_press(page))
        return OK;
    once.to = mandate_url(page, &s, &m, "?did=revoked");
    act = (struct mandate_act){.reference = m.reference};
    TRY(page->ctx, revoke_mandate(page->ctx, &act, &once));
    return answer(page, act.refusal, act.url);
}

/* ---- another account ---- */

/* A mandate whose account can be changed; else the page's answer is a refusal. */
static enum err load_change(struct page *page, struct signing_page *p, struct mandate *m, bool *refused)
{
    enum err err = load(page, p, refused);

    if (err != OK || *refused)
        return err;
    err = load_mandate(page, &p->s, m);
    if (err != OK)
        return err;
    *refused = m->one_off || !(str_equal(m->state, "active") || str_equal(m->state, "suspended"));
    return *refused ? page_error(page, 409, tr(mandate_refusal_text(MANDATE_NOT_ALIVE))) : OK;
}

static const char *agreed_change(const struct page *page, const struct mandate *m)
{
    return tr_fill(page->ctx->arena,
                   "Mandate {reference} of {creditor} stays in force as you signed it, with another account: your bank may debit the account that you enter "
                   "here in accordance with the instructions from {creditor}.",
                   "reference", m->reference, "creditor", m->creditor_name, NULL);
}

static enum err show_change(struct page *page, const struct signing_page *p, const struct mandate *m, const struct form *form)
{
    HDF *hdf = page_tree(page);

    show_terms(page, p, hdf, false);
    hdf_text(hdf, "Mandate.reference", m->reference);
    hdf_text(hdf, "Mandate.before", m->account_masked);
    hdf_text(hdf, "Mandate.text", agreed_change(page, m));
    hdf_flag(hdf, "Mandate.key_odd", !key_fits(form_typed(form, "iban")));
    if (form->error_count > 0)
        return page_show_form(page, form, tr("Change the account"), "portal/mandate_account.cs");
    view_form(page->ctx, hdf, form);
    return page_show(page, 200, tr("Change the account"), "portal/mandate_account.cs");
}

enum err page_my_mandate_account(struct page *page)
{
    struct mandate_form values = {.iban = "", .bic = "", .name = ""};
    struct signing_page p;
    struct mandate m;
    struct form form;
    bool refused;
    enum err err = load_change(page, &p, &m, &refused);

    if (err != OK || refused)
        return err;
    values.holder = m.holder;
    form_fill(&form, page->ctx, mandate_field, FIELDS_WITHOUT_USE, &values);
    return show_change(page, &p, &m, &form);
}

enum err page_my_mandate_account_post(struct page *page)
{
    struct once once = {.token = page_once(page)};
    char iban[IBAN_BYTES], bic[BIC_BYTES];
    struct mandate_form values;
    struct mandate_start start;
    struct signing_page p;
    struct mandate m;
    struct form form;
    bool refused;
    enum err err = load_change(page, &p, &m, &refused);

    if (err != OK || refused)
        return err;
    if (!page_form(page, &form, mandate_field, FIELDS_WITHOUT_USE, &values))
        return OK;
    check_account(&form, &values, iban, bic);
    if (form.error_count > 0)
        return show_change(page, &p, &m, &form);
    once.to = mandate_url(page, &p.s, &m, iban_rib_key_fits(iban) ? "/account/code" : "/account/code" KEY_ODD);
    start = (struct mandate_start){.holder = values.holder, .iban = iban, .bic = bic, .signed_name = values.name, .agreed_text = agreed_change(page, &m)};
    TRY(page->ctx, start_mandate_change(page->ctx, m.reference, &start, &once));
    if (start.refusal == MANDATE_SAME_ACCOUNT || start.refusal == MANDATE_TOO_MANY) {
        form_error(&form, "iban", tr(mandate_refusal_text(start.refusal)));
        return show_change(page, &p, &m, &form);
    }
    return answer(page, start.refusal, start.url);
}

static enum err load_change_code(struct page *page, struct code_page *p, struct mandate_change *c)
{
    enum err err = load_mandate(page, &p->s, &p->m);

    if (err == OK)
        err = last_mandate_change(page->ctx, p->m.payment_method_id, false, c);
    if (err != OK)
        return err;
    p->account = c->account_masked;
    p->again = mandate_url(page, &p->s, &p->m, "/account");
    p->action = mandate_url(page, &p->s, &p->m, "/account/code");
    return OK;
}

enum err page_my_mandate_account_code(struct page *page)
{
    struct code_form values = {""};
    struct mandate_change c;
    struct code_page p;
    struct form form;
    enum err err = load_change_code(page, &p, &c);

    if (err != OK)
        return err;
    if (c.signed_at != 0)
        return page_see(page, "%s", mandate_url(page, &p.s, &p.m, ""));
    form_fill(&form, page->ctx, code_field, COUNT_OF(code_field), &values);
    return show_code(page, &p, &form, NULL);
}

enum err page_my_mandate_account_code_post(struct page *page)
{
    struct mandate_change c;
    struct code_page p;
    enum err err = load_change_code(page, &p, &c);

    return err == OK ? post_code(page, &p, mandate_url(page, &p.s, &p.m, "?did=changed"), sign_mandate_change) : err;
}
