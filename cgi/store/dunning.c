#include "store/dunning.h"

#include "base/check.h"
#include "core/date.h"
#include "core/term.h"
#include "store/db.h"
#include "store/list.h"

static const struct column rule_column[] = {
    COLUMN(I64, dunning_rule, id), COLUMN(TEXT, dunning_rule, name), COLUMN(I32, dunning_rule, grace_days),
    COLUMN(BOOL, dunning_rule, standard),    COLUMN(ID, dunning_rule, replaced_by),
};
#define RULE_FIELDS "SELECT id, name, grace_days, standard IS NOT NULL AS standard, replaced_by FROM dunning_rule "

struct step_row {
    int32_t offset_days;
    const char *action;
};
static const struct column step_column[] = {COLUMN(I32, step_row, offset_days), COLUMN(TEXT, step_row, action)};

#define CASE_COLUMNS(record) \
    COLUMN(I64, record, invoice_id), COLUMN(I64, record, customer_id), COLUMN(ID, record, subscription_id), COLUMN(I64, record, rule_id), \
    COLUMN(I32, record, close_days), COLUMN(DATE, record, due_on), COLUMN(I32, record, steps_done), COLUMN(DATE, record, last_step_on), \
    COLUMN(DATE, record, next_on), COLUMN(BOOL, record, mail_waits), COLUMN(BOOL, record, can_retry), COLUMN(BOOL, record, blocked), \
    COLUMN(TEXT, record, state), COLUMN(DATE, record, opened_on), COLUMN(DATE, record, ended_on), COLUMN(TEXT, record, stop_reason)
static const struct column case_column[] = {CASE_COLUMNS(dunning_case)};
#define CASE_FIELDS "k.invoice_id, k.customer_id, k.subscription_id, k.rule_id, k.close_days, k.due_on, k.steps_done, k.last_step_on, k.next_on, " \
    "k.mail_waits, k.can_retry, k.blocked, k.state, k.opened_on, k.ended_on, k.stop_reason"

/* A case with what is open of its receivable. */
_Static_assert(offsetof(struct case_in_hand, c) == 0, "a case's columns are read at the head of the record");
#define OWED(column_kind, name, member) {DB_##column_kind, name, offsetof(struct case_in_hand, owed.member), sizeof(((struct case_in_hand *)0)->owed.member)}
static const struct column in_hand_column[] = {
    CASE_COLUMNS(dunning_case), OWED(TEXT, "currency", currency), OWED(I64, "open_minor", open_minor), OWED(DATE, "collect_on", collect_on),
    OWED(TEXT, "owed_state", state),
};
static const struct column circumstance_column[] = {
    COLUMN(I64, case_circumstance, invoice_id), COLUMN(BOOL, case_circumstance, standing_still), COLUMN(DATE, case_circumstance, asked_on), COLUMN(TEXT, case_circumstance, language),
    COLUMN(TEXT, case_circumstance, email), COLUMN(TEXT, case_circumstance, name), COLUMN(BOOL, case_circumstance, is_company),
};
static const struct column save_column[] = {
    COLUMN(I64, dunning_case, rule_id), COLUMN(I32, dunning_case, close_days), COLUMN(DATE, dunning_case, due_on), COLUMN(I32, dunning_case, steps_done),
    COLUMN(DATE, dunning_case, last_step_on), COLUMN(DATE, dunning_case, next_on), COLUMN(BOOL, dunning_case, mail_waits), COLUMN(BOOL, dunning_case, can_retry),
    COLUMN(BOOL, dunning_case, blocked), COLUMN(TEXT, dunning_case, state), COLUMN(DATE, dunning_case, ended_on), COLUMN(TEXT, dunning_case, stop_reason),
    COLUMN(I64, dunning_case, invoice_id),
};
static const struct column insert_column[] = {
    COLUMN(I64, dunning_case, invoice_id), COLUMN(I64, dunning_case, customer_id), COLUMN(ID, dunning_case, subscription_id), COLUMN(I64, dunning_case, rule_id),
    COLUMN(I32, dunning_case, close_days), COLUMN(DATE, dunning_case, due_on), COLUMN(I32, dunning_case, steps_done), COLUMN(DATE, dunning_case, last_step_on),
    COLUMN(DATE, dunning_case, next_on), COLUMN(BOOL, dunning_case, can_retry), COLUMN(DATE, dunning_case, opened_on),
};

