#include "store/pricelist.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "store/db.h"

static const struct column list_column[] = {
    COLUMN(I64, pricelist_row, id), COLUMN(TEXT, pricelist_row, name), COLUMN(TEXT, pricelist_row, scope),
    COLUMN(ID, pricelist_row, customer_id), COLUMN(TEXT, pricelist_row, customer_number),
    COLUMN(TEXT, pricelist_row, customer_name), COLUMN(ID, pricelist_row, segment_id), COLUMN(TEXT, pricelist_row, segment),
    COLUMN(TEXT, pricelist_row, country), COLUMN(TEXT, pricelist_row, currency), COLUMN(I32, pricelist_row, priority),
    COLUMN(TEXT, pricelist_row, state), COLUMN(I32, pricelist_row, rev), COLUMN(I64, pricelist_row, prices),
};
#define LISTS                                                                                                   \
    "SELECT l.id, l.name, l.scope, l.customer_id, IFNULL(c.number, '') AS customer_number, "                     \
    "IFNULL(v.name, '') AS customer_name, l.segment_id, IFNULL(s.name, '') AS segment, "                         \
    "IFNULL(l.country, '') AS country, l.currency, l.priority, l.state, l.rev, "                                 \
    "(SELECT COUNT(*) FROM pricelist_price p WHERE p.pricelist_id = l.id) AS prices FROM pricelist l "           \
    "LEFT JOIN customer c ON c.id = l.customer_id LEFT JOIN customer_version v ON v.id = c.current_version_id "  \
    "LEFT JOIN segment s ON s.id = l.segment_id "

static const struct column price_column[] = {
    COLUMN(I64, pricelist_price_row, id), COLUMN(I64, pricelist_price_row, pricelist_id),
    COLUMN(I64, pricelist_price_row, product_id), COLUMN(TEXT, pricelist_price_row, product_name),
    COLUMN(ID, pricelist_price_row, plan_id), COLUMN(TEXT, pricelist_price_row, plan_name),
    COLUMN(I64, pricelist_price_row, min_quantity_e4), COLUMN(DATE, pricelist_price_row, from_on),
    COLUMN(DATE, pricelist_price_row, until_on), COLUMN(TEXT, pricelist_price_row, price_model),
    COLUMN(I64, pricelist_price_row, unit_price_e4), COLUMN(TEXT, pricelist_price_row, tiers),
    COLUMN(TEXT, pricelist_price_row, list_name), COLUMN(TEXT, pricelist_price_row, scope),
    COLUMN(ID, pricelist_price_row, subject_id), COLUMN(TEXT, pricelist_price_row, country),
    COLUMN(TEXT, pricelist_price_row, currency), COLUMN(I32, pricelist_price_row, priority),
};
#define PRICES                                                                                                  \
    "SELECT p.id, p.pricelist_id, p.product_id, o.name AS product_name, p.plan_id, IFNULL(n.name, '') AS plan_name, " \
    "p.min_quantity_e4, p.from_on, p.until_on, p.price_model, p.unit_price_e4, p.tiers, l.name AS list_name, l.scope, " \
    "IFNULL(l.customer_id, l.segment_id) AS subject_id, IFNULL(l.country, '') AS country, l.currency, l.priority " \
    "FROM pricelist_price p JOIN pricelist l ON l.id = p.pricelist_id JOIN product o ON o.id = p.product_id "    \
    "LEFT JOIN plan n ON n.id = p.plan_id "

#define PRICE_ORDER "ORDER BY o.name, p.product_id, n.unit, n.count, p.plan_key, p.min_quantity_e4, p.from_on"

static const struct column currency_column[] = {COLUMN(TEXT, price_currency, currency)};
static const struct column asker_column[] = {
    COLUMN(I64, price_asker, customer_id), COLUMN(ID, price_asker, segment_id), COLUMN(TEXT, price_asker, country),
    COLUMN(TEXT, price_asker, currency),
};

