/* gate: who may pass. One place decides for every page: session or visit, csrf, once-token; deny
 * unless the row allows. Then the handler; then what it returned becomes an answer. */
#include "page/menu.h"
#include "page/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/log.h"
#include "base/random.h"
#include "store/db.h"
#include "store/form_token.h"
#include "text/words.h"
#include "view/render.h"
#include "web/csrf.h"
#include "web/language.h"

static char *cookie_name(const struct page *page, const char *base)
{
    return arena_printf(page->ctx->arena, "%s%s", base, page->tenant->cookie_suffix);
}

HDF *page_tree(struct page *page)
{
    struct arena *arena = page->ctx->arena;

    if (page->hdf == NULL) {
        const char *csrf = csrf_token(arena, &page->tenant->csrf_key, page->session, page->ctx->now);

        page->hdf = hdf_new(page->ctx);
        hdf_text(page->hdf, "Token.csrf", csrf);
        hdf_text(page->hdf, "Token.once", once_token(arena, &page->tenant->csrf_key, page->session));
        hdf_text(page->hdf, "Signout.csrf", csrf);
    }
    return page->hdf;
}

static bool is_admin(const char *template)
{
    return strncmp(template, "admin/", 6) == 0;
}

enum err page_show(struct page *page, int status, const char *title, const char *template)
{
    HDF *hdf = page_tree(page);
    bool admin = is_admin(template) && page->seller.id != 0;
    struct layout layout = {
        .title = title,
        .company = page->company.id != 0 ? page->company.name : "Tacite",
        .nav = admin ? seller_menu : NULL,
        .nav_count = admin ? seller_menu_count : 0,
        /* A link's token is repeated nowhere: dead ones give the same page whatever was tried. */
        .path = strncmp(page->request->path, "/l/", 3) == 0 ? "/link" : page->request->path,
        .user = page->seller.id != 0 ? page->seller.user_name : "",
        .footer = admin ? NULL : customer_footer,
        .footer_count = admin ? 0 : customer_footer_count,
        .language_links = !is_admin(template),
    };

    layout_fill(page->ctx, hdf, &layout);
    page->response->status = status;
    page->response->body = str_new(page->ctx->arena);
    return view_page(page->ctx, hdf, template, &page->response->body);
}

enum err page_show_form(struct page *page, const struct form *form, const char *title, const char *template)
{
    view_form(page->ctx, page_tree(page), form);
    return page_show(page, form->error_count > 0 ? 422 : 200, title, template);
}

enum err page_see(struct page *page, const char *format, ...)
{
    va_list args;
    char *url;

    va_start(args, format);
    url = arena_vprintf(page->ctx->arena, format, args);
    va_end(args);
    respond_see(page->response, url);
    return OK;
}

static const char *title_of(int status)
{
    switch (status) {
    case 400: return tr("The request could not be read");
    case 403: return tr("Not allowed");
    case 404: return tr("Page not found");
    case 405: return tr("This address cannot be used in this way");
    case 409: return tr("This has changed meanwhile");
    case 410: return tr("No longer available");
    case 413: return tr("Too much was sent");
    case 415: return tr("This kind of data is not read here");
    case 429: return tr("Too many tries");
    case 503: return tr("Back in a moment");
    default: return tr("Something went wrong on our side");
    }
}

static const char *text_of(int status)
{
    switch (status) {
    case 400: return tr("Please go back and try again. Nothing was changed.");
    case 403: return tr("The page was open for a long time, or it was opened from another site. Please go back, reload the page and try again.");
    case 404: return tr("There is nothing at this address, or it is not yours to see.");
    case 405: return tr("Please use the links and buttons of our pages.");
    case 409: return tr("Somebody changed this while you were working on it. Please go back, reload and look again.");
    case 413: return tr("Please send less at once.");
    case 415: return tr("Please use the form of our page, in a browser.");
    case 429: return tr("Please wait a few minutes and try again.");
    case 503: return tr("We cannot reach our database at the moment. Nothing was lost; please try again in a minute.");
    default: return tr("It was not your fault, and nothing that you did before is lost. Please try again.");
    }
}