static const struct column overdue_column[] = {
    COLUMN(I64, overdue, invoice_id), COLUMN(I64, overdue, customer_id), COLUMN(ID, overdue, subscription_id),
    COLUMN(I64, overdue, rule_id), COLUMN(I32, overdue, close_days), COLUMN(DATE, overdue, due_on),
};
#define OVERDUE_FIELDS "SELECT r.invoice_id, r.customer_id, r.subscription_id, IFNULL(p.dunning_rule_id, " \
    "(SELECT id FROM dunning_rule WHERE standard = 1)) AS rule_id, IFNULL(s.close_days, 0) AS close_days, r.due_on FROM receivable r " \
    "LEFT JOIN subscription s ON s.id = IFNULL(r.subscription_id, (SELECT MIN(b.subscription_id) FROM billing_period b WHERE " \
    "b.invoice_id = r.invoice_id)) LEFT JOIN plan p ON p.id = s.plan_id "

#define DEBIT_UNDER_WAY(of) "EXISTS (SELECT 1 FROM payable y JOIN attempt a ON a.payable_id = y.id WHERE y.invoice_id = " of ".invoice_id AND " \
    "a.state IN ('ready', 'sending', 'unknown', 'pending'))"

static const struct column late_column[] = {
    COLUMN(I64, late_receivable, invoice_id), COLUMN(DATE, late_receivable, due_on), COLUMN(TEXT, late_receivable, case_state),
};
static const struct column due_column[] = {COLUMN(I64, due_case, invoice_id)};
static const struct column billed_column[] = {
    COLUMN(I64, billed_subscription, invoice_id), COLUMN(I64, billed_subscription, id), COLUMN(TEXT, billed_subscription, state),
};
static const struct column standing_column[] = {
    COLUMN(I64, dunning_standing, open), COLUMN(I64, dunning_standing, late), COLUMN(BOOL, dunning_standing, blocked),
};
static const struct column list_column[] = {
    COLUMN(I64, dunning_row, invoice_id), COLUMN(TEXT, dunning_row, invoice_number), COLUMN(TEXT, dunning_row, customer_number),
    COLUMN(TEXT, dunning_row, customer_name), COLUMN(TEXT, dunning_row, subscription_number), COLUMN(TEXT, dunning_row, rule_name), COLUMN(I64, dunning_row, rule_id), COLUMN(I32, dunning_row, close_days),
    COLUMN(TEXT, dunning_row, currency), COLUMN(I64, dunning_row, open_minor), COLUMN(DATE, dunning_row, due_on),
    COLUMN(DATE, dunning_row, next_on), COLUMN(I32, dunning_row, steps_done), COLUMN(BOOL, dunning_row, can_retry), COLUMN(BOOL, dunning_row, can_close), COLUMN(DATE, dunning_row, asked_on),
    COLUMN(TEXT, dunning_row, state), COLUMN(DATE, dunning_row, ended_on),
};
#define LIST_FIELDS "SELECT k.invoice_id, IFNULL(i.number, CONCAT('R-', k.invoice_id)) AS invoice_number, c.number AS customer_number, v.name AS customer_name, " \
    "IFNULL(s.number, '') AS subscription_number, (SELECT u.name FROM dunning_rule u WHERE u.id = k.rule_id) AS rule_name, k.rule_id, k.close_days, r.currency, r.open_minor, k.due_on, k.next_on, " \
    "k.steps_done, k.can_retry, k.subscription_id IS NOT NULL AS can_close, IFNULL(i.issued_on, k.due_on) AS asked_on, k.state, k.ended_on FROM dunning_case k " \
    "STRAIGHT_JOIN receivable r ON r.invoice_id = k.invoice_id LEFT JOIN invoice i ON i.id = k.invoice_id " \
    "STRAIGHT_JOIN customer c ON c.id = k.customer_id STRAIGHT_JOIN customer_version v ON v.id = c.current_version_id " \
    "LEFT JOIN subscription s ON s.id = k.subscription_id "

