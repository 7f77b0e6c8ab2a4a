#include "service/reporting.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/chart.h"
#include "core/date.h"
#include "core/deferral.h"
#include "core/exchange.h"
#include "core/posting.h"
#include "store/chart.h"
#include "store/company.h"
#include "store/financial_year.h"
#include "store/sales_journal.h"
#include "text/words.h"

/* ---- trial balance ---- */

static void add_trial(struct trial_balance *b, const struct trial_row *row)
{
    struct trial_row *out = &b->rows[b->count];

    if (row->opening_minor == 0 && row->debit_minor == 0 && row->credit_minor == 0)
        return;
    *out = *row;
    out->closing_minor = row->opening_minor + row->debit_minor - row->credit_minor;
    b->count++;
    b->total.opening_minor += out->opening_minor;
    b->total.debit_minor += out->debit_minor;
    b->total.credit_minor += out->credit_minor;
    b->total.closing_minor += out->closing_minor;
}

static int by_account(const void *a, const void *b)
{
    return strcmp(((const struct trial_row *)a)->account, ((const struct trial_row *)b)->account);
}

/* The account that holds the result of the years before: a credit is a profit. */
static enum err result_account(struct ctx *ctx, int64_t balance_minor, struct account *account)
{
    struct chart chart;

    TRY(ctx, chart_now(ctx, &chart));
    return account_by_code(ctx, chart_account(&chart, balance_minor < 0 ? ACCOUNT_PROFIT : ACCOUNT_LOSS), account);
}

/* Rows from the journal, from its beginning. */
static enum err rows_of_journal(struct ctx *ctx, int32_t from_on, int32_t until_on, int32_t year_on, const char *currency, struct trial_balance *b,
                                int64_t *years_before)
{
    struct balance_row *rows;
    size_t count;

    TRY(ctx, balance_rows(ctx, from_on, until_on, year_on, currency, &rows, &count));
    b->rows = ARENA_ARRAY(ctx->arena, struct trial_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct trial_row row = {.account = rows[i].account, .name = rows[i].account_name, .opening_minor = rows[i].opening_minor,
                                .debit_minor = rows[i].debit_minor, .credit_minor = rows[i].credit_minor};

        *years_before += rows[i].years_before_minor;
        add_trial(b, &row);
    }
    return OK;
}

/* Sums of an account until a day, both lists by account; what is not there has moved nothing. */
static struct account_sum sum_until(const struct account_sum *sums, size_t count, size_t *at, const char *account)
{
    while (*at < count && strcmp(sums[*at].account, account) < 0)
        ++*at;
    return *at < count && strcmp(sums[*at].account, account) == 0 ? sums[*at] : (struct account_sum){.account = account};
}

/* The same from what closed months kept: three sums since the beginning, at the year's first day, at the span's and at its end. */
static enum err rows_of_closings(struct ctx *ctx, int32_t from_on, int32_t until_on, int32_t year_on, const char *currency, struct trial_balance *b,
                                 int64_t *years_before)
{
    struct account_sum *all, *opening, *year;
    size_t count, opening_count, year_count;
    size_t opening_at = 0, year_at = 0;

    TRY(ctx, account_sums(ctx, until_on, currency, &all, &count));
    TRY(ctx, account_sums(ctx, from_on, currency, &opening, &opening_count));
    TRY(ctx, account_sums(ctx, year_on, currency, &year, &year_count));
    b->rows = ARENA_ARRAY(ctx->arena, struct trial_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct account_sum before = sum_until(opening, opening_count, &opening_at, all[i].account);
        struct account_sum years = sum_until(year, year_count, &year_at, all[i].account);
        int64_t years_minor = all[i].carries ? 0 : years.debit_minor - years.credit_minor;
        struct trial_row row = {.account = all[i].account, .name = all[i].account_name, .opening_minor = before.debit_minor - before.credit_minor - years_minor,
                                .debit_minor = all[i].debit_minor - before.debit_minor, .credit_minor = all[i].credit_minor - before.credit_minor};

        *years_before += years_minor;
        add_trial(b, &row);
    }
    return OK;
}

enum err trial_balance(struct ctx *ctx, int32_t from_on, int32_t until_on, const char *currency, struct trial_balance *b)
{
    struct financial_years years;
    struct account account;
    int64_t years_before = 0;
    int32_t kept_on;
    int32_t year_on;

