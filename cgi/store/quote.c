#include "store/quote.h"

#include "base/check.h"
#include "base/str.h"
#include "core/date.h"
#include "store/db.h"
#include "store/unit.h"
#include "store/kept.h"

static const struct column quote_column[] = {
    COLUMN(I64, quote, id),
    COLUMN(TEXT, quote, number),
    COLUMN(I64, quote, customer_id),
    COLUMN(I64, quote, owner_id),
    COLUMN(TEXT, quote, owner_name),
    COLUMN(TEXT, quote, owner_email),
    COLUMN(TEXT, quote, owner_language),
    COLUMN(TEXT, quote, kind_name),
    COLUMN(ID, quote, contract_id),
    COLUMN(TEXT, quote, contract_number),
    COLUMN(TEXT, quote, takes_effect),
    COLUMN(BOOL, quote, gives_back),
    COLUMN(BOOL, quote, keep_anchor),
    COLUMN(DATE, quote, made_from_on),
    COLUMN(TEXT, quote, made_from),
    COLUMN(ID, quote, current_version_id),
    COLUMN(TEXT, quote, state_name),
    COLUMN(TEXT, quote, decline_reason),
    COLUMN(INSTANT, quote, created_at),
    COLUMN(DATE, quote, created_on),
    COLUMN(BOOL, quote, has_choices),
    COLUMN(BOOL, quote, has_messages),
    COLUMN(BOOL, quote, has_alternatives),
    COLUMN(TEXT, quote, coupon),
};
/* Owner and contract by subqueries: a joined row would be locked with the quote's. */
#define OWNER(column) "(SELECT u." column " FROM seller_user u WHERE u.id = quote.owner_id) AS owner_" column ", "
#define QUOTE_COLUMNS                                                                              \
    "id, number, customer_id, owner_id, " OWNER("name") OWNER("email") OWNER("language") "kind AS kind_name, contract_id, " \
    "IFNULL((SELECT s.number FROM subscription s WHERE s.id = quote.contract_id), '') AS contract_number, " \
    "IFNULL(takes_effect, '') AS takes_effect, gives_back, keep_anchor, made_from_on, IFNULL(made_from, '') AS made_from, current_version_id, state AS state_name, decline_reason, "  \
    "created_at, created_on, "                                                                      \
    "EXISTS (SELECT 1 FROM quote_choice c WHERE c.version_id = quote.current_version_id) AS has_choices, " \
    "EXISTS (SELECT 1 FROM quote_message m WHERE m.quote_id = quote.id) AS has_messages, " \
    "alternative_of IS NOT NULL OR EXISTS (SELECT 1 FROM quote a WHERE a.alternative_of = quote.id) AS has_alternatives, " \
    "IFNULL((SELECT r.discount FROM coupon_redemption r WHERE r.quote_id = quote.id), '') AS coupon"

static const struct column version_column[] = {
    COLUMN(I64, quote_version, id),
    COLUMN(I64, quote_version, quote_id),
    COLUMN(I32, quote_version, version),
    COLUMN(TEXT, quote_version, state_name),
    COLUMN(I32, quote_version, rev),
    COLUMN(ID, quote_version, customer_version_id),
    COLUMN(ID, quote_version, company_version_id),
    COLUMN(ID, quote_version, template_id),
    COLUMN(I32, quote_version, template_version),
    COLUMN(ID, quote_version, plan_id),
    COLUMN(TEXT, quote_version, duration_name),
    COLUMN(TEXT, quote_version, term_unit_name),
    COLUMN(I32, quote_version, term_count),
    COLUMN(BOOL, quote_version, term_renews),
    COLUMN(I32, quote_version, commitment_months),
    COLUMN(I32, quote_version, notice_days),
    COLUMN(TEXT, quote_version, customer_end_name),
    COLUMN(I32, quote_version, close_days),
    COLUMN(TEXT, quote_version, language),
    COLUMN(TEXT, quote_version, currency),
    COLUMN(DATE, quote_version, valid_until_on),
    COLUMN(DATE, quote_version, start_on),
    COLUMN(DATE, quote_version, priced_on),
    COLUMN(TEXT, quote_version, acceptance_name),
    COLUMN(TEXT, quote_version, note),
    COLUMN(TEXT, quote_version, header),
    COLUMN(TEXT, quote_version, footer),
    COLUMN(TEXT, quote_version, terms),
    COLUMN(TEXT, quote_version, confirmation),
    COLUMN(BOOL, quote_version, no_confirm_mail),
    COLUMN(TEXT, quote_version, discounts),
    COLUMN(I32, quote_version, deposit_ppm),
    COLUMN(I64, quote_version, deposit_minor),
    COLUMN(TEXT, quote_version, journal),
    COLUMN(I64, quote_version, today_minor),
    COLUMN(I64, quote_version, period_minor),
    COLUMN(INSTANT, quote_version, sent_at),
    COLUMN(DATE, quote_version, sent_on),
    COLUMN(INSTANT, quote_version, created_at),
};
#define VERSION_COLUMNS                                                                            \
    "id, quote_id, version, state AS state_name, rev, customer_version_id, company_version_id, "    \
    "template_id, IFNULL(template_version, 0) AS template_version, plan_id, duration AS duration_name, " \
    "term_unit AS term_unit_name, term_count, term_renews, IFNULL(commitment_months, -1) AS commitment_months, " \
    "IFNULL(notice_days, -1) AS notice_days, customer_end AS customer_end_name, close_days, language, currency, valid_until_on, start_on, priced_on, " \
    "acceptance AS acceptance_name, note, header, footer, terms, confirmation, no_confirm_mail, discounts, deposit_ppm, deposit_minor, IFNULL(journal, '') AS journal, today_minor, period_minor, sent_at, sent_on, created_at"