enum err page_error(struct page *page, int status, const char *text)
{
    HDF *hdf = hdf_new(page->ctx);

    page->hdf = hdf;
    hdf_text(hdf, "Error.text", text != NULL ? text : text_of(status));
    if (status >= 500)
        hdf_text(hdf, "Error.id", page->ctx->request_id);
    if (status == 503 || status == 429)
        respond_header(page->response, "Retry-After", status == 503 ? "30" : "120");
    return page_show(page, status, title_of(status), "error/error.cs");
}

bool page_form(struct page *page, struct form *form, const struct field *fields, size_t field_count, void *values)
{
    if (form_read(form, page->ctx, fields, field_count, &page->body, values))
        return true;
    if (page_error(page, 400, NULL) != OK)
        page->response->status = 400;
    return false;
}

bool page_press(struct page *page)
{
    static const struct field rev_field[] = {{.kind = FIELD_HIDDEN, .name = "rev", .offset = 0}};
    struct form form;
    const char *rev;

    return PAGE_FORM(page, &form, rev_field, &rev);
}

const char *page_once(const struct page *page)
{
    const char *once = pair_value(&page->body, "once");

    return once != NULL ? once : "";
}

const struct upload *page_file(const struct page *page, const char *name)
{
    const struct upload *file = multipart_file(&page->files, name);

    return file != NULL && file->bytes > 0 ? file : NULL;
}

bool page_may(const struct page *page, int64_t quote_id, int64_t invoice_id, int64_t customer_id)
{
    for (size_t i = 0; i < page->visit.grant_count; i++) {
        const struct grant *grant = &page->visit.grants[i];

        if ((strcmp(grant->kind, "quote") == 0 && quote_id != 0 && grant->object_id == quote_id) ||
            (strcmp(grant->kind, "pay") == 0 && invoice_id != 0 && grant->object_id == invoice_id) ||
            (strcmp(grant->kind, "manage") == 0 && customer_id != 0 && grant->object_id == customer_id))
            return true;
    }
    return false;
}

/* The row of a path: NULL with *status 404, or 405 when only the method differs. HEAD is served as GET. */
static const struct route *find_route(const struct request *request, const char *arg[ROUTE_ARGS], int *status)
{
    enum method method = request->method == METHOD_HEAD ? METHOD_GET : request->method;

    *status = 404;
    for (size_t area = 0; page_routes[area] != NULL; area++)
        for (const struct route *row = page_routes[area]; row->pattern != NULL; row++) {
            if (!route_matches(request->arena, row->pattern, request->path, arg))
                continue;
            if (row->method == method)
                return row;
            *status = 405;
        }
    return NULL;
}

static bool carries_files(const struct route *route)
{
    return route->body_max > BODY_BYTES_MAX;
}

static size_t body_max_of(const struct route *route)
{
    return route->body_max != 0 ? route->body_max : route->raw_body ? BODY_BYTES_MAX : FORM_BYTES_DEFAULT;
}

size_t page_body_max(const struct request *request)
{
    const char *arg[ROUTE_ARGS];
    int status;
    const struct route *route = find_route(request, arg, &status);

    return route != NULL ? body_max_of(route) : FORM_BYTES_DEFAULT;
}

/* The body's fields and files; 200, or 415 for a type that the row does not take, or 400. */
static int read_form(struct page *page)
{
    const struct request *request = page->request;
    size_t fields_max = page->route->fields_max != 0 ? page->route->fields_max : FORM_FIELDS_DEFAULT;

    if (media_type_is(request->content_type, "application/x-www-form-urlencoded"))
        return pairs_parse(page->ctx->arena, request->body, request->body_bytes, fields_max, &page->body) ? 200 : 400;
    if (!carries_files(page->route) || !multipart_is(request->content_type))
        return 415;
    if (!multipart_parse(page->ctx->arena, request->content_type, request->body, request->body_bytes, fields_max, &page->files))
        return 400;
    page->body = page->files.fields;
    return 200;
}

