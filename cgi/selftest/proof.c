#include "selftest/proof.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "sandbox/records.h"
#include "service/booking.h"
#include "service/closing.h"
#include "service/deferring.h"
#include "service/verifying.h"
#include "store/inspection.h"
#include "store/journal.h"

struct found {
    const char *ref;
};
static const struct column found_column[] = {COLUMN(TEXT, found, ref)};

struct believed {
    const char *attempt_key;
    const char *state;
    int64_t payable_id;
    int64_t paid_minor;
    bool item;               /* a person is asked */
    int64_t owed_minor;      /* what its payable is for */
    int64_t reopened_minor;  /* refunded without a note: asked for again */
    int32_t captures;
    int64_t captured_minor;  /* in the end, of the payable so far */
};
static const struct column believed_column[] = {COLUMN(TEXT, believed, attempt_key), COLUMN(TEXT, believed, state), COLUMN(I64, believed, payable_id),
    COLUMN(I64, believed, paid_minor), COLUMN(BOOL, believed, item), COLUMN(I64, believed, owed_minor),
    COLUMN(I64, believed, reopened_minor)};

/* MariaDB's own calendar, not ours. */
#define BOUNDARY(k) \
    "CASE s.unit WHEN 'day' THEN s.anchor_on + INTERVAL " k " * s.count DAY WHEN 'week' THEN s.anchor_on + INTERVAL " k " * s.count WEEK " \
    "WHEN 'month' THEN s.anchor_on + INTERVAL " k " * s.count MONTH WHEN 'quarter' THEN s.anchor_on + INTERVAL " k " * s.count QUARTER " \
    "ELSE s.anchor_on + INTERVAL " k " * s.count YEAR END"

enum { DUE, SET_ASIDE, CALENDAR, SURPLUS, BELIEVED };

static const struct statement statement[] = {
    [DUE] = {"selftest_due",
        /* debited first: one period a run, so that the one after what was paid today waits for the next */
        "SELECT s.number ref FROM subscription s WHERE s.state <> 'ended' AND s.due_on <= ? AND s.hold_reason = '' AND s.error = '' AND NOT "
        "(s.debit_first = 1 AND EXISTS (SELECT 1 FROM invoice i WHERE i.subscription_id = s.id AND i.issued_on = ?)) LIMIT 5", READS(found, found_column)},
    [SET_ASIDE] = {"selftest_set_aside", "SELECT CONCAT(number, ' ', error) ref FROM subscription WHERE error <> '' LIMIT 5", READS(found, found_column)},
    [CALENDAR] = {"selftest_calendar",
        "SELECT CONCAT(s.number, ' ', p.from_on, ' ', p.until_on) ref FROM billing_period p JOIN subscription s ON s.id = p.subscription_id "
        "WHERE s.epoch = 0 AND s.month_day = 0 AND s.state <> 'ended' AND NOT EXISTS (SELECT 1 FROM amendment a WHERE a.subscription_id = s.id) AND "
        "(p.from_on <> " BOUNDARY("p.period_index") " OR p.until_on <> " BOUNDARY("(p.period_index + 1)") ") LIMIT 5", READS(found, found_column)},
    [SURPLUS] = {"selftest_surplus",
        "SELECT x.currency ref FROM (SELECT currency, SUM(left_minor) minor FROM advance GROUP BY currency UNION ALL "
        "SELECT IFNULL(e.foreign_currency, e.currency), SUM(IF(e.foreign_currency IS NULL, j.debit_minor - j.credit_minor, j.foreign_minor)) "
        "FROM journal_item j JOIN journal_entry e ON e.id = j.entry_id "
        "WHERE j.account = (SELECT account FROM account_role WHERE role = 'advance') GROUP BY 1) x GROUP BY x.currency HAVING SUM(x.minor) <> 0",
        READS(found, found_column)},
    [BELIEVED] = {"selftest_believed",
        "SELECT a.attempt_key, a.state, a.payable_id, IFNULL(p.amount_minor, 0) paid_minor, IF(a.state = 'operator', EXISTS (SELECT 1 FROM operator_item o "
        "WHERE o.closed_at IS NULL AND o.detail LIKE CONCAT('%', a.attempt_key, '%')), 0) item, GREATEST(y.amount_minor, IFNULL(i.total_minor, 0)) owed_minor, "
        "CAST((SELECT IFNULL(SUM(f.amount_minor), 0) FROM refund f WHERE f.payment_id = p.id AND f.credit_note_id IS NULL AND f.holds = 1) AS SIGNED) "
        "reopened_minor FROM attempt a JOIN payable y ON y.id = a.payable_id LEFT JOIN invoice i ON i.id = y.invoice_id LEFT JOIN payment p ON p.attempt_id = a.id "
        "WHERE a.kind <> 'sepa' ORDER BY a.attempt_key", READS(believed, believed_column)},
};
DB_STATEMENTS(selftest_proof, statement)

static void blame(struct str *broken, const char *rule, const char *ref)
{
    str_printf(broken, "; %s: %s", rule, ref);
}

static enum err prove_rules(struct ctx *ctx, struct str *broken)
{
    struct broken_rule *rows;
    size_t count;

    TRY(ctx, find_broken_rules(ctx, &rows, &count, NULL));
    for (size_t i = 0; i < count; i++)
        blame(broken, rows[i].rule, rows[i].ref);
    TRY(ctx, find_altered_documents(ctx, &rows, &count));
    for (size_t i = 0; i < count; i++)
        blame(broken, rows[i].rule, rows[i].ref);
    return OK;
}

