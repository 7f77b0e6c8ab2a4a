#include "document/sheet_flow.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

const struct pdf_style style_body = {PDF_REGULAR, 9500, 13500, COLOUR_INK};
const struct pdf_style style_bold = {PDF_BOLD, 9500, 13500, COLOUR_INK};
const struct pdf_style style_small = {PDF_REGULAR, 8000, 11500, COLOUR_SOFT};
const struct pdf_style style_label = {PDF_REGULAR, 7500, 10500, COLOUR_SOFT};
const struct pdf_style style_heading = {PDF_BOLD, 11000, 15000, COLOUR_BRAND};

const struct pdf_style style_title = {PDF_BOLD, 20000, 26000, COLOUR_INK};
static const struct pdf_style style_seller = {PDF_BOLD, 14000, 18000, COLOUR_BRAND};
static const struct pdf_style style_address = {PDF_REGULAR, 10000, 14000, COLOUR_INK};
static const struct pdf_style style_buyer = {PDF_BOLD, 10000, 14000, COLOUR_INK};
static const struct pdf_style style_footer = {PDF_REGULAR, 7000, 9500, COLOUR_SOFT};
static const struct pdf_style style_return = {PDF_REGULAR, 6500, 8500, COLOUR_SOFT};
static const struct pdf_style style_strong = {PDF_BOLD, 13000, 18000, COLOUR_BRAND};

enum { FOOTER_WIDTH = SHEET_WIDTH - PDF_MM(26) };
enum { FACTS_PER_ROW = 4, FACT_GAP = PDF_MM(4), THIN = 500 };

/* A tagged text, for the many places where one element is one text. */
static int32_t tagged(struct sheet_flow *flow, const char *type, const struct pdf_style *style,
                      int32_t x, int32_t top, int32_t width, const char *text)
{
    int32_t height;

    if (str_empty(text))
        return 0;
    pdf_tag_open(flow->pdf, type, NULL);
    height = pdf_draw_text(flow->pdf, style, PDF_LEFT, x, top, width, text);
    pdf_tag_close(flow->pdf);
    return height;
}

static void draw_parties(struct sheet_flow *flow)
{
    const struct sheet_head *head = flow->head;
    bool left = head->window == SHEET_WINDOW_LEFT;
    int32_t seller_x = left ? PDF_MM(110) : SHEET_LEFT;
    int32_t window_x = left ? SHEET_LEFT : PDF_MM(110);
    int32_t width = PDF_MM(80);
    int32_t y = PDF_MM(12);
    int32_t seller_until;

    y += tagged(flow, "P", &style_seller, seller_x, y, width, head->seller_name);
    y += PDF_MM(1);
    y += tagged(flow, "P", &style_small, seller_x, y, width, head->seller_text);
    seller_until = y;
    y = PDF_MM(45);
    if (left) {
        int32_t height = tagged(flow, "P", &style_return, window_x, y, width, head->return_line);

        if (height > 0)
            pdf_draw_box(flow->pdf, window_x, y + height + PDF_MM10(5), width, 300, COLOUR_LINE);
        y += PDF_MM(5);
    }
    y += tagged(flow, "P", &style_buyer, window_x, y, width, head->buyer_name);
    y += tagged(flow, "P", &style_address, window_x, y, width, head->buyer_text);
    y = y + PDF_MM(2) > PDF_MM(80) ? y + PDF_MM(2) : PDF_MM(80);
    y += tagged(flow, "P", &style_small, window_x, y, width, head->buyer_note);
    y = seller_until > y ? seller_until : y;
    flow->y = y + PDF_MM(5) > PDF_MM(93) ? y + PDF_MM(5) : PDF_MM(93);
}

static void draw_title(struct sheet_flow *flow)
{
    flow->y +=
        tagged(flow, "H1", &style_title, SHEET_LEFT, flow->y, SHEET_WIDTH, flow->head->title);
    flow->y +=
        tagged(flow, "P", &style_body, SHEET_LEFT, flow->y, SHEET_WIDTH, flow->head->subtitle);
    flow->y += PDF_MM(1);
    pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y, SHEET_WIDTH, 1200, COLOUR_BRAND);
    flow->y += PDF_MM(3);
}

/* Natural widths of the columns of facts, with what is left over shared out; equal when too wide.
 */
