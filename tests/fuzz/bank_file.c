/* camt.053, camt.054, pain.002: told wholly with sound values, the same each time, or refused with line and reason. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "core/date.h"
#include "fuzz.h"
#include "gateway/bank_file.h"

struct heard {
    int statements, entries, answers;
    struct str keys;
};

static enum err hear_statement(struct ctx *ctx, void *to, const struct bank_statement *s)
{
    (void)ctx;
    CHECK(s->account[0] != '\0' && strlen(s->currency) == 3);
    CHECK(!s->has_balances || s->closed_on != DATE_NONE);
    ((struct heard *)to)->statements++;
    return OK;
}

static enum err hear_entry(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct heard *heard = to;
    char line[BANK_KEY_BYTES + 1];

    CHECK(e->amount_minor > 0 && strlen(e->currency) == 3 && strlen(e->key) == BANK_KEY_BYTES - 1);
    CHECK(e->booked_on != DATE_NONE && e->booked_on <= ctx->today_on + 1);
    CHECK(strcmp(e->end_to_end_id, "NOTPROVIDED") != 0);
    CHECK(str_is_utf8(e->text, strlen(e->text)) && str_is_utf8(e->name, strlen(e->name)));
    (void)snprintf(line, sizeof line, "%s\n", e->key);
    if (heard->entries < 200) /* enough to see a key twice, and quickly */
        CHECK(strstr(heard->keys.text, line) == NULL);
    str_append(&heard->keys, line);
    heard->entries++;
    return OK;
}

static enum err hear_answer(struct ctx *ctx, void *to, const struct bank_answer *a)
{
    (void)ctx;
    CHECK(a->status[0] != '\0' && (a->level != ANSWER_BATCH || a->batch_id[0] != '\0'));
    ((struct heard *)to)->answers++;
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx *ctx = fuzz_ctx();
    struct heard first = {.keys = str_new(ctx->arena)};
    struct heard second = {.keys = str_new(ctx->arena)};
    struct bank_file_told told = {&first, hear_statement, hear_entry, hear_answer};
    struct bank_file file;
    struct bank_refused refused;

    CHECK(bank_file_read(ctx, data, size, &told, &file, &refused) == OK);
    if (refused.reason != BANK_NOT_REFUSED) {
        CHECK(refused.line >= 1 && bank_refusal_text(refused.reason)[0] != '\0' && refused.detail != NULL);
        CHECK(first.statements == 0 && first.entries == 0 && first.answers == 0);
        return 0;
    }
    CHECK(first.statements == file.statements && first.entries == file.entries && first.answers == file.answers);
    told.to = &second;
    CHECK(bank_file_read(ctx, data, size, &told, &file, &refused) == OK && refused.reason == BANK_NOT_REFUSED);
    CHECK(strcmp(first.keys.text, second.keys.text) == 0);
    return 0;
}
