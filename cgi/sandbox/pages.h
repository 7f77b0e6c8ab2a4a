/* pages: what the pages of the sandbox share: one request for a page, its layout, its messages. */
#ifndef TACITE_SANDBOX_PAGES_H
#define TACITE_SANDBOX_PAGES_H

#include "sandbox/sandbox.h"
#include "view/hdf.h"
#include "web/request.h"
#include "web/response.h"
#include "web/router.h"

struct visit {
    struct ctx *ctx;
    const struct sandbox *sandbox;
    const struct request *request;
    struct response *response;
    const char *arg[ROUTE_ARGS];
};

/* The language of a page: this locale when it is one of ours, else what the browser asks for. */
void visit_language(struct visit *visit, const char *locale);

/* Renders a template of templates/sandbox with this title. */
enum err show_plain(struct visit *visit, HDF *hdf, const char *name,
                    const char *title) MUST_USE; /* payment pages */
enum err show_listed(struct visit *visit, HDF *hdf, const char *name,
                     const char *title) MUST_USE; /* with navigation */

/* A page that says one thing; href may be NULL. */
enum err show_message(struct visit *visit, int status, const char *title, const char *text, const char *href,
                      const char *action) MUST_USE;

/* Hidden csrf field for this subject, and whether the one that came holds (also of the browser's origin). */
void put_csrf(struct visit *visit, HDF *hdf, const char *subject);
bool csrf_fits(const struct visit *visit, const char *subject, const char *token);

/* hosted.c: the pages where the customer pays. */
enum err page_card(struct visit *visit) MUST_USE;
enum err page_card_post(struct visit *visit) MUST_USE;
enum err page_step(struct visit *visit) MUST_USE;
enum err page_step_post(struct visit *visit) MUST_USE;

/* lists.c: what happened. */
enum err page_index(struct visit *visit) MUST_USE;
enum err page_cards(struct visit *visit) MUST_USE;
enum err page_ledger(struct visit *visit) MUST_USE;
enum err page_ledger_tsv(struct visit *visit) MUST_USE;
enum err page_events(struct visit *visit) MUST_USE;
enum err page_deliver(struct visit *visit) MUST_USE;

#endif
