#include "service/mandating.h"

#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/numbering.h"
#include "service/debiting.h"
#include "store/bank.h"
#include "store/company.h"
#include "store/customer.h"
#include "store/db.h"
#include "store/debit.h"
#include "store/history.h"
#include "store/invoice.h"
#include "store/outbox.h"
#include "store/payable.h"
#include "store/series.h"
#include "store/session.h"
#include "store/subscription.h"
#include "store/tenant.h"

#define N_(text) text
#define MINUTE (INT64_C(60) * 1000000)

enum { CODE_MINUTES = 30, CODES_AN_HOUR = 5, AT_ONCE = 200, MONTHS_TO_WARNING = 33, MONTHS_TO_END = 36 };

const char *mandate_refusal_text(enum mandate_refusal refusal)
{
    switch (refusal) {
    case MANDATE_NOT_REFUSED: return "";
    case MANDATE_NO_DEBITS: return N_("Direct debit is not offered at the moment.");
    case MANDATE_NOT_EURO: return N_("Only subscriptions in euro can be paid by direct debit.");
    case MANDATE_WRONG_CODE: return N_("This is not the code of our last e-mail");
    case MANDATE_CODE_OVER: return N_("This code is too old or was tried too often. Please start again.");
    case MANDATE_TOO_MANY: return N_("Several codes were mailed within the last hour. Please try again in an hour.");
    case MANDATE_NO_DRAFT: return N_("There is nothing left to sign here.");
    case MANDATE_NOT_ALIVE: return N_("This mandate is no longer in force.");
    case MANDATE_SAME_ACCOUNT: return N_("This is the account of the mandate already");
    case MANDATE_NOT_B2B: return N_("Direct debit between businesses is for businesses only.");
    case MANDATE_NOTHING_OPEN: return N_("There is nothing to pay at the moment.");
    }
    return "";
}

/* ---- codes ---- */

static struct hash code_digest(struct ctx *ctx, const char *reference, const char *code)
{
    struct secret_key key = secret_derive(&ctx->tenant->master, "mandate code");
    const char *text = arena_printf(ctx->arena, "%s %s", reference, code);

    return hash_hmac(key.bytes, sizeof key.bytes, text, strlen(text));
}

static const char *new_code(struct ctx *ctx)
{
    uint32_t value;

    do
        random_bytes(&value, sizeof value);
    while (value >= UINT32_MAX - UINT32_MAX % 1000000);
    return arena_printf(ctx->arena, "%06u", value % 1000000);
}

/* A code has five tries: who could ask for codes without end could guess one, and fill somebody's mailbox. */
static enum err may_ask_for_code(struct ctx *ctx, int64_t customer_id, enum mandate_refusal *refusal)
{
    int32_t codes;

    TRY(ctx, count_try(ctx, arena_printf(ctx->arena, "mandate/customer/%lld", (long long)customer_id), 60 * MINUTE, &codes));
    *refusal = codes <= CODES_AN_HOUR ? MANDATE_NOT_REFUSED : MANDATE_TOO_MANY;
    return OK;
}

/* Mandate and amendment are signed alike. */
static enum mandate_refusal judge_code(struct ctx *ctx, const char *reference, const char *code, const unsigned char digest[32], int32_t tries, int64_t until)
{
    struct hash typed = code_digest(ctx, reference, code);

    if (tries >= MANDATE_CODE_TRIES || ctx->now > until)
        return MANDATE_CODE_OVER;
    return hash_equal(typed.bytes, digest, sizeof typed.bytes) ? MANDATE_NOT_REFUSED : MANDATE_WRONG_CODE;
}

/* A letter about a mandate to its customer; cause makes it unique. */
static enum err tell_customer(struct ctx *ctx, const struct customer *c, const struct mandate *m, struct mail *mail, const char *cause)
{
    mail_to_customer(mail, c);
    mail->subscription_id = m->subscription_id;
    mail->dedup_key = arena_printf(ctx->arena, "%s %s", mail->template, cause);
    return queue_mail(ctx, mail);
}

