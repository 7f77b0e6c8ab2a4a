/* render: a template and a tree become bytes.
 *
 * Every template of the folder is parsed once, at the start; a missing or wrong one refuses the start.
 * Pages escape every variable (proved by a probe at the start); only mails' plain texts, "*.txt.cs",
 * do not. The request's tree is swapped in for one rendering (limits.md A2.2). */
#ifndef TACITE_VIEW_RENDER_H
#define TACITE_VIEW_RENDER_H

#include "base/ctx.h"
#include "base/str.h"
#include "view/hdf.h"

enum { RENDER_BYTES_MAX = 2 << 20 };

/* Parses all templates under the folder but those in layout/ and macro/, which others include. */
enum err load_templates(struct ctx *ctx, const char *folder) MUST_USE;
/* Those of one area alone ("mail"): for who renders nothing else. */
enum err load_templates_of(struct ctx *ctx, const char *folder, const char *area) MUST_USE;

/* Renders "admin/quotes.cs" into out (appended). ERR_TEMPLATE when there is none, it fails, the output
 * is too large or no valid UTF-8; nothing is appended then. */
enum err view_page(struct ctx *ctx, HDF *hdf, const char *name, struct str *out) MUST_USE;

#endif
