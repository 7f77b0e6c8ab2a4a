/* stray_return: money of nobody that is sent back to the card that it came from (service/returning). */
#ifndef TACITE_STORE_STRAY_RETURN_H
#define TACITE_STORE_STRAY_RETURN_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "core/refund.h"

struct stray_return {
    int64_t id;
    int64_t attempt_id;
    const char *intent_ref; /* of the attempt; read only */
    const char *return_key;
    const char *state_name;
    enum refund_state state; /* but REFUND_CANCELLED */
    int64_t amount_minor;
    const char *currency;
    const char *request_body;
    const char *return_ref; /* "" not told yet */
    const char *failure;
    int64_t sending_at;     /* instants; 0: none */
    int64_t first_sent_at;
    int64_t next_check_at;
    int32_t checks;
    int64_t created_at;
};

enum err insert_stray_return(struct ctx *ctx, struct stray_return *row) MUST_USE; /* READY; ERR_DUPLICATE while another one lives */
enum err stray_return_by_id(struct ctx *ctx, int64_t id, struct stray_return *row) MUST_USE;
enum err lock_stray_return(struct ctx *ctx, int64_t id, struct stray_return *row) MUST_USE;
/* The newest of an attempt; ERR_NOT_FOUND. */
enum err stray_return_of(struct ctx *ctx, int64_t attempt_id, struct stray_return *row) MUST_USE;
enum err save_stray_return(struct ctx *ctx, const struct stray_return *row) MUST_USE;
enum err stray_returns_to_check(struct ctx *ctx, int64_t after_id, int32_t limit, struct stray_return **rows, size_t *count) MUST_USE;
enum err put_off_stray_return(struct ctx *ctx, int64_t id, int64_t until_at) MUST_USE; /* one that could not be looked at */
/* READY ones, for a house that was restored. */
enum err ready_stray_returns(struct ctx *ctx, int32_t limit, struct stray_return **rows, size_t *count) MUST_USE;

#endif