enum {
    RULES, RULE, STEPS, RULE_INSERT, STEPS_INSERT, RETIRE, REPLACE, PLANS_MOVE, CASE_INSERT, CASE_LOCK, CASES_LOCK, CASE_READ, CASE_SAVE,
    OVERDUE, OVERDUE_ONE, OVERDUE_LOCK, DUE, CIRCUMSTANCES, STANDING, BILLED, STOP_COLLECTING, LIST_OPEN, LIST_ENDED,
};
static const struct statement statement[] = {
    [RULES] = {"dunning_rules", RULE_FIELDS "WHERE replaced_by IS NULL ORDER BY standard DESC, name", READS(dunning_rule, rule_column)},
    [RULE] = {"dunning_rule_by_id", RULE_FIELDS "WHERE id = ?", READS(dunning_rule, rule_column)},
    [STEPS] = {"dunning_steps", "SELECT offset_days, action FROM dunning_step WHERE rule_id = ? ORDER BY position", READS(step_row, step_column)},
    [RULE_INSERT] = {"dunning_rule_insert", "INSERT INTO dunning_rule (name, grace_days, standard, created_at) VALUES (?, ?, NULLIF(?, 0), ?)", NOTHING},
    [STEPS_INSERT] = {"dunning_step_insert", "INSERT INTO dunning_step (rule_id, position, offset_days, action) VALUES (?, ?, ?, ?)", NOTHING},
    /* For a moment it is replaced by itself: its name and its standing are free for the new one. */
    [RETIRE] = {"dunning_rule_retire", "UPDATE dunning_rule SET replaced_by = id, standard = NULL WHERE id = ? AND replaced_by IS NULL", NOTHING},
    [REPLACE] = {"dunning_rule_replace", "UPDATE dunning_rule SET replaced_by = ? WHERE id = ?", NOTHING},
    [PLANS_MOVE] = {"dunning_plans_move", "UPDATE plan SET dunning_rule_id = ? WHERE dunning_rule_id = ?", NOTHING},
    [CASE_INSERT] = {"dunning_case_insert", "INSERT INTO dunning_case (invoice_id, customer_id, subscription_id, rule_id, close_days, due_on, steps_done, "
                     "last_step_on, next_on, can_retry, opened_on) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [CASE_LOCK] = {"dunning_case_lock", "SELECT " CASE_FIELDS " FROM dunning_case k WHERE k.invoice_id = ? FOR UPDATE", READS(dunning_case, case_column)},
    [CASES_LOCK] = {"dunning_cases_lock", "SELECT " CASE_FIELDS ", r.currency, r.open_minor, r.collect_on, r.state AS owed_state FROM " ID_LIST
                    "receivable r ON r.invoice_id = j.id STRAIGHT_JOIN dunning_case k ON k.invoice_id = r.invoice_id ORDER BY r.invoice_id FOR UPDATE",
                    READS(case_in_hand, in_hand_column)},
    [CASE_READ] = {"dunning_case_of", "SELECT " CASE_FIELDS " FROM dunning_case k WHERE k.invoice_id = ?", READS(dunning_case, case_column)},
    [CASE_SAVE] = {"dunning_case_save", "UPDATE dunning_case SET rule_id = ?, close_days = ?, due_on = ?, steps_done = ?, last_step_on = ?, next_on = ?, mail_waits = ?, can_retry = ?, "
                   "blocked = ?, state = ?, ended_on = ?, stop_reason = ? WHERE invoice_id = ?", NOTHING},
    [OVERDUE] = {"dunning_overdue", OVERDUE_FIELDS "WHERE r.state IN ('open', 'pending') AND r.due_on <= ? AND r.collect_on IS NULL AND NOT " DEBIT_UNDER_WAY("r") " AND "
                 "NOT EXISTS (SELECT 1 FROM dunning_case k WHERE k.invoice_id = r.invoice_id AND k.state <> 'paid') ORDER BY r.due_on, r.invoice_id LIMIT ?",
                 READS(overdue, overdue_column)},
    [OVERDUE_ONE] = {"dunning_overdue_of", OVERDUE_FIELDS "WHERE r.invoice_id = ?", READS(overdue, overdue_column)},
    [OVERDUE_LOCK] = {"dunning_overdue_lock", "SELECT r.invoice_id, r.due_on, IFNULL(k.state, '') AS case_state FROM " ID_LIST
                      "receivable r ON r.invoice_id = j.id LEFT JOIN dunning_case k ON k.invoice_id = r.invoice_id "
                      "WHERE r.open_minor <> 0 AND r.collect_on IS NULL ORDER BY r.invoice_id FOR UPDATE", READS(late_receivable, late_column)},
    [DUE] = {"dunning_due", "SELECT invoice_id FROM dunning_case WHERE next_on <= ? AND invoice_id > ? ORDER BY invoice_id LIMIT ?",
             READS(due_case, due_column)},
    [CIRCUMSTANCES] = {"dunning_circumstances", "SELECT k.invoice_id, " DEBIT_UNDER_WAY("k") " OR EXISTS (SELECT 1 FROM dispute d WHERE "
                       "d.invoice_id = k.invoice_id AND d.open_key = 1) AS standing_still, IFNULL(i.issued_on, k.due_on) AS asked_on, v.language, v.email, v.name, v.is_company FROM " ID_LIST
                       "dunning_case k ON k.invoice_id = j.id JOIN customer c ON c.id = k.customer_id JOIN customer_version v ON v.id = c.current_version_id "
                       "LEFT JOIN invoice i ON i.id = k.invoice_id ORDER BY k.invoice_id", READS(case_circumstance, circumstance_column)},
    [STANDING] = {"dunning_standing", "SELECT COUNT(*) AS open, CAST(IFNULL(SUM(? > DATE_ADD(k.due_on, INTERVAL u.grace_days DAY)), 0) AS SIGNED) AS late, "
                  "IFNULL(MAX(k.blocked), 0) AS blocked FROM (SELECT invoice_id FROM dunning_case WHERE subscription_id = ? AND state IN ('open', 'done') UNION "
                  "SELECT invoice_id FROM billing_period WHERE subscription_id = ?) x STRAIGHT_JOIN dunning_case k ON k.invoice_id = x.invoice_id AND "
                  "k.state IN ('open', 'done') AND k.customer_id = (SELECT customer_id FROM subscription WHERE id = ?) "
                  "STRAIGHT_JOIN dunning_rule u ON u.id = k.rule_id", READS(dunning_standing, standing_column)},
    [BILLED] = {"dunning_subscriptions", "SELECT x.invoice_id, s.id, s.state FROM (SELECT b.invoice_id, b.subscription_id FROM " ID_LIST
                "billing_period b ON b.invoice_id = j.id UNION SELECT r.invoice_id, r.subscription_id FROM " ID_LIST
                "receivable r ON r.invoice_id = j.id AND r.subscription_id IS NOT NULL) x STRAIGHT_JOIN receivable o ON o.invoice_id = x.invoice_id "
                "STRAIGHT_JOIN subscription s ON s.id = x.subscription_id AND s.customer_id = o.customer_id ORDER BY x.invoice_id, s.id", READS(billed_subscription, billed_column)},
    [STOP_COLLECTING] = {"dunning_stop_collecting", "UPDATE receivable SET collect_on = NULL WHERE subscription_id = ? AND state = 'open'", NOTHING},
    [LIST_OPEN] = {"dunning_list_open", LIST_FIELDS "WHERE k.state = 'open' ORDER BY k.due_on, k.invoice_id LIMIT ?", READS(dunning_row, list_column)},
    [LIST_ENDED] = {"dunning_list_ended", LIST_FIELDS "WHERE k.ended_on IS NOT NULL ORDER BY k.ended_on DESC, k.invoice_id DESC LIMIT ?",
                    READS(dunning_row, list_column)},
};
DB_STATEMENTS(dunning, statement)

enum err dunning_rules(struct ctx *ctx, struct dunning_rule **rows, size_t *count)
{
    return db_rows(ctx, &statement[RULES], NO_PARAMS, rows, count);
}

enum err dunning_rule_by_id(struct ctx *ctx, int64_t id, struct dunning_rule *rule)
{
    return db_row(ctx, &statement[RULE], PARAMS(P_I64(id)), rule);
}

enum err dunning_steps(struct ctx *ctx, int64_t rule_id, struct dunning_step **steps, size_t *count)
{
    struct step_row *rows;

    TRY(ctx, db_rows(ctx, &statement[STEPS], PARAMS(P_I64(rule_id)), &rows, count));
    *steps = ARENA_ARRAY(ctx->arena, struct dunning_step, *count + 1);
    for (size_t i = 0; i < *count; i++)
        (*steps)[i] = (struct dunning_step){rows[i].offset_days, dunning_action_from_name(rows[i].action)};
    return OK;
}

enum err dunning_case_steps(struct ctx *ctx, int64_t rule_id, int32_t close_days, struct dunning_step **steps, size_t *count)
{
    struct dunning_step *rule;

    TRY(ctx, dunning_steps(ctx, rule_id, &rule, count));
    *steps = ARENA_ARRAY(ctx->arena, struct dunning_step, *count + 2);
    *count = dunning_steps_closing(rule, *count, close_days, *steps);
    return OK;
}

enum err insert_dunning_rule(struct ctx *ctx, struct dunning_rule *rule, const struct dunning_step *steps, size_t count)
{
    TRY(ctx, db_insert(ctx, &statement[RULE_INSERT], PARAMS(P_TEXT(rule->name), P_I64(rule->grace_days), P_BOOL(rule->standard), P_INSTANT(ctx->now)), &rule->id));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write(ctx, &statement[STEPS_INSERT],
                          PARAMS(P_I64(rule->id), P_I64((int64_t)i + 1), P_I64(steps[i].offset_days),
                                 P_TEXT(dunning_action_name(steps[i].action))), NULL));
    return OK;
}

