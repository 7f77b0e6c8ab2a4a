#include "store/db_connection.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

struct db *db_open(const struct db_login *login)
{
    struct db *db = calloc(1, sizeof *db);

    CHECK(db != NULL);
    db->login = *login;
    return db;
}

static void disconnect(struct db *db)
{
    size_t i;

    for (i = 0; i < STATEMENTS_MAX; i++)
        if (db->prepared[i].handle != NULL)
            (void)mysql_stmt_close(db->prepared[i].handle);
    memset(db->prepared, 0, sizeof db->prepared);
    db->prepared_count = 0;
    if (db->mysql != NULL)
        mysql_close(db->mysql);
    db->mysql = NULL;
    db->in_transaction = false;
    db->broken = false;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    disconnect(db);
    if (db->later_arena != NULL)
        arena_free(db->later_arena);
    free(db);
}

void db_leave(struct db *db)
{
    if (db->mysql != NULL)
        (void)close(mysql_get_socket(db->mysql));
    *db = (struct db){.login = db->login};
}

static enum err err_of_number(unsigned int number)
{
    switch (number) {
    case ER_CHECKREAD:
    case ER_DISK_FULL: /* nothing was written: again, and later when space does not come back */
    case ER_RECORD_FILE_FULL:
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_LOCK_DEADLOCK: return ERR_DB_RETRY;
    case ER_DUP_ENTRY: return ERR_DUPLICATE;
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_COMMANDS_OUT_OF_SYNC:
    case ER_SERVER_SHUTDOWN:
    case ER_CONNECTION_KILLED:
    case ER_CON_COUNT_ERROR:
    case 2055: /* lost connection with system error */
    case 2057: /* columns changed under a prepared statement: the connection is out of step */
        return ERR_DB_GONE;
    case ER_CANT_AGGREGATE_2COLLATIONS: /* a text beyond ASCII compared with an ASCII column: nothing is equal to it */
        return ERR_NOT_FOUND;
    default: return ERR_DB;
    }
}

enum err db_fail(struct ctx *ctx, unsigned int number, const char *what, const char *message)
{
    enum err err = err_of_number(number);

    if (err == ERR_DB_GONE)
        ctx->db->broken = true;
    if (err == ERR_DUPLICATE)
        return err; /* an expected answer, not a failure: callers look for it */
    return FAIL(ctx, err, "%s: %u %s", what, number, message);
}

enum err db_connect(struct ctx *ctx)
{
    static const char *const setting[] = {
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
        "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 10",
    };
    struct db *db = ctx->db;
    const struct db_login *login = &db->login;
    unsigned int connect_s = 3;
    unsigned int answer_s = 60;
    size_t i;

    disconnect(db);
    db->mysql = mysql_init(NULL);
    CHECK(db->mysql != NULL);
    (void)mysql_options(db->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    (void)mysql_options(db->mysql, MYSQL_OPT_READ_TIMEOUT, &answer_s);
    (void)mysql_options(db->mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_s);
    (void)mysql_options(db->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(db->mysql, login->socket[0] != '\0' ? NULL : login->host, login->user,
                           login->password, login->name, (unsigned int)login->port,
                           login->socket[0] != '\0' ? login->socket : NULL,
                           CLIENT_FOUND_ROWS) == NULL) {
        unsigned int number = mysql_errno(db->mysql);
        enum err err = FAIL(ctx, ERR_DB_GONE, "connect: %u %s", number, mysql_error(db->mysql));

        disconnect(db);
        return err;
    }
    for (i = 0; i < COUNT_OF(setting); i++)
        if (mysql_query(db->mysql, setting[i]) != 0)
            return db_fail(ctx, mysql_errno(db->mysql), "session setting", mysql_error(db->mysql));
    return OK;
}

/* The server closed a connection that nobody used: a restart, KILL, its wait_timeout after a quiet night.
 * The socket tells without a round trip; only the end counts, since the server's last words may lie unread. */
static bool closed_while_idle(const struct db *db)
{
    struct pollfd idle = {.fd = mysql_get_socket(db->mysql), .events = POLLRDHUP};

    return poll(&idle, 1, 0) == 1 && (idle.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

enum err db_ready(struct ctx *ctx)
{
    CHECK(!ctx->db->in_transaction);
    if (ctx->db->mysql == NULL || ctx->db->broken || closed_while_idle(ctx->db))
        TRY(ctx, db_connect(ctx));
    return OK;
}

int64_t db_connection_id(struct ctx *ctx)
{
    return ctx->db->mysql != NULL ? (int64_t)mysql_thread_id(ctx->db->mysql) : 0;
}
