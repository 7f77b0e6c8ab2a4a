/* raw: what renewals are measured against.
 *
 * raw insert SOCKET STAGE TARGET GROUP: reads the rows of every table STAGE.t (the rows that a run of
 * renewals left, made by tests/bench/run) into memory, then inserts them into TARGET.t by bare array
 * binding, GROUP renewals a transaction, and advances their subscriptions. TARGET has the same
 * constraints and triggers. Prints renewals per second; nothing but the inserts is timed.
 *
 * raw wait DIRECTORY BYTES SECONDS: write and fdatasync pairs per second, to tell a slow disk. */
#include <errno.h>
#include <fcntl.h>
#include <mysql.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_MAX = 40, ROWS_MAX = 1 << 20 };

/* In the order that references allow. */
static const char *const table_order[] = {
    "invoice", "invoice_line", "invoice_tax", "receivable", "billing_period", "payable", "attempt",
    "attempt_event", "journal_entry", "journal_item", "deferral", "document_job", "link", "outbox",
    "activity", "operator_item", "audit",
};

struct rows {
    const char *table;
    unsigned int column_count;
    char *name[COLUMNS_MAX];
    bool number[COLUMNS_MAX];
    long long *numbers[COLUMNS_MAX]; /* one value per row, for numbers */
    char **texts[COLUMNS_MAX];       /* for everything else */
    unsigned long *lengths[COLUMNS_MAX];
    char *nulls[COLUMNS_MAX];
    size_t count;
    MYSQL_STMT *statement;
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vfprintf(stderr, format, list);
    va_end(list);
    (void)fputc('\n', stderr);
    exit(70);
}

static void *room(size_t count, size_t bytes)
{
    void *memory = calloc(count > 0 ? count : 1, bytes);

    if (memory == NULL)
        die("out of memory");
    return memory;
}

