/* demo_year: thirteen months of trade before today, lived day by day through the services that pages and batch call:
 * nothing is written past them, so that its documents, chains and books are as true as any. Customers and accounts are
 * invented; account numbers have their check digits and belong to nobody. */
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "batch/demo.h"
#include "core/date.h"
#include "core/money.h"
#include "service/amending.h"
#include "service/banking.h"
#include "service/closing.h"
#include "service/contract_quoting.h"
#include "service/crediting.h"
#include "service/debit_answers.h"
#include "service/debit_files.h"
#include "service/debit_terms.h"
#include "service/ending.h"
#include "service/mandate_paper.h"
#include "service/mandating.h"
#include "service/offer.h"
#include "service/quoting.h"
#include "service/signing.h"
#include "store/customer.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/overview.h"
#include "store/subscription.h"
#include "text/words.h"

#define OURS "FR7630006000011234567890189"
#define DAY (86400 * CLOCK_SECOND)
enum { CLOSES_ON_DAY = 6, BANK_DAYS = 1, WAITING_MAX = 32 };

static const struct once no_form = {NULL, "/"};

static const struct demo_template template[] = {
    {"Atelier sur facture", PLAN_MONTH, ACCEPTANCE_SIGNATURE},
    {"Atelier sur facture, au trimestre", PLAN_QUARTER, ACCEPTANCE_SIGNATURE},
    {"Atelier sur facture, à l'année", PLAN_YEAR, ACCEPTANCE_SIGNATURE},
};

/* Who signs on which day, and how they pay: under a mandate (iban), or by transfer so many days after the invoice. */
struct contract {
    struct demo_customer customer;
    int template;
    int day;
    const char *iban; /* NULL: by transfer */
    int pays_after;
};

#define BUSINESS(n, c, m, s, p, t, siren_) .is_company = true, .name = n, .contact_name = c, .email = m, .street = s, .postal_code = p, .city = t, .country = "FR", \
    .siren = siren_, .vat_id = "", .language = "fr"

static const struct contract contract[] = {
    {{{BUSINESS("Tonnellerie Vasseur", "Hugo Vasseur", "hugo@tonnellerie-vasseur.example", "2 chemin des Merrains", "16100", "Cognac", "401833066")}, false},
     0, 2, "FR7630004012840004192703168", 0},
    {{{BUSINESS("Verrerie du Grand Pré", "Lise Moreau", "lise@verrerie-grandpre.example", "18 route de Baccarat", "54120", "Baccarat", "419305743")}, false},
     1, 9, NULL, 12},
    {{{BUSINESS("Lutherie Anselme", "Paul Anselme", "paul@lutherie-anselme.example", "5 rue des Luthiers", "88500", "Mirecourt", "503722183")}, false},
     0, 24, NULL, 5},
    {{{.is_company = false, .name = "Camille Roussel", .contact_name = "", .email = "camille.roussel@courriel.example", .street = "9 place du Marché",
       .postal_code = "44000", .city = "Nantes", .country = "FR", .siren = "", .vat_id = "", .language = "fr"}, false},
     0, 41, "FR7630004012840051773440279", 0},
    {{{.is_company = true, .name = "Tischlerei Vogt KG", .contact_name = "Karla Vogt", .email = "karla@tischlerei-vogt.example", .street = "Am Sägewerk 3",
       .postal_code = "79100", .city = "Freiburg", .country = "DE", .siren = "", .vat_id = "DE811574820", .language = "en"}, true},
     2, 55, NULL, 14},
    {{{.is_company = true, .name = "Atelier des Remparts SRL", .contact_name = "Nora Claes", .email = "nora@atelier-remparts.example", .street = "11 rue des Remparts",
       .postal_code = "5000", .city = "Namur", .country = "BE", .siren = "", .vat_id = "BE0413886231", .language = "fr"}, true},
     0, 78, NULL, 3},
    {{{BUSINESS("Imprimerie Castel", "Manon Castel", "manon@imprimerie-castel.example", "40 boulevard Gutenberg", "67000", "Strasbourg", "388419673")}, false},
     0, 103, "FR7630004012840086612095497", 0},
    {{{BUSINESS("Reliure Baptiste", "Élie Baptiste", "elie@reliure-baptiste.example", "7 rue du Parchemin", "76000", "Rouen", "442091351")}, false},
     0, 131, NULL, 8},
};
enum { CONTRACTS = COUNT_OF(contract) };

