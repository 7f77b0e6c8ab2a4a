#include "service/card_replacing.h"

#include <string.h>

#include "base/str.h"
#include "gateway/stripe.h"
#include "service/gateway_request.h"
#include "service/walking.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/history.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/subscription.h"

struct setup_end {
    struct method_setup setup;
    const struct gateway_answer *answer;
};

/* The new card pays wherever the old one did for this customer: the page said so. A mandate stays where it pays for others,
 * and whatever somebody still uses stays. *also: the other numbers. */
static enum err replace_method(struct ctx *ctx, const struct subscription *s, const struct payment_method *method, const char **also)
{
    struct str numbers = str_new(ctx->arena);
    struct method_user *users;
    struct payment_method old;
    size_t count;
    bool used = false;

    *also = "";
    if (s->payment_method_id == 0 || s->payment_method_id == method->id)
        return save_subscription_method(ctx, s->id, method->id);
    TRY(ctx, payment_method_by_id(ctx, s->payment_method_id, &old));
    TRY(ctx, method_users(ctx, old.id, &users, &count));
    for (size_t i = 0; i < count; i++) {
        bool own = users[i].id == s->id;

        if (!own && (users[i].customer_id != s->customer_id || strcmp(old.gateway, "stripe") != 0)) {
            used = used || !users[i].ended;
            continue;
        }
        TRY(ctx, save_subscription_method(ctx, users[i].id, method->id));
        TRY(ctx, note_activity(ctx, ABOUT_SUBSCRIPTION, users[i].id, "method.replaced", history_params(ctx->arena, "last4", method->last4, NULL)));
        if (!own && !users[i].ended)
            str_printf(&numbers, "%s%s", numbers.bytes > 0 ? ", " : "", users[i].number);
    }
    *also = numbers.text;
    return used ? OK : save_payment_method_state(ctx, old.id, "replaced");
}

static enum err end_setup(struct ctx *ctx, void *arg)
{
    struct setup_end *end = arg;
    struct subscription subscription;
    struct customer customer;
    struct payment_method method;
    const char *also;
    const char *from = end->setup.state;
    struct mail mail = {.template = "method_replaced"};

    end->setup.state = end->answer->outcome == GATEWAY_SUCCEEDED                                               ? "done"
                       : end->answer->outcome == GATEWAY_EXPIRED || end->answer->outcome == GATEWAY_REFUSED ? "expired" : "open";
    if (end->answer->session_ref[0] != '\0')
        end->setup.session_ref = end->answer->session_ref;
    if (end->answer->redirect_url[0] != '\0')
        end->setup.redirect_url = end->answer->redirect_url;
    end->setup.checks++;
    TRY(ctx, move_method_setup(ctx, &end->setup, from));
    if (!end->answer->customer_gone && (end->answer->outcome != GATEWAY_SUCCEEDED || end->answer->method_ref[0] == '\0'))
        return OK;
    TRY(ctx, subscription_by_id(ctx, end->setup.subscription_id, &subscription));
    if (end->answer->customer_gone) /* the next page makes another one */
        TRY(ctx, save_gateway_customer(ctx, subscription.customer_id, ""));
    if (end->answer->outcome != GATEWAY_SUCCEEDED || end->answer->method_ref[0] == '\0')
        return OK;
    method = (struct payment_method){.customer_id = subscription.customer_id, .source_ref = end->answer->intent_ref,
        .brand = end->answer->brand, .last4 = end->answer->last4, .exp_month = end->answer->exp_month,
        .exp_year = end->answer->exp_year};
    TRY(ctx, store_payment_method(ctx, &method, end->answer->method_ref));
    if (end->answer->customer_ref[0] != '\0')
        TRY(ctx, save_gateway_customer(ctx, subscription.customer_id, end->answer->customer_ref));
    TRY(ctx, replace_method(ctx, &subscription, &method, &also));
    TRY(ctx, customer_by_id(ctx, subscription.customer_id, &customer));
    mail.language = customer.language;
    mail.to_address = customer.email;
    mail.to_name = customer.name;
    mail.customer_id = customer.id;
    mail.subscription_id = subscription.id;
    mail.params = history_params(ctx->arena, "also", also, NULL);
    mail.dedup_key = arena_printf(ctx->arena, "method_replaced %lld", (long long)end->setup.id);
    return queue_mail(ctx, &mail);
}

