/* unit: units of measure (core/unit), named by products and lines. */
#ifndef TACITE_STORE_UNIT_H
#define TACITE_STORE_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/unit.h"

struct unit {
    int64_t id;
    const char *name;
    const char *plural;    /* "" where several are called the same; set once */
    int64_t base_id;       /* 0: a base itself */
    const char *base_name; /* "" of a base; read only */
    const char *base_plural; /* likewise */
    int64_t numerator;
    int64_t denominator;
    const char *code;      /* UN/ECE rec 20: EN 16931 BT-130 */
    int32_t rev;
};

/* In a SELECT of lines: how several of a line's unit are called, or ''. */
#define UNIT_PLURAL(line) "IFNULL((SELECT u.plural FROM unit u WHERE u.name = " line ".unit), '') AS unit_plural"

struct unit_ratio unit_ratio_of(const struct unit *unit);

enum err units(struct ctx *ctx, struct unit **rows, size_t *count) MUST_USE; /* by base and name */
enum err unit_by_id(struct ctx *ctx, int64_t id, struct unit *unit) MUST_USE;
/* The unit that a line or product names. ERR_NOT_FOUND; its code is then "C62" (one). */
enum err unit_by_name(struct ctx *ctx, const char *name, struct unit *unit) MUST_USE;
enum err insert_unit(struct ctx *ctx, struct unit *unit) MUST_USE;
enum err save_unit(struct ctx *ctx, const struct unit *unit) MUST_USE; /* all but the name; ERR_CONFLICT: rev */
/* Makes a unit of this name, a base of its own, where there is none; "" is none. */
enum err unit_named(struct ctx *ctx, const char *name) MUST_USE;

#endif
