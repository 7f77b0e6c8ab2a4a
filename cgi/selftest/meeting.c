#include "selftest/meeting.h"

#include <inttypes.h>

#include "base/random.h"
#include "base/str.h"
#include "store/db.h"

static const struct column living_column[] = {COLUMN(I64, living, id), COLUMN(I64, living, customer_id),
    COLUMN(ID, living, payment_method_id), COLUMN(TEXT, living, state)};

static const struct column owed_column[] = {COLUMN(I64, owed, invoice_id), COLUMN(TEXT, owed, number), COLUMN(I64, owed, customer_id),
    COLUMN(TEXT, owed, email), COLUMN(TEXT, owed, gateway_customer), COLUMN(TEXT, owed, currency), COLUMN(I64, owed, open_minor)};

static const struct column handed_column[] = {COLUMN(TEXT, handed, attempt_key), COLUMN(TEXT, handed, state), COLUMN(TEXT, handed, batch_id),
    COLUMN(I64, handed, amount_minor)};

static const struct column paid_column[] = {COLUMN(I64, paid, payment_id), COLUMN(I64, paid, invoice_id), COLUMN(I64, paid, amount_minor)};

enum { LIVING, OWED, INVOICED, HANDED, PAID };

static const struct statement statement[] = {
    [LIVING] = {"selftest_living", "SELECT id, customer_id, payment_method_id, state FROM subscription WHERE id > ? ORDER BY id", READS(living, living_column)},
    [OWED] = {"selftest_owed",
        "SELECT i.id invoice_id, i.number, i.customer_id, v.email, c.gateway_customer, i.currency, r.open_minor FROM receivable r JOIN invoice i ON i.id = r.invoice_id "
        "JOIN customer c ON c.id = i.customer_id JOIN customer_version v ON v.id = c.current_version_id "
        "WHERE r.state = 'open' AND r.subscription_id > ? ORDER BY i.id DESC LIMIT 40", READS(owed, owed_column)},
    [INVOICED] = {"selftest_invoiced",
        "SELECT i.id invoice_id, i.number, i.customer_id, '' email, '' gateway_customer, i.currency, i.total_minor open_minor FROM invoice i "
        "WHERE i.kind = 'invoice' AND i.subscription_id > ? ORDER BY i.id DESC LIMIT 40", READS(owed, owed_column)},
    [HANDED] = {"selftest_handed",
        "SELECT a.attempt_key, a.state, c.batch_id, a.amount_minor FROM collection c JOIN attempt a ON a.id = c.attempt_id "
        "JOIN invoice i ON i.id = c.invoice_id WHERE i.subscription_id > ? AND c.file_id IS NOT NULL AND c.return_code = '' AND a.state IN ('pending', 'succeeded') ORDER BY a.id DESC LIMIT 40", READS(handed, handed_column)},
    [PAID] = {"selftest_paid",
        "SELECT p.id payment_id, i.id invoice_id, p.amount_minor FROM payment p JOIN allocation x ON x.payment_id = p.id JOIN invoice i ON i.id = x.invoice_id "
        "WHERE p.gateway = 'stripe' AND i.subscription_id > ? ORDER BY p.id DESC LIMIT 40", READS(paid, paid_column)},
};
DB_STATEMENTS(selftest_meeting, statement)

bool life_one_of(struct life *life, int64_t count)
{
    return life_between(life, 1, count) == 1;
}

struct ctx *life_ctx(const struct life *life)
{
    return life->scratch->job->ctx;
}

const struct once *life_once(struct life *life)
{
    struct arena *arena = life_ctx(life)->arena;
    struct once *once = ARENA_NEW(arena, struct once);

    *once = (struct once){arena_printf(arena, "selftest-%016" PRIx64, random_next(&life->seed)), "/"};
    return once;
}

enum err find_living(struct life *life, const char *state, const char *or_state, bool without_method, struct living *found)
{
    struct ctx *ctx = life_ctx(life);
    struct living *rows;
    size_t count;
    size_t first;
    bool any = false;

    TRY(ctx, db_rows(ctx, &statement[LIVING], PARAMS(P_I64(life->after_id)), &rows, &count));
    first = count > 0 ? (size_t)life_between(life, 0, (int64_t)count - 1) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct living *one = &rows[(first + i) % count];

        if (!str_equal(one->state, state) && !str_equal(one->state, or_state))
            continue;
        *found = *one;
        any = true;
        if (!without_method || one->payment_method_id == 0)
            return OK;
    }
    return any ? OK : ERR_NOT_FOUND;
}

enum err find_owed(struct life *life, enum owed_which which, struct owed *found)
{
    struct ctx *ctx = life_ctx(life);
    struct owed *rows;
    size_t count;

    TRY(ctx, db_rows(ctx, &statement[which == OWED_OPEN ? OWED : INVOICED], PARAMS(P_I64(life->after_id)), &rows, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    *found = rows[life_between(life, 0, (int64_t)count - 1)];
    return OK;
}

enum err handed_debits(struct life *life, struct handed **rows, size_t *count)
{
    return db_rows(life_ctx(life), &statement[HANDED], PARAMS(P_I64(life->after_id)), rows, count);
}

enum err card_payments(struct life *life, struct paid **rows, size_t *count)
{
    return db_rows(life_ctx(life), &statement[PAID], PARAMS(P_I64(life->after_id)), rows, count);
}