static void fact_widths(struct sheet_flow *flow, int32_t width[FACTS_PER_ROW])
{
    const struct sheet_head *head = flow->head;
    int32_t room = SHEET_WIDTH - (FACTS_PER_ROW - 1) * FACT_GAP;
    int32_t rest = room;
    size_t shown = 0;
    size_t i;

    memset(width, 0, FACTS_PER_ROW * sizeof *width);
    for (i = 0; i < head->fact_count; i++) {
        int32_t label = pdf_text_width(flow->pdf, &style_label, head->facts[i].label);
        int32_t value = pdf_text_width(flow->pdf, &style_body, head->facts[i].value);
        int32_t *column = &width[shown % FACTS_PER_ROW];

        if (value == 0)
            continue;
        *column = label > *column ? label : *column;
        *column = value > *column ? value : *column;
        shown++;
    }
    for (i = 0; i < FACTS_PER_ROW; i++)
        rest -= width[i];
    for (i = 0; i < FACTS_PER_ROW; i++)
        width[i] = rest < 0 ? room / FACTS_PER_ROW : width[i] + rest / FACTS_PER_ROW;
}

static void draw_facts(struct sheet_flow *flow)
{
    const struct sheet_head *head = flow->head;
    int32_t width[FACTS_PER_ROW];
    int32_t x = SHEET_LEFT;
    size_t shown = 0;
    int32_t tallest = 0;
    size_t i;

    fact_widths(flow, width);
    for (i = 0; i < head->fact_count; i++) {
        const struct sheet_fact *fact = &head->facts[i];
        size_t column = shown % FACTS_PER_ROW;
        int32_t height;

        if (str_empty(fact->value))
            continue;
        if (shown > 0 && column == 0) {
            flow->y += tallest + PDF_MM(2);
            tallest = 0;
            x = SHEET_LEFT;
        }
        pdf_tag_open(flow->pdf, "P", NULL);
        height = pdf_draw_text(flow->pdf, &style_label, PDF_LEFT, x, flow->y, width[column],
                               fact->label);
        height += pdf_draw_text(flow->pdf, &style_body, PDF_LEFT, x, flow->y + height,
                                width[column], fact->value);
        pdf_tag_close(flow->pdf);
        tallest = height > tallest ? height : tallest;
        x += width[column] + FACT_GAP;
        shown++;
    }
    flow->y += tallest + SHEET_GAP;
}

/* The footer stands on the page's end and grows upwards with the seller's legal line. */
static int32_t footer_top(struct sheet_flow *flow)
{
    int32_t height = pdf_text_height(flow->pdf, &style_footer, FOOTER_WIDTH, flow->head->footer);

    if (height < 2 * style_footer.leading)
        height = 2 * style_footer.leading;
    return PDF_MM(285) - height;
}

void sheet_begin(struct sheet_flow *flow, struct ctx *ctx, const struct pdf_house *house,
                 const struct sheet_head *head)
{
    struct pdf_info *info = ARENA_NEW(ctx->arena, struct pdf_info);

    CHECK(head->window == SHEET_WINDOW_RIGHT || head->window == SHEET_WINDOW_LEFT);
    info->title = head->title;
    info->author = head->seller_name;
    info->subject = head->subtitle;
    info->language = head->language;
    info->created_at = head->created_at;
    flow->ctx = ctx;
    flow->head = head;
    flow->pdf = pdf_open(ctx, house, info);
    pdf_page_add(flow->pdf);
    flow->bottom = footer_top(flow) - PDF_MM(6);
    draw_parties(flow);
    draw_title(flow);
    draw_facts(flow);
}

/* "Page {page}/{pages}" with its numbers. */
static const char *fill_page(struct arena *arena, const char *label, int page, int pages)
{
    struct str out = str_new(arena);

    while (*label != '\0') {
        if (str_starts(label, "{page}")) {
            str_printf(&out, "%d", page);
            label += strlen("{page}");
        } else if (str_starts(label, "{pages}")) {
            str_printf(&out, "%d", pages);
            label += strlen("{pages}");
        } else {
            str_append_char(&out, *label++);
        }
    }
    return out.text;
}

