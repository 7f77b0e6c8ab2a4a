/* The table of lines: column widths, rows that wrap, headings repeated on every page, and the
 * amount carried forward from one page to the next. */
#include "document/sheet_flow.h"

#include "base/check.h"

enum {
    COLUMNS = 6,
    DESCRIPTION = 0,
    TOTAL = 5,
    COLUMN_GAP = PDF_MM(4),
    ROW_PAD = PDF_MM10(16),
    RULE = 500
};

/* Wider numbers wrap inside their column, so that a description always has room. */
static const int32_t width_max[COLUMNS] = {0,          PDF_MM(26), PDF_MM(28),
                                           PDF_MM(22), PDF_MM(18), PDF_MM(32)};

static const struct pdf_style style_column = {PDF_BOLD, 7500, 10500, COLOUR_SOFT};
static const struct pdf_style style_section = {PDF_BOLD, 9500, 13500, COLOUR_BRAND};
static const struct pdf_style style_name = {PDF_BOLD, 9000, 12500, COLOUR_INK};
static const struct pdf_style style_cell = {PDF_REGULAR, 9000, 12500, COLOUR_INK};
static const struct pdf_style style_detail = {PDF_REGULAR, 8000, 11000, COLOUR_SOFT};
static const struct pdf_style style_name_muted = {PDF_BOLD, 9000, 12500, COLOUR_SOFT};
static const struct pdf_style style_cell_muted = {PDF_REGULAR, 9000, 12500, COLOUR_SOFT};

static const char *heading_of(const struct sheet_columns *columns, int i)
{
    const char *const headings[COLUMNS] = {columns->description, columns->quantity,
                                           columns->unit_price,  columns->discount,
                                           columns->vat_rate,    columns->total};

    return headings[i];
}

static const char *cell_of(const struct sheet_line *line, int i)
{
    const char *const cells[COLUMNS] = {line->description, line->quantity, line->unit_price,
                                        line->discount,    line->vat_rate, line->total};

    return cells[i];
}

void sheet_measure(struct sheet_flow *flow, const struct sheet_columns *columns,
                   const struct sheet_line *lines, size_t count, struct sheet_layout *layout)
{
    int32_t rest = SHEET_WIDTH;
    size_t row;
    int i;

    for (i = 0; i < COLUMNS; i++) {
        int32_t width = pdf_text_width(flow->pdf, &style_column, heading_of(columns, i));

        layout->shown[i] = i == DESCRIPTION || !str_empty(heading_of(columns, i));
        if (i == DESCRIPTION || !layout->shown[i])
            continue;
        for (row = 0; row < count; row++) {
            int32_t cell = pdf_text_width(flow->pdf, &style_cell, cell_of(&lines[row], i));

            if (cell > width)
                width = cell;
            if (i == TOTAL) {
                cell = pdf_text_width(flow->pdf, &style_cell, lines[row].running);
                width = cell > width ? cell : width;
            }
        }
        if (width > width_max[i])
            width = width_max[i];
        if (width > layout->width[i])
            layout->width[i] = width;
        rest -= layout->width[i] + COLUMN_GAP;
    }
    layout->width[DESCRIPTION] = rest;
}

/* Right edge of a column. */
static int32_t edge(const struct sheet_layout *layout, int column)
{
    int32_t x = SHEET_LEFT + layout->width[DESCRIPTION];
    int i;

    for (i = 1; i <= column; i++)
        if (layout->shown[i])
            x += COLUMN_GAP + layout->width[i];
    return x;
}

struct table {
    struct sheet_flow *flow;
    const struct sheet_columns *columns;
    const struct sheet_layout *layout;
    const char *running; /* of the last line drawn */
    bool muted;
};

static int32_t heading_height(struct table *table)
{
    int32_t tallest = style_column.leading;
    int i;

    for (i = 0; i < COLUMNS; i++) {
        int32_t height;

        if (!table->layout->shown[i])
            continue;
        height = pdf_text_height(table->flow->pdf, &style_column, table->layout->width[i],
                                 heading_of(table->columns, i));
        if (height > tallest)
            tallest = height;
    }
    return tallest + PDF_MM(2);
}

