/* migration: brings a tenant's database to the newest schema, forward only.
 *
 * Files schema/NNNN_name.sql run in order, each once; schema_version remembers number, name and the
 * SHA-256 of the file, and a changed file that already ran refuses the start. A statement ends at its
 * delimiter at the end of a line (";" or what DELIMITER says), as in the command-line client. Then
 * the application's user gets exactly the rights of schema/rights.tsv.
 *
 * MariaDB commits at each DDL statement, so a crash may leave half a file: the marker row says that it
 * was begun, and the next run refuses with the file's name rather than guess. A named lock keeps two
 * migrations apart. */
#ifndef TACITE_STORE_MIGRATION_H
#define TACITE_STORE_MIGRATION_H

#include <stdbool.h>

#include "base/ctx.h"

/* ctx->db is the owner's connection. *ran counts the files that ran. */
enum err migrate_schema(struct ctx *ctx, const char *folder, int *ran) MUST_USE;

/* Grants the rights file to the application's 'user'@'host'. Whoever made the user gave it nothing
 * else; doctor checks what it really may do. ctx->db is the owner's connection, with GRANT OPTION. */
enum err grant_rights(struct ctx *ctx, const char *rights_file, const char *database,
                      const char *user, const char *host) MUST_USE;

/* The rights file, one row per table and privilege. */
struct table_right {
    const char *table;
    const char *privilege; /* "SELECT" */
};
enum err read_rights(struct ctx *ctx, const char *rights_file, struct table_right **rights, size_t *count) MUST_USE;

/* A tenant's database and its two users; repeatable. ctx->db is an administrator's connection. Passwords
 * are ours (letters and digits): they go into SQL as text. */
struct database_order {
    const char *database;
    const char *owner_user;
    const char *owner_password;
    const char *app_user;
    const char *app_password;
    const char *host; /* from where they connect: "localhost" for a socket, "%" */
};
enum err create_database(struct ctx *ctx, const struct database_order *order) MUST_USE;

/* *missing lists (arena memory, "" when none) what the files have and the database has not. */
enum err migration_state(struct ctx *ctx, const char *folder, const char **missing) MUST_USE;

#endif