enum err retire_dunning_rule(struct ctx *ctx, int64_t old_id)
{
    int64_t changed;

    TRY(ctx, db_write(ctx, &statement[RETIRE], PARAMS(P_I64(old_id)), &changed));
    return changed == 1 ? OK : ERR_CONFLICT;
}

enum err replace_dunning_rule(struct ctx *ctx, int64_t old_id, int64_t new_id)
{
    TRY(ctx, db_write(ctx, &statement[REPLACE], PARAMS(P_I64(new_id), P_I64(old_id)), NULL));
    return db_write(ctx, &statement[PLANS_MOVE], PARAMS(P_I64(new_id), P_I64(old_id)), NULL);
}

enum err insert_dunning_cases(struct ctx *ctx, const struct dunning_case *rows, size_t count)
{
    return db_write_many(ctx, &statement[CASE_INSERT], insert_column, COUNT_OF(insert_column), rows, sizeof rows[0], count);
}

enum err lock_dunning_case(struct ctx *ctx, int64_t invoice_id, struct dunning_case *c)
{
    CHECK(db_in_transaction(ctx));
    return db_row(ctx, &statement[CASE_LOCK], PARAMS(P_I64(invoice_id)), c);
}

enum err lock_dunning_cases(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct case_in_hand **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    TRY(ctx, db_rows(ctx, &statement[CASES_LOCK], PARAMS(P_TEXT(id_list(ctx->arena, invoice_ids, id_count))), rows, count));
    for (size_t i = 0; i < *count; i++) {
        struct case_in_hand *hand = &(*rows)[i];

        hand->owed.invoice_id = hand->c.invoice_id;
        hand->owed.customer_id = hand->c.customer_id;
        hand->owed.subscription_id = hand->c.subscription_id;
    }
    return OK;
}

