/* crediting: credit notes, what becomes of their money, and what the database refuses, against a real database. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/date.h"
#include "core/posting.h"
#include "service/allocating.h"
#include "service/crediting.h"
#include "service/customers.h"
#include "service/reporting.h"
#include "store/claim.h"
#include "store/customer.h"
#include "store/journal.h"
#include "store/outbox.h"
#include "store/payable.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/admin/invoices/{ref}"})

/* A month of 90.00 at 20 % from today on, and 10.00 at 5.5 % once: 118.55. */
static struct invoice_work bill(struct ctx *ctx, const struct customer *customer)
{
    static const struct tax_decision full = {TAX_STANDARD, 200000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    static const struct tax_decision reduced = {TAX_STANDARD, 55000, TAX_REASON_DOMESTIC, "FR", "FR", false, false, false};
    struct work_line *lines = ARENA_ARRAY(ctx->arena, struct work_line, 2);
    struct period month = {ctx->today_on, date_add_months(ctx->today_on, 1)};

    lines[0] = (struct work_line){.line = {.kind = LINE_RECURRING, .description = "Licence", .period = month, .quantity_e4 = 3 * QUANTITY_ONE,
                                           .unit_price_e4 = 300000, .net_minor = 9000, .tax = full}, .unit = "poste"};
    lines[1] = (struct work_line){.line = {.kind = LINE_ONE_TIME, .description = "Livre", .period = PERIOD_NONE, .quantity_e4 = QUANTITY_ONE,
                                           .unit_price_e4 = 100000, .net_minor = 1000, .tax = reduced, .goods = true}, .unit = ""};
    return (struct invoice_work){.customer_id = customer->id, .customer_version_id = customer->version_id,
        .personal_digest = customer->personal_digest, .language = "fr", .currency = "EUR", .collect_on = ctx->today_on,
        .lines = lines, .line_count = 2};
}

static struct invoice_work issued(struct ctx *ctx, const struct customer *customer)
{
    struct issuing issuing = {.work = bill(ctx, customer)};

    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    return issuing.work;
}

struct paying_in {
    const struct invoice *invoice;
    int64_t amount_minor;
    int64_t entry_id;
    struct attempt attempt;
    bool succeeds;
};

static enum err pay_in(struct ctx *ctx, void *arg)
{
    struct paying_in *p = arg;
    struct payable payable = {.invoice_id = p->invoice->id, .customer_id = p->invoice->customer_id, .amount_minor = p->amount_minor, .currency = "EUR"};
    struct payment payment = {.customer_id = p->invoice->customer_id, .gateway = "stripe", .gateway_ref = p->attempt.attempt_key, .amount_minor = p->amount_minor,
        .currency = "EUR", .method_text = "", .received_on = ctx->today_on};

    TRY(ctx, ensure_payable(ctx, &payable));
    p->attempt.payable_id = payable.id;
    TRY(ctx, attempt_count(ctx, payable.id, &p->attempt.number));
    p->attempt.number++;
    TRY(ctx, insert_attempt(ctx, &p->attempt));
    if (!p->succeeds)
        return OK;
    p->attempt.state = ATTEMPT_SUCCEEDED;
    TRY(ctx, move_attempt(ctx, &p->attempt, ATTEMPT_READY, "test", ""));
    payment.attempt_id = p->attempt.id;
    TRY(ctx, insert_payment(ctx, &payment));
    return book_payment(ctx, payment.id, p->invoice->id, p->amount_minor, ACCOUNT_CARD, p->entry_id);
}

static struct attempt pay(struct ctx *ctx, const struct invoice *invoice, int64_t amount_minor, bool succeeds)
{
    struct paying_in p = {.invoice = invoice, .amount_minor = amount_minor, .succeeds = succeeds,
        .attempt = {.attempt_key = unique(ctx, "credit:"), .kind = "checkout",
                    .amount_minor = amount_minor, .currency = "EUR", .request_path = "/", .request_body = "x", .decline_code = "",
                    .message = "", .session_ref = "", .intent_ref = "", .redirect_url = ""}};

