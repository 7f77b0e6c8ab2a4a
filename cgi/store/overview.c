#include "store/overview.h"

#include "store/db.h"

static const struct column figures_column[] = {
    COLUMN(I64, figures, mrr_e4),    COLUMN(I64, figures, subscriptions), COLUMN(I64, figures, due_minor),
    COLUMN(I64, figures, overdue_minor), COLUMN(I64, figures, quotes),    COLUMN(I64, figures, quotes_minor),
};
static const struct column todo_column[] = {
    COLUMN(I64, todo_item, id),
    COLUMN(TEXT, todo_item, kind),
    COLUMN(TEXT, todo_item, subject_kind),
    COLUMN(I64, todo_item, subject_id),
    COLUMN(TEXT, todo_item, number),
    COLUMN(TEXT, todo_item, customer_name),
    COLUMN(I64, todo_item, amount_minor),
    COLUMN(TEXT, todo_item, currency),
    COLUMN(TEXT, todo_item, detail),
    COLUMN(DATE, todo_item, opened_on),
};
static const struct column question_column[] = {
    COLUMN(I64, open_question, quote_id),
    COLUMN(TEXT, open_question, number),
    COLUMN(TEXT, open_question, customer_name),
    COLUMN(TEXT, open_question, text),
    COLUMN(INSTANT, open_question, at),
};
static const struct column counts_column[] = {
    COLUMN(I64, quote_counts, draft),     COLUMN(I64, quote_counts, sent),
    COLUMN(I64, quote_counts, signed_),   COLUMN(I64, quote_counts, confirmed),
    COLUMN(I64, quote_counts, declined),  COLUMN(I64, quote_counts, expired),
    COLUMN(I64, quote_counts, withdrawn),
};
static const struct column subscription_column[] = {
    COLUMN(TEXT, customer_subscription, number),
    COLUMN(TEXT, customer_subscription, plan_name),
    COLUMN(TEXT, customer_subscription, state),
    COLUMN(TEXT, customer_subscription, currency),
    COLUMN(I64, customer_subscription, period_minor),
    COLUMN(DATE, customer_subscription, due_on),
};
static const struct column invoice_column[] = {
    COLUMN(TEXT, customer_invoice, number),
    COLUMN(DATE, customer_invoice, issued_on),
    COLUMN(DATE, customer_invoice, due_on),
    COLUMN(TEXT, customer_invoice, currency),
    COLUMN(I64, customer_invoice, total_minor),
    COLUMN(I64, customer_invoice, open_minor),
    COLUMN(TEXT, customer_invoice, state),
};

enum { FIGURES, TODO, QUESTIONS, COUNTS, SUBSCRIPTIONS, INVOICES };

#define SUM(what) "CAST(IFNULL(SUM(" what "), 0) AS SIGNED)"

