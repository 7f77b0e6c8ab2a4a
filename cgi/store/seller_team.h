/* seller_team: named sets of the seller's people, to which quote templates are offered. */
#ifndef TACITE_STORE_SELLER_TEAM_H
#define TACITE_STORE_SELLER_TEAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct seller_team {
    int64_t id;
    const char *name;
    int32_t rev;
    const int64_t *seller_ids; /* when service/cataloguing writes: who belongs to it */
    size_t seller_count;
};
enum err seller_teams(struct ctx *ctx, struct seller_team **teams, size_t *count) MUST_USE; /* by name */
enum err seller_team_by_id(struct ctx *ctx, int64_t id, struct seller_team *team) MUST_USE;
enum err insert_seller_team(struct ctx *ctx, struct seller_team *team) MUST_USE; /* sets id; ERR_DUPLICATE: the name */
enum err save_seller_team(struct ctx *ctx, const struct seller_team *team) MUST_USE; /* ERR_CONFLICT: rev */

struct seller_team_member {
    int64_t team_id;
    int64_t seller_id;
};
enum err seller_team_members(struct ctx *ctx, int64_t team_id, struct seller_team_member **members, size_t *count) MUST_USE; /* 0: of all */
enum err replace_seller_team_members(struct ctx *ctx, int64_t team_id, const int64_t *seller_ids, size_t count) MUST_USE;

#endif
