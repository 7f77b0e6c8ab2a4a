#include "store/amendment.h"

#include "base/check.h"
#include "store/db.h"
#include "store/unit.h"

static const struct column amendment_column[] = {
    COLUMN(I64, amendment_row, id), COLUMN(I64, amendment_row, subscription_id), COLUMN(TEXT, amendment_row, kind),
    COLUMN(TEXT, amendment_row, state), COLUMN(DATE, amendment_row, effective_on), COLUMN(BOOL, amendment_row, credit),
    COLUMN(ID, amendment_row, plan_id), COLUMN(BOOL, amendment_row, keep_anchor), COLUMN(DATE, amendment_row, resume_on),
    COLUMN(ID, amendment_row, customer_id), COLUMN(ID, amendment_row, owner_id),
    COLUMN(ID, amendment_row, quote_id), COLUMN(TEXT, amendment_row, discounts), COLUMN(TEXT, amendment_row, reason), COLUMN(TEXT, amendment_row, made_by),
    COLUMN(DATE, amendment_row, made_on), COLUMN(INSTANT, amendment_row, made_at), COLUMN(INSTANT, amendment_row, settled_at),
    COLUMN(TEXT, amendment_row, failure), COLUMN(TEXT, amendment_row, currency), COLUMN(I64, amendment_row, credit_minor),
    COLUMN(I64, amendment_row, charge_minor), COLUMN(I64, amendment_row, period_before_minor),
    COLUMN(I64, amendment_row, period_after_minor), COLUMN(I64, amendment_row, mrr_before_e4),
    COLUMN(I64, amendment_row, mrr_after_e4), COLUMN(TEXT, amendment_row, quote_kind), COLUMN(TEXT, amendment_row, quote_number),
};
#define AMENDMENT_FIELDS                                                                                        \
    "subscription_id, kind, state, effective_on, credit, plan_id, keep_anchor, resume_on, customer_id, owner_id, quote_id, discounts, reason, " \
    "made_by, made_on, made_at, settled_at, failure, currency, credit_minor, charge_minor, period_before_minor, " \
    "period_after_minor, mrr_before_e4, mrr_after_e4"
#define AMENDMENT_COLUMNS                                                                                       \
    "id, " AMENDMENT_FIELDS ", IFNULL((SELECT q.kind FROM quote q WHERE q.id = amendment.quote_id), '') AS quote_kind, " \
    "IFNULL((SELECT q.number FROM quote q WHERE q.id = amendment.quote_id), '') AS quote_number"

static const struct column item_column[] = {
    COLUMN(I64, amendment_item_row, amendment_id), COLUMN(I32, amendment_item_row, place), COLUMN(TEXT, amendment_item_row, act),
    COLUMN(I32, amendment_item_row, slot), COLUMN(ID, amendment_item_row, product_id),
    COLUMN(TEXT, amendment_item_row, product_kind), COLUMN(TEXT, amendment_item_row, timing),
    COLUMN(TEXT, amendment_item_row, description), COLUMN(TEXT, amendment_item_row, unit),
    COLUMN(I64, amendment_item_row, quantity_e4), COLUMN(I64, amendment_item_row, unit_price_e4),
    COLUMN(TEXT, amendment_item_row, price_model), COLUMN(TEXT, amendment_item_row, tiers),
    COLUMN(I32, amendment_item_row, discount_ppm), COLUMN(I64, amendment_item_row, discount_minor), COLUMN(I32, amendment_item_row, discount_periods),
    COLUMN(TEXT, amendment_item_row, tax_class), COLUMN(TEXT, amendment_item_row, unit_plural), /* this one is read only */
};
#define ITEM_FIELDS                                                                                             \
    "amendment_id, place, act, slot, product_id, product_kind, timing, description, unit, quantity_e4, "        \
    "unit_price_e4, price_model, tiers, discount_ppm, discount_minor, discount_periods, tax_class"

