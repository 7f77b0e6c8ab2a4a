#include "gateway/bank_file.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "gateway/bank_camt.h"
#include "gateway/bank_pain002.h"
#include "gateway/bank_pass.h"
#include "gateway/bank_xml.h"

#define N_(text) text
#define SPACE "urn:iso:std:iso:20022:tech:xsd:"

const char *bank_file_kind_name(enum bank_file_kind kind)
{
    return kind == BANK_STATEMENT ? "statement" : kind == BANK_NOTIFICATION ? "notification" : "answer";
}

const char *bank_refusal_text(enum bank_refusal reason)
{
    switch (reason) {
    case BANK_NOT_REFUSED: return "";
    case BANK_EMPTY: return N_("The file is empty.");
    case BANK_TOO_LARGE: return N_("The file is larger than 64 MB.");
    case BANK_MALFORMED: return N_("The file is no XML, or it is cut off.");
    case BANK_DOCTYPE: return N_("The file has a document type or entities: a bank's file has neither.");
    case BANK_TOO_COMPLEX: return N_("The file is nested too deep or has a text that is too long.");
    case BANK_WRONG_KIND: return N_("This is no statement (camt.053), notification (camt.054) or answer (pain.002).");
    case BANK_WRONG_VERSION: return N_("This version of the message is not known here.");
    case BANK_MISSING: return N_("Something that such a file must have is missing.");
    case BANK_WRONG_AMOUNT: return N_("This is no amount of its currency.");
    case BANK_WRONG_CURRENCY: return N_("The currency is not known, or not that of the account.");
    case BANK_WRONG_DATE: return N_("This is no date.");
    case BANK_FUTURE_DATE: return N_("An entry is booked in the future.");
    case BANK_WRONG_CODE: return N_("This is no code that may stand here.");
    case BANK_BALANCE: return N_("Opening balance and entries do not give the closing balance.");
    }
    return "";
}

