#include "service/mandate_paper.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "document/mandate_sheet.h"
#include "service/offer_paper.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/mandate.h"
#include "store/payable.h"
#include "store/subscription.h"
#include "text/format.h"
#include "text/words.h"

enum { FACTS = 8, SECTIONS = 4 };

struct paper {
    struct ctx *ctx;
    struct arena *arena;
    const char *language;
    struct mandate m;
    struct mandate_change change; /* id 0: the mandate itself */
    struct company company;
    struct customer customer;
    struct subscription subscription;
    const char *iban;
    struct mandate_section sections[SECTIONS];
    size_t count;
};

static void add_section(struct paper *p, const char *title, const struct sheet_fact *facts, size_t count)
{
    p->sections[p->count++] = (struct mandate_section){title, arena_memdup(p->arena, facts, count * sizeof facts[0]), count};
}

static const char *one_line(struct paper *p, const char *street, const char *street2, const char *postal_code, const char *city, const char *country)
{
    struct str out = str_new(p->arena);

    for (const char *c = paper_address(p->arena, p->language, street, street2, postal_code, city, country); *c != '\0'; c++)
        if (*c == '\n')
            str_append(&out, ", ");
        else
            str_append_char(&out, *c);
    return out.text;
}

static const char *utc(struct arena *arena, int64_t at)
{
    char *text = clock_format(arena, at);

    return arena_printf(arena, "%.10s %.8s UTC", text, text + 11);
}

/* The account is whole: this is the paper that a payer gives to the bank. */
static void write_parties(struct paper *p)
{
    const struct company *c = &p->company;
    const struct customer *b = &p->customer;
    const bool change = p->change.id != 0;
    struct sheet_fact facts[FACTS];
    char grouped[IBAN_GROUPED_BYTES];
    size_t n = 0;

    facts[n++] = (struct sheet_fact){tr("Name"), p->m.creditor_name};
    facts[n++] = (struct sheet_fact){tr("Creditor identifier"), p->m.creditor_id};
    facts[n++] = (struct sheet_fact){tr("Address"), one_line(p, c->street, c->street2, c->postal_code, c->city, c->country)};
    add_section(p, tr("Creditor"), facts, n);
    n = 0;
    facts[n++] = (struct sheet_fact){tr("Account holder"), change ? p->change.holder : p->m.holder};
    facts[n++] = (struct sheet_fact){tr("Address"), one_line(p, b->street, b->street2, b->postal_code, b->city, b->country)};
    if (change)
        facts[n++] = (struct sheet_fact){tr("Account before"), p->change.before_masked};
    facts[n++] = (struct sheet_fact){change ? tr("Account now") : tr("IBAN"), arena_strdup(p->arena, iban_grouped(p->iban, grouped))};
    if (!str_empty(change ? p->change.bic : p->m.bic))
        facts[n++] = (struct sheet_fact){tr("BIC"), change ? p->change.bic : p->m.bic};
    add_section(p, tr("Payer"), facts, n);
}

static void write_signature(struct paper *p)
{
    const bool change = p->change.id != 0;
    struct sheet_fact facts[FACTS];
    size_t n = 0;

    facts[n++] = (struct sheet_fact){tr("Unique mandate reference"), p->m.reference};
    facts[n++] = (struct sheet_fact){tr("Type of payment"), p->m.one_off ? tr("One-off") : tr("Recurrent")};
    facts[n++] = (struct sheet_fact){tr("Contract, for information"), tr_fill(p->arena, "Subscription {number}", "number", p->subscription.number, NULL)};
    add_section(p, tr("Mandate"), facts, n);
    n = 0;
    facts[n++] = (struct sheet_fact){tr("Signed by"), change ? p->change.signed_name : p->m.signed_name};
    facts[n++] = (struct sheet_fact){tr("Place and date"), arena_printf(p->arena, "%s%s%s", p->customer.city, str_empty(p->customer.city) ? "" : ", ",
                                                                       format_date_long(p->arena, p->language, change ? p->change.signed_on : p->m.signed_on))};
    facts[n++] = (struct sheet_fact){tr("Signed at"), utc(p->arena, change ? p->change.signed_at : p->m.signed_at)};
    facts[n++] = (struct sheet_fact){tr("Means"), tr("Typed name, consent, and a code sent by e-mail")};
    facts[n++] = (struct sheet_fact){tr("E-mail address"), p->customer.email};
    if (!str_empty(change ? p->change.remote_addr : p->m.remote_addr)) /* none: no browser was in it */
        facts[n++] = (struct sheet_fact){tr("Network address"), change ? p->change.remote_addr : p->m.remote_addr};
    if (!str_empty(change ? p->change.user_agent : p->m.user_agent))
        facts[n++] = (struct sheet_fact){tr("Browser"), change ? p->change.user_agent : p->m.user_agent};
    add_section(p, tr("Signature"), facts, n);
}