static void draw_footer(struct sheet_flow *flow, int page, int pages)
{
    const struct sheet_head *head = flow->head;
    int32_t y = footer_top(flow);

    pdf_draw_box(flow->pdf, SHEET_LEFT, y, SHEET_WIDTH, THIN, COLOUR_LINE);
    y += PDF_MM(2);
    (void)pdf_draw_text(flow->pdf, &style_footer, PDF_LEFT, SHEET_LEFT, y, FOOTER_WIDTH,
                        head->footer);
    if (!str_empty(head->page_label))
        y += pdf_draw_text(flow->pdf, &style_footer, PDF_RIGHT, SHEET_RIGHT, y, 0,
                           fill_page(flow->ctx->arena, head->page_label, page, pages));
    (void)pdf_draw_text(flow->pdf, &style_footer, PDF_RIGHT, SHEET_RIGHT, y, 0, head->draft_mark);
    if (page == 1 && head->window == SHEET_WINDOW_LEFT) {
        pdf_draw_box(flow->pdf, PDF_MM(5), PDF_MM(105), PDF_MM(4), 300, COLOUR_SOFT);
        pdf_draw_box(flow->pdf, PDF_MM(5), PDF_MM(210), PDF_MM(4), 300, COLOUR_SOFT);
    }
    if (page > 1) {
        (void)pdf_draw_text(flow->pdf, &style_small, PDF_LEFT, SHEET_LEFT, PDF_MM(12), 0,
                            head->title);
        (void)pdf_draw_text(flow->pdf, &style_small, PDF_RIGHT, SHEET_RIGHT, PDF_MM(12), 0,
                            head->seller_name);
        pdf_draw_box(flow->pdf, SHEET_LEFT, PDF_MM(17), SHEET_WIDTH, THIN, COLOUR_LINE);
    }
}

struct pdf *sheet_end(struct sheet_flow *flow)
{
    int pages = pdf_page_count(flow->pdf);
    int i;

    pdf_artifact_open(flow->pdf);
    for (i = 0; i < pages; i++) {
        pdf_page_select(flow->pdf, i);
        draw_footer(flow, i + 1, pages);
    }
    pdf_artifact_close(flow->pdf);
    return flow->pdf;
}

void sheet_next_page(struct sheet_flow *flow)
{
    pdf_page_add(flow->pdf);
    flow->y = SHEET_TOP;
}

bool sheet_need(struct sheet_flow *flow, int32_t height)
{
    if (flow->y + height <= flow->bottom)
        return false;
    if (flow->y <= SHEET_TOP)
        return false; /* taller than a page: nothing is gained by another empty one */
    sheet_next_page(flow);
    return true;
}

/* Draws lines into a column, going on at the next page's top. */
static void flow_lines(struct sheet_flow *flow, const struct pdf_text *text, int32_t x)
{
    int32_t leading = text->style->leading;
    size_t done = 0;

    while (done < text->line_count) {
        int32_t room = (flow->bottom - flow->y) / leading;
        size_t now = text->line_count - done;

        if (room < 1) {
            sheet_next_page(flow);
            continue;
        }
        if (now > (size_t)room)
            now = (size_t)room;
        pdf_draw_lines(flow->pdf, text, done, done + now, PDF_LEFT, x, flow->y);
        flow->y += (int32_t)now * leading;
        done += now;
    }
}

void sheet_paragraph(struct sheet_flow *flow, const struct pdf_style *style, const char *text)
{
    struct pdf_text wrapped;

    if (str_empty(text))
        return;
    wrapped = pdf_text_wrap(flow->pdf, style, SHEET_WIDTH, text);
    sheet_need(flow, (wrapped.line_count < 3 ? (int32_t)wrapped.line_count : 2) * style->leading);
    pdf_tag_open(flow->pdf, "P", NULL);
    flow_lines(flow, &wrapped, SHEET_LEFT);
    pdf_tag_close(flow->pdf);
}

void sheet_title(struct sheet_flow *flow, const char *text)
{
    flow->y += tagged(flow, "H1", &style_title, SHEET_LEFT, flow->y, SHEET_WIDTH, text) + PDF_MM(1);
    pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y, SHEET_WIDTH, 1200, COLOUR_BRAND);
    flow->y += PDF_MM(4);
}

void sheet_heading(struct sheet_flow *flow, const char *text, int32_t more)
{
    int32_t height;

    if (str_empty(text))
        return;
    height = pdf_text_height(flow->pdf, &style_heading, SHEET_WIDTH, text);
    sheet_need(flow, height + PDF_MM(1) + more);
    flow->y +=
        tagged(flow, "H2", &style_heading, SHEET_LEFT, flow->y, SHEET_WIDTH, text) + PDF_MM(1);
}

