/* line_editor: the lines of a quote or of a template in one form, without JavaScript.
 *
 * Fields are line.N.kind and so on. A line's product fills its text, price and VAT when it is chosen or
 * changed (`was` holds the product that the form was shown with). */
#ifndef TACITE_PAGE_LINE_EDITOR_H
#define TACITE_PAGE_LINE_EDITOR_H

#include "page/admin/pick.h"
#include "service/listing.h"
#include "store/catalogue.h"

enum { EDITOR_LINES_MAX = 60, EDITOR_FIELDS_MAX = 1000, EDITOR_BYTES_MAX = 256 * 1024 };

struct line_form {
    const char *kind;
    const char *timing;       /* "": as the product or the plan says */
    const char *product;      /* as page/admin/pick.h shows one, "" none */
    int64_t contract_line;    /* hidden: of a change of a contract, the line that it goes on from; 0 none */
    const char *was;          /* id of the product that was shown */
    const char *description;
    const char *other;        /* of a template: in its other language */
    int64_t quantity_e4;
    const char *unit;
    int64_t price_e4;
    const char *listed;       /* hidden: the price as the form was shown, where the list gave it; "" else */
    int64_t discount_ppm;
    int64_t off;              /* amount off, as typed (page/admin/amounts.h) */
    int64_t discount_periods;
    const char *tax;
    bool option;
    bool editable;
    int64_t min_e4;
    int64_t max_e4;
    bool price_given;         /* not a field: set by read_lines */
};
extern const struct field line_field[];
extern const size_t line_field_count;

/* What lines are chosen from. */
struct shelf {
    struct product_choice choice;
    struct product lines[EDITOR_LINES_MAX]; /* those that lines name */
    size_t line_count;
    struct price_lists lists;
    struct plan *plans;
    size_t plan_count;
    const char *country;      /* the seller's: whose rates the VAT classes are shown with */
};
/* customer_id: whose prices; 0 in a template. currency NULL: the company's. */
enum err load_shelf(struct page *page, int64_t customer_id, const char *currency, struct shelf *shelf) MUST_USE;

/* Products, Classes under hdf for the selects; what the form's lines name is among the products. */
enum err fill_shelf(struct page *page, HDF *hdf, const struct form *form, struct shelf *shelf) MUST_USE;

/* The product of a line, from the shelf; NULL for id 0. */
enum err shelf_product(struct page *page, struct shelf *shelf, int64_t id, const struct product **product) MUST_USE;

/* The products of a form's lines as they are shown, before form_fill. */
enum err show_products(struct page *page, struct line_form *lines, size_t count) MUST_USE;

/* Lines of the form as quote lines; wrong or missing things become errors "Line 2: …". list_prices: an
 * empty price stays QUOTE_LINE_LIST_PRICE (templates). *lines has room for EDITOR_LINES_MAX. */
enum { QUOTE_LINE_LIST_PRICE = -1 };
enum err read_lines(struct page *page, struct form *form, struct shelf *shelf, const struct line_form *typed,
                    size_t typed_count, int64_t plan_id, bool list_prices, struct quote_line *lines, size_t *count) MUST_USE;

/* Form.line.N.n: the line's number as people count, after view_form. */
void number_lines(HDF *hdf, const struct form *form);

/* The other way. */
struct line_form *lines_to_form(struct arena *arena, const struct quote_line *lines, size_t count, const char *currency);

/* After form_fill: fills `listed`, and empties prices that tiers say. */
void lines_to_typed(const struct page *page, struct form *form, const struct quote_line *lines, size_t count);

/* After view_form: where each line's price comes from (Form.line.N.source). */
void tell_sources(const struct page *page, HDF *hdf, const struct quote_line *lines, size_t count, const char *currency);

/* Does what a button of the editor says: add-recurring, add-once, add-option, add-section, add-note,
 * del-N, up-N, down-N. *focus is the line to show, from 1, 0 none. False: another button. */
bool edit_lines(const char *button, struct quote_line *lines, size_t *count, size_t *focus);

/* A line that nobody filled in. */
bool line_is_blank(const struct quote_line *line);

#endif
