#include "store/subscription.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/list.h"
#include "store/series.h"
#include "store/unit.h"

static const struct column signature_column[] = {
    COLUMN(I64, signature, id), COLUMN(I64, signature, quote_id), COLUMN(I64, signature, version_id),
    COLUMN(TEXT, signature, signer_name), COLUMN(TEXT, signature, signer_role), COLUMN(TEXT, signature, signer_email),
    COLUMN(TEXT, signature, consent_text), COLUMN(HASH, signature, document_sha256), COLUMN(TEXT, signature, choices),
    COLUMN(I64, signature, today_minor), COLUMN(TEXT, signature, currency), COLUMN(ID, signature, link_id),
    COLUMN(TEXT, signature, language), COLUMN(TEXT, signature, remote_addr), COLUMN(TEXT, signature, user_agent),
    COLUMN(INSTANT, signature, signed_at), COLUMN(DATE, signature, signed_on),
};
#define SIGNATURE_FIELDS                                                                                        \
    "quote_id, version_id, signer_name, signer_role, signer_email, consent_text, document_sha256, choices, "    \
    "today_minor, currency, link_id, language, remote_addr, user_agent, signed_at, signed_on"

static const struct column order_column[] = {
    COLUMN(I64, sales_order, id), COLUMN(I64, sales_order, quote_id), COLUMN(I64, sales_order, version_id),
    COLUMN(I64, sales_order, customer_id), COLUMN(INSTANT, sales_order, confirmed_at),
    COLUMN(DATE, sales_order, confirmed_on),
};

static const struct column subscription_column[] = {
    COLUMN(I64, subscription, id), COLUMN(TEXT, subscription, number), COLUMN(TEXT, subscription, external_ref),
    COLUMN(ID, subscription, order_id), COLUMN(I64, subscription, plan_id), COLUMN(I64, subscription, customer_id),
    COLUMN(ID, subscription, owner_id),
    COLUMN(BOOL, subscription, consolidated),
    COLUMN(ID, subscription, payment_method_id), COLUMN(TEXT, subscription, state), COLUMN(TEXT, subscription, currency),
    COLUMN(TEXT, subscription, language), COLUMN(TEXT, subscription, unit), COLUMN(I32, subscription, count),
    COLUMN(DATE, subscription, anchor_on), COLUMN(I32, subscription, month_day), COLUMN(I32, subscription, epoch),
    COLUMN(DATE, subscription, epoch_on), COLUMN(DATE, subscription, started_on),
    COLUMN(DATE, subscription, trial_until_on), COLUMN(TEXT, subscription, trial_end), COLUMN(TEXT, subscription, term_unit),
    COLUMN(I32, subscription, term_count), COLUMN(BOOL, subscription, term_renews),
    COLUMN(DATE, subscription, term_from_on), COLUMN(DATE, subscription, term_until_on),
    COLUMN(DATE, subscription, ends_on), COLUMN(TEXT, subscription, end_reason), COLUMN(TEXT, subscription, end_by),
    COLUMN(DATE, subscription, commitment_until_on), COLUMN(I32, subscription, notice_days),
    COLUMN(TEXT, subscription, customer_end), COLUMN(I32, subscription, close_days), COLUMN(TEXT, subscription, journal),
    COLUMN(I32, subscription, max_missed), COLUMN(BOOL, subscription, debit_first), COLUMN(I32, subscription, next_index), COLUMN(I32, subscription, arrears_index),
    COLUMN(DATE, subscription, due_on), COLUMN(I64, subscription, period_minor), COLUMN(I64, subscription, mrr_e4), COLUMN(DATE, subscription, held_on),
    COLUMN(TEXT, subscription, hold_reason), COLUMN(TEXT, subscription, error),
    COLUMN(TEXT, subscription, discounts), COLUMN(ID, subscription, index_id), COLUMN(DATE, subscription, index_on), COLUMN(DATE, subscription, billed_until_on),
};
#define SUBSCRIPTION_FIELDS                                                                                     \
    "number, external_ref, order_id, plan_id, customer_id, owner_id, consolidated, payment_method_id, state, currency, language, unit, " \
    "count, anchor_on, month_day, epoch, epoch_on, started_on, trial_until_on, trial_end, term_unit, term_count, term_renews, "  \
    "term_from_on, term_until_on, ends_on, end_reason, end_by, commitment_until_on, notice_days, customer_end, close_days, journal, max_missed, debit_first, next_index, "            \
    "arrears_index, due_on, period_minor, mrr_e4, held_on, hold_reason, error, discounts, index_id, index_on, billed_until_on"

/* What billing changes, in the order of the UPDATE's parameters. */
static const struct column billed_column[] = {
    COLUMN(TEXT, subscription, state), COLUMN(I32, subscription, next_index), COLUMN(I32, subscription, arrears_index),
    COLUMN(DATE, subscription, due_on), COLUMN(DATE, subscription, term_until_on), COLUMN(DATE, subscription, ends_on),
    COLUMN(TEXT, subscription, end_reason), COLUMN(DATE, subscription, held_on), COLUMN(TEXT, subscription, hold_reason), COLUMN(TEXT, subscription, error),
    COLUMN(I64, subscription, period_minor), COLUMN(I64, subscription, mrr_e4), COLUMN(I64, subscription, id),
};

