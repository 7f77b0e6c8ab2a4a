#include "service/tiering.h"

#include "base/arena.h"
#include "base/str.h"
#include "text/format.h"
#include "text/phrase.h"
#include "text/words.h"

enum { TEXT_BYTES = 500 };

static enum err read_rule(struct ctx *ctx, const char *model, const char *tiers, int64_t unit_price_e4, struct price_rule *rule)
{
    return price_rule_read(model, tiers, unit_price_e4, rule) ? OK : FAIL(ctx, ERR_CORRUPT, "a line's price cannot be read: %s", tiers);
}

enum err quote_line_rule(struct ctx *ctx, const struct quote_line *line, struct price_rule *rule)
{
    return read_rule(ctx, line->price_model, line->tiers, line->unit_price_e4, rule);
}

enum err subscription_line_rule(struct ctx *ctx, const struct subscription_line *line, struct price_rule *rule)
{
    return read_rule(ctx, line->price_model, line->tiers, line->unit_price_e4, rule);
}

static const char *told(struct arena *arena, const char *language, const char *description, const char *unit, const char *plural,
                        const struct price_rule *rule, int64_t quantity_e4, const struct price_part *part)
{
    const char *range = phrase_tier(arena, language, part->above_e4, part->up_to_e4);

    if (rule->model == PRICE_FLAT)
        return tr_fill(arena, "{product}, flat price for {quantity}", "product", description, "quantity",
                       phrase_quantity(arena, language, quantity_e4, unit, plural), NULL);
    if (part->fee)
        return range[0] == '\0' ? tr_fill(arena, "{product}, fixed fee", "product", description, NULL)
                                : tr_fill(arena, "{product}, fixed fee {range}", "product", description, "range", range, NULL);
    return range[0] == '\0' ? description : tr_fill(arena, "{product}, {range}", "product", description, "range", range, NULL);
}

const char *part_text(struct ctx *ctx, const char *language, const char *description, const char *unit, const char *plural,
                      const struct price_rule *rule, int64_t quantity_e4, const struct price_part *part)
{
    char *before;
    const char *text;

    if (rule->model == PRICE_PER_UNIT)
        return description;
    before = arena_strdup(ctx->arena, words_language());
    words_use(language);
    text = told(ctx->arena, language, description, unit, plural, rule, quantity_e4, part);
    words_use(before);
    return str_cut(ctx->arena, text, TEXT_BYTES);
}

enum err plain_lines(struct ctx *ctx, const char *language, const struct currency *currency, const struct subscription_line *lines,
                     size_t count, struct subscription_line **plain, size_t *plain_count)
{
    size_t room = count;
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (lines[i].price_model != NULL && !str_equal(lines[i].price_model, "per_unit"))
            room += PRICE_PARTS_MAX;
    *plain = ARENA_ARRAY(ctx->arena, struct subscription_line, room + 1);
    for (size_t i = 0; i < count; i++) {
        struct price_part parts[PRICE_PARTS_MAX];
        struct price_rule rule;
        size_t part_count;
        int64_t off[PRICE_PARTS_MAX];

        TRY(ctx, subscription_line_rule(ctx, &lines[i], &rule));
        part_count = price_rule_parts(&rule, lines[i].quantity_e4, parts);
        if (part_count == 0)
            return FAIL(ctx, ERR_LIMIT, "a line's quantity has no price");
        price_parts_off(parts, part_count, lines[i].discount_minor, currency, off);
        for (size_t j = 0; j < part_count; j++, n++) {
            struct subscription_line *out = &(*plain)[n];

            *out = lines[i];
            out->description = part_text(ctx, language, lines[i].description, lines[i].unit, lines[i].unit_plural, &rule, lines[i].quantity_e4, &parts[j]);
            out->quantity_e4 = parts[j].quantity_e4;
            out->unit_price_e4 = parts[j].unit_price_e4;
            out->unit = parts[j].fee ? "" : lines[i].unit;
            out->discount_minor = off[j];
            out->price_model = "per_unit";
            out->tiers = "";
        }
    }
    *plain_count = n;
    return OK;
}
