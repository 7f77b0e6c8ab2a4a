#include "store/reserve.h"

#include "base/str.h"
#include "store/db.h"
#include "store/list.h"

static const struct column card_column[] = {
    COLUMN(I64, subscription_card, subscription_id), COLUMN(BOOL, subscription_card, own), COLUMN(I64, subscription_card, named),
    COLUMN(I64, subscription_card, method_id), COLUMN(TEXT, subscription_card, gateway), COLUMN(TEXT, subscription_card, state), COLUMN(TEXT, subscription_card, token_sealed),
    COLUMN(TEXT, subscription_card, brand), COLUMN(I32, subscription_card, exp_month), COLUMN(I32, subscription_card, exp_year),
    COLUMN(TEXT, subscription_card, decline_code),
};
static const struct column other_column[] = {
    COLUMN(I64, other_card, method_id), COLUMN(TEXT, other_card, brand), COLUMN(TEXT, other_card, last4), COLUMN(I32, other_card, exp_month),
    COLUMN(I32, other_card, exp_year), COLUMN(BOOL, other_card, reserve), COLUMN(DATE, other_card, agreed_on),
};

enum { CARDS, OTHERS, INSERT, WITHDRAW, WITHDRAW_ALL };

#define CARD_FIELDS                                                                                                                   \
    "m.id AS method_id, m.gateway, m.state, m.token_sealed, m.brand, m.exp_month, m.exp_year, IFNULL((SELECT a.decline_code FROM attempt a " \
    "WHERE a.payment_method_id = m.id AND a.state = 'declined' ORDER BY a.id DESC LIMIT 1), '') AS decline_code "

static const struct statement statement[] = {
    [CARDS] = {"cards_of_subscriptions",
               "SELECT s.id AS subscription_id, 1 AS own, 0 AS named, " CARD_FIELDS "FROM " ID_LIST "subscription s ON s.id = j.id "
               "JOIN payment_method m ON m.id = s.payment_method_id UNION SELECT c.subscription_id, 0, c.id, " CARD_FIELDS "FROM " ID_LIST
               "reserve_card c ON c.subscription_id = j.id AND c.stands = 1 JOIN payment_method m ON m.id = c.payment_method_id "
               "ORDER BY subscription_id, own DESC, named", READS(subscription_card, card_column)},
    [OTHERS] = {"other_cards",
                "SELECT m.id AS method_id, m.brand, m.last4, m.exp_month, m.exp_year, c.id IS NOT NULL AS reserve, c.agreed_on FROM subscription s "
                "JOIN payment_method m ON m.customer_id = s.customer_id AND m.gateway = 'stripe' "
                "LEFT JOIN payment_method o ON o.id = s.payment_method_id LEFT JOIN reserve_card c ON c.subscription_id = s.id AND "
                "c.payment_method_id = m.id AND c.stands = 1 WHERE s.id = ? AND NOT (m.id <=> o.id) AND NOT (m.brand <=> o.brand AND m.last4 <=> o.last4 AND "
                "m.exp_month <=> o.exp_month AND m.exp_year <=> o.exp_year) AND (c.id IS NOT NULL OR (m.state = 'active' AND "
                "EXISTS (SELECT 1 FROM subscription t WHERE t.payment_method_id = m.id AND t.state <> 'ended'))) "
                "ORDER BY m.id LIMIT 20", READS(other_card, other_column)},
    [INSERT] = {"reserve_card_insert", "INSERT INTO reserve_card (subscription_id, payment_method_id, agreed_text, language, agreed_on, agreed_at, remote_addr, user_agent) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [WITHDRAW] = {"reserve_card_withdraw", "UPDATE reserve_card SET withdrawn_at = ? WHERE subscription_id = ? AND payment_method_id = ? AND stands = 1", NOTHING},
    [WITHDRAW_ALL] = {"reserve_cards_withdraw", "UPDATE reserve_card SET withdrawn_at = ? WHERE subscription_id = ? AND stands = 1", NOTHING},
};
DB_STATEMENTS(reserve, statement)

enum err cards_of_subscriptions(struct ctx *ctx, const int64_t *subscription_ids, size_t count, struct subscription_card **rows, size_t *found)
{
    const char *list = id_list(ctx->arena, subscription_ids, count);

    return db_rows(ctx, &statement[CARDS], PARAMS(P_TEXT(list), P_TEXT(list)), rows, found);
}

enum err other_cards(struct ctx *ctx, int64_t subscription_id, struct other_card **rows, size_t *count)
{
    return db_rows(ctx, &statement[OTHERS], PARAMS(P_I64(subscription_id)), rows, count);
}

enum err insert_reserve_card(struct ctx *ctx, int64_t subscription_id, int64_t method_id, const char *agreed_text, const char *language)
{
    return db_write(ctx, &statement[INSERT],
                    PARAMS(P_I64(subscription_id), P_I64(method_id), P_TEXT(agreed_text), P_TEXT(language), P_DATE(ctx->today_on), P_INSTANT(ctx->now),
                           P_TEXT(ctx->remote_addr), P_TEXT(str_cut(ctx->arena, ctx->user_agent, 250))), NULL);
}

enum err withdraw_reserve_card(struct ctx *ctx, int64_t subscription_id, int64_t method_id)
{
    return db_write(ctx, &statement[WITHDRAW], PARAMS(P_INSTANT(ctx->now), P_I64(subscription_id), P_I64(method_id)), NULL);
}

enum err withdraw_reserve_cards(struct ctx *ctx, int64_t subscription_id)
{
    return db_write(ctx, &statement[WITHDRAW_ALL], PARAMS(P_INSTANT(ctx->now), P_I64(subscription_id)), NULL);
}