static const struct column line_column[] = {
    COLUMN(I64, subscription_line, id), COLUMN(I64, subscription_line, subscription_id),
    COLUMN(I32, subscription_line, position), COLUMN(ID, subscription_line, quote_line_id), COLUMN(ID, subscription_line, amendment_id),
    COLUMN(ID, subscription_line, product_id), COLUMN(TEXT, subscription_line, product_kind), COLUMN(TEXT, subscription_line, timing),
    COLUMN(TEXT, subscription_line, description), COLUMN(TEXT, subscription_line, unit),
    COLUMN(I64, subscription_line, quantity_e4), COLUMN(I64, subscription_line, unit_price_e4),
    COLUMN(TEXT, subscription_line, price_model), COLUMN(TEXT, subscription_line, tiers),
    COLUMN(I64, subscription_line, discount_minor),
    COLUMN(I32, subscription_line, discount_ppm), COLUMN(I32, subscription_line, discount_periods),
    COLUMN(TEXT, subscription_line, tax_class), COLUMN(DATE, subscription_line, from_on),
    COLUMN(DATE, subscription_line, until_on), COLUMN(ID, subscription_line, revision_id),
    COLUMN(ID, subscription_line, replaces_id), COLUMN(BOOL, subscription_line, amended), /* from here on read only */
    COLUMN(DATE, subscription_line, suspended_on), COLUMN(BOOL, subscription_line, closed_by_change),
    COLUMN(TEXT, subscription_line, unit_plural),
};
#define LINE_FIELDS                                                                                             \
    "subscription_id, position, quote_line_id, amendment_id, product_id, product_kind, timing, description, unit, quantity_e4, "      \
    "unit_price_e4, price_model, tiers, discount_minor, discount_ppm, discount_periods, tax_class, from_on, until_on, revision_id, "  \
    "replaces_id"
#define LINE_AMENDED                                                                                            \
    "EXISTS (SELECT 1 FROM amendment a WHERE a.id = subscription_line.amendment_id AND a.kind = 'lines' AND "    \
    "a.effective_on = subscription_line.from_on) AS amended, (SELECT a.effective_on FROM amendment a "              \
    "WHERE a.id = subscription_line.ended_by AND a.kind IN ('pause', 'close')) AS suspended_on, "                \
    "ended_by IS NOT NULL AS closed_by_change, " UNIT_PLURAL("subscription_line")

static const struct column list_column[] = {
    COLUMN(I64, subscription_list_row, id), COLUMN(TEXT, subscription_list_row, number),
    COLUMN(TEXT, subscription_list_row, customer_name), COLUMN(TEXT, subscription_list_row, customer_number),
    COLUMN(TEXT, subscription_list_row, plan_name), COLUMN(TEXT, subscription_list_row, state),
    COLUMN(TEXT, subscription_list_row, currency), COLUMN(DATE, subscription_list_row, due_on),
    COLUMN(I64, subscription_list_row, period_minor), COLUMN(I64, subscription_list_row, mrr_e4),
    COLUMN(DATE, subscription_list_row, held_on), COLUMN(ID, subscription_list_row, owner_id),
};

struct due_customer {
    int64_t id;
};
static const struct column customer_column[] = {COLUMN(I64, due_customer, id)};
#define Q20 "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

struct billed {
    int32_t until_on;
};
static const struct column until_column[] = {COLUMN(DATE, billed, until_on)};

static const struct column user_column[] = {
    COLUMN(I64, method_user, id), COLUMN(I64, method_user, customer_id), COLUMN(TEXT, method_user, number), COLUMN(BOOL, method_user, ended),
};

static const struct column figures_column[] = {
    COLUMN(I64, house_figures, active), COLUMN(I64, house_figures, mrr_e4), COLUMN(I64, house_figures, open_minor),
    COLUMN(I64, house_figures, overdue),
};

/* The subscription is looked at line by line, so that the walk along the index stops at the limit. */
#define REVISABLE "SELECT id, " LINE_FIELDS ", " LINE_AMENDED " FROM subscription_line "
#define REVISABLE_WHERE                                                                                         \
    "WHERE subscription_id > ? AND subscription_id <= ? AND until_on IS NULL AND from_on <= ? AND (? = 0 OR product_id = ?) AND "     \
    "(SELECT COUNT(*) FROM subscription s WHERE s.id = subscription_line.subscription_id AND s.state <> 'ended' AND " \
    "s.currency = ? AND (? = 0 OR s.plan_id = ?) AND (? = 0 OR s.index_id = ?)) = 1 "
/* In this order whatever the statistics say: the newest subscriptions name the rows. The few plans are asked row by row: joined, they
 * might be read whole, and all rows sorted again. */
#define LIST_SELECT "SELECT s.id, s.number, v.name AS customer_name, c.number AS customer_number, " \
    "(SELECT p.name FROM plan p WHERE p.id = s.plan_id) AS plan_name, s.state, s.currency, s.due_on, s.period_minor, s.mrr_e4, s.held_on, s.owner_id FROM "
#define LIST_REST " STRAIGHT_JOIN customer c ON c.id = s.customer_id STRAIGHT_JOIN customer_version v ON v.id = c.current_version_id WHERE "
#define LIST_ORDER "AND s.id < ? AND (? = '' OR CONVERT(s.number USING utf8mb4) = ? OR v.name LIKE CONCAT('%', ?, '%')) ORDER BY s.id DESC LIMIT ?"
#define REVISABLE_ORDER "ORDER BY subscription_id, position LIMIT ?"

