#include "gateway/bank_camt.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/str.h"
#include "core/bank_fee.h"
#include "core/date.h"
#include "core/money.h"
#include "gateway/bank_key.h"
#include "gateway/bank_xml.h"

enum { DETAILS_MAX = 200000 }; /* of one batch */

/* ---- where a leaf goes ---- */

/* What a statement, an entry and a part of it have. */
enum field {
    F_NONE,
    F_ACCOUNT, F_ACCOUNT_OTHER, F_ACCOUNT_CURRENCY, F_STATEMENT_ID, F_SEQUENCE, F_LEGAL_SEQUENCE,
    F_BALANCE_AMOUNT, F_BALANCE_SIGN, F_BALANCE_TYPE, F_BALANCE_DATE,
    F_ENTRY_AMOUNT, F_ENTRY_SIGN, F_ENTRY_STATUS, F_ENTRY_REVERSAL, F_ENTRY_BOOKED, F_ENTRY_VALUE, F_ENTRY_REF, F_ENTRY_DOMAIN, F_ENTRY_FAMILY, F_ENTRY_SUB_FAMILY, F_ENTRY_TEXT,
    F_BATCH_MESSAGE, F_BATCH_ID, F_BATCH_COUNT,
    F_CHARGE_AMOUNT, F_CHARGE_SIGN, F_CHARGE_INCLUDED, F_CHARGE_TOTAL, F_DOMAIN, F_FAMILY, F_SUB_FAMILY,
    F_AMOUNT, F_SIGN, F_TX_AMOUNT, F_COUNTER_VALUE, F_INSTRUCTED, F_END_TO_END, F_MANDATE, F_PART_REF, F_PART_MESSAGE, F_PART_BATCH,
    F_DEBTOR, F_CREDITOR, F_DEBTOR_IBAN, F_CREDITOR_IBAN, F_REFERENCE, F_TEXT, F_RETURN_CODE, F_RETURN_OTHER, F_RETURN_TEXT,
    FIELDS,
};