#define TERMS_COLUMNS "duration, term_unit, term_count, term_renews, commitment_months, notice_days, customer_end, close_days, "
#define WORDS_COLUMNS "note, header, footer, terms, confirmation, no_confirm_mail, "

static const struct column line_column[] = {
    COLUMN(I64, quote_line, id),
    COLUMN(I64, quote_line, version_id),
    COLUMN(I32, quote_line, position),
    COLUMN(ID, quote_line, contract_line_id),
    COLUMN(TEXT, quote_line, kind_name),
    COLUMN(TEXT, quote_line, timing_name),
    COLUMN(BOOL, quote_line, is_option),
    COLUMN(ID, quote_line, product_id),
    COLUMN(TEXT, quote_line, description),
    COLUMN(TEXT, quote_line, unit),
    COLUMN(TEXT, quote_line, unit_plural),
    COLUMN(I64, quote_line, quantity_e4),
    COLUMN(I64, quote_line, unit_price_e4),
    COLUMN(TEXT, quote_line, price_model),
    COLUMN(TEXT, quote_line, tiers),
    COLUMN(BOOL, quote_line, listed),
    COLUMN(ID, quote_line, pricelist_id),
    COLUMN(TEXT, quote_line, pricelist_name),
    COLUMN(I32, quote_line, discount_ppm),
    COLUMN(I64, quote_line, discount_minor),
    COLUMN(I32, quote_line, discount_periods),
    COLUMN(TEXT, quote_line, tax_class),
    COLUMN(TEXT, quote_line, product_kind),
    COLUMN(BOOL, quote_line, quantity_editable),
    COLUMN(I64, quote_line, quantity_min_e4),
    COLUMN(I64, quote_line, quantity_max_e4),
};

static const struct column choice_column[] = {
    COLUMN(I64, quote_choice, line_id),
    COLUMN(I64, quote_choice, version_id),
    COLUMN(BOOL, quote_choice, chosen),
    COLUMN(I64, quote_choice, quantity_e4),
};

static const struct column message_column[] = {
    COLUMN(I64, quote_message, id),
    COLUMN(I64, quote_message, quote_id),
    COLUMN(TEXT, quote_message, author),
    COLUMN(TEXT, quote_message, text),
    COLUMN(INSTANT, quote_message, at),
};

static const struct column list_column[] = {
    COLUMN(I64, quote_list_row, id),
    COLUMN(TEXT, quote_list_row, number),
    COLUMN(I64, quote_list_row, customer_id),
    COLUMN(TEXT, quote_list_row, customer_number),
    COLUMN(TEXT, quote_list_row, customer_name),
    COLUMN(TEXT, quote_list_row, owner_name),
    COLUMN(TEXT, quote_list_row, kind_name),
    COLUMN(TEXT, quote_list_row, contract_number),
    COLUMN(TEXT, quote_list_row, state_name),
    COLUMN(I32, quote_list_row, version),
    COLUMN(TEXT, quote_list_row, currency),
    COLUMN(DATE, quote_list_row, valid_until_on),
    COLUMN(I64, quote_list_row, today_minor),
    COLUMN(I64, quote_list_row, period_minor),
    COLUMN(ID, quote_list_row, plan_id),
    COLUMN(TEXT, quote_list_row, plan_name),
    COLUMN(INSTANT, quote_list_row, sent_at),
    COLUMN(DATE, quote_list_row, created_on),
    COLUMN(INSTANT, quote_list_row, viewed_at),
};

static const struct column waiting_column[] = {COLUMN(I64, waiting_quote, id)};

/* In this order whatever the statistics say: what is read first names the rows, newest first, and an index has them so. Small tables
 * are asked row by row: joined, they would be read whole, and all rows sorted again. */