    GOOD(reserve_ids(ctx, "journal_entry", 1, &p.entry_id));
    GOOD(db_transaction(ctx, pay_in, &p));
    return p.attempt;
}

/* One note through the page's door; the note's number. */
static const char *credited(struct ctx *ctx, int64_t invoice_id, const struct credit_part *parts, size_t count)
{
    struct credit_request request = {.invoice_id = invoice_id, .reason = "Geste commercial", .parts = parts, .part_count = count};
    const char *url;

    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL_FATAL(request.refusal, CREDIT_NOT_REFUSED);
    return url + strlen("/admin/invoices/");
}

static enum credit_refusal refused(struct ctx *ctx, int64_t invoice_id, const struct credit_part *parts, size_t count)
{
    struct credit_request request = {.invoice_id = invoice_id, .reason = "Geste commercial", .parts = parts, .part_count = count};
    const char *url;

    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_PTR_NULL(url);
    return request.refusal;
}

static struct receivable receivable(struct ctx *ctx, int64_t invoice_id)
{
    struct receivable r;

    GOOD(receivable_of(ctx, invoice_id, &r));
    return r;
}

static int64_t balance(struct ctx *ctx, int64_t customer_id)
{
    struct credit_balance *rows;
    size_t count;

    GOOD(credit_balances(ctx, customer_id, &rows, &count));
    CU_ASSERT(count <= 1);
    return count == 0 ? 0 : rows[0].left_minor;
}

TEST(crediting, all_of_an_open_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    const char *number = credited(ctx, work.invoice.id, NULL, 0);
    struct invoice note;
    struct invoice_line_row *lines;
    struct credit_note of;
    struct deferral *deferrals;
    struct mail mail = {.template = "credit_note", .language = "fr", .to_address = "x@x.example", .to_name = ""};
    struct invoice_list_row *rows;
    size_t count;

    CU_ASSERT(strncmp(number, "CN-20", 5) == 0);
    GOOD(invoice_by_number(ctx, number, &note));
    SAME_TEXT(note.kind, "credit_note");
    SAME_NUMBER(note.net_minor, 10000);
    SAME_NUMBER(note.vat_minor, 1855);
    SAME_NUMBER(note.total_minor, work.invoice.total_minor);
    GOOD(credit_note_of(ctx, note.id, &of));
    SAME_TEXT(of.corrected_number, work.invoice.number);
    SAME_TEXT(of.reason, "Geste commercial");
    GOOD(invoice_lines(ctx, note.id, &lines, &count));
    SAME_NUMBER(count, 2);
    SAME_NUMBER(lines[0].quantity_e4, 30000);
    SAME_TEXT(lines[0].unit, "poste");
    SAME_TEXT(receivable(ctx, work.invoice.id).state, "paid");
    SAME_NUMBER(receivable(ctx, work.invoice.id).collect_on, DATE_NONE);
    SAME_NUMBER(balance(ctx, customer.id), 0);
    GOOD(lock_deferrals_of(ctx, work.invoice.id, &deferrals, &count));
    SAME_NUMBER(count, 1);
    SAME_NUMBER(deferrals[0].amount_minor - deferrals[0].recognised_minor, 0);
    SAME_NUMBER(deferrals[0].next_on, DATE_NONE);
    mail.dedup_key = arena_printf(ctx->arena, "credit_note %lld", (long long)note.id);
    GOOD(queue_mail(ctx, &mail));
    SAME_NUMBER(mail.id, 0); /* it waits already */
    GOOD(invoice_list(ctx, "credit", customer.id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 1);
    SAME_TEXT(rows[0].corrected_number, work.invoice.number);
    GOOD(invoice_list(ctx, "", customer.id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 2);
    CU_ASSERT_EQUAL(refused(ctx, work.invoice.id, NULL, 0), CREDIT_NOTHING_LEFT);
    CU_ASSERT_EQUAL(refused(ctx, note.id, NULL, 0), CREDIT_OF_CREDIT_NOTE);
    books_are_sound(ctx);
}

TEST(crediting, parts_of_a_paid_invoice_pay_the_next_ones)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work first = issued(ctx, &customer);
    const struct credit_part licence = {.position = 1, .amount_minor = 3000, .quantity_e4 = QUANTITY_ONE, .period = PERIOD_NONE};
    const struct credit_part more = {.position = 1, .amount_minor = 1234, .period = PERIOD_NONE};
    struct invoice_work second;
    struct invoice_line_row *lines;
    struct credit_allocation *uses;
    struct asked *asked;
    int64_t both[2];
    struct invoice note;
    size_t count;

    (void)pay(ctx, &first.invoice, 11855, true);
    GOOD(invoice_by_number(ctx, credited(ctx, first.invoice.id, &licence, 1), &note));
    SAME_NUMBER(note.total_minor, 3600);
    GOOD(invoice_by_number(ctx, credited(ctx, first.invoice.id, &more, 1), &note));
    GOOD(invoice_lines(ctx, note.id, &lines, &count));
    SAME_NUMBER(lines[0].quantity_e4, QUANTITY_ONE);
    SAME_NUMBER(lines[0].unit_price_e4, 123400);
    SAME_NUMBER(balance(ctx, customer.id), 3600 + 1481);
    books_are_sound(ctx);

    second = issued(ctx, &customer);
    SAME_NUMBER(second.credit_used_minor, 5081);
    SAME_NUMBER(receivable(ctx, second.invoice.id).open_minor, 11855 - 5081);
    SAME_NUMBER(receivable(ctx, second.invoice.id).collect_on, ctx->today_on);
    SAME_NUMBER(balance(ctx, customer.id), 0);
    GOOD(credits_used_on(ctx, second.invoice.id, &uses, &count));
    SAME_NUMBER(count, 2);
    CU_ASSERT_FALSE(uses[0].own);
    both[0] = first.invoice.id;
    both[1] = second.invoice.id;
    GOOD(asked_facts(ctx, both, 2, &asked, &count)); /* as their mails say it; its own notes are no credit that paid it */
    SAME_NUMBER(count, 2);
    for (size_t i = 0; i < count; i++)
        SAME_NUMBER(asked[i].credit_minor, asked[i].invoice_id == second.invoice.id ? 5081 : 0);
    books_are_sound(ctx);

    (void)pay(ctx, &second.invoice, 11855 - 5081, true);
    books_are_sound(ctx);
    (void)credited(ctx, second.invoice.id, NULL, 0); /* what was paid by card and by credit is credit again */
    SAME_NUMBER(balance(ctx, customer.id), 11855);
    second = issued(ctx, &customer);
    SAME_TEXT(receivable(ctx, second.invoice.id).state, "paid");
    SAME_NUMBER(receivable(ctx, second.invoice.id).collect_on, DATE_NONE);
    SAME_NUMBER(balance(ctx, customer.id), 0);
    books_are_sound(ctx);
}

TEST(crediting, a_half_paid_invoice_is_settled_first)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    const struct credit_part part = {.position = 1, .amount_minor = 6000, .period = PERIOD_NONE};

    (void)pay(ctx, &work.invoice, 10000, true);
    (void)credited(ctx, work.invoice.id, &part, 1);
    SAME_NUMBER(receivable(ctx, work.invoice.id).open_minor, 0);
    SAME_NUMBER(balance(ctx, customer.id), 7200 - 1855);
    CU_ASSERT_EQUAL(refused(ctx, work.invoice.id, &part, 1), CREDIT_ABOVE_LINE);
    books_are_sound(ctx);
    (void)credited(ctx, work.invoice.id, NULL, 0); /* what is left */
    SAME_NUMBER(balance(ctx, customer.id), 10000);
    books_are_sound(ctx);
}

TEST(crediting, waits_while_somebody_pays)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    struct attempt attempt = pay(ctx, &work.invoice, 11855, false);

