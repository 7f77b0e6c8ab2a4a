/* db: what the connection promises. */
#include "store/db_prove.h"
#include "support.h"

#include <string.h>

#include "base/clock.h"
#include "core/date.h"

struct outbox_row {
    int64_t id;
    const char *template;
    const char *params;
    int64_t next_try_at;
    int64_t customer_id;
};
static const struct column outbox_column[] = {
    COLUMN(I64, outbox_row, id),
    COLUMN(TEXT, outbox_row, template),
    COLUMN(TEXT, outbox_row, params),
    COLUMN(INSTANT, outbox_row, next_try_at),
    COLUMN(ID, outbox_row, customer_id),
};

struct form_row {
    unsigned char token_hash[32];
    const char *result_url;
    int64_t used_at;
};
static const struct column form_column[] = {
    COLUMN(HASH, form_row, token_hash),
    COLUMN(TEXT, form_row, result_url),
    COLUMN(INSTANT, form_row, used_at),
};

enum { INSERT, READ, COUNT, FORM_INSERT, FORMS, FORBIDDEN, BYTES };
struct bytes_row {
    struct db_bytes data;
};
static const struct column bytes_column[] = {COLUMN(BYTES, bytes_row, data)};
struct count_row {
    int64_t n;
};
static const struct column count_column[] = {COLUMN(I64, count_row, n)};

static const struct statement statement[] = {
    [INSERT] = {"test_insert",
                "INSERT INTO outbox (template, language, to_address, params, dedup_key, message_id, state, created_at, "
                "next_try_at, customer_id) VALUES ('t', 'en', 'a@b.example', ?, ?, 'm', 'dead', ?, ?, ?)",
                NOTHING},
    [READ] = {"test_read", "SELECT id, template, params, next_try_at, customer_id FROM outbox WHERE id = ?",
              READS(outbox_row, outbox_column)},
    [COUNT] = {"test_count", "SELECT COUNT(*) AS n FROM outbox WHERE dedup_key = ?", READS(count_row, count_column)},
    [FORM_INSERT] = {"test_form_insert", "INSERT INTO form_token (token_hash, result_url, used_at) VALUES (?, ?, ?)",
                     NOTHING},
    [FORMS] = {"test_forms", "SELECT token_hash, result_url, used_at FROM form_token WHERE result_url LIKE ? ORDER BY result_url",
               READS(form_row, form_column)},
    [FORBIDDEN] = {"test_forbidden", "DELETE FROM invoice WHERE id = ?", NOTHING},
    [BYTES] = {"test_bytes", "SELECT CAST(? AS BINARY) AS data", READS(bytes_row, bytes_column)},
};

static enum err insert(struct ctx *ctx, const char *params, const char *key, int64_t *id)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(params), P_TEXT(key), P_INSTANT(ctx->now), P_INSTANT(0), P_ID(0)), id);
}

