#include "gateway/bank_pain002.h"

#include <string.h>

#include "base/arena.h"
#include "base/check.h"

/* Texts of the file, of a batch, of a collection: each kind goes with what it is about. */
enum field {
    F_NONE,
    F_ANSWERED, F_FILE_STATUS, F_FILE_CODE, F_FILE_OTHER, F_FILE_TEXT,
    F_BATCH_ANSWERED, F_BATCH_STATUS, F_BATCH_CODE, F_BATCH_OTHER, F_BATCH_TEXT,
    F_TX_ID, F_TX_STATUS, F_TX_CODE, F_TX_OTHER, F_TX_TEXT,
    FIELDS,
};

/* Sorted by path. */
static const struct bank_leaf leaf_table[] = {
    {"OrgnlGrpInfAndSts/GrpSts", F_FILE_STATUS},
    {"OrgnlGrpInfAndSts/OrgnlMsgId", F_ANSWERED},
    {"OrgnlGrpInfAndSts/StsRsnInf/AddtlInf", F_FILE_TEXT},
    {"OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd", F_FILE_CODE},
    {"OrgnlGrpInfAndSts/StsRsnInf/Rsn/Prtry", F_FILE_OTHER},
    {"OrgnlPmtInfAndSts/OrgnlPmtInfId", F_BATCH_ANSWERED},
    {"OrgnlPmtInfAndSts/PmtInfSts", F_BATCH_STATUS},
    {"OrgnlPmtInfAndSts/StsRsnInf/AddtlInf", F_BATCH_TEXT},
    {"OrgnlPmtInfAndSts/StsRsnInf/Rsn/Cd", F_BATCH_CODE},
    {"OrgnlPmtInfAndSts/StsRsnInf/Rsn/Prtry", F_BATCH_OTHER},
    {"OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", F_TX_ID},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf", F_TX_TEXT},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Cd", F_TX_CODE},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Prtry", F_TX_OTHER},
    {"OrgnlPmtInfAndSts/TxInfAndSts/TxSts", F_TX_STATUS},
};

struct pain002 {
    struct bank_pass *pass;
    struct arena *kept;
    const char *text[FIELDS];
};

struct pain002 *pain002_open(struct bank_pass *pass)
{
    struct pain002 *r = ARENA_NEW(pass->ctx->arena, struct pain002);

    r->pass = pass;
    r->kept = arena_new();
    return r;
}

void pain002_close(struct pain002 *r)
{
    arena_free(r->kept);
}

static bool tell_answer(struct pain002 *r, enum bank_answer_level level, const char *status, const char *code, const char *text)
{
    struct bank_answer answer = {
        .level = level,
        .message_id = bank_text(r->text[F_ANSWERED], NULL),
        .batch_id = level == ANSWER_FILE ? "" : bank_text(r->text[F_BATCH_ANSWERED], NULL),
        .end_to_end_id = level == ANSWER_COLLECTION ? bank_provided(r->text[F_TX_ID]) : "",
        .status = status,
        .code = code,
        .text = text,
    };

    r->pass->file->answers++;
    if (r->pass->told != NULL && r->pass->told->answer != NULL)
        r->pass->err = r->pass->told->answer(r->pass->ctx, r->pass->told->to, &answer);
    return r->pass->err == OK;
}

/* The answer about the whole is told when it is whole: before those about its parts. */
static bool end_answer(struct pain002 *r, enum bank_answer_level level)
{
    const char *const *t = r->text;
    /* A collection without a status of its own has that of its batch, or of the file. */
    const char *file = bank_text(t[F_FILE_STATUS], NULL), *batch = bank_text(t[F_BATCH_STATUS], file);

    if (level == ANSWER_FILE) {
        if (t[F_ANSWERED] == NULL)
            return bank_refuse(r->pass, BANK_MISSING, "OrgnlGrpInfAndSts/OrgnlMsgId");
        return file[0] == '\0' || tell_answer(r, level, file, bank_text(t[F_FILE_CODE], t[F_FILE_OTHER]), bank_text(t[F_FILE_TEXT], NULL));
    }
    if (level == ANSWER_BATCH && t[F_BATCH_STATUS] == NULL)
        return true;
    if (level == ANSWER_BATCH && bank_text(t[F_BATCH_ANSWERED], NULL)[0] == '\0')
        return bank_refuse(r->pass, BANK_MISSING, "OrgnlPmtInfAndSts/OrgnlPmtInfId");
    if (level == ANSWER_BATCH)
        return tell_answer(r, level, batch, bank_text(t[F_BATCH_CODE], t[F_BATCH_OTHER]), bank_text(t[F_BATCH_TEXT], NULL));
    if (bank_text(t[F_TX_STATUS], batch)[0] == '\0')
        return bank_refuse(r->pass, BANK_MISSING, "TxInfAndSts/TxSts");
    return tell_answer(r, level, bank_text(t[F_TX_STATUS], batch), bank_text(t[F_TX_CODE], t[F_TX_OTHER]), bank_text(t[F_TX_TEXT], NULL));
}

void pain002_begins(struct pain002 *r, const char *path)
{
    if (strcmp(path, "OrgnlPmtInfAndSts") == 0)
        memset(&r->text[F_BATCH_ANSWERED], 0, sizeof r->text[0] * (FIELDS - F_BATCH_ANSWERED));
    else if (strcmp(path, "OrgnlPmtInfAndSts/TxInfAndSts") == 0)
        memset(&r->text[F_TX_ID], 0, sizeof r->text[0] * (FIELDS - F_TX_ID));
}

void pain002_leaf(struct pain002 *r, const char *path, const char *text)
{
    int field = bank_field(leaf_table, COUNT_OF(leaf_table), path);
    bool repeats = field == F_FILE_TEXT || field == F_BATCH_TEXT || field == F_TX_TEXT;

    /* The first reason counts; what the bank adds in words is joined. */
    if (field != F_NONE && (r->text[field] == NULL || repeats))
        r->text[field] = bank_joined(r->kept, r->text[field], text, repeats ? BANK_TEXT_BYTES_MAX : BANK_ID_BYTES_MAX);
}

bool pain002_ends(struct pain002 *r, const char *path)
{
    if (strcmp(path, "OrgnlGrpInfAndSts") == 0)
        return end_answer(r, ANSWER_FILE);
    if (strcmp(path, "OrgnlPmtInfAndSts/TxInfAndSts") == 0)
        return end_answer(r, ANSWER_COLLECTION);
    return strcmp(path, "OrgnlPmtInfAndSts") != 0 || end_answer(r, ANSWER_BATCH);
}