/* Sorted by path. The names of version 08 ("Pty/Nm", "Sts/Cd") stand beside those of 02. Stmt is also Ntfctn. */
static const struct bank_leaf leaf_table[] = {
    {"Stmt/Acct/Ccy", F_ACCOUNT_CURRENCY},
    {"Stmt/Acct/Id/IBAN", F_ACCOUNT},
    {"Stmt/Acct/Id/Othr/Id", F_ACCOUNT_OTHER},
    {"Stmt/Bal/Amt", F_BALANCE_AMOUNT},
    {"Stmt/Bal/CdtDbtInd", F_BALANCE_SIGN},
    {"Stmt/Bal/Dt/Dt", F_BALANCE_DATE},
    {"Stmt/Bal/Dt/DtTm", F_BALANCE_DATE},
    {"Stmt/Bal/Tp/CdOrPrtry/Cd", F_BALANCE_TYPE},
    {"Stmt/ElctrncSeqNb", F_SEQUENCE},
    {"Stmt/Id", F_STATEMENT_ID},
    {"Stmt/LglSeqNb", F_LEGAL_SEQUENCE},
    {"Stmt/Ntry/AcctSvcrRef", F_ENTRY_REF},
    {"Stmt/Ntry/AddtlNtryInf", F_ENTRY_TEXT},
    {"Stmt/Ntry/Amt", F_ENTRY_AMOUNT},
    {"Stmt/Ntry/BkTxCd/Domn/Cd", F_ENTRY_DOMAIN},
    {"Stmt/Ntry/BkTxCd/Domn/Fmly/Cd", F_ENTRY_FAMILY},
    {"Stmt/Ntry/BkTxCd/Domn/Fmly/SubFmlyCd", F_ENTRY_SUB_FAMILY},
    {"Stmt/Ntry/BookgDt/Dt", F_ENTRY_BOOKED},
    {"Stmt/Ntry/BookgDt/DtTm", F_ENTRY_BOOKED},
    {"Stmt/Ntry/CdtDbtInd", F_ENTRY_SIGN},
    {"Stmt/Ntry/Chrgs/Amt", F_CHARGE_AMOUNT},
    {"Stmt/Ntry/Chrgs/CdtDbtInd", F_CHARGE_SIGN},
    {"Stmt/Ntry/Chrgs/Rcrd/Amt", F_CHARGE_AMOUNT},
    {"Stmt/Ntry/Chrgs/Rcrd/CdtDbtInd", F_CHARGE_SIGN},
    {"Stmt/Ntry/Chrgs/Rcrd/ChrgInclInd", F_CHARGE_INCLUDED},
    {"Stmt/Ntry/Chrgs/TtlChrgsAndTaxAmt", F_CHARGE_TOTAL},
    {"Stmt/Ntry/NtryDtls/Btch/MsgId", F_BATCH_MESSAGE},
    {"Stmt/Ntry/NtryDtls/Btch/NbOfTxs", F_BATCH_COUNT},
    {"Stmt/Ntry/NtryDtls/Btch/PmtInfId", F_BATCH_ID},
    {"Stmt/Ntry/NtryDtls/TxDtls/Amt", F_AMOUNT},
    {"Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/CntrValAmt/Amt", F_COUNTER_VALUE},
    {"Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/InstdAmt/Amt", F_INSTRUCTED},
    {"Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt", F_TX_AMOUNT},
    {"Stmt/Ntry/NtryDtls/TxDtls/BkTxCd/Domn/Cd", F_DOMAIN},
    {"Stmt/Ntry/NtryDtls/TxDtls/BkTxCd/Domn/Fmly/Cd", F_FAMILY},
    {"Stmt/Ntry/NtryDtls/TxDtls/BkTxCd/Domn/Fmly/SubFmlyCd", F_SUB_FAMILY},
    {"Stmt/Ntry/NtryDtls/TxDtls/CdtDbtInd", F_SIGN},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/Amt", F_CHARGE_AMOUNT},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/CdtDbtInd", F_CHARGE_SIGN},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/Rcrd/Amt", F_CHARGE_AMOUNT},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/Rcrd/CdtDbtInd", F_CHARGE_SIGN},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/Rcrd/ChrgInclInd", F_CHARGE_INCLUDED},
    {"Stmt/Ntry/NtryDtls/TxDtls/Chrgs/TtlChrgsAndTaxAmt", F_CHARGE_TOTAL},
    {"Stmt/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef", F_PART_REF},
    {"Stmt/Ntry/NtryDtls/TxDtls/Refs/EndToEndId", F_END_TO_END},
    {"Stmt/Ntry/NtryDtls/TxDtls/Refs/MndtId", F_MANDATE},
    {"Stmt/Ntry/NtryDtls/TxDtls/Refs/MsgId", F_PART_MESSAGE},
    {"Stmt/Ntry/NtryDtls/TxDtls/Refs/PmtInfId", F_PART_BATCH},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/Cdtr/Nm", F_CREDITOR},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/Cdtr/Pty/Nm", F_CREDITOR},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/CdtrAcct/Id/IBAN", F_CREDITOR_IBAN},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/Dbtr/Nm", F_DEBTOR},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/Dbtr/Pty/Nm", F_DEBTOR},
    {"Stmt/Ntry/NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/IBAN", F_DEBTOR_IBAN},
    {"Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref", F_REFERENCE},
    {"Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Ustrd", F_TEXT},
    {"Stmt/Ntry/NtryDtls/TxDtls/RtrInf/AddtlInf", F_RETURN_TEXT},
    {"Stmt/Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Cd", F_RETURN_CODE},
    {"Stmt/Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Prtry", F_RETURN_OTHER},
    {"Stmt/Ntry/RvslInd", F_ENTRY_REVERSAL},
    {"Stmt/Ntry/Sts", F_ENTRY_STATUS},
    {"Stmt/Ntry/Sts/Cd", F_ENTRY_STATUS},
    {"Stmt/Ntry/ValDt/Dt", F_ENTRY_VALUE},
    {"Stmt/Ntry/ValDt/DtTm", F_ENTRY_VALUE},
};

/* ---- reading ---- */

struct amount {
    int64_t minor; /* 0: not met */
    char currency[4];
};