    memset(b, 0, sizeof *b);
    TRY(ctx, financial_years(ctx, &years));
    year_on = financial_year_of(&years, from_on).from_on;
    TRY(ctx, balances_kept_until(ctx, until_on, currency, &kept_on));
    TRY(ctx, kept_on == DATE_NONE ? rows_of_journal(ctx, from_on, until_on, year_on, currency, b, &years_before)
                                  : rows_of_closings(ctx, from_on, until_on, year_on, currency, b, &years_before));
    if (years_before == 0)
        return OK;
    TRY(ctx, result_account(ctx, years_before, &account));
    add_trial(b, &(struct trial_row){.account = account.code, .name = account.name, .opening_minor = years_before});
    qsort(b->rows, b->count, sizeof b->rows[0], by_account);
    return OK;
}

/* ---- receivables by age ---- */

static void add_aged(struct aged_customer *to, enum aging aging, int64_t minor)
{
    to->minor[aging - 1] += minor;
    to->total_minor += minor;
}

enum err aged_receivables(struct ctx *ctx, int32_t as_of_on, const char *currency, struct aged *aged)
{
    struct open_invoice *rows;
    size_t count;

    memset(aged, 0, sizeof *aged);
    TRY(ctx, open_invoices(ctx, 0, as_of_on, currency, &rows, &count));
    aged->rows = ARENA_ARRAY(ctx->arena, struct aged_customer, count + 1);
    for (size_t i = 0; i < count; i++) {
        enum aging aging = aging_of(rows[i].due_on, as_of_on);

        if (aged->count == 0 || aged->rows[aged->count - 1].customer_id != rows[i].customer_id)
            aged->rows[aged->count++] = (struct aged_customer){.customer_id = rows[i].customer_id, .number = rows[i].customer_number,
                                                              .name = rows[i].customer_name};
        add_aged(&aged->rows[aged->count - 1], aging, rows[i].open_base_minor);
        add_aged(&aged->total, aging, rows[i].open_base_minor);
    }
    return OK;
}

/* ---- deferred revenue ---- */

static int32_t month_of(int32_t on)
{
    struct civil c = date_civil(on);

    return date_from_civil(c.year, c.month, 1);
}

static void make_room(struct arena *arena, struct schedule_months *months)
{
    struct schedule_month *more;

    if (months->count < months->room)
        return;
    months->room = months->room == 0 ? 13 : months->room * 2;
    more = ARENA_ARRAY(arena, struct schedule_month, months->room);
    if (months->count > 0)
        memcpy(more, months->rows, months->count * sizeof *more);
    months->rows = more;
}

static void add_month(struct arena *arena, struct schedule_months *months, int32_t from_on, int64_t minor)
{
    size_t at = months->count;

    while (at > 0 && months->rows[at - 1].from_on > from_on)
        at--;
    if (at > 0 && months->rows[at - 1].from_on == from_on) {
        months->rows[at - 1].minor += minor;
        return;
    }
    make_room(arena, months);
    memmove(&months->rows[at + 1], &months->rows[at], (months->count - at) * sizeof months->rows[0]);
    months->rows[at] = (struct schedule_month){from_on, minor};
    months->count++;
}

/* As the batch will release it: at each day when one is due, the cumulative less what was released. */
static void add_releases(struct arena *arena, struct schedule_months *all, struct schedule_months *own, const struct deferred_row *d,
                         const struct exchange *exchange)
{
    struct period period = {d->from_on, d->until_on};
    enum deferral_method method = deferral_method_from_name(d->method);
    int64_t before = exchange_minor(exchange, d->amount_minor - d->recognised_minor);

    for (int32_t on = d->next_on; on != DATE_NONE; on = deferral_next_on(period, on)) {
        int64_t after = exchange_minor(exchange, d->amount_minor - deferral_recognised(method, d->amount_minor, period, on));

        add_month(arena, all, month_of(on - 1), before - after);
        add_month(arena, own, month_of(on - 1), before - after);
        before = after;
    }
}

enum err deferred_ahead(struct ctx *ctx, const char *subscription, const char *currency, struct deferred_ahead *ahead)
{
    struct deferred_row *rows;
    size_t count;