#define LIST_SELECT \
    "SELECT q.id, q.number, q.customer_id, c.number AS customer_number, cv.name AS customer_name, " \
    "(SELECT u.name FROM seller_user u WHERE u.id = q.owner_id) AS owner_name, q.kind AS kind_name, " \
    "IFNULL((SELECT s.number FROM subscription s WHERE s.id = q.contract_id), '') AS contract_number, q.state AS state_name, " \
    "v.version, v.currency, v.valid_until_on, v.today_minor, v.period_minor, v.plan_id, " \
    "IFNULL(t.name, (SELECT p.name FROM plan p WHERE p.id = v.plan_id)) AS plan_name, v.sent_at, q.created_on, " \
    "(SELECT MAX(w.viewed_at) FROM quote_view w WHERE w.quote_id = q.id) AS viewed_at FROM "
#define LIST_REST \
    " STRAIGHT_JOIN customer c ON c.id = q.customer_id STRAIGHT_JOIN customer_version cv ON cv.id = c.current_version_id " \
    "STRAIGHT_JOIN quote_version v ON v.id = q.current_version_id LEFT JOIN quote_version_terms t ON t.version_id = v.id " \
    "WHERE q.id < ? AND (? = '' OR q.state = ?) AND (? = 0 OR q.customer_id = ?) " \
    "AND (? = '' OR LOCATE(?, CONVERT(q.number USING utf8mb4)) > 0 OR LOCATE(?, cv.name) > 0) "
#define LIST_ORDER "ORDER BY q.id DESC LIMIT ?"

enum {
    NOTE_VIEW,
    BY_ID,
    BY_NUMBER,
    OF_VERSION,
    LOCK,
    LIST,
    LIST_OPEN,
    LIST_EXPIRING,
    LIST_OF_CONTRACT,
    WAITING,
    VERSION_BY_ID,
    VERSION_BY_NUMBER,
    VERSION_DRAFT_OF,
    VERSION_LOCK,
    VERSIONS,
    LINES,
    CHOICES,
    MESSAGES,
    INSERT,
    MOVE,
    DECLINE_REASON,
    CURRENT_VERSION,
    CUSTOMER,
    PRICED_ON,
    VERSION_INSERT,
    VERSION_SAVE,
    VERSION_FREEZE,
    VERSION_REPLACE,
    VERSION_TOTALS,
    CHOICES_DELETE,
    LINES_DELETE,
    LINE_INSERT,
    CHOICE_SAVE,
    MESSAGE_INSERT,
};

