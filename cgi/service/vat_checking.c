#include "service/vat_checking.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "core/breaker.h"
#include "core/vat_id.h"
#include "gateway/vies.h"
#include "store/company.h"
#include "store/db.h"
#include "store/history.h"
#include "store/tenant.h"
#include "store/vat_recheck.h"

#define DAY (INT64_C(86400) * CLOCK_SECOND)
#define LEASE (INT64_C(300) * CLOCK_SECOND) /* a batch that dies while it asks leaves the number for so long */
enum { BATCH_TIMEOUT_MS = 10000, RUN_MAX = 200 };

#define NO_ANSWER_ITEM "vat_no_answer"
#define INVALID_ITEM "vat_invalid"

static bool matters(const struct customer *customer, const struct company *company)
{
    return customer->is_company && str_equal(customer->state, "active") && vat_id_fits(customer->vat_id, customer->country) &&
           !str_equal(customer->country, company->country);
}

enum err schedule_vat_check(struct ctx *ctx, const struct customer *customer)
{
    const struct vat_recheck row = {.customer_id = customer->id, .next_try_at = ctx->now, .reason = ""};
    struct vat_recheck kept;
    struct company company;
    struct vat_check check;
    enum err err = company_current(ctx, &company);

    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    if (!matters(customer, &company)) {
        TRY(ctx, close_operator_items(ctx, NO_ANSWER_ITEM, ABOUT_CUSTOMER, customer->id));
        return delete_vat_recheck(ctx, customer->id);
    }
    err = vat_check_of(ctx, customer->id, customer->vat_id, &check);
    if (err == OK)
        err = vat_recheck_of(ctx, customer->id, &kept); /* a number that was checked keeps its day */
    return err == ERR_NOT_FOUND ? save_vat_recheck(ctx, &row) : err;
}

enum err note_vat_checked(struct ctx *ctx, const struct customer *customer)
{
    struct vat_recheck row = {.customer_id = customer->id, .reason = ""};
    struct company company;

    TRY(ctx, company_current(ctx, &company));
    row.next_try_at = ctx->now + company.vat_recheck_days * DAY;
    TRY(ctx, close_operator_items(ctx, NO_ANSWER_ITEM, ABOUT_CUSTOMER, customer->id));
    return matters(customer, &company) ? save_vat_recheck(ctx, &row) : delete_vat_recheck(ctx, customer->id);
}

/* ---- what VIES said ---- */

struct answering {
    int64_t customer_id;
    const char *vat_id; /* that was asked about */
    const struct vies_answer *answer;
    const struct once *once;
    bool by_batch;
    struct vat_asking *result;
};

static struct operator_item flag(const struct ctx *ctx, const struct answering *a, const char *kind, const char *detail)
{
    return (struct operator_item){.kind = kind, .subject_kind = ABOUT_CUSTOMER, .subject_id = a->customer_id, .currency = "",
                                  .detail = detail, .opened_on = ctx->today_on};
}

static enum err keep_answer(struct ctx *ctx, const struct answering *a, const struct customer *customer)
{
    const struct vies_answer *answer = a->answer;
    bool valid = answer->verdict == VIES_VALID;
    struct vat_check check = {.customer_id = customer->id, .vat_id = customer->vat_id, .valid = valid, .via = "vies",
        .consultation = answer->consultation, .checked_on = ctx->today_on,
        .evidence = arena_printf(ctx->arena, "VIES %s%s%s%s%s", clock_format(ctx->arena, ctx->now),
                                 answer->consultation[0] != '\0' ? ", " : "", answer->consultation,
                                 answer->name[0] != '\0' ? ", " : "", answer->name)};
    struct operator_item item = flag(ctx, a, INVALID_ITEM, customer->vat_id);

    TRY(ctx, insert_vat_check(ctx, &check));
    TRY(ctx, note_vat_checked(ctx, customer));
    TRY(ctx, close_vies_breakers(ctx, arena_strndup(ctx->arena, customer->vat_id, 2)));
    if (valid)
        TRY(ctx, close_operator_items(ctx, INVALID_ITEM, ABOUT_CUSTOMER, customer->id));
    else if (a->by_batch) /* on the page the seller sees it */
        TRY(ctx, open_operator_item(ctx, &item));
    a->result->asked = valid ? VAT_ASKED_VALID : VAT_ASKED_INVALID;
    TRY(ctx, note_activity(ctx, ABOUT_CUSTOMER, customer->id, valid ? "customer.vies_valid" : "customer.vies_invalid",
                           history_params(ctx->arena, "vat_id", customer->vat_id, "consultation", answer->consultation, NULL)));
    return note_audit(ctx, "customer.vies", arena_printf(ctx->arena, "customer %s", customer->number), valid ? "valid" : "invalid");
}

static enum err keep_silence(struct ctx *ctx, const struct answering *a, const struct customer *customer)
{
    const char *country = a->answer->state_only ? arena_strndup(ctx->arena, customer->vat_id, 2) : "";
    struct operator_item item = flag(ctx, a, NO_ANSWER_ITEM, a->answer->reason);
    struct vat_recheck row;
    struct breaker breaker;
    enum err err = vat_recheck_of(ctx, customer->id, &row);

    if (err == ERR_NOT_FOUND)
        row = (struct vat_recheck){.customer_id = customer->id};
    else if (err != OK)
        return err;
    row.next_try_at = ctx->now + retry_pause(row.tries);
    row.tries++;
    row.reason = a->answer->reason;
    TRY(ctx, save_vat_recheck(ctx, &row));
    if (!str_equal(row.reason, "BREAKER_OPEN")) {
        TRY(ctx, vies_breaker(ctx, country, &breaker));
        breaker = breaker_after_failure(&breaker, BREAKER_FAILURES, ctx->now);
        TRY(ctx, save_vies_breaker(ctx, country, &breaker));
    }
    a->result->asked = VAT_ASKED_NO_ANSWER;
    return open_operator_item(ctx, &item);
}