static enum err tell(struct ctx *ctx, const struct mandate *m, struct mail *mail, const char *cause)
{
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, m->customer_id, &customer));
    return tell_customer(ctx, &customer, m, mail, cause);
}

static enum err mail_code(struct ctx *ctx, const struct customer *c, const struct mandate *m, const char *account, const char *code,
                          const char *cause)
{
    struct mail mail = {.template = "mandate_code", .token = code /* sealed as a link's token is, and wiped once sent */};

    mail.params = history_params(ctx->arena, "reference", m->reference, "account", account, NULL);
    return tell_customer(ctx, c, m, &mail, cause);
}

static enum err note(struct ctx *ctx, const struct mandate *m, const char *kind)
{
    return note_activity(ctx, ABOUT_SUBSCRIPTION, m->subscription_id, kind, history_params(ctx->arena, "reference", m->reference, NULL));
}

/* ---- signing ---- */

static enum err scheme_for(struct ctx *ctx, const struct customer *customer, const char **scheme)
{
    *scheme = sepa_scheme_name(SCHEME_CORE);
    return customer->is_company ? debit_scheme_of(ctx, customer->id, scheme) : OK;
}

enum err scheme_offered(struct ctx *ctx, int64_t customer_id, const char **scheme)
{
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, customer_id, &customer));
    return scheme_for(ctx, &customer, scheme);
}

struct starting {
    struct mandate_start *s;
    const char *reference;
    const struct once *once;
};

static enum err start(struct ctx *ctx, void *arg)
{
    struct starting *w = arg;
    struct mandate_start *s = w->s;
    char *reference = arena_alloc(ctx->arena, NUMBER_BYTES);
    char masked[IBAN_GROUPED_BYTES];
    const char *code = new_code(ctx);
    struct subscription subscription;
    struct open_invoice *open;
    struct customer customer;
    struct company company;
    struct debit_terms terms;
    struct mandate m = {.holder = s->holder, .bic = s->bic, .agreed_text = s->agreed_text, .signed_name = s->signed_name, .language = ctx->language,
                        .remote_addr = ctx->remote_addr, .user_agent = str_cut(ctx->arena, ctx->user_agent, 250),
                        .one_off = s->use == USE_ONCE, .collects_open = s->use != USE_FROM_NOW, .code_until = ctx->now + CODE_MINUTES * MINUTE};
    struct hash digest;
    size_t open_count;

    TRY(ctx, debit_terms(ctx, &terms));
    TRY(ctx, company_current(ctx, &company));
    TRY(ctx, subscription_by_id(ctx, s->subscription_id, &subscription));
    TRY(ctx, customer_by_id(ctx, subscription.customer_id, &customer));
    TRY(ctx, scheme_for(ctx, &customer, &m.scheme));
    TRY(ctx, open_invoices_to_debit(ctx, subscription.id, &open, &open_count));
    s->refusal = terms.creditor_id[0] == '\0' || company.iban[0] == '\0' ? MANDATE_NO_DEBITS
                 : strcmp(subscription.currency, "EUR") != 0             ? MANDATE_NOT_EURO
                 : m.one_off && open_count == 0                          ? MANDATE_NOTHING_OPEN
                                                                         : MANDATE_NOT_REFUSED;
    if (s->refusal == MANDATE_NOT_REFUSED)
        TRY(ctx, may_ask_for_code(ctx, customer.id, &s->refusal));
    if (s->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, take_number(ctx, "M", reference));
    s->reference = m.reference = reference;
    TRY(ctx, spend_once(ctx, w->once, reference, &s->url));
    m.customer_id = customer.id;
    m.subscription_id = subscription.id;
    m.account_key = bank_account_key(ctx, s->iban);
    m.account_masked = iban_masked(s->iban, masked);
    m.creditor_id = terms.creditor_id;
    m.creditor_name = company.name;
    m.company_version_id = company.id;
    m.customer_version_id = customer.version_id;
    digest = code_digest(ctx, reference, code);
    memcpy(m.code_digest, digest.bytes, sizeof m.code_digest);
    TRY(ctx, insert_mandate(ctx, &m, s->iban));
    TRY(ctx, mail_code(ctx, &customer, &m, m.account_masked, code, reference));
    return note_audit(ctx, "mandate.start", reference, "ok");
}

