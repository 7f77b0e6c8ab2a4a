#include "store/quote_template.h"

#include "base/check.h"
#include "store/db.h"
#include "store/unit.h"

static const struct column template_column[] = {
    COLUMN(I64, quote_template, id),
    COLUMN(TEXT, quote_template, name),
    COLUMN(ID, quote_template, plan_id),
    COLUMN(I32, quote_template, validity_days),
    COLUMN(TEXT, quote_template, acceptance_name),
    COLUMN(TEXT, quote_template, duration_name),
    COLUMN(TEXT, quote_template, term_unit_name),
    COLUMN(I32, quote_template, term_count),
    COLUMN(BOOL, quote_template, term_renews),
    COLUMN(I32, quote_template, commitment_months),
    COLUMN(I32, quote_template, notice_days),
    COLUMN(TEXT, quote_template, customer_end_name),
    COLUMN(I32, quote_template, close_days),
    COLUMN(TEXT, quote_template, note),
    COLUMN(TEXT, quote_template, header),
    COLUMN(TEXT, quote_template, footer),
    COLUMN(TEXT, quote_template, terms),
    COLUMN(TEXT, quote_template, confirmation),
    COLUMN(TEXT, quote_template, other_language),
    COLUMN(TEXT, quote_template, other_note),
    COLUMN(TEXT, quote_template, other_header),
    COLUMN(TEXT, quote_template, other_footer),
    COLUMN(TEXT, quote_template, other_terms),
    COLUMN(TEXT, quote_template, other_confirmation),
    COLUMN(BOOL, quote_template, no_confirm_mail),
    COLUMN(I32, quote_template, deposit_ppm),
    COLUMN(I64, quote_template, deposit_minor),
    COLUMN(TEXT, quote_template, journal),
    COLUMN(TEXT, quote_template, state),
    COLUMN(I32, quote_template, rev),
    COLUMN(I32, quote_template, version),
    COLUMN(I32, quote_template, newest),
    COLUMN(I64, quote_template, version_id),
    COLUMN(INSTANT, quote_template, changed_at),
    COLUMN(TEXT, quote_template, changed_by),
};
#define TEMPLATE_COLUMNS                                                                           \
    "SELECT t.id, t.name, v.plan_id, v.validity_days, v.acceptance AS acceptance_name, "            \
    "v.duration AS duration_name, v.term_unit AS term_unit_name, v.term_count, v.term_renews, "     \
    "IFNULL(v.commitment_months, -1) AS commitment_months, IFNULL(v.notice_days, -1) AS notice_days, " \
    "v.customer_end AS customer_end_name, v.close_days, " \
    "v.note, v.header, v.footer, v.terms, v.confirmation, IFNULL(v.other_language, '') AS other_language, " \
    "v.other_note, v.other_header, v.other_footer, v.other_terms, v.other_confirmation, v.no_confirm_mail, v.deposit_ppm, v.deposit_minor, IFNULL(v.journal, '') AS journal, t.state, t.rev, v.version, " \
    "t.version AS newest, v.id AS version_id, v.created_at AS changed_at, v.created_by AS changed_by " \
    "FROM quote_template t JOIN quote_template_version v ON v.template_id = t.id "

static const struct column line_column[] = {
    COLUMN(I64, quote_template_line, id),
    COLUMN(I64, quote_template_line, version_id),
    COLUMN(I32, quote_template_line, position),
    COLUMN(TEXT, quote_template_line, kind_name),
    COLUMN(TEXT, quote_template_line, timing),
    COLUMN(BOOL, quote_template_line, is_option),
    COLUMN(ID, quote_template_line, product_id),
    COLUMN(TEXT, quote_template_line, description),
    COLUMN(TEXT, quote_template_line, other_description),
    COLUMN(TEXT, quote_template_line, unit),
    COLUMN(TEXT, quote_template_line, unit_plural),
    COLUMN(I64, quote_template_line, quantity_e4),
    COLUMN(I64, quote_template_line, unit_price_e4),
    COLUMN(I32, quote_template_line, discount_ppm),
    COLUMN(I64, quote_template_line, discount_minor),
    COLUMN(I32, quote_template_line, discount_periods),
    COLUMN(TEXT, quote_template_line, tax_class),
    COLUMN(BOOL, quote_template_line, quantity_editable),
    COLUMN(I64, quote_template_line, quantity_min_e4),
    COLUMN(I64, quote_template_line, quantity_max_e4),
    COLUMN(TEXT, quote_template_line, product_name),
    COLUMN(TEXT, quote_template_line, product_unit),
    COLUMN(TEXT, quote_template_line, product_kind),
    COLUMN(TEXT, quote_template_line, product_timing),
    COLUMN(TEXT, quote_template_line, product_tax_class),
};