enum act { ACT_SEATS = 1, ACT_OPTION, ACT_PAUSE, ACT_CLOSE, ACT_CREDIT, ACT_LATE, ACT_RETURN, ACT_DISCOUNT, ACT_PROPOSE };

/* What else happens, in order of days. */
static const struct {
    int day;
    enum act act;
    int contract;
    int number; /* seats, days of pause, or of being late */
} event[] = {
    {118, ACT_SEATS, 0, 5},  {140, ACT_OPTION, 2, 0}, {166, ACT_SEATS, 6, 8},  {172, ACT_LATE, 2, 6},  {190, ACT_PAUSE, 7, 62},
    {214, ACT_SEATS, 5, 2},  {226, ACT_RETURN, 3, 0}, {251, ACT_CREDIT, 1, 0}, {283, ACT_CLOSE, 5, 0},  {297, ACT_OPTION, 6, 0},
    {330, ACT_SEATS, 0, 4},  {340, ACT_DISCOUNT, 3, 0}, {352, ACT_LATE, 7, 5}, {386, ACT_PROPOSE, 1, 9},
};

/* What the bank books later. */
struct waiting {
    char key[64]; /* of the attempt */
    int64_t minor;
    int32_t on;
};

struct year {
    struct job *job;
    const struct demo *demo;
    int64_t template_id[COUNT_OF(template)];
    int64_t customer_id[CONTRACTS];
    int64_t subscription_id[CONTRACTS];
    int late[CONTRACTS];      /* further days until the next transfer */
    bool returns[CONTRACTS];  /* the next collection comes back */
    struct waiting waiting[WAITING_MAX];
    size_t waiting_count;
    int32_t day;              /* since the first */
};

static char *money_text(struct arena *arena, int64_t minor)
{
    return arena_printf(arena, "%" PRId64 ".%02d", minor / 100, (int)(minor % 100));
}

/* ---- customers ---- */

static enum err last_subscription(struct ctx *ctx, int64_t customer_id, struct subscription *subscription)
{
    struct customer_subscription *rows;
    size_t count;

    TRY(ctx, customer_subscriptions(ctx, customer_id, &rows, &count));
    CHECK(count > 0);
    return subscription_by_number(ctx, rows[0].number, subscription);
}

/* What the customer reads on the pages. */
static const char *consent_of(const struct contract *c)
{
    return str_equal(c->customer.is.language, "fr") ? "J'accepte ce devis et les conditions générales de vente."
                                                    : "I accept this quote and the general terms of sale.";
}

static enum err sign_mandate_of(struct ctx *ctx, const struct contract *c, int64_t subscription_id)
{
    const char *signer = str_empty(c->customer.is.contact_name) ? c->customer.is.name : c->customer.is.contact_name;
    struct mandate_start start = {.subscription_id = subscription_id, .use = USE_WITH_OPEN, .holder = c->customer.is.name, .iban = c->iban, .bic = "",
                                  .signed_name = signer, .agreed_text = mandate_text(ctx->arena, "core", "Atelier Nord")};
    struct mandate_sign sign = {.code = ""};
    struct outbox_row *rows;
    size_t count;

    TRY(ctx, start_mandate(ctx, &start, &no_form));
    CHECK(start.refusal == MANDATE_NOT_REFUSED);
    sign.reference = start.reference;
    TRY(ctx, outbox_list(ctx, 0, 20, &rows, &count));
    for (size_t i = 0; i < count; i++)
        if (str_equal(rows[i].template, "mandate_code") && str_equal(history_param(ctx->arena, rows[i].params, "reference"), sign.reference))
            TRY(ctx, outbox_token(ctx, &rows[i], &sign.code));
    TRY(ctx, sign_mandate(ctx, &sign, &no_form));
    return sign.refusal == MANDATE_NOT_REFUSED ? OK : FAIL(ctx, ERR_CONFIG, "a demo mandate could not be signed: refusal %d", (int)sign.refusal);
}

