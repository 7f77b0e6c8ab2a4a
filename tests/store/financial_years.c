/* financial_years: years get their rows when something is booked, ends move while nothing stands in their way, numbers stay
 * gapless in each year; and what the database refuses whatever the code does. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "core/posting.h"
#include "service/booking.h"
#include "service/financial_years.h"
#include "store/chart.h"
#include "store/financial_year.h"
#include "store/journal.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
/* What no rule of the books asks for the other side of. */
#define SOURCE "accrual_end"
#define NO_ONCE (&(struct once){NULL, "/admin/settings/years"})

struct acts {
    const int32_t *on;
    size_t count;
    int64_t first_entry_id;
};

static enum err book(struct ctx *ctx, void *arg)
{
    struct acts *acts = arg;
    struct booking *bookings = ARENA_ARRAY(ctx->arena, struct booking, acts->count);

    for (size_t i = 0; i < acts->count; i++) {
        struct posting_list list = {.count = 2, .total_minor = 100};

        list.items[0] = (struct posting){.account = ACCOUNT_BANK, .debit_minor = 100, .label = POSTING_RECEIPT};
        list.items[1] = (struct posting){.account = ACCOUNT_CARD, .credit_minor = 100, .label = POSTING_RECEIPT};
        bookings[i] = (struct booking){.entry_id = acts->first_entry_id + (int64_t)i, .journal = "OD", .on = acts->on[i], .source_kind = SOURCE,
                                       .source_id = store_unique(), .reference = "test", .currency = "EUR"};
        booking_items(ctx->arena, &bookings[i], &list);
    }
    return book_entries(ctx, bookings, acts->count);
}

/* Entries of one transaction, of these days. */
static enum err booked(struct ctx *ctx, const int32_t *on, size_t count)
{
    struct acts acts = {.on = on, .count = count};

    GOOD(reserve_ids(ctx, "journal_entry", (int64_t)count, &acts.first_entry_id));
    return db_transaction(ctx, book, &acts);
}
#define BOOKED(...) booked(ctx, (const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static int64_t last_number(struct ctx *ctx, struct period year)
{
    char series[NUMBER_BYTES];
    struct series_head head;

    GOOD(read_series(ctx, financial_year_series(series, year), &head));
    return head.last_sequence;
}

static struct period year_of(struct ctx *ctx, int32_t on)
{
    struct financial_years years;

    GOOD(financial_years(ctx, &years));
    return financial_year_of(&years, on);
}

/* The first year after everything that any test has booked. */
static struct period untouched_year(struct ctx *ctx)
{
    struct financial_year_state state;
    struct financial_years years;
    int32_t on;

    GOOD(financial_year_state(ctx, &state));
    GOOD(financial_years(ctx, &years));
    on = state.last_entry_on == DATE_NONE || state.last_entry_on < ctx->today_on ? ctx->today_on : state.last_entry_on;
    return financial_year_of(&years, financial_year_of(&years, on).until_on);
}

static enum financial_year_verdict moved(struct ctx *ctx, struct period shown, int32_t until_on)
{
    const struct financial_year_wish wish = {shown, {shown.from_on, until_on}};
    struct financial_year_result result;
    int32_t today_on = ctx->today_on;

    ctx->today_on = shown.from_on; /* the house lives on in that year */
    GOOD(change_financial_year(ctx, &wish, NO_ONCE, &result));
    ctx->today_on = today_on;
    CU_ASSERT(!result.stale);
    return result.verdict;
}

TEST(financial_years, an_end_moves_and_numbers_stay_without_gap)
{
    struct ctx *ctx = store_ctx();
    struct period year = untouched_year(ctx);
    int32_t june_on = date_add_months(year.from_on, 18);
    struct period longer = {year.from_on, june_on};
    struct period next = {june_on, date_add_months(june_on, 12)};
    struct journal_series *series;
    char name[NUMBER_BYTES];
    size_t count;

    GOOD(BOOKED(year.from_on + 40));
    SAME_NUMBER(last_number(ctx, year), 1);
    SAME_NUMBER(moved(ctx, year, june_on), FINANCIAL_YEAR_MAY);
    SAME_NUMBER(year_of(ctx, year.from_on + 400).until_on, june_on);
    /* Of one transaction, in the order in which they are told; two years rising. */
    GOOD(BOOKED(june_on - 1, june_on, year.from_on + 400, june_on + 5));
    SAME_NUMBER(last_number(ctx, longer), 3);
    SAME_NUMBER(last_number(ctx, next), 2);
    SAME_TEXT(financial_year_series(name, next) + strlen(name) - 4, "0701");
    SAME_NUMBER(year_of(ctx, june_on).until_on, next.until_on);
    /* The next is open: to December, in a year of six months; what was booked in it is not cut off. */
    SAME_NUMBER(moved(ctx, longer, date_add_months(june_on, 1)), FINANCIAL_YEAR_FOLLOWED);
    SAME_NUMBER(moved(ctx, next, date_add_months(june_on, 6)), FINANCIAL_YEAR_MAY);
    GOOD(BOOKED(date_add_months(june_on, 6)));
    SAME_NUMBER(last_number(ctx, next), 2);
    next = year_of(ctx, date_add_months(june_on, 6));
    CU_ASSERT(financial_year_is_civil(next));
    SAME_NUMBER(last_number(ctx, next), 1);
    GOOD(BOOKED(next.from_on + 100));
    SAME_NUMBER(moved(ctx, next, date_add_months(next.from_on, 3)), FINANCIAL_YEAR_CUTS);
    SAME_NUMBER(moved(ctx, next, date_add_months(next.from_on, 25)), FINANCIAL_YEAR_TOO_LONG);
    SAME_NUMBER(moved(ctx, next, next.until_on + 3), FINANCIAL_YEAR_MID_MONTH);
    SAME_NUMBER(year_of(ctx, next.from_on).until_on, next.until_on);
    GOOD(journal_series(ctx, &series, &count));
    for (size_t i = 0; i < count; i++) {
        const char *bad;
        int64_t verified;

        GOOD(verify_journal(ctx, &series[i], &bad, &verified));
        SAME_TEXT(bad, "");
    }
    books_are_sound(ctx);
}

