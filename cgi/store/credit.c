#include "store/credit.h"

#include "base/check.h"
#include "store/db.h"

static const struct column note_column[] = {
    COLUMN(I64, credit_note, invoice_id), COLUMN(I64, credit_note, corrected_id), COLUMN(TEXT, credit_note, reason),
    COLUMN(TEXT, credit_note, corrected_number), COLUMN(DATE, credit_note, corrected_on), /* these two are read only */
};
#define NOTE_FIELDS "SELECT c.invoice_id, c.corrected_id, c.reason, o.number AS corrected_number, o.issued_on AS corrected_on "
static const struct column line_column[] = {
    COLUMN(I64, credit_note_line, invoice_id), COLUMN(I32, credit_note_line, position),
    COLUMN(I64, credit_note_line, corrected_id), COLUMN(I32, credit_note_line, corrected_position),
    COLUMN(I64, credit_note_line, net_minor), COLUMN(I64, credit_note_line, priced_minor),
};
static const struct column credited_line_column[] = {
    COLUMN(I32, credited_line, position), COLUMN(I64, credited_line, net_minor), COLUMN(I64, credited_line, priced_minor)};
static const struct column credited_column[] = {COLUMN(I64, credited, total_minor), COLUMN(I64, credited, vat_minor)};
static const struct column list_column[] = {
    COLUMN(I64, credit_list_row, id), COLUMN(TEXT, credit_list_row, number), COLUMN(DATE, credit_list_row, issued_on),
    COLUMN(I64, credit_list_row, total_minor), COLUMN(TEXT, credit_list_row, currency)};
static const struct column allocation_column[] = {
    COLUMN(I64, credit_allocation, credit_note_id), COLUMN(I64, credit_allocation, invoice_id),
    COLUMN(I64, credit_allocation, amount_minor), COLUMN(DATE, credit_allocation, used_on),
    COLUMN(TEXT, credit_allocation, number), COLUMN(BOOL, credit_allocation, own), /* these two are read only */
};
static const struct column credit_column[] = {
    COLUMN(I64, customer_credit, credit_note_id), COLUMN(I64, customer_credit, customer_id),
    COLUMN(TEXT, customer_credit, currency), COLUMN(I64, customer_credit, total_minor), COLUMN(I64, customer_credit, left_minor)};
static const struct column credit_save_column[] = {COLUMN(I64, customer_credit, left_minor), COLUMN(I64, customer_credit, credit_note_id)};
static const struct column holder_column[] = {COLUMN(I64, credit_holder, customer_id)};
static const struct column balance_column[] = {COLUMN(TEXT, credit_balance, currency), COLUMN(I64, credit_balance, left_minor)};

struct number_row {
    int64_t n;
};
static const struct column number_column[] = {COLUMN(I64, number_row, n)};

enum {
    NOTES_INSERT, NOTE, NOTES_IN_SLICE, LINES_INSERT, LINES_IN_SLICE, CREDITED_LINES, CREDITED, NOTES_ON, ALLOCATIONS_INSERT, USES, USED_ON,
    CREDITS_INSERT, CREDITS_SAVE, LEFT, STANDING, HOLDERS, SPARE_LOCK, BALANCES,
};