TEST(db, long_text_and_nulls_come_back)
{
    struct ctx *ctx = store_ctx();
    char *text = arena_alloc(ctx->arena, 70001);
    const char *key = arena_printf(ctx->arena, "k%lld", (long long)store_unique());
    struct outbox_row row;
    int64_t id;

    memset(text, 'x', 70000);
    CU_ASSERT_EQUAL_FATAL(insert(ctx, text, key, &id), OK);
    CU_ASSERT_EQUAL_FATAL(db_row(ctx, &statement[READ], PARAMS(P_I64(id)), &row), OK);
    CU_ASSERT_EQUAL(row.id, id);
    SAME_TEXT(row.params, text);
    CU_ASSERT_EQUAL(row.next_try_at, 0);
    CU_ASSERT_EQUAL(row.customer_id, 0);
    CU_ASSERT_EQUAL(db_row(ctx, &statement[READ], PARAMS(P_I64(-1)), &row), ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(insert(ctx, "", key, &id), ERR_DUPLICATE);
}

TEST(db, arrays_write_every_kind_and_null)
{
    struct ctx *ctx = store_ctx();
    struct form_row record[500];
    struct form_row *back;
    long long mark = store_unique();
    size_t count;
    size_t i;

    for (i = 0; i < COUNT_OF(record); i++) {
        struct hash { unsigned char bytes[32]; } token = {{(unsigned char)i, (unsigned char)(i >> 8), 7}};

        memcpy(token.bytes + 8, &mark, sizeof mark);
        memcpy(record[i].token_hash, token.bytes, 32);
        record[i].result_url = arena_printf(ctx->arena, "/%lld/%04zu", mark, i);
        record[i].used_at = ctx->now + (int64_t)i;
    }
    CU_ASSERT_EQUAL_FATAL(db_write_many(ctx, &statement[FORM_INSERT], form_column, COUNT_OF(form_column), record,
                                        sizeof record[0], COUNT_OF(record)), OK);
    CU_ASSERT_EQUAL_FATAL(db_rows(ctx, &statement[FORMS], PARAMS(P_TEXT(arena_printf(ctx->arena, "/%lld/%%", mark))),
                                  &back, &count), OK);
    CU_ASSERT_EQUAL_FATAL(count, COUNT_OF(record));
    for (i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(memcmp(back[i].token_hash, record[i].token_hash, 32), 0);
        CU_ASSERT_EQUAL(back[i].used_at, record[i].used_at);
    }
}

static enum err insert_then_refuse(struct ctx *ctx, void *key)
{
    int64_t id;

    TRY(ctx, insert(ctx, "", key, &id));
    return ERR_CONFLICT;
}

TEST(db, refused_transaction_leaves_nothing)
{
    struct ctx *ctx = store_ctx();
    char *key = arena_printf(ctx->arena, "k%lld", (long long)store_unique());
    struct count_row row;

    CU_ASSERT_EQUAL(db_transaction(ctx, insert_then_refuse, key), ERR_CONFLICT);
    CU_ASSERT_FALSE(db_in_transaction(ctx));
    CU_ASSERT_EQUAL_FATAL(db_row(ctx, &statement[COUNT], PARAMS(P_TEXT(key)), &row), OK);
    CU_ASSERT_EQUAL(row.n, 0);
}

struct twice {
    int runs;
    char *key;
};

static enum err fail_first(struct ctx *ctx, void *arg)
{
    struct twice *twice = arg;
    int64_t id;

    TRY(ctx, insert(ctx, "", twice->key, &id));
    return ++twice->runs == 1 ? FAIL(ctx, ERR_DB_RETRY, "pretended deadlock") : OK;
}

TEST(db, deadlock_runs_the_whole_function_again)
{
    struct ctx *ctx = store_ctx();
    struct twice twice = {.key = arena_printf(ctx->arena, "k%lld", (long long)store_unique())};
    struct count_row row;

    CU_ASSERT_EQUAL(db_transaction(ctx, fail_first, &twice), OK);
    CU_ASSERT_EQUAL(twice.runs, 2);
    CU_ASSERT_EQUAL_FATAL(db_row(ctx, &statement[COUNT], PARAMS(P_TEXT(twice.key)), &row), OK);
    CU_ASSERT_EQUAL(row.n, 1);
}

/* What a restarted database, its wait_timeout and KILL do to a connection that nobody uses at the time. */
TEST(db, connection_closed_while_idle_is_replaced)
{
    struct ctx *ctx = store_ctx();
    struct ctx *other = store_other_ctx();
    struct count_row row;
    int64_t before;

    CU_ASSERT_EQUAL_FATAL(db_ready(ctx), OK);
    CU_ASSERT_EQUAL_FATAL(db_row(ctx, &statement[COUNT], PARAMS(P_TEXT("none")), &row), OK);
    before = db_connection_id(ctx);
    CU_ASSERT_EQUAL_FATAL(db_ready(ctx), OK);
    CU_ASSERT_EQUAL(db_connection_id(ctx), before); /* a living one is kept */
    CU_ASSERT_EQUAL_FATAL(db_run_script(other, arena_printf(ctx->arena, "KILL %lld", (long long)before)), OK);
    clock_sleep(CLOCK_SECOND / 5);
    CU_ASSERT_EQUAL_FATAL(db_ready(ctx), OK);
    CU_ASSERT_NOT_EQUAL(db_connection_id(ctx), before);
    CU_ASSERT_EQUAL(db_row(ctx, &statement[COUNT], PARAMS(P_TEXT("none")), &row), OK);
}

TEST(db, application_user_cannot_delete_an_invoice)
{
    struct ctx *ctx = store_ctx();

    CU_ASSERT_EQUAL(db_write(ctx, &statement[FORBIDDEN], PARAMS(P_I64(1)), NULL), ERR_DB);
    CU_ASSERT_PTR_NOT_NULL(strstr(ctx->trail, "1142"));
}

TEST(db, every_statement_fits_the_live_schema)
{
    struct ctx *ctx = store_ctx();
    const struct statement_table *table;
    size_t proved = 0;
    size_t i;

    for (table = db_statement_tables(); table != NULL; table = table->next)
        for (i = 0; i < table->count; i++) {
            const char *message;

            if (table->statements[i].sql == NULL)
                continue;
            if (db_prove(ctx, &table->statements[i], &message) != OK)
                SAME_TEXT(message, "");
            proved++;
        }
    CU_ASSERT_TRUE(proved > 5);
}

TEST(company, newest_version_is_the_company)
{
    struct ctx *ctx = store_ctx();
    struct company company;
    struct company again;

    CU_ASSERT_EQUAL_FATAL(company_current(ctx, &company), OK);
    company.phone = "+33 1 23 45 67 89";
    CU_ASSERT_EQUAL_FATAL(save_company(ctx, &company), OK);
    CU_ASSERT_EQUAL_FATAL(company_current(ctx, &again), OK);
    CU_ASSERT_EQUAL(again.id, company.id);
    SAME_TEXT(again.phone, company.phone);
}

TEST(company, test_clock_only_moves_forward)
{
    struct ctx *ctx = store_ctx();
    struct house house;

    CU_ASSERT_EQUAL_FATAL(set_today(ctx, &house), OK);
    CU_ASSERT_EQUAL(move_test_clock(ctx, ctx->today_on + 3), OK);
    ctx->today_on -= 10; /* a stale page */
    CU_ASSERT_EQUAL(move_test_clock(ctx, ctx->today_on + 1), ERR_CONFLICT);
    CU_ASSERT_EQUAL_FATAL(set_today(ctx, &house), OK);
    CU_ASSERT_EQUAL(ctx->today_on, house.test_clock_on);
}

/* A salt, a digest, a file: a NUL among bytes is one of them, in short values and in long ones. */
TEST(db, bytes_come_back_with_their_nuls)
{
    struct ctx *ctx = store_ctx();
    unsigned char data[5000];
    struct bytes_row row;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7 % 256);
    for (size_t bytes = 1; bytes <= sizeof data; bytes = bytes * 3 + 1) {
        CU_ASSERT_EQUAL_FATAL(db_row(ctx, &statement[BYTES], PARAMS(P_BYTES(data, bytes)), &row), OK);
        SAME_NUMBER(row.data.bytes, bytes);
        CU_ASSERT_EQUAL(memcmp(row.data.data, data, bytes), 0);
    }
}
