/* db_connection: what lies behind a handle, for the files that know libmysqlclient: db.c, which connects, db_statement.c,
 * db_transaction.c and db_prove.c. Everybody else includes store/db.h. */
#ifndef TACITE_STORE_DB_CONNECTION_H
#define TACITE_STORE_DB_CONNECTION_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/db.h"

enum {
    STATEMENTS_MAX = 4096, /* size of the table of prepared statements, a power of two */
    COLUMNS_MAX = 64,
    TEXT_FIRST_BYTES = 256, /* longer values are fetched again into memory of their size */
};

struct prepared {
    const struct statement *statement;
    MYSQL_STMT *handle;
    bool bulk; /* its array size was set: parameters must be bound anew */
};

/* Where the client library puts the values of one row, before they become a record. */
struct fetch {
    MYSQL_BIND bind[COLUMNS_MAX];
    long long number[COLUMNS_MAX];
    MYSQL_TIME time[COLUMNS_MAX];
    char text[COLUMNS_MAX][TEXT_FIRST_BYTES];
    unsigned long length[COLUMNS_MAX];
    my_bool null[COLUMNS_MAX];
    my_bool cut[COLUMNS_MAX];
};

struct later; /* db_transaction.c */

struct db {
    struct db_login login;
    MYSQL *mysql;
    struct prepared prepared[STATEMENTS_MAX];
    size_t prepared_count;
    bool in_transaction;
    bool broken;
    struct later *later;         /* in the order of their first record */
    struct arena *later_arena;   /* emptied when a transaction begins */
    struct fetch fetch;          /* one result is read at a time, and whole */
};

/* What a number of the server or the client means (store/db.h); a connection that is lost is marked broken. ERR_DUPLICATE
 * leaves no trail. */
enum err db_fail(struct ctx *ctx, unsigned int number, const char *what, const char *message) MUST_USE;

/* Anew, with the session's settings; whatever was prepared is gone. */
enum err db_connect(struct ctx *ctx) MUST_USE;

/* Prepared on this connection, now or before. */
enum err db_prepare(struct ctx *ctx, const struct statement *statement, struct prepared **prepared) MUST_USE;

#endif
