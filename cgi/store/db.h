/* db: one connection to one tenant's database, and the few ways to use it.
 *
 * A statement is a row of a table at the top of a store file; it is prepared on first use and kept.
 * Its result columns are described by a table of kind, struct and member; `tacite-batch doctor` and
 * tests/store prove every table against the live schema. Only bound parameters.
 *
 *     enum { BY_NUMBER, INSERT };
 *     static const struct column quote_column[] = {COLUMN(I64, quote_row, id), ...};
 *     static const struct statement statement[] = {
 *         [BY_NUMBER] = {"quote_by_number", "SELECT id, number FROM quote WHERE number = ?",
 *                        READS(quote_row, quote_column)},
 *         [INSERT] = {"quote_insert", "INSERT INTO quote (number) VALUES (?)", NOTHING},
 *     };
 *     DB_STATEMENTS(quote, statement)
 *
 *     TRY(ctx, db_row(ctx, &statement[BY_NUMBER], PARAMS(P_TEXT(number)), &row));
 *
 * NULL in the database is 0 for numbers and instants, DATE_NONE for dates, "" for texts and bytes.
 * Text and bytes of results live in ctx->arena.
 *
 * Errors: 1020, 1205 and 1213 are ERR_DB_RETRY, a lost connection ERR_DB_GONE, 1062 ERR_DUPLICATE,
 * a text that cannot equal any ASCII column (1267) ERR_NOT_FOUND, anything else ERR_DB. Reconnecting happens between pieces of work only (db_ready), never silently
 * inside a transaction. */
#ifndef TACITE_STORE_DB_H
#define TACITE_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/err.h"

enum column_kind {
    DB_I64 = 1, /* int64_t */
    DB_I32,     /* int32_t or int */
    DB_BOOL,    /* bool */
    DB_TEXT,    /* const char * */
    DB_DATE,    /* int32_t civil day, DATE_NONE for NULL */
    DB_INSTANT, /* int64_t UTC microseconds, 0 for NULL */
    DB_BYTES,   /* struct db_bytes */
    DB_ID,      /* int64_t; 0 is NULL both ways */
    DB_HASH,    /* unsigned char[32] inside the record */
};

struct db_bytes {
    const unsigned char *data;
    size_t bytes;
};

struct column {
    enum column_kind kind;
    const char *name;
    size_t offset;
    size_t room; /* sizeof the member, checked against the kind */
};

#define COLUMN(column_kind, record, member)                                                        \
    {DB_##column_kind, #member, offsetof(struct record, member),                                   \
     sizeof(((struct record *)0)->member)}

struct statement {
    const char *name;
    const char *sql;
    const struct column *columns; /* of the result; NULL for statements without one */
    size_t column_count;
    size_t record_bytes;
};

#define READS(record, table) (table), sizeof(table) / sizeof((table)[0]), sizeof(struct record)
#define NOTHING NULL, 0, 0

/* Makes the statements of a store file known to doctor and tests. */
struct statement_table {
    const char *name;
    const struct statement *statements;
    size_t count;
    struct statement_table *next;
};
void db_register(struct statement_table *table);