enum err start_mandate(struct ctx *ctx, struct mandate_start *s, const struct once *once)
{
    struct starting work = {s, NULL, once};

    return db_transaction(ctx, start, &work);
}

/* What the payer agreed to of what is open: announced and planned like any other collection. */
static enum err collect_open(struct ctx *ctx, const struct mandate *m)
{
    struct open_invoice *open;
    struct receivable receivable;
    size_t count;

    if (!m->collects_open)
        return OK;
    TRY(ctx, open_invoices_to_debit(ctx, m->subscription_id, &open, &count));
    for (size_t i = 0; i < count && (i == 0 || !m->one_off); i++) {
        TRY(ctx, receivable_of(ctx, open[i].id, &receivable));
        TRY(ctx, plan_in_transaction(ctx, &receivable, m->payment_method_id));
    }
    return OK;
}

static enum err queue_paper(struct ctx *ctx, const char *kind, int64_t id)
{
    struct document_job job = {.kind = kind, .ref_id = id, .next_try_at = ctx->now};

    return insert_document_jobs(ctx, &job, 1);
}

static enum err ask_confirmation(struct ctx *ctx, const struct mandate *m)
{
    struct operator_item item = {.kind = "mandate_unconfirmed", .subject_kind = ABOUT_CUSTOMER, .subject_id = m->customer_id, .currency = "",
                                 .detail = m->reference, .opened_on = ctx->today_on};

    return open_operator_item(ctx, &item);
}

struct signing {
    struct mandate_sign *s;
    const struct once *once;
};

static enum err sign(struct ctx *ctx, void *arg)
{
    struct signing *w = arg;
    struct mandate_sign *s = w->s;
    struct mail mail = {.template = "mandate_signed"};
    struct subscription subscription;
    struct mandate m;

    TRY(ctx, lock_mandate_by_reference(ctx, s->reference, &m));
    TRY(ctx, lock_subscription(ctx, m.subscription_id, &subscription));
    s->refusal = strcmp(m.state, "draft") != 0 || subscription.customer_id != m.customer_id /* the contract is another's by now */
                     ? MANDATE_NO_DRAFT : judge_code(ctx, m.reference, s->code, m.code_digest, m.code_tries, m.code_until);
    if (s->refusal == MANDATE_WRONG_CODE) {
        m.code_tries++;
        return save_mandate(ctx, &m);
    }
    if (s->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, m.reference, &s->url));
    m.state = mandate_state_name(MANDATE_ACTIVE);
    m.signed_on = ctx->today_on;
    m.signed_at = ctx->now;
    TRY(ctx, save_mandate(ctx, &m));
    if (!m.one_off)
        TRY(ctx, save_subscription_method(ctx, m.subscription_id, m.payment_method_id));
    if (strcmp(m.scheme, "b2b") == 0)
        TRY(ctx, ask_confirmation(ctx, &m));
    TRY(ctx, queue_paper(ctx, "mandate", m.payment_method_id));
    mail.params = history_params(ctx->arena, "reference", m.reference, NULL);
    TRY(ctx, tell(ctx, &m, &mail, m.reference));
    TRY(ctx, note_audit(ctx, "mandate.sign", m.reference, "ok"));
    TRY(ctx, note(ctx, &m, "mandate.signed"));
    return collect_open(ctx, &m);
}

enum err sign_mandate(struct ctx *ctx, struct mandate_sign *s, const struct once *once)
{
    struct signing work = {s, once};

    return db_transaction(ctx, sign, &work);
}

/* ---- another account ---- */

static bool can_change(const struct mandate *m)
{
    enum mandate_state next;

    return mandate_next(mandate_state_from_name(m->state), MANDATE_AMENDS, &next) && !m->one_off;
}

static enum err start_change(struct ctx *ctx, void *arg)
{
    struct starting *w = arg;
    struct mandate_start *s = w->s;
    const char *code = new_code(ctx);
    char masked[IBAN_GROUPED_BYTES];
    struct customer customer;
    struct mandate m;
    struct mandate_change c = {.holder = s->holder, .bic = s->bic, .agreed_text = s->agreed_text, .signed_name = s->signed_name,
                               .remote_addr = ctx->remote_addr, .user_agent = str_cut(ctx->arena, ctx->user_agent, 250),
                               .code_until = ctx->now + CODE_MINUTES * MINUTE};
    struct hash digest;