static void draw_heading(struct table *table)
{
    struct sheet_flow *flow = table->flow;
    int32_t height = heading_height(table);
    int i;

    pdf_tag_open(flow->pdf, "TR", NULL);
    for (i = 0; i < COLUMNS; i++) {
        if (!table->layout->shown[i])
            continue;
        pdf_tag_open(flow->pdf, "TH", "/O/Table/Scope/Column");
        (void)pdf_draw_text(flow->pdf, &style_column, i == DESCRIPTION ? PDF_LEFT : PDF_RIGHT,
                            i == DESCRIPTION ? SHEET_LEFT : edge(table->layout, i), flow->y,
                            table->layout->width[i], heading_of(table->columns, i));
        pdf_tag_close(flow->pdf);
    }
    pdf_tag_close(flow->pdf);
    flow->y += height;
    pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y - RULE, SHEET_WIDTH, RULE,
                 table->muted ? COLOUR_SOFT : COLOUR_BRAND);
}

static int32_t carry_height(const struct table *table)
{
    return str_empty(table->columns->carried_forward) ? 0 : style_cell.leading + 2 * ROW_PAD;
}

/* "Carried forward … 1,234.00": repeats what stands elsewhere, so it is no part of the table. */
static void draw_carry(struct table *table, const char *label)
{
    struct sheet_flow *flow = table->flow;
    int32_t top = flow->y + ROW_PAD;

    if (str_empty(table->running) || str_empty(label))
        return;
    pdf_artifact_open(flow->pdf);
    (void)pdf_draw_text(flow->pdf, &style_cell_muted, PDF_RIGHT,
                        edge(table->layout, TOTAL) - table->layout->width[TOTAL] - COLUMN_GAP, top,
                        0, label);
    (void)pdf_draw_text(flow->pdf, &style_cell, PDF_RIGHT, edge(table->layout, TOTAL), top, 0,
                        table->running);
    pdf_artifact_close(flow->pdf);
    flow->y += carry_height(table);
}

static void break_table(struct table *table)
{
    draw_carry(table, table->columns->carried_forward);
    sheet_next_page(table->flow);
    pdf_artifact_open(table->flow->pdf);
    draw_heading(table);
    pdf_artifact_close(table->flow->pdf);
    draw_carry(table, table->columns->brought_forward);
    if (!str_empty(table->running))
        pdf_draw_box(table->flow->pdf, SHEET_LEFT, table->flow->y, SHEET_WIDTH, RULE / 2,
                     COLOUR_LINE);
}

static int32_t limit(const struct table *table)
{
    return table->flow->bottom - carry_height(table);
}

/* Description and detail, going on over as many pages as they need. */
static void flow_description(struct table *table, const struct pdf_text *text)
{
    size_t done = 0;

    while (done < text->line_count) {
        int32_t room = (limit(table) - table->flow->y) / text->style->leading;
        size_t now = text->line_count - done;

        if (room < 1) {
            break_table(table);
            table->flow->y += ROW_PAD;
            continue;
        }
        if (now > (size_t)room)
            now = (size_t)room;
        pdf_draw_lines(table->flow->pdf, text, done, done + now, PDF_LEFT, SHEET_LEFT,
                       table->flow->y);
        table->flow->y += (int32_t)now * text->style->leading;
        done += now;
    }
}

/* The numbers of a row stand on its first line; height is that of the tallest of them. */
static int32_t draw_numbers(struct table *table, const struct sheet_line *line, bool draw)
{
    struct sheet_flow *flow = table->flow;
    const struct pdf_style *style = table->muted ? &style_cell_muted : &style_cell;
    int32_t tallest = 0;
    int i;

    for (i = 1; i < COLUMNS; i++) {
        int32_t height;

        if (!table->layout->shown[i])
            continue;
        if (draw) {
            pdf_tag_open(flow->pdf, "TD", NULL);
            height = pdf_draw_text(flow->pdf, style, PDF_RIGHT, edge(table->layout, i), flow->y,
                                   table->layout->width[i], cell_of(line, i));
            pdf_tag_close(flow->pdf);
        } else {
            height = pdf_text_height(flow->pdf, style, table->layout->width[i], cell_of(line, i));
        }
        if (height > tallest)
            tallest = height;
    }
    return tallest;
}