static enum err sign_in_language(struct ctx *ctx, struct year *year, int which)
{
    const struct contract *c = &contract[which];
    struct quote_start start = {.owner_id = year->demo->user_id, .template_id = year->template_id[c->template]};
    struct quote_signature signature = {.signer_name = str_empty(c->customer.is.contact_name) ? c->customer.is.name : c->customer.is.contact_name,
        .signer_role = "", .consent_text = consent_of(c), .consent = true, .once = &no_form};
    struct subscription subscription;
    struct quoting_result quote;
    struct signing_result answer;
    struct db_bytes pdf;
    struct offer offer;
    char *sha256;

    TRY(ctx, make_demo_customer(ctx, &c->customer, &year->customer_id[which]));
    start.customer_id = year->customer_id[which];
    TRY(ctx, create_quote(ctx, &start, &no_form, &quote));
    TRY(ctx, send_quote(ctx, quote.quote_id, "Comme convenu, voici notre offre. Bien à vous, l'équipe d'Atelier Nord.", &no_form, &quote));
    CHECK(quote.refusal == QUOTE_NOT_REFUSED);
    TRY(ctx, load_offer(ctx, quote.quote_id, 0, &offer));
    signature.offer = &offer;
    TRY(ctx, offer_document(ctx, &offer, &pdf, &sha256));
    signature.version = offer.version.version;
    signature.document_sha256 = sha256;
    signature.today_minor = offer.totals.today.gross_minor;
    ctx->actor = "visit:0";
    TRY(ctx, sign_quote(ctx, &signature, &answer));
    CHECK(answer.refusal == QUOTE_NOT_REFUSED);
    TRY(ctx, last_subscription(ctx, year->customer_id[which], &subscription));
    year->subscription_id[which] = subscription.id;
    if (c->iban == NULL)
        return OK;
    if (c->customer.is.is_company) { /* collected like a consumer's: no bank has to be told */
        struct scheme_change change = {.customer_id = subscription.customer_id, .scheme = "core"};

        TRY(ctx, change_debit_scheme(ctx, &change, &no_form));
        CHECK(change.refusal == MANDATE_NOT_REFUSED);
    }
    return sign_mandate_of(ctx, c, subscription.id);
}

/* On pages in the customer's language, as it would be. */
static enum err sign_contract(struct ctx *ctx, struct year *year, int which)
{
    const char *own = ctx->language;
    const char *seller = ctx->actor;
    char *before = arena_strdup(ctx->arena, words_language());
    enum err err;

    ctx->language = contract[which].customer.is.language;
    words_use(ctx->language);
    err = sign_in_language(ctx, year, which); /* from the signature on the customer acts */
    words_use(before);
    ctx->language = own;
    ctx->actor = seller;
    return err;
}

static enum err amend_contract(struct ctx *ctx, const struct year *year, int which, enum act act, int number)
{
    struct amending_line line = {.act = act == ACT_OPTION ? AMENDING_ADD : AMENDING_SET, .slot = 1, .product_id = year->demo->product_id[SUPPORT],
                                 .quantity_e4 = (act == ACT_OPTION ? 1 : number) * QUANTITY_ONE};
    struct amending a = {.subscription_id = year->subscription_id[which], .kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .on = DATE_NONE,
                         .resume_on = DATE_NONE, .credit = true, .agreed = true, .lines = &line, .line_count = 1, .reason = "À la demande du client"};