static enum err load_sessions(struct page *page)
{
    const char *seller = pair_value(&page->request->cookies, cookie_name(page, "__Host-seller"));
    const char *visit = pair_value(&page->request->cookies, cookie_name(page, "__Host-visit"));
    enum err err;

    page->session = "public";
    if (visit != NULL) {
        err = visit_by_cookie(page->ctx, visit, &page->visit);
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        if (err == OK)
            page->session = arena_printf(page->ctx->arena, "visit %lld", (long long)page->visit.id);
    }
    if (seller != NULL && (page->route->access == ACCESS_SELLER || strncmp(page->request->path, "/admin", 6) == 0)) {
        err = seller_session_by_cookie(page->ctx, seller, &page->seller);
        if (err != OK && err != ERR_NOT_FOUND)
            return err;
        if (err == OK)
            page->session = arena_printf(page->ctx->arena, "seller %lld", (long long)page->seller.id);
    }
    ctx_forget_error(page->ctx);
    return OK;
}

static void choose_language(struct page *page)
{
    bool chosen;
    const char *fallback = page->seller.id != 0 ? page->seller.user_language
                           : page->company.id != 0 ? page->company.language : "en";
    const char *cookie = cookie_name(page, "lang");
    const char *language;

    if (page->seller.id != 0 && pair_value(&page->request->fields, "lang") == NULL &&
        pair_value(&page->request->cookies, cookie) == NULL)
        language = words_known(fallback) ? fallback : "en";
    else
        language = language_of(page->request, cookie, fallback, &chosen);
    if (pair_value(&page->request->fields, "lang") != NULL && words_known(language))
        respond_header(page->response, "Set-Cookie",
                       arena_printf(page->ctx->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
                                    cookie, language));
    page->ctx->language = language;
    words_use(language);
}

static const char *actor_of(const struct page *page)
{
    if (page->seller.id != 0)
        return arena_printf(page->ctx->arena, "seller:%lld", (long long)page->seller.user_id);
    if (page->visit.id != 0)
        return arena_printf(page->ctx->arena, "visit:%lld", (long long)page->visit.id);
    return "visitor";
}

/* True when the page was answered here: refused, or sent to sign in. */
static enum err admit(struct page *page, bool *answered)
{
    const struct route *route = page->route;
    bool post = page->request->method == METHOD_POST;
    int status;

    *answered = true;
    if (route->access == ACCESS_SELLER && page->seller.id == 0) {
        if (post)
            return page_error(page, 403, tr("You are no longer signed in. Sign in again in another tab, come back here, reload and send the form again: your browser keeps what you typed."));
        return page_see(page, "/admin/login");
    }
    if (route->access == ACCESS_VISIT && page->visit.grant_count == 0)
        return post ? page_error(page, 403, tr("This page was open for too long. Open the link of our e-mail again in another tab, come back here, reload and send the form again: your browser keeps what you typed."))
                    : page_see(page, "/link");
    *answered = false;
    if (!post || route->access == ACCESS_HOOK || route->raw_body)
        return OK;
    status = read_form(page);
    if (status != 200) {
        *answered = true;
        return page_error(page, status, NULL);
    }
    if (!csrf_origin_ok(page->request, page->tenant->site_base) ||
        !csrf_holds(page->ctx->arena, &page->tenant->csrf_key, page->session, page->ctx->now,
                    pair_value(&page->body, "csrf") != NULL ? pair_value(&page->body, "csrf") : "") ||
        (page_once(page)[0] != '\0' &&
         !once_holds(page->ctx->arena, &page->tenant->csrf_key, page->session, page_once(page)))) {
        *answered = true;
        return page_error(page, 403, NULL);
    }
    return OK;
}