static enum err refresh_setup(struct ctx *ctx, const struct method_setup *setup, int64_t budget_ms, bool *done)
{
    struct stripe stripe = house_gateway(ctx);
    struct setup_end end = {.setup = *setup};
    struct gateway_answer answer;
    enum err err;

    *done = false;
    if (setup->session_ref[0] == '\0')
        return OK;
    stripe_session(ctx, &stripe, setup->session_ref, budget_ms, &answer);
    end.answer = &answer;
    if (answer.outcome != GATEWAY_SUCCEEDED && answer.outcome != GATEWAY_EXPIRED && answer.outcome != GATEWAY_OPEN)
        return OK;
    err = db_transaction(ctx, end_setup, &end);
    *done = answer.outcome == GATEWAY_SUCCEEDED;
    return err == ERR_CONFLICT ? OK : err;
}

enum err start_method_setup(struct ctx *ctx, int64_t subscription_id, const char *email, const char *gateway_customer,
                            const char *currency, const char *return_url, const char *language, const char **url)
{
    struct stripe stripe = house_gateway(ctx);
    struct setup_end end = {.setup = {.subscription_id = subscription_id, .setup_key = new_request_key(ctx), .state = "ready",
                                      .session_ref = "", .redirect_url = ""}};
    struct stripe_checkout checkout = {.customer_ref = gateway_customer, .email = email, .currency = currency,
        .description = "", .success_url = return_url, .cancel_url = arena_printf(ctx->arena, "%s?cancel=1", return_url),
        .language = language};
    struct gateway_answer answer;
    bool done;
    struct method_setup live;
    enum err err = live_method_setup(ctx, subscription_id, &live);

    *url = NULL;
    if (err == OK && live.session_ref[0] != '\0') { /* it may be over */
        TRY(ctx, refresh_setup(ctx, &live, WEB_BUDGET_MS, &done));
        err = live_method_setup(ctx, subscription_id, &live);
    }
    if (err == ERR_NOT_FOUND) {
        err = insert_method_setup(ctx, &end.setup);
        if (err == ERR_DUPLICATE)
            err = live_method_setup(ctx, subscription_id, &end.setup);
    } else if (err == OK) {
        end.setup = live;
    }
    if (err != OK)
        return err;
    if (strcmp(end.setup.state, "open") == 0 && end.setup.redirect_url[0] != '\0') {
        *url = end.setup.redirect_url;
        return OK;
    }
    checkout.attempt_key = end.setup.setup_key;
    stripe_post(ctx, &stripe, "/v1/checkout/sessions", stripe_checkout_body(ctx->arena, &checkout), end.setup.setup_key,
                WEB_BUDGET_MS, &answer);
    end.answer = &answer;
    if (answer.outcome != GATEWAY_OPEN && answer.outcome != GATEWAY_REFUSED)
        return OK;
    err = db_transaction(ctx, end_setup, &end);
    if (err != OK && err != ERR_CONFLICT)
        return err;
    *url = answer.outcome == GATEWAY_OPEN ? answer.redirect_url : NULL;
    return OK;
}

enum err refresh_method_setup(struct ctx *ctx, int64_t subscription_id, int64_t budget_ms, bool *done)
{
    struct method_setup live;
    enum err err = live_method_setup(ctx, subscription_id, &live);

    *done = false;
    if (err == ERR_NOT_FOUND)
        return OK;
    return err == OK ? refresh_setup(ctx, &live, budget_ms, done) : err;
}

enum err take_setup_event(struct ctx *ctx, const struct method_setup *setup, int64_t budget_ms)
{
    bool done;

    return refresh_setup(ctx, setup, budget_ms, &done);
}

static enum err list_setups(struct ctx *ctx, int64_t after_id, int32_t limit, void **rows, size_t *count)
{
    struct method_setup *list;

    TRY(ctx, due_method_setups(ctx, after_id, limit, &list, count));
    *rows = list;
    return OK;
}

static enum err look_at_setup(struct ctx *ctx, void *row)
{
    bool done;

    return refresh_method_setup(ctx, ((struct method_setup *)row)->subscription_id, BATCH_BUDGET_MS, &done);
}

enum err check_method_setups(struct ctx *run, bool (*stop)(void), int64_t *checked)
{
    static const struct walk walk = {"setup.set_aside", ABOUT_HOUSE, sizeof(struct method_setup), list_setups, look_at_setup, put_off_method_setup};

    return walk_due(run, &walk, stop, checked);
}