    if (act == ACT_PAUSE) {
        a.kind = AMENDMENT_PAUSE;
        a.when = AMENDMENT_AT_PERIOD_END;
        a.line_count = 0;
        a.resume_on = ctx->today_on + number + 31;
    }
    if (act == ACT_DISCOUNT) {
        a.kind = AMENDMENT_DISCOUNT;
        a.when = AMENDMENT_AT_PERIOD_END;
        a.line_count = 0;
        a.coupon = "BIENVENUE";
        a.reason = "Fidélité";
    }
    if (act == ACT_SEATS && number < 3)
        a.when = AMENDMENT_AT_PERIOD_END;
    TRY(ctx, make_amendment(ctx, &a, &no_form));
    return a.refusal == NULL ? OK : FAIL(ctx, ERR_CONFIG, "a demo change is refused on day %d: %s", year->day, a.refusal);
}

/* More seats, as a quote that waits for its customer. */
static enum err propose_change(struct ctx *ctx, const struct year *year, int which, int number)
{
    struct amending_line line = {.act = AMENDING_SET, .slot = 1, .quantity_e4 = number * QUANTITY_ONE};
    struct amending a = {.subscription_id = year->subscription_id[which], .kind = AMENDMENT_LINES, .when = AMENDMENT_AT_ONCE, .on = DATE_NONE,
                         .resume_on = DATE_NONE, .credit = true, .lines = &line, .line_count = 1, .reason = ""};
    struct contract_drafting drafting = {.subscription_id = a.subscription_id, .owner_id = year->demo->user_id};
    struct quoting_result sent;

    TRY(ctx, draft_upsell(ctx, &drafting, &a, &no_form));
    if (a.refusal != NULL)
        return FAIL(ctx, ERR_CONFIG, "a demo proposal is refused on day %d: %s", year->day, a.refusal);
    TRY(ctx, send_quote(ctx, drafting.quote_id, "Comme convenu au téléphone, voici ce que changeraient vos nouveaux postes.", &no_form, &sent));
    return sent.refusal == QUOTE_NOT_REFUSED ? OK : FAIL(ctx, ERR_CONFIG, "a demo proposal is not sent: %d", (int)sent.refusal);
}

/* At the end of what is billed. */
static enum err end_contract(struct ctx *ctx, const struct year *year, int which)
{
    struct end_request request = {.subscription_id = year->subscription_id[which], .agreed = true, .once = &no_form};
    struct subscription subscription;
    struct ending_result result;
    struct end_outlook outlook;

    TRY(ctx, subscription_by_id(ctx, request.subscription_id, &subscription));
    TRY(ctx, end_outlook(ctx, &subscription, &outlook));
    request.ends_on = outlook.billed_until_on;
    TRY(ctx, plan_end(ctx, &request, &result));
    return result.refusal == SUBSCRIPTION_NOT_REFUSED ? OK : FAIL(ctx, ERR_CONFIG, "a demo end is refused: %d", (int)result.refusal);
}

static enum err credit_last(struct ctx *ctx, const struct year *year, int which)
{
    struct credit_part part = {.position = 1, .amount_minor = 4000, .period = PERIOD_NONE};
    struct credit_request request = {.reason = "Geste commercial : une livraison en retard", .parts = &part, .part_count = 1};
    struct invoice_list_row *rows;
    size_t count;
    const char *url;
    struct invoice invoice;

    TRY(ctx, invoice_list(ctx, "paid", year->customer_id[which], 0, 0, 1, &rows, &count));
    CHECK(count == 1);
    TRY(ctx, invoice_by_number(ctx, rows[0].number, &invoice));
    request.invoice_id = invoice.id;
    TRY(ctx, credit_invoice(ctx, &request, &no_form, &url));
    return request.refusal == CREDIT_NOT_REFUSED ? OK : FAIL(ctx, ERR_CONFIG, "a demo credit note is refused: %d", (int)request.refusal);
}

/* ---- the bank ---- */

/* Everything that waits goes into one file; the bank books it a day after its day. */
static enum err give_to_bank(struct ctx *ctx, struct year *year)
{
    struct file_answer answer = {.sent = true};
    struct collection_making making;
    struct collection_row *rows;
    size_t count;

