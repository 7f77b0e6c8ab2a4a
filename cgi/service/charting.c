#include "service/charting.h"

#include <string.h>

#include "core/chart.h"
#include "core/date.h"
#include "core/posting.h"
#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/ledger.h"
#include "store/sales_journal.h"

struct act {
    const struct account *account;
    const char *code;
    const char *const *codes;
    const struct sales_journal *journal;
    const struct once *once;
    struct charting_result *result;
};

/* What a person can do something about leaves the transaction as a failure, so that it is rolled back. */
static enum err run(struct ctx *ctx, enum err (*fn)(struct ctx *, void *), struct act *act)
{
    struct charting_result *r = act->result;
    enum err err;

    memset(r, 0, sizeof *r);
    err = db_transaction(ctx, fn, act);
    if ((err == ERR_DUPLICATE && r->taken) || (err == ERR_CONFLICT && (r->stale || r->in_use || r->unsettled != 0))) {
        ctx_forget_error(ctx);
        return OK;
    }
    return err;
}

static enum err account_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    enum err err = act->account->rev == 0 ? insert_account(ctx, act->account) : rename_account(ctx, act->account);

    act->result->taken = err == ERR_DUPLICATE;
    act->result->stale = err == ERR_CONFLICT;
    if (err != OK)
        return err;
    TRY(ctx, note_audit(ctx, "account.changed", act->account->code, "ok"));
    return spend_once(ctx, act->once, act->account->code, &act->result->url);
}

enum err change_account(struct ctx *ctx, const struct account *account, const struct once *once, struct charting_result *result)
{
    return run(ctx, account_change, &(struct act){.account = account, .once = once, .result = result});
}

static enum err account_removal(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct account account;

    TRY(ctx, account_by_code(ctx, act->code, &account));
    act->result->in_use = account.used || account.has_role;
    if (act->result->in_use)
        return ERR_CONFLICT;
    TRY(ctx, delete_account(ctx, act->code));
    TRY(ctx, note_audit(ctx, "account.deleted", act->code, "ok"));
    return spend_once(ctx, act->once, act->code, &act->result->url);
}

enum err remove_account(struct ctx *ctx, const char *code, const struct once *once, struct charting_result *result)
{
    return run(ctx, account_removal, &(struct act){.code = code, .once = once, .result = result});
}

/* AN are the opening balances of the tax office's file. */
bool sales_journal_code_ok(const char *code)
{
    size_t bytes = strlen(code);

    return bytes >= 2 && bytes <= 6 && code[0] >= 'A' && code[0] <= 'Z' && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == bytes &&
           strcmp(code, "AN") != 0;
}

static enum err journal_addition(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    enum err err = insert_sales_journal(ctx, act->journal);

    act->result->taken = err == ERR_DUPLICATE;
    if (err != OK)
        return err;
    TRY(ctx, note_audit(ctx, "sales_journal.added", act->journal->code, "ok"));
    return spend_once(ctx, act->once, act->journal->code, &act->result->url);
}

enum err add_sales_journal(struct ctx *ctx, const struct sales_journal *journal, const struct once *once, struct charting_result *result)
{
    return run(ctx, journal_addition, &(struct act){.journal = journal, .once = once, .result = result});
}

static bool carries_open_items(const char *role)
{
    static const char *const carrying[] = {ACCOUNT_CUSTOMER, ACCOUNT_ADVANCE, ACCOUNT_VAT_WAITING, ACCOUNT_DEFERRED};

    for (size_t i = 0; i < sizeof carrying / sizeof carrying[0]; i++)
        if (strcmp(role, carrying[i]) == 0)
            return true;
    return false;
}

static enum err roles_change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct company company;
    struct chart chart;

    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, chart_now(ctx, &chart));
    for (size_t i = 0; i < chart_role_count; i++) {
        const char *role = chart_roles[i].name;
        const char *was = chart_account(&chart, role);

        if (strcmp(was, act->codes[i]) == 0)
            continue;
        if (carries_open_items(role)) {
            TRY(ctx, balance_of(ctx, was, date_from_civil(9999, 1, 1), company.currency, &act->result->balance_minor));
            if (act->result->balance_minor != 0) {
                act->result->unsettled = (int)i + 1;
                return ERR_CONFLICT;
            }
        }
        TRY(ctx, save_role(ctx, role, act->codes[i]));
        TRY(ctx, note_audit(ctx, "account.role", arena_printf(ctx->arena, "%s %s", role, act->codes[i]), "ok"));
    }
    return spend_once(ctx, act->once, "", &act->result->url);
}

enum err assign_roles(struct ctx *ctx, const char *const *codes, const struct once *once, struct charting_result *result)
{
    return run(ctx, roles_change, &(struct act){.codes = codes, .once = once, .result = result});
}