static void draw_section(struct table *table, const char *title)
{
    struct sheet_flow *flow = table->flow;
    int shown = 0;
    int i;

    for (i = 0; i < COLUMNS; i++)
        shown += table->layout->shown[i];
    flow->y += PDF_MM(2);
    pdf_tag_open(flow->pdf, "TR", NULL);
    pdf_tag_open(flow->pdf, "TD", arena_printf(flow->ctx->arena, "/O/Table/ColSpan %d", shown));
    flow->y +=
        pdf_draw_text(flow->pdf, &style_section, PDF_LEFT, SHEET_LEFT, flow->y, SHEET_WIDTH, title);
    pdf_tag_close(flow->pdf);
    pdf_tag_close(flow->pdf);
}

/* A row is kept together unless it is taller than a third of a page. */
static void draw_row(struct table *table, const struct sheet_line *line)
{
    struct sheet_flow *flow = table->flow;
    int32_t width = table->layout->width[DESCRIPTION];
    struct pdf_text name = pdf_text_wrap(flow->pdf, table->muted ? &style_name_muted : &style_name,
                                         width, line->description);
    struct pdf_text detail = pdf_text_wrap(flow->pdf, &style_detail, width, line->detail);
    int32_t height = (int32_t)name.line_count * style_name.leading +
                     (int32_t)detail.line_count * style_detail.leading;
    int32_t numbers = draw_numbers(table, line, false);
    int32_t section =
        str_empty(line->section)
            ? 0
            : PDF_MM(2) + pdf_text_height(flow->pdf, &style_section, SHEET_WIDTH, line->section);
    int32_t kept = height > numbers ? height : numbers;
    struct pdf_tag *description;
    int32_t numbers_until;
    int pages;

    if (kept > PDF_MM(80))
        kept = numbers > PDF_MM(20) ? numbers : PDF_MM(20);
    if (flow->y + section + kept + 2 * ROW_PAD > limit(table))
        break_table(table);
    if (section > 0)
        draw_section(table, line->section);
    flow->y += ROW_PAD;
    pages = pdf_page_count(flow->pdf);
    pdf_tag_open(flow->pdf, "TR", NULL);
    pdf_tag_open(flow->pdf, "TD", NULL);
    /* The description is read first but drawn last: it may go on over the page's end, and the
     * numbers stand where it begins. */
    description = flow->pdf->tag;
    flow->pdf->tag = description->parent;
    numbers_until = flow->y + draw_numbers(table, line, true);
    if (!str_empty(line->running))
        table->running = line->running;
    flow->pdf->tag = description;
    flow_description(table, &name);
    flow_description(table, &detail);
    pdf_tag_close(flow->pdf);
    pdf_tag_close(flow->pdf);
    if (pages == pdf_page_count(flow->pdf) && flow->y < numbers_until)
        flow->y = numbers_until;
    flow->y += ROW_PAD;
    pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y - RULE / 2, SHEET_WIDTH, RULE / 2, COLOUR_LINE);
}

void sheet_draw_lines(struct sheet_flow *flow, const struct sheet_columns *columns,
                      const struct sheet_layout *layout, const struct sheet_line *lines,
                      size_t count, bool muted)
{
    struct table table = {flow, columns, layout, NULL, muted};
    size_t i;

    if (count == 0)
        return;
    sheet_need(flow, heading_height(&table) + PDF_MM(20));
    pdf_tag_open(flow->pdf, "Table", NULL);
    draw_heading(&table);
    for (i = 0; i < count; i++)
        draw_row(&table, &lines[i]);
    pdf_tag_close(flow->pdf);
    flow->y += PDF_MM(4);
}