/* The form was sent before: lead to where its first use led. *known: it was. */
static enum err lead_on(struct page *page, bool *known)
{
    const char *url;
    enum err err = page->request->method == METHOD_POST && page_once(page)[0] != '\0' ? form_token_result(page->ctx, page_once(page), &url) : ERR_NOT_FOUND;

    *known = err == OK;
    if (err == OK)
        return page_see(page, "%s", url);
    ctx_forget_error(page->ctx);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Of two presses of a button the second may find a world in which it is refused: it is answered as the first. */
static enum err handle(struct page *page)
{
    bool known;
    enum err err = page->route->handler(page);

    return err == OK && page->response->status >= 400 ? lead_on(page, &known) : err;
}

static enum err run_page(struct page *page, int refused)
{
    bool answered = false;
    int status = refused;

    if (refused == 0 || refused == 413)
        page->route = find_route(page->request, page->arg, &status);
    /* What only shows a customer their things may show versions from memory; what decides reads them. */
    page->ctx->kept = page->route != NULL && page->route->access == ACCESS_VISIT && page->route->method == METHOD_GET;
    TRY(page->ctx, db_ready(page->ctx));
    TRY(page->ctx, set_today(page->ctx, &page->house));
    if (page->house.company_id != 0)
        TRY(page->ctx, company_by_id(page->ctx, page->house.company_id, &page->company));
    page->session = "public";
    if (page->route != NULL)
        TRY(page->ctx, load_sessions(page));
    choose_language(page);
    page->ctx->actor = actor_of(page);
    if (page->route == NULL || refused != 0)
        return page_error(page, refused != 0 ? refused : status, NULL);
    TRY(page->ctx, admit(page, &answered));
    return answered ? OK : handle(page);
}

void answer_page(struct page *page, int refused)
{
    enum err err = run_page(page, refused);

    if (err == ERR_DUPLICATE || err == ERR_CONFLICT || err == ERR_NOT_FOUND) {
        enum err cause = err;
        bool known;

        ctx_forget_error(page->ctx);
        err = lead_on(page, &known);
        err = err == OK && !known ? cause : err;
    }
    if (err == OK)
        return;
    page->response->header_count = 0;
    if (err != ERR_NOT_FOUND && err != ERR_CONFLICT)
        log_trail(page->ctx, "request.failed");
    ctx_forget_error(page->ctx);
    if (page_error(page, err == ERR_NOT_FOUND ? 404 : err == ERR_CONFLICT ? 409 : err == ERR_DB_GONE || err == ERR_HELD ? 503 : 500,
                   err == ERR_HELD ? tr("Nothing can be billed or paid at the moment: our records are being checked. Please come back later.") : NULL) != OK) {
        log_trail(page->ctx, "error_page.failed");
        page->response->status = 500;
        page->response->content_type = "text/plain; charset=utf-8";
        page->response->body = str_new(page->ctx->arena);
        str_append(&page->response->body, "Something went wrong on our side.\n");
    }
}

int print_routes(void)
{
    static const char *const access_name[] = {"", "public", "hook", "seller", "visit"};
    int bad = 0;

    for (size_t area = 0; page_routes[area] != NULL; area++)
        for (const struct route *row = page_routes[area]; row->pattern != NULL; row++) {
            bool wrong = row->access == 0 || row->handler == NULL || (row->method != METHOD_GET && row->method != METHOD_POST);

            bad += wrong;
            for (size_t other = 0; page_routes[other] != NULL; other++)
                for (const struct route *o = page_routes[other]; o->pattern != NULL; o++)
                    bad += o != row && o->method == row->method && strcmp(o->pattern, row->pattern) == 0;
            (void)printf("%s\t%s\t%s\n", row->method == METHOD_POST ? "POST" : "GET", row->pattern,
                         wrong ? "WRONG" : access_name[row->access]);
        }
    return bad == 0 ? 0 : 70;
}