static const struct statement statement[] = {
    [NOTE_VIEW] = {"quote_view_note",
                   "INSERT IGNORE INTO quote_view (quote_id, viewed_on, viewed_at, remote_addr, user_agent) "
                   "VALUES (?, ?, ?, ?, ?)", NOTHING},
    [BY_ID] = {"quote_by_id", "SELECT " QUOTE_COLUMNS " FROM quote WHERE id = ?",
               READS(quote, quote_column)},
    [BY_NUMBER] = {"quote_by_number", "SELECT " QUOTE_COLUMNS " FROM quote WHERE number = ?",
                   READS(quote, quote_column)},
    [OF_VERSION] = {"quote_of_version", "SELECT " QUOTE_COLUMNS " FROM quote WHERE id = (SELECT v.quote_id FROM quote_version v WHERE v.id = ?)",
                    READS(quote, quote_column)},
    [LOCK] = {"quote_lock", "SELECT " QUOTE_COLUMNS " FROM quote WHERE id = ? FOR UPDATE",
              READS(quote, quote_column)},
    [LIST] = {"quote_list", LIST_SELECT "quote q" LIST_REST LIST_ORDER, READS(quote_list_row, list_column)},
    [LIST_OPEN] = {"quote_list_open", LIST_SELECT "quote q FORCE INDEX (open_first)" LIST_REST "AND q.open_key = 1 " LIST_ORDER, READS(quote_list_row, list_column)},
    [LIST_EXPIRING] = {"quote_list_expiring", LIST_SELECT "quote_version w FORCE INDEX (by_validity) STRAIGHT_JOIN quote q ON q.current_version_id = w.id AND "
                       "w.valid_until_on BETWEEN ? AND ? AND q.state = 'sent'" LIST_REST LIST_ORDER, READS(quote_list_row, list_column)},
    [LIST_OF_CONTRACT] = {"quote_list_of_contract", LIST_SELECT "quote q FORCE INDEX (by_contract)" LIST_REST "AND q.contract_id = ? AND q.open_key = 1 " LIST_ORDER,
                          READS(quote_list_row, list_column)},
    [WAITING] = {"quotes_waiting",
                 "SELECT id FROM quote WHERE customer_id = ? AND state IN ('sent', 'signed') ORDER BY id DESC LIMIT ?",
                 READS(waiting_quote, waiting_column)},
    [VERSION_BY_ID] = {"quote_version_by_id",
                       "SELECT " VERSION_COLUMNS " FROM quote_version WHERE id = ?",
                       READS(quote_version, version_column)},
    [VERSION_BY_NUMBER] = {"quote_version_by_number",
                           "SELECT " VERSION_COLUMNS
                           " FROM quote_version WHERE quote_id = ? AND version = ?",
                           READS(quote_version, version_column)},
    [VERSION_DRAFT_OF] = {"quote_draft",
                          "SELECT " VERSION_COLUMNS " FROM quote_version WHERE quote_id = ? AND "
                          "state = 'draft' ORDER BY version DESC LIMIT 1",
                          READS(quote_version, version_column)},
    [VERSION_LOCK] = {"quote_version_lock",
                      "SELECT " VERSION_COLUMNS " FROM quote_version WHERE id = ? FOR UPDATE",
                      READS(quote_version, version_column)},
    [VERSIONS] = {"quote_versions",
                  "SELECT " VERSION_COLUMNS
                  " FROM quote_version WHERE quote_id = ? ORDER BY version DESC LIMIT 200",
                  READS(quote_version, version_column)},
    [LINES] = {"quote_lines",
               "SELECT id, version_id, position, contract_line_id, kind AS kind_name, timing AS timing_name, is_option, "
               "product_id, description, unit, " UNIT_PLURAL("quote_line") ", quantity_e4, unit_price_e4, price_model, tiers, listed, pricelist_id, "
               "IFNULL((SELECT p.name FROM pricelist p WHERE p.id = quote_line.pricelist_id), '') AS pricelist_name, "
               "discount_ppm, discount_minor, discount_periods, "
               "tax_class, product_kind, quantity_editable, quantity_min_e4, quantity_max_e4 "
               "FROM quote_line WHERE version_id = ? ORDER BY position",
               READS(quote_line, line_column)},
    [CHOICES] = {"quote_choices",
                 "SELECT line_id, version_id, chosen, quantity_e4 FROM quote_choice "
                 "WHERE version_id = ? ORDER BY line_id",
                 READS(quote_choice, choice_column)},
    [MESSAGES] = {"quote_messages",
                  "SELECT id, quote_id, author, text, at FROM quote_message WHERE quote_id = ? "
                  "ORDER BY id LIMIT 200",
                  READS(quote_message, message_column)},
    [INSERT] = {"quote_insert",
                "INSERT INTO quote (number, customer_id, owner_id, kind, contract_id, takes_effect, gives_back, keep_anchor, made_from_on, made_from, "
                "state, created_at, created_on) VALUES (?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?, ?, NULLIF(?, ''), 'draft', ?, ?)",
                NOTHING},
    [MOVE] = {"quote_move", "UPDATE quote SET state = ? WHERE id = ? AND state = ?", NOTHING},
    [DECLINE_REASON] = {"quote_decline_reason", "UPDATE quote SET decline_reason = ? WHERE id = ?",
                        NOTHING},
    [CURRENT_VERSION] = {"quote_current_version",
                         "UPDATE quote SET current_version_id = ? WHERE id = ?", NOTHING},
    [CUSTOMER] = {"quote_customer",
                  "UPDATE quote SET customer_id = ? WHERE id = ? AND state = 'draft'", NOTHING},
    [PRICED_ON] = {"quote_version_priced_on", "UPDATE quote_version SET priced_on = ? WHERE id = ?", NOTHING},
    [VERSION_INSERT] = {"quote_version_insert",
                        "INSERT INTO quote_version (quote_id, version, template_id, template_version, plan_id, " TERMS_COLUMNS
                        "language, currency, valid_until_on, start_on, acceptance, " WORDS_COLUMNS
                        "discounts, deposit_ppm, deposit_minor, journal, today_minor, period_minor, created_at) "
                        "VALUES (?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?, NULLIF(?, -1), NULLIF(?, -1), ?, ?, ?, ?, ?, ?, ?, "
                        "IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), ?, IFNULL(?, ''), ?, ?, NULLIF(?, ''), ?, ?, ?)",
                        NOTHING},
    [VERSION_SAVE] = {"quote_version_save",
                      "UPDATE quote_version SET rev = rev + 1, template_id = ?, template_version = NULLIF(?, 0), plan_id = ?, "
                      "duration = ?, term_unit = ?, term_count = ?, term_renews = ?, commitment_months = NULLIF(?, -1), "
                      "notice_days = NULLIF(?, -1), customer_end = ?, close_days = ?, language = ?, currency = ?, valid_until_on = ?, start_on = ?, acceptance = ?, "
                      "note = IFNULL(?, ''), header = IFNULL(?, ''), footer = IFNULL(?, ''), terms = IFNULL(?, ''), "
                      "confirmation = IFNULL(?, ''), no_confirm_mail = ?, "
                      "discounts = IFNULL(?, ''), deposit_ppm = ?, deposit_minor = ?, journal = NULLIF(?, ''), today_minor = ?, period_minor = ? WHERE id = ? AND rev = ? AND state = 'draft'",
                      NOTHING},
    [VERSION_FREEZE] = {"quote_version_freeze",
                        "UPDATE quote_version SET state = 'sent', customer_version_id = ?, "
                        "company_version_id = ?, today_minor = ?, period_minor = ?, sent_at = ?, sent_on = ? "
                        "WHERE id = ? AND state = 'draft'",
                        NOTHING},
    [VERSION_REPLACE] = {"quote_version_replace",
                         "UPDATE quote_version SET state = 'replaced' WHERE id = ? AND state = 'sent'",
                         NOTHING},
    [VERSION_TOTALS] = {"quote_version_totals",
                        "UPDATE quote_version SET today_minor = ?, period_minor = ? WHERE id = ?",
                        NOTHING},
    [CHOICES_DELETE] = {"quote_choices_delete", "DELETE FROM quote_choice WHERE version_id = ?",
                        NOTHING},
    [LINES_DELETE] = {"quote_lines_delete", "DELETE FROM quote_line WHERE version_id = ?", NOTHING},
    [LINE_INSERT] = {"quote_line_insert",
                     "INSERT INTO quote_line (version_id, position, contract_line_id, kind, timing, is_option, product_id, "
                     "description, unit, quantity_e4, unit_price_e4, price_model, "
                     "tiers, listed, pricelist_id, discount_ppm, discount_minor, discount_periods, tax_class, product_kind, "
                     "quantity_editable, quantity_min_e4, quantity_max_e4) VALUES "
                     "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, 'per_unit'), IFNULL(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     NOTHING},
    [CHOICE_SAVE] = {"quote_choice_save",
                     "INSERT INTO quote_choice (line_id, version_id, chosen, quantity_e4) "
                     "VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE chosen = VALUES(chosen), "
                     "quantity_e4 = VALUES(quantity_e4)",
                     NOTHING},
    [MESSAGE_INSERT] = {"quote_message_insert",
                        "INSERT INTO quote_message (quote_id, author, text, at) VALUES (?, ?, ?, ?)",
                        NOTHING},
};
DB_STATEMENTS(quote, statement)

static const char *const version_word[] = {
    [VERSION_DRAFT] = "draft", [VERSION_SENT] = "sent", [VERSION_REPLACED] = "replaced"};

const char *version_state_name(enum version_state state)
{
    return version_word[state];
}

static void finish_quote(struct quote *quote)
{
    quote->state = quote_state_from_name(quote->state_name);
    quote->kind = quote_kind_from_name(quote->kind_name);
    CHECK(quote->state != 0 && quote->kind != 0);
}

static void finish_version(struct quote_version *version)
{
    for (size_t i = VERSION_DRAFT; i <= VERSION_REPLACED; i++)
        if (str_equal(version->state_name, version_word[i]))
            version->state = (enum version_state)i;
    version->acceptance = quote_acceptance_from_name(version->acceptance_name);
    version->own = (struct own_terms){.duration = duration_from_name(version->duration_name), .unit = term_unit_from_name(version->term_unit_name),
        .count = version->term_count, .renews = version->term_renews, .has_commitment = version->commitment_months >= 0,
        .commitment_months = version->commitment_months, .has_notice = version->notice_days >= 0, .notice_days = version->notice_days,
        .customer_end = own_answer_from_name(version->customer_end_name), .close_days = version->close_days};
    CHECK(version->state != 0 && version->acceptance != 0 && version->own.duration != 0 && version->own.customer_end != 0);
}

static enum err one_quote(struct ctx *ctx, const struct statement *which, struct param by,
                          struct quote *quote)
{
    enum err err = db_row(ctx, which, &by, 1, quote);

    if (err == OK)
        finish_quote(quote);
    return err;
}

enum err quote_by_id(struct ctx *ctx, int64_t id, struct quote *quote)
{
    return one_quote(ctx, &statement[BY_ID], P_I64(id), quote);
}

enum err quote_by_number(struct ctx *ctx, const char *number, struct quote *quote)
{
    return one_quote(ctx, &statement[BY_NUMBER], P_TEXT(number), quote);
}

enum err quote_of_version(struct ctx *ctx, int64_t version_id, struct quote *quote)
{
    return one_quote(ctx, &statement[OF_VERSION], P_I64(version_id), quote);
}

enum err lock_quote(struct ctx *ctx, int64_t id, struct quote *quote)
{
    return one_quote(ctx, &statement[LOCK], P_I64(id), quote);
}

enum err quote_list(struct ctx *ctx, const struct quote_filter *f, struct quote_list_row **rows,
                    size_t *count)
{
    const bool open = str_equal(f->state, "open"), expiring = f->expires_by_on != DATE_NONE;
    const char *state = open || expiring ? "" : f->state;
    /* The first two are those of LIST_EXPIRING alone. */
    const struct param params[] = {P_DATE(ctx->today_on), P_DATE(f->expires_by_on), P_I64(f->before_id > 0 ? f->before_id : INT64_MAX), P_TEXT(state),
                                   P_TEXT(state), P_I64(f->customer_id), P_I64(f->customer_id), P_TEXT(f->words), P_TEXT(f->words), P_TEXT(f->words),
                                   P_I64(f->limit)};
    const size_t skipped = expiring ? 0 : 2;

    CHECK(f->limit >= 1 && f->limit <= 500);
    TRY(ctx, db_rows(ctx, &statement[expiring ? LIST_EXPIRING : open ? LIST_OPEN : LIST], params + skipped, COUNT_OF(params) - skipped, rows, count));
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].state = quote_state_from_name((*rows)[i].state_name);
    return OK;
}