/* One pass, and the reader of the message that the file turns out to be. */
struct reader {
    struct bank_pass pass;
    struct camt *statements;
    struct pain002 *answer;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Country and bank codes stand in many places; a wrong one anywhere says that the file is not the bank's. */
static bool code_ok(struct bank_pass *pass, const char *path, const char *text)
{
    const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    size_t length = strlen(text);

    if (strcmp(name, "Ctry") == 0 || strcmp(name, "CtryOfRes") == 0) {
        if (length != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
            return bank_refuse(pass, BANK_WRONG_CODE, text);
    } else if (strcmp(name, "BIC") == 0 || strcmp(name, "BICFI") == 0) {
        bool ok = length == 8 || length == 11;

        for (size_t i = 0; ok && i < length; i++)
            ok = (text[i] >= 'A' && text[i] <= 'Z') || (digit(text[i]) && i != 4 && i != 5);
        if (!ok)
            return bank_refuse(pass, BANK_WRONG_CODE, text);
    } else if (strcmp(name, "IBAN") == 0) {
        if (length < 5 || length > 34 || !digit(text[2]) || !digit(text[3]))
            return bank_refuse(pass, BANK_WRONG_CODE, text);
    }
    return true;
}

static bool version_known(const char *version, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(*known, version) == 0)
            return true;
    return false;
}

static bool on_root(void *to, const char *space, const char *name)
{
    static const char *const camt[] = {"02", "03", "04", "06", "08", NULL}, *const pain[] = {"03", "08", "10", "11", "12", NULL};
    struct reader *r = to;
    struct bank_pass *pass = &r->pass;
    const char *message = space + sizeof SPACE - 1;
    bool ours = strncmp(space, SPACE, sizeof SPACE - 1) == 0 && strlen(message) == 15 && strcmp(name, "Document") == 0;

    if (ours && strncmp(message, "camt.053.001.", 13) == 0)
        pass->file->kind = BANK_STATEMENT;
    else if (ours && strncmp(message, "camt.054.001.", 13) == 0)
        pass->file->kind = BANK_NOTIFICATION;
    else if (ours && strncmp(message, "pain.002.001.", 13) == 0)
        pass->file->kind = BANK_ANSWER;
    else
        return bank_refuse(pass, BANK_WRONG_KIND, space[0] == '\0' ? name : space);
    pass->file->version = arena_strdup(pass->ctx->arena, message);
    if (!version_known(message + 13, pass->file->kind == BANK_ANSWER ? pain : camt))
        return bank_refuse(pass, BANK_WRONG_VERSION, message);
    if (pass->file->kind == BANK_ANSWER)
        r->answer = pain002_open(pass);
    else
        r->statements = camt_open(pass);
    return true;
}

/* Below the message's own element; "" is that element itself. */
static const char *below(const char *path)
{
    const char *p = strchr(path, '/');

    return p == NULL ? "" : p + 1;
}

static bool on_begin(void *to, const char *path)
{
    static const char *const wanted[] = {"", "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "CstmrPmtStsRpt"};
    struct reader *r = to;

    if (strchr(path, '/') == NULL)
        return strcmp(path, wanted[r->pass.file->kind]) == 0 || bank_refuse(&r->pass, BANK_WRONG_KIND, path);
    if (r->answer == NULL)
        return camt_begins(r->statements, below(path));
    pain002_begins(r->answer, below(path));
    return true;
}

static bool on_leaf(void *to, const char *path, const char *text, const char *currency)
{
    struct reader *r = to;

    if (!code_ok(&r->pass, path, text))
        return false;
    if (text[0] == '\0')
        return true;
    if (strcmp(below(path), "GrpHdr/MsgId") == 0)
        r->pass.file->message_id = str_cut(r->pass.ctx->arena, text, BANK_ID_BYTES_MAX);
    else if (r->answer == NULL)
        return camt_leaf(r->statements, below(path), text, currency);
    else
        pain002_leaf(r->answer, below(path), text);
    return true;
}

static bool on_end(void *to, const char *path)
{
    struct reader *r = to;

    return r->answer == NULL ? camt_ends(r->statements, below(path)) : pain002_ends(r->answer, below(path));
}

static enum err read_once(struct ctx *ctx, const void *data, size_t bytes, const struct bank_file_told *told, struct bank_file *file,
                          struct bank_refused *refused)
{
    static const enum bank_refusal reason[] = {
        [BANK_XML_READ] = BANK_NOT_REFUSED, [BANK_XML_EMPTY] = BANK_EMPTY,         [BANK_XML_TOO_LARGE] = BANK_TOO_LARGE,
        [BANK_XML_MALFORMED] = BANK_MALFORMED, [BANK_XML_DOCTYPE] = BANK_DOCTYPE,  [BANK_XML_TOO_DEEP] = BANK_TOO_COMPLEX,
        [BANK_XML_TOO_MANY] = BANK_TOO_COMPLEX, [BANK_XML_LONG_TEXT] = BANK_TOO_COMPLEX,
    };
    struct reader r = {.pass = {.ctx = ctx, .told = told, .file = file, .refused = refused, .err = OK}};
    struct bank_xml_events events = {&r, on_root, on_begin, on_leaf, on_end};
    enum bank_xml_stop stop;

    *file = (struct bank_file){.version = "", .message_id = ""};
    *refused = (struct bank_refused){BANK_NOT_REFUSED, 1, ""};
    stop = bank_xml_read(data, bytes, &events, &refused->line);
    if (stop != BANK_XML_STOPPED)
        refused->reason = reason[stop];
    if (stop == BANK_XML_READ && file->statements + file->answers == 0 && file->kind != BANK_ANSWER)
        bank_refuse(&r.pass, BANK_MISSING, file->kind == BANK_STATEMENT ? "Stmt" : "Ntfctn");
    if (r.statements != NULL)
        camt_close(r.statements);
    if (r.answer != NULL)
        pain002_close(r.answer);
    return r.pass.err;
}

enum err bank_file_read(struct ctx *ctx, const void *data, size_t bytes, const struct bank_file_told *told, struct bank_file *file,
                        struct bank_refused *refused)
{
    TRY(ctx, read_once(ctx, data, bytes, NULL, file, refused));
    if (refused->reason == BANK_NOT_REFUSED && told != NULL)
        TRY(ctx, read_once(ctx, data, bytes, told, file, refused));
    return OK;
}