    CU_ASSERT_EQUAL(refused(ctx, work.invoice.id, NULL, 0), CREDIT_PAYMENT_LIVE);
    attempt.state = ATTEMPT_DECLINED;
    GOOD(move_attempt(ctx, &attempt, ATTEMPT_READY, "test", ""));
    (void)credited(ctx, work.invoice.id, NULL, 0);
    books_are_sound(ctx);
}

TEST(crediting, refusals_leave_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    const struct credit_part twice[2] = {{.position = 1, .amount_minor = 1, .period = PERIOD_NONE}, {.position = 1, .amount_minor = 1, .period = PERIOD_NONE}};
    const struct credit_part unknown = {.position = 3, .amount_minor = 1, .period = PERIOD_NONE};
    const struct credit_part above[2] = {{.position = 1, .amount_minor = 1, .period = PERIOD_NONE}, {.position = 2, .amount_minor = 1001, .period = PERIOD_NONE}};
    struct credit_request request = {.invoice_id = work.invoice.id, .reason = "", .parts = above, .part_count = 2};
    struct invoice_work preview;
    struct invoice_list_row *rows;
    const char *url;
    size_t count;

    CU_ASSERT_EQUAL(refused(ctx, work.invoice.id, twice, 2), CREDIT_LINE_TWICE);
    CU_ASSERT_EQUAL(refused(ctx, work.invoice.id, &unknown, 1), CREDIT_LINE_UNKNOWN);
    GOOD(preview_credit_note(ctx, &request, &preview));
    CU_ASSERT_EQUAL(request.refusal, CREDIT_ABOVE_LINE);
    SAME_NUMBER(request.refused_position, 2);
    request.part_count = 1;
    GOOD(preview_credit_note(ctx, &request, &preview));
    CU_ASSERT_EQUAL(request.refusal, CREDIT_NOT_REFUSED);
    GOOD(credit_invoice(ctx, &request, NO_ONCE, &url));
    CU_ASSERT_EQUAL(request.refusal, CREDIT_REASON_MISSING);
    GOOD(invoice_list(ctx, "credit", customer.id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 0);
}

/* ---- one change: what is credited pays what is billed ---- */

struct change {
    struct credit_request request;
    struct customer customer;
    struct invoice_ids ids;
    struct invoice_work works[2];
};

static enum err change(struct ctx *ctx, void *arg)
{
    struct change *c = arg;
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, prepare_credit_note(ctx, &c->request, &c->works[0]));
    CU_ASSERT_EQUAL_FATAL(c->request.refusal, CREDIT_NOT_REFUSED);
    c->works[1] = bill(ctx, &c->customer);
    TRY(ctx, issue_invoices(ctx, &company, c->works, 2, &c->ids));
    return tell_credit_note(ctx, &c->works[0]);
}