static const struct column discount_column[] = {
    COLUMN(I64, amendment_discount_row, amendment_id), COLUMN(I32, amendment_discount_row, place), COLUMN(TEXT, amendment_discount_row, act),
    COLUMN(I32, amendment_discount_row, ppm), COLUMN(I64, amendment_discount_row, amount_minor),
    COLUMN(I32, amendment_discount_row, periods), COLUMN(TEXT, amendment_discount_row, code),
};
#define DISCOUNT_FIELDS "amendment_id, place, act, ppm, amount_minor, periods, code"
static const struct column past_discounts_column[] = {COLUMN(TEXT, past_discounts, discounts)};

static const struct column document_column[] = {
    COLUMN(I64, amendment_document, invoice_id), COLUMN(TEXT, amendment_document, number), COLUMN(TEXT, amendment_document, kind),
    COLUMN(I64, amendment_document, total_minor), COLUMN(TEXT, amendment_document, currency),
};
static const struct column due_column[] = {
    COLUMN(I64, due_amendment, subscription_id), COLUMN(I64, due_amendment, amendment_id), COLUMN(DATE, due_amendment, on),
};
static const struct column pause_column[] = {
    COLUMN(I64, subscription_pause, id), COLUMN(I64, subscription_pause, subscription_id), COLUMN(DATE, subscription_pause, from_on),
    COLUMN(DATE, subscription_pause, until_on), COLUMN(DATE, subscription_pause, resume_on),
    COLUMN(I32, subscription_pause, banked_days),
};
static const struct column past_column[] = {
    COLUMN(I32, past_schedule, epoch), COLUMN(TEXT, past_schedule, unit), COLUMN(I32, past_schedule, count), COLUMN(DATE, past_schedule, anchor_on),
    COLUMN(I32, past_schedule, month_day), COLUMN(DATE, past_schedule, epoch_on), COLUMN(TEXT, past_schedule, discounts),
};
static const struct column terms_column[] = {
    COLUMN(I64, amendment_terms, amendment_id), COLUMN(TEXT, amendment_terms, term_unit), COLUMN(I32, amendment_terms, term_count),
    COLUMN(BOOL, amendment_terms, term_renews), COLUMN(I32, amendment_terms, commitment_months), COLUMN(I32, amendment_terms, notice_days),
    COLUMN(TEXT, amendment_terms, customer_end), COLUMN(I32, amendment_terms, close_days),
};
#define TERMS_FIELDS "amendment_id, term_unit, term_count, term_renews, commitment_months, notice_days, customer_end, close_days"
static const struct column past_terms_column[] = {
    COLUMN(TEXT, past_terms, term_unit), COLUMN(I32, past_terms, term_count), COLUMN(BOOL, past_terms, term_renews),
    COLUMN(DATE, past_terms, term_from_on), COLUMN(DATE, past_terms, commitment_until_on), COLUMN(I32, past_terms, notice_days),
    COLUMN(TEXT, past_terms, customer_end), COLUMN(I32, past_terms, close_days),
};
#define PAST_TERMS_FIELDS "term_unit, term_count, term_renews, term_from_on, commitment_until_on, notice_days, customer_end, close_days"
static const struct column end_column[] = {COLUMN(DATE, line_end, until_on), COLUMN(I64, line_end, amendment_id), COLUMN(I64, line_end, line_id)};
static const struct column invoiced_column[] = {
    COLUMN(I64, invoiced_row, invoice_id), COLUMN(I32, invoiced_row, invoice_position), COLUMN(I32, invoiced_row, slot),
    COLUMN(DATE, invoiced_row, from_on), COLUMN(DATE, invoiced_row, until_on), COLUMN(I64, invoiced_row, quantity_e4),
    COLUMN(I64, invoiced_row, net_minor), COLUMN(I64, invoiced_row, priced_minor), COLUMN(BOOL, invoiced_row, goods),
    COLUMN(DATE, invoiced_row, amended_on),
};
static const struct column credit_column[] = {
    COLUMN(I64, invoiced_credit_row, invoice_id), COLUMN(I32, invoiced_credit_row, invoice_position),
    COLUMN(DATE, invoiced_credit_row, from_on), COLUMN(I64, invoiced_credit_row, net_minor),
    COLUMN(I64, invoiced_credit_row, priced_minor), COLUMN(DATE, invoiced_credit_row, amended_on),
};
static const struct column until_column[] = {COLUMN(DATE, amended_until, billed_from_on), COLUMN(DATE, amended_until, amended_on)};

