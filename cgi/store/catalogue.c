#include "store/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/kept.h"
#include "store/unit.h"

/* What a quote offers: read from the plan while the version is a draft, from the copy that went out with it after that. */
#define TERMS                                                                                      \
    COLUMN(TEXT, plan, name), COLUMN(TEXT, plan, unit_name), COLUMN(I32, plan, count),              \
        COLUMN(TEXT, plan, anchor_name), COLUMN(I32, plan, anchor_day), COLUMN(TEXT, plan, timing_name), \
        COLUMN(TEXT, plan, trial_unit), COLUMN(I32, plan, trial_count), COLUMN(BOOL, plan, trial_card), \
        COLUMN(TEXT, plan, trial_end), COLUMN(TEXT, plan, term_unit_name), COLUMN(I32, plan, term_count), \
        COLUMN(BOOL, plan, term_renews), COLUMN(I32, plan, commitment_months), COLUMN(I32, plan, notice_days), \
        COLUMN(ID, plan, index_id), COLUMN(TEXT, plan, index_name), COLUMN(I32, plan, max_missed), \
        COLUMN(BOOL, plan, debit_first)
#define TERM_COLUMNS(index_name)                                                                   \
    "name, unit AS unit_name, count, anchor AS anchor_name, anchor_day, timing AS timing_name, "     \
    "trial_unit, trial_count, trial_card, trial_end, term_unit AS term_unit_name, term_count, "      \
    "term_renews, commitment_months, notice_days, index_id, " index_name ", max_missed, debit_first"

static const struct column plan_column[] = {
    COLUMN(I64, plan, id),
    TERMS,
    COLUMN(BOOL, plan, no_pause),
    COLUMN(I32, plan, pause_max_days),
    COLUMN(I32, plan, customer_level),
    COLUMN(BOOL, plan, customer_pause),
    COLUMN(BOOL, plan, customer_end),
    COLUMN(I64, plan, dunning_rule_id),
    COLUMN(TEXT, plan, state),
    COLUMN(I32, plan, rev),
};
#define PLAN_COLUMNS                                                                               \
    "SELECT id, "                                                                                  \
    TERM_COLUMNS("IFNULL((SELECT x.name FROM price_index x WHERE x.id = plan.index_id), '') AS index_name") \
    ", may_pause = 0 AS no_pause, pause_max_days, customer_level, customer_pause, customer_end, dunning_rule_id, state, rev FROM plan "

static const struct column terms_column[] = {COLUMN(I64, plan, id), TERMS, COLUMN(TEXT, plan, own_end_name), COLUMN(I32, plan, close_days)};

static const struct column product_column[] = {
    COLUMN(I64, product, id),
    COLUMN(TEXT, product, code),
    COLUMN(TEXT, product, name),
    COLUMN(TEXT, product, description),
    COLUMN(TEXT, product, kind),
    COLUMN(TEXT, product, unit),
    COLUMN(TEXT, product, unit_plural),
    COLUMN(TEXT, product, timing),
    COLUMN(TEXT, product, tax_class),
    COLUMN(TEXT, product, revenue_account),
    COLUMN(TEXT, product, state),
    COLUMN(I32, product, rev),
};
#define PRODUCT_COLUMNS                                                                            \
    "SELECT id, code, name, description, kind, unit, " UNIT_PLURAL("product") ", IFNULL(timing, '') AS timing, tax_class, " \
    "IFNULL(revenue_account, '') AS revenue_account, state, rev FROM product "

static const struct column price_column[] = {
    COLUMN(I64, price, id),
    COLUMN(I64, price, product_id),
    COLUMN(ID, price, plan_id),
    COLUMN(TEXT, price, currency),
    COLUMN(I64, price, unit_price_e4),
};

struct rate_row {
    const char *country;
    const char *tax_class;
    int32_t from_on;
    int32_t rate_ppm;
    const char *postal_from;
    const char *postal_until;
};
static const struct column rate_column[] = {
    COLUMN(TEXT, rate_row, country),
    COLUMN(TEXT, rate_row, tax_class),
    COLUMN(DATE, rate_row, from_on),
    COLUMN(I32, rate_row, rate_ppm),
    COLUMN(TEXT, rate_row, postal_from),
    COLUMN(TEXT, rate_row, postal_until),
};

