#include "store/card.h"

#include "store/db.h"

static const struct column card_column[] = {
    COLUMN(I64, ending_card, method_id), COLUMN(I64, ending_card, customer_id), COLUMN(I64, ending_card, subscription_id),
    COLUMN(I32, ending_card, exp_month), COLUMN(I32, ending_card, exp_year), COLUMN(TEXT, ending_card, last4),
};

static const struct statement statement[] = {
    {"ending_cards", "SELECT m.id AS method_id, m.customer_id, MIN(s.id) AS subscription_id, m.exp_month, m.exp_year, m.last4 "
     "FROM payment_method m JOIN subscription s ON s.payment_method_id = m.id AND s.state <> 'ended' WHERE m.id > ? AND m.gateway = 'stripe' AND "
     "m.state = 'active' AND ((m.exp_year = ? AND m.exp_month = ?) OR (m.exp_year = ? AND m.exp_month = ?)) "
     "GROUP BY m.id, m.customer_id, m.exp_month, m.exp_year, m.last4 ORDER BY m.id LIMIT ?", READS(ending_card, card_column)},
};
DB_STATEMENTS(card, statement)

enum err ending_cards(struct ctx *ctx, int32_t first, int32_t second, int64_t after_id, int32_t limit, struct ending_card **rows, size_t *count)
{
    return db_rows(ctx, &statement[0],
                   PARAMS(P_I64(after_id), P_I64(first / 12), P_I64(first % 12 + 1), P_I64(second / 12), P_I64(second % 12 + 1), P_I64(limit)), rows, count);
}