struct newest {
    int64_t id;
};
static const struct column newest_column[] = {COLUMN(ID, newest, id)};

static const struct column future_column[] = {COLUMN(BOOL, card_future, kept), COLUMN(BOOL, card_future, debited)};

enum {
    BY_IDS, NEWEST, SAVE_INDEX, LINE_BY_ID, LINES_REVISABLE, LINES_REVISABLE_OF, LINES_REVISED, LINE_CLOSE, LINE_REOPEN, LINE_DELETE,
    SIGNATURE_INSERT, SIGNATURE_OF, SIGNATURE_BY_ID, ORDER_INSERT, ORDER_OF, ORDER_BY_ID, INSERT, BY_NUMBER, BY_REFERENCE,
    RUNNING_AFTER, BY_ID, OF_ORDER,
    OF_CUSTOMER, CLAIM, CLAIM_ONE, SAVE_AMENDED, SAVE_BILLED, SAVE_ERROR, SAVE_METHOD, RELEASE, LINES_INSERT, LINES, LIST, LIST_HELD, FIGURES, LOCK, LOCK_MANY,
    SAVE_END, BILLED_UNTIL, DUE_CUSTOMERS, DUE_CUSTOMER, DEBITED_FIRST, CLAIM_CUSTOMERS, CONSOLIDATE, CONSOLIDATE_ALL, METHOD_OF_INVOICE, PAID_BY_INVOICE, METHOD_USERS,
};