struct count_row {
    int64_t n;
};
static const struct column count_column[] = {COLUMN(I64, count_row, n)};

enum {
    PLAN_BY_ID,
    PLANS,
    PLAN_INSERT,
    PLAN_SAVE,
    PLAN_SENT,
    PLAN_FREEZE,
    PRODUCT_BY_ID,
    PRODUCT_BY_CODE,
    PRODUCTS_AFTER,
    PRODUCTS_NAMED,
    PRODUCTS_LIKE,
    PRODUCTS_PAGE,
    PRODUCT_INSERT,
    PRODUCT_SAVE,
    PRICES,
    PRICE_SAVE,
    PRICE_DELETE,
    RATES,
    RATE_COUNT,
};

static const struct statement statement[] = {
    [PLAN_BY_ID] = {"plan_by_id", PLAN_COLUMNS "WHERE id = ?", READS(plan, plan_column)},
    [PLANS] = {"plans",
               PLAN_COLUMNS "WHERE ? = 0 OR state = 'active' ORDER BY plan.unit, plan.count, id",
               READS(plan, plan_column)},
    [PLAN_INSERT] = {"plan_insert",
                     "INSERT INTO plan (name, unit, count, anchor, anchor_day, timing, trial_unit, "
                     "trial_count, trial_card, trial_end, term_unit, term_count, term_renews, "
                     "commitment_months, notice_days, index_id, max_missed, debit_first, may_pause, pause_max_days, customer_level, "
                     "customer_pause, customer_end, dunning_rule_id, state) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     NOTHING},
    [PLAN_SAVE] = {"plan_save",
                   "UPDATE plan SET name = ?, unit = ?, count = ?, anchor = ?, anchor_day = ?, timing = ?, "
                   "trial_unit = ?, trial_count = ?, trial_card = ?, trial_end = ?, term_unit = ?, "
                   "term_count = ?, term_renews = ?, commitment_months = ?, "
                   "notice_days = ?, index_id = ?, max_missed = ?, debit_first = ?, may_pause = ?, pause_max_days = ?, customer_level = ?, "
                   "customer_pause = ?, customer_end = ?, dunning_rule_id = ?, state = ?, rev = rev + 1 "
                   "WHERE id = ? AND rev = ?",
                   NOTHING},
    [PLAN_SENT] = {"plan_sent", "SELECT plan_id AS id, " TERM_COLUMNS("index_name") ", customer_end AS own_end_name, close_days FROM quote_version_terms WHERE version_id = ?",
                   READS(plan, terms_column)},
    [PLAN_FREEZE] = {"plan_freeze",
                     "INSERT INTO quote_version_terms (name, unit, count, anchor, anchor_day, timing, trial_unit, trial_count, "
                     "trial_card, trial_end, term_unit, term_count, term_renews, commitment_months, notice_days, index_id, max_missed, debit_first, "
                     "version_id, plan_id, index_name, customer_end, close_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     NOTHING},
    [PRODUCT_BY_ID] = {"product_by_id", PRODUCT_COLUMNS "WHERE id = ?",
                       READS(product, product_column)},
    [PRODUCT_BY_CODE] = {"product_by_code", PRODUCT_COLUMNS "WHERE code = ?",
                         READS(product, product_column)},
    [PRODUCTS_AFTER] = {"products_after", PRODUCT_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?",
                        READS(product, product_column)},
    [PRODUCTS_NAMED] = {"products_named", PRODUCT_COLUMNS "WHERE name = ? AND (? = 1 OR state = 'active') ORDER BY name, id LIMIT ?",
                        READS(product, product_column)},
    [PRODUCTS_LIKE] = {"products_like",
                       PRODUCT_COLUMNS "WHERE (? = '' OR LOCATE(?, CONVERT(code USING utf8mb4)) > 0 OR LOCATE(?, name) > 0) AND "
                       "(? = 1 OR state = 'active') ORDER BY name, id LIMIT ?", READS(product, product_column)},
    [PRODUCTS_PAGE] = {"products_page",
                       PRODUCT_COLUMNS "WHERE ? = '' OR LOCATE(?, CONVERT(code USING utf8mb4)) > 0 OR LOCATE(?, name) > 0 "
                       "ORDER BY name, id LIMIT ? OFFSET ?", READS(product, product_column)},
    [PRODUCT_INSERT] = {"product_insert",
                        "INSERT INTO product (code, name, description, kind, unit, timing, tax_class, "
                        "revenue_account, state) VALUES (?, ?, ?, ?, ?, NULLIF(?, ''), ?, NULLIF(?, ''), ?)",
                        NOTHING},
    [PRODUCT_SAVE] = {"product_save",
                      "UPDATE product SET code = ?, name = ?, description = ?, kind = ?, unit = ?, "
                      "timing = NULLIF(?, ''), tax_class = ?, revenue_account = NULLIF(?, ''), state = ?, rev = rev + 1 "
                      "WHERE id = ? AND rev = ?",
                      NOTHING},
    [PRICES] = {"prices",
                "SELECT id, product_id, plan_id, currency, unit_price_e4 FROM price "
                "WHERE ? = 0 OR product_id = ? ORDER BY product_id, plan_key, currency",
                READS(price, price_column)},
    [PRICE_SAVE] = {"price_save",
                    "INSERT INTO price (product_id, plan_id, currency, unit_price_e4) "
                    "VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE unit_price_e4 = VALUES(unit_price_e4)",
                    NOTHING},
    [PRICE_DELETE] = {"price_delete",
                      "DELETE FROM price WHERE product_id = ? AND plan_key = ? AND currency = ?",
                      NOTHING},
    [RATES] = {"tax_rates",
               "SELECT country, tax_class, from_on, rate_ppm, postal_from, postal_until FROM tax_rate "
               "ORDER BY country, tax_class, from_on",
               READS(rate_row, rate_column)},
    [RATE_COUNT] = {"tax_rate_count", "SELECT COUNT(*) AS n FROM tax_rate", READS(count_row, count_column)},
};
DB_STATEMENTS(catalogue, statement)

static void finish_plan(struct plan *plan)
{
    plan->every.unit = recurrence_unit_from_name(plan->unit_name);
    plan->every.count = plan->count;
    plan->anchor = (struct anchor){anchor_rule_from_name(plan->anchor_name), plan->anchor_day};
    plan->timing = billing_timing_from_name(plan->timing_name);
    plan->term_unit = term_unit_from_name(plan->term_unit_name);
    plan->own_end = own_answer_from_name(plan->own_end_name);
    CHECK(plan->own_end != 0 && plan->every.unit != 0 && plan->anchor.rule != 0 && plan->timing != 0 && plan->term_unit != 0);
}

int32_t plan_bills_from(const struct plan *plan, int32_t started_on)
{
    if (plan->trial_count == 0)
        return started_on;
    return str_equal(plan->trial_unit, "month") ? date_add_months(started_on, plan->trial_count)
                                                : started_on + plan->trial_count;
}

struct contract_terms plan_terms(const struct plan *plan)
{
    return (struct contract_terms){.unit = plan->term_unit, .count = plan->term_count, .renews = plan->term_renews,
        .commitment_months = plan->commitment_months, .notice_days = plan->notice_days};
}

void plan_take_terms(struct plan *plan, const struct own_terms *own)
{
    struct contract_terms terms = terms_with(own, plan_terms(plan));

    plan->term_unit = terms.unit;
    plan->term_unit_name = term_unit_name(terms.unit);
    plan->term_count = terms.count;
    plan->term_renews = terms.renews;
    plan->commitment_months = terms.commitment_months;
    plan->notice_days = terms.notice_days;
    plan->own_end_name = own_answer_name(own->customer_end);
    plan->own_end = own->customer_end == 0 ? ANSWER_PLAN : own->customer_end;
    plan->close_days = own->close_days;
}

/* The plan itself: no quote has said anything. */
static void finish_plain(struct plan *plan)
{
    plan->own_end_name = own_answer_name(ANSWER_PLAN);
    plan->close_days = CLOSE_BY_RULE;
    finish_plan(plan);
}

enum err plan_by_id(struct ctx *ctx, int64_t id, struct plan *plan)
{
    enum err err = kept_row(ctx, &statement[PLAN_BY_ID], id, plan);

    if (err == OK)
        finish_plain(plan);
    return err;
}

enum err plans(struct ctx *ctx, bool active_only, struct plan **list, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[PLANS], PARAMS(P_BOOL(active_only)), list, count));
    for (size_t i = 0; i < *count; i++)
        finish_plain(&(*list)[i]);
    return OK;
}