/* EPC: the Core and B2B mandates. */
const char *mandate_text(struct arena *arena, const char *scheme, const char *creditor)
{
    if (str_equal(scheme, "b2b"))
        return tr_fill(arena,
                       "By signing this mandate you authorise (A) {creditor} to send instructions to your bank to debit your account and (B) your bank to "
                       "debit your account in accordance with the instructions from {creditor}. This mandate is only intended for business-to-business "
                       "transactions. You are not entitled to a refund from your bank after your account has been debited, but you are entitled to request "
                       "your bank not to debit your account up until the day on which the payment is due.",
                       "creditor", creditor, NULL);
    return tr_fill(arena,
                   "By signing this mandate you authorise (A) {creditor} to send instructions to your bank to debit your account and (B) your bank to debit "
                   "your account in accordance with the instructions from {creditor}. As part of your rights, you are entitled to a refund from your bank "
                   "under the terms and conditions of your agreement with your bank. A refund must be claimed within eight weeks starting from the date on "
                   "which your account was debited. Your rights are explained in a statement that you can obtain from your bank.",
                   "creditor", creditor, NULL);
}

static const char *title_of(const struct mandate *m)
{
    return strcmp(m->scheme, "b2b") == 0 ? tr("SEPA Business-to-Business Direct Debit Mandate") : tr("SEPA Direct Debit Mandate");
}

static enum err load(struct ctx *ctx, int64_t ref_id, bool change, struct paper *p)
{
    struct payment_method method;

    memset(p, 0, sizeof *p);
    p->ctx = ctx;
    p->arena = ctx->arena;
    if (change)
        TRY(ctx, mandate_change_by_id(ctx, ref_id, &p->change));
    TRY(ctx, mandate_by_method(ctx, change ? p->change.payment_method_id : ref_id, &p->m));
    TRY(ctx, p->m.company_version_id != 0 ? company_by_id(ctx, p->m.company_version_id, &p->company) : company_current(ctx, &p->company));
    TRY(ctx, p->m.customer_version_id != 0 ? customer_by_version(ctx, p->m.customer_version_id, &p->customer)
                                           : customer_by_id(ctx, p->m.customer_id, &p->customer));
    TRY(ctx, subscription_by_id(ctx, p->m.subscription_id, &p->subscription));
    TRY(ctx, payment_method_by_id(ctx, p->m.payment_method_id, &method));
    TRY(ctx, payment_method_token(ctx, &method, &p->iban));
    p->language = p->m.language;
    return OK;
}

enum err render_mandate_pdf(struct ctx *ctx, int64_t ref_id, bool change, const struct signer *signer, struct db_bytes *pdf)
{
    char *before = arena_strdup(ctx->arena, words_language());
    const struct pdf_house *house;
    struct sheet_fact facts[3];
    struct mandate_sheet sheet = {.words = ""};
    struct pdf_file file;
    struct paper p;

    TRY(ctx, paper_house(ctx, &house));
    TRY(ctx, load(ctx, ref_id, change, &p));
    words_use(p.language);
    write_parties(&p);
    write_signature(&p);
    facts[0] = (struct sheet_fact){tr("Signed on"), format_date_long(p.arena, p.language, change ? p.change.signed_on : p.m.signed_on)};
    facts[1] = (struct sheet_fact){tr("Mandate"), p.m.reference};
    facts[2] = (struct sheet_fact){tr("Customer number"), p.customer.number};
    sheet.head = (struct sheet_head){
        .language = p.language, .title = title_of(&p.m), .subtitle = change ? tr("Change of the account") : "",
        .created_at = change ? p.change.signed_at : p.m.signed_at, .seller_name = p.company.name,
        .seller_text = paper_seller_text(p.arena, p.language, &p.company),
        .window = strcmp(p.customer.country, "DE") == 0 ? SHEET_WINDOW_LEFT : SHEET_WINDOW_RIGHT,
        .return_line = arena_printf(p.arena, "%s, %s, %s %s", p.company.name, p.company.street, p.company.postal_code, p.company.city),
        .buyer_name = p.customer.name, .buyer_text = paper_buyer_text(p.arena, p.language, &p.customer), .buyer_note = "", .facts = facts,
        .fact_count = 3, .footer = paper_legal_line(p.arena, &p.company), .page_label = tr("Page {page}/{pages}"), .draft_mark = ""};
    sheet.words_title = tr("What is agreed");
    sheet.words = change ? p.change.agreed_text : p.m.agreed_text;
    sheet.sections = p.sections;
    sheet.section_count = p.count;
    sheet.notice = tr("This is a simple electronic signature within the meaning of article 25 of regulation (EU) 910/2014 (eIDAS). The seal on this "
                      "file shows any later change.");
    words_use(before);
    TRY(ctx, pdf_finish(mandate_sheet_draw(ctx, house, &sheet), signer, &file));
    *pdf = (struct db_bytes){file.data, file.bytes};
    return OK;
}
