#include "service/house.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/tenant.h"

struct act {
    struct company *company;
    int64_t shown_id;
    int32_t to_on;
    const struct once *once;
    struct house_result *result;
};

enum err amounts_are_fixed(struct ctx *ctx, bool *fixed)
{
    struct invoice_list_row *rows;
    size_t count;

    TRY(ctx, invoice_list(ctx, "", 0, 0, 0, 1, &rows, &count));
    *fixed = count > 0;
    return OK;
}

static enum err breaks_amounts(struct ctx *ctx, const struct company *company, bool *breaks)
{
    const char *rounding = company->vat_rounding != NULL ? company->vat_rounding : "rate"; /* as save_company has it */
    struct company before;

    TRY(ctx, company_current(ctx, &before));
    *breaks = false;
    if (before.prices_with_vat == company->prices_with_vat && str_equal(before.vat_rounding, rounding))
        return OK;
    return amounts_are_fixed(ctx, breaks);
}

static enum err change(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    struct house house;

    memset(act->result, 0, sizeof *act->result);
    TRY(ctx, house_now(ctx, &house));
    if (house.company_id != act->shown_id) {
        act->result->stale = true;
        return OK;
    }
    if (house.company_id != 0)
        TRY(ctx, breaks_amounts(ctx, act->company, &act->result->fixed));
    if (act->result->fixed)
        return OK;
    TRY(ctx, save_company(ctx, act->company));
    TRY(ctx, note_activity(ctx, ABOUT_HOUSE, 1, "company.changed", "{}"));
    TRY(ctx, note_audit(ctx, "company.changed", "company", "ok"));
    return spend_once(ctx, act->once, "", &act->result->url);
}

enum err change_company(struct ctx *ctx, struct company *company, int64_t shown_id,
                        const struct once *once, struct house_result *result)
{
    struct act act = {.company = company, .shown_id = shown_id, .once = once, .result = result};

    return db_transaction(ctx, change, &act);
}

static enum err advance(struct ctx *ctx, void *arg)
{
    struct act *act = arg;
    char day[DATE_TEXT_BYTES];
    enum err err;

    memset(act->result, 0, sizeof *act->result);
    err = move_test_clock(ctx, act->to_on);
    if (err == ERR_CONFLICT) {
        act->result->stale = true;
        return OK;
    }
    if (err != OK)
        return err_pass(ctx, err, __FILE__, __LINE__, "move_test_clock");
    TRY(ctx, note_activity(ctx, ABOUT_HOUSE, 1, "clock.moved",
                           history_params(ctx->arena, "to", date_iso(act->to_on, day), NULL)));
    TRY(ctx, note_audit(ctx, "clock.moved", date_iso(act->to_on, day), "ok"));
    return spend_once(ctx, act->once, "", &act->result->url);
}

enum err advance_clock(struct ctx *ctx, int32_t to_on, const struct once *once,
                       struct house_result *result)
{
    struct act act = {.to_on = to_on, .once = once, .result = result};

    CHECK(ctx->tenant->test);
    TRY(ctx, db_transaction(ctx, advance, &act));
    if (!result->stale)
        ctx->today_on = to_on;
    return OK;
}