TEST(crediting, a_note_and_the_invoice_behind_it_in_one_group)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work first = issued(ctx, &customer);
    const struct credit_part part = {.position = 1, .amount_minor = 4500,
                                     .period = {ctx->today_on + 15, first.lines[0].line.period.until_on}};
    struct change c = {.request = {.invoice_id = first.invoice.id, .reason = "Changement d'offre", .parts = &part, .part_count = 1},
                       .customer = customer};
    struct invoice_line_row *lines;
    size_t count;

    (void)pay(ctx, &first.invoice, 11855, true);
    GOOD(reserve_invoice_ids(ctx, 2, &c.ids));
    GOOD(db_transaction(ctx, change, &c));
    SAME_NUMBER(c.works[1].credit_used_minor, 5400);
    SAME_NUMBER(receivable(ctx, c.works[1].invoice.id).open_minor, 11855 - 5400);
    SAME_NUMBER(balance(ctx, customer.id), 0);
    GOOD(invoice_lines(ctx, c.works[0].invoice.id, &lines, &count));
    SAME_NUMBER(lines[0].period_from_on, ctx->today_on + 15);
    books_are_sound(ctx);
}

/* ---- what the database refuses ---- */

struct forging {
    const struct invoice *invoice;
    int64_t net_minor; /* of one line at 20 %, on line 1 */
    int32_t position;
    int64_t id;
};

static enum err forge(struct ctx *ctx, void *arg)
{
    const struct forging *f = arg;
    struct invoice note = *f->invoice;
    struct invoice_line_row *lines;
    struct invoice_tax_row tax = {f->id, "S", 200000, f->net_minor, f->net_minor / 5, "domestic"};
    struct credit_note of = {.invoice_id = f->id, .corrected_id = f->invoice->id, .reason = "x"};
    struct credit_note_line line = {f->id, 1, f->invoice->id, f->position, f->net_minor, 0};
    size_t count;

