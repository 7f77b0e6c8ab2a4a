/* hdf: filling the tree that a template sees.
 *
 * Names come from code only, never from input (a dot would make a branch). Values are finished text:
 * money, dates and words are formatted before they come here. */
#ifndef TACITE_VIEW_HDF_H
#define TACITE_VIEW_HDF_H

#include <ClearSilver.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* A tree that lives as long as ctx->arena. */
HDF *hdf_new(struct ctx *ctx);

/* Sets node.name; NULL is "". */
void hdf_text(HDF *node, const char *name, const char *value);
void hdf_number(HDF *node, const char *name, int64_t value);
void hdf_flag(HDF *node, const char *name, bool on); /* "1", or the name stays unset */

/* The child node.name, made when it is not there. */
HDF *hdf_node(HDF *node, const char *name);

/* The next row of a list: node.name.0, .1, ... Constant time per row. A page has at most HDF_ROWS_MAX rows in one list and
 * pages what has more; what is written into a row beyond them is not shown. */
enum { HDF_ROWS_MAX = 1000 };
HDF *hdf_row(HDF *node, const char *name, int index);

#endif
