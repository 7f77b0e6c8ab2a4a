#include "sandbox/charging.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "gateway/json.h"
#include "sandbox/events.h"
#include "sandbox/objects.h"
#include "text/words.h"

const char *metadata_value(struct ctx *ctx, const char *metadata, const char *name)
{
    const json_t *object = json_read(ctx, metadata, strlen(metadata));
    const json_t *value = json_object_get(object, name); /* a name may hold a dot */

    return json_is_string(value) ? json_string_value(value) : "";
}

static bool is_setup(const struct gateway_intent *intent)
{
    return intent->amount_minor == 0;
}

static enum card_answer answer_of(const struct test_card *card, const struct gateway_intent *intent,
                                  const struct gateway_method *method, const struct charge *charge)
{
    enum card_answer answer = is_setup(intent) ? card->setup : charge->present ? card->present : card->absent;

    if (answer == CARD_AUTHENTICATES && charge->authenticated)
        return CARD_APPROVES;
    if (!charge->present && card->declines > 0 && method->declines >= card->declines)
        return CARD_APPROVES;
    return answer;
}

static void clear_error(struct gateway_intent *intent)
{
    intent->error_code = intent->decline_code = intent->advice_code = "";
    intent->error_message = intent->error_method_ref = "";
}

static enum err tell(struct ctx *ctx, const struct sandbox *sandbox, const struct gateway_intent *intent,
                     const char *payment_type, const char *setup_type, enum card_fault fault)
{
    return record_event(ctx, sandbox, is_setup(intent) ? setup_type : payment_type,
                        intent_object(ctx, sandbox, intent), fault);
}

/* Rule: an intent is captured at most once (UNIQUE in the ledger says the same). */
static enum err capture(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_intent *intent,
                        const struct gateway_method *method, enum card_fault fault)
{
    struct capture row = {.charge_ref = new_ref(ctx->arena, "ch_"),
                          .intent_ref = intent->ref,
                          .session_ref = intent->session_ref,
                          .customer_ref = intent->customer_ref,
                          .method_ref = method->ref,
                          .last4 = method->last4,
                          .amount_minor = intent->amount_minor,
                          .currency = intent->currency,
                          .attempt = intent->attempt,
                          .payable = metadata_value(ctx, intent->metadata, "payable"),
                          .captured_at = ctx->now};

    intent->status = "succeeded";
    intent->method_ref = method->ref;
    clear_error(intent);
    if (!is_setup(intent)) {
        if (fault == FAULT_CAPTURES_LESS && row.amount_minor > 1)
            row.amount_minor--;
        intent->received_minor = row.amount_minor;
        intent->charge_ref = row.charge_ref;
        TRY(ctx, insert_capture(ctx, &row));
    }
    TRY(ctx, save_intent(ctx, intent));
    return tell(ctx, sandbox, intent, "payment_intent.succeeded", "setup_intent.succeeded", fault);
}

static enum err decline(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_intent *intent,
                        const struct gateway_method *method, const struct test_card *card, bool present)
{
    intent->status = "requires_payment_method";
    intent->method_ref = "";
    intent->error_code = card->code;
    intent->decline_code = card->decline_code;
    intent->advice_code = card->advice_code;
    intent->error_message = card->message;
    intent->error_method_ref = method->ref;
    if (!present)
        TRY(ctx, count_decline(ctx, method->ref));
    TRY(ctx, save_intent(ctx, intent));
    return tell(ctx, sandbox, intent, "payment_intent.payment_failed", "setup_intent.setup_failed",
                FAULT_NONE);
}

enum err charge_intent(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_intent *intent,
                       const struct gateway_method *method, struct charge *charge)
{
    const struct test_card *card = card_by_name(method->card);
    bool played = false;

    CHECK(card != NULL && strcmp(intent->status, "succeeded") != 0);
    charge->fault = FAULT_NONE;
    switch (answer_of(card, intent, method, charge)) {
    case CARD_DECLINES:
        charge->result = CHARGE_DECLINED;
        return decline(ctx, sandbox, intent, method, card, charge->present);
    case CARD_IS_GONE: CHECK(false); break; /* refused before: read_method */
    case CARD_AUTHENTICATES:
        charge->result = CHARGE_ACTION;
        intent->status = "requires_action";
        intent->method_ref = method->ref;
        clear_error(intent);
        return save_intent(ctx, intent);
    case CARD_APPROVES: break;
    }
    charge->fault = card->fault;
    if (is_setup(intent) && (card->fault == FAULT_TIMEOUT_BEFORE || card->fault == FAULT_TIMEOUT_AFTER ||
                             card->fault == FAULT_ERROR_AFTER))
        charge->fault = FAULT_NONE; /* faults of a capture: keeping a card takes nothing */
    if (charge->fault == FAULT_TIMEOUT_BEFORE) {
        TRY(ctx, was_played(ctx, charge->fault_name, &played));
        if (!played) {
            charge->result = CHARGE_HELD;
            return OK;
        }
        charge->fault = FAULT_NONE;
    }
    charge->result = CHARGE_SUCCEEDED;
    return capture(ctx, sandbox, intent, method, charge->fault);
}