enum err quotes_of_contract(struct ctx *ctx, int64_t contract_id, int32_t limit, struct quote_list_row **rows, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[LIST_OF_CONTRACT],
                     PARAMS(P_I64(INT64_MAX), P_TEXT(""), P_TEXT(""), P_I64(0), P_I64(0), P_TEXT(""), P_TEXT(""), P_TEXT(""), P_I64(contract_id), P_I64(limit)),
                     rows, count));
    for (size_t i = 0; i < *count; i++)
        (*rows)[i].state = quote_state_from_name((*rows)[i].state_name);
    return OK;
}

enum err quotes_waiting(struct ctx *ctx, int64_t customer_id, int32_t limit, struct waiting_quote **rows, size_t *count)
{
    return db_rows(ctx, &statement[WAITING], PARAMS(P_I64(customer_id), P_I64(limit)), rows, count);
}

static enum err one_version(struct ctx *ctx, const struct statement *which,
                            const struct param *params, size_t count, struct quote_version *version)
{
    enum err err = db_row(ctx, which, params, count, version);

    if (err == OK)
        finish_version(version);
    return err;
}

enum err quote_version_by_id(struct ctx *ctx, int64_t id, struct quote_version *version)
{
    TRY(ctx, kept_row(ctx, &statement[VERSION_BY_ID], id, version));
    finish_version(version);
    return OK;
}

