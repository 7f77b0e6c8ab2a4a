/* hosted: the card page, the 3-D Secure step, and what follows. No JavaScript; the card's number is looked
 * at once and forgotten. */
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "sandbox/cards.h"
#include "sandbox/charging.h"
#include "sandbox/events.h"
#include "sandbox/pages.h"
#include "sandbox/records.h"
#include "text/format.h"
#include "text/words.h"
#include "view/form.h"
#include "view/layout.h"
#include "web/form.h"

enum { YEARS_AHEAD = 30, FIELDS_MAX = 20 };

struct card_form {
    const char *number;
    const char *expiry;
    const char *cvc;
    const char *name;
};

static const struct field card_field[] = {
    {FIELD_TEXT, "number", N_("Card number"), .hint = N_("A test number: 4242 4242 4242 4242"),
     .required = true, .max = 40, .autocomplete = "cc-number", .missing = N_("Enter the card number"),
     .offset = offsetof(struct card_form, number)},
    {FIELD_TEXT, "expiry", N_("Expiry date"), .hint = N_("Month and year, like 12/30"), .required = true,
     .max = 12, .autocomplete = "cc-exp", .missing = N_("Enter the expiry date"),
     .offset = offsetof(struct card_form, expiry)},
    {FIELD_TEXT, "cvc", N_("Security code"), .hint = N_("3 digits on the back of the card"), .required = true,
     .max = 8, .autocomplete = "cc-csc", .missing = N_("Enter the security code"),
     .offset = offsetof(struct card_form, cvc)},
    {FIELD_TEXT, "name", N_("Name on the card"), .required = true, .max = 200, .autocomplete = "cc-name",
     .missing = N_("Enter the name on the card"), .offset = offsetof(struct card_form, name)},
};

struct card_entry { /* what is kept of a form that is right */
    const struct test_card *card;
    int32_t exp_month;
    int32_t exp_year;
    const char *name;
};