static const struct statement statement[] = {
    [NOTES_INSERT] = {"credit_notes_insert", "INSERT INTO credit_note (invoice_id, corrected_id, reason) VALUES (?, ?, ?)", NOTHING},
    [NOTE] = {"credit_note_of", NOTE_FIELDS "FROM credit_note c JOIN invoice o ON o.id = c.corrected_id WHERE c.invoice_id = ?",
              READS(credit_note, note_column)},
    [NOTES_IN_SLICE] = {"credit_notes_in_slice", NOTE_FIELDS "FROM " SLICE "credit_note c ON c.invoice_id = document_id "
                        "STRAIGHT_JOIN invoice o ON o.id = c.corrected_id ORDER BY c.invoice_id", READS(credit_note, note_column)},
    [LINES_INSERT] = {"credit_note_lines_insert", "INSERT INTO credit_note_line (invoice_id, position, corrected_id, "
                      "corrected_position, net_minor, priced_minor) VALUES (?, ?, ?, ?, ?, ?)", NOTHING},
    [LINES_IN_SLICE] = {"credit_note_lines_in_slice", "SELECT invoice_id, position, corrected_id, corrected_position, net_minor, priced_minor "
                        "FROM " SLICE "credit_note_line ON invoice_id = document_id ORDER BY invoice_id, position",
                        READS(credit_note_line, line_column)},
    [CREDITED_LINES] = {"credited_lines", "SELECT corrected_position AS position, CAST(SUM(net_minor) AS SIGNED) AS net_minor, "
                        "CAST(SUM(priced_minor) AS SIGNED) AS priced_minor FROM credit_note_line WHERE corrected_id = ? "
                        "GROUP BY corrected_position ORDER BY corrected_position", READS(credited_line, credited_line_column)},
    [CREDITED] = {"credited_of", "SELECT CAST(IFNULL(SUM(n.total_minor), 0) AS SIGNED) AS total_minor, "
                  "CAST(IFNULL(SUM(n.vat_minor), 0) AS SIGNED) AS vat_minor FROM credit_note c "
                  "JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = ?", READS(credited, credited_column)},
    [NOTES_ON] = {"credit_notes_on", "SELECT n.id, n.number, n.issued_on, n.total_minor, n.currency FROM credit_note c "
                  "JOIN invoice n ON n.id = c.invoice_id WHERE c.corrected_id = ? ORDER BY n.id", READS(credit_list_row, list_column)},
    [ALLOCATIONS_INSERT] = {"credit_allocations_insert", "INSERT INTO credit_allocation (credit_note_id, invoice_id, amount_minor, "
                            "used_on) VALUES (?, ?, ?, ?)", NOTHING},
    [USES] = {"credit_uses", "SELECT a.credit_note_id, a.invoice_id, a.amount_minor, a.used_on, i.number, "
              "c.corrected_id = a.invoice_id AS own FROM credit_allocation a JOIN credit_note c ON c.invoice_id = a.credit_note_id "
              "JOIN invoice i ON i.id = a.invoice_id WHERE a.credit_note_id = ? ORDER BY a.used_on, a.invoice_id",
              READS(credit_allocation, allocation_column)},
    [USED_ON] = {"credits_used_on", "SELECT a.credit_note_id, a.invoice_id, a.amount_minor, a.used_on, i.number, "
                 "c.corrected_id = a.invoice_id AS own FROM credit_allocation a JOIN credit_note c ON c.invoice_id = a.credit_note_id "
                 "JOIN invoice i ON i.id = a.credit_note_id WHERE a.invoice_id = ? ORDER BY a.used_on, a.credit_note_id",
                 READS(credit_allocation, allocation_column)},
    [CREDITS_INSERT] = {"customer_credits_insert", "INSERT INTO customer_credit (credit_note_id, customer_id, currency, total_minor, "
                        "left_minor) VALUES (?, ?, ?, ?, ?)", NOTHING},
    [CREDITS_SAVE] = {"customer_credits_save", "UPDATE customer_credit SET left_minor = ? WHERE credit_note_id = ?", NOTHING},
    [LEFT] = {"customer_credit_left", "SELECT left_minor AS n FROM customer_credit WHERE credit_note_id = ?",
              READS(number_row, number_column)},
    [STANDING] = {"customer_credit_standing", "SELECT c.left_minor + (SELECT CAST(IFNULL(SUM(f.amount_minor), 0) AS SIGNED) FROM refund f WHERE "
                  "f.credit_note_id = c.credit_note_id AND f.holds = 1 AND f.state <> 'succeeded') AS n FROM customer_credit c WHERE c.credit_note_id = ?",
                  READS(number_row, number_column)},
    [HOLDERS] = {"customer_credit_holders", "SELECT DISTINCT customer_id FROM customer_credit WHERE spare = 1 AND "
                 "customer_id BETWEEN ? AND ? ORDER BY customer_id LIMIT ?", READS(credit_holder, holder_column)},
    [SPARE_LOCK] = {"customer_credits_lock", "SELECT credit_note_id, customer_id, currency, total_minor, left_minor FROM customer_credit "
                    "WHERE spare = 1 AND customer_id = ? AND currency = ? ORDER BY credit_note_id FOR UPDATE",
                    READS(customer_credit, credit_column)},
    [BALANCES] = {"customer_credit_balances", "SELECT currency, CAST(SUM(left_minor) AS SIGNED) AS left_minor FROM customer_credit "
                  "WHERE spare = 1 AND customer_id = ? GROUP BY currency ORDER BY currency", READS(credit_balance, balance_column)},
};
DB_STATEMENTS(credit, statement)