    note.id = f->id;
    note.kind = "credit_note";
    note.sequence = 1000000 + f->id;
    note.number = arena_printf(ctx->arena, "FORGED-%lld", (long long)f->id);
    note.net_minor = f->net_minor;
    note.vat_minor = f->net_minor / 5;
    note.total_minor = note.net_minor + note.vat_minor;
    memset(note.chain_previous, 0xf0, sizeof note.chain_previous); /* like no document's */
    memset(note.chain_digest, 0xf0, sizeof note.chain_digest);
    memcpy(note.chain_previous, &f->id, sizeof f->id);
    memcpy(note.chain_digest, &f->id, sizeof f->id);
    TRY(ctx, invoice_lines(ctx, f->invoice->id, &lines, &count));
    lines[0].invoice_id = f->id;
    lines[0].net_minor = f->net_minor;
    TRY(ctx, insert_invoices(ctx, &note, 1));
    TRY(ctx, insert_invoice_lines(ctx, lines, 1));
    TRY(ctx, insert_invoice_taxes(ctx, &tax, 1));
    TRY(ctx, insert_credit_notes(ctx, &of, 1));
    TRY(ctx, insert_credit_note_lines(ctx, &line, 1));
    return ERR_CONFLICT; /* it held: taken back all the same */
}

static void refuses(struct ctx *ctx, struct forging *f, const char *words)
{
    struct invoice_ids ids;

    GOOD(reserve_invoice_ids(ctx, 1, &ids));
    f->id = ids.first_invoice_id;
    CU_ASSERT_EQUAL(db_transaction(ctx, forge, f), words == NULL ? ERR_CONFLICT : ERR_DB);
    if (words != NULL && strstr(ctx->trail, words) == NULL)
        SAME_TEXT(ctx->trail, words);
    ctx_forget_error(ctx);
}

TEST(crediting, the_database_itself_refuses_more_than_the_invoice)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    const struct credit_part part = {.position = 1, .amount_minor = 3000, .period = PERIOD_NONE};
    struct forging f = {.invoice = &work.invoice, .position = 1};

    f.net_minor = 9000;
    refuses(ctx, &f, NULL);
    f.net_minor = 9500; /* more than the rate, less than the invoice */
    refuses(ctx, &f, "exceed the VAT");
    f.net_minor = 10000;
    refuses(ctx, &f, "exceed the invoice");
    f.net_minor = 100;
    f.position = 2; /* taxed otherwise */
    refuses(ctx, &f, "taxed and booked");
    (void)credited(ctx, work.invoice.id, &part, 1);
    f.position = 1;
    f.net_minor = 6000;
    refuses(ctx, &f, NULL);
    f.net_minor = 6005;
    refuses(ctx, &f, "exceed");
    f.net_minor = -100;
    refuses(ctx, &f, "CONSTRAINT");
}

/* Two lines of one rate: the line itself is the bound. */
TEST(crediting, the_database_itself_refuses_more_than_the_line)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct issuing issuing = {.work = bill(ctx, &customer)};
    struct forging f = {.position = 1, .net_minor = 9500};

    issuing.work.lines[1].line.tax = issuing.work.lines[0].line.tax;
    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    f.invoice = &issuing.work.invoice;
    refuses(ctx, &f, "exceed the line");
}

TEST(crediting, a_credit_note_is_never_owed)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    struct receivable r = {.customer_id = customer.id, .currency = "EUR", .total_minor = 1, .open_minor = 1, .due_on = ctx->today_on,
                           .collect_on = DATE_NONE, .state = "open", .paid_on = DATE_NONE};
    struct credit_allocation again = {.invoice_id = work.invoice.id, .amount_minor = 1, .used_on = ctx->today_on};
    struct invoice note;

    GOOD(invoice_by_number(ctx, credited(ctx, work.invoice.id, NULL, 0), &note));
    r.invoice_id = note.id;
    CU_ASSERT_EQUAL(insert_receivables(ctx, &r, 1), ERR_DB);
    again.credit_note_id = note.id;
    CU_ASSERT_NOT_EQUAL(insert_credit_allocations(ctx, &again, 1), OK);
    ctx_forget_error(ctx);
}