static const struct column seller_column[] = {
    COLUMN(I64, quote_template_seller, template_id),
    COLUMN(I64, quote_template_seller, seller_id),
};

static const struct column team_column[] = {
    COLUMN(I64, quote_template_team, template_id),
    COLUMN(I64, quote_template_team, team_id),
};

struct offered {
    bool yes;
};
static const struct column offered_column[] = {COLUMN(BOOL, offered, yes)};

/* To a seller: asked for twice. */
#define OFFERED                                                                                                  \
    "((NOT EXISTS (SELECT 1 FROM quote_template_seller s WHERE s.template_id = t.id) AND "                       \
    "NOT EXISTS (SELECT 1 FROM quote_template_team g WHERE g.template_id = t.id)) OR "                           \
    "EXISTS (SELECT 1 FROM quote_template_seller s WHERE s.template_id = t.id AND s.seller_id = ?) OR "          \
    "EXISTS (SELECT 1 FROM quote_template_team g JOIN seller_team_member m ON m.team_id = g.team_id "            \
    "WHERE g.template_id = t.id AND m.seller_id = ?))"

enum { BY_ID, BY_VERSION, VERSIONS, LIST, LINES, INSERT, SAVE, VERSION_INSERT, LINE_INSERT, SELLERS, SELLERS_DELETE, SELLER_INSERT, TEAMS, TEAMS_DELETE, TEAM_INSERT, IS_OFFERED };

static const struct statement statement[] = {
    [BY_ID] = {"quote_template_by_id", TEMPLATE_COLUMNS "AND v.version = t.version WHERE t.id = ?",
               READS(quote_template, template_column)},
    [BY_VERSION] = {"quote_template_version", TEMPLATE_COLUMNS "WHERE t.id = ? AND v.version = ?",
                    READS(quote_template, template_column)},
    [VERSIONS] = {"quote_template_versions", TEMPLATE_COLUMNS "WHERE t.id = ? ORDER BY v.version DESC LIMIT 200",
                  READS(quote_template, template_column)},
    [LIST] = {"quote_templates",
              TEMPLATE_COLUMNS "AND v.version = t.version WHERE ? = 0 OR (t.state = 'active' AND "
              OFFERED ") "
              "ORDER BY t.name, t.id LIMIT 500",
              READS(quote_template, template_column)},
    [LINES] = {"quote_template_lines",
               "SELECT l.id, l.version_id, l.position, l.kind AS kind_name, IFNULL(l.timing, '') AS timing, l.is_option, l.product_id, "
               "l.description, l.other_description, l.unit, " UNIT_PLURAL("l") ", l.quantity_e4, IFNULL(l.unit_price_e4, -1) AS unit_price_e4, l.discount_ppm, l.discount_minor, "
               "l.discount_periods, l.tax_class, l.quantity_editable, l.quantity_min_e4, l.quantity_max_e4, p.name AS product_name, p.unit AS product_unit, "
               "p.kind AS product_kind, p.timing AS product_timing, p.tax_class AS product_tax_class "
               "FROM quote_template_line l LEFT JOIN product p ON p.id = l.product_id WHERE l.version_id = ? ORDER BY l.position",
               READS(quote_template_line, line_column)},
    [INSERT] = {"quote_template_insert", "INSERT INTO quote_template (name, version, state) VALUES (?, ?, ?)", NOTHING},
    [SAVE] = {"quote_template_save",
              "UPDATE quote_template SET name = ?, version = ?, state = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
              NOTHING},
    [VERSION_INSERT] = {"quote_template_version_insert",
                        "INSERT INTO quote_template_version (template_id, version, plan_id, validity_days, acceptance, duration, "
                        "term_unit, term_count, term_renews, commitment_months, notice_days, customer_end, close_days, note, header, footer, terms, "
                        "confirmation, other_language, other_note, other_header, other_footer, other_terms, other_confirmation, "
                        "no_confirm_mail, deposit_ppm, deposit_minor, journal, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, -1), "
                        "NULLIF(?, -1), ?, ?, IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), "
                        "NULLIF(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), IFNULL(?, ''), ?, ?, ?, NULLIF(?, ''), ?, ?)",
                        NOTHING},
    [LINE_INSERT] = {"quote_template_line_insert",
                     "INSERT INTO quote_template_line (version_id, position, kind, timing, is_option, "
                     "product_id, description, other_description, unit, quantity_e4, unit_price_e4, discount_ppm, discount_minor, "
                     "discount_periods, tax_class, quantity_editable, quantity_min_e4, quantity_max_e4) "
                     "VALUES (?, ?, ?, NULLIF(?, ''), ?, ?, ?, IFNULL(?, ''), IFNULL(?, ''), ?, NULLIF(?, -1), ?, ?, ?, IFNULL(?, ''), ?, ?, ?)",
                     NOTHING},
    [SELLERS] = {"quote_template_sellers",
                 "SELECT template_id, seller_id FROM quote_template_seller WHERE ? = 0 OR template_id = ? ORDER BY template_id, seller_id LIMIT 20000",
                 READS(quote_template_seller, seller_column)},
    [SELLERS_DELETE] = {"quote_template_sellers_delete", "DELETE FROM quote_template_seller WHERE template_id = ?", NOTHING},
    [TEAMS] = {"quote_template_teams",
               "SELECT template_id, team_id FROM quote_template_team WHERE ? = 0 OR template_id = ? ORDER BY template_id, team_id LIMIT 20000",
               READS(quote_template_team, team_column)},
    [TEAMS_DELETE] = {"quote_template_teams_delete", "DELETE FROM quote_template_team WHERE template_id = ?", NOTHING},
    [TEAM_INSERT] = {"quote_template_team_insert", "INSERT INTO quote_template_team (template_id, team_id) VALUES (?, ?)", NOTHING},
    [IS_OFFERED] = {"quote_template_is_offered", "SELECT " OFFERED " AS yes FROM quote_template t WHERE t.id = ?", READS(offered, offered_column)},
    [SELLER_INSERT] = {"quote_template_seller_insert", "INSERT INTO quote_template_seller (template_id, seller_id) VALUES (?, ?)", NOTHING},
};
DB_STATEMENTS(quote_template, statement)