/* What an entry, or a part of it, says that the bank charges. */
struct charges {
    int64_t minor;
    char currency[4]; /* "": none are told */
    bool included, apart;
    bool unclear; /* in two currencies, or no amount that can be read */
};

/* One Chrgs of it. Records that are booked apart are not in its sum. */
struct charge {
    int64_t sum_minor, last_minor, total_minor;
    bool apart;
};

struct part {
    struct amount amount, tx_amount, counter_value, instructed;
    struct charges charges;
    int credit; /* -1: not met */
    const char *text[FIELDS];
};

struct camt {
    struct bank_pass *pass;
    struct arena *kept;  /* of the statement */
    struct arena *brief; /* of the entry */
    bool statement_told;

    struct bank_statement statement;
    struct amount balance; /* the Bal at hand */
    int balance_credit;
    char balance_type[8];
    int32_t balance_on;
    bool opening, closing;
    int64_t moved_minor; /* sum of the booked entries so far */
    int position;

    struct bank_entry entry;
    int entry_credit;
    char entry_status[8];
    struct amount entry_amount;
    struct charges charges; /* of the entry as a whole */
    struct charges *charging; /* whose the Chrgs at hand is */
    struct charge charge;
    struct part *parts;
    size_t part_count, part_room;
    const char *text[FIELDS]; /* of the entry's own leaves */

    struct bank_keys keys; /* of the file's entries */
};

struct camt *camt_open(struct bank_pass *pass)
{
    struct camt *r = ARENA_NEW(pass->ctx->arena, struct camt);

    r->pass = pass;
    r->kept = arena_new();
    r->brief = arena_new();
    r->keys.arena = pass->ctx->arena;
    return r;
}

void camt_close(struct camt *r)
{
    arena_free(r->kept);
    arena_free(r->brief);
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "18.50" in its currency: no sign, at most 18 digits, no more decimals than the currency has but zeros. */
static enum bank_refusal amount_of_text(const char *text, const char *code, struct amount *amount)
{
    const struct currency *currency = currency_find(code);
    int64_t minor = 0;
    int decimals = -1, digits = 0;

    if (currency == NULL)
        return BANK_WRONG_CURRENCY;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (!digit(*p) || ++digits > 18)
            return BANK_WRONG_AMOUNT;
        if (decimals >= 0 && ++decimals > currency->digits) {
            if (*p != '0')
                return BANK_WRONG_AMOUNT;
            continue;
        }
        minor = minor * 10 + (*p - '0');
    }
    for (int i = decimals < 0 ? 0 : decimals; i < currency->digits; i++) {
        if (minor > MONEY_MAX)
            return BANK_WRONG_AMOUNT;
        minor *= 10;
    }
    if (digits == 0 || minor > MONEY_MAX)
        return BANK_WRONG_AMOUNT;
    amount->minor = minor;
    memcpy(amount->currency, currency->code, sizeof amount->currency);
    return BANK_NOT_REFUSED;
}

static bool read_amount(struct camt *r, const char *text, const char *code, struct amount *amount)
{
    enum bank_refusal refusal = amount_of_text(text, code, amount);

    return refusal == BANK_NOT_REFUSED || bank_refuse(r->pass, refusal, refusal == BANK_WRONG_CURRENCY ? (code[0] == '\0' ? "Ccy" : code) : text);
}

/* A day, or the day of an instant as the bank writes it. */
static bool read_date(struct camt *r, const char *text, int32_t *on)
{
    char day[DATE_TEXT_BYTES];
    size_t length = strlen(text);

    if (length >= 10) {
        memcpy(day, text, 10);
        day[10] = '\0';
        if ((length == 10 || text[10] == 'T' || text[10] == '+' || text[10] == '-' || text[10] == 'Z') && date_parse_iso(day, on))
            return true;
    }
    return bank_refuse(r->pass, BANK_WRONG_DATE, text);
}

static bool read_sign(struct camt *r, const char *text, int *credit)
{
    *credit = strcmp(text, "CRDT") == 0 ? 1 : strcmp(text, "DBIT") == 0 ? 0 : -1;
    return *credit >= 0 || bank_refuse(r->pass, BANK_WRONG_CODE, text);
}