#define INVOICED_FIELDS                                                                                         \
    "SELECT l.invoice_id, l.position AS invoice_position, s.position AS slot, l.period_from_on AS from_on, "    \
    "l.period_until_on AS until_on, s.quantity_e4, l.net_minor, l.priced_minor, s.product_kind = 'goods' AS goods, " \
    "a.effective_on AS amended_on "

#define INVOICED_FROM(join)                                                                                     \
    "FROM subscription_line s JOIN invoice_line l ON " join " JOIN invoice i ON i.id = l.invoice_id AND i.kind = 'invoice' " \
    "LEFT JOIN amendment_invoice x ON x.invoice_id = i.id LEFT JOIN amendment a ON a.id = x.amendment_id AND a.kind = 'lines' " \
    "WHERE s.subscription_id = ? AND l.period_from_on IS NOT NULL AND l.net_minor > 0 "

/* An order's first invoice names the lines of its quote, later ones those of the subscription. */
#define OWN_LINE "l.subscription_line_id = s.id"
#define QUOTE_LINE "l.quote_line_id = s.quote_line_id AND l.subscription_line_id IS NULL"

enum {
    INSERT, BY_ID, WAITING, OF, OF_QUOTE, SETTLE, ITEMS_INSERT, ITEMS, INVOICE_INSERT, DOCUMENTS, DUE, PAUSE_INSERT, PAUSE_END, PAUSE_UNPLAN, PAUSES,
    SCHEDULE_INSERT, SCHEDULE_ON, TERMS_INSERT, TERMS, PAST_TERMS_INSERT, PAST_TERMS_ON, DISCOUNTS_INSERT, DISCOUNTS,
    PAST_DISCOUNTS_INSERT, PAST_DISCOUNTS_ON, TRANSFER, LINES_END, INVOICED, CREDITS, UNTIL,
};