enum {
    ALL, BY_ID, LOCK, INSERT, SAVE, PRICES_OF, PRICES_PAGE, PRICE_BY_ID, PRICE_INSERT, PRICE_SAVE, PRICE_DELETE, ASKER, PRICES_FOR,
    SEGMENT, CUSTOMER_SEGMENT, CURRENCIES,
};
static const struct statement statement[] = {
    [ALL] = {"pricelists", LISTS "ORDER BY l.scope + 0, l.priority, l.id LIMIT ? OFFSET ?", READS(pricelist_row, list_column)},
    [BY_ID] = {"pricelist_by_id", LISTS "WHERE l.id = ?", READS(pricelist_row, list_column)},
    [LOCK] = {"pricelist_lock", LISTS "WHERE l.id = ? FOR UPDATE", READS(pricelist_row, list_column)},
    [INSERT] = {"pricelist_insert", "INSERT INTO pricelist (name, scope, customer_id, segment_id, country, currency, priority, state) "
                "VALUES (?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?)", NOTHING},
    [SAVE] = {"pricelist_save", "UPDATE pricelist SET name = ?, scope = ?, customer_id = ?, segment_id = ?, country = NULLIF(?, ''), "
              "priority = ?, state = ?, rev = rev + 1 WHERE id = ? AND rev = ?", NOTHING},
    [PRICES_OF] = {"pricelist_prices", PRICES "WHERE p.pricelist_id = ? AND (? = 0 OR p.product_id = ?) " PRICE_ORDER,
                   READS(pricelist_price_row, price_column)},
    [PRICES_PAGE] = {"pricelist_page", PRICES "WHERE p.pricelist_id = ? AND (? = '' OR LOCATE(?, o.name) > 0 OR "
                     "LOCATE(?, CONVERT(o.code USING utf8mb4)) > 0) " PRICE_ORDER " LIMIT ? OFFSET ?", READS(pricelist_price_row, price_column)},
    [PRICE_BY_ID] = {"pricelist_price_by_id", PRICES "WHERE p.id = ?", READS(pricelist_price_row, price_column)},
    [PRICE_INSERT] = {"pricelist_price_insert", "INSERT INTO pricelist_price (pricelist_id, product_id, plan_id, min_quantity_e4, "
                      "from_on, until_on, price_model, unit_price_e4, tiers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [PRICE_SAVE] = {"pricelist_price_save", "UPDATE pricelist_price SET product_id = ?, plan_id = ?, min_quantity_e4 = ?, from_on = ?, "
                    "until_on = ?, price_model = ?, unit_price_e4 = ?, tiers = ? WHERE id = ? AND pricelist_id = ?", NOTHING},
    [PRICE_DELETE] = {"pricelist_price_delete", "DELETE FROM pricelist_price WHERE id = ? AND pricelist_id = ?", NOTHING},
    [ASKER] = {"price_asker", "SELECT c.id AS customer_id, c.segment_id, v.country, IFNULL((SELECT l.currency FROM pricelist l WHERE l.state = 'active' AND "
               "(l.customer_id = c.id OR l.segment_id = c.segment_id OR l.country = v.country) ORDER BY l.scope + 0, l.priority, l.id LIMIT 1), '') AS currency FROM customer c "
               "JOIN customer_version v ON v.id = c.current_version_id WHERE c.id = ?", READS(price_asker, asker_column)},
    [PRICES_FOR] = {"prices_for", PRICES "WHERE l.state = 'active' AND l.currency = ? AND p.from_on <= ? AND "
                    "(p.until_on IS NULL OR p.until_on > ?) AND (l.scope = 'default' OR l.customer_id = ? OR l.segment_id = ? OR "
                    "l.country = ?) ORDER BY p.id", READS(pricelist_price_row, price_column)},
    [SEGMENT] = {"segment_named", "INSERT INTO segment (name) VALUES (?) ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)", NOTHING},
    [CURRENCIES] = {"price_currencies", "SELECT currency FROM price UNION SELECT currency FROM pricelist WHERE state = 'active' ORDER BY currency",
                    READS(price_currency, currency_column)},
    [CUSTOMER_SEGMENT] = {"customer_segment_save", "UPDATE customer SET segment_id = ? WHERE id = ?", NOTHING},
};
DB_STATEMENTS(pricelist, statement)

void pricelist_price_of(const struct pricelist_price_row *row, struct pricelist_price *price)
{
    *price = (struct pricelist_price){
        .id = row->id,
        .list = {.id = row->pricelist_id, .scope = pricelist_scope_from_name(row->scope), .subject_id = row->subject_id,
                 .priority = row->priority},
        .product_id = row->product_id, .plan_id = row->plan_id, .min_quantity_e4 = row->min_quantity_e4,
        .from_on = row->from_on, .until_on = row->until_on};
    CHECK(strlen(row->currency) < sizeof price->currency && strlen(row->country) < sizeof price->list.country);
    memcpy(price->currency, row->currency, strlen(row->currency) + 1);
    memcpy(price->list.country, row->country, strlen(row->country) + 1);
    /* What the database holds was checked when it was written; an unreadable row is refused by core/pricelist. */
    if (!price_rule_read(row->price_model, row->tiers, row->unit_price_e4, &price->rule))
        price->rule.model = 0;
}

