#include "store/seller_team.h"

#include "store/db.h"

static const struct column team_column[] = {COLUMN(I64, seller_team, id), COLUMN(TEXT, seller_team, name), COLUMN(I32, seller_team, rev)};
static const struct column member_column[] = {COLUMN(I64, seller_team_member, team_id), COLUMN(I64, seller_team_member, seller_id)};

enum { ALL, BY_ID, INSERT, SAVE, MEMBERS, MEMBERS_DELETE, MEMBER_INSERT };
static const struct statement statement[] = {
    [ALL] = {"seller_teams", "SELECT id, name, rev FROM seller_team ORDER BY name LIMIT 500", READS(seller_team, team_column)},
    [BY_ID] = {"seller_team_by_id", "SELECT id, name, rev FROM seller_team WHERE id = ?", READS(seller_team, team_column)},
    [INSERT] = {"seller_team_insert", "INSERT INTO seller_team (name) VALUES (?)", NOTHING},
    [SAVE] = {"seller_team_save", "UPDATE seller_team SET name = ?, rev = rev + 1 WHERE id = ? AND rev = ?", NOTHING},
    [MEMBERS] = {"seller_team_members", "SELECT team_id, seller_id FROM seller_team_member WHERE ? = 0 OR team_id = ? ORDER BY team_id, seller_id LIMIT 20000",
                 READS(seller_team_member, member_column)},
    [MEMBERS_DELETE] = {"seller_team_members_delete", "DELETE FROM seller_team_member WHERE team_id = ?", NOTHING},
    [MEMBER_INSERT] = {"seller_team_member_insert", "INSERT INTO seller_team_member (team_id, seller_id) VALUES (?, ?)", NOTHING},
};
DB_STATEMENTS(seller_team, statement)

enum err seller_teams(struct ctx *ctx, struct seller_team **teams, size_t *count)
{
    return db_rows(ctx, &statement[ALL], NO_PARAMS, teams, count);
}

enum err seller_team_by_id(struct ctx *ctx, int64_t id, struct seller_team *team)
{
    return db_row(ctx, &statement[BY_ID], PARAMS(P_I64(id)), team);
}

enum err insert_seller_team(struct ctx *ctx, struct seller_team *team)
{
    return db_insert(ctx, &statement[INSERT], PARAMS(P_TEXT(team->name)), &team->id);
}

enum err save_seller_team(struct ctx *ctx, const struct seller_team *team)
{
    return db_write_one(ctx, &statement[SAVE], PARAMS(P_TEXT(team->name), P_I64(team->id), P_I64(team->rev)));
}

enum err seller_team_members(struct ctx *ctx, int64_t team_id, struct seller_team_member **members, size_t *count)
{
    return db_rows(ctx, &statement[MEMBERS], PARAMS(P_I64(team_id), P_I64(team_id)), members, count);
}

enum err replace_seller_team_members(struct ctx *ctx, int64_t team_id, const int64_t *seller_ids, size_t count)
{
    TRY(ctx, db_write(ctx, &statement[MEMBERS_DELETE], PARAMS(P_I64(team_id)), NULL));
    for (size_t i = 0; i < count; i++)
        TRY(ctx, db_write(ctx, &statement[MEMBER_INSERT], PARAMS(P_I64(team_id), P_I64(seller_ids[i])), NULL));
    return OK;
}