static enum err keep(struct ctx *ctx, void *arg)
{
    const struct answering *a = arg;
    struct customer customer;
    enum err err = lock_customer(ctx, a->customer_id, &customer);

    if (err != OK)
        return err;
    if (!str_equal(customer.vat_id, a->vat_id)) /* it was changed meanwhile: the change has its own check */
        a->result->asked = VAT_ASKED_NOTHING;
    else if (a->answer->verdict == VIES_NO_ANSWER)
        TRY(ctx, keep_silence(ctx, a, &customer));
    else
        TRY(ctx, keep_answer(ctx, a, &customer));
    return spend_once(ctx, a->once, customer.number, &a->result->url);
}

/* ---- asking ---- */

/* True while nobody waits for VIES, or for that member state. */
static enum err left_alone(struct ctx *ctx, const char *vat_id, bool *alone, bool *whole)
{
    struct breaker all;
    struct breaker state;

    TRY(ctx, vies_breaker(ctx, "", &all));
    TRY(ctx, vies_breaker(ctx, arena_strndup(ctx->arena, vat_id, 2), &state));
    *whole = !breaker_lets(&all, BREAKER_FAILURES, ctx->now);
    *alone = *whole || !breaker_lets(&state, BREAKER_FAILURES, ctx->now);
    return OK;
}

static const char *requester(struct ctx *ctx)
{
    struct company company;

    if (company_current(ctx, &company) != OK) {
        ctx_forget_error(ctx);
        return "";
    }
    return vat_id_fits(company.vat_id, company.country) ? company.vat_id : "";
}

static enum err ask(struct ctx *ctx, const struct customer *customer, long timeout_ms, struct answering *a, bool *whole)
{
    struct vies_question question = {.base = ctx->tenant->vies_url, .vat_id = customer->vat_id, .timeout_ms = timeout_ms};
    struct vies_answer answer = {.verdict = VIES_NO_ANSWER, .consultation = "", .name = "", .reason = "BREAKER_OPEN"};
    bool alone;

    TRY(ctx, left_alone(ctx, customer->vat_id, &alone, whole));
    if (!alone) {
        question.requester = requester(ctx);
        vies_ask(ctx, &question, &answer);
        log_event(ctx, answer.verdict == VIES_NO_ANSWER ? LOG_WARNING : LOG_INFO, "vies", "customer", customer->number, "verdict",
                  answer.verdict == VIES_VALID ? "valid" : answer.verdict == VIES_INVALID ? "invalid" : answer.reason, NULL);
        ctx->now = clock_now(); /* the answer may have taken its time */
    }
    a->customer_id = customer->id;
    a->vat_id = customer->vat_id;
    a->answer = &answer;
    return db_transaction(ctx, keep, a);
}

enum err ask_about_customer(struct ctx *ctx, int64_t customer_id, long timeout_ms, const struct once *once, struct vat_asking *result)
{
    struct answering a = {.once = once, .result = result};
    struct customer customer;
    bool whole;

    *result = (struct vat_asking){.asked = VAT_ASKED_NOTHING};
    TRY(ctx, customer_by_id(ctx, customer_id, &customer));
    if (!vat_id_fits(customer.vat_id, customer.country))
        return OK;
    return ask(ctx, &customer, timeout_ms, &a, &whole);
}

/* ---- what is due ---- */

struct due {
    bool found;
    struct customer customer;
};

/* Takes one row for itself; one that no longer matters goes. */
static enum err claim(struct ctx *ctx, void *arg)
{
    struct due *due = arg;
    struct vat_recheck row;
    struct company company;
    enum err err = lock_due_vat_recheck(ctx, &row);

    due->found = false;
    if (err == ERR_NOT_FOUND)
        return OK;
    if (err != OK)
        return err;
    TRY(ctx, customer_by_id(ctx, row.customer_id, &due->customer));
    TRY(ctx, company_current(ctx, &company));
    due->found = true;
    if (!matters(&due->customer, &company)) {
        due->customer.id = 0;
        return delete_vat_recheck(ctx, row.customer_id);
    }
    row.next_try_at = ctx->now + LEASE;
    return save_vat_recheck(ctx, &row);
}

static void count(struct vat_run *run, enum vat_asked asked)
{
    run->checked += asked == VAT_ASKED_VALID || asked == VAT_ASKED_INVALID;
    run->invalid += asked == VAT_ASKED_INVALID;
    run->waiting += asked == VAT_ASKED_NO_ANSWER;
}

enum err ask_due_vat_numbers(struct ctx *ctx, struct vat_run *run)
{
    const struct once none = {NULL, "/"};

    for (int i = 0; i < RUN_MAX && !run->stop(); i++) {
        struct vat_asking result = {.asked = VAT_ASKED_NOTHING};
        struct answering a = {.once = &none, .result = &result, .by_batch = true};
        struct breaker all;
        struct due due;
        bool whole = false;

        ctx->now = clock_now();
        TRY(ctx, vies_breaker(ctx, "", &all));
        if (!breaker_lets(&all, BREAKER_FAILURES, ctx->now))
            return OK; /* what is due stays due */
        TRY(ctx, db_transaction(ctx, claim, &due));
        if (!due.found)
            return OK;
        if (due.customer.id == 0)
            continue;
        TRY(ctx, ask(ctx, &due.customer, BATCH_TIMEOUT_MS, &a, &whole));
        count(run, result.asked);
    }
    return OK;
}