static const struct statement statement[] = {
    [INSERT] = {"amendment_insert", "INSERT INTO amendment (" AMENDMENT_FIELDS ") VALUES "
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"amendment_by_id", "SELECT " AMENDMENT_COLUMNS " FROM amendment WHERE id = ?", READS(amendment_row, amendment_column)},
    [WAITING] = {"amendment_waiting", "SELECT " AMENDMENT_COLUMNS " FROM amendment WHERE subscription_id = ? AND waiting = 1",
                 READS(amendment_row, amendment_column)},
    [OF] = {"amendments_of", "SELECT " AMENDMENT_COLUMNS " FROM amendment WHERE subscription_id = ? ORDER BY id DESC LIMIT ?",
            READS(amendment_row, amendment_column)},
    [OF_QUOTE] = {"amendment_of_quote", "SELECT " AMENDMENT_COLUMNS " FROM amendment WHERE quote_id = ?", READS(amendment_row, amendment_column)},
    [SETTLE] = {"amendment_settle", "UPDATE amendment SET state = ?, settled_at = ?, failure = ?, credit_minor = ?, charge_minor = ?, "
                "period_before_minor = ?, period_after_minor = ?, mrr_before_e4 = ?, mrr_after_e4 = ? "
                "WHERE id = ? AND state = 'planned'", NOTHING},
    [ITEMS_INSERT] = {"amendment_items_insert", "INSERT INTO amendment_item (" ITEM_FIELDS ") VALUES "
                      "(?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, ?, ?, ?)", NOTHING},
    [ITEMS] = {"amendment_items", "SELECT " ITEM_FIELDS ", " UNIT_PLURAL("amendment_item") " FROM amendment_item WHERE amendment_id = ? ORDER BY place",
               READS(amendment_item_row, item_column)},
    [INVOICE_INSERT] = {"amendment_invoice_insert", "INSERT INTO amendment_invoice (amendment_id, invoice_id) VALUES (?, ?)", NOTHING},
    [DOCUMENTS] = {"amendment_documents", "SELECT i.id AS invoice_id, i.number, i.kind, i.total_minor, i.currency "
                   "FROM amendment_invoice x JOIN invoice i ON i.id = x.invoice_id WHERE x.amendment_id = ? ORDER BY i.id",
                   READS(amendment_document, document_column)},
    [DUE] = {"amendments_due", "SELECT subscription_id, id AS amendment_id, effective_on AS `on` FROM amendment "
             "WHERE waiting = 1 AND effective_on <= ? AND subscription_id > ? UNION ALL "
             "SELECT subscription_id, 0, resume_on FROM subscription_pause WHERE open = 1 AND resume_on <= ? AND subscription_id > ? "
             "ORDER BY 1, 3, 2 LIMIT ?", READS(due_amendment, due_column)},
    [PAUSE_INSERT] = {"pause_insert", "INSERT INTO subscription_pause (subscription_id, from_on, resume_on, banked_days) VALUES (?, ?, ?, ?)",
                      NOTHING},
    [PAUSE_END] = {"pause_end", "UPDATE subscription_pause SET until_on = ? WHERE subscription_id = ? AND until_on IS NULL", NOTHING},
    [PAUSE_UNPLAN] = {"pause_unplan", "UPDATE subscription_pause SET resume_on = NULL WHERE subscription_id = ? AND until_on IS NULL", NOTHING},
    [PAUSES] = {"pauses_of", "SELECT id, subscription_id, from_on, until_on, resume_on, banked_days FROM subscription_pause "
                "WHERE subscription_id = ? ORDER BY from_on, id", READS(subscription_pause, pause_column)},
    [SCHEDULE_INSERT] = {"past_schedule_insert", "INSERT INTO subscription_schedule (subscription_id, epoch, until_on, unit, count, "
                         "anchor_on, month_day, epoch_on, discounts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, ''))", NOTHING},
    [SCHEDULE_ON] = {"past_schedule_on", "SELECT epoch, unit, count, anchor_on, month_day, epoch_on, discounts FROM subscription_schedule "
                     "WHERE subscription_id = ? AND until_on > ? ORDER BY epoch LIMIT 1", READS(past_schedule, past_column)},
    [TERMS_INSERT] = {"amendment_terms_insert", "INSERT INTO amendment_terms (" TERMS_FIELDS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [TERMS] = {"amendment_terms", "SELECT " TERMS_FIELDS " FROM amendment_terms WHERE amendment_id = ?", READS(amendment_terms, terms_column)},
    [PAST_TERMS_INSERT] = {"past_terms_insert", "INSERT INTO subscription_terms (amendment_id, subscription_id, until_on, " PAST_TERMS_FIELDS ") VALUES "
                           "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [PAST_TERMS_ON] = {"past_terms_on", "SELECT " PAST_TERMS_FIELDS " FROM subscription_terms WHERE subscription_id = ? AND until_on > ? "
                       "ORDER BY until_on, amendment_id LIMIT 1", READS(past_terms, past_terms_column)},
    [DISCOUNTS_INSERT] = {"amendment_discounts_insert", "INSERT INTO amendment_discount (" DISCOUNT_FIELDS ") VALUES (?, ?, ?, ?, ?, ?, IFNULL(?, ''))", NOTHING},
    [DISCOUNTS] = {"amendment_discounts", "SELECT " DISCOUNT_FIELDS " FROM amendment_discount WHERE amendment_id = ? ORDER BY place",
                   READS(amendment_discount_row, discount_column)},
    [PAST_DISCOUNTS_INSERT] = {"past_discounts_insert", "INSERT INTO subscription_discounts (amendment_id, subscription_id, epoch, until_on, discounts) "
                               "VALUES (?, ?, ?, ?, IFNULL(?, ''))", NOTHING},
    [PAST_DISCOUNTS_ON] = {"past_discounts_on", "SELECT discounts FROM subscription_discounts WHERE subscription_id = ? AND epoch = ? AND until_on > ? "
                           "ORDER BY until_on, amendment_id LIMIT 1", READS(past_discounts, past_discounts_column)},
    [TRANSFER] = {"transfer_events_insert", "INSERT INTO transfer_event (amendment_id, side, subscription_id, owner_id, on_day, currency, mrr_e4) "
                  "VALUES (?, 'from', ?, ?, ?, ?, -?), (?, 'to', ?, ?, ?, ?, ?)", NOTHING},
    [LINES_END] = {"subscription_lines_end", "UPDATE subscription_line SET until_on = ?, ended_by = ? WHERE id = ?", NOTHING},
    [INVOICED] = {"invoiced_of", INVOICED_FIELDS INVOICED_FROM(OWN_LINE) "UNION ALL " INVOICED_FIELDS INVOICED_FROM(QUOTE_LINE)
                  "ORDER BY 1, 2", READS(invoiced_row, invoiced_column)},
    [CREDITS] = {"credits_of_invoiced",
                 "SELECT c.corrected_id AS invoice_id, c.corrected_position AS invoice_position, "
                 "COALESCE(a.effective_on, n.period_from_on) AS from_on, c.net_minor, c.priced_minor, "
                 "IF(a.kind = 'lines', a.effective_on, NULL) AS amended_on FROM credit_note_line c "
                 "JOIN invoice_line n ON n.invoice_id = c.invoice_id AND n.position = c.position "
                 "LEFT JOIN amendment_invoice x ON x.invoice_id = c.invoice_id LEFT JOIN amendment a ON a.id = x.amendment_id "
                 "WHERE n.period_from_on IS NOT NULL AND c.corrected_id IN (SELECT l.invoice_id FROM subscription_line s "
                 "JOIN invoice_line l ON " OWN_LINE " WHERE s.subscription_id = ? UNION SELECT l.invoice_id FROM subscription_line s "
                 "JOIN invoice_line l ON " QUOTE_LINE " WHERE s.subscription_id = ?) ORDER BY c.invoice_id, c.position",
                 READS(invoiced_credit_row, credit_column)},
    [UNTIL] = {"amended_until", "SELECT (SELECT MAX(from_on) FROM billing_period WHERE subscription_id = ? AND line_group = 0) AS billed_from_on, "
               "(SELECT MAX(effective_on) FROM amendment WHERE subscription_id = ? AND state = 'applied') AS amended_on",
               READS(amended_until, until_column)},
};
DB_STATEMENTS(amendment, statement)

enum err insert_amendment(struct ctx *ctx, struct amendment_row *r)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_I64(r->subscription_id), P_TEXT(r->kind), P_TEXT(r->state), P_DATE(r->effective_on), P_BOOL(r->credit),
                            P_ID(r->plan_id), P_BOOL(r->keep_anchor), P_DATE(r->resume_on), P_ID(r->customer_id), P_ID(r->owner_id),
                            P_ID(r->quote_id), P_TEXT(r->discounts), P_TEXT(r->reason),
                            P_TEXT(r->made_by), P_DATE(r->made_on), P_INSTANT(r->made_at), P_INSTANT(r->settled_at),
                            P_TEXT(r->failure), P_TEXT(r->currency), P_I64(r->credit_minor), P_I64(r->charge_minor),
                            P_I64(r->period_before_minor), P_I64(r->period_after_minor), P_I64(r->mrr_before_e4),
                            P_I64(r->mrr_after_e4)), &r->id);
}