enum err quote_version_by_number(struct ctx *ctx, int64_t quote_id, int32_t number,
                                 struct quote_version *version)
{
    return one_version(ctx, &statement[VERSION_BY_NUMBER], PARAMS(P_I64(quote_id), P_I64(number)),
                       version);
}

enum err quote_draft(struct ctx *ctx, int64_t quote_id, struct quote_version *version)
{
    return one_version(ctx, &statement[VERSION_DRAFT_OF], PARAMS(P_I64(quote_id)), version);
}

enum err lock_quote_version(struct ctx *ctx, int64_t id, struct quote_version *version)
{
    return one_version(ctx, &statement[VERSION_LOCK], PARAMS(P_I64(id)), version);
}

enum err quote_versions(struct ctx *ctx, int64_t quote_id, struct quote_version **versions,
                        size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[VERSIONS], PARAMS(P_I64(quote_id)), versions, count));
    for (size_t i = 0; i < *count; i++)
        finish_version(&(*versions)[i]);
    return OK;
}

enum err quote_lines(struct ctx *ctx, int64_t version_id, struct quote_line **lines, size_t *count)
{
    TRY(ctx, kept_rows(ctx, &statement[LINES], version_id, lines, count));
    for (size_t i = 0; i < *count; i++) {
        (*lines)[i].kind = line_kind_from_name((*lines)[i].kind_name);
        (*lines)[i].timing = billing_timing_from_name((*lines)[i].timing_name);
    }
    return OK;
}

enum err quote_choices(struct ctx *ctx, int64_t version_id, struct quote_choice **choices,
                       size_t *count)
{
    return db_rows(ctx, &statement[CHOICES], PARAMS(P_I64(version_id)), choices, count);
}

enum err quote_messages(struct ctx *ctx, int64_t quote_id, struct quote_message **messages,
                        size_t *count)
{
    return db_rows(ctx, &statement[MESSAGES], PARAMS(P_I64(quote_id)), messages, count);
}

