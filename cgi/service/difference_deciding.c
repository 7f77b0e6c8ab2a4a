#include "service/difference_deciding.h"

#include <string.h>

#include "core/attempt.h"
#include "service/adopting.h"
#include "service/gateway_request.h"
#include "service/paying.h"
#include "service/reconciling.h"
#include "store/db.h"
#include "store/invoice.h"
#include "store/reconciliation.h"
#include "text/words.h"

const char *decide_refusal_text(enum decide_refusal refusal)
{
    switch (refusal) {
    case DECIDE_NOT_REFUSED: return "";
    case DECIDE_DONE_BEFORE: return N_("Somebody has dealt with it already.");
    case DECIDE_NO_ANSWER: return N_("The gateway says nothing new about it.");
    case DECIDE_NO_INVOICE: return N_("No invoice has this number.");
    case DECIDE_NOT_OPEN: return N_("This very sum is not open on this invoice, or it is another customer's.");
    case DECIDE_IN_PROGRESS: return N_("This invoice is being paid in another way.");
    }
    return "";
}

struct ending {
    struct deciding *deciding;
    const char *resolution;
    const struct once *once;
};

static enum err end_difference(struct ctx *ctx, void *arg)
{
    struct ending *ending = arg;
    enum err err = resolve_difference(ctx, ending->deciding->id, ending->resolution);

    if (err == ERR_CONFLICT) {
        ending->deciding->refusal = DECIDE_DONE_BEFORE;
        return OK;
    }
    if (err != OK)
        return err;
    ending->deciding->refusal = DECIDE_NOT_REFUSED;
    TRY(ctx, tell_differences(ctx));
    return spend_once(ctx, ending->once, "", &ending->deciding->url);
}

static enum err finish(struct ctx *ctx, struct deciding *deciding, const char *resolution, const struct once *once)
{
    struct ending ending = {deciding, resolution, once};

    return db_transaction(ctx, end_difference, &ending);
}

static enum err open_one(struct ctx *ctx, struct deciding *deciding, struct difference_row *row)
{
    TRY(ctx, db_ready(ctx));
    TRY(ctx, difference_by_id(ctx, deciding->id, row));
    deciding->refusal = row->resolved_at != 0 ? DECIDE_DONE_BEFORE : DECIDE_NOT_REFUSED;
    return OK;
}

enum err set_difference_aside(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;

    TRY(ctx, open_one(ctx, deciding, &row));
    return deciding->refusal != DECIDE_NOT_REFUSED ? OK : finish(ctx, deciding, "person", once);
}

enum err ask_about_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;
    enum attempt_state state;

    TRY(ctx, open_one(ctx, deciding, &row));
    if (deciding->refusal != DECIDE_NOT_REFUSED)
        return OK;
    deciding->refusal = DECIDE_NO_ANSWER;
    if (row.attempt_id == 0 || strcmp(row.source, "charge") != 0)
        return OK;
    TRY(ctx, ask_about_attempt(ctx, row.attempt_id, WEB_BUDGET_MS, &state));
    if (state != ATTEMPT_SUCCEEDED && state != ATTEMPT_OPERATOR)
        return OK;
    return finish(ctx, deciding, "booked", once);
}

enum err book_difference(struct ctx *ctx, struct deciding *deciding, const struct once *once)
{
    struct difference_row row;
    struct adopting a;
    struct invoice invoice;
    enum attempt_state state;
    enum err err;

    TRY(ctx, open_one(ctx, deciding, &row));
    if (deciding->refusal != DECIDE_NOT_REFUSED)
        return OK;
    err = invoice_by_number(ctx, deciding->invoice_number, &invoice);
    if (err == ERR_NOT_FOUND) {
        deciding->refusal = DECIDE_NO_INVOICE;
        return OK;
    }
    if (err != OK)
        return err;
    if (row.attempt_id != 0 || strcmp(row.source, "charge") != 0) { /* its page offers no such thing */
        deciding->refusal = DECIDE_NO_ANSWER;
        return OK;
    }
    a = (struct adopting){.key = row.fact_key, .intent_ref = row.ref, .invoice_id = invoice.id, .customer_id = row.customer_id,
                          .amount_minor = row.theirs_minor, .currency = row.theirs_currency};
    TRY(ctx, db_transaction(ctx, adopt_payment, &a));
    deciding->refusal = a.refusal;
    if (a.refusal != DECIDE_NOT_REFUSED)
        return OK;
    TRY(ctx, ask_about_attempt(ctx, a.attempt_id, WEB_BUDGET_MS, &state));
    if (state != ATTEMPT_SUCCEEDED && state != ATTEMPT_OPERATOR) { /* it is ours now: the batch asks again */
        deciding->refusal = DECIDE_NO_ANSWER;
        return OK;
    }
    return finish(ctx, deciding, "booked", once);
}
