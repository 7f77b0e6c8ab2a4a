/* bank_pass: one pass over a bank's file, as the readers of its messages share it (gateway/bank_camt, gateway/bank_pain002):
 * to whom it is told, why it is refused, and what holds of a text in any of them. */
#ifndef TACITE_GATEWAY_BANK_PASS_H
#define TACITE_GATEWAY_BANK_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/bank_file.h"

enum { BANK_TEXT_BYTES_MAX = 1000, BANK_ID_BYTES_MAX = 140 };

struct bank_pass {
    struct ctx *ctx;
    const struct bank_file_told *told; /* NULL while it is only checked */
    struct bank_file *file;
    struct bank_refused *refused;
    enum err err; /* what was told was not taken */
};

/* False, so that a reader stops with it. */
bool bank_refuse(struct bank_pass *pass, enum bank_refusal reason, const char *detail);

/* Where a leaf goes: a table sorted by path, fields from 1 on. 0: nowhere. */
struct bank_leaf {
    const char *path;
    int field;
};
int bank_field(const struct bank_leaf *table, size_t count, const char *path);

/* The first of two that is there, or "". */
const char *bank_text(const char *a, const char *b);
/* An id that the customer's bank may have had to fill in: "" for none. */
const char *bank_provided(const char *id);
/* What was said before (NULL: nothing) and this, a blank between, at most so many bytes. */
const char *bank_joined(struct arena *arena, const char *before, const char *text, size_t bytes);

#endif
