/* first_year: a house whose books begin with a year of 18 months on a day in the middle of a month: what comes from before is
 * dated its first day, the year is closed at its end, and then nothing of it moves. */
#include "support.h"

#include <string.h>

#include "core/date.h"
#include "core/posting.h"
#include "service/booking.h"
#include "service/closing.h"
#include "service/financial_years.h"
#include "service/reporting.h"
#include "store/financial_year.h"

#define GOOD(call) CU_ASSERT_EQUAL_FATAL((call), OK)
#define NO_ONCE (&(struct once){NULL, "/admin/settings/years"})
#define ON(y, m, d) date_from_civil(y, m, d)

/* 15 March 2025 to 30 September 2026, and the twelve months after it. */
#define FIRST ((struct period){ON(2025, 3, 15), ON(2026, 10, 1)})
#define SECOND ((struct period){ON(2026, 10, 1), ON(2027, 10, 1)})

struct act {
    int32_t on;
    int64_t entry_id;
    const char *money;
    const char *other;
};

static enum err book(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct posting_list list = {.count = 2, .total_minor = 1000};
    struct booking booking = {.entry_id = act->entry_id, .journal = "OD", .on = act->on, .source_kind = "accrual_end", .source_id = store_unique(),
                              .reference = "test", .currency = "EUR"};

    list.items[0] = (struct posting){.account = act->money, .debit_minor = 1000, .label = POSTING_RECEIPT};
    list.items[1] = (struct posting){.account = act->other, .credit_minor = 1000, .label = POSTING_RECEIPT};
    booking_items(ctx->arena, &booking, &list);
    return book_entries(ctx, &booking, 1);
}

static void booked(struct ctx *ctx, int32_t on)
{
    struct act act = {.on = on, .money = ACCOUNT_BANK, .other = "708"};

    GOOD(reserve_ids(ctx, "journal_entry", 1, &act.entry_id));
    GOOD(db_transaction(ctx, book, &act));
}

static struct financial_year_result changed(struct ctx *ctx, struct period shown, struct period year)
{
    const struct financial_year_wish wish = {shown, year};
    struct financial_year_result result;

    GOOD(change_financial_year(ctx, &wish, NO_ONCE, &result));
    return result;
}

static struct closing_result closed(struct ctx *ctx, enum closing_kind kind, int32_t on)
{
    struct closing_result result;

    GOOD(close_period(ctx, kind, on, NO_ONCE, &result));
    CU_ASSERT(!result.busy);
    return result;
}

static int64_t opening_of(const struct trial_balance *b, const char *account)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->rows[i].account, account) == 0)
            return b->rows[i].opening_minor;
    return 0;
}

struct count_row {
    int64_t got;
};
static const struct column count_column[] = {COLUMN(I64, count_row, got)};

#define COUNTS(name_, sql_) {"test_" name_, "SELECT COUNT(*) AS got FROM " sql_, READS(count_row, count_column)}
enum { IN_FIRST, ON_FIRST_DAY, IN_SECOND, ON_SECOND_DAY, MONTHS, YEARS_OF_THREE };
static const struct statement count_of[] = {
    [IN_FIRST] = COUNTS("in_first", "journal_entry WHERE series = 'journal-20250315' AND entry_on >= '2025-03-15'"),
    [ON_FIRST_DAY] = COUNTS("on_first_day", "journal_entry WHERE entry_on = '2025-03-15'"),
    [IN_SECOND] = COUNTS("in_second", "journal_entry WHERE series = 'journal-20261001'"),
    [ON_SECOND_DAY] = COUNTS("on_second_day", "journal_entry WHERE series = 'journal-20261001' AND entry_on = '2026-10-01'"),
    [MONTHS] = COUNTS("closed_months", "closing WHERE kind = 'month'"),
    [YEARS_OF_THREE] = COUNTS("closed_years_of_three", "closing WHERE kind = 'year' AND entry_count = 3"),
};

static int64_t counted(struct ctx *ctx, int what)
{
    struct count_row row;

    GOOD(db_row(ctx, &count_of[what], NO_PARAMS, &row));
    return row.got;
}

