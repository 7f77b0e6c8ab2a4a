#include "store/quote_template.h"

#include "base/check.h"
#include "store/db.h"

static const struct column template_column[] = {
    COLUMN(I64, quote_template, id),
    COLUMN(TEXT, quote_template, name),
    COLUMN(ID, quote_template, plan_id),
    COLUMN(I32, quote_template, validity_days),
    COLUMN(TEXT, quote_template, acceptance_name),
    COLUMN(TEXT, quote_template, note),
    COLUMN(TEXT, quote_template, state),
    COLUMN(I32, quote_template, rev),
};
#define TEMPLATE_COLUMNS                                                                           \
    "SELECT id, name, plan_id, validity_days, acceptance AS acceptance_name, note, state, rev "     \
    "FROM quote_template "

static const struct column line_column[] = {
    COLUMN(I64, quote_template_line, id),
    COLUMN(I64, quote_template_line, template_id),
    COLUMN(I32, quote_template_line, position),
    COLUMN(TEXT, quote_template_line, kind_name),
    COLUMN(TEXT, quote_template_line, timing),
    COLUMN(BOOL, quote_template_line, is_option),
    COLUMN(ID, quote_template_line, product_id),
    COLUMN(TEXT, quote_template_line, description),
    COLUMN(I64, quote_template_line, quantity_e4),
    COLUMN(I64, quote_template_line, unit_price_e4),
    COLUMN(I32, quote_template_line, discount_ppm),
    COLUMN(I32, quote_template_line, discount_periods),
    COLUMN(BOOL, quote_template_line, quantity_editable),
    COLUMN(I64, quote_template_line, quantity_min_e4),
    COLUMN(I64, quote_template_line, quantity_max_e4),
};

enum { BY_ID, LIST, LINES, INSERT, SAVE, LINES_DELETE, LINE_INSERT };

static const struct statement statement[] = {
    [BY_ID] = {"quote_template_by_id", TEMPLATE_COLUMNS "WHERE id = ?",
               READS(quote_template, template_column)},
    [LIST] = {"quote_templates",
              TEMPLATE_COLUMNS "WHERE ? = 0 OR state = 'active' ORDER BY name, id LIMIT 500",
              READS(quote_template, template_column)},
    [LINES] = {"quote_template_lines",
               "SELECT id, template_id, position, kind AS kind_name, IFNULL(timing, '') AS timing, is_option, product_id, "
               "description, quantity_e4, IFNULL(unit_price_e4, -1) AS unit_price_e4, "
               "discount_ppm, discount_periods, quantity_editable, quantity_min_e4, "
               "quantity_max_e4 FROM quote_template_line WHERE template_id = ? ORDER BY position",
               READS(quote_template_line, line_column)},
    [INSERT] = {"quote_template_insert",
                "INSERT INTO quote_template (name, plan_id, validity_days, acceptance, note, state) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                NOTHING},
    [SAVE] = {"quote_template_save",
              "UPDATE quote_template SET name = ?, plan_id = ?, validity_days = ?, acceptance = ?, "
              "note = ?, state = ?, rev = rev + 1 WHERE id = ? AND rev = ?",
              NOTHING},
    [LINES_DELETE] = {"quote_template_lines_delete",
                      "DELETE FROM quote_template_line WHERE template_id = ?", NOTHING},
    [LINE_INSERT] = {"quote_template_line_insert",
                     "INSERT INTO quote_template_line (template_id, position, kind, timing, is_option, "
                     "product_id, description, quantity_e4, unit_price_e4, discount_ppm, "
                     "discount_periods, quantity_editable, quantity_min_e4, quantity_max_e4) "
                     "VALUES (?, ?, ?, NULLIF(?, ''), ?, ?, ?, ?, NULLIF(?, -1), ?, ?, ?, ?, ?)",
                     NOTHING},
};
DB_STATEMENTS(quote_template, statement)

static void finish_template(struct quote_template *template)
{
    template->acceptance = quote_acceptance_from_name(template->acceptance_name);
    CHECK(template->acceptance != 0);
}

enum err quote_template_by_id(struct ctx *ctx, int64_t id, struct quote_template *template)
{
    enum err err = db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), template);

    if (err == OK)
        finish_template(template);
    return err;
}

enum err quote_templates(struct ctx *ctx, bool active_only, struct quote_template **list,
                         size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[LIST], PARAMS(P_BOOL(active_only)), list, count));
    for (size_t i = 0; i < *count; i++)
        finish_template(&(*list)[i]);
    return OK;
}

enum err quote_template_lines(struct ctx *ctx, int64_t template_id,
                              struct quote_template_line **lines, size_t *count)
{
    TRY(ctx, db_rows(ctx, &statement[LINES], PARAMS(P_I64(template_id)), lines, count));
    for (size_t i = 0; i < *count; i++)
        (*lines)[i].kind = line_kind_from_name((*lines)[i].kind_name);
    return OK;
}

enum err insert_quote_template(struct ctx *ctx, struct quote_template *t)
{
    return db_insert(ctx, &statement[INSERT],
                     PARAMS(P_TEXT(t->name), P_ID(t->plan_id), P_I64(t->validity_days),
                            P_TEXT(quote_acceptance_name(t->acceptance)), P_TEXT(t->note),
                            P_TEXT(t->state)),
                     &t->id);
}

enum err save_quote_template(struct ctx *ctx, const struct quote_template *t)
{
    return db_write_one(ctx, &statement[SAVE],
                        PARAMS(P_TEXT(t->name), P_ID(t->plan_id), P_I64(t->validity_days),
                               P_TEXT(quote_acceptance_name(t->acceptance)), P_TEXT(t->note),
                               P_TEXT(t->state), P_I64(t->id), P_I64(t->rev)));
}

enum err replace_quote_template_lines(struct ctx *ctx, int64_t template_id,
                                      const struct quote_template_line *lines, size_t count)
{
    TRY(ctx, db_write(ctx, &statement[LINES_DELETE], PARAMS(P_I64(template_id)), NULL));
    for (size_t i = 0; i < count; i++) {
        const struct quote_template_line *l = &lines[i];
        int64_t id;

        TRY(ctx, db_insert(ctx, &statement[LINE_INSERT],
                           PARAMS(P_I64(template_id), P_I64((int64_t)i + 1),
                                  P_TEXT(line_kind_name(l->kind)), P_TEXT(l->timing != NULL ? l->timing : ""),
                                  P_BOOL(l->is_option),
                                  P_ID(l->product_id), P_TEXT(l->description),
                                  P_I64(l->quantity_e4), P_I64(l->unit_price_e4),
                                  P_I64(l->discount_ppm), P_I64(l->discount_periods),
                                  P_BOOL(l->quantity_editable), P_I64(l->quantity_min_e4),
                                  P_I64(l->quantity_max_e4)),
                           &id));
    }
    return OK;
}