    TRY(ctx, lock_mandate_by_reference(ctx, w->reference, &m));
    c.payment_method_id = m.payment_method_id;
    c.account_key = bank_account_key(ctx, s->iban);
    c.account_masked = iban_masked(s->iban, masked);
    c.before_masked = m.account_masked;
    s->refusal = !can_change(&m) ? MANDATE_NOT_ALIVE
                 : strcmp(c.account_key, m.account_key) == 0 && strcmp(m.state, "active") == 0 ? MANDATE_SAME_ACCOUNT : MANDATE_NOT_REFUSED;
    if (s->refusal == MANDATE_NOT_REFUSED)
        TRY(ctx, may_ask_for_code(ctx, m.customer_id, &s->refusal));
    if (s->refusal != MANDATE_NOT_REFUSED)
        return OK;
    s->reference = m.reference;
    TRY(ctx, spend_once(ctx, w->once, m.reference, &s->url));
    digest = code_digest(ctx, m.reference, code);
    memcpy(c.code_digest, digest.bytes, sizeof c.code_digest);
    TRY(ctx, insert_mandate_change(ctx, &c, s->iban));
    TRY(ctx, customer_by_id(ctx, m.customer_id, &customer));
    TRY(ctx, mail_code(ctx, &customer, &m, c.account_masked, code, arena_printf(ctx->arena, "%s %lld", m.reference, (long long)c.id)));
    return note_audit(ctx, "mandate.change", m.reference, "ok");
}

enum err start_mandate_change(struct ctx *ctx, const char *reference, struct mandate_start *s, const struct once *once)
{
    struct starting work = {s, reference, once};

    return db_transaction(ctx, start_change, &work);
}

static enum err sign_change(struct ctx *ctx, void *arg)
{
    struct signing *w = arg;
    struct mandate_sign *s = w->s;
    struct mail mail = {.template = "mandate_changed"};
    struct mandate_change c;
    enum mandate_state next;
    struct mandate m;
    enum err err;

    TRY(ctx, lock_mandate_by_reference(ctx, s->reference, &m));
    err = last_mandate_change(ctx, m.payment_method_id, true, &c);
    if (err == ERR_NOT_FOUND)
        ctx_forget_error(ctx);
    else if (err != OK)
        return err;
    s->refusal = err == ERR_NOT_FOUND || c.signed_at != 0 ? MANDATE_NO_DRAFT
                 : !can_change(&m) ? MANDATE_NOT_ALIVE : judge_code(ctx, m.reference, s->code, c.code_digest, c.code_tries, c.code_until);
    if (s->refusal == MANDATE_WRONG_CODE) {
        c.code_tries++;
        return save_mandate_change(ctx, &c);
    }
    if (s->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, m.reference, &s->url));
    c.signed_on = ctx->today_on;
    c.signed_at = ctx->now;
    TRY(ctx, save_mandate_change(ctx, &c));
    TRY(ctx, apply_mandate_change(ctx, &c));
    CHECK(mandate_next(mandate_state_from_name(m.state), MANDATE_AMENDS, &next));
    m.state = mandate_state_name(next);
    if (strcmp(m.scheme, "b2b") == 0) { /* the new account's bank does not know it yet */
        m.confirmed_on = DATE_NONE;
        TRY(ctx, ask_confirmation(ctx, &m));
    }
    TRY(ctx, save_mandate(ctx, &m));
    TRY(ctx, queue_paper(ctx, "mandate_amendment", c.id));
    mail.params = history_params(ctx->arena, "reference", m.reference, "change", arena_printf(ctx->arena, "%lld", (long long)c.id), NULL);
    TRY(ctx, tell(ctx, &m, &mail, arena_printf(ctx->arena, "%lld", (long long)c.id)));
    TRY(ctx, note_audit(ctx, "mandate.changed", m.reference, "ok"));
    return note(ctx, &m, "mandate.changed");
}

