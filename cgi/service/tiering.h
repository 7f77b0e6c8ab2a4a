/* tiering: a line with a tiered or flat price as the plain lines that a document shows.
 *
 * Each part of the price (core/tier) becomes a line of its own, quantity at a unit price, with the tier in its
 * text: whatever prices, prorates, taxes, bills or prints afterwards knows quantity and unit price only, and a
 * document's lines multiply out. A line per unit stays as it is. */
#ifndef TACITE_SERVICE_TIERING_H
#define TACITE_SERVICE_TIERING_H

#include <stddef.h>

#include "base/ctx.h"
#include "core/tier.h"
#include "store/quote.h"
#include "store/subscription.h"

/* The rule that a line was agreed at; the database holds none that is not acceptable (ERR_CORRUPT). */
enum err quote_line_rule(struct ctx *ctx, const struct quote_line *line, struct price_rule *rule) MUST_USE;
enum err subscription_line_rule(struct ctx *ctx, const struct subscription_line *line, struct price_rule *rule) MUST_USE;

/* "Licence Pro, up to 10" in the language; as it is for a price per unit. At most 500 bytes. */
const char *part_text(struct ctx *ctx, const char *language, const char *description, const char *unit, const char *plural,
                      const struct price_rule *rule, int64_t quantity_e4, const struct price_part *part);

/* Lines of subscriptions in the order given, each replaced by its parts (with the same id), an amount off
 * spread over them. */
enum err plain_lines(struct ctx *ctx, const char *language, const struct currency *currency, const struct subscription_line *lines,
                     size_t count, struct subscription_line **plain, size_t *plain_count) MUST_USE;

#endif