enum err insert_quote(struct ctx *ctx, struct quote *quote)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(quote->number), P_I64(quote->customer_id),
                            P_I64(quote->owner_id), P_TEXT(quote_kind_name(quote->kind != 0 ? quote->kind : QUOTE_NEW)),
                            P_ID(quote->contract_id), P_TEXT(quote->takes_effect), P_BOOL(quote->gives_back), P_BOOL(quote->keep_anchor),
                            P_DATE(quote->kind == QUOTE_UPSELL ? quote->made_from_on : DATE_NONE), P_TEXT(quote->made_from), P_INSTANT(ctx->now), P_DATE(ctx->today_on)),
                     &quote->id);
}

enum err move_quote(struct ctx *ctx, int64_t id, enum quote_state from, enum quote_state to)
{
    return db_write_one(ctx, &statement[MOVE],
                        PARAMS(P_TEXT(quote_state_name(to)), P_I64(id),
                               P_TEXT(quote_state_name(from))));
}

enum err save_decline_reason(struct ctx *ctx, int64_t id, const char *reason)
{
    return db_write_one(ctx, &statement[DECLINE_REASON], PARAMS(P_TEXT(reason), P_I64(id)));
}

enum err save_current_version(struct ctx *ctx, int64_t quote_id, int64_t version_id)
{
    return db_write_one(ctx, &statement[CURRENT_VERSION], PARAMS(P_I64(version_id), P_I64(quote_id)));
}

enum err save_quote_customer(struct ctx *ctx, int64_t quote_id, int64_t customer_id)
{
    return db_write_one(ctx, &statement[CUSTOMER], PARAMS(P_I64(customer_id), P_I64(quote_id)));
}

/* A term counts only where it is fixed. */
#define IS_FIXED(own) ((own)->duration == DURATION_FIXED)
#define OWN_TERMS(own)                                                                             \
    P_TEXT(duration_name((own)->duration)), P_TEXT(term_unit_name(IS_FIXED(own) ? (own)->unit : TERM_PERIODS)), \
        P_I64(IS_FIXED(own) ? (own)->count : 0), P_BOOL(IS_FIXED(own) && (own)->renews),            \
        P_I64((own)->has_commitment ? (own)->commitment_months : -1), P_I64((own)->has_notice ? (own)->notice_days : -1), \
        P_TEXT(own_answer_name((own)->customer_end)), P_I64((own)->close_days)
#define WORDS(v)                                                                                   \
    P_TEXT((v)->note), P_TEXT((v)->header), P_TEXT((v)->footer), P_TEXT((v)->terms), P_TEXT((v)->confirmation), P_BOOL((v)->no_confirm_mail)

enum err insert_quote_version(struct ctx *ctx, struct quote_version *v)
{
    return db_insert(ctx, &statement[VERSION_INSERT],
                     PARAMS(P_I64(v->quote_id), P_I64(v->version), P_ID(v->template_id), P_I64(v->template_version),
                            P_ID(v->plan_id), OWN_TERMS(&v->own), P_TEXT(v->language), P_TEXT(v->currency),
                            P_DATE(v->valid_until_on), P_DATE(v->start_on),
                            P_TEXT(quote_acceptance_name(v->acceptance)), WORDS(v), P_TEXT(v->discounts),
                            P_I64(v->deposit_ppm), P_I64(v->deposit_minor), P_TEXT(v->journal), P_I64(v->today_minor), P_I64(v->period_minor), P_INSTANT(ctx->now)),
                     &v->id);
}

enum err save_quote_draft(struct ctx *ctx, struct quote_version *v)
{
    enum err err = db_write_one(ctx, &statement[VERSION_SAVE],
                                PARAMS(P_ID(v->template_id), P_I64(v->template_version), P_ID(v->plan_id), OWN_TERMS(&v->own),
                                       P_TEXT(v->language), P_TEXT(v->currency), P_DATE(v->valid_until_on), P_DATE(v->start_on),
                                       P_TEXT(quote_acceptance_name(v->acceptance)),
                                       WORDS(v), P_TEXT(v->discounts), P_I64(v->deposit_ppm),
                                       P_I64(v->deposit_minor), P_TEXT(v->journal), P_I64(v->today_minor),
                                       P_I64(v->period_minor), P_I64(v->id), P_I64(v->rev)));

    if (err == OK)
        v->rev++;
    return err;
}

enum err freeze_quote_version(struct ctx *ctx, const struct quote_version *v)
{
    return db_write_one(ctx, &statement[VERSION_FREEZE],
                        PARAMS(P_I64(v->customer_version_id), P_I64(v->company_version_id),
                               P_I64(v->today_minor), P_I64(v->period_minor), P_INSTANT(ctx->now),
                               P_DATE(ctx->today_on), P_I64(v->id)));
}