static const struct statement statement[] = {
    [SIGNATURE_INSERT] = {"signature_insert", "INSERT INTO signature (" SIGNATURE_FIELDS ") VALUES "
                          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [SIGNATURE_OF] = {"signature_of_quote", "SELECT id, " SIGNATURE_FIELDS " FROM signature WHERE quote_id = ?",
                      READS(signature, signature_column)},
    [SIGNATURE_BY_ID] = {"signature_by_id", "SELECT id, " SIGNATURE_FIELDS " FROM signature WHERE id = ?",
                         READS(signature, signature_column)},
    [ORDER_INSERT] = {"order_insert", "INSERT INTO sales_order (quote_id, version_id, customer_id, confirmed_at, "
                      "confirmed_on) VALUES (?, ?, ?, ?, ?)", NOTHING},
    [ORDER_OF] = {"order_of_quote", "SELECT id, quote_id, version_id, customer_id, confirmed_at, confirmed_on "
                  "FROM sales_order WHERE quote_id = ?", READS(sales_order, order_column)},
    [ORDER_BY_ID] = {"order_by_id", "SELECT id, quote_id, version_id, customer_id, confirmed_at, confirmed_on "
                  "FROM sales_order WHERE id = ?", READS(sales_order, order_column)},
    [INSERT] = {"subscription_insert", "INSERT INTO subscription (" SUBSCRIPTION_FIELDS ", created_at) SELECT "
                "?, ?, ?, ?, ?, ?, (SELECT c.consolidated FROM customer c WHERE c.id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, ''), ?, ?, ?, ? "
                "FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM subscription s WHERE s.reference = ?)", NOTHING},
    [BY_NUMBER] = {"subscription_by_number", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription WHERE number = ?",
                   READS(subscription, subscription_column)},
    [BY_REFERENCE] = {"subscription_by_reference", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription WHERE reference = ?",
                      READS(subscription, subscription_column)},
    [RUNNING_AFTER] = {"subscriptions_running_after", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription "
                       "WHERE id > ? AND state <> 'ended' ORDER BY id LIMIT ?", READS(subscription, subscription_column)},
    [BY_ID] = {"subscription_by_id", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription WHERE id = ?",
               READS(subscription, subscription_column)},
    [BY_IDS] = {"subscriptions_by_ids", "SELECT id, " SUBSCRIPTION_FIELDS " FROM JSON_TABLE(?, '$[*]' COLUMNS (wanted_id BIGINT PATH '$')) j "
                "STRAIGHT_JOIN subscription ON id = wanted_id ORDER BY id", READS(subscription, subscription_column)},
    [LOCK_MANY] = {"subscriptions_lock", "SELECT id, " SUBSCRIPTION_FIELDS " FROM JSON_TABLE(?, '$[*]' COLUMNS (wanted_id BIGINT PATH '$')) j "
                   "STRAIGHT_JOIN subscription ON id = wanted_id ORDER BY id FOR UPDATE", READS(subscription, subscription_column)},
    [SAVE_INDEX] = {"subscription_save_index", "UPDATE subscription SET index_on = ? WHERE id = ?", NOTHING},
    [NEWEST] = {"subscription_newest", "SELECT MAX(id) AS id FROM subscription", READS(newest, newest_column)},
    [OF_ORDER] = {"subscription_of_order",
                  "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription WHERE id = COALESCE((SELECT MIN(x.id) FROM subscription x "
                  "WHERE x.order_id = ?), (SELECT q.contract_id FROM sales_order o JOIN quote q ON q.id = o.quote_id WHERE o.id = ?))",
                  READS(subscription, subscription_column)},
    [OF_CUSTOMER] = {"subscriptions_of_customer", "SELECT id, " SUBSCRIPTION_FIELDS
                     " FROM subscription WHERE customer_id = ? ORDER BY id DESC LIMIT 100",
                     READS(subscription, subscription_column)},
    [CLAIM] = {"subscription_claim", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription FORCE INDEX (due) "
               "WHERE debit_first = 0 AND consolidated = 0 AND due_on <= ? ORDER BY due_on, id LIMIT ? FOR UPDATE SKIP LOCKED",
               READS(subscription, subscription_column)},
    [CLAIM_ONE] = {"subscription_claim_one", "SELECT id, " SUBSCRIPTION_FIELDS
                   " FROM subscription WHERE id = ? AND due_on <= ? FOR UPDATE SKIP LOCKED",
                   READS(subscription, subscription_column)},
    [SAVE_AMENDED] = {"subscription_save_amended", "UPDATE subscription SET plan_id = ?, customer_id = ?, owner_id = ?, consolidated = ?, "
                      "payment_method_id = ?, state = ?, unit = ?, count = ?, anchor_on = ?, month_day = ?, epoch = ?, epoch_on = ?, "
                      "discounts = IFNULL(?, ''), term_unit = ?, term_count = ?, term_renews = ?, term_from_on = ?, commitment_until_on = ?, notice_days = ?, "
                      "customer_end = ?, close_days = ?, term_until_on = ?, ends_on = ?, end_reason = ?, next_index = ?, arrears_index = ?, due_on = ?, period_minor = ?, mrr_e4 = ? "
                      "WHERE id = ?", NOTHING},
    [SAVE_BILLED] = {"subscription_save_billed", "UPDATE subscription SET state = ?, next_index = ?, arrears_index = ?, "
                     "due_on = ?, term_until_on = ?, ends_on = ?, end_reason = ?, held_on = ?, hold_reason = ?, error = ?, period_minor = ?, mrr_e4 = ? "
                     "WHERE id = ?", NOTHING},
    [SAVE_ERROR] = {"subscription_save_error", "UPDATE subscription SET error = ?, due_on = NULL, held_on = ?, "
                    "hold_reason = 'error' WHERE id = ?", NOTHING},
    [METHOD_USERS] = {"subscriptions_of_method", "SELECT id, customer_id, number, state = 'ended' AS ended FROM subscription WHERE payment_method_id = ? "
                      "ORDER BY number, id", READS(method_user, user_column)},
    [SAVE_METHOD] = {"subscription_save_method", "UPDATE subscription SET payment_method_id = ? WHERE id = ?", NOTHING},
    [RELEASE] = {"subscription_release", "UPDATE subscription SET held_on = NULL, hold_reason = 'released', error = '', "
                 "due_on = ? WHERE id = ? AND held_on IS NOT NULL", NOTHING},
    [LINES_INSERT] = {"subscription_lines_insert", "INSERT INTO subscription_line (" LINE_FIELDS ") VALUES "
                      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [LINES] = {"subscription_lines", "SELECT id, " LINE_FIELDS ", " LINE_AMENDED " FROM subscription_line "
               "WHERE subscription_id >= ? AND subscription_id < ? ORDER BY subscription_id, position, from_on, id",
               READS(subscription_line, line_column)},
    [LINE_BY_ID] = {"subscription_line_by_id", "SELECT id, " LINE_FIELDS ", " LINE_AMENDED " FROM subscription_line WHERE id = ?",
                    READS(subscription_line, line_column)},
    [LINES_REVISABLE] = {"subscription_lines_revisable", REVISABLE "FORCE INDEX (by_subscription) " REVISABLE_WHERE REVISABLE_ORDER,
                         READS(subscription_line, line_column)},
    [LINES_REVISABLE_OF] = {"subscription_lines_revisable_of", REVISABLE REVISABLE_WHERE
                            "AND subscription_id IN (SELECT c.id FROM subscription c WHERE c.customer_id = ?) " REVISABLE_ORDER,
                            READS(subscription_line, line_column)},
    [LINES_REVISED] = {"subscription_lines_revised", "SELECT id, " LINE_FIELDS ", " LINE_AMENDED " FROM subscription_line FORCE INDEX (by_revision) "
                       "WHERE revision_id = ? AND subscription_id > ? AND subscription_id <= ? AND (until_on IS NULL OR until_on > from_on) "
                       "ORDER BY subscription_id, position LIMIT ?", READS(subscription_line, line_column)},
    [LINE_CLOSE] = {"subscription_line_close", "UPDATE subscription_line SET until_on = ? WHERE id = ? AND until_on IS NULL", NOTHING},
    [LINE_REOPEN] = {"subscription_line_reopen", "UPDATE subscription_line SET until_on = NULL WHERE id = ? AND until_on = ?", NOTHING},
    [LINE_DELETE] = {"subscription_line_delete", "DELETE FROM subscription_line WHERE id = ? AND until_on IS NULL", NOTHING},
    [LIST] = {"subscription_list", LIST_SELECT "subscription s" LIST_REST
              "(? = '' OR s.state = ? OR (? = 'running' AND s.state <> 'ended')) " LIST_ORDER, READS(subscription_list_row, list_column)},
    [LIST_HELD] = {"subscription_list_held", LIST_SELECT "subscription s FORCE INDEX (held)" LIST_REST "s.held_on IS NOT NULL " LIST_ORDER,
                   READS(subscription_list_row, list_column)},
    [LOCK] = {"subscription_lock", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription WHERE id = ? FOR UPDATE",
              READS(subscription, subscription_column)},
    [SAVE_END] = {"subscription_save_end", "UPDATE subscription SET ends_on = ?, end_reason = ?, end_by = ?, due_on = ? WHERE id = ? "
                  "AND state <> 'ended'", NOTHING},
    [DUE_CUSTOMERS] = {"subscription_due_customers", "SELECT c.id FROM customer c WHERE c.consolidated = 1 AND EXISTS "
                       "(SELECT 1 FROM subscription s WHERE s.customer_id = c.id AND s.consolidated = 1 AND s.debit_first = 0 AND s.due_on <= ?) "
                       "ORDER BY c.id LIMIT ? FOR UPDATE SKIP LOCKED", READS(due_customer, customer_column)},
    [DUE_CUSTOMER] = {"subscription_due_customer", "SELECT id FROM customer WHERE id = ? FOR UPDATE SKIP LOCKED",
                      READS(due_customer, customer_column)},
    [DEBITED_FIRST] = {"subscription_debited_first", "SELECT id FROM subscription WHERE debit_first = 1 AND consolidated IN (0, 1) AND due_on <= ? AND id > ? "
                       "ORDER BY id LIMIT 1",
                       READS(due_customer, customer_column)},
    [CLAIM_CUSTOMERS] = {"subscription_claim_customers", "SELECT id, " SUBSCRIPTION_FIELDS " FROM subscription "
                         "WHERE customer_id IN (" Q20 ") AND consolidated = 1 AND debit_first = 0 AND due_on <= ? "
                         "ORDER BY customer_id, due_on, id LIMIT ? FOR UPDATE", READS(subscription, subscription_column)},
    [CONSOLIDATE] = {"customer_consolidate", "UPDATE customer SET consolidated = ? WHERE id = ?", NOTHING},
    [CONSOLIDATE_ALL] = {"subscription_consolidate", "UPDATE subscription SET consolidated = ? WHERE customer_id = ?", NOTHING},
    [METHOD_OF_INVOICE] = {"subscription_method_of_invoice", "UPDATE subscription s JOIN payment_method m ON m.id = ? AND m.customer_id = s.customer_id "
                           "SET s.payment_method_id = m.id WHERE s.id IN (SELECT subscription_id FROM billing_period WHERE invoice_id = ?) AND NOT EXISTS "
                           "(SELECT 1 FROM payment_method o WHERE o.id = s.payment_method_id AND o.gateway = 'sepa' AND o.state = 'active')", NOTHING},
    [PAID_BY_INVOICE] = {"invoice_card_future", "SELECT IFNULL(MAX(x.mandate = 0), 0) AS kept, IFNULL(MAX(x.mandate), 0) AS debited FROM (SELECT EXISTS (SELECT 1 FROM "
                         "payment_method o WHERE o.id = s.payment_method_id AND o.gateway = 'sepa' AND o.state = 'active') AS mandate FROM receivable r "
                         "JOIN subscription s ON s.customer_id = r.customer_id AND s.state <> 'ended' AND (s.id = r.subscription_id OR s.id IN (SELECT subscription_id FROM "
                         "billing_period WHERE invoice_id = r.invoice_id)) WHERE r.invoice_id = ?) x", READS(card_future, future_column)},
    [BILLED_UNTIL] = {"subscription_billed_until", "SELECT MAX(until_on) AS until_on FROM billing_period "
                      "WHERE subscription_id = ? AND line_group = 0", READS(billed, until_column)},
    [FIGURES] = {"house_figures",
                 "SELECT (SELECT COUNT(*) FROM subscription WHERE state IN ('active', 'past_due')) AS active, "
                 "CAST((SELECT IFNULL(SUM(mrr_e4), 0) FROM subscription WHERE state IN ('active', 'past_due')) AS SIGNED) AS mrr_e4, "
                 "CAST((SELECT IFNULL(SUM(open_minor), 0) FROM receivable WHERE state = 'open') AS SIGNED) AS open_minor, "
                 "(SELECT COUNT(*) FROM receivable WHERE state = 'open' AND due_on < ?) AS overdue",
                 READS(house_figures, figures_column)},
};
DB_STATEMENTS(subscription, statement)

enum err insert_signature(struct ctx *ctx, struct signature *s)
{
    return db_insert(ctx, &statement[SIGNATURE_INSERT],
                     PARAMS(P_I64(s->quote_id), P_I64(s->version_id), P_TEXT(s->signer_name), P_TEXT(s->signer_role),
                            P_TEXT(s->signer_email), P_TEXT(s->consent_text), P_HASH(s->document_sha256),
                            P_TEXT(s->choices), P_I64(s->today_minor), P_TEXT(s->currency), P_ID(s->link_id),
                            P_TEXT(s->language), P_TEXT(s->remote_addr), P_TEXT(s->user_agent),
                            P_INSTANT(s->signed_at), P_DATE(s->signed_on)), &s->id);
}

enum err signature_of_quote(struct ctx *ctx, int64_t quote_id, struct signature *signature)
{
    return db_row(ctx, &statement[SIGNATURE_OF], PARAMS(P_I64(quote_id)), signature);
}

enum err signature_by_id(struct ctx *ctx, int64_t id, struct signature *signature)
{
    return db_row(ctx, &statement[SIGNATURE_BY_ID], PARAMS(P_I64(id)), signature);
}

enum err insert_order(struct ctx *ctx, struct sales_order *o)
{
    return db_insert(ctx, &statement[ORDER_INSERT],
                     PARAMS(P_I64(o->quote_id), P_I64(o->version_id), P_I64(o->customer_id), P_INSTANT(o->confirmed_at),
                            P_DATE(o->confirmed_on)), &o->id);
}

enum err order_of_quote(struct ctx *ctx, int64_t quote_id, struct sales_order *order)
{
    return db_row(ctx, &statement[ORDER_OF], PARAMS(P_I64(quote_id)), order);
}

enum err order_by_id(struct ctx *ctx, int64_t id, struct sales_order *order)
{
    return db_row(ctx, &statement[ORDER_BY_ID], PARAMS(P_I64(id)), order);
}

enum err insert_subscription(struct ctx *ctx, struct subscription *s)
{
    bool imported = !str_empty(s->external_ref);

    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(s->number), P_TEXT(imported ? s->external_ref : NULL), P_ID(s->order_id),
                            P_I64(s->plan_id), P_I64(s->customer_id), P_ID(s->owner_id),
                            P_I64(s->customer_id), P_ID(s->payment_method_id), P_TEXT(s->state), P_TEXT(s->currency), P_TEXT(s->language),
                            P_TEXT(s->unit), P_I64(s->count), P_DATE(s->anchor_on), P_I64(s->month_day), P_I64(s->epoch),
                            P_DATE(s->epoch_on), P_DATE(s->started_on), P_DATE(s->trial_until_on), P_TEXT(s->trial_end), P_TEXT(s->term_unit),
                            P_I64(s->term_count), P_BOOL(s->term_renews), P_DATE(s->term_until_on), P_DATE(s->ends_on),
                            P_TEXT(s->end_reason), P_TEXT(s->end_by != NULL ? s->end_by : ""), P_DATE(s->commitment_until_on), P_I64(s->notice_days),
                            P_TEXT(s->customer_end != NULL ? s->customer_end : "plan"), P_I64(s->close_days), P_TEXT(str_empty(s->journal) ? NULL : s->journal),
                            P_I64(s->max_missed), P_BOOL(s->debit_first), P_I64(s->next_index), P_I64(s->arrears_index), P_DATE(s->due_on), P_I64(s->period_minor),
                            P_I64(s->mrr_e4), P_DATE(s->held_on), P_TEXT(s->hold_reason), P_TEXT(s->error),
                            P_TEXT(s->discounts), P_ID(s->index_id), P_DATE(s->index_id != 0 ? s->index_on : DATE_NONE),
                            P_DATE(imported ? s->billed_until_on : DATE_NONE), P_INSTANT(ctx->now), P_TEXT(s->number)), &s->id);
}