/* A rule that is not given is the simplest one. */
#define RULES_OF(p)                                                                                \
    P_TEXT(anchor_rule_name((p)->anchor.rule != 0 ? (p)->anchor.rule : ANCHOR_START)),              \
        P_I64((p)->anchor.day),                                                                    \
        P_TEXT(billing_timing_name((p)->timing != 0 ? (p)->timing : BILLING_ADVANCE)),             \
        P_TEXT(str_empty((p)->trial_unit) ? "day" : (p)->trial_unit), P_I64((p)->trial_count),      \
        P_BOOL((p)->trial_card), P_TEXT(str_empty((p)->trial_end) ? "bill" : (p)->trial_end),       \
        P_TEXT(term_unit_name((p)->term_unit != 0 ? (p)->term_unit : TERM_PERIODS)),               \
        P_I64((p)->term_count), P_BOOL((p)->term_renews)

#define TERMS_OF(p)                                                                                \
    P_TEXT((p)->name), P_TEXT(recurrence_unit_name((p)->every.unit)), P_I64((p)->every.count), RULES_OF(p), \
        P_I64((p)->commitment_months), P_I64((p)->notice_days), P_ID((p)->index_id), P_I64((p)->max_missed), \
        P_BOOL((p)->debit_first)

#define PAUSE_OF(p) P_BOOL(!(p)->no_pause), P_I64((p)->pause_max_days), P_I64((p)->customer_level), P_BOOL((p)->customer_pause), P_BOOL((p)->customer_end)