static char *amount_text(struct ctx *ctx, int64_t minor, const char *currency)
{
    char *code = arena_strdup(ctx->arena, currency);

    for (char *p = code; *p != '\0'; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    return format_money(ctx->arena, ctx->language, minor, code);
}

/* "https://shop.example:444" of an URL: the redirect after the form must be allowed to leave for it. */
static const char *origin_of(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    size_t bytes = host != NULL ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;

    for (size_t i = 0; i < bytes; i++)
        if (strchr(";,'\" ", url[i]) != NULL)
            return "";
    return arena_strndup(arena, url, bytes);
}

static const char *return_of(struct arena *arena, const struct gateway_session *session)
{
    static const char mark[] = "{CHECKOUT_SESSION_ID}";
    const char *found = strstr(session->success_url, mark);

    if (found == NULL)
        return session->success_url;
    return arena_printf(arena, "%.*s%s%s", (int)(found - session->success_url), session->success_url,
                        session->ref, found + sizeof mark - 1);
}

static bool is_setup(const struct gateway_session *session)
{
    return strcmp(session->mode, "setup") == 0;
}

/* Rows about what is paid. */
static void put_subject(struct ctx *ctx, HDF *hdf, const char *description, int64_t minor,
                        const char *currency, const char *email)
{
    HDF *row;
    int rows = 0;

    if (minor > 0) {
        row = hdf_row(hdf, "Subject.rows", rows++);
        hdf_text(row, "k", tr("Amount"));
        hdf_text(row, "v", amount_text(ctx, minor, currency));
    }
    if (description[0] != '\0') {
        row = hdf_row(hdf, "Subject.rows", rows++);
        hdf_text(row, "k", tr("For"));
        hdf_text(row, "v", description);
    }
    if (email[0] != '\0') {
        row = hdf_row(hdf, "Subject.rows", rows++);
        hdf_text(row, "k", tr("E-mail"));
        hdf_text(row, "v", email);
    }
}

static size_t place_of(const struct form *form, const char *name)
{
    size_t i = 0;

    while (i < form->field_count && strcmp(form->fields[i].name, name) != 0)
        i++;
    return i;
}

/* The summary names the fields in their order on the page. */
static void sort_errors(struct form *form)
{
    for (size_t i = 1; i < form->error_count; i++)
        for (size_t j = i;
             j > 0 && place_of(form, form->errors[j].name) < place_of(form, form->errors[j - 1].name); j--) {
            struct form_error error = form->errors[j];

            form->errors[j] = form->errors[j - 1];
            form->errors[j - 1] = error;
        }
}

static enum err show_card(struct visit *visit, const struct gateway_session *session, struct form *form)
{
    struct ctx *ctx = visit->ctx;
    HDF *hdf = hdf_new(ctx);
    const char *title = is_setup(session) ? tr("Save your card") : tr("Pay by card");

    sort_errors(form);
    view_form(ctx, hdf, form);
    hdf_text(hdf, "Form.number.mode", "numeric");
    hdf_text(hdf, "Form.expiry.short", "1");
    hdf_text(hdf, "Form.cvc.mode", "numeric");
    hdf_text(hdf, "Form.cvc.short", "1");
    put_csrf(visit, hdf, session->ref);
    put_subject(ctx, hdf, session->description, session->amount_minor, session->currency,
                session->customer_email);
    hdf_text(hdf, "Action.href", arena_printf(ctx->arena, "/pay/%s", session->ref));
    hdf_text(hdf, "Action.label",
             is_setup(session) ? tr("Save this card")
                               : tr_fill(ctx->arena, "Pay {amount}", "amount",
                                         amount_text(ctx, session->amount_minor, session->currency), NULL));
    hdf_text(hdf, "Cancel.href", session->cancel_url);
    visit->response->form_hosts = origin_of(ctx->arena, session->success_url);
    return show_plain(visit, hdf, "sandbox/card.cs", title);
}

/* The page of a session that is not open; *answered says that there was one. */
static enum err answer_ended(struct visit *visit, const struct gateway_session *session, bool *answered)
{
    bool cancel = session->cancel_url[0] != '\0';

    *answered = true;
    if (strcmp(session->status, "complete") == 0) {
        respond_see(visit->response, return_of(visit->ctx->arena, session));
        return OK;
    }
    if (strcmp(session->status, "expired") == 0)
        return show_message(visit, 410, tr("This payment page has expired"),
                            tr("Nothing was charged. Please go back to the seller and start again."),
                            cancel ? session->cancel_url : NULL, tr("Back to the seller"));
    *answered = false;
    return OK;
}

/* The session of the address, ended when its time has come; ERR_NOT_FOUND after having answered 404. */
static enum err load_session(struct visit *visit, struct gateway_session *session)
{
    struct ctx *ctx = visit->ctx;
    enum err err;

    TRY(ctx, db_ready(ctx));
    err = session_record(ctx, visit->arg[0], session);
    if (err == OK && strcmp(session->status, "open") == 0 && ctx->now >= session->expires_at)
        err = expire_session(ctx, visit->sandbox, visit->arg[0], false, session);
    if (err != OK && err != ERR_NOT_FOUND)
        return err;
    if (err == OK)
        visit_language(visit, session->locale);
    else
        TRY(ctx, show_message(visit, 404, tr("Payment not found"), tr("There is no payment at this address."),
                              NULL, NULL));
    return err;
}

enum err page_card(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct card_form values = {"", "", "", ""};
    struct gateway_session session;
    struct gateway_intent intent;
    struct form form;
    bool answered;
    enum err err = load_session(visit, &session);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(ctx, answer_ended(visit, &session, &answered));
    if (answered)
        return OK;
    form_fill(&form, ctx, card_field, COUNT_OF(card_field), &values);
    if (session.intent_ref[0] != '\0') {
        TRY(ctx, intent_record(ctx, session.intent_ref, &intent));
        if (intent.error_message[0] != '\0') /* came back from the step page, or opened again */
            form_error(&form, "number", tr(intent.error_message));
    }
    return show_card(visit, &session, &form);
}

/* ---- the form ---- */

static void check_number(struct form *form, const char *typed, struct card_entry *entry)
{
    char *digits = card_digits(form->ctx->arena, typed);

    if (typed[0] == '\0')
        return;
    if (digits == NULL || strlen(digits) < 12 || strlen(digits) > 19 || !card_luhn_ok(digits)) {
        form_error(form, "number", tr("This is no card number: please check its digits"));
        return;
    }
    entry->card = card_by_number(digits);
    if (entry->card == NULL)
        form_error(form, "number", tr("Only test cards work here, never a real one"));
}

/* Rule: a card is good until the end of its month. */
static void check_expiry(struct form *form, const char *typed, struct card_entry *entry)
{
    struct civil today = date_civil(form->ctx->today_on);

    if (typed[0] == '\0')
        return;
    if (!card_expiry_parse(form->ctx->arena, typed, &entry->exp_month, &entry->exp_year))
        form_error(form, "expiry", tr("Enter month and year like 12/30"));
    else if (entry->exp_year < today.year ||
             (entry->exp_year == today.year && entry->exp_month < today.month))
        form_error(form, "expiry", tr("This card has expired: please check the date"));
    else if (entry->exp_year > today.year + YEARS_AHEAD)
        form_error(form, "expiry", tr("Please check the year"));
}

static void check_cvc(struct form *form, const char *typed)
{
    size_t bytes = strlen(typed);

    if (bytes > 0 && ((bytes != 3 && bytes != 4) || strspn(typed, "0123456789") != bytes))
        form_error(form, "cvc", tr("The security code has 3 digits"));
}

struct paying {
    const struct sandbox *sandbox;
    const char *session_ref;
    const struct card_entry *entry; /* NULL at the step page */
    bool refused;                   /* at the step page */
    struct gateway_session session;
    struct gateway_intent intent;
    struct charge charge;
    bool charged;
};

static enum err finish(struct ctx *ctx, struct paying *p)
{
    if (p->charge.result == CHARGE_HELD)
        return ERR_CONFLICT; /* nothing happened: not even the intent */
    if (p->charge.result == CHARGE_SUCCEEDED)
        return complete_session(ctx, p->sandbox, &p->session, &p->intent, p->charge.fault);
    return save_session_record(ctx, &p->session);
}

static enum err pay(struct ctx *ctx, void *arg)
{
    struct paying *p = arg;
    const struct test_card *card = p->entry->card;
    struct gateway_method method = {.ref = new_ref(ctx->arena, "pm_"),
                                    .customer_ref = "",
                                    .card = card->name,
                                    .brand = card->brand,
                                    .last4 = card->number + strlen(card->number) - 4,
                                    .exp_month = p->entry->exp_month,
                                    .exp_year = p->entry->exp_year,
                                    .holder = p->entry->name,
                                    .created_at = ctx->now};

    p->charged = false;
    p->charge = (struct charge){.present = true,
                                .fault_name = arena_printf(ctx->arena, "%s %s", p->session_ref, card->name)};
    TRY(ctx, expire_session(ctx, p->sandbox, p->session_ref, false, &p->session)); /* locks it */
    if (strcmp(p->session.status, "open") != 0)
        return OK;
    if (p->session.intent_ref[0] == '\0')
        TRY(ctx, begin_intent(ctx, &p->session, &p->intent));
    else
        TRY(ctx, lock_intent(ctx, p->session.intent_ref, &p->intent));
    TRY(ctx, ensure_customer(ctx, &p->session, p->entry->name));
    p->intent.customer_ref = p->session.customer_ref;
    TRY(ctx, insert_method(ctx, &method));
    TRY(ctx, charge_intent(ctx, p->sandbox, &p->intent, &method, &p->charge));
    p->charged = true;
    return finish(ctx, p);
}

static enum err show_fault(struct visit *visit, int status, const char *href)
{
    return show_message(
        visit, status, tr("The payment service does not answer"),
        tr("We cannot say whether the payment went through. Look again before you pay again."), href,
        tr("Look again"));
}

/* After COMMIT: the faults, then the way on. */
static enum err leave(struct visit *visit, struct paying *p, const char *href, const char *back)
{
    struct ctx *ctx = visit->ctx;
    int accepted = 0;
    int refused = 0;
    enum err err;

    switch (p->charge.fault) {
    case FAULT_EVENT_FIRST:
        TRY(ctx, deliver_events(ctx, visit->sandbox, clock_now(), &accepted, &refused));
        break;
    case FAULT_ERROR_AFTER: return show_fault(visit, 500, back);
    case FAULT_TIMEOUT_AFTER: hold_answer(visit->sandbox); return show_fault(visit, 504, back);
    case FAULT_TIMEOUT_BEFORE:
        err = note_played(ctx, p->charge.fault_name);
        if (err != OK && err != ERR_DUPLICATE)
            return err;
        hold_answer(visit->sandbox);
        return show_fault(visit, 504, back);
    case FAULT_NONE:
    case FAULT_EVENT_LATE:
    case FAULT_EVENT_TWICE:
    case FAULT_CAPTURES_LESS: break;
    }
    respond_see(visit->response, href);
    return OK;
}

/* The answer to a form that was right. */
static enum err answer_paid(struct visit *visit, struct paying *p, struct form *form)
{
    struct ctx *ctx = visit->ctx;
    char *back = arena_printf(ctx->arena, "/pay/%s", p->session_ref);
    bool answered;

    if (!p->charged) /* it was not open any more */
        return answer_ended(visit, &p->session, &answered);
    switch (p->charge.result) {
    case CHARGE_DECLINED:
        form_error(form, "number", tr(p->intent.error_message));
        visit->response->status = 422;
        return show_card(visit, &p->session, form);
    case CHARGE_ACTION:
        respond_see(visit->response, arena_printf(ctx->arena, "/step/%s", p->intent.ref));
        return OK;
    case CHARGE_HELD: p->charge.fault = FAULT_TIMEOUT_BEFORE; break;
    case CHARGE_SUCCEEDED: break;
    }
    return leave(visit, p, return_of(ctx->arena, &p->session), back);
}

static bool read_form(struct visit *visit, struct form *form, struct card_entry *entry)
{
    struct pairs pairs;
    struct card_form values;

    if (!pairs_parse(visit->ctx->arena, visit->request->body, visit->request->body_bytes, FIELDS_MAX,
                     &pairs) ||
        !form_read(form, visit->ctx, card_field, COUNT_OF(card_field), &pairs, &values))
        return false;
    check_number(form, values.number, entry);
    check_expiry(form, values.expiry, entry);
    check_cvc(form, values.cvc);
    entry->name = values.name;
    return true;
}

static enum err show_malformed(struct visit *visit)
{
    return show_message(visit, 400, tr("The request could not be read"), tr("Please go back and try again."),
                        NULL, NULL);
}

static enum err show_foreign(struct visit *visit, const char *href)
{
    return show_message(visit, 403, tr("This form is no longer valid"),
                        tr("Nothing was charged. Open the payment page again and try once more."), href,
                        tr("Open the page again"));
}

enum err page_card_post(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct gateway_session session;
    struct card_entry entry = {.card = NULL};
    struct paying paying = {.sandbox = visit->sandbox, .session_ref = visit->arg[0], .entry = &entry};
    struct form form;
    bool answered;
    enum err err = load_session(visit, &session);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    TRY(ctx, answer_ended(visit, &session, &answered));
    if (answered)
        return OK;
    if (!read_form(visit, &form, &entry))
        return show_malformed(visit);
    if (!csrf_fits(visit, session.ref, form.csrf))
        return show_foreign(visit, visit->request->path);
    if (form.error_count > 0) {
        visit->response->status = 422;
        return show_card(visit, &session, &form);
    }
    err = db_transaction(ctx, pay, &paying);
    if (err == ERR_CONFLICT && paying.charge.result == CHARGE_HELD) {
        ctx_forget_error(ctx);
        err = OK;
    }
    return err == OK ? answer_paid(visit, &paying, &form) : err;
}

/* ---- 3-D Secure ---- */

/* Where somebody goes who has nothing to do here (any more). */
static enum err leave_step(struct visit *visit, const struct gateway_intent *intent)
{
    if (intent->session_ref[0] != '\0')
        respond_see(visit->response, arena_printf(visit->ctx->arena, "/pay/%s", intent->session_ref));
    else if (intent->return_url[0] != '\0')
        respond_see(visit->response,
                    arena_printf(visit->ctx->arena, "%s%spayment_intent=%s", intent->return_url,
                                 strchr(intent->return_url, '?') != NULL ? "&" : "?", intent->ref));
    else
        return show_message(visit, 200, tr("Done"), tr("You can close this page."), NULL, NULL);
    return OK;
}

/* The intent of the address and its session (zeroed when it has none); ERR_NOT_FOUND after 404. */
static enum err load_step(struct visit *visit, struct gateway_intent *intent, struct gateway_session *session)
{
    struct ctx *ctx = visit->ctx;
    enum err err;

    memset(session, 0, sizeof *session);
    TRY(ctx, db_ready(ctx));
    err = intent_record(ctx, visit->arg[0], intent);
    if (err == OK && intent->session_ref[0] != '\0') {
        err = session_record(ctx, intent->session_ref, session);
        if (err == OK)
            visit_language(visit, session->locale);
    }
    if (err == ERR_NOT_FOUND)
        TRY(ctx, show_message(visit, 404, tr("Payment not found"), tr("There is no payment at this address."),
                              NULL, NULL));
    return err;
}

enum err page_step(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct gateway_intent intent;
    struct gateway_session session;
    struct gateway_method method;
    HDF *hdf;
    enum err err = load_step(visit, &intent, &session);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    if (strcmp(intent.status, "requires_action") != 0)
        return leave_step(visit, &intent);
    TRY(ctx, method_record(ctx, intent.method_ref, &method));
    hdf = hdf_new(ctx);
    put_csrf(visit, hdf, intent.ref);
    put_subject(ctx, hdf, intent.description, intent.amount_minor, intent.currency, "");
    hdf_text(hdf, "Step.href", visit->request->path);
    hdf_text(hdf, "Step.card", tr_fill(ctx->arena, "Card ending in {last4}", "last4", method.last4, NULL));
    visit->response->form_hosts =
        origin_of(ctx->arena, intent.session_ref[0] != '\0' ? session.success_url : intent.return_url);
    return show_plain(visit, hdf, "sandbox/step.cs", tr("Confirm with your bank"));
}

static enum err step(struct ctx *ctx, void *arg)
{
    struct paying *p = arg;
    struct gateway_method method;
    bool session = p->session_ref[0] != '\0';

    p->charged = false;
    p->charge = (struct charge){.present = true, .authenticated = true,
                                .fault_name = arena_printf(ctx->arena, "%s step", p->intent.ref)};
    if (session)
        TRY(ctx, expire_session(ctx, p->sandbox, p->session_ref, false, &p->session)); /* locks it */
    TRY(ctx, lock_intent(ctx, p->intent.ref, &p->intent));
    if (strcmp(p->intent.status, "requires_action") != 0)
        return OK;
    if (p->refused)
        return refuse_intent(ctx, p->sandbox, &p->intent);
    TRY(ctx, method_record(ctx, p->intent.method_ref, &method));
    TRY(ctx, charge_intent(ctx, p->sandbox, &p->intent, &method, &p->charge));
    p->charged = true;
    return session ? finish(ctx, p) : OK;
}

enum err page_step_post(struct visit *visit)
{
    struct ctx *ctx = visit->ctx;
    struct paying paying = {.sandbox = visit->sandbox};
    struct gateway_session session;
    struct pairs pairs;
    struct form form;
    enum err err = load_step(visit, &paying.intent, &session);

    if (err != OK)
        return err == ERR_NOT_FOUND ? OK : err;
    if (!pairs_parse(ctx->arena, visit->request->body, visit->request->body_bytes, FIELDS_MAX, &pairs) ||
        !form_read(&form, ctx, NULL, 0, &pairs, NULL) ||
        (strcmp(form.button, "approve") != 0 && strcmp(form.button, "refuse") != 0))
        return show_malformed(visit);
    if (!csrf_fits(visit, paying.intent.ref, form.csrf))
        return show_foreign(visit, visit->request->path);
    paying.session_ref = paying.intent.session_ref;
    paying.refused = strcmp(form.button, "refuse") == 0;
    TRY(ctx, db_transaction(ctx, step, &paying));
    if (!paying.charged || paying.charge.result != CHARGE_SUCCEEDED || paying.session_ref[0] == '\0')
        return leave_step(visit, &paying.intent);
    return leave(visit, &paying, return_of(ctx->arena, &paying.session),
                 arena_printf(ctx->arena, "/pay/%s", paying.session_ref));
}