    TRY(ctx, waiting_collections(ctx, ctx->today_on + 60, WAITING_MAX, false, &rows, &count));
    if (count == 0)
        return OK;
    TRY(ctx, make_collection_file(ctx, &making, &no_form));
    answer.file_id = making.file_id;
    TRY(ctx, answer_for_file(ctx, &answer, &no_form));
    for (size_t i = 0; i < count && year->waiting_count < WAITING_MAX; i++) {
        struct waiting *w = &year->waiting[year->waiting_count++];

        CHECK(strlen(rows[i].attempt_key) < sizeof w->key);
        *w = (struct waiting){.minor = rows[i].amount_minor, .on = rows[i].collect_on + BANK_DAYS};
        memcpy(w->key, rows[i].attempt_key, strlen(rows[i].attempt_key) + 1);
    }
    return OK;
}

static void add_entry(struct str *entries, struct ctx *ctx, const struct year *year, int row, int64_t minor, bool out, const char *inside)
{
    char day[DATE_TEXT_BYTES];

    str_printf(entries, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
        "<AcctSvcrRef>%d-%d</AcctSvcrRef><NtryDtls><TxDtls>%s</TxDtls></NtryDtls></Ntry>", money_text(ctx->arena, minor), out ? "DBIT" : "CRDT",
        date_iso(ctx->today_on, day), year->day, row, inside);
}

static int of_customer(const char *name)
{
    for (int i = 0; i < CONTRACTS; i++)
        if (str_equal(contract[i].customer.is.name, name))
            return i;
    return -1;
}

/* Transfers of those who pay so, each some days after the invoice. */
static enum err add_transfers(struct ctx *ctx, struct year *year, struct str *entries, int *row)
{
    struct invoice_list_row *rows;
    size_t count;

    TRY(ctx, invoice_list(ctx, "open", 0, 0, 0, 50, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        int which = of_customer(rows[i].customer_name);

        if (which < 0 || contract[which].iban != NULL || rows[i].issued_on + contract[which].pays_after + year->late[which] > ctx->today_on)
            continue;
        year->late[which] = 0;
        add_entry(entries, ctx, year, (*row)++, rows[i].open_minor, false, arena_printf(ctx->arena,
            "<RltdPties><Dbtr><Pty><Nm>%s</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>Facture %s</Ustrd></RmtInf>", rows[i].customer_name, rows[i].number));
    }
    return OK;
}

static enum err take_statement(struct ctx *ctx, struct year *year)
{
    struct str entries = str_new(ctx->arena);
    struct bank_imported imported;
    size_t kept = 0;
    int row = 1;
    char *text;

    for (size_t i = 0; i < year->waiting_count; i++) {
        struct waiting *w = &year->waiting[i];

        if (w->on > ctx->today_on) {
            year->waiting[kept++] = *w;
            continue;
        }
        add_entry(&entries, ctx, year, row++, w->minor, false, arena_printf(ctx->arena, "<Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%s</Amt>",
            w->key, money_text(ctx->arena, w->minor)));
        for (int c = 0; c < CONTRACTS; c++)
            if (year->returns[c]) {
                year->returns[c] = false;
                add_entry(&entries, ctx, year, row++, w->minor, true, arena_printf(ctx->arena,
                    "<Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%s</Amt><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>", w->key, money_text(ctx->arena, w->minor)));
            }
    }
    year->waiting_count = kept;
    TRY(ctx, add_transfers(ctx, year, &entries, &row));
    if (row == 1)
        return OK;
    text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>REL-%d</MsgId></GrpHdr>"
        "<Stmt><Id>REL-%d</Id><Acct><Id><IBAN>" OURS "</IBAN></Id></Acct>%s</Stmt></BkToCstmrStmt></Document>", year->day, year->day, entries.text);
    TRY(ctx, import_bank_file(ctx, arena_printf(ctx->arena, "releve-%03d.xml", year->day), text, strlen(text), false, &imported));
    return imported.refusal == IMPORT_NOT_REFUSED ? OK : FAIL(ctx, ERR_CONFIG, "a demo statement is refused: %s %s",
                                                                 bank_import_refusal_text(imported.refusal), imported.refused.detail != NULL ? imported.refused.detail : "");
}