TEST(financial_years, a_year_to_come_is_given_an_end_and_those_after_it_follow)
{
    struct ctx *ctx = store_ctx();
    struct period first = untouched_year(ctx);
    struct period second = {first.until_on, date_add_months(first.until_on, 12)};

    SAME_NUMBER(moved(ctx, second, date_add_months(second.from_on, 9)), FINANCIAL_YEAR_MAY);
    SAME_NUMBER(year_of(ctx, second.from_on).until_on, date_add_months(second.from_on, 9));
    SAME_NUMBER(year_of(ctx, date_add_months(second.from_on, 9)).until_on, date_add_months(second.from_on, 21));
    /* The one before it moves: the years after it have twelve months again. */
    SAME_NUMBER(moved(ctx, first, date_add_months(first.from_on, 10)), FINANCIAL_YEAR_MAY);
    SAME_NUMBER(year_of(ctx, second.from_on).from_on, date_add_months(first.from_on, 10));
    SAME_NUMBER(period_days(year_of(ctx, second.from_on)) / 30, 12);
    SAME_NUMBER(moved(ctx, (struct period){first.from_on, date_add_months(first.from_on, 10)}, first.until_on), FINANCIAL_YEAR_MAY);
}

/* The first day of the books is nobody's wish here: they reach back as far as something is dated. */
TEST(financial_years, what_is_dated_before_the_first_year_gets_its_years)
{
    struct ctx *ctx = store_ctx();
    struct financial_years years;
    int32_t on;

    GOOD(BOOKED(ctx->today_on));
    GOOD(financial_years(ctx, &years));
    on = years.rows[0].from_on - 800;
    GOOD(BOOKED(on, ctx->today_on));
    GOOD(financial_years(ctx, &years));
    CU_ASSERT(financial_years_have(&years, on) && period_contains(years.rows[0], on));
    for (size_t i = 1; i < years.count; i++)
        SAME_NUMBER(years.rows[i].from_on, years.rows[i - 1].until_on);
    SAME_NUMBER(last_number(ctx, years.rows[0]), 1);
}

TEST(financial_years, whoever_saw_another_year_is_told)
{
    struct ctx *ctx = store_ctx();
    struct period year = untouched_year(ctx);
    const struct financial_year_wish wish[] = {
        {{year.from_on, year.until_on + 31}, {year.from_on, date_add_months(year.from_on, 6)}},
        {{year.from_on + 1, year.until_on}, {year.from_on + 1, date_add_months(year.from_on, 6)}},
        {{date_add_months(year.from_on, 1200), date_add_months(year.from_on, 1212)}, {date_add_months(year.from_on, 1200), date_add_months(year.from_on, 1206)}},
    };
    struct financial_year_result result;

    for (size_t i = 0; i < sizeof wish / sizeof wish[0]; i++) {
        GOOD(change_financial_year(ctx, &wish[i], NO_ONCE, &result));
        CU_ASSERT(result.stale);
    }
    SAME_NUMBER(year_of(ctx, year.from_on).until_on, year.until_on);
}

struct late {
    struct acts acts;
    struct chart chart; /* of before */
};

static enum err book_late(struct ctx *ctx, void *arg)
{
    struct late *late = arg;
    struct posting_list list = {.count = 2, .total_minor = 100};
    struct booking booking = {.entry_id = late->acts.first_entry_id, .journal = "OD", .on = late->acts.on[0], .source_kind = SOURCE, .source_id = store_unique(),
                              .reference = "test", .currency = "EUR"};