static bool read_yes_no(struct camt *r, const char *text, bool *yes)
{
    *yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    return *yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0 || bank_refuse(r->pass, BANK_WRONG_CODE, text);
}

static void read_code(const char *text, char code[8])
{
    strncpy(code, text, 7);
    code[7] = '\0';
}

static struct part *last_part(struct camt *r)
{
    return r->part_count == 0 ? NULL : &r->parts[r->part_count - 1];
}

/* A charge decides nothing by itself: what cannot be read of it refuses no file. */
static bool charge_leaf(struct camt *r, enum field field, const char *text, const char *currency)
{
    struct charges *charges = r->charging;
    struct charge *c = &r->charge;
    struct amount amount;

    if (field == F_CHARGE_SIGN) {
        c->sum_minor -= strcmp(text, "CRDT") == 0 ? 2 * c->last_minor : 0; /* given back */
        return true;
    }
    if (field == F_CHARGE_INCLUDED) {
        bool included = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

        *(included ? &charges->included : &charges->apart) = true;
        c->apart |= !included;
        c->sum_minor -= included ? 0 : c->last_minor;
        return true;
    }
    if (amount_of_text(text, currency, &amount) != BANK_NOT_REFUSED ||
        (charges->currency[0] != '\0' && strcmp(charges->currency, amount.currency) != 0)) {
        charges->unclear = true;
        return true;
    }
    memcpy(charges->currency, amount.currency, sizeof charges->currency);
    if (field == F_CHARGE_TOTAL) {
        c->total_minor = amount.minor;
    } else {
        c->last_minor = amount.minor;
        charges->unclear |= __builtin_add_overflow(c->sum_minor, amount.minor, &c->sum_minor) || c->sum_minor > MONEY_MAX;
        c->sum_minor = charges->unclear ? 0 : c->sum_minor;
    }
    return true;
}

/* The total holds the taxes, which records may not; it holds what is booked apart too. */
static bool end_charge(struct charges *charges, const struct charge *c)
{
    int64_t minor = c->total_minor > 0 && !c->apart && c->sum_minor >= 0 ? c->total_minor : c->sum_minor;

    charges->unclear |= __builtin_add_overflow(charges->minor, minor, &charges->minor) || charges->minor > MONEY_MAX;
    return true;
}

static bool part_leaf(struct camt *r, enum field field, const char *text, const char *currency)
{
    struct part *part = last_part(r);
    bool repeats = field == F_TEXT || field == F_REFERENCE || field == F_RETURN_TEXT;

    if (part == NULL)
        return true;
    switch (field) {
    case F_AMOUNT: return read_amount(r, text, currency, &part->amount);
    case F_TX_AMOUNT: return read_amount(r, text, currency, &part->tx_amount);
    case F_INSTRUCTED: return read_amount(r, text, currency, &part->instructed);
    case F_COUNTER_VALUE:
        if (amount_of_text(text, currency, &part->counter_value) != BANK_NOT_REFUSED)
            part->counter_value = (struct amount){0};
        return true;
    case F_SIGN: return read_sign(r, text, &part->credit);
    default: break;
    }
    part->text[field] = bank_joined(r->brief, repeats ? part->text[field] : NULL, text, repeats ? BANK_TEXT_BYTES_MAX : BANK_ID_BYTES_MAX);
    return true;
}