enum err insert_numbered_subscription(struct ctx *ctx, const char *prefix, struct subscription *s)
{
    char number[NUMBER_BYTES];
    enum err err;

    do {
        TRY(ctx, take_number(ctx, prefix, number));
        s->number = arena_strdup(ctx->arena, number);
        err = insert_subscription(ctx, s);
    } while (err == ERR_CONFLICT);
    return err;
}

enum err subscription_by_reference(struct ctx *ctx, const char *reference, struct subscription *subscription)
{
    return db_row(ctx, &statement[BY_REFERENCE], PARAMS(P_TEXT(reference)), subscription);
}

enum err running_subscriptions_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct subscription **rows, size_t *count)
{
    return db_rows(ctx, &statement[RUNNING_AFTER], PARAMS(P_I64(after_id), P_I64(limit)), rows, count);
}

enum err subscription_by_number(struct ctx *ctx, const char *number, struct subscription *subscription)
{
    return db_row(ctx, &statement[BY_NUMBER], PARAMS(P_TEXT(number)), subscription);
}

enum err subscription_by_id(struct ctx *ctx, int64_t id, struct subscription *subscription)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), subscription);
}

enum err subscriptions_by_ids(struct ctx *ctx, const int64_t *ids, size_t id_count, struct subscription **rows, size_t *count)
{
    return db_rows(ctx, &statement[BY_IDS], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err save_subscription_index(struct ctx *ctx, int64_t id, int32_t index_on)
{
    return db_write_one(ctx, &statement[SAVE_INDEX], PARAMS(P_DATE(index_on), P_I64(id)));
}

enum err newest_subscription_id(struct ctx *ctx, int64_t *id)
{
    struct newest row;

    TRY(ctx, db_row(ctx, &statement[NEWEST], NO_PARAMS, &row));
    *id = row.id;
    return OK;
}

enum err lock_subscriptions(struct ctx *ctx, const int64_t *ids, size_t id_count, struct subscription **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[LOCK_MANY], PARAMS(P_TEXT(id_list(ctx->arena, ids, id_count))), rows, count);
}

enum err lock_subscription(struct ctx *ctx, int64_t id, struct subscription *subscription)
{
    CHECK(db_in_transaction(ctx));
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), subscription);
}