/* ---- days ---- */

static enum err close_last_month(struct ctx *ctx)
{
    struct closing_result result;
    struct period month;

    TRY(ctx, next_to_close(ctx, CLOSING_MONTH, &month));
    if (period_days(month) == 0 || month.until_on > ctx->today_on)
        return OK;
    return close_period(ctx, CLOSING_MONTH, month.from_on, &no_form, &result);
}

static enum err do_event(struct ctx *ctx, struct year *year, enum act act, int which, int number)
{
    switch (act) {
    case ACT_LATE: year->late[which] = number; return OK;
    case ACT_RETURN: year->returns[which] = true; return OK;
    case ACT_CREDIT: return credit_last(ctx, year, which);
    case ACT_CLOSE: return end_contract(ctx, year, which);
    case ACT_PROPOSE: return propose_change(ctx, year, which, number);
    case ACT_SEATS:
    case ACT_OPTION:
    case ACT_DISCOUNT:
    case ACT_PAUSE: return amend_contract(ctx, year, which, act, number);
    }
    return OK;
}

static enum err live_day(struct year *year)
{
    struct ctx *ctx = year->job->ctx;
    const char *seller = ctx->actor;
    struct house house;
    int code;

    ctx->now = clock_now();
    TRY(ctx, set_today(ctx, &house));
    for (int i = 0; i < CONTRACTS; i++)
        if (contract[i].day == year->day)
            TRY(ctx, sign_contract(ctx, year, i));
    for (size_t i = 0; i < COUNT_OF(event); i++)
        if (event[i].day == year->day)
            TRY(ctx, do_event(ctx, year, event[i].act, event[i].contract, event[i].number));
    ctx->actor = "batch";
    code = run_due(year->job);
    ctx->actor = seller;
    if (code != EXIT_DONE && code != EXIT_FINDINGS)
        return FAIL(ctx, ERR_CONFIG, "the batch of demo day %d ended with %d", year->day, code);
    TRY(ctx, give_to_bank(ctx, year));
    TRY(ctx, take_statement(ctx, year));
    return date_civil(ctx->today_on).day == CLOSES_ON_DAY ? close_last_month(ctx) : OK;
}

static _Atomic int64_t ahead;

enum err begin_demo_year(struct ctx *ctx)
{
    struct house house;

    atomic_store(&ahead, -DEMO_DAYS * DAY);
    clock_simulate(&ahead);
    ctx->now = clock_now();
    return set_today(ctx, &house);
}

static enum err live_days(struct year *year)
{
    struct ctx *ctx = year->job->ctx;
    struct arena *mine = ctx->arena;
    struct arena *days = arena_new();
    struct debit_terms terms = {"FR72ZZZ123456", "pain.008.001.08", 1, 24, 5, false};
    const char *url;
    enum err err = change_debit_terms(ctx, &terms, &no_form, &url);

    for (size_t i = 0; i < COUNT_OF(template) && err == OK; i++)
        err = make_demo_template(ctx, year->demo, &template[i], &year->template_id[i]);
    ctx->arena = days;
    for (year->day = 1; year->day < DEMO_DAYS && err == OK; year->day++) {
        arena_reset(days);
        atomic_store(&ahead, (year->day - DEMO_DAYS) * DAY);
        job_progress(year->job, "days", year->day);
        err = live_day(year);
    }
    job_progress_end(year->job);
    ctx->arena = mine;
    arena_free(days);
    return err;
}

enum err live_demo_year(struct job *job, const struct demo *demo)
{
    struct ctx *ctx = job->ctx;
    struct year year = {.job = job, .demo = demo};
    struct house house;
    enum err err;

    job->no_documents = true; /* no certificate is older than the house: they are sealed today */
    err = live_days(&year);
    job->no_documents = false;
    job->findings = false;
    clock_simulate(NULL);
    ctx->now = clock_now();
    return err == OK ? set_today(ctx, &house) : err;
}