enum err amendment_by_id(struct ctx *ctx, int64_t id, struct amendment_row *row)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), row);
}

enum err waiting_amendment(struct ctx *ctx, int64_t subscription_id, struct amendment_row *row)
{
    return db_row(ctx, &statement[WAITING], PARAMS(P_I64(subscription_id)), row);
}

enum err amendments_of(struct ctx *ctx, int64_t subscription_id, int32_t limit, struct amendment_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[OF], PARAMS(P_I64(subscription_id), P_I64(limit)), rows, count);
}

enum err amendment_of_quote(struct ctx *ctx, int64_t quote_id, struct amendment_row *row)
{
    return db_row(ctx, &statement[OF_QUOTE], PARAMS(P_I64(quote_id)), row);
}

enum err settle_amendment(struct ctx *ctx, const struct amendment_row *r)
{
    return db_write_one(ctx, &statement[SETTLE],
                        PARAMS(P_TEXT(r->state), P_INSTANT(r->settled_at), P_TEXT(r->failure), P_I64(r->credit_minor),
                               P_I64(r->charge_minor), P_I64(r->period_before_minor), P_I64(r->period_after_minor),
                               P_I64(r->mrr_before_e4), P_I64(r->mrr_after_e4), P_I64(r->id)));
}

enum err insert_amendment_items(struct ctx *ctx, const struct amendment_item_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[ITEMS_INSERT], item_column, COUNT_OF(item_column) - 1, rows, sizeof rows[0], count);
}