enum err save_priced_on(struct ctx *ctx, int64_t version_id, int32_t priced_on)
{
    return db_write(ctx, &statement[PRICED_ON], PARAMS(P_DATE(priced_on), P_I64(version_id)), NULL);
}

enum err replace_quote_version(struct ctx *ctx, int64_t id)
{
    return db_write_one(ctx, &statement[VERSION_REPLACE], PARAMS(P_I64(id)));
}

enum err save_version_totals(struct ctx *ctx, int64_t id, int64_t today_minor, int64_t period_minor)
{
    return db_write_one(ctx, &statement[VERSION_TOTALS],
                        PARAMS(P_I64(today_minor), P_I64(period_minor), P_I64(id)));
}

/* As the statement's parameters. */
static const struct column line_insert_column[] = {
    COLUMN(I64, quote_line, version_id), COLUMN(I32, quote_line, position), COLUMN(ID, quote_line, contract_line_id), COLUMN(TEXT, quote_line, kind_name),
    COLUMN(TEXT, quote_line, timing_name), COLUMN(BOOL, quote_line, is_option), COLUMN(ID, quote_line, product_id),
    COLUMN(TEXT, quote_line, description), COLUMN(TEXT, quote_line, unit), COLUMN(I64, quote_line, quantity_e4),
    COLUMN(I64, quote_line, unit_price_e4), COLUMN(TEXT, quote_line, price_model), COLUMN(TEXT, quote_line, tiers),
    COLUMN(BOOL, quote_line, listed), COLUMN(ID, quote_line, pricelist_id), COLUMN(I32, quote_line, discount_ppm),
    COLUMN(I64, quote_line, discount_minor), COLUMN(I32, quote_line, discount_periods), COLUMN(TEXT, quote_line, tax_class),
    COLUMN(TEXT, quote_line, product_kind), COLUMN(BOOL, quote_line, quantity_editable), COLUMN(I64, quote_line, quantity_min_e4),
    COLUMN(I64, quote_line, quantity_max_e4),
};

enum err insert_quote_lines(struct ctx *ctx, int64_t version_id, const struct quote_line *lines, size_t count)
{
    struct quote_line *rows = ARENA_ARRAY(ctx->arena, struct quote_line, count + 1);

    for (size_t i = 0; i < count; i++) {
        rows[i] = lines[i];
        rows[i].version_id = version_id;
        rows[i].position = (int32_t)i + 1;
        rows[i].kind_name = line_kind_name(lines[i].kind);
        rows[i].timing_name = billing_timing_name(lines[i].timing != 0 ? lines[i].timing : BILLING_ADVANCE);
    }
    return db_write_many(ctx, &statement[LINE_INSERT], line_insert_column, COUNT_OF(line_insert_column), rows, sizeof rows[0], count);
}

enum err replace_quote_lines(struct ctx *ctx, int64_t version_id, const struct quote_line *lines, size_t count)
{
    TRY(ctx, db_write(ctx, &statement[CHOICES_DELETE], PARAMS(P_I64(version_id)), NULL));
    TRY(ctx, db_write(ctx, &statement[LINES_DELETE], PARAMS(P_I64(version_id)), NULL));
    return insert_quote_lines(ctx, version_id, lines, count);
}

enum err save_quote_choice(struct ctx *ctx, const struct quote_choice *choice)
{
    return db_write(ctx, &statement[CHOICE_SAVE],
                    PARAMS(P_I64(choice->line_id), P_I64(choice->version_id),
                           P_BOOL(choice->chosen), P_I64(choice->quantity_e4)),
                    NULL);
}

enum err insert_quote_message(struct ctx *ctx, int64_t quote_id, const char *text, int64_t *id)
{
    return db_insert(ctx, &statement[MESSAGE_INSERT],
                     PARAMS(P_I64(quote_id), P_TEXT(ctx->actor), P_TEXT(text), P_INSTANT(ctx->now)),
                     id);
}

enum err note_quote_view(struct ctx *ctx, int64_t quote_id)
{
    static const char view[] = "quote view";
    enum err err;

    if (kept_seen(ctx, view, quote_id, ctx->today_on))
        return OK;
    err = db_write(ctx, &statement[NOTE_VIEW],
                    PARAMS(P_I64(quote_id), P_DATE(ctx->today_on), P_INSTANT(ctx->now), P_TEXT(ctx->remote_addr),
                           P_TEXT(str_cut(ctx->arena, ctx->user_agent, 255))), NULL);
    if (err != OK)
        (void)kept_seen(ctx, view, quote_id, DATE_NONE); /* not noted: try again */
    return err;
}