enum err case_circumstances(struct ctx *ctx, const struct case_in_hand *hands, size_t hand_count, struct case_circumstance **rows, size_t *count)
{
    return db_rows(ctx, &statement[CIRCUMSTANCES], PARAMS(P_TEXT(ID_LIST_OF(ctx->arena, hands, struct case_in_hand, c.invoice_id, hand_count))), rows, count);
}

enum err dunning_case_of(struct ctx *ctx, int64_t invoice_id, struct dunning_case *c)
{
    return db_row(ctx, &statement[CASE_READ], PARAMS(P_I64(invoice_id)), c);
}

enum err save_dunning_cases(struct ctx *ctx, const struct dunning_case *rows, size_t count)
{
    return db_write_many(ctx, &statement[CASE_SAVE], save_column, COUNT_OF(save_column), rows, sizeof rows[0], count);
}

enum err overdue_without_case(struct ctx *ctx, int32_t limit, struct overdue **rows, size_t *count)
{
    return db_rows(ctx, &statement[OVERDUE], PARAMS(P_DATE(ctx->today_on), P_I64(limit)), rows, count);
}

enum err overdue_of(struct ctx *ctx, int64_t invoice_id, struct overdue *row)
{
    return db_row(ctx, &statement[OVERDUE_ONE], PARAMS(P_I64(invoice_id)), row);
}