enum err pricelists(struct ctx *ctx, int32_t limit, int64_t from, struct pricelist_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[ALL], PARAMS(P_I64(limit), P_I64(from)), rows, count);
}

enum err pricelist_by_id(struct ctx *ctx, int64_t id, struct pricelist_row *row)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), row);
}

enum err lock_pricelist(struct ctx *ctx, int64_t id, struct pricelist_row *row)
{
    return db_row(ctx, &statement[LOCK], PARAMS(P_I64(id)), row);
}

enum err insert_pricelist(struct ctx *ctx, struct pricelist_row *l)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(l->name), P_TEXT(l->scope), P_ID(l->customer_id), P_ID(l->segment_id), P_TEXT(l->country),
                            P_TEXT(l->currency), P_I64(l->priority), P_TEXT(l->state)), &l->id);
}

enum err save_pricelist(struct ctx *ctx, const struct pricelist_row *l)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(l->name), P_TEXT(l->scope), P_ID(l->customer_id), P_ID(l->segment_id), P_TEXT(l->country),
                               P_I64(l->priority), P_TEXT(l->state), P_I64(l->id), P_I64(l->rev)));
}

enum err pricelist_prices(struct ctx *ctx, int64_t pricelist_id, int64_t product_id, struct pricelist_price_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[PRICES_OF], PARAMS(P_I64(pricelist_id), P_I64(product_id), P_I64(product_id)), rows, count);
}

enum err pricelist_page(struct ctx *ctx, int64_t pricelist_id, const char *words, int32_t limit, int64_t from, struct pricelist_price_row **rows,
                        size_t *count)
{
    return db_rows(ctx, &statement[PRICES_PAGE],
                   PARAMS(P_I64(pricelist_id), P_TEXT(words), P_TEXT(words), P_TEXT(words), P_I64(limit), P_I64(from)), rows, count);
}

enum err pricelist_price_by_id(struct ctx *ctx, int64_t id, struct pricelist_price_row *row)
{
    return db_row(ctx, &statement[PRICE_BY_ID], PARAMS(P_I64(id)), row);
}

enum err insert_pricelist_price(struct ctx *ctx, struct pricelist_price_row *p)
{
    return db_insert(ctx, &statement[PRICE_INSERT],
                     PARAMS(P_I64(p->pricelist_id), P_I64(p->product_id), P_ID(p->plan_id), P_I64(p->min_quantity_e4),
                            P_DATE(p->from_on), P_DATE(p->until_on), P_TEXT(p->price_model), P_I64(p->unit_price_e4),
                            P_TEXT(p->tiers)), &p->id);
}

enum err save_pricelist_price(struct ctx *ctx, const struct pricelist_price_row *p)
{
    return db_write_one(ctx, &statement[PRICE_SAVE],
                        PARAMS(P_I64(p->product_id), P_ID(p->plan_id), P_I64(p->min_quantity_e4), P_DATE(p->from_on),
                               P_DATE(p->until_on), P_TEXT(p->price_model), P_I64(p->unit_price_e4), P_TEXT(p->tiers),
                               P_I64(p->id), P_I64(p->pricelist_id)));
}

enum err delete_pricelist_price(struct ctx *ctx, int64_t pricelist_id, int64_t id)
{
    return db_write_one(ctx, &statement[PRICE_DELETE], PARAMS(P_I64(id), P_I64(pricelist_id)));
}

enum err asker_of_customer(struct ctx *ctx, int64_t customer_id, struct price_asker *asker)
{
    return db_row(ctx, &statement[ASKER], PARAMS(P_I64(customer_id)), asker);
}

enum err prices_for(struct ctx *ctx, const struct price_asker *asker, const char *currency, int32_t on,
                    struct pricelist_price_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[PRICES_FOR],
                   PARAMS(P_TEXT(currency), P_DATE(on), P_DATE(on), P_I64(asker->customer_id), P_I64(asker->segment_id),
                          P_TEXT(asker->country)), rows, count);
}

enum err price_currencies(struct ctx *ctx, struct price_currency **rows, size_t *count)
{
    return db_rows(ctx, &statement[CURRENCIES], NO_PARAMS, rows, count);
}

enum err segment_named(struct ctx *ctx, const char *name, int64_t *id)
{
    *id = 0;
    return str_empty(name) ? OK : db_insert(ctx, &statement[SEGMENT], PARAMS(P_TEXT(name)), id);
}

enum err save_customer_segment(struct ctx *ctx, int64_t customer_id, int64_t segment_id)
{
    return db_write_one(ctx, &statement[CUSTOMER_SEGMENT], PARAMS(P_ID(segment_id), P_I64(customer_id)));
}