TEST(first_year, from_its_first_day_to_its_closing)
{
    struct ctx *ctx = store_ctx();
    struct financial_years years;
    struct closing_result closing;
    struct trial_balance trial;
    const char *bad;
    int64_t verified;

    ctx->today_on = ON(2026, 12, 10);
    GOOD(financial_years(ctx, &years));
    SAME_NUMBER(years.count, 0);
    SAME_NUMBER(changed(ctx, financial_year_of(&years, ctx->today_on), FIRST).verdict, FINANCIAL_YEAR_MAY);
    GOOD(financial_years(ctx, &years));
    CU_ASSERT(years.count == 1 && years.opens);

    /* What comes from before the books, and in both years. */
    booked(ctx, ON(2024, 12, 31));
    booked(ctx, ON(2025, 6, 30));
    booked(ctx, ON(2026, 9, 30));
    booked(ctx, ON(2026, 10, 1));
    SAME_NUMBER(counted(ctx, IN_FIRST), 3);
    SAME_NUMBER(counted(ctx, ON_FIRST_DAY), 1);
    SAME_NUMBER(counted(ctx, IN_SECOND), 1);
    SAME_NUMBER(changed(ctx, FIRST, (struct period){ON(2025, 3, 1), ON(2026, 10, 1)}).verdict, FINANCIAL_YEAR_FOLLOWED);
    SAME_NUMBER(changed(ctx, SECOND, (struct period){ON(2026, 11, 1), ON(2027, 10, 1)}).verdict, FINANCIAL_YEAR_BEGUN);

    /* Income of the long year opens the next as its result, and not before. */
    GOOD(trial_balance(ctx, ON(2026, 9, 30), ON(2026, 10, 1), "EUR", &trial));
    SAME_NUMBER(opening_of(&trial, "708"), -2000);
    SAME_NUMBER(opening_of(&trial, "120"), 0);
    GOOD(trial_balance(ctx, ON(2026, 10, 1), ON(2027, 10, 1), "EUR", &trial));
    SAME_NUMBER(opening_of(&trial, "708"), 0);
    SAME_NUMBER(opening_of(&trial, "120"), -3000);

    /* A month that began before the books, then the year with all that is left of it. */
    SAME_NUMBER(closed(ctx, CLOSING_MONTH, ON(2025, 3, 20)).verdict, CLOSING_MAY);
    SAME_NUMBER(closed(ctx, CLOSING_YEAR, ON(2026, 11, 1)).verdict, CLOSING_NOT_OVER);
    closing = closed(ctx, CLOSING_YEAR, ON(2026, 1, 1));
    SAME_NUMBER(closing.verdict, CLOSING_MAY);
    SAME_NUMBER(closing.period.from_on, FIRST.from_on);
    SAME_NUMBER(closing.period.until_on, FIRST.until_on);
    SAME_NUMBER(closing.made, 1 + 18 + (size_t)period_days((struct period){ON(2025, 4, 1), ON(2026, 10, 1)}));
    SAME_NUMBER(counted(ctx, YEARS_OF_THREE), 1);
    SAME_NUMBER(counted(ctx, MONTHS), 19);
    SAME_NUMBER(closed(ctx, CLOSING_YEAR, ON(2025, 3, 15)).verdict, CLOSING_DONE);
    GOOD(verify_closings(ctx, &bad, &verified));
    SAME_TEXT(bad, "");
    GOOD(trial_balance(ctx, ON(2026, 10, 1), ON(2027, 10, 1), "EUR", &trial)); /* now from what the months kept */
    SAME_NUMBER(opening_of(&trial, "120"), -3000);

    /* Closed: nothing of it moves, nothing is dated into it. */
    SAME_NUMBER(changed(ctx, FIRST, (struct period){FIRST.from_on, ON(2026, 11, 1)}).verdict, FINANCIAL_YEAR_CLOSED);
    as_owner_refused(ctx, "UPDATE financial_year SET until_on = '2026-11-01' WHERE from_on = '2025-03-15'");
    booked(ctx, ON(2026, 5, 5));
    SAME_NUMBER(counted(ctx, ON_SECOND_DAY), 2);
    as_owner_refused(ctx, "INSERT INTO financial_year (from_on, until_on) VALUES ('2024-03-01', '2025-03-15')"); /* the books opened later */
    SAME_NUMBER(changed(ctx, SECOND, (struct period){SECOND.from_on, ON(2028, 10, 1)}).verdict, FINANCIAL_YEAR_MAY);
}