#define DB_STATEMENTS(subject, array)                                                              \
    static struct statement_table subject##_statement_table = {                                    \
        #subject, (array), sizeof(array) / sizeof((array)[0]), NULL};                              \
    __attribute__((constructor)) static void subject##_register_statements(void)                   \
    {                                                                                              \
        db_register(&subject##_statement_table);                                                   \
    }

struct param {
    enum column_kind kind;
    int64_t number;
    const char *text;
    size_t bytes; /* for DB_BYTES and DB_HASH */
    bool null;
};

#define P_I64(value) ((struct param){.kind = DB_I64, .number = (value)})
#define P_ID(value) ((struct param){.kind = DB_ID, .number = (value)})      /* 0 is NULL */
#define P_BOOL(value) ((struct param){.kind = DB_I64, .number = (value) ? 1 : 0})
#define P_TEXT(value) ((struct param){.kind = DB_TEXT, .text = (value)})    /* NULL is NULL */
#define P_DATE(value) ((struct param){.kind = DB_DATE, .number = (value)})  /* DATE_NONE is NULL */
#define P_INSTANT(value) ((struct param){.kind = DB_INSTANT, .number = (value)}) /* 0 is NULL */
#define P_BYTES(data_, bytes_)                                                                     \
    ((struct param){.kind = DB_BYTES, .text = (const char *)(data_), .bytes = (bytes_)})
#define P_HASH(data_) P_BYTES((data_), 32)

#define PARAMS(...)                                                                                \
    (const struct param[]){__VA_ARGS__},                                                           \
        sizeof((const struct param[]){__VA_ARGS__}) / sizeof(struct param)
#define NO_PARAMS NULL, 0

struct db_login {
    const char *socket; /* "" for TCP */
    const char *host;   /* used when socket is "" */
    long long port;
    const char *name;
    const char *user;
    const char *password;
};

/* A handle; connects on first use. Owned by the caller until db_close. */
struct db *db_open(const struct db_login *login);
void db_close(struct db *db);

/* In a process that was forked: the connection is its parent's alone. Nothing is said to the server; the next
 * db_ready connects anew. What the old one held in memory is not given back. */
void db_leave(struct db *db);

/* Connects or reconnects when needed; called between pieces of work. ERR_DB_GONE when away. */
enum err db_ready(struct ctx *ctx) MUST_USE;

/* Every row of a SELECT: *rows is an array of records in ctx->arena (never NULL). */
enum err db_rows(struct ctx *ctx, const struct statement *statement, const struct param *params,
                 size_t param_count, void *rows, size_t *count) MUST_USE;

/* The one row of a SELECT; ERR_NOT_FOUND (without a trail) when there is none. */
enum err db_row(struct ctx *ctx, const struct statement *statement, const struct param *params,
                size_t param_count, void *row) MUST_USE;

/* INSERT, UPDATE, DELETE; affected may be NULL. UPDATE counts matched rows, also unchanged ones. */
enum err db_write(struct ctx *ctx, const struct statement *statement, const struct param *params,
                  size_t param_count, int64_t *affected) MUST_USE;

/* As db_write, but ERR_CONFLICT (without a trail) unless exactly one row matched: UPDATE … WHERE
 * state = old. */
enum err db_write_one(struct ctx *ctx, const struct statement *statement,
                      const struct param *params, size_t param_count) MUST_USE;

/* INSERT with an AUTO_INCREMENT key; *id is it. ERR_CONFLICT (without a trail) when an INSERT … SELECT found nothing to insert. */
enum err db_insert(struct ctx *ctx, const struct statement *statement, const struct param *params,
                   size_t param_count, int64_t *id) MUST_USE;

/* The same INSERT or UPDATE for many records in one round trip (array binding). The columns say
 * which member is which parameter, in order. An error means that the transaction must be rolled
 * back. */
enum err db_write_many(struct ctx *ctx, const struct statement *statement,
                       const struct column *columns, size_t column_count, const void *records,
                       size_t record_bytes, size_t count) MUST_USE;

/* The same INSERT for one record, with all others of it that the transaction makes, in one round trip just before its
 * COMMIT; outside of a transaction at once. For notes that nothing in the transaction reads. The record and its texts
 * are copied. */
enum err db_write_later(struct ctx *ctx, const struct statement *statement, const struct column *columns,
                        size_t column_count, const void *record, size_t record_bytes) MUST_USE;

/* Runs fn in a transaction (READ COMMITTED). fn must be repeatable: it is run again, from the start,
 * after 1020, 1205, 1213 (at most 5 times, with jitter) and after a COMMIT whose answer was lost, when
 * it must find its own earlier effect by a UNIQUE row. Whatever fn returns but OK rolls back and is
 * returned. Not nested: a second level is CHECKed. */
enum err db_transaction(struct ctx *ctx, enum err (*fn)(struct ctx *ctx, void *arg), void *arg)
    MUST_USE;

bool db_in_transaction(const struct ctx *ctx);

/* This connection's id on the server, for leases of attempts. */
int64_t db_connection_id(struct ctx *ctx);

/* One SQL text without parameters or result: for migrations only. */
enum err db_run_script(struct ctx *ctx, const char *sql) MUST_USE;

#endif
