/* inspection: what doctor and verify ask the database about itself: its settings, what our user may do,
 * and the rules that must hold between tables. Reads only. */
#ifndef TACITE_STORE_INSPECTION_H
#define TACITE_STORE_INSPECTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct server_facts {
    const char *version;
    const char *sql_mode;
    const char *time_zone;            /* of the server; ours are always given */
    int64_t flush_log_at_commit;      /* 1: durable */
    int64_t doublewrite;              /* 0: a torn page may lose data */
    int64_t rollback_on_timeout;
    int64_t log_bin;
    int64_t sync_binlog;
    int64_t local_infile;
    int64_t buffer_pool_bytes;
    const char *flush_method;
};
enum err server_facts_now(struct ctx *ctx, struct server_facts *facts) MUST_USE;

/* Rights that our user has beyond the rights file, and those that it lacks: "DELETE on invoice" (arena
 * memory, "" when they agree). */
enum err compare_rights(struct ctx *ctx, const char *rights_file, const char **excess, const char **lacking) MUST_USE;

/* A rule between tables that a row breaks. */
struct broken_rule {
    const char *rule; /* "numbers have no gap" */
    const char *ref;  /* the row: number or id */
};
/* At most 5 rows of each rule; count 0 when all is well. *rules (may be NULL): how many were asked. */
enum err find_broken_rules(struct ctx *ctx, struct broken_rule **broken, size_t *count, size_t *rules) MUST_USE;

/* Documents whose bytes are not what was stored: reads all of them. At most 5. */
enum err find_altered_documents(struct ctx *ctx, struct broken_rule **broken, size_t *count) MUST_USE;

/* Names of the series that have issued documents. */
struct series_name {
    const char *name;
};
enum err issued_series(struct ctx *ctx, struct series_name **rows, size_t *count) MUST_USE;

#endif
