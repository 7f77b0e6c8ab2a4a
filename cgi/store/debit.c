#include "store/debit.h"

#include <string.h>

#include "base/check.h"
#include "base/hash.h"

static const struct column terms_column[] = {
    COLUMN(TEXT, debit_terms, creditor_id), COLUMN(TEXT, debit_terms, version), COLUMN(I32, debit_terms, lead_days),
    COLUMN(I32, debit_terms, cut_off_hour), COLUMN(I32, debit_terms, notice_days), COLUMN(BOOL, debit_terms, mark_first),
};
static const struct column collection_column[] = {
    COLUMN(I64, collection, attempt_id), COLUMN(I64, collection, payment_method_id), COLUMN(I64, collection, invoice_id),
    COLUMN(DATE, collection, noticed_on), COLUMN(DATE, collection, collect_on), COLUMN(ID, collection, file_id),
    COLUMN(TEXT, collection, batch_id), COLUMN(TEXT, collection, sequence), COLUMN(DATE, collection, settles_on), COLUMN(TEXT, collection, return_code),
};
#define COLLECTION_FIELDS                                                                                              \
    "c.attempt_id, c.payment_method_id, c.invoice_id, c.noticed_on, c.collect_on, c.file_id, c.batch_id, c.sequence, c.settles_on, c.return_code"

static const struct column debited_column[] = {
    COLUMN(I64, debited, attempt_id), COLUMN(TEXT, debited, attempt_key), COLUMN(TEXT, debited, state), COLUMN(I64, debited, amount_minor),
    COLUMN(TEXT, debited, currency),
};
static const struct column debited_end_column[] = {COLUMN(I64, debited, attempt_id)};
#define DEBITED_SELECT \
    "SELECT c.attempt_id, a.attempt_key, a.state, a.amount_minor, a.currency FROM collection c JOIN attempt a ON a.id = c.attempt_id "