enum err insert_plan(struct ctx *ctx, struct plan *p)
{
    return db_insert(ctx, &statement[PLAN_INSERT],
                     PARAMS(TERMS_OF(p), PAUSE_OF(p), P_I64(p->dunning_rule_id), P_TEXT(p->state)), &p->id);
}

enum err save_plan(struct ctx *ctx, const struct plan *p)
{
    return db_write_one(ctx, &statement[PLAN_SAVE],
                        PARAMS(TERMS_OF(p), PAUSE_OF(p), P_I64(p->dunning_rule_id), P_TEXT(p->state), P_I64(p->id), P_I64(p->rev)));
}

enum err plan_as_sent(struct ctx *ctx, int64_t version_id, struct plan *plan)
{
    enum err err;

    memset(plan, 0, sizeof *plan);
    err = kept_always(ctx, &statement[PLAN_SENT], version_id, plan); /* never changes */
    if (err == OK)
        finish_plan(plan);
    return err;
}

enum err freeze_plan(struct ctx *ctx, int64_t version_id, const struct plan *p)
{
    return db_write(ctx, &statement[PLAN_FREEZE], PARAMS(TERMS_OF(p), P_I64(version_id), P_I64(p->id), P_TEXT(p->index_name),
                                                     P_TEXT(own_answer_name(p->own_end)), P_I64(p->close_days)), NULL);
}

enum err product_by_id(struct ctx *ctx, int64_t id, struct product *product)
{
    return db_row(ctx, &statement[PRODUCT_BY_ID], PARAMS(P_I64(id)), product);
}

enum err product_by_code(struct ctx *ctx, const char *code, struct product *product)
{
    return db_row(ctx, &statement[PRODUCT_BY_CODE], PARAMS(P_TEXT(code)), product);
}

enum err products_named(struct ctx *ctx, const char *name, bool archived, int32_t limit, struct product **list, size_t *count)
{
    return db_rows(ctx, &statement[PRODUCTS_NAMED], PARAMS(P_TEXT(name), P_BOOL(archived), P_I64(limit)), list, count);
}

enum err products_like(struct ctx *ctx, const char *words, bool archived, int32_t limit, struct product **list, size_t *count)
{
    return db_rows(ctx, &statement[PRODUCTS_LIKE],
                   PARAMS(P_TEXT(words), P_TEXT(words), P_TEXT(words), P_BOOL(archived), P_I64(limit)), list, count);
}

enum err products_page(struct ctx *ctx, const char *words, int32_t limit, int64_t from, struct product **list, size_t *count)
{
    return db_rows(ctx, &statement[PRODUCTS_PAGE],
                   PARAMS(P_TEXT(words), P_TEXT(words), P_TEXT(words), P_I64(limit), P_I64(from)), list, count);
}