enum err sign_mandate_change(struct ctx *ctx, struct mandate_sign *s, const struct once *once)
{
    struct signing work = {s, once};

    return db_transaction(ctx, sign_change, &work);
}

/* ---- ends ---- */

/* Its subscription is paid otherwise from now on: by link, until the customer chooses anew. */
static enum err end_mandate(struct ctx *ctx, struct mandate *m, enum mandate_event event, bool *ended)
{
    struct subscription subscription;
    enum mandate_state next;

    *ended = mandate_next(mandate_state_from_name(m->state), event, &next);
    if (!*ended)
        return OK;
    m->state = mandate_state_name(next);
    m->ended_on = ctx->today_on;
    TRY(ctx, save_mandate(ctx, m));
    TRY(ctx, save_payment_method_state(ctx, m->payment_method_id, "refused"));
    TRY(ctx, close_operator_items(ctx, "mandate_unconfirmed", ABOUT_CUSTOMER, m->customer_id));
    TRY(ctx, subscription_by_id(ctx, m->subscription_id, &subscription));
    return subscription.payment_method_id == m->payment_method_id ? save_subscription_method(ctx, subscription.id, 0) : OK;
}

struct acting {
    struct mandate_act *act;
    const struct once *once;
};

static enum err revoke(struct ctx *ctx, void *arg)
{
    struct acting *w = arg;
    struct mandate_act *act = w->act;
    struct mail mail = {.template = "mandate_revoked"};
    struct mandate m;
    bool ended;

    TRY(ctx, mandate_by_reference(ctx, act->reference, &m));
    TRY(ctx, lock_mandate(ctx, m.payment_method_id, &m));
    act->refusal = strcmp(m.state, "active") == 0 || strcmp(m.state, "suspended") == 0 ? MANDATE_NOT_REFUSED : MANDATE_NOT_ALIVE;
    if (act->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, m.reference, &act->url));
    TRY(ctx, end_mandate(ctx, &m, MANDATE_REVOKES, &ended));
    mail.params = history_params(ctx->arena, "reference", m.reference, NULL);
    TRY(ctx, tell(ctx, &m, &mail, m.reference));
    TRY(ctx, note_audit(ctx, "mandate.revoke", m.reference, "ok"));
    return note(ctx, &m, "mandate.revoked");
}

enum err revoke_mandate(struct ctx *ctx, struct mandate_act *act, const struct once *once)
{
    struct acting work = {act, once};

    return db_transaction(ctx, revoke, &work);
}

static enum err confirm(struct ctx *ctx, void *arg)
{
    struct acting *w = arg;
    struct mandate_act *act = w->act;
    struct mandate m;

    TRY(ctx, mandate_by_reference(ctx, act->reference, &m));
    TRY(ctx, lock_mandate(ctx, m.payment_method_id, &m));
    act->refusal = strcmp(m.scheme, "b2b") != 0 ? MANDATE_NOT_B2B : strcmp(m.state, "active") != 0 ? MANDATE_NOT_ALIVE : MANDATE_NOT_REFUSED;
    if (act->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, m.reference, &act->url));
    m.confirmed_on = act->on;
    TRY(ctx, save_mandate(ctx, &m));
    TRY(ctx, close_operator_items(ctx, "mandate_unconfirmed", ABOUT_CUSTOMER, m.customer_id));
    TRY(ctx, note_audit(ctx, "mandate.confirm", m.reference, "ok"));
    TRY(ctx, note(ctx, &m, "mandate.confirmed"));
    return collect_open(ctx, &m);
}

enum err confirm_mandate(struct ctx *ctx, struct mandate_act *act, const struct once *once)
{
    struct acting work = {act, once};

    return db_transaction(ctx, confirm, &work);
}

struct offering {
    struct scheme_change *change;
    const struct once *once;
};

static enum err offer(struct ctx *ctx, void *arg)
{
    struct offering *w = arg;
    struct scheme_change *c = w->change;
    struct customer customer;