enum err save_subscription_end(struct ctx *ctx, const struct subscription *s)
{
    return db_write_one(ctx, &statement[SAVE_END],
                        PARAMS(P_DATE(s->ends_on), P_TEXT(s->end_reason), P_TEXT(s->end_by != NULL ? s->end_by : ""), P_DATE(s->due_on), P_I64(s->id)));
}

enum err billed_until(struct ctx *ctx, int64_t subscription_id, int32_t *until_on)
{
    struct billed billed;

    TRY(ctx, db_row(ctx, &statement[BILLED_UNTIL], PARAMS(P_I64(subscription_id)), &billed));
    *until_on = billed.until_on;
    return OK;
}

enum err subscription_of_order(struct ctx *ctx, int64_t order_id, struct subscription *subscription)
{
    return db_row(ctx, &statement[OF_ORDER], PARAMS(P_I64(order_id), P_I64(order_id)), subscription);
}

enum err subscriptions_of_customer(struct ctx *ctx, int64_t customer_id, struct subscription **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF_CUSTOMER], PARAMS(P_I64(customer_id)), rows, count);
}

enum err claim_due_subscriptions(struct ctx *ctx, int64_t only_id, int32_t limit, struct subscription **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    if (only_id != 0)
        return db_rows(ctx, &statement[CLAIM_ONE], PARAMS(P_I64(only_id), P_DATE(ctx->today_on)), rows, count);
    return db_rows(ctx, &statement[CLAIM], PARAMS(P_DATE(ctx->today_on), P_I64(limit)), rows, count);
}