static bool statement_leaf(struct camt *r, enum field field, const char *text, const char *currency)
{
    switch (field) {
    case F_ACCOUNT: r->statement.account = arena_strdup(r->kept, text); return true;
    case F_ACCOUNT_OTHER:
        if (r->statement.account[0] == '\0')
            r->statement.account = str_cut(r->kept, text, BANK_ID_BYTES_MAX);
        return true;
    case F_ACCOUNT_CURRENCY:
        if (currency_find(text) == NULL)
            return bank_refuse(r->pass, BANK_WRONG_CURRENCY, text);
        r->statement.currency = arena_strdup(r->kept, text);
        return true;
    case F_STATEMENT_ID: r->statement.id = str_cut(r->kept, text, BANK_ID_BYTES_MAX); return true;
    case F_SEQUENCE: r->statement.number = str_cut(r->kept, text, 20); return true;
    case F_LEGAL_SEQUENCE:
        if (r->statement.number[0] == '\0')
            r->statement.number = str_cut(r->kept, text, 20);
        return true;
    case F_BALANCE_AMOUNT: return read_amount(r, text, currency, &r->balance);
    case F_BALANCE_SIGN: return read_sign(r, text, &r->balance_credit);
    case F_BALANCE_TYPE: read_code(text, r->balance_type); return true;
    case F_BALANCE_DATE: return read_date(r, text, &r->balance_on);
    case F_ENTRY_AMOUNT: return read_amount(r, text, currency, &r->entry_amount);
    case F_ENTRY_SIGN: return read_sign(r, text, &r->entry_credit);
    case F_ENTRY_STATUS: read_code(text, r->entry_status); return true;
    case F_ENTRY_REVERSAL: return read_yes_no(r, text, &r->entry.reversal);
    case F_ENTRY_BOOKED: return read_date(r, text, &r->entry.booked_on);
    case F_ENTRY_VALUE: return read_date(r, text, &r->entry.value_on);
    case F_CHARGE_AMOUNT:
    case F_CHARGE_SIGN:
    case F_CHARGE_INCLUDED:
    case F_CHARGE_TOTAL: return charge_leaf(r, field, text, currency);
    default: return part_leaf(r, field, text, currency);
    }
}

/* ---- telling ---- */

static bool tell_statement(struct camt *r)
{
    r->statement_told = true;
    if (r->statement.account[0] == '\0')
        return bank_refuse(r->pass, BANK_MISSING, "Acct/Id");
    r->statement.has_balances = r->opening && r->closing;
    if (!r->statement.has_balances)
        r->statement.closed_on = DATE_NONE;
    r->pass->file->statements++;
    if (r->pass->told != NULL && r->pass->told->statement != NULL)
        r->pass->err = r->pass->told->statement(r->pass->ctx, r->pass->told->to, &r->statement);
    return r->pass->err == OK;
}

static int64_t in_currency(const struct amount *amount, const char *currency)
{
    return strcmp(amount->currency, currency) == 0 ? amount->minor : 0;
}

/* 0: they are not all in the entry's currency. */
static int64_t sum_of_parts(const struct camt *r)
{
    int64_t sum = 0;

    for (size_t i = 0; i < r->part_count; i++) {
        int64_t minor = in_currency(&r->parts[i].amount, r->entry_amount.currency);

        if (minor == 0 || __builtin_add_overflow(sum, minor, &sum))
            return 0;
    }
    return sum;
}

/* The part's own code, or the entry's. */
static bool is_fee(const struct camt *r, const struct part *part)
{
    bool own = part->text[F_SUB_FAMILY] != NULL;

    return bank_fee_code(bank_text(own ? part->text[F_DOMAIN] : r->text[F_ENTRY_DOMAIN], NULL), bank_text(own ? part->text[F_FAMILY] : r->text[F_ENTRY_FAMILY], NULL),
                         bank_text(own ? part->text[F_SUB_FAMILY] : r->text[F_ENTRY_SUB_FAMILY], NULL));
}

/* Charges of the entry are those of its only part, or of none. */
static int64_t fee_within(const struct camt *r, const struct part *part, const struct bank_entry *e)
{
    bool whole = e->part == 0;
    const struct charges *c = whole && part->charges.currency[0] == '\0' ? &r->charges : &part->charges;
    struct bank_charge_facts facts = {
        .credit = e->credit, .returned = e->return_code[0] != '\0', .booked_minor = e->amount_minor,
        .charges_minor = !c->unclear && strcmp(c->currency, e->currency) == 0 ? c->minor : 0,
        .included = c->included ? CHARGE_INCLUDED : c->apart ? CHARGE_APART : CHARGE_NOT_SAID,
        .instructed_minor = in_currency(&part->instructed, e->currency),
        .told_minor = {in_currency(&part->amount, e->currency), in_currency(&part->tx_amount, e->currency), in_currency(&part->counter_value, e->currency),
                       whole ? sum_of_parts(r) : 0}};

    return bank_fee_within(&facts);
}

