#include "store/sales_journal.h"

#include "store/db.h"

static const struct column journal_column[] = {COLUMN(TEXT, sales_journal, code), COLUMN(TEXT, sales_journal, name)};
static const struct column booked_column[] = {COLUMN(TEXT, booked_journal, journal)};

enum { LIST, INSERT, BOOKED };

static const struct statement statement[] = {
    [LIST] = {"sales_journals", "SELECT code, name FROM journal_code WHERE kind = 'sales' ORDER BY code <> 'VT', code LIMIT 100",
              READS(sales_journal, journal_column)},
    [INSERT] = {"sales_journal_insert", "INSERT INTO journal_code (code, kind, name) VALUES (?, 'sales', ?)", NOTHING},
    [BOOKED] = {"journal_of_invoice", "SELECT journal FROM journal_entry WHERE source_kind = 'invoice' AND source_id = ? ORDER BY id LIMIT 1",
                READS(booked_journal, booked_column)},
};
DB_STATEMENTS(sales_journal, statement)

enum err sales_journals(struct ctx *ctx, struct sales_journal **rows, size_t *count)
{
    return db_rows(ctx, &statement[LIST], NO_PARAMS, rows, count);
}

enum err insert_sales_journal(struct ctx *ctx, const struct sales_journal *journal)
{
    return db_write(ctx, &statement[INSERT], PARAMS(P_TEXT(journal->code), P_TEXT(journal->name)), NULL);
}

enum err journal_of_invoice(struct ctx *ctx, int64_t invoice_id, struct booked_journal *booked)
{
    return db_row(ctx, &statement[BOOKED], PARAMS(P_I64(invoice_id)), booked);
}