enum err refuse_intent(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_intent *intent)
{
    bool setup = is_setup(intent);

    intent->status = "requires_payment_method";
    intent->error_method_ref = intent->method_ref;
    intent->method_ref = "";
    intent->error_code =
        setup ? "setup_intent_authentication_failure" : "payment_intent_authentication_failure";
    intent->decline_code = intent->advice_code = "";
    intent->error_message = N_("We could not confirm that it is you. Please try again or use another card.");
    TRY(ctx, save_intent(ctx, intent));
    return tell(ctx, sandbox, intent, "payment_intent.payment_failed", "setup_intent.setup_failed",
                FAULT_NONE);
}

enum err begin_intent(struct ctx *ctx, struct gateway_session *session, struct gateway_intent *intent)
{
    bool setup = strcmp(session->mode, "setup") == 0;

    *intent = (struct gateway_intent){.ref = new_ref(ctx->arena, setup ? "seti_" : "pi_"),
                                      .status = "requires_payment_method",
                                      .amount_minor = setup ? 0 : session->amount_minor,
                                      .currency = session->currency,
                                      .customer_ref = session->customer_ref,
                                      .method_ref = "",
                                      .session_ref = session->ref,
                                      .charge_ref = "",
                                      .future_usage = session->future_usage,
                                      .description = session->description,
                                      .return_url = "",
                                      .metadata = session->intent_metadata,
                                      .created_at = ctx->now};
    intent->attempt = metadata_value(ctx, intent->metadata, "attempt");
    clear_error(intent);
    session->intent_ref = intent->ref;
    return insert_intent(ctx, intent);
}

enum err ensure_customer(struct ctx *ctx, struct gateway_session *session, const char *name)
{
    struct gateway_customer customer = {.ref = new_ref(ctx->arena, "cus_"),
                                        .email = session->customer_email,
                                        .name = name,
                                        .description = "",
                                        .metadata = "{}",
                                        .created_at = ctx->now};

    if (session->customer_ref[0] != '\0')
        return OK;
    session->customer_ref = customer.ref;
    return insert_customer_record(ctx, &customer);
}

enum err complete_session(struct ctx *ctx, const struct sandbox *sandbox, struct gateway_session *session,
                          const struct gateway_intent *intent, enum card_fault fault)
{
    bool setup = strcmp(session->mode, "setup") == 0;

    session->status = "complete";
    session->payment_status = setup ? "no_payment_required" : "paid";
    if (setup || session->future_usage[0] != '\0')
        TRY(ctx, attach_method(ctx, intent->method_ref, session->customer_ref));
    TRY(ctx, save_session_record(ctx, session));
    return record_event(ctx, sandbox, "checkout.session.completed", session_object(ctx, sandbox, session),
                        fault);
}

/* ---- the end of a session's time ---- */

struct expiring {
    const struct sandbox *sandbox;
    const char *ref;
    bool forced;
    struct gateway_session session;
};

static enum err expire(struct ctx *ctx, void *arg)
{
    struct expiring *e = arg;
    struct gateway_intent intent;

    TRY(ctx, lock_session(ctx, e->ref, &e->session));
    if (strcmp(e->session.status, "open") != 0 || (!e->forced && ctx->now < e->session.expires_at))
        return OK;
    e->session.status = "expired";
    if (e->session.intent_ref[0] != '\0') {
        TRY(ctx, lock_intent(ctx, e->session.intent_ref, &intent));
        intent.status = "canceled";
        TRY(ctx, save_intent(ctx, &intent));
    }
    TRY(ctx, save_session_record(ctx, &e->session));
    return record_event(ctx, e->sandbox, "checkout.session.expired",
                        session_object(ctx, e->sandbox, &e->session), FAULT_NONE);
}

enum err expire_session(struct ctx *ctx, const struct sandbox *sandbox, const char *ref, bool forced,
                        struct gateway_session *session)
{
    struct expiring e = {.sandbox = sandbox, .ref = ref, .forced = forced};

    TRY(ctx, db_in_transaction(ctx) ? expire(ctx, &e) : db_transaction(ctx, expire, &e));
    if (session != NULL)
        *session = e.session;
    return OK;
}