    memset(ahead, 0, sizeof *ahead);
    TRY(ctx, deferred_rows(ctx, subscription, currency, &rows, &count));
    ahead->subscriptions = ARENA_ARRAY(ctx->arena, struct schedule_subscription, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct deferred_row *d = &rows[i];
        struct exchange exchange = exchange_between(d->currency, currency, d->books_rate_e6);
        int64_t rest = exchange_minor(&exchange, d->amount_minor - d->recognised_minor);
        struct schedule_subscription *s;

        ahead->rest_minor += rest;
        if (ahead->subscription_count == 0 || strcmp(ahead->subscriptions[ahead->subscription_count - 1].number, d->subscription_number) != 0)
            ahead->subscriptions[ahead->subscription_count++] = (struct schedule_subscription){
                .number = d->subscription_number, .customer = d->subscription_number[0] != '\0' ? d->customer_name : "", .until_on = d->until_on};
        s = &ahead->subscriptions[ahead->subscription_count - 1];
        s->rest_minor += rest;
        add_releases(ctx->arena, &ahead->months, &s->months, d, &exchange);
        s->until_on = d->until_on > s->until_on ? d->until_on : s->until_on;
    }
    return OK;
}

/* ---- the file of the year ---- */

enum { ENTRIES_AT_ONCE = 1000 };

/* What stays while the year is walked. */
struct writing {
    struct fec *fec;
    struct company company;
    const char *series;
    struct lettered *lettered;
    size_t lettered_count;
    struct sales_journal *journals;
    size_t journal_count;
};

static const char *journal_name(const struct writing *w, const char *journal)
{
    for (size_t i = 0; i < w->journal_count; i++)
        if (strcmp(journal, w->journals[i].code) == 0)
            return w->journals[i].name[0] != '\0' ? w->journals[i].name : tr("Sales journal");
    if (strcmp(journal, "BQ") == 0)
        return tr("Bank journal");
    return strcmp(journal, "AN") == 0 ? tr("Opening balances") : tr("Miscellaneous journal");
}

static void put(struct writing *w, struct str *out, const struct fec_line *line)
{
    fec_add(out, w->fec->charset, w->company.currency, line);
    w->fec->lines++;
    w->fec->debit_minor += line->debit_minor;
    w->fec->credit_minor += line->credit_minor;
}

static void send(struct writing *w, struct str *out)
{
    w->fec->write(w->fec->arg, out->text, out->bytes);
    out->bytes = 0;
}

/* Books of a year begin with what the years before left. */
static enum err write_opening(struct ctx *ctx, struct writing *w, struct str *out)
{
    int32_t first_on = w->fec->year.from_on;
    struct fec_line line = {.journal = "AN", .journal_name = journal_name(w, "AN"), .entry_on = first_on, .piece = arena_printf(ctx->arena, "AN %s", w->series + strlen(JOURNAL_SERIES)),
                            .piece_on = first_on, .label = tr("Opening balance"), .letter = "", .letter_on = DATE_NONE, .valid_on = first_on, .foreign = ""};
    struct opening_row *rows;
    struct account account;
    int64_t result = 0;
    size_t count;
    int64_t lines = w->fec->lines;

