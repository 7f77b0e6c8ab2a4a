/* page: one request on its way through a handler, and the site map's row.
 *
 * A handler is a short paragraph of calls: it reads page->arg and page->form's struct, calls services,
 * fills a tree and shows a template, or redirects. It holds no SQL and no HTML. What it returns but OK
 * becomes the 500 or 503 page; ERR_NOT_FOUND becomes 404. */
#ifndef TACITE_PAGE_PAGE_H
#define TACITE_PAGE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "store/company.h"
#include "store/session.h"
#include "store/tenant.h"
#include "view/form.h"
#include "view/hdf.h"
#include "view/layout.h"
#include "web/form.h"
#include "web/multipart.h"
#include "web/request.h"
#include "web/response.h"
#include "web/router.h"

enum access {
    ACCESS_PUBLIC = 1, /* everybody */
    ACCESS_HOOK,       /* everybody; the handler verifies a signature; no csrf */
    ACCESS_SELLER,     /* a seller who is signed in */
    ACCESS_VISIT,      /* a visit with at least one grant; the handler looks up what the grant opens and
                          answers ERR_NOT_FOUND for anything else */
};

struct page;

struct route {
    enum method method;
    const char *pattern;
    enum err (*handler)(struct page *page);
    enum access access;
    size_t fields_max; /* of the body; 0: 200 */
    size_t body_max;   /* bytes; 0: 32 kB. Above BODY_BYTES_MAX: a form that carries files, as multipart */
    bool raw_body;     /* the handler reads request->body itself (webhooks) */
};

struct page {
    struct ctx *ctx;
    const struct tenant *tenant;
    const struct request *request;
    struct response *response;
    const struct route *route;
    const char *arg[ROUTE_ARGS];
    struct company company;          /* id 0 in a house without company */
    struct house house;
    struct seller_session seller;    /* id 0: not signed in */
    struct visit visit;              /* id 0: none */
    const char *session;             /* binds csrf and once tokens */
    struct pairs body;               /* fields of a POST */
    struct multipart files;          /* of a form that carries files; its fields are in body */
    HDF *hdf;                        /* the tree of the page, made on first use by page_tree */
};

/* Reads the POST's body by a field table. On malformed input answers 400 and gives false: return OK. */
bool page_form(struct page *page, struct form *form, const struct field *fields, size_t field_count, void *values);
#define PAGE_FORM(page, form, table, values)                                                                    \
    page_form((page), (form), (table), sizeof(table) / sizeof((table)[0]), (values))

/* The same of a POST that is a button and no more: its tokens are checked by the gate. */
bool page_press(struct page *page);

/* The file of this field, borrowed from the request; NULL when none was chosen. */
const struct upload *page_file(const struct page *page, const char *name);

/* The once-token of a POST; checked by the gate, "" for GET. */
const char *page_once(const struct page *page);

/* The tree, with Token.{csrf, once} and Signout.{csrf} for ui_hidden. */
HDF *page_tree(struct page *page);

/* Renders a template with the layout of its area: "admin/..." gets the seller's navigation. status is
 * 200 or 422 and the like. title is finished text. */
enum err page_show(struct page *page, int status, const char *title, const char *template) MUST_USE;

/* Shows a form again after wrong input: fills Form and Errors, status 422. */
enum err page_show_form(struct page *page, const struct form *form, const char *title, const char *template) MUST_USE;

/* 303 to a path of ours. Printf-like. */
enum err page_see(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An error page: 403, 404, 409, 410, 429... text is translated; NULL takes the status' own words. */
enum err page_error(struct page *page, int status, const char *text);

/* True when the visit may see this quote, invoice or customer's portal. A grant on a quote covers what
 * grows from it; the caller passes the ids that it found (0 when none). */
bool page_may(const struct page *page, int64_t quote_id, int64_t invoice_id, int64_t customer_id);

/* Every row of the site map, ended by a row with method 0 (page/routes.c). */
extern const struct route *const page_routes[];

/* The most bytes of a body that the row of this method and path takes; asked before the body is read. */
size_t page_body_max(const struct request *request);

/* Answers one request. */
void answer_page(struct page *page, int refused);

/* Prints method, pattern, access as TSV and checks the table: 0, or 70 on a wrong row. */
int print_routes(void);

#endif