    TRY(ctx, customer_by_id(ctx, c->customer_id, &customer));
    c->refusal = strcmp(c->scheme, "b2b") == 0 && !customer.is_company ? MANDATE_NOT_B2B : MANDATE_NOT_REFUSED;
    if (c->refusal != MANDATE_NOT_REFUSED)
        return OK;
    TRY(ctx, spend_once(ctx, w->once, customer.number, &c->url));
    TRY(ctx, save_debit_scheme(ctx, customer.id, c->scheme));
    return note_audit(ctx, "customer.debit_scheme", arena_printf(ctx->arena, "%s %s", customer.number, c->scheme), "ok");
}

enum err change_debit_scheme(struct ctx *ctx, struct scheme_change *change, const struct once *once)
{
    struct offering work = {change, once};

    return db_transaction(ctx, offer, &work);
}

/* ---- time ---- */

struct watching {
    const struct mandate *row;
    bool acted;
};

static enum err expire(struct ctx *ctx, void *arg)
{
    struct watching *w = arg;
    struct mail mail = {.template = "mandate_expired"};
    struct mandate m;

    w->acted = false;
    TRY(ctx, lock_mandate(ctx, w->row->payment_method_id, &m));
    if (ctx->today_on < mandate_expires_on(m.signed_on, m.last_collected_on))
        return OK;
    TRY(ctx, end_mandate(ctx, &m, MANDATE_EXPIRES, &w->acted));
    if (!w->acted)
        return OK;
    TRY(ctx, close_operator_items(ctx, "mandate_expiring", ABOUT_SUBSCRIPTION, m.subscription_id));
    mail.params = history_params(ctx->arena, "reference", m.reference, NULL);
    TRY(ctx, tell(ctx, &m, &mail, m.reference));
    return note(ctx, &m, "mandate.expired");
}

static enum err warn(struct ctx *ctx, void *arg)
{
    struct watching *w = arg;
    struct mandate m;
    char day[DATE_TEXT_BYTES];

    w->acted = false;
    TRY(ctx, lock_mandate(ctx, w->row->payment_method_id, &m));
    if (m.warned_on != DATE_NONE || ctx->today_on < mandate_warns_on(m.signed_on, m.last_collected_on))
        return OK;
    m.warned_on = ctx->today_on;
    TRY(ctx, save_mandate(ctx, &m));
    w->acted = true;
    return open_operator_item(ctx, &(struct operator_item){
        .kind = "mandate_expiring", .subject_kind = ABOUT_SUBSCRIPTION, .subject_id = m.subscription_id, .currency = "", .opened_on = ctx->today_on,
        .detail = arena_printf(ctx->arena, "%s %s", m.reference, date_iso(mandate_expires_on(m.signed_on, m.last_collected_on), day))});
}

static enum err watch_one(struct ctx *ctx, const struct mandate *m, struct mandate_watch *watch)
{
    struct watching work = {.row = m};
    bool over = ctx->today_on >= mandate_expires_on(m->signed_on, m->last_collected_on);

    TRY(ctx, db_transaction(ctx, over ? expire : warn, &work));
    *(over ? &watch->expired : &watch->warned) += work.acted;
    return OK;
}

/* Each in a transaction of its own. */
enum err watch_mandates(struct ctx *run, struct mandate_watch *watch)
{
    struct ctx item = *run;
    int32_t warns_on = date_add_months(run->today_on, -MONTHS_TO_WARNING) + 1;
    int32_t ends_on = date_add_months(run->today_on, -MONTHS_TO_END) + 1;
    int64_t after_id = 0;
    size_t count = AT_ONCE;
    enum err err = db_ready(run);

    *watch = (struct mandate_watch){0};
    item.arena = arena_new();
    while (err == OK && count == AT_ONCE) {
        struct mandate *rows;

        arena_reset(item.arena);
        err = idle_mandates(&item, warns_on, ends_on, after_id, AT_ONCE, &rows, &count);
        for (size_t i = 0; err == OK && i < count; i++) {
            after_id = rows[i].payment_method_id;
            err = watch_one(&item, &rows[i], watch);
        }
    }
    memcpy(run->trail, item.trail, sizeof run->trail);
    arena_free(item.arena);
    return err;
}