enum err amendment_items(struct ctx *ctx, int64_t amendment_id, struct amendment_item_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ITEMS], PARAMS(P_I64(amendment_id)), rows, count);
}

enum err insert_amendment_invoice(struct ctx *ctx, int64_t amendment_id, int64_t invoice_id)
{
    return db_write(ctx, &statement[INVOICE_INSERT], PARAMS(P_I64(amendment_id), P_I64(invoice_id)), NULL);
}

enum err amendment_documents(struct ctx *ctx, int64_t amendment_id, struct amendment_document **rows, size_t *count)
{
    return db_rows(ctx, &statement[DOCUMENTS], PARAMS(P_I64(amendment_id)), rows, count);
}

enum err due_amendments(struct ctx *ctx, int32_t by_on, int64_t after_id, int32_t limit, struct due_amendment **rows, size_t *count)
{
    return db_rows(ctx, &statement[DUE], PARAMS(P_DATE(by_on), P_I64(after_id), P_DATE(by_on), P_I64(after_id), P_I64(limit)), rows, count);
}

enum err insert_pause(struct ctx *ctx, const struct subscription_pause *p)
{
    return db_write(ctx, &statement[PAUSE_INSERT],
                    PARAMS(P_I64(p->subscription_id), P_DATE(p->from_on), P_DATE(p->resume_on), P_I64(p->banked_days)), NULL);
}

enum err end_pause(struct ctx *ctx, int64_t subscription_id, int32_t until_on)
{
    return db_write_one(ctx, &statement[PAUSE_END], PARAMS(P_DATE(until_on), P_I64(subscription_id)));
}

enum err end_pause_plan(struct ctx *ctx, int64_t subscription_id)
{
    return db_write(ctx, &statement[PAUSE_UNPLAN], PARAMS(P_I64(subscription_id)), NULL);
}

enum err pauses_of(struct ctx *ctx, int64_t subscription_id, struct subscription_pause **rows, size_t *count)
{
    return db_rows(ctx, &statement[PAUSES], PARAMS(P_I64(subscription_id)), rows, count);
}

enum err insert_past_schedule(struct ctx *ctx, const struct subscription *s, int32_t until_on)
{
    return db_write(ctx, &statement[SCHEDULE_INSERT],
                    PARAMS(P_I64(s->id), P_I64(s->epoch), P_DATE(until_on), P_TEXT(s->unit), P_I64(s->count), P_DATE(s->anchor_on),
                           P_I64(s->month_day), P_DATE(s->epoch_on), P_TEXT(s->discounts)), NULL);
}

enum err past_schedule_on(struct ctx *ctx, int64_t subscription_id, int32_t on, struct past_schedule *row)
{
    return db_row(ctx, &statement[SCHEDULE_ON], PARAMS(P_I64(subscription_id), P_DATE(on)), row);
}