static bool tell_entry(struct camt *r, const struct part *part, struct bank_entry e)
{
    static const struct part none;

    if (part == NULL)
        part = &none;
    e.end_to_end_id = bank_provided(part->text[F_END_TO_END]);
    e.mandate_reference = bank_provided(part->text[F_MANDATE]);
    e.message_id = bank_text(part->text[F_PART_MESSAGE], r->text[F_BATCH_MESSAGE]);
    e.batch_id = bank_text(part->text[F_PART_BATCH], r->text[F_BATCH_ID]);
    e.bank_ref = bank_text(part->text[F_PART_REF], r->text[F_ENTRY_REF]);
    e.reference = bank_text(part->text[F_REFERENCE], NULL);
    e.text = bank_text(part->text[F_TEXT], NULL);
    e.return_code = bank_text(part->text[F_RETURN_CODE], part->text[F_RETURN_OTHER]);
    e.return_text = bank_text(part->text[F_RETURN_TEXT], NULL);
    /* A return of a collection leaves our account, yet the payer is its debtor. */
    if (e.credit || e.return_code[0] != '\0' || e.reversal) {
        e.name = bank_text(part->text[F_DEBTOR], NULL);
        e.iban = bank_text(part->text[F_DEBTOR_IBAN], NULL);
    } else {
        e.name = bank_text(part->text[F_CREDITOR], NULL);
        e.iban = bank_text(part->text[F_CREDITOR_IBAN], NULL);
    }
    r->pass->file->entries++;
    bank_key(&r->keys, r->brief, r->pass->file->kind == BANK_NOTIFICATION, r->statement.account, &e); /* of what was booked */
    e.is_fee = is_fee(r, part);
    if (!e.is_fee)
        e.fee_minor = fee_within(r, part, &e);
    else if (e.text[0] == '\0')
        e.text = bank_text(r->text[F_ENTRY_TEXT], NULL);
    e.amount_minor += e.credit ? e.fee_minor : -e.fee_minor;
    if (r->pass->told != NULL && r->pass->told->entry != NULL)
        r->pass->err = r->pass->told->entry(r->pass->ctx, r->pass->told->to, &e);
    return r->pass->err == OK;
}

static const struct amount *amount_of(const struct part *part)
{
    return part->amount.minor > 0 ? &part->amount : part->tx_amount.minor > 0 ? &part->tx_amount : &part->instructed;
}

/* The parts are told apart only when they are all of the entry, in its currency. */
static bool parts_add_up(const struct camt *r)
{
    int64_t sum = 0;
    bool over = false;

    for (size_t i = 0; i < r->part_count; i++) {
        const struct amount *amount = amount_of(&r->parts[i]);
        bool credit = r->parts[i].credit < 0 ? r->entry_credit == 1 : r->parts[i].credit == 1;

        if (amount->minor == 0 || strcmp(amount->currency, r->entry_amount.currency) != 0)
            return false;
        over |= __builtin_add_overflow(sum, credit == (r->entry_credit == 1) ? amount->minor : -amount->minor, &sum);
    }
    return r->part_count > 0 && !over && sum == r->entry_amount.minor;
}