enum err next_debited_first(struct ctx *ctx, int64_t after_id, int64_t *id)
{
    struct due_customer *rows;
    size_t count;

    TRY(ctx, db_rows(ctx, &statement[DEBITED_FIRST], PARAMS(P_DATE(ctx->today_on), P_I64(after_id)), &rows, &count));
    *id = count > 0 ? rows[0].id : 0;
    return OK;
}

enum err save_amended_subscription(struct ctx *ctx, const struct subscription *s)
{
    return db_write_one(ctx, &statement[SAVE_AMENDED],
                        PARAMS(P_I64(s->plan_id), P_I64(s->customer_id), P_ID(s->owner_id), P_BOOL(s->consolidated), P_ID(s->payment_method_id),
                               P_TEXT(s->state), P_TEXT(s->unit), P_I64(s->count), P_DATE(s->anchor_on), P_I64(s->month_day),
                               P_I64(s->epoch), P_DATE(s->epoch_on), P_TEXT(s->discounts), P_TEXT(s->term_unit), P_I64(s->term_count),
                               P_BOOL(s->term_renews), P_DATE(s->term_from_on), P_DATE(s->commitment_until_on), P_I64(s->notice_days), P_TEXT(s->customer_end),
                               P_I64(s->close_days), P_DATE(s->term_until_on), P_DATE(s->ends_on), P_TEXT(s->end_reason), P_I64(s->next_index),
                               P_I64(s->arrears_index), P_DATE(s->due_on), P_I64(s->period_minor), P_I64(s->mrr_e4), P_I64(s->id)));
}

enum err claim_due_customers(struct ctx *ctx, int64_t only_customer_id, int32_t limit, struct subscription **rows,
                             size_t *count)
{
    struct param params[CONSOLIDATED_CUSTOMERS + 2];
    struct due_customer *customers;
    size_t found;

    CHECK(db_in_transaction(ctx));
    TRY(ctx, only_customer_id != 0
                 ? db_rows(ctx, &statement[DUE_CUSTOMER], PARAMS(P_I64(only_customer_id)), &customers, &found)
                 : db_rows(ctx, &statement[DUE_CUSTOMERS], PARAMS(P_DATE(ctx->today_on), P_I64(CONSOLIDATED_CUSTOMERS)),
                           &customers, &found));
    *count = 0;
    if (found == 0)
        return OK;
    for (size_t i = 0; i < CONSOLIDATED_CUSTOMERS; i++)
        params[i] = P_I64(i < found ? customers[i].id : 0);
    params[CONSOLIDATED_CUSTOMERS] = P_DATE(ctx->today_on);
    params[CONSOLIDATED_CUSTOMERS + 1] = P_I64(limit);
    TRY(ctx, db_rows(ctx, &statement[CLAIM_CUSTOMERS], params, CONSOLIDATED_CUSTOMERS + 2, rows, count));
    /* cut off in the middle of a customer: that one comes whole with the next group */
    if (*count == (size_t)limit && (*rows)[0].customer_id != (*rows)[limit - 1].customer_id)
        for (int64_t last = (*rows)[limit - 1].customer_id; (*rows)[*count - 1].customer_id == last;)
            --*count;
    return OK;
}

enum err save_consolidated(struct ctx *ctx, int64_t customer_id, bool consolidated)
{
    TRY(ctx, db_write(ctx, &statement[CONSOLIDATE], PARAMS(P_BOOL(consolidated), P_I64(customer_id)), NULL));
    return db_write(ctx, &statement[CONSOLIDATE_ALL], PARAMS(P_BOOL(consolidated), P_I64(customer_id)), NULL);
}

enum err method_users(struct ctx *ctx, int64_t payment_method_id, struct method_user **rows, size_t *count)
{
    return db_rows(ctx, &statement[METHOD_USERS], PARAMS(P_I64(payment_method_id)), rows, count);
}