/* Four at once: one note, three who are told that nothing is left. */
TEST(crediting, at_once_there_is_one_note)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work work = issued(ctx, &customer);
    struct invoice_list_row *rows;
    size_t count;
    int done = 0;

    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            struct ctx *own = store_other_ctx();
            struct credit_request request = {.invoice_id = work.invoice.id, .reason = "Double"};
            const char *url;
            enum err err;

            own->today_on = ctx->today_on;
            err = credit_invoice(own, &request, NO_ONCE, &url);
            _exit(err == OK && request.refusal == CREDIT_NOT_REFUSED ? 1 : err == OK && request.refusal == CREDIT_NOTHING_LEFT ? 0 : 2);
        }
    for (int i = 0; i < 4; i++) {
        int status;

        (void)wait(&status);
        CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        done += WEXITSTATUS(status);
    }
    SAME_NUMBER(done, 1);
    GOOD(invoice_list(ctx, "credit", customer.id, 0, 0, 10, &rows, &count));
    SAME_NUMBER(count, 1);
    books_are_sound(ctx);
}

/* 100 % of discount: numbered, chained, paid at once, no entry, nothing to credit. */
TEST(crediting, an_invoice_of_nothing)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct issuing issuing = {.work = bill(ctx, &customer)};

    for (int i = 0; i < 2; i++) {
        issuing.work.lines[i].line.discount_ppm = 1000000;
        issuing.work.lines[i].line.net_minor = 0;
    }
    GOOD(reserve_invoice_ids(ctx, 1, &issuing.ids));
    GOOD(db_transaction(ctx, issue_one, &issuing));
    SAME_NUMBER(issuing.work.invoice.total_minor, 0);
    CU_ASSERT(issuing.work.invoice.sequence > 0);
    SAME_TEXT(receivable(ctx, issuing.work.invoice.id).state, "paid");
    SAME_NUMBER(receivable(ctx, issuing.work.invoice.id).collect_on, DATE_NONE);
    CU_ASSERT_EQUAL(refused(ctx, issuing.work.invoice.id, NULL, 0), CREDIT_NOTHING_LEFT);
    books_are_sound(ctx);
}

/* ---- the file of the year ---- */

static void take(void *arg, const char *data, size_t bytes)
{
    str_append_bytes(arg, data, bytes);
}

/* The nth field of a line of the file, from 0. */
static char *fec_cell(struct arena *arena, const char *line, int n)
{
    for (; n > 0; n--)
        line = strchr(line, '\t') + 1;
    return arena_strndup(arena, line, strcspn(line, "\t\r"));
}

static int64_t fec_cents(struct arena *arena, const char *line, int n)
{
    char *text = fec_cell(arena, line, n);
    long long whole = 0, cents = 0;

    CU_ASSERT_EQUAL(sscanf(text, "%lld,%2lld", &whole, &cents), 2);
    return whole * 100 + cents;
}