static enum err prove_chains(struct ctx *ctx, struct str *broken)
{
    struct series_name *series;
    struct journal_series *journals;
    const char *wrong;
    int64_t verified;
    size_t count;

    TRY(ctx, issued_series(ctx, &series, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(ctx, verify_chain(ctx, series[i].name, &wrong, &verified));
        if (wrong[0] != '\0')
            blame(broken, "I5 a document is as it was issued", wrong);
    }
    TRY(ctx, journal_series(ctx, &journals, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(ctx, verify_journal(ctx, &journals[i], &wrong, &verified));
        if (wrong[0] != '\0' || verified != journals[i].last_sequence)
            blame(broken, "I1 an entry is as it was booked, and balances", wrong);
    }
    TRY(ctx, verify_closings(ctx, &wrong, &verified));
    if (wrong[0] != '\0')
        blame(broken, "I5 a closing is as it was made", wrong);
    TRY(ctx, verify_deferrals(ctx, &wrong, &verified));
    if (wrong[0] != '\0')
        blame(broken, "I6 what is recognised is what its method says", wrong);
    return OK;
}

static enum err prove_stillness(struct life *life, struct str *broken)
{
    static const struct { int statement; const char *rule; } asked[] = {{DUE, "I6 what is due is billed"}, {SET_ASIDE, "I6 nothing is set aside"},
                                                                        {CALENDAR, "I6 periods follow the calendar"}, {SURPLUS, "I2 what came above what was owed is the customer's, to the cent"}};
    struct ctx *ctx = life->scratch->job->ctx;

    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        struct found *rows;
        size_t count;

        if (asked[i].statement == DUE)
            TRY(ctx, db_rows(ctx, &statement[DUE], PARAMS(P_DATE(ctx->today_on), P_DATE(ctx->today_on)), &rows, &count));
        else
            TRY(ctx, db_rows(ctx, &statement[asked[i].statement], NO_PARAMS, &rows, &count));
        for (size_t k = 0; k < count; k++)
            blame(broken, asked[i].rule, rows[k].ref);
    }
    return OK;
}

static int by_key(const void *key, const void *row)
{
    return strcmp(key, ((const struct believed *)row)->attempt_key);
}

/* The money came, whatever of it went back since. */
static bool is_success(const struct believed *b)
{
    return strcmp(b->state, "succeeded") == 0 || strcmp(b->state, "partly_reversed") == 0 || strcmp(b->state, "reversed") == 0;
}

static void compare(struct str *broken, struct believed *rows, size_t count, const struct capture *capture)
{
    struct believed *b = bsearch(capture->attempt, rows, count, sizeof *rows, by_key);
    bool ours;

    if (b == NULL) {
        blame(broken, "I10 captured for nothing that we know", capture->charge_ref);
        return;
    }
    b->captures++;
    b->captured_minor += capture->amount_minor;
    ours = is_success(b);
    if (!(ours && b->paid_minor == capture->amount_minor) && !(strcmp(b->state, "operator") == 0 && b->paid_minor == 0 && b->item))
        blame(broken, "I10 captured, and not what we hold true", b->attempt_key);
}

static int by_payable(const void *a, const void *b)
{
    const struct believed *left = a;
    const struct believed *right = b;

    return (left->payable_id > right->payable_id) - (left->payable_id < right->payable_id);
}

/* The gateway's charges are our successes, one for one and to the cent; money that was not expected is a person's. */
static enum err prove_money(struct life *life, struct str *broken)
{
    struct ctx *ctx = life->scratch->job->ctx;
    struct ctx other = *ctx;
    struct believed *rows;
    struct capture *captures;
    size_t count;
    size_t taken;
    int64_t after = 0;

    other.db = life->scratch->gateway;
    TRY(ctx, db_rows(ctx, &statement[BELIEVED], NO_PARAMS, &rows, &count));
    TRY(ctx, db_ready(&other));
    do {
        TRY(ctx, captures_after(&other, after, &captures, &taken));
        for (size_t i = 0; i < taken; i++) {
            compare(broken, rows, count, &captures[i]);
            after = captures[i].id;
        }
    } while (taken > 0);
    qsort(rows, count, sizeof *rows, by_payable);
    for (size_t i = 0; i < count; i++) {
        bool ours = is_success(&rows[i]) || strcmp(rows[i].state, "operator") == 0;

        if (rows[i].captures != (ours ? 1 : 0))
            blame(broken, "I10 believed, and not what was captured", rows[i].attempt_key);
        if (i > 0 && rows[i].payable_id == rows[i - 1].payable_id) {
            rows[i].captured_minor += rows[i - 1].captured_minor;
            rows[i].reopened_minor += rows[i - 1].reopened_minor;
        }
        if (rows[i].captured_minor > rows[i].owed_minor + rows[i].reopened_minor)
            blame(broken, "I10 captured more than was owed", rows[i].attempt_key);
    }
    return OK;
}

enum err prove_life(struct life *life, struct str *broken)
{
    struct ctx *ctx = life->scratch->job->ctx;

    TRY(ctx, prove_rules(ctx, broken));
    TRY(ctx, prove_chains(ctx, broken));
    TRY(ctx, prove_stillness(life, broken));
    return prove_money(life, broken);
}