static bool end_entry(struct camt *r)
{
    struct bank_entry e = r->entry;
    bool booked = strcmp(r->entry_status, "BOOK") == 0;
    const char *count = bank_text(r->text[F_BATCH_COUNT], NULL);
    long long batch_count = 0;

    if (r->entry_status[0] == '\0')
        return bank_refuse(r->pass, BANK_MISSING, "Ntry/Sts");
    if (!booked && strcmp(r->entry_status, "PDNG") != 0 && strcmp(r->entry_status, "INFO") != 0 && strcmp(r->entry_status, "FUTR") != 0)
        return bank_refuse(r->pass, BANK_WRONG_CODE, r->entry_status);
    if (r->entry_amount.currency[0] == '\0')
        return bank_refuse(r->pass, BANK_MISSING, "Ntry/Amt");
    if (r->entry_credit < 0)
        return bank_refuse(r->pass, BANK_MISSING, "Ntry/CdtDbtInd");
    if (r->statement.currency[0] == '\0')
        r->statement.currency = arena_strdup(r->kept, r->entry_amount.currency);
    if (strcmp(r->statement.currency, r->entry_amount.currency) != 0)
        return bank_refuse(r->pass, BANK_WRONG_CURRENCY, r->entry_amount.currency);
    if (!booked)
        return true;
    if (e.booked_on == DATE_NONE)
        e.booked_on = e.value_on != DATE_NONE ? e.value_on : r->statement.closed_on;
    if (e.booked_on == DATE_NONE)
        return bank_refuse(r->pass, BANK_MISSING, "Ntry/BookgDt");
    if (e.booked_on > r->pass->ctx->today_on + 1)
        return bank_refuse(r->pass, BANK_FUTURE_DATE, "");
    if (!r->statement_told && !tell_statement(r))
        return false;
    r->position++;
    r->moved_minor += r->entry_credit == 1 ? r->entry_amount.minor : -r->entry_amount.minor;
    if (r->entry_amount.minor == 0)
        return true; /* banks book free notices of zero: nothing to match */
    e.position = r->position;
    e.credit = r->entry_credit == 1;
    e.currency = r->statement.currency;
    e.amount_minor = r->entry_amount.minor;
    if (r->part_count > 1 && parts_add_up(r)) {
        for (size_t i = 0; i < r->part_count; i++) {
            const struct part *part = &r->parts[i];

            e.part = (int)i + 1;
            e.credit = part->credit < 0 ? r->entry_credit == 1 : part->credit == 1;
            e.amount_minor = amount_of(part)->minor;
            if (!tell_entry(r, part, e))
                return false;
        }
        return true;
    }
    if (str_to_i64(count, 0, 10000000, &batch_count) && batch_count > 1 && r->part_count != 1)
        e.batch_count = (int)batch_count;
    else if (r->part_count > 1)
        e.batch_count = (int)r->part_count;
    /* Several parts that do not add up say nothing sure about any of them. */
    return tell_entry(r, r->part_count == 1 ? &r->parts[0] : NULL, e);
}

static bool end_balance(struct camt *r)
{
    int64_t signed_minor = r->balance_credit == 0 ? -r->balance.minor : r->balance.minor;
    bool opens = strcmp(r->balance_type, "OPBD") == 0 || strcmp(r->balance_type, "PRCD") == 0;

    if (r->balance.currency[0] == '\0' || r->balance_credit < 0 || r->balance_type[0] == '\0')
        return r->balance_type[0] == '\0' || bank_refuse(r->pass, BANK_MISSING, "Bal/Amt, Bal/CdtDbtInd");
    if (opens || strcmp(r->balance_type, "CLBD") == 0) {
        if (r->statement.currency[0] == '\0')
            r->statement.currency = arena_strdup(r->kept, r->balance.currency);
        if (strcmp(r->statement.currency, r->balance.currency) != 0)
            return bank_refuse(r->pass, BANK_WRONG_CURRENCY, r->balance.currency);
        if (opens && (!r->opening || strcmp(r->balance_type, "OPBD") == 0)) {
            r->statement.opening_minor = signed_minor;
            r->opening = true;
        } else if (!opens) {
            if (r->balance_on == DATE_NONE)
                return bank_refuse(r->pass, BANK_MISSING, "Bal/Dt");
            r->statement.closing_minor = signed_minor;
            r->statement.closed_on = r->balance_on;
            r->closing = true;
        }
    }
    return true;
}

static bool end_statement(struct camt *r)
{
    if (!r->statement_told && !tell_statement(r))
        return false;
    if (r->pass->file->kind == BANK_STATEMENT && r->opening && r->closing && r->statement.opening_minor + r->moved_minor != r->statement.closing_minor) {
        int64_t difference = r->statement.closing_minor - r->statement.opening_minor - r->moved_minor;

        return bank_refuse(r->pass, BANK_BALANCE, arena_printf(r->pass->ctx->arena, "%s: %" PRId64, r->statement.id, difference));
    }
    return true;
}

/* ---- the events ---- */