/* The letter of the customer's line of a document; the sum of what has that letter. */
static const char *letter_of(struct arena *arena, const char *file, const char *number, int64_t *sum)
{
    const char *letter = "";

    for (const char *line = strchr(file, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strcmp(fec_cell(arena, line, 8), number) == 0 && strcmp(fec_cell(arena, line, 4), "411") == 0)
            letter = fec_cell(arena, line, 13);
    *sum = 0;
    for (const char *line = strchr(file, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strcmp(fec_cell(arena, line, 13), letter) == 0)
            *sum += fec_cents(arena, line, 11) - fec_cents(arena, line, 12);
    return letter;
}

TEST(crediting, the_years_file_letters_what_notes_and_payments_settled)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work whole = issued(ctx, &customer);
    struct invoice_work part = issued(ctx, &customer);
    struct invoice_work open = issued(ctx, &customer);
    const struct credit_part credit = {.position = 2, .amount_minor = 1000};
    struct str file = str_new(ctx->arena);
    int year = date_civil(ctx->today_on).year;
    struct fec fec = {.year = {date_from_civil(year, 1, 1), date_from_civil(year + 1, 1, 1)}, .charset = FEC_UTF_8, .write = take, .arg = &file};
    const char *note = credited(ctx, whole.invoice.id, NULL, 0);
    const char *letter;
    int64_t sum;

    (void)credited(ctx, part.invoice.id, &credit, 1);
    (void)pay(ctx, &part.invoice, part.invoice.total_minor - 1055, true);
    GOOD(write_fec(ctx, &fec));
    CU_ASSERT_PTR_NULL_FATAL(fec.refusal);
    letter = letter_of(ctx->arena, file.text, whole.invoice.number, &sum);
    CU_ASSERT(letter[0] != '\0');
    SAME_NUMBER(sum, 0);
    SAME_TEXT(letter_of(ctx->arena, file.text, note, &sum), letter);
    CU_ASSERT(letter_of(ctx->arena, file.text, part.invoice.number, &sum)[0] != '\0');
    SAME_NUMBER(sum, 0);
    SAME_TEXT(letter_of(ctx->arena, file.text, open.invoice.number, &sum), "");
    SAME_NUMBER(fec.debit_minor, fec.credit_minor);
}

/* What customers owe, less what they are owed, is their account, on any day. */
TEST(crediting, receivables_by_age_are_the_account_of_customers)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct invoice_work paid = issued(ctx, &customer);
    struct aged aged;
    int64_t balance;

    (void)issued(ctx, &customer);
    (void)pay(ctx, &paid.invoice, paid.invoice.total_minor, true);
    (void)credited(ctx, paid.invoice.id, NULL, 0); /* it is owed now */
    for (int32_t on = ctx->today_on - 2; on <= ctx->today_on + 1; on++) {
        GOOD(aged_receivables(ctx, on, "EUR", &aged));
        GOOD(balance_of(ctx, "411", on + 1, "EUR", &balance));
        SAME_NUMBER(aged.total.total_minor, balance);
    }
}

static const char *numbers_in(struct ctx *ctx, const char *state, int32_t at_once)
{
    struct str out = str_new(ctx->arena);
    struct invoice_list_row *rows;
    int64_t before = 0;
    size_t count;

    do {
        GOOD(invoice_list(ctx, state, 0, 0, before, at_once, &rows, &count));
        for (size_t i = 0; i < count; i++)
            str_printf(&out, "%s ", rows[i].number);
        before = count > 0 ? rows[count - 1].id : 0;
    } while (count > 0);
    return out.text;
}

/* Each state has an index of its own: together they are the list of all. */
TEST(crediting, the_list_of_a_state_is_what_all_invoices_have_of_it)
{
    struct ctx *ctx = store_ctx_of_newest_day();
    struct customer customer = new_business(ctx);
    struct str wanted[3] = {str_new(ctx->arena), str_new(ctx->arena), str_new(ctx->arena)};
    static const char *const state[] = {"open", "paid", "credit"};
    struct invoice_list_row *rows;
    size_t count, listed = 0;

    for (int i = 0; i < 4; i++) {
        struct invoice_work work = issued(ctx, &customer);

        if (i % 2 == 0)
            (void)pay(ctx, &work.invoice, work.invoice.total_minor, true);
        if (i == 2)
            (void)credited(ctx, work.invoice.id, NULL, 0);
    }
    GOOD(invoice_list(ctx, "", 0, 0, 0, 500, &rows, &count));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COUNT_OF(state); k++)
            if (strcmp(rows[i].state, state[k]) == 0) {
                str_printf(&wanted[k], "%s ", rows[i].number);
                listed++;
            }
    SAME_NUMBER(listed, count); /* no deposit here, whose state is that of its receivable */
    for (size_t k = 0; k < COUNT_OF(state); k++) {
        CU_ASSERT(wanted[k].bytes > 0);
        SAME_TEXT(numbers_in(ctx, state[k], 100), wanted[k].text);
        SAME_TEXT(numbers_in(ctx, state[k], 1), wanted[k].text);
    }
}