static void finish_template(struct quote_template *t)
{
    t->acceptance = quote_acceptance_from_name(t->acceptance_name);
    t->own = (struct own_terms){.duration = duration_from_name(t->duration_name), .unit = term_unit_from_name(t->term_unit_name),
        .count = t->term_count, .renews = t->term_renews, .has_commitment = t->commitment_months >= 0, .commitment_months = t->commitment_months,
        .has_notice = t->notice_days >= 0, .notice_days = t->notice_days, .customer_end = own_answer_from_name(t->customer_end_name),
        .close_days = t->close_days};
    CHECK(t->acceptance != 0 && t->own.duration != 0 && t->own.unit != 0 && t->own.customer_end != 0);
}

static enum err one_template(struct ctx *ctx, const struct statement *which, const struct param *params, size_t count,
                             struct quote_template *template)
{
    enum err err = db_row(ctx, which, params, count, template);

    if (err == OK)
        finish_template(template);
    return err;
}

enum err quote_template_by_id(struct ctx *ctx, int64_t id, struct quote_template *template)
{
    return one_template(ctx, &statement[BY_ID], PARAMS(P_I64(id)), template);
}

enum err quote_template_version(struct ctx *ctx, int64_t id, int32_t version, struct quote_template *template)
{
    return one_template(ctx, &statement[BY_VERSION], PARAMS(P_I64(id), P_I64(version)), template);
}

enum err quote_template_versions(struct ctx *ctx, int64_t id, struct quote_template **versions, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[VERSIONS], PARAMS(P_I64(id)), versions, count));
    for (size_t i = 0; i < *count; i++)
        finish_template(&(*versions)[i]);
    return OK;
}

enum err quote_templates(struct ctx *ctx, int64_t seller_id, struct quote_template **list, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[LIST], PARAMS(P_I64(seller_id), P_I64(seller_id), P_I64(seller_id)), list, count));
    for (size_t i = 0; i < *count; i++)
        finish_template(&(*list)[i]);
    return OK;
}

enum err quote_template_lines(struct ctx *ctx, int64_t version_id, struct quote_template_line **lines, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[LINES], PARAMS(P_I64(version_id)), lines, count));
    for (size_t i = 0; i < *count; i++)
        (*lines)[i].kind = line_kind_from_name((*lines)[i].kind_name);
    return OK;
}

enum err insert_quote_template(struct ctx *ctx, struct quote_template *t)
{
    return db_insert(ctx, &statement[INSERT], PARAMS(P_TEXT(t->name), P_I64(t->version), P_TEXT(t->state)), &t->id);
}