    TRY(ctx, opening_rows(ctx, first_on, w->company.currency, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (!account_carries(rows[i].account)) {
            result += rows[i].balance_minor;
            continue;
        }
        line.account = rows[i].account;
        line.account_name = rows[i].account_name;
        line.customer = rows[i].customer_number;
        line.customer_name = rows[i].customer_name;
        line.debit_minor = rows[i].balance_minor > 0 ? rows[i].balance_minor : 0;
        line.credit_minor = rows[i].balance_minor < 0 ? -rows[i].balance_minor : 0;
        put(w, out, &line);
    }
    if (result != 0) {
        TRY(ctx, result_account(ctx, result, &account));
        line.account = account.code;
        line.account_name = account.name;
        line.customer = line.customer_name = "";
        line.debit_minor = result > 0 ? result : 0;
        line.credit_minor = result < 0 ? -result : 0;
        put(w, out, &line);
    }
    w->fec->entries += w->fec->lines > lines;
    return OK;
}

static int by_invoice(const void *key, const void *row)
{
    int64_t id = *(const int64_t *)key;
    int64_t other = ((const struct lettered *)row)->invoice_id;

    return id < other ? -1 : id > other;
}

static const char *row_label(struct arena *arena, const struct fec_row *row)
{
    enum posting_label label = posting_label_from_name(row->label);
    const char *what = label != 0 ? tr(posting_label_text(label)) : "";

    return arena_printf(arena, "%s%s%s%s%s", what, what[0] != '\0' ? " " : "", row->reference, row->customer_name[0] != '\0' ? " " : "",
                        row->customer_name);
}

static void write_row(struct ctx *ctx, struct writing *w, struct str *out, const struct fec_row *row)
{
    char letter[FEC_LETTER_BYTES];
    const struct lettered *matched = row->invoice_id == 0 || w->lettered_count == 0 ? NULL
        : bsearch(&row->invoice_id, w->lettered, w->lettered_count, sizeof w->lettered[0], by_invoice);
    struct fec_line line = {
        .journal = row->journal, .journal_name = journal_name(w, row->journal), .number = row->sequence, .entry_on = row->entry_on,
        .account = row->account, .account_name = row->account_name, .customer = row->customer_number, .customer_name = row->customer_name,
        .piece = row->reference[0] != '\0' ? row->reference : arena_printf(ctx->arena, "%s-%lld", w->series, (long long)row->sequence), .piece_on = row->piece_on == DATE_NONE ? row->entry_on : row->piece_on, .label = row_label(ctx->arena, row),
        .debit_minor = row->debit_minor, .credit_minor = row->credit_minor, .foreign = row->foreign_currency, .foreign_minor = row->foreign_minor,
        .letter = matched == NULL ? "" : fec_letter(matched - w->lettered, letter),
        .letter_on = matched == NULL ? DATE_NONE : matched->letter_on};

    CHECK(date_of_instant(row->posted_at, w->company.time_zone, &line.valid_on));
    put(w, out, &line);
}

static enum err write_entries(struct ctx *ctx, struct writing *w)
{
    struct ctx part = *ctx;
    int64_t after = 0;
    size_t count = 1;
    enum err err = OK;

    part.arena = arena_new();
    while (err == OK && count > 0) {
        struct str out;
        struct fec_row *rows;

        arena_reset(part.arena);
        out = str_new(part.arena);
        err = fec_rows(&part, w->series, after, ENTRIES_AT_ONCE, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            write_row(&part, w, &out, &rows[i]);
            w->fec->entries += rows[i].sequence != after;
            after = rows[i].sequence;
        }
        if (err == OK && count > 0)
            send(w, &out);
    }
    memcpy(ctx->trail, part.trail, sizeof ctx->trail);
    arena_free(part.arena);
    return err;
}

static enum err may_write(struct ctx *ctx, struct writing *w)
{
    struct fec *fec = w->fec;
    struct book_year *years;
    size_t count;
    bool there = false;

    fec->detail = "";
    fec->name = fec_file_name(ctx->arena, w->company.siren, period_last_on(fec->year));
    TRY(ctx, book_years(ctx, &years, &count));
    for (size_t i = 0; i < count; i++)
        there |= years[i].from_on == fec->year.from_on;
    TRY(ctx, foreign_entry(ctx, w->series, w->company.currency, &fec->detail));
    fec->refusal = !there                    ? N_("Nothing was booked in this year")
                   : fec->name[0] == '\0'    ? N_("The file is named after the company's SIREN of nine digits: enter it in the settings")
                   : fec->detail[0] != '\0'  ? N_("An entry of before the books were converted stands in another currency") : NULL;
    return OK;
}

enum err write_fec(struct ctx *ctx, struct fec *fec)
{
    char series[NUMBER_BYTES];
    struct writing w = {.fec = fec, .series = financial_year_series(series, fec->year)};
    const char *language = words_language();
    struct str out = str_new(ctx->arena);
    enum err err;

    fec->entries = fec->lines = fec->debit_minor = fec->credit_minor = 0;
    TRY(ctx, sales_journals(ctx, &w.journals, &w.journal_count));
    TRY(ctx, company_current(ctx, &w.company));
    TRY(ctx, may_write(ctx, &w));
    if (fec->refusal != NULL)
        return OK;
    words_use("fr");
    fec_header(&out);
    err = lettered_invoices(ctx, w.series, fec->year, &w.lettered, &w.lettered_count);
    if (err == OK)
        err = write_opening(ctx, &w, &out);
    if (err == OK) {
        send(&w, &out);
        err = write_entries(ctx, &w);
    }
    words_use(language);
    return err;
}
