#include "gateway/bank_pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

bool bank_refuse(struct bank_pass *pass, enum bank_refusal reason, const char *detail)
{
    pass->refused->reason = reason;
    pass->refused->detail = str_cut(pass->ctx->arena, detail, 200);
    return false;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(a, ((const struct bank_leaf *)b)->path);
}

int bank_field(const struct bank_leaf *table, size_t count, const char *path)
{
    const struct bank_leaf *leaf = bsearch(path, table, count, sizeof *table, by_path);

    return leaf == NULL ? 0 : leaf->field;
}

const char *bank_text(const char *a, const char *b)
{
    return a != NULL ? a : b != NULL ? b : "";
}

const char *bank_provided(const char *id)
{
    return id == NULL || strcmp(id, "NOTPROVIDED") == 0 ? "" : id;
}

const char *bank_joined(struct arena *arena, const char *before, const char *text, size_t bytes)
{
    return str_cut(arena, before == NULL ? text : arena_printf(arena, "%s %s", before, text), bytes);
}