#define DEBITED(column_kind, member) \
    {DB_##column_kind, #member, offsetof(struct handed_debit, debited.member), sizeof(((struct handed_debit *)0)->debited.member)}
static const struct column handed_column[] = {
    DEBITED(I64, attempt_id), DEBITED(TEXT, attempt_key), DEBITED(TEXT, state), DEBITED(I64, amount_minor), DEBITED(TEXT, currency),
    COLUMN(ID, handed_debit, file_id), COLUMN(TEXT, handed_debit, batch_id), COLUMN(I64, handed_debit, invoice_id), COLUMN(TEXT, handed_debit, scheme),
    COLUMN(DATE, handed_debit, collect_on), COLUMN(BOOL, handed_debit, given_up), COLUMN(DATE, handed_debit, returned_on), COLUMN(I64, handed_debit, credited_minor),
};
#define CREDITED_SELECT                                                                                                                       \
    "SELECT c.attempt_id, a.attempt_key, a.state, a.amount_minor, a.currency, c.file_id, IFNULL(c.batch_id, '') AS batch_id, c.invoice_id, m.scheme, c.collect_on, " \
    "a.state = 'declined' AND c.file_id IS NOT NULL AND c.return_code = '' AS given_up, "                                                    \
    "(SELECT MIN(e.booked_on) FROM bank_entry e WHERE e.attempt_id = c.attempt_id AND e.credit = 0 AND e.is_fee = 0) AS returned_on, "       \
    "(SELECT CAST(IFNULL(SUM(e.amount_minor), 0) AS SIGNED) FROM bank_entry e JOIN bank_import i ON i.id = e.import_id AND i.kind = 'statement' " \
    "WHERE e.attempt_id = c.attempt_id AND e.credit = 1 AND e.is_fee = 0 AND e.id <> ?) AS credited_minor "                                  \
    "FROM collection c JOIN attempt a ON a.id = c.attempt_id JOIN mandate m ON m.payment_method_id = c.payment_method_id "
struct file_row {
    int64_t id;
};
static const struct column file_id_column[] = {COLUMN(I64, file_row, id)};

static const struct column waiting_column[] = {
    COLUMN(I64, collection_row, attempt_id), COLUMN(TEXT, collection_row, attempt_key), COLUMN(I64, collection_row, amount_minor),
    COLUMN(I64, collection_row, payment_method_id), COLUMN(I64, collection_row, invoice_id), COLUMN(TEXT, collection_row, number),
    COLUMN(TEXT, collection_row, customer_name), COLUMN(TEXT, collection_row, reference), COLUMN(TEXT, collection_row, scheme),
    COLUMN(TEXT, collection_row, holder), COLUMN(TEXT, collection_row, bic), COLUMN(DATE, collection_row, signed_on),
    COLUMN(DATE, collection_row, last_collected_on), COLUMN(TEXT, collection_row, mandate_state), COLUMN(DATE, collection_row, noticed_on),
    COLUMN(DATE, collection_row, collect_on), COLUMN(TEXT, collection_row, street), COLUMN(TEXT, collection_row, postal_code),
    COLUMN(TEXT, collection_row, city), COLUMN(TEXT, collection_row, country), COLUMN(TEXT, collection_row, token_sealed), COLUMN(BOOL, collection_row, final),
    COLUMN(BOOL, collection_row, noticed), COLUMN(INSTANT, collection_row, noticed_at),
};
/* The mail that announced a collection; its key is written as the index has it. */
#define NOTICE_OF_COLLECTION "o.dedup_key = CONVERT(CONCAT('sepa_prenotice ', c.attempt_id) USING ascii) COLLATE ascii_bin"
#define WAITING_SELECT                                                                                                 \
    "SELECT c.attempt_id, a.attempt_key, a.amount_minor, c.payment_method_id, c.invoice_id, IFNULL(i.number, s.number) AS number, v.name AS customer_name, " \
    "m.reference, m.scheme, m.holder, m.bic, m.signed_on, m.last_collected_on, m.state AS mandate_state, c.noticed_on, c.collect_on, " \
    "v.street, v.postal_code, v.city, v.country, p.token_sealed, s.state = 'ended' AND NOT EXISTS (SELECT 1 FROM receivable r WHERE r.subscription_id = s.id AND r.state = 'open' AND " \
    "r.invoice_id <> c.invoice_id) AS final, IFNULL(o.state IN ('sent', 'told'), 1) AS noticed, o.sent_at AS noticed_at FROM collection c JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready' " \
    "JOIN mandate m ON m.payment_method_id = c.payment_method_id JOIN payment_method p ON p.id = c.payment_method_id "  \
    "JOIN subscription s ON s.id = m.subscription_id LEFT JOIN invoice i ON i.id = c.invoice_id JOIN customer u ON u.id = m.customer_id JOIN customer_version v ON v.id = u.current_version_id " \
    "LEFT JOIN outbox o ON " NOTICE_OF_COLLECTION " WHERE c.file_id IS NULL AND c.collect_on <= ? ORDER BY c.collect_on, c.attempt_id LIMIT ?"

static const struct column file_column[] = {
    COLUMN(I64, collection_file, id), COLUMN(TEXT, collection_file, message_id), COLUMN(TEXT, collection_file, version),
    COLUMN(I32, collection_file, collection_count), COLUMN(I64, collection_file, sum_minor), COLUMN(DATE, collection_file, first_on),
    COLUMN(INSTANT, collection_file, made_at), COLUMN(TEXT, collection_file, actor), COLUMN(TEXT, collection_file, answer),
    COLUMN(DATE, collection_file, answered_on), COLUMN(BOOL, collection_file, spoken),
};
#define FILE_SELECT                                                                                                                 \
    "SELECT f.id, f.message_id, f.version, f.collection_count, f.sum_minor, f.first_on, f.made_at, f.actor, w.answer, w.answered_on, " \
    "EXISTS (SELECT 1 FROM collection c JOIN attempt a ON a.id = c.attempt_id WHERE c.file_id = f.id AND a.state <> 'pending') OR " \
    "EXISTS (SELECT 1 FROM bank_entry e WHERE e.file_id = f.id) AS spoken " \
    "FROM collection_file f LEFT JOIN collection_file_answer w ON w.file_id = f.id "
/* Of mandate m, in files that were not given up. */
#define COLLECTIONS_THAT_STAND                                                                                                        \
    "FROM collection c JOIN collection_file f ON f.id = c.file_id LEFT JOIN collection_file_answer w ON w.file_id = c.file_id " \
    "WHERE c.payment_method_id = m.payment_method_id AND IFNULL(w.answer, '') <> 'never'"
static const struct column spared_column[] = {COLUMN(I64, spared_debit, payment_method_id), COLUMN(I64, spared_debit, invoice_id)};
static const struct column late_column[] = {
    COLUMN(I64, late_notice, invoice_id), COLUMN(I64, late_notice, amount_minor), COLUMN(TEXT, late_notice, currency), COLUMN(DATE, late_notice, collect_on),
};
static const struct column wait_column[] = {COLUMN(BOOL, debits_wait, files), COLUMN(BOOL, debits_wait, notices), COLUMN(BOOL, debits_wait, late),
                                            COLUMN(BOOL, debits_wait, settling)};
static const struct column to_hand_column[] = {COLUMN(I64, debits_to_hand, count), COLUMN(I64, debits_to_hand, sum_minor), COLUMN(DATE, debits_to_hand, first_on)};
struct waiting_flag {
    bool waits;
};
static const struct column flag_column[] = {COLUMN(BOOL, waiting_flag, waits)};
static const struct column answered_column[] = {COLUMN(I64, answered_notice, mail_id)};
static const struct column bytes_column[] = {COLUMN(BYTES, collection_bytes, bytes), COLUMN(TEXT, collection_bytes, message_id)};
static const struct column due_column[] = {
    COLUMN(I64, due_by_mandate, invoice_id), COLUMN(I64, due_by_mandate, customer_id), COLUMN(I64, due_by_mandate, subscription_id),
    COLUMN(I64, due_by_mandate, payment_method_id), COLUMN(TEXT, due_by_mandate, currency), COLUMN(I64, due_by_mandate, open_minor),
    COLUMN(TEXT, due_by_mandate, token_sealed),
};
static const struct column part_column[] = {COLUMN(I64, paid_part, invoice_id), COLUMN(I64, paid_part, amount_minor)};
static const struct column payment_column[] = {COLUMN(I64, returned_payment, payment_id), COLUMN(I64, returned_payment, amount_minor)};

enum {
    TERMS, TERMS_SAVE, DUE_BY_MANDATE, COLLECTION_INSERT, COLLECTION_OF, COLLECTION_SAVE, COLLECTIONS_SETTLED, COLLECTIONS_OF_BATCH, COLLECTIONS_END, TO_HAND, COLLECTION_RESUME, CREDITED_ONE, CREDITED_ALL, FILE_OF_BATCH, WAITING, WAITING_LOCK,
    FILE_INSERT, FILES, FILE_BY_ID, FILES_UNANSWERED, FILE_ANSWER, MANDATES_OF_GIVEN_UP, SPARED_ONE_OFFS, LATE_NOTICES, ANNOUNCED_WAITS, ANSWERED_NOTICES, WAITS, FILE_BYTES, PAYMENT_OF, PARTS_OF, RETURN_INSERT,
};

static const struct statement statement[] = {
    [TERMS] = {"debit_terms", "SELECT creditor_id, version, lead_days, cut_off_hour, notice_days, mark_first FROM debit_terms", READS(debit_terms, terms_column)},
    [TERMS_SAVE] = {"debit_terms_save", "UPDATE debit_terms SET creditor_id = ?, version = ?, lead_days = ?, cut_off_hour = ?, notice_days = ?, mark_first = ?", NOTHING},
    [DUE_BY_MANDATE] = {"due_by_mandate", "SELECT r.invoice_id, r.customer_id, r.subscription_id, m.id AS payment_method_id, r.currency, r.open_minor, m.token_sealed "
                        "FROM receivable r FORCE INDEX (collect) JOIN subscription s ON s.id = r.subscription_id JOIN payment_method m ON "
                        "m.id = s.payment_method_id AND m.customer_id = r.customer_id AND m.gateway = 'sepa' AND m.state = 'active' WHERE r.collect_on <= ? AND r.state IN ('open', 'pending') AND "
                        "r.invoice_id > ? ORDER BY r.invoice_id LIMIT ?", READS(due_by_mandate, due_column)},
    [COLLECTION_INSERT] = {"collection_insert", "INSERT INTO collection (attempt_id, payment_method_id, invoice_id, noticed_on, collect_on) "
                           "VALUES (?, ?, ?, ?, ?)", NOTHING},
    [COLLECTION_OF] = {"collection_of", "SELECT " COLLECTION_FIELDS " FROM collection c WHERE c.attempt_id = ?", READS(collection, collection_column)},
    [COLLECTION_SAVE] = {"collection_save", "UPDATE collection SET collect_on = ?, file_id = ?, batch_id = ?, sequence = ?, settles_on = ?, return_code = ? "
                         "WHERE attempt_id = ?", NOTHING},
    [COLLECTIONS_SETTLED] = {"collections_settled", DEBITED_SELECT "JOIN collection_file_answer w ON w.file_id = c.file_id AND w.answer = 'sent' "
                             "WHERE c.settles_on <= ? ORDER BY c.settles_on, c.attempt_id LIMIT ?", READS(debited, debited_column)},
    [COLLECTIONS_OF_BATCH] = {"collections_of_batch", DEBITED_SELECT "JOIN collection_file f ON f.id = c.file_id WHERE (c.settles_on IS NOT NULL OR a.state = 'pending') AND "
                              "((? <> '' AND c.batch_id = ?) OR (? = '' AND f.message_id = ?)) ORDER BY c.attempt_id", READS(debited, debited_column)},
    [COLLECTIONS_END] = {"collections_end", "UPDATE collection SET settles_on = NULL WHERE attempt_id = ?", NOTHING},
    [COLLECTION_RESUME] = {"collection_resume", "UPDATE collection c JOIN attempt a ON a.id = c.attempt_id AND a.state = 'pending' SET c.settles_on = ? "
                           "WHERE c.attempt_id = ? AND c.settles_on IS NULL", NOTHING},
    [CREDITED_ONE] = {"credited_debit", CREDITED_SELECT "WHERE c.attempt_id = ?", READS(handed_debit, handed_column)},
    [CREDITED_ALL] = {"credited_debits", CREDITED_SELECT "WHERE c.file_id = ? AND (? = '' OR c.batch_id = ?) ORDER BY c.attempt_id", READS(handed_debit, handed_column)},
    [FILE_OF_BATCH] = {"collection_file_of_batch", "SELECT c.file_id AS id FROM collection c WHERE ? <> '' AND c.batch_id = ? UNION "
                       "SELECT f.id FROM collection_file f WHERE ? = '' AND f.message_id = ? LIMIT 1", READS(file_row, file_id_column)},
    [WAITING] = {"collections_waiting", WAITING_SELECT, READS(collection_row, waiting_column)},
    [WAITING_LOCK] = {"collections_waiting_lock", WAITING_SELECT " FOR UPDATE", READS(collection_row, waiting_column)},
    [FILE_INSERT] = {"collection_file_insert", "INSERT INTO collection_file (message_id, version, collection_count, sum_minor, first_on, sha256, "
                     "bytes, made_at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", NOTHING},
    [FILES] = {"collection_files", FILE_SELECT "WHERE f.id < ? ORDER BY f.id DESC LIMIT ?", READS(collection_file, file_column)},
    [FILE_BY_ID] = {"collection_file", FILE_SELECT "WHERE f.id = ?", READS(collection_file, file_column)},
    [FILES_UNANSWERED] = {"collection_files_unanswered", FILE_SELECT "WHERE w.file_id IS NULL ORDER BY f.id LIMIT ?", READS(collection_file, file_column)},
    [FILE_ANSWER] = {"collection_file_answer_insert", "INSERT INTO collection_file_answer (file_id, answer, answered_on, actor, told_at) VALUES (?, ?, ?, ?, ?)", NOTHING},
    [MANDATES_OF_GIVEN_UP] = {"mandates_of_given_up", "UPDATE mandate m JOIN collection g ON g.payment_method_id = m.payment_method_id AND g.file_id = ? "
        "SET m.last_collected_on = (SELECT MAX(c.collect_on) " COLLECTIONS_THAT_STAND "), "
        "m.collected_key = IF(EXISTS (SELECT 1 FROM mandate_amendment x WHERE x.payment_method_id = m.payment_method_id AND x.signed_at >= "
        "(SELECT MAX(f.made_at) " COLLECTIONS_THAT_STAND ")), '', m.collected_key)", NOTHING},
    [SPARED_ONE_OFFS] = {"spared_one_offs", "SELECT c.payment_method_id, c.invoice_id FROM collection c JOIN mandate m ON m.payment_method_id = c.payment_method_id "
        "WHERE c.file_id = ? AND m.one_off = 1 AND m.state = 'active' ORDER BY c.attempt_id", READS(spared_debit, spared_column)},
    [LATE_NOTICES] = {"late_notices", "SELECT c.invoice_id, a.amount_minor, a.currency, c.collect_on FROM collection c "
        "JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready' JOIN outbox o ON " NOTICE_OF_COLLECTION " AND o.state NOT IN ('sent', 'told') "
        "WHERE c.file_id IS NULL AND c.collect_on < ? ORDER BY c.collect_on, c.attempt_id LIMIT ?", READS(late_notice, late_column)},
    [ANNOUNCED_WAITS] = {"announced_debit_waits", "SELECT EXISTS (SELECT 1 FROM outbox o JOIN collection c ON c.invoice_id = o.invoice_id AND c.file_id IS NULL "
        "JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready' WHERE o.dedup_key = ? AND " NOTICE_OF_COLLECTION ") AS waits", READS(waiting_flag, flag_column)},
    [ANSWERED_NOTICES] = {"answered_notices", "SELECT t.subject_id AS mail_id FROM operator_item t LEFT JOIN outbox o ON o.id = t.subject_id AND o.state = 'dead' "
        "WHERE t.kind = 'notice_dead' AND t.open_key = 1 AND NOT EXISTS (SELECT 1 FROM collection c JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready' "
        "WHERE c.invoice_id = o.invoice_id AND c.file_id IS NULL AND " NOTICE_OF_COLLECTION ") LIMIT ?", READS(answered_notice, answered_column)},
    [WAITS] = {"debits_wait", "SELECT EXISTS (SELECT 1 FROM collection_file f LEFT JOIN collection_file_answer w ON w.file_id = f.id WHERE w.file_id IS NULL) files, "
        "EXISTS (SELECT 1 FROM operator_item WHERE kind = 'notice_dead' AND open_key = 1) notices, "
        "EXISTS (SELECT 1 FROM debit_terms t JOIN collection c ON c.file_id IS NULL AND c.collect_on < ? + INTERVAL t.notice_days DAY "
        "JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready') late, "
        "EXISTS (SELECT 1 FROM collection c JOIN collection_file_answer w ON w.file_id = c.file_id AND w.answer = 'sent' WHERE c.settles_on <= ?) settling",
        READS(debits_wait, wait_column)},
    [TO_HAND] = {"debits_to_hand", "SELECT COUNT(*) AS count, CAST(IFNULL(SUM(a.amount_minor), 0) AS SIGNED) AS sum_minor, MIN(c.collect_on) AS first_on "
        "FROM collection c JOIN attempt a ON a.id = c.attempt_id AND a.state = 'ready' WHERE c.file_id IS NULL", READS(debits_to_hand, to_hand_column)},
    [FILE_BYTES] = {"collection_file_bytes", "SELECT bytes, message_id FROM collection_file WHERE id = ?", READS(collection_bytes, bytes_column)},
    [PAYMENT_OF] = {"payment_of_attempt", "SELECT id AS payment_id, amount_minor FROM payment WHERE attempt_id = ?", READS(returned_payment, payment_column)},
    [PARTS_OF] = {"parts_of_payment_lock", "SELECT invoice_id, amount_minor FROM allocation WHERE payment_id = ? ORDER BY invoice_id FOR UPDATE",
                  READS(paid_part, part_column)},
    [RETURN_INSERT] = {"payment_return_insert", "INSERT INTO payment_return (payment_id, amount_minor, code, returned_on) VALUES (?, ?, ?, ?)", NOTHING},
};
DB_STATEMENTS(debit, statement)

enum err debit_terms(struct ctx *ctx, struct debit_terms *terms)
{
    return db_row(ctx, &statement[TERMS], NO_PARAMS, terms);
}

enum err save_debit_terms(struct ctx *ctx, const struct debit_terms *t)
{
    return db_write(ctx, &statement[TERMS_SAVE], PARAMS(P_TEXT(t->creditor_id), P_TEXT(t->version), P_I64(t->lead_days), P_I64(t->cut_off_hour),
                                                        P_I64(t->notice_days), P_BOOL(t->mark_first)), NULL);
}

enum err due_by_mandate(struct ctx *ctx, int64_t after_id, int32_t limit, struct due_by_mandate **rows, size_t *count)
{
    return db_rows(ctx, &statement[DUE_BY_MANDATE], PARAMS(P_DATE(ctx->today_on), P_I64(after_id), P_I64(limit)), rows, count);
}

enum err insert_collection(struct ctx *ctx, const struct collection *c)
{
    return db_write(ctx, &statement[COLLECTION_INSERT], PARAMS(P_I64(c->attempt_id), P_I64(c->payment_method_id), P_I64(c->invoice_id),
                                                               P_DATE(c->noticed_on), P_DATE(c->collect_on)), NULL);
}

enum err collection_of(struct ctx *ctx, int64_t attempt_id, struct collection *collection)
{
    return db_row(ctx, &statement[COLLECTION_OF], PARAMS(P_I64(attempt_id)), collection);
}

enum err save_collection(struct ctx *ctx, const struct collection *c)
{
    return db_write_one(ctx, &statement[COLLECTION_SAVE],
                        PARAMS(P_DATE(c->collect_on), P_ID(c->file_id), P_TEXT(c->batch_id[0] != '\0' ? c->batch_id : NULL),
                               P_TEXT(c->sequence[0] != '\0' ? c->sequence : NULL), P_DATE(c->settles_on),
                               P_TEXT(c->return_code), P_I64(c->attempt_id)));
}

enum err save_collections(struct ctx *ctx, const struct collection *rows, size_t count)
{
    static const struct column saved[] = {
        COLUMN(DATE, collection, collect_on), COLUMN(ID, collection, file_id), COLUMN(TEXT, collection, batch_id), COLUMN(TEXT, collection, sequence),
        COLUMN(DATE, collection, settles_on), COLUMN(TEXT, collection, return_code), COLUMN(I64, collection, attempt_id)};
    struct collection *copies = ARENA_ARRAY(ctx->arena, struct collection, count + 1);

    for (size_t i = 0; i < count; i++) {
        copies[i] = rows[i];
        if (rows[i].batch_id[0] == '\0')
            copies[i].batch_id = NULL;
        if (rows[i].sequence[0] == '\0')
            copies[i].sequence = NULL;
    }
    return db_write_many(ctx, &statement[COLLECTION_SAVE], saved, COUNT_OF(saved), copies, sizeof copies[0], count);
}

enum err settled_collections(struct ctx *ctx, int32_t limit, struct debited **rows, size_t *count)
{
    return db_rows(ctx, &statement[COLLECTIONS_SETTLED], PARAMS(P_DATE(ctx->today_on), P_I64(limit)), rows, count);
}

enum err collections_of_batch(struct ctx *ctx, const char *message_id, const char *batch_id, struct debited **rows, size_t *count)
{
    return db_rows(ctx, &statement[COLLECTIONS_OF_BATCH], PARAMS(P_TEXT(batch_id), P_TEXT(batch_id), P_TEXT(batch_id), P_TEXT(message_id)), rows, count);
}

struct ending {
    const struct debited *rows;
    size_t count;
};

static enum err end_rows(struct ctx *ctx, void *arg)
{
    const struct ending *e = arg;

    return db_write_many(ctx, &statement[COLLECTIONS_END], debited_end_column, COUNT_OF(debited_end_column), e->rows, sizeof e->rows[0], e->count);
}

enum err end_collections(struct ctx *ctx, const struct debited *rows, size_t count)
{
    struct ending ending = {rows, count};

    return count > 0 ? db_transaction(ctx, end_rows, &ending) : OK;
}

enum err resume_collection(struct ctx *ctx, int64_t attempt_id, int32_t settles_on)
{
    return db_write(ctx, &statement[COLLECTION_RESUME], PARAMS(P_DATE(settles_on), P_I64(attempt_id)), NULL);
}

enum err credited_debit(struct ctx *ctx, int64_t attempt_id, int64_t but_entry_id, struct handed_debit *row)
{
    return db_row(ctx, &statement[CREDITED_ONE], PARAMS(P_I64(but_entry_id), P_I64(attempt_id)), row);
}

enum err credited_debits(struct ctx *ctx, int64_t file_id, const char *batch_id, int64_t but_entry_id, struct handed_debit **rows, size_t *count)
{
    return db_rows(ctx, &statement[CREDITED_ALL], PARAMS(P_I64(but_entry_id), P_I64(file_id), P_TEXT(batch_id), P_TEXT(batch_id)), rows, count);
}

enum err file_of_batch(struct ctx *ctx, const char *message_id, const char *batch_id, int64_t *file_id)
{
    struct file_row row;
    enum err err = db_row(ctx, &statement[FILE_OF_BATCH], PARAMS(P_TEXT(batch_id), P_TEXT(batch_id), P_TEXT(batch_id), P_TEXT(message_id)), &row);

    *file_id = err == OK ? row.id : 0;
    if (err != ERR_NOT_FOUND)
        return err;
    ctx_forget_error(ctx);
    return OK;
}

enum err waiting_collections(struct ctx *ctx, int32_t until_on, int32_t limit, bool lock, struct collection_row **rows, size_t *count)
{
    return db_rows(ctx, &statement[lock ? WAITING_LOCK : WAITING], PARAMS(P_DATE(until_on), P_I64(limit)), rows, count);
}

enum err insert_collection_file(struct ctx *ctx, struct collection_file *f, const void *data, size_t bytes)
{
    struct hash hash = hash_sha256(data, bytes);

    return db_insert(ctx, &statement[FILE_INSERT],
                     PARAMS(P_TEXT(f->message_id), P_TEXT(f->version), P_I64(f->collection_count), P_I64(f->sum_minor), P_DATE(f->first_on),
                            P_HASH(hash.bytes), P_BYTES(data, bytes), P_INSTANT(ctx->now), P_TEXT(ctx->actor)), &f->id);
}

enum err collection_files(struct ctx *ctx, int64_t before_id, int32_t limit, struct collection_file **rows, size_t *count)
{
    return db_rows(ctx, &statement[FILES], PARAMS(P_I64(before_id != 0 ? before_id : INT64_MAX), P_I64(limit)), rows, count);
}

enum err collection_file_by_id(struct ctx *ctx, int64_t id, struct collection_file *file)
{
    return db_row(ctx, &statement[FILE_BY_ID], PARAMS(P_I64(id)), file);
}

enum err debits_wait(struct ctx *ctx, struct debits_wait *waits)
{
    return db_row(ctx, &statement[WAITS], PARAMS(P_DATE(ctx->today_on), P_DATE(ctx->today_on)), waits);
}

enum err debits_to_hand(struct ctx *ctx, struct debits_to_hand *waiting)
{
    return db_row(ctx, &statement[TO_HAND], NO_PARAMS, waiting);
}

enum err unanswered_files(struct ctx *ctx, int32_t limit, struct collection_file **rows, size_t *count)
{
    return db_rows(ctx, &statement[FILES_UNANSWERED], PARAMS(P_I64(limit)), rows, count);
}

enum err insert_file_answer(struct ctx *ctx, int64_t file_id, const char *answer, const char *actor)
{
    return db_write(ctx, &statement[FILE_ANSWER], PARAMS(P_I64(file_id), P_TEXT(answer), P_DATE(ctx->today_on), P_TEXT(actor), P_INSTANT(ctx->now)), NULL);
}

enum err forget_collections_given_up(struct ctx *ctx, int64_t file_id)
{
    return db_write(ctx, &statement[MANDATES_OF_GIVEN_UP], PARAMS(P_I64(file_id)), NULL);
}

enum err spared_one_offs(struct ctx *ctx, int64_t file_id, struct spared_debit **rows, size_t *count)
{
    return db_rows(ctx, &statement[SPARED_ONE_OFFS], PARAMS(P_I64(file_id)), rows, count);
}

enum err announced_debit_waits(struct ctx *ctx, const char *notice_key, bool *waits)
{
    struct waiting_flag row;

    TRY(ctx, db_row(ctx, &statement[ANNOUNCED_WAITS], PARAMS(P_TEXT(notice_key)), &row));
    *waits = row.waits;
    return OK;
}

enum err answered_notices(struct ctx *ctx, int32_t limit, struct answered_notice **rows, size_t *count)
{
    return db_rows(ctx, &statement[ANSWERED_NOTICES], PARAMS(P_I64(limit)), rows, count);
}

enum err late_notices(struct ctx *ctx, int32_t notice_until_on, int32_t limit, struct late_notice **rows, size_t *count)
{
    return db_rows(ctx, &statement[LATE_NOTICES], PARAMS(P_DATE(notice_until_on), P_I64(limit)), rows, count);
}

enum err collection_file_bytes(struct ctx *ctx, int64_t id, struct collection_bytes *file)
{
    return db_row(ctx, &statement[FILE_BYTES], PARAMS(P_I64(id)), file);
}

enum err payment_of_attempt(struct ctx *ctx, int64_t attempt_id, struct returned_payment *payment)
{
    return db_row(ctx, &statement[PAYMENT_OF], PARAMS(P_I64(attempt_id)), payment);
}

enum err lock_parts_of_payment(struct ctx *ctx, int64_t payment_id, struct paid_part **rows, size_t *count)
{
    return db_rows(ctx, &statement[PARTS_OF], PARAMS(P_I64(payment_id)), rows, count);
}

enum err insert_payment_return(struct ctx *ctx, int64_t payment_id, int64_t amount_minor, const char *code)
{
    return db_write(ctx, &statement[RETURN_INSERT], PARAMS(P_I64(payment_id), P_I64(amount_minor), P_TEXT(code), P_DATE(ctx->today_on)), NULL);
}