static int64_t ticks(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void run(MYSQL *mysql, const char *sql)
{
    if (mysql_query(mysql, sql) != 0)
        die("%s: %s", sql, mysql_error(mysql));
}

static bool is_number(enum enum_field_types type)
{
    return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_INT24 ||
           type == MYSQL_TYPE_LONG || type == MYSQL_TYPE_LONGLONG;
}

static void read_rows(MYSQL *mysql, const char *stage, struct rows *rows)
{
    char sql[256];
    MYSQL_RES *result;
    MYSQL_FIELD *field;
    MYSQL_ROW row;
    unsigned int c;

    (void)snprintf(sql, sizeof sql, "SELECT * FROM `%s`.`%s` ORDER BY stage_order", stage, rows->table);
    run(mysql, sql);
    result = mysql_store_result(mysql);
    if (result == NULL || mysql_num_rows(result) > ROWS_MAX)
        die("%s: too many rows", rows->table);
    field = mysql_fetch_fields(result);
    rows->column_count = mysql_num_fields(result) - 1; /* without stage_order, the last */
    if (rows->column_count > COLUMNS_MAX)
        die("%s: too many columns", rows->table);
    for (c = 0; c < rows->column_count; c++) {
        rows->name[c] = strdup(field[c].name);
        rows->number[c] = is_number(field[c].type);
        rows->numbers[c] = room(mysql_num_rows(result), sizeof(long long));
        rows->texts[c] = room(mysql_num_rows(result), sizeof(char *));
        rows->lengths[c] = room(mysql_num_rows(result), sizeof(unsigned long));
        rows->nulls[c] = room(mysql_num_rows(result), 1);
    }
    while ((row = mysql_fetch_row(result)) != NULL) {
        const unsigned long *lengths = mysql_fetch_lengths(result);

        for (c = 0; c < rows->column_count; c++) {
            rows->nulls[c][rows->count] = row[c] == NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
            if (row[c] == NULL)
                continue;
            if (rows->number[c])
                rows->numbers[c][rows->count] = strtoll(row[c], NULL, 10);
            rows->texts[c][rows->count] = room(lengths[c] + 1, 1);
            memcpy(rows->texts[c][rows->count], row[c], lengths[c]);
            rows->lengths[c][rows->count] = lengths[c];
        }
        rows->count++;
    }
    mysql_free_result(result);
}

static void prepare_rows(MYSQL *mysql, const char *target, struct rows *rows)
{
    char sql[4096];
    size_t used = 0;
    unsigned int c;

    used += (size_t)snprintf(sql, sizeof sql, "INSERT INTO `%s`.`%s` (", target, rows->table);
    for (c = 0; c < rows->column_count; c++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s`%s`", c > 0 ? ", " : "", rows->name[c]);
    used += (size_t)snprintf(sql + used, sizeof sql - used, ") VALUES (");
    for (c = 0; c < rows->column_count; c++)
        used += (size_t)snprintf(sql + used, sizeof sql - used, "%s?", c > 0 ? ", " : "");
    used += (size_t)snprintf(sql + used, sizeof sql - used, ")");
    rows->statement = mysql_stmt_init(mysql);
    if (rows->statement == NULL || mysql_stmt_prepare(rows->statement, sql, used) != 0)
        die("%s: %s", sql, mysql_stmt_error(rows->statement));
}

static void insert_rows(struct rows *rows, size_t from, size_t until)
{
    MYSQL_BIND bind[COLUMNS_MAX];
    unsigned int size = (unsigned int)(until - from);
    unsigned int c;

    if (size == 0)
        return;
    memset(bind, 0, sizeof bind);
    for (c = 0; c < rows->column_count; c++) {
        bind[c].buffer_type = rows->number[c] ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
        bind[c].buffer = rows->number[c] ? (void *)(rows->numbers[c] + from) : (void *)(rows->texts[c] + from);
        bind[c].length = rows->number[c] ? NULL : rows->lengths[c] + from;
        bind[c].u.indicator = rows->nulls[c] + from;
    }
    (void)mysql_stmt_attr_set(rows->statement, STMT_ATTR_ARRAY_SIZE, &size);
    if (mysql_stmt_bind_param(rows->statement, bind) != 0 || mysql_stmt_execute(rows->statement) != 0)
        die("%s: %s", rows->table, mysql_stmt_error(rows->statement));
}

/* What a renewal changes rather than adds: due day and index of its subscription. */
static void advance(MYSQL_STMT *statement, const struct rows *period, size_t from, size_t until)
{
    MYSQL_BIND bind;
    unsigned int size = (unsigned int)(until - from);
    unsigned int c = 0;

    while (strcmp(period->name[c], "subscription_id") != 0)
        c++;
    memset(&bind, 0, sizeof bind);
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.buffer = period->numbers[c] + from;
    bind.u.indicator = period->nulls[c] + from;
    (void)mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size);
    if (mysql_stmt_bind_param(statement, &bind) != 0 || mysql_stmt_execute(statement) != 0)
        die("subscription: %s", mysql_stmt_error(statement));
}

static int insert(const char *socket, const char *stage, const char *target, size_t group)
{
    static struct rows all[sizeof table_order / sizeof table_order[0]];
    MYSQL *mysql = mysql_init(NULL);
    MYSQL_STMT *update;
    char sql[256];
    size_t used = 0;
    size_t period = SIZE_MAX;
    size_t invoice = SIZE_MAX;
    size_t renewals;
    size_t from;
    size_t t;
    int64_t start;

    if (mysql_real_connect(mysql, NULL, "root", NULL, NULL, 0, socket, 0) == NULL)
        die("connect: %s", mysql_error(mysql));
    run(mysql, "SET NAMES utf8mb4");
    run(mysql, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    for (t = 0; t < sizeof table_order / sizeof table_order[0]; t++) {
        MYSQL_RES *result;

        (void)snprintf(sql, sizeof sql,
                       "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = '%s' AND TABLE_NAME = '%s'",
                       stage, table_order[t]);
        run(mysql, sql);
        result = mysql_store_result(mysql);
        if (mysql_num_rows(result) > 0) {
            all[used].table = table_order[t];
            if (strcmp(table_order[t], "billing_period") == 0)
                period = used;
            if (strcmp(table_order[t], "invoice") == 0)
                invoice = used;
            used++;
        }
        mysql_free_result(result);
    }
    if (period == SIZE_MAX || invoice == SIZE_MAX)
        die("nothing in %s", stage);
    for (t = 0; t < used; t++) {
        read_rows(mysql, stage, &all[t]);
        prepare_rows(mysql, target, &all[t]);
    }
    update = mysql_stmt_init(mysql);
    (void)snprintf(sql, sizeof sql,
                   "UPDATE `%s`.subscription SET next_index = next_index + 1, due_on = DATE_ADD(due_on, INTERVAL 1 "
                   "MONTH) WHERE id = ?", target);
    if (mysql_stmt_prepare(update, sql, strlen(sql)) != 0)
        die("%s: %s", sql, mysql_stmt_error(update));
    renewals = all[invoice].count;
    start = ticks();
    for (from = 0; from < renewals; from += group) {
        size_t until = from + group < renewals ? from + group : renewals;

        run(mysql, "START TRANSACTION");
        /* Renewals differ in rows: what others point at goes a group ahead. */
        for (t = 0; t < used; t++) {
            bool ahead = t == invoice || strcmp(all[t].table, "journal_entry") == 0;
            size_t behind = ahead && from > 0 ? from + group : from;
            size_t before = ahead ? until + group : until;

            if (behind < renewals)
                insert_rows(&all[t], all[t].count * behind / renewals, all[t].count * (before < renewals ? before : renewals) / renewals);
        }
        advance(update, &all[period], all[period].count * from / renewals, all[period].count * until / renewals);
        run(mysql, "COMMIT");
    }
    (void)printf("%.1f\n", (double)renewals * 1e6 / (double)(ticks() - start));
    return 0;
}

static int wait_for_disk(const char *directory, size_t bytes, long seconds)
{
    char path[4096];
    char *data = room(bytes, 1);
    int64_t until = ticks() + seconds * 1000000;
    long done = 0;
    int file;

    (void)snprintf(path, sizeof path, "%s/raw-wait", directory);
    file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0)
        die("%s: %s", path, strerror(errno));
    while (ticks() < until) {
        if (write(file, data, bytes) != (ssize_t)bytes || fdatasync(file) != 0)
            die("%s: %s", path, strerror(errno));
        done++;
    }
    (void)close(file);
    (void)unlink(path);
    (void)printf("%.1f\n", (double)done / (double)seconds);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "insert") == 0)
        return insert(argv[2], argv[3], argv[4], (size_t)strtoul(argv[5], NULL, 10));
    if (argc == 5 && strcmp(argv[1], "wait") == 0)
        return wait_for_disk(argv[2], (size_t)strtoul(argv[3], NULL, 10), strtol(argv[4], NULL, 10));
    (void)fprintf(stderr, "raw insert SOCKET STAGE TARGET GROUP | raw wait DIRECTORY BYTES SECONDS\n");
    return 64;
}