    list.items[0] = (struct posting){.account = ACCOUNT_BANK, .debit_minor = 100, .label = POSTING_RECEIPT};
    list.items[1] = (struct posting){.account = ACCOUNT_CARD, .credit_minor = 100, .label = POSTING_RECEIPT};
    booking_items(ctx->arena, &booking, &list);
    return book_entries_by(ctx, &late->chart, &booking, 1);
}

/* One looked at the years, another moved the end since: what would be booked by the old look is not, and looks again. */
TEST(financial_years, an_end_that_moved_meanwhile_is_seen_before_anything_is_numbered)
{
    struct ctx *ctx = store_ctx();
    struct ctx *other = store_other_ctx();
    struct period year = untouched_year(ctx);
    int32_t on = year.until_on - 10;
    struct late late = {.acts = {.on = &on, .count = 1}};

    GOOD(BOOKED(year.from_on));
    GOOD(chart_now(other, &late.chart));
    GOOD(reserve_ids(other, "journal_entry", 1, &late.acts.first_entry_id));
    SAME_NUMBER(moved(ctx, year, date_add_months(year.from_on, 6)), FINANCIAL_YEAR_MAY);
    CU_ASSERT_EQUAL(db_transaction(other, book_late, &late), ERR_DB_RETRY);
    ctx_forget_error(other);
    SAME_NUMBER(last_number(ctx, year), 1);
    GOOD(chart_now(other, &late.chart));
    GOOD(db_transaction(other, book_late, &late));
    SAME_NUMBER(last_number(ctx, year), 1);
    SAME_NUMBER(last_number(ctx, year_of(ctx, on)), 1);
    SAME_NUMBER(moved(ctx, (struct period){year.from_on, date_add_months(year.from_on, 6)}, year.until_on), FINANCIAL_YEAR_FOLLOWED);
}

TEST(financial_years, the_database_refuses_what_must_never_be)
{
    struct ctx *ctx = store_ctx();
    struct period year = untouched_year(ctx);

    GOOD(BOOKED(year.from_on + 5));
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MAX(until_on) + INTERVAL 1 MONTH, MAX(until_on) + INTERVAL 13 MONTH FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MAX(from_on) + INTERVAL 1 MONTH, MAX(until_on) + INTERVAL 1 MONTH FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MAX(until_on), MAX(until_on) + INTERVAL 25 MONTH FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MAX(until_on), MAX(until_on) + INTERVAL 20 DAY FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MAX(until_on), MAX(until_on) + INTERVAL 40 DAY FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on, opens) SELECT MAX(until_on), MAX(until_on) + INTERVAL 1 YEAR, 1 FROM financial_year");
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) SELECT MIN(from_on) - INTERVAL 1 YEAR, MIN(from_on) - INTERVAL 1 MONTH FROM financial_year");
    as_owner_refused(ctx, "UPDATE financial_year SET from_on = from_on - INTERVAL 1 MONTH ORDER BY from_on DESC LIMIT 1");
    as_owner_refused(ctx, "UPDATE financial_year SET opens = 1 ORDER BY from_on LIMIT 1");
    as_owner_refused(ctx, "UPDATE financial_year SET until_on = until_on + INTERVAL 1 MONTH ORDER BY from_on LIMIT 1"); /* another one follows */
    as_owner_refused(ctx, "UPDATE financial_year SET until_on = from_on + INTERVAL 25 MONTH ORDER BY from_on DESC LIMIT 1");
    as_owner_refused(ctx, "DELETE FROM financial_year ORDER BY from_on LIMIT 1");
    as_owner_refused(ctx, "DELETE FROM financial_year ORDER BY from_on DESC LIMIT 1"); /* something is booked in it */
    as_owner_refused(ctx, "INSERT INTO closing (sequence, kind, from_on, until_on, currency, entry_count, debit_minor, credit_minor, sales_minor, all_entry_count, "
                          "all_debit_minor, all_credit_minor, all_sales_minor, all_absolute_minor, closed_at, closed_by, chain_previous, chain_digest) SELECT 1, 'year', "
                          "from_on, until_on - INTERVAL 1 MONTH, 'EUR', 0, 0, 0, 0, 0, 0, 0, 0, 0, NOW(6), 'x', REPEAT('a', 32), REPEAT('b', 32) FROM financial_year "
                          "ORDER BY from_on LIMIT 1");
    /* An entry in the journal of another year. */
    as_owner_refused(ctx, "INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, source_id, reference, currency, item_count, total_minor, "
                          "posted_at) SELECT 999999999, series, 999999999, 'OD', until_on, 'deferral', 999999999, 'x', 'EUR', 2, 100, NOW(6) FROM financial_year "
                          "ORDER BY from_on DESC LIMIT 1");
    as_owner_refused(ctx, "INSERT INTO journal_entry (id, series, sequence, journal, entry_on, source_kind, source_id, reference, currency, item_count, total_minor, "
                          "posted_at) SELECT 999999999, 'journal-x', 1, 'OD', from_on, 'deferral', 999999999, 'x', 'EUR', 2, 100, NOW(6) FROM financial_year LIMIT 1");
}