/* Of a notification, Ntfctn told as Stmt. */
static const char *as_statement(const struct camt *r, const char *path, char room[BANK_XML_PATH_MAX])
{
    if (r->pass->file->kind != BANK_NOTIFICATION || strncmp(path, "Ntfctn", 6) != 0 || (path[6] != '/' && path[6] != '\0'))
        return path;
    strcpy(room, "Stmt");
    return strcat(room, path + 6);
}

static bool is_charge(const char *path)
{
    return strcmp(path, "Stmt/Ntry/Chrgs") == 0 || strcmp(path, "Stmt/Ntry/NtryDtls/TxDtls/Chrgs") == 0;
}

bool camt_begins(struct camt *r, const char *path)
{
    static const struct bank_statement no_statement = {"", "", "", "", false, 0, 0, DATE_NONE};
    char room[BANK_XML_PATH_MAX];
    const char *p = as_statement(r, path, room);

    if (strcmp(p, "Stmt") == 0) {
        arena_reset(r->kept);
        r->statement = no_statement;
        r->statement_told = r->opening = r->closing = false;
        r->moved_minor = 0;
        r->position = 0;
    } else if (strcmp(p, "Stmt/Bal") == 0) {
        r->balance = (struct amount){0};
        r->balance_credit = -1;
        r->balance_type[0] = '\0';
        r->balance_on = DATE_NONE;
    } else if (strcmp(p, "Stmt/Ntry") == 0) {
        arena_reset(r->brief);
        memset(r->text, 0, sizeof r->text);
        r->entry = (struct bank_entry){.booked_on = DATE_NONE, .value_on = DATE_NONE};
        r->entry_amount = (struct amount){0};
        r->entry_credit = -1;
        r->entry_status[0] = '\0';
        r->charges = (struct charges){0};
        r->part_count = r->part_room = 0;
    } else if (is_charge(p)) {
        r->charging = strcmp(p, "Stmt/Ntry/Chrgs") == 0 ? &r->charges : &last_part(r)->charges;
        r->charge = (struct charge){0};
    } else if (strcmp(p, "Stmt/Ntry/NtryDtls/TxDtls") == 0) {
        if (r->part_count == DETAILS_MAX)
            return bank_refuse(r->pass, BANK_TOO_COMPLEX, "TxDtls");
        if (r->part_count == r->part_room) {
            size_t wanted = r->part_room == 0 ? 2 : 2 * r->part_room;
            struct part *parts = ARENA_ARRAY(r->brief, struct part, wanted);

            if (r->part_count > 0)
                memcpy(parts, r->parts, r->part_count * sizeof *parts);
            r->parts = parts;
            r->part_room = wanted;
        }
        memset(&r->parts[r->part_count], 0, sizeof *r->parts);
        r->parts[r->part_count++].credit = -1;
    }
    return true;
}

bool camt_leaf(struct camt *r, const char *path, const char *text, const char *currency)
{
    char room[BANK_XML_PATH_MAX];
    enum field field = (enum field)bank_field(leaf_table, COUNT_OF(leaf_table), as_statement(r, path, room));

    if (field == F_NONE)
        return true;
    if (field == F_ENTRY_REF || field == F_ENTRY_DOMAIN || field == F_ENTRY_FAMILY || field == F_ENTRY_SUB_FAMILY || field == F_ENTRY_TEXT ||
        field == F_BATCH_MESSAGE || field == F_BATCH_ID || field == F_BATCH_COUNT) {
        r->text[field] = str_cut(r->brief, text, field == F_ENTRY_TEXT ? BANK_TEXT_BYTES_MAX : BANK_ID_BYTES_MAX);
        return true;
    }
    return statement_leaf(r, field, text, currency);
}

bool camt_ends(struct camt *r, const char *path)
{
    char room[BANK_XML_PATH_MAX];
    const char *p = as_statement(r, path, room);

    if (strcmp(p, "Stmt/Bal") == 0)
        return end_balance(r);
    if (is_charge(p))
        return end_charge(r->charging, &r->charge);
    if (strcmp(p, "Stmt/Ntry") == 0)
        return end_entry(r);
    return strcmp(p, "Stmt") != 0 || end_statement(r);
}