static const struct statement statement[] = {
    [FIGURES] = {"figures_now",
                 "SELECT s.mrr_e4, s.subscriptions, r.due_minor, r.overdue_minor, q.quotes, q.quotes_minor FROM "
                 "(SELECT " SUM("mrr_e4") " AS mrr_e4, COUNT(*) AS subscriptions FROM subscription "
                 "WHERE state IN ('active', 'past_due') AND currency = ?) s, "
                 "(SELECT " SUM("open_minor") " AS due_minor, " SUM("IF(due_on < ?, open_minor, 0)") " AS overdue_minor "
                 "FROM receivable WHERE state = 'open' AND currency = ?) r, "
                 "(SELECT COUNT(*) AS quotes, " SUM("v.today_minor") " AS quotes_minor FROM quote q "
                 "JOIN quote_version v ON v.id = q.current_version_id "
                 "WHERE q.state = 'sent' AND v.valid_until_on >= ? AND v.currency = ?) q",
                 READS(figures, figures_column)},
    [TODO] = {"todo_items",
              "SELECT i.id, i.kind, i.subject_kind, i.subject_id, COALESCE(q.number, s.number, n.number, c.number, '') AS number, "
              "COALESCE(v.name, '') AS customer_name, i.amount_minor, i.currency, i.detail, i.opened_on "
              "FROM operator_item i "
              "LEFT JOIN attempt a ON i.subject_kind = 'attempt' AND a.id = i.subject_id "
              "LEFT JOIN payable y ON y.id = a.payable_id "
              "LEFT JOIN quote_version w ON w.id = y.quote_version_id "
              "LEFT JOIN quote q ON q.id = IF(i.subject_kind = 'quote', i.subject_id, w.quote_id) "
              "LEFT JOIN subscription s ON i.subject_kind = 'subscription' AND s.id = i.subject_id "
              "LEFT JOIN invoice n ON n.id = IF(i.subject_kind = 'invoice', i.subject_id, y.invoice_id) "
              "LEFT JOIN customer c ON c.id = COALESCE(q.customer_id, s.customer_id, n.customer_id, "
              "IF(i.subject_kind = 'customer', i.subject_id, NULL)) "
              "LEFT JOIN customer_version v ON v.id = c.current_version_id "
              "WHERE i.open_key = 1 ORDER BY IFNULL(i.amount_minor, 0) DESC, i.id LIMIT ?",
              READS(todo_item, todo_column)},
    [QUESTIONS] = {"open_questions",
                   "SELECT m.quote_id, q.number, v.name AS customer_name, m.text, m.at FROM quote_message m "
                   "JOIN quote q ON q.id = m.quote_id JOIN customer c ON c.id = q.customer_id "
                   "JOIN customer_version v ON v.id = c.current_version_id "
                   "WHERE m.id = (SELECT MAX(n.id) FROM quote_message n WHERE n.quote_id = m.quote_id) "
                   "AND m.author NOT LIKE 'seller:%' AND q.state IN ('sent', 'signed') ORDER BY m.id LIMIT ?",
                   READS(open_question, question_column)},
    [COUNTS] = {"count_quotes",
                "SELECT " SUM("q.state = 'draft'") " AS draft, "
                SUM("q.state = 'sent' AND v.valid_until_on >= ?") " AS sent, " SUM("q.state = 'signed'") " AS signed_, "
                SUM("q.state = 'confirmed'") " AS confirmed, " SUM("q.state = 'declined'") " AS declined, "
                SUM("q.state = 'sent' AND v.valid_until_on < ?") " AS expired, "
                SUM("q.state = 'withdrawn'") " AS withdrawn "
                "FROM quote q JOIN quote_version v ON v.id = q.current_version_id",
                READS(quote_counts, counts_column)},
    [SUBSCRIPTIONS] = {"customer_subscriptions",
                       "SELECT s.number, p.name AS plan_name, s.state, s.currency, s.period_minor, s.due_on "
                       "FROM subscription s JOIN plan p ON p.id = s.plan_id WHERE s.customer_id = ? "
                       "ORDER BY s.id DESC LIMIT 50",
                       READS(customer_subscription, subscription_column)},
    [INVOICES] = {"customer_invoices",
                  "SELECT i.number, i.issued_on, i.due_on, i.currency, i.total_minor, "
                  "IFNULL(r.open_minor, 0) AS open_minor, CASE i.kind WHEN 'credit_note' THEN 'credit' WHEN 'deposit' THEN 'deposit' ELSE r.state END AS state FROM invoice i "
                  "LEFT JOIN receivable r ON r.invoice_id = i.id WHERE i.customer_id = ? ORDER BY i.id DESC LIMIT 50",
                  READS(customer_invoice, invoice_column)},
};
DB_STATEMENTS(overview, statement)

enum err figures_now(struct ctx *ctx, const char *currency, struct figures *figures)
{
    return db_row(ctx, &statement[FIGURES],
                  PARAMS(P_TEXT(currency), P_DATE(ctx->today_on), P_TEXT(currency), P_DATE(ctx->today_on),
                         P_TEXT(currency)),
                  figures);
}

enum err todo_items(struct ctx *ctx, int32_t limit, struct todo_item **items, size_t *count)
{
    return db_rows(ctx, &statement[TODO], PARAMS(P_I64(limit)), items, count);
}

enum err open_questions(struct ctx *ctx, int32_t limit, struct open_question **questions, size_t *count)
{
    return db_rows(ctx, &statement[QUESTIONS], PARAMS(P_I64(limit)), questions, count);
}

enum err count_quotes(struct ctx *ctx, struct quote_counts *counts)
{
    return db_row(ctx, &statement[COUNTS], PARAMS(P_DATE(ctx->today_on), P_DATE(ctx->today_on)), counts);
}

enum err customer_subscriptions(struct ctx *ctx, int64_t customer_id, struct customer_subscription **rows,
                                size_t *count)
{
    return db_rows(ctx, &statement[SUBSCRIPTIONS], PARAMS(P_I64(customer_id)), rows, count);
}

enum err customer_invoices(struct ctx *ctx, int64_t customer_id, struct customer_invoice **rows, size_t *count)
{
    return db_rows(ctx, &statement[INVOICES], PARAMS(P_I64(customer_id)), rows, count);
}
