/* layout: what every page has around its content. */
#ifndef TACITE_VIEW_LAYOUT_H
#define TACITE_VIEW_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "view/hdf.h"

struct layout_link {
    const char *label; /* English msgid: translated here */
    const char *href;
    const char *areas; /* further paths under it, a space between; NULL: none */
    const struct layout_link *parts; /* pages of this area, side by side above each of them; NULL: none */
    size_t part_count;
};

struct layout {
    const char *title;              /* finished text; "Error: " is put before it when Errors has rows */
    const char *company;            /* seller's name */
    const struct layout_link *nav;  /* NULL: none */
    size_t nav_count;
    const char *path;               /* the request's, marks the current entry and returns from ?lang= */
    const char *user;               /* seller's name when signed in, "" otherwise */
    const struct layout_link *footer;
    size_t footer_count;
    bool language_links;            /* offer the languages (pages of customers) */
};

/* Reads public's manifest.tsv (name TAB hashed name). Once per process. */
enum err load_assets(struct ctx *ctx, const char *manifest) MUST_USE;

/* "/s/theme.1a2b3c4d.css" for "theme.css"; "/s/<name>" when the manifest has none. */
const char *asset_url(const char *name);

/* Fills Page, Nav, Parts, Footer, Lang. Of entries that hold the path the one whose address is longest is current. */
void layout_fill(struct ctx *ctx, HDF *hdf, const struct layout *layout);

/* One message above the title: kind is "ok", "info", "warn" or "bad"; link may be NULL. */
void layout_flash(HDF *hdf, const char *kind, const char *text, const char *link, const char *href);

#endif
