/* import_file: a file between its check and its import. */
#ifndef TACITE_STORE_IMPORT_FILE_H
#define TACITE_STORE_IMPORT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/db.h"

enum { IMPORT_FILE_HOURS = 24 }; /* then it is forgotten */

struct import_file {
    int64_t id;
    const char *kind;          /* "customers", "products", "subscriptions" */
    unsigned char digest[32];  /* SHA-256 of the bytes */
    struct db_bytes bytes;
    const char *state;         /* "checked", "done" */
    int64_t uploaded_at;
    int32_t created;           /* of a done one */
    int32_t changed;
    int32_t unchanged;
};

enum err insert_import_file(struct ctx *ctx, struct import_file *file) MUST_USE; /* kind, bytes; sets id and digest */
enum err import_file_by_id(struct ctx *ctx, int64_t id, struct import_file *file) MUST_USE;
/* For one importer at a time: waits for another one's transaction. ERR_CONFLICT when it is done or gone. */
enum err lock_import_file(struct ctx *ctx, int64_t id) MUST_USE;
/* Adds to created and changed, with what a transaction wrote. */
enum err count_import_file(struct ctx *ctx, int64_t id, int64_t created, int64_t changed) MUST_USE;
/* A checked one is done; of its rows those are unchanged that no transaction wrote. ERR_CONFLICT when it was done. */
enum err finish_import_file(struct ctx *ctx, int64_t id, int64_t rows) MUST_USE;

#endif