enum err products_after(struct ctx *ctx, int64_t after_id, int32_t limit, struct product **list, size_t *count)
{
    return db_rows(ctx, &statement[PRODUCTS_AFTER], PARAMS(P_I64(after_id), P_I64(limit)), list, count);
}

enum err insert_product(struct ctx *ctx, struct product *p)
{
    return db_insert(ctx, &statement[PRODUCT_INSERT],
                     PARAMS(P_TEXT(p->code), P_TEXT(p->name), P_TEXT(p->description),
                            P_TEXT(p->kind), P_TEXT(p->unit), P_TEXT(p->timing != NULL ? p->timing : ""),
                            P_TEXT(p->tax_class), P_TEXT(p->revenue_account != NULL ? p->revenue_account : ""), P_TEXT(p->state)),
                     &p->id);
}

enum err save_product(struct ctx *ctx, const struct product *p)
{
    return db_write_one(ctx, &statement[PRODUCT_SAVE],
                        PARAMS(P_TEXT(p->code), P_TEXT(p->name), P_TEXT(p->description),
                               P_TEXT(p->kind), P_TEXT(p->unit),
                               P_TEXT(p->timing != NULL ? p->timing : ""), P_TEXT(p->tax_class),
                               P_TEXT(p->revenue_account != NULL ? p->revenue_account : ""), P_TEXT(p->state), P_I64(p->id), P_I64(p->rev)));
}

enum err prices(struct ctx *ctx, int64_t product_id, struct price **list, size_t *count)
{
    return db_rows(ctx, &statement[PRICES], PARAMS(P_I64(product_id), P_I64(product_id)), list, count);
}

enum err save_price(struct ctx *ctx, const struct price *p)
{
    return db_write(ctx, &statement[PRICE_SAVE],
                    PARAMS(P_I64(p->product_id), P_ID(p->plan_id), P_TEXT(p->currency),
                           P_I64(p->unit_price_e4)),
                    NULL);
}

enum err delete_price(struct ctx *ctx, int64_t product_id, int64_t plan_id, const char *currency)
{
    return db_write(ctx, &statement[PRICE_DELETE],
                    PARAMS(P_I64(product_id), P_I64(plan_id), P_TEXT(currency)), NULL);
}

static void copy_text(char *to, size_t room, const char *from)
{
    CHECK(strlen(from) < room);
    memcpy(to, from, strlen(from) + 1);
}

/* Rates are added and never changed: a copy lasts half a minute, and no longer than their number stays. */
enum err tax_rates(struct ctx *ctx, struct tax_rate **rates, size_t *count)
{
    static struct {
        const struct db *db;
        int64_t until_at;
        struct tax_rate *rates;
        size_t count;
    } kept;
    struct rate_row *rows;
    struct count_row stored;
    size_t n;

    TRY(ctx, db_row(ctx, &statement[RATE_COUNT], NO_PARAMS, &stored));
    if (kept.db != ctx->db || ctx->now >= kept.until_at || stored.n != (int64_t)kept.count) {
        TRY(ctx, db_rows(ctx, &statement[RATES], NO_PARAMS, &rows, &n));
        kept.db = NULL;
        free(kept.rates);
        kept.rates = calloc(n + 1, sizeof *kept.rates);
        CHECK(kept.rates != NULL);
        for (size_t i = 0; i < n; i++) {
            struct tax_rate *rate = &kept.rates[i];

            copy_text(rate->country, sizeof rate->country, rows[i].country);
            copy_text(rate->tax_class, sizeof rate->tax_class, rows[i].tax_class);
            rate->from_on = rows[i].from_on;
            rate->rate_ppm = rows[i].rate_ppm;
            copy_text(rate->postal_from, sizeof rate->postal_from, rows[i].postal_from);
            copy_text(rate->postal_until, sizeof rate->postal_until, rows[i].postal_until);
        }
        kept.count = n;
        kept.until_at = ctx->now + 30 * CLOCK_SECOND;
        kept.db = ctx->db;
    }
    *count = kept.count;
    *rates = ARENA_ARRAY(ctx->arena, struct tax_rate, kept.count + 1);
    memcpy(*rates, kept.rates, kept.count * sizeof *kept.rates);
    return OK;
}