enum err lock_late_receivables(struct ctx *ctx, const struct overdue *overdue, size_t overdue_count, struct late_receivable **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[OVERDUE_LOCK], PARAMS(P_TEXT(ID_LIST_OF(ctx->arena, overdue, struct overdue, invoice_id, overdue_count))), rows, count);
}

enum err due_dunning_cases(struct ctx *ctx, int64_t after_id, int32_t limit, struct due_case **rows, size_t *count)
{
    return db_rows(ctx, &statement[DUE], PARAMS(P_DATE(ctx->today_on), P_I64(after_id), P_I64(limit)), rows, count);
}

enum err dunning_standing(struct ctx *ctx, int64_t subscription_id, struct dunning_standing *standing)
{
    return db_row(ctx, &statement[STANDING], PARAMS(P_DATE(ctx->today_on), P_I64(subscription_id), P_I64(subscription_id), P_I64(subscription_id)), standing);
}

enum err subscriptions_of_invoices(struct ctx *ctx, const int64_t *invoice_ids, size_t id_count, struct billed_subscription **rows, size_t *count)
{
    const char *list = id_list(ctx->arena, invoice_ids, id_count);

    return db_rows(ctx, &statement[BILLED], PARAMS(P_TEXT(list), P_TEXT(list)), rows, count);
}

enum err stop_collecting(struct ctx *ctx, int64_t subscription_id)
{
    return db_write(ctx, &statement[STOP_COLLECTING], PARAMS(P_I64(subscription_id)), NULL);
}

/* What comes next for an open case, and when. */
static void tell_next(struct dunning_row *row, const struct dunning_step *steps, size_t count)
{
    const struct dunning_facts facts = {.steps = steps, .count = count, .done = (size_t)row->steps_done, .due_on = row->due_on, .asked_on = row->asked_on,
                                        .can_retry = row->can_retry, .can_close = row->can_close};
    size_t next = dunning_next_step(&facts);

    if (next == count)
        return;
    row->next_action = dunning_action_name(steps[next].action);
    if (row->due_on + steps[next].offset_days > row->next_on) /* an earlier day is that on which it is looked at again */
        row->next_on = row->due_on + steps[next].offset_days;
}

enum err dunning_list(struct ctx *ctx, bool open, int32_t limit, struct dunning_row **rows, size_t *count)
{
    struct dunning_step *steps = NULL;
    size_t step_count = 0;

    TRY(ctx, db_rows(ctx, &statement[open ? LIST_OPEN : LIST_ENDED], PARAMS(P_I64(limit)), rows, count));
    for (size_t i = 0; i < *count; i++) {
        struct dunning_row *row = &(*rows)[i];

        row->next_action = "";
        if (!open)
            continue;
        if (i == 0 || row->rule_id != row[-1].rule_id || row->close_days != row[-1].close_days)
            TRY(ctx, dunning_case_steps(ctx, row->rule_id, row->close_days, &steps, &step_count));
        tell_next(row, steps, step_count);
    }
    return OK;
}