void sheet_draw_block(struct sheet_flow *flow, const struct sheet_block *block)
{
    if (str_empty(block->title) && str_empty(block->text))
        return;
    sheet_heading(flow, block->title, 2 * style_body.leading);
    sheet_paragraph(flow, &style_body, block->text);
    flow->y += PDF_MM(4);
}

void sheet_fact_list(struct sheet_flow *flow, const struct sheet_fact *facts, size_t count,
                     int32_t label_width)
{
    int32_t value_x = SHEET_LEFT + label_width + FACT_GAP;
    int32_t value_width = SHEET_RIGHT - value_x;
    size_t i;

    if (count == 0)
        return;
    pdf_tag_open(flow->pdf, "Table", NULL);
    for (i = 0; i < count; i++) {
        int32_t label = pdf_text_height(flow->pdf, &style_small, label_width, facts[i].label);
        struct pdf_text value = pdf_text_wrap(flow->pdf, &style_body, value_width, facts[i].value);
        int32_t height = (int32_t)value.line_count * style_body.leading;
        int page;

        if (height < label)
            height = label;
        sheet_need(flow, height < PDF_MM(40) ? height + PDF_MM(3) : PDF_MM(40));
        page = pdf_page_count(flow->pdf);
        pdf_tag_open(flow->pdf, "TR", NULL);
        pdf_tag_open(flow->pdf, "TH", "/O/Table/Scope/Row");
        (void)pdf_draw_text(flow->pdf, &style_small, PDF_LEFT, SHEET_LEFT, flow->y + 1000,
                            label_width, facts[i].label);
        pdf_tag_close(flow->pdf);
        pdf_tag_open(flow->pdf, "TD", NULL);
        label += flow->y;
        flow_lines(flow, &value, value_x);
        pdf_tag_close(flow->pdf);
        pdf_tag_close(flow->pdf);
        if (page == pdf_page_count(flow->pdf) && flow->y < label)
            flow->y = label;
        flow->y += PDF_MM10(12);
        pdf_draw_box(flow->pdf, SHEET_LEFT, flow->y, SHEET_WIDTH, THIN / 2, COLOUR_LINE);
        flow->y += PDF_MM10(12);
    }
    pdf_tag_close(flow->pdf);
}

enum { TOTALS_WIDTH = PDF_MM(84), TOTAL_PAD = PDF_MM(1), BESIDE_WIDTH = PDF_MM(78) };

/* A higher box is drawn as a block of its own, which can go on over a page's end. */
enum { BESIDE_MAX = PDF_MM(100) };

/* Height of one row of totals; drawn when top is not negative. */
static int32_t total_row(struct sheet_flow *flow, const struct sheet_total *total, int32_t top)
{
    const struct pdf_style *label_style = total->strong ? &style_heading : &style_body;
    const struct pdf_style *value_style = total->strong ? &style_strong : &style_body;
    int32_t x = SHEET_RIGHT - TOTALS_WIDTH;
    int32_t pad = total->strong ? PDF_MM(2) : TOTAL_PAD;
    int32_t value_width = pdf_text_width(flow->pdf, value_style, total->value);
    int32_t width = TOTALS_WIDTH - value_width - PDF_MM(4);
    int32_t shift = total->strong ? (style_strong.leading - style_heading.leading) / 2 : 0;
    int32_t height;

    if (width < PDF_MM(30))
        width = PDF_MM(30);
    height = pdf_text_height(flow->pdf, label_style, width, total->label) + shift;
    if (height < value_style->leading)
        height = value_style->leading;
    if (top >= 0) {
        pdf_draw_box(flow->pdf, x, top, TOTALS_WIDTH, total->strong ? 1200 : THIN,
                     total->strong ? COLOUR_BRAND : COLOUR_LINE);
        pdf_tag_open(flow->pdf, "TR", NULL);
        pdf_tag_open(flow->pdf, "TH", "/O/Table/Scope/Row");
        (void)pdf_draw_text(flow->pdf, label_style, PDF_LEFT, x, top + pad + shift, width,
                            total->label);
        (void)pdf_draw_text(flow->pdf, &style_small, PDF_LEFT, x, top + pad + height, TOTALS_WIDTH,
                            total->note);
        pdf_tag_close(flow->pdf);
        pdf_tag_open(flow->pdf, "TD", NULL);
        (void)pdf_draw_text(flow->pdf, value_style, PDF_RIGHT, SHEET_RIGHT, top + pad, 0,
                            total->value);
        pdf_tag_close(flow->pdf);
        pdf_tag_close(flow->pdf);
    }
    return height + 2 * pad + pdf_text_height(flow->pdf, &style_small, TOTALS_WIDTH, total->note);
}