enum err save_quote_template(struct ctx *ctx, const struct quote_template *t)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(t->name), P_I64(t->version), P_TEXT(t->state), P_I64(t->id), P_I64(t->rev)));
}

static enum err insert_lines(struct ctx *ctx, int64_t version_id, const struct quote_template_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct quote_template_line *l = &lines[i];
        int64_t id;

        TRY(ctx, db_insert(ctx, &statement[LINE_INSERT],
                           PARAMS(P_I64(version_id), P_I64((int64_t)i + 1),
                                  P_TEXT(line_kind_name(l->kind)), P_TEXT(l->timing != NULL ? l->timing : ""),
                                  P_BOOL(l->is_option),
                                  P_ID(l->product_id), P_TEXT(l->description), P_TEXT(l->other_description), P_TEXT(l->unit),
                                  P_I64(l->quantity_e4), P_I64(l->unit_price_e4),
                                  P_I64(l->discount_ppm), P_I64(l->discount_minor), P_I64(l->discount_periods), P_TEXT(l->tax_class),
                                  P_BOOL(l->quantity_editable), P_I64(l->quantity_min_e4),
                                  P_I64(l->quantity_max_e4)),
                           &id));
    }
    return OK;
}

enum err insert_quote_template_version(struct ctx *ctx, struct quote_template *t, const struct quote_template_line *lines, size_t count)
{
    const struct own_terms *own = &t->own;
    bool fixed = own->duration == DURATION_FIXED;

    TRY(ctx, db_insert(ctx, &statement[VERSION_INSERT],
                       PARAMS(P_I64(t->id), P_I64(t->version), P_ID(t->plan_id), P_I64(t->validity_days),
                              P_TEXT(quote_acceptance_name(t->acceptance)), P_TEXT(duration_name(own->duration)),
                              P_TEXT(term_unit_name(fixed ? own->unit : TERM_PERIODS)), P_I64(fixed ? own->count : 0),
                              P_BOOL(fixed && own->renews), P_I64(own->has_commitment ? own->commitment_months : -1),
                              P_I64(own->has_notice ? own->notice_days : -1), P_TEXT(own_answer_name(own->customer_end)),
                              P_I64(own->close_days), P_TEXT(t->note), P_TEXT(t->header),
                              P_TEXT(t->footer), P_TEXT(t->terms), P_TEXT(t->confirmation),
                              P_TEXT(t->other_language), P_TEXT(t->other_note), P_TEXT(t->other_header), P_TEXT(t->other_footer),
                              P_TEXT(t->other_terms), P_TEXT(t->other_confirmation), P_BOOL(t->no_confirm_mail),
                              P_I64(t->deposit_ppm), P_I64(t->deposit_minor), P_TEXT(t->journal),
                              P_INSTANT(ctx->now), P_TEXT(ctx->actor)),
                       &t->version_id));
    return insert_lines(ctx, t->version_id, lines, count);
}

enum err quote_template_sellers(struct ctx *ctx, int64_t template_id, struct quote_template_seller **sellers, size_t *count)
{
    return db_rows(ctx, &statement[SELLERS], PARAMS(P_I64(template_id), P_I64(template_id)), sellers, count);
}

enum err replace_quote_template_sellers(struct ctx *ctx, int64_t template_id, const int64_t *seller_ids, size_t count)
{
    TRY(ctx, db_write(ctx, &statement[SELLERS_DELETE], PARAMS(P_I64(template_id)), NULL));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write(ctx, &statement[SELLER_INSERT], PARAMS(P_I64(template_id), P_I64(seller_ids[i])), NULL));
    return OK;
}

enum err quote_template_teams(struct ctx *ctx, int64_t template_id, struct quote_template_team **teams, size_t *count)
{
    return db_rows(ctx, &statement[TEAMS], PARAMS(P_I64(template_id), P_I64(template_id)), teams, count);
}

enum err replace_quote_template_teams(struct ctx *ctx, int64_t template_id, const int64_t *team_ids, size_t count)
{
    TRY(ctx, db_write(ctx, &statement[TEAMS_DELETE], PARAMS(P_I64(template_id)), NULL));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write(ctx, &statement[TEAM_INSERT], PARAMS(P_I64(template_id), P_I64(team_ids[i])), NULL));
    return OK;
}

enum err quote_template_is_offered(struct ctx *ctx, int64_t template_id, int64_t seller_id, bool *offered)
{
    struct offered row;

    TRY(ctx, db_row(ctx, &statement[IS_OFFERED], PARAMS(P_I64(seller_id), P_I64(seller_id), P_I64(template_id)), &row));
    *offered = row.yes;
    return OK;
}