enum err card_future_of(struct ctx *ctx, int64_t invoice_id, struct card_future *future)
{
    return db_row(ctx, &statement[PAID_BY_INVOICE], PARAMS(P_I64(invoice_id)), future);
}

enum err save_method_of_invoice(struct ctx *ctx, int64_t invoice_id, int64_t payment_method_id)
{
    return db_write(ctx, &statement[METHOD_OF_INVOICE], PARAMS(P_ID(payment_method_id), P_I64(invoice_id)), NULL);
}

enum err save_billed_subscriptions(struct ctx *ctx, const struct subscription *rows, size_t count)
{
    return db_write_many(ctx, &statement[SAVE_BILLED], billed_column, COUNT_OF(billed_column), rows, sizeof rows[0], count);
}

enum err save_subscription_error(struct ctx *ctx, int64_t id, const char *error)
{
    return db_write(ctx, &statement[SAVE_ERROR],
                    PARAMS(P_TEXT(str_cut(ctx->arena, error, 480)), P_DATE(ctx->today_on), P_I64(id)), NULL);
}

enum err save_subscription_method(struct ctx *ctx, int64_t id, int64_t payment_method_id)
{
    return db_write_one(ctx, &statement[SAVE_METHOD], PARAMS(P_ID(payment_method_id), P_I64(id)));
}

enum err release_subscription(struct ctx *ctx, int64_t id, int32_t due_on)
{
    return db_write_one(ctx, &statement[RELEASE], PARAMS(P_DATE(due_on), P_I64(id)));
}

enum err insert_subscription_lines(struct ctx *ctx, const struct subscription_line *lines, size_t count)
{
    return db_write_many(ctx, &statement[LINES_INSERT], line_column + 1, COUNT_OF(line_column) - 5, lines, sizeof lines[0], count);
}

enum err subscription_lines(struct ctx *ctx, int64_t from_id, int64_t until_id, struct subscription_line **lines, size_t *count)
{
    return db_rows(ctx, &statement[LINES], PARAMS(P_I64(from_id), P_I64(until_id)), lines, count);
}

enum err subscription_line_by_id(struct ctx *ctx, int64_t id, struct subscription_line *line)
{
    return db_row(ctx, &statement[LINE_BY_ID], PARAMS(P_I64(id)), line);
}

enum err revisable_lines(struct ctx *ctx, const struct line_scope *scope, int32_t limit, struct subscription_line **lines, size_t *count)
{
    if (scope->customer_id != 0)
        return db_rows(ctx, &statement[LINES_REVISABLE_OF],
                       PARAMS(P_I64(scope->after_id), P_I64(scope->until_id), P_DATE(ctx->today_on), P_I64(scope->product_id), P_I64(scope->product_id),
                              P_TEXT(scope->currency), P_I64(scope->plan_id), P_I64(scope->plan_id), P_I64(scope->index_id), P_I64(scope->index_id),
                              P_I64(scope->customer_id), P_I64(limit)), lines, count);
    return db_rows(ctx, &statement[LINES_REVISABLE],
                   PARAMS(P_I64(scope->after_id), P_I64(scope->until_id), P_DATE(ctx->today_on), P_I64(scope->product_id), P_I64(scope->product_id),
                          P_TEXT(scope->currency), P_I64(scope->plan_id), P_I64(scope->plan_id), P_I64(scope->index_id), P_I64(scope->index_id),
                          P_I64(limit)), lines, count);
}

enum err revised_lines(struct ctx *ctx, int64_t revision_id, int64_t after_id, int64_t until_id, int32_t limit, struct subscription_line **lines,
                       size_t *count)
{
    return db_rows(ctx, &statement[LINES_REVISED], PARAMS(P_I64(revision_id), P_I64(after_id), P_I64(until_id), P_I64(limit)), lines, count);
}

enum err close_subscription_line(struct ctx *ctx, int64_t id, int32_t until_on)
{
    return db_write_one(ctx, &statement[LINE_CLOSE], PARAMS(P_DATE(until_on), P_I64(id)));
}

enum err undo_subscription_line(struct ctx *ctx, const struct subscription_line *line)
{
    TRY(ctx, db_write_one(ctx, &statement[LINE_DELETE], PARAMS(P_I64(line->id))));
    return db_write_one(ctx, &statement[LINE_REOPEN], PARAMS(P_I64(line->replaces_id), P_DATE(line->from_on)));
}

enum err subscription_list(struct ctx *ctx, const char *state, const char *words, int64_t before_id, int32_t limit,
                           struct subscription_list_row **rows, size_t *count)
{
    const int64_t before = before_id != 0 ? before_id : INT64_MAX;

    if (str_equal(state, "held"))
        return db_rows(ctx, &statement[LIST_HELD], PARAMS(P_I64(before), P_TEXT(words), P_TEXT(words), P_TEXT(words), P_I64(limit)), rows, count);
    return db_rows(ctx, &statement[LIST], PARAMS(P_TEXT(state), P_TEXT(state), P_TEXT(state), P_I64(before), P_TEXT(words), P_TEXT(words), P_TEXT(words),
                   P_I64(limit)), rows, count);
}

enum err house_figures(struct ctx *ctx, struct house_figures *figures)
{
    return db_row(ctx, &statement[FIGURES], PARAMS(P_DATE(ctx->today_on)), figures);
}