enum err insert_amendment_terms(struct ctx *ctx, const struct amendment_terms *t)
{
    return db_write(ctx, &statement[TERMS_INSERT],
                    PARAMS(P_I64(t->amendment_id), P_TEXT(t->term_unit), P_I64(t->term_count), P_BOOL(t->term_renews), P_I64(t->commitment_months),
                           P_I64(t->notice_days), P_TEXT(t->customer_end), P_I64(t->close_days)), NULL);
}

enum err amendment_terms(struct ctx *ctx, int64_t amendment_id, struct amendment_terms *row)
{
    return db_row(ctx, &statement[TERMS], PARAMS(P_I64(amendment_id)), row);
}

enum err insert_past_terms(struct ctx *ctx, const struct subscription *s, int64_t amendment_id, int32_t until_on)
{
    return db_write(ctx, &statement[PAST_TERMS_INSERT],
                    PARAMS(P_I64(amendment_id), P_I64(s->id), P_DATE(until_on), P_TEXT(s->term_unit), P_I64(s->term_count), P_BOOL(s->term_renews),
                           P_DATE(s->term_from_on), P_DATE(s->commitment_until_on), P_I64(s->notice_days), P_TEXT(s->customer_end),
                           P_I64(s->close_days)), NULL);
}

enum err past_terms_on(struct ctx *ctx, int64_t subscription_id, int32_t on, struct past_terms *row)
{
    return db_row(ctx, &statement[PAST_TERMS_ON], PARAMS(P_I64(subscription_id), P_DATE(on)), row);
}

enum err insert_amendment_discounts(struct ctx *ctx, const struct amendment_discount_row *rows, size_t count)
{
    return db_write_many(ctx, &statement[DISCOUNTS_INSERT], discount_column, COUNT_OF(discount_column), rows, sizeof rows[0], count);
}

enum err amendment_discounts(struct ctx *ctx, int64_t amendment_id, struct amendment_discount_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[DISCOUNTS], PARAMS(P_I64(amendment_id)), rows, count);
}

enum err insert_past_discounts(struct ctx *ctx, const struct subscription *s, int64_t amendment_id, int32_t until_on)
{
    return db_write(ctx, &statement[PAST_DISCOUNTS_INSERT],
                    PARAMS(P_I64(amendment_id), P_I64(s->id), P_I64(s->epoch), P_DATE(until_on), P_TEXT(s->discounts)), NULL);
}

enum err past_discounts_on(struct ctx *ctx, int64_t subscription_id, int32_t epoch, int32_t on, struct past_discounts *row)
{
    return db_row(ctx, &statement[PAST_DISCOUNTS_ON], PARAMS(P_I64(subscription_id), P_I64(epoch), P_DATE(on)), row);
}

enum err insert_transfer_events(struct ctx *ctx, const struct amendment_row *r, int64_t from_owner_id)
{
    return db_write(ctx, &statement[TRANSFER],
                    PARAMS(P_I64(r->id), P_I64(r->subscription_id), P_ID(from_owner_id), P_DATE(r->effective_on), P_TEXT(r->currency), P_I64(r->mrr_before_e4),
                           P_I64(r->id), P_I64(r->subscription_id), P_ID(r->owner_id), P_DATE(r->effective_on), P_TEXT(r->currency), P_I64(r->mrr_before_e4)), NULL);
}

enum err end_lines(struct ctx *ctx, const struct line_end *rows, size_t count)
{
    return db_write_many(ctx, &statement[LINES_END], end_column, COUNT_OF(end_column), rows, sizeof rows[0], count);
}

enum err invoiced_of(struct ctx *ctx, int64_t subscription_id, struct invoiced_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[INVOICED], PARAMS(P_I64(subscription_id), P_I64(subscription_id)), rows, count);
}

enum err credits_of_invoiced(struct ctx *ctx, int64_t subscription_id, struct invoiced_credit_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[CREDITS], PARAMS(P_I64(subscription_id), P_I64(subscription_id)), rows, count);
}

enum err amended_until(struct ctx *ctx, int64_t subscription_id, struct amended_until *row)
{
    return db_row(ctx, &statement[UNTIL], PARAMS(P_I64(subscription_id), P_I64(subscription_id)), row);
}
