#include "selftest/bank_acts.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "selftest/founding.h"
#include "selftest/meeting.h"
#include "service/banking.h"
#include "service/debit_answers.h"
#include "service/debit_files.h"
#include "service/debit_returns.h"
#include "store/debit.h"

static char *money_text(struct ctx *ctx, int64_t minor)
{
    return arena_printf(ctx->arena, "%" PRId64 ".%02d", minor / 100, (int)(minor % 100));
}

/* Entries as the bank announces them (camt.054), or as it books them (camt.053). */
static enum err take_bank_file(struct life *life, bool booked, const char *entries)
{
    struct ctx *ctx = life_ctx(life);
    struct bank_imported imported;
    const char *message = booked ? "BkToCstmrStmt" : "BkToCstmrDbtCdtNtfctn", *part = booked ? "Stmt" : "Ntfctn";
    char *text = arena_printf(ctx->arena, "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.05%d.001.08\"><%s><GrpHdr><MsgId>S%" PRId64
        "</MsgId></GrpHdr><%s><Id>1</Id><Acct><Id><IBAN>" FOUNDED_IBAN "</IBAN></Id></Acct>%s</%s></%s></Document>",
        booked ? 3 : 4, message, life_between(life, 1, INT64_MAX), part, entries, part, message);

    TRY(ctx, import_bank_file(ctx, "statement.xml", text, strlen(text), false, &imported));
    if (imported.refusal == IMPORT_NOT_REFUSED)
        return OK;
    return FAIL(ctx, ERR_CONFIG, "a bank's file is refused: %s, line %d", bank_import_refusal_text(imported.refusal), imported.refused.line);
}

/* A statement with these entries, told again in another file or not; announced before it or after it, or not at all. */
static enum err take_statement(struct life *life, const char *entries, bool again)
{
    int64_t announced = life_between(life, 1, 6);

    if (announced == 1)
        TRY(life_ctx(life), take_bank_file(life, false, entries));
    for (int i = 0; i < (again ? 2 : 1); i++)
        TRY(life_ctx(life), take_bank_file(life, true, entries));
    return announced == 2 ? take_bank_file(life, false, entries) : OK;
}

enum err pay_by_transfer(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    struct owed owed;
    int64_t how = life_between(life, 1, 6);
    int64_t minor;
    char day[DATE_TEXT_BYTES];
    enum err err = find_owed(life, life_one_of(life, 5) ? OWED_INVOICED : OWED_OPEN, &owed);

    if (err != OK)
        return err;
    minor = how == 1 ? owed.open_minor + life_between(life, 1, 5000) : how == 2 && owed.open_minor > 2 ? owed.open_minor / 2 : owed.open_minor;
    return take_statement(life, arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
        "<AcctSvcrRef>T%" PRId64 "</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", money_text(ctx, minor),
        date_iso(ctx->today_on, day), life_between(life, 1, INT64_MAX), how == 3 ? "greetings" : owed.number), life_one_of(life, 3));
}

/* Somebody remembers what became of an earlier file. */
static enum err answer_about_file(struct life *life)
{
    struct ctx *ctx = life_ctx(life);
    struct file_answer answer = {.sent = !life_one_of(life, 8)};
    struct collection_file *files;
    size_t count;

    TRY(ctx, unanswered_files(ctx, 1, &files, &count));
    if (count == 0)
        return OK;
    answer.file_id = files[0].id;
    return answer_for_file(ctx, &answer, life_once(life));
}

enum err give_to_bank(struct life *life)
{
    struct collection_making making;

    TRY(life_ctx(life), answer_about_file(life));
    TRY(life_ctx(life), make_collection_file(life_ctx(life), &making, life_once(life)));
    return making.count > 0 ? OK : ERR_NOT_FOUND;
}

/* One collection: booked, rejected before, or returned after. */
enum err bank_says(struct life *life)
{
    static const char *const code[] = {"AM04", "AC04", "MD06", "MD01", "MS02", "AC01"};
    struct ctx *ctx = life_ctx(life);
    const struct handed *one;
    struct handed *rows;
    char day[DATE_TEXT_BYTES];
    size_t count;
    bool back;

    TRY(ctx, handed_debits(life, &rows, &count));
    if (count == 0)
        return ERR_NOT_FOUND;
    one = &rows[life_between(life, 0, (int64_t)count - 1)];
    back = strcmp(one->state, "succeeded") == 0 || life_one_of(life, 2);
    if (back && life_one_of(life, 2)) {
        bool known;

        return return_collection(ctx, one->attempt_key, code[life_between(life, 0, COUNT_OF(code) - 1)], &known);
    }
    return take_statement(life, arena_printf(ctx->arena, "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt>"
        "<AcctSvcrRef>D%" PRId64 "</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs><Amt Ccy=\"EUR\">%s</Amt>%s</TxDtls></NtryDtls></Ntry>",
        money_text(ctx, one->amount_minor), back ? "DBIT" : "CRDT", date_iso(ctx->today_on, day), life_between(life, 1, INT64_MAX), one->attempt_key,
        money_text(ctx, one->amount_minor), back ? arena_printf(ctx->arena, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>",
        code[life_between(life, 0, COUNT_OF(code) - 1)]) : ""), life_one_of(life, 3));
}
