/* quote_template: what a new quote starts from, in versions.
 *
 * The template is the name: its state, who it is for, its newest version. What it says stands in a version, which is
 * inserted and never changed; a quote names the version it began with and keeps what it took. */
#ifndef TACITE_STORE_QUOTE_TEMPLATE_H
#define TACITE_STORE_QUOTE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/pricing.h"
#include "core/quote.h"
#include "core/term.h"

struct quote_template {
    int64_t id;
    const char *name;
    int64_t plan_id;
    int32_t validity_days;
    const char *acceptance_name;
    enum quote_acceptance acceptance;
    const char *duration_name;
    const char *term_unit_name;
    int32_t term_count;
    bool term_renews;
    int32_t commitment_months; /* -1: the plan's */
    int32_t notice_days;       /* likewise */
    const char *customer_end_name;
    int32_t close_days;
    struct own_terms own;      /* the eight above; what is written is read from here */
    const char *note;          /* texts may hold variables (service/quote_words.h); NULL, when written: "" */
    const char *header;        /* on the document, above the lines */
    const char *footer;        /* on the document, below everything */
    const char *terms;         /* particular ones, before the company's */
    const char *confirmation;  /* in the mail that confirms the order */
    const char *other_language; /* of the texts below: "fr", "en"; "", or NULL when written: there are none */
    const char *other_note;    /* "": as it stands above; likewise the others */
    const char *other_header;
    const char *other_footer;
    const char *other_terms;
    const char *other_confirmation;
    bool no_confirm_mail;      /* to businesses */
    int32_t deposit_ppm;       /* asked for at the signature: core/deposit.h */
    int64_t deposit_minor;     /* in the company's currency; in another one nothing is asked for */
    const char *journal;       /* of its documents: store/sales_journal.h; "", NULL: VT */
    const char *state;         /* "active", "archived" */
    int32_t rev;
    int32_t version;           /* the one that was read; written: set by insert_quote_template_version */
    int32_t newest;
    int64_t version_id;
    int64_t changed_at;        /* of the version; read only */
    const char *changed_by;
    const int64_t *seller_ids; /* when service/cataloguing writes: to whom it is offered */
    size_t seller_count;
    const int64_t *team_ids;   /* likewise */
    size_t team_count;
};

enum { TEMPLATE_LIST_PRICE = -1 };

struct quote_template_line {
    int64_t id;
    int64_t version_id;
    int32_t position;
    const char *kind_name;
    enum line_kind kind;
    const char *timing;        /* "advance", "arrears"; "": the product's, else the plan's */
    bool is_option;
    int64_t product_id;
    const char *description;   /* "": the product's name */
    const char *other_description; /* in the other language; "", NULL: as it stands */
    const char *unit;          /* "", NULL: the product's */
    const char *unit_plural;   /* store/unit.h; read only */
    int64_t quantity_e4;
    int64_t unit_price_e4;     /* TEMPLATE_LIST_PRICE: the price list's, NULL in the database */
    int32_t discount_ppm;
    int64_t discount_minor;    /* in the company's currency; one of the two is 0 */
    int32_t discount_periods;
    const char *tax_class;     /* "", NULL: the product's, else the standard rate */
    bool quantity_editable;
    int64_t quantity_min_e4;
    int64_t quantity_max_e4;
    const char *product_name;  /* read only, as the next: of the product; "" without one */
    const char *product_unit;
    const char *product_kind;
    const char *product_timing;
    const char *product_tax_class;
};

/* The newest version. */
enum err quote_template_by_id(struct ctx *ctx, int64_t id, struct quote_template *template) MUST_USE;
/* One of its versions, with the template's name and state; ERR_NOT_FOUND. */
enum err quote_template_version(struct ctx *ctx, int64_t id, int32_t version, struct quote_template *template) MUST_USE;
enum err quote_template_versions(struct ctx *ctx, int64_t id, struct quote_template **versions, size_t *count) MUST_USE; /* newest first */
/* Newest versions by name. seller_id: only those offered to that seller, and not archived; 0: all. */
enum err quote_templates(struct ctx *ctx, int64_t seller_id, struct quote_template **templates, size_t *count) MUST_USE;
enum err quote_template_lines(struct ctx *ctx, int64_t version_id, struct quote_template_line **lines, size_t *count) MUST_USE;

/* The row under which versions go: sets id; the first version is inserted with it. ERR_DUPLICATE: the name. */
enum err insert_quote_template(struct ctx *ctx, struct quote_template *template) MUST_USE;
/* Name, state and newest version; ERR_CONFLICT when rev is not the stored one. */
enum err save_quote_template(struct ctx *ctx, const struct quote_template *template) MUST_USE;
/* What it says, as version template->version; sets version_id. */
enum err insert_quote_template_version(struct ctx *ctx, struct quote_template *template,
                                       const struct quote_template_line *lines, size_t count) MUST_USE;

/* Whom it is offered to, by themselves and by team; none of both: everybody. */
struct quote_template_seller {
    int64_t template_id;
    int64_t seller_id;
};
enum err quote_template_sellers(struct ctx *ctx, int64_t template_id, struct quote_template_seller **sellers, size_t *count) MUST_USE; /* 0: of all */
enum err replace_quote_template_sellers(struct ctx *ctx, int64_t template_id, const int64_t *seller_ids, size_t count) MUST_USE;

struct quote_template_team {
    int64_t template_id;
    int64_t team_id;
};
enum err quote_template_teams(struct ctx *ctx, int64_t template_id, struct quote_template_team **teams, size_t *count) MUST_USE; /* 0: of all */
enum err replace_quote_template_teams(struct ctx *ctx, int64_t template_id, const int64_t *team_ids, size_t count) MUST_USE;
/* Whether a seller may begin a quote with it. */
enum err quote_template_is_offered(struct ctx *ctx, int64_t template_id, int64_t seller_id, bool *offered) MUST_USE;

#endif