enum { SYMBOL_SIDE = PDF_MM(28), SYMBOL_QUIET = 4 };

/* On white with the quiet zone that readers ask for, at least 20 mm wide (EPC069-12). */
static void draw_symbol(struct pdf *pdf, const struct sheet_symbol *symbol, int32_t x, int32_t top)
{
    int size = symbol->size;
    int32_t module = SYMBOL_SIDE / (size + 2 * SYMBOL_QUIET);

    pdf_draw_box(pdf, x, top, SYMBOL_SIDE, SYMBOL_SIDE, 0xFFFFFF);
    for (int row = 0; row < size; row++)
        for (int column = 0, run; column < size; column += run) {
            bool dark = symbol->dark[row * size + column];

            for (run = 1; column + run < size && symbol->dark[row * size + column + run] == dark; run++)
                ;
            if (dark)
                pdf_draw_box(pdf, x + (column + SYMBOL_QUIET) * module, top + (row + SYMBOL_QUIET) * module, run * module, module, 0x000000);
        }
}

/* Height of the tinted box; drawn when top is not negative. */
static int32_t beside_box(struct sheet_flow *flow, const struct sheet_block *block, const struct sheet_symbol *symbol, int32_t top)
{
    int32_t pad = PDF_MM(4);
    int32_t width = BESIDE_WIDTH - 2 * pad;
    int32_t title;
    int32_t text;
    int32_t side;
    int32_t height;

    if (block == NULL || (str_empty(block->title) && str_empty(block->text)))
        return 0;
    title = pdf_text_height(flow->pdf, &style_bold, width, block->title);
    text = pdf_text_height(flow->pdf, &style_body, width, block->text);
    side = symbol != NULL && symbol->size > 0 ? SYMBOL_SIDE + PDF_MM(2) : 0;
    height = title + text + side + 2 * pad + PDF_MM(1);
    if (top >= 0) {
        pdf_draw_box(flow->pdf, SHEET_LEFT, top, BESIDE_WIDTH, height, COLOUR_TINT);
        pdf_draw_box(flow->pdf, SHEET_LEFT, top, PDF_MM10(8), height, COLOUR_BRAND);
        if (side > 0)
            draw_symbol(flow->pdf, symbol, SHEET_LEFT + pad, top + pad + title + PDF_MM(1) + text + PDF_MM(2));
        (void)tagged(flow, "H2", &style_bold, SHEET_LEFT + pad, top + pad, width, block->title);
        (void)tagged(flow, "P", &style_body, SHEET_LEFT + pad, top + pad + title + PDF_MM(1), width,
                     block->text);
    }
    return height;
}

void sheet_draw_totals(struct sheet_flow *flow, const struct sheet_total *totals, size_t count,
                       const struct sheet_block *beside, const struct sheet_symbol *symbol)
{
    int32_t height = 0;
    int32_t box = beside_box(flow, beside, symbol, -1);
    int32_t y;
    size_t i;

    if (count == 0 && box == 0)
        return;
    if (box > BESIDE_MAX) {
        sheet_draw_totals(flow, totals, count, NULL, NULL);
        sheet_draw_block(flow, beside);
        return;
    }
    for (i = 0; i < count; i++)
        height += total_row(flow, &totals[i], -1);
    sheet_need(flow, height > box ? height : box);
    y = flow->y;
    if (count > 0)
        pdf_tag_open(flow->pdf, "Table", NULL);
    for (i = 0; i < count; i++)
        y += total_row(flow, &totals[i], y);
    if (count > 0)
        pdf_tag_close(flow->pdf);
    (void)beside_box(flow, beside, symbol, flow->y);
    flow->y = (flow->y + box > y ? flow->y + box : y) + SHEET_GAP;
}