#define WRITE_MANY(which, columns, column_count, rows, count)                                                   \
    db_write_many(ctx, &statement[which], columns, column_count, rows, sizeof rows[0], count)

enum err insert_credit_notes(struct ctx *ctx, const struct credit_note *rows, size_t count)
{
    return WRITE_MANY(NOTES_INSERT, note_column, COUNT_OF(note_column) - 2, rows, count);
}

enum err credit_note_of(struct ctx *ctx, int64_t note_id, struct credit_note *note)
{
    return db_row(ctx, &statement[NOTE], PARAMS(P_I64(note_id)), note);
}

enum err insert_credit_note_lines(struct ctx *ctx, const struct credit_note_line *rows, size_t count)
{
    return WRITE_MANY(LINES_INSERT, line_column, COUNT_OF(line_column), rows, count);
}

enum err credit_notes_in_slice(struct ctx *ctx, const struct slice *slice, struct credit_note **rows, size_t *count)
{
    return db_rows(ctx, &statement[NOTES_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err credit_note_lines_in_slice(struct ctx *ctx, const struct slice *slice, struct credit_note_line **rows, size_t *count)
{
    return db_rows(ctx, &statement[LINES_IN_SLICE], SLICE_PARAMS(slice), rows, count);
}

enum err credited_lines(struct ctx *ctx, int64_t corrected_id, struct credited_line **rows, size_t *count)
{
    return db_rows(ctx, &statement[CREDITED_LINES], PARAMS(P_I64(corrected_id)), rows, count);
}

enum err credited_of(struct ctx *ctx, int64_t corrected_id, struct credited *credited)
{
    return db_row(ctx, &statement[CREDITED], PARAMS(P_I64(corrected_id)), credited);
}

enum err credit_notes_on(struct ctx *ctx, int64_t corrected_id, struct credit_list_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[NOTES_ON], PARAMS(P_I64(corrected_id)), rows, count);
}

enum err insert_credit_allocations(struct ctx *ctx, const struct credit_allocation *rows, size_t count)
{
    return WRITE_MANY(ALLOCATIONS_INSERT, allocation_column, COUNT_OF(allocation_column) - 2, rows, count);
}

enum err uses_of_credit(struct ctx *ctx, int64_t note_id, struct credit_allocation **rows, size_t *count)
{
    return db_rows(ctx, &statement[USES], PARAMS(P_I64(note_id)), rows, count);
}

enum err credits_used_on(struct ctx *ctx, int64_t invoice_id, struct credit_allocation **rows, size_t *count)
{
    return db_rows(ctx, &statement[USED_ON], PARAMS(P_I64(invoice_id)), rows, count);
}

enum err insert_customer_credits(struct ctx *ctx, const struct customer_credit *rows, size_t count)
{
    return WRITE_MANY(CREDITS_INSERT, credit_column, COUNT_OF(credit_column), rows, count);
}

enum err save_customer_credits(struct ctx *ctx, const struct customer_credit *rows, size_t count)
{
    return WRITE_MANY(CREDITS_SAVE, credit_save_column, COUNT_OF(credit_save_column), rows, count);
}

enum err credit_left_of(struct ctx *ctx, int64_t note_id, int64_t *left_minor)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[LEFT], PARAMS(P_I64(note_id)), &row));
    *left_minor = row.n;
    return OK;
}

enum err credit_standing(struct ctx *ctx, int64_t note_id, int64_t *minor)
{
    struct number_row row;

    TRY(ctx, db_row(ctx, &statement[STANDING], PARAMS(P_I64(note_id)), &row));
    *minor = row.n;
    return OK;
}

enum err credit_holders(struct ctx *ctx, int64_t first_id, int64_t last_id, int32_t limit, struct credit_holder **rows, size_t *count)
{
    return db_rows(ctx, &statement[HOLDERS], PARAMS(P_I64(first_id), P_I64(last_id), P_I64(limit)), rows, count);
}

enum err lock_spare_credits(struct ctx *ctx, int64_t customer_id, const char *currency, struct customer_credit **rows, size_t *count)
{
    CHECK(db_in_transaction(ctx));
    return db_rows(ctx, &statement[SPARE_LOCK], PARAMS(P_I64(customer_id), P_TEXT(currency)), rows, count);
}

enum err credit_balances(struct ctx *ctx, int64_t customer_id, struct credit_balance **rows, size_t *count)
{
    return db_rows(ctx, &statement[BALANCES], PARAMS(P_I64(customer_id)), rows, count);
}
