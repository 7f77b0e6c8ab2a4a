#include "gateway/bank_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/encode.h"
#include "base/hash.h"
#include "base/str.h"
#include "core/bank_fee.h"
#include "core/date.h"
#include "core/money.h"
#include "gateway/bank_xml.h"

#define N_(text) text
#define SPACE "urn:iso:std:iso:20022:tech:xsd:"

enum {
    DETAILS_MAX = 200000, /* of one batch */
    TEXT_BYTES_MAX = 1000,
    ID_BYTES_MAX = 140,
    VERSION_BYTES = 24,
};

const char *bank_file_kind_name(enum bank_file_kind kind)
{
    return kind == BANK_STATEMENT ? "statement" : kind == BANK_NOTIFICATION ? "notification" : "answer";
}

const char *bank_refusal_text(enum bank_refusal reason)
{
    switch (reason) {
    case BANK_NOT_REFUSED: return "";
    case BANK_EMPTY: return N_("The file is empty.");
    case BANK_TOO_LARGE: return N_("The file is larger than 64 MB.");
    case BANK_MALFORMED: return N_("The file is no XML, or it is cut off.");
    case BANK_DOCTYPE: return N_("The file has a document type or entities: a bank's file has neither.");
    case BANK_TOO_COMPLEX: return N_("The file is nested too deep or has a text that is too long.");
    case BANK_WRONG_KIND: return N_("This is no statement (camt.053), notification (camt.054) or answer (pain.002).");
    case BANK_WRONG_VERSION: return N_("This version of the message is not known here.");
    case BANK_MISSING: return N_("Something that such a file must have is missing.");
    case BANK_WRONG_AMOUNT: return N_("This is no amount of its currency.");
    case BANK_WRONG_CURRENCY: return N_("The currency is not known, or not that of the account.");
    case BANK_WRONG_DATE: return N_("This is no date.");
    case BANK_FUTURE_DATE: return N_("An entry is booked in the future.");
    case BANK_WRONG_CODE: return N_("This is no code that may stand here.");
    case BANK_BALANCE: return N_("Opening balance and entries do not give the closing balance.");
    }
    return "";
}

/* ---- where a leaf goes ---- */

/* Fields of text; what a statement, an entry, a part of it and an answer have. */
enum field {
    F_NONE,
    F_MESSAGE_ID,
    F_ACCOUNT, F_ACCOUNT_OTHER, F_ACCOUNT_CURRENCY, F_STATEMENT_ID, F_SEQUENCE, F_LEGAL_SEQUENCE,
    F_BALANCE_AMOUNT, F_BALANCE_SIGN, F_BALANCE_TYPE, F_BALANCE_DATE,
    F_ENTRY_AMOUNT, F_ENTRY_SIGN, F_ENTRY_STATUS, F_ENTRY_REVERSAL, F_ENTRY_BOOKED, F_ENTRY_VALUE, F_ENTRY_REF, F_ENTRY_DOMAIN, F_ENTRY_FAMILY, F_ENTRY_SUB_FAMILY, F_ENTRY_TEXT,
    F_BATCH_MESSAGE, F_BATCH_ID, F_BATCH_COUNT,
    F_CHARGE_AMOUNT, F_CHARGE_SIGN, F_CHARGE_INCLUDED, F_CHARGE_TOTAL, F_DOMAIN, F_FAMILY, F_SUB_FAMILY,
    F_AMOUNT, F_SIGN, F_TX_AMOUNT, F_COUNTER_VALUE, F_INSTRUCTED, F_END_TO_END, F_MANDATE, F_PART_REF, F_PART_MESSAGE, F_PART_BATCH,
    F_DEBTOR, F_CREDITOR, F_DEBTOR_IBAN, F_CREDITOR_IBAN, F_REFERENCE, F_TEXT, F_RETURN_CODE, F_RETURN_OTHER, F_RETURN_TEXT,
    F_ANSWERED, F_FILE_STATUS, F_FILE_CODE, F_FILE_OTHER, F_FILE_TEXT,
    F_BATCH_ANSWERED, F_BATCH_STATUS, F_BATCH_CODE, F_BATCH_OTHER, F_BATCH_TEXT,
    F_TX_ID, F_TX_STATUS, F_TX_CODE, F_TX_OTHER, F_TX_TEXT,
    FIELDS,
};

/* Sorted by path. The names of version 08 ("Pty/Nm", "Sts/Cd") stand beside those of 02. Stmt is also Ntfctn. */
static const struct leaf {
    const char *path;
    enum field field;
} leaf_table[] = {
    {"GrpHdr/MsgId", F_MESSAGE_ID},
    {"OrgnlGrpInfAndSts/GrpSts", F_FILE_STATUS},
    {"OrgnlGrpInfAndSts/OrgnlMsgId", F_ANSWERED},
    {"OrgnlGrpInfAndSts/StsRsnInf/AddtlInf", F_FILE_TEXT},
    {"OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd", F_FILE_CODE},
    {"OrgnlGrpInfAndSts/StsRsnInf/Rsn/Prtry", F_FILE_OTHER},
    {"OrgnlPmtInfAndSts/OrgnlPmtInfId", F_BATCH_ANSWERED},
    {"OrgnlPmtInfAndSts/PmtInfSts", F_BATCH_STATUS},
    {"OrgnlPmtInfAndSts/StsRsnInf/AddtlInf", F_BATCH_TEXT},
    {"OrgnlPmtInfAndSts/StsRsnInf/Rsn/Cd", F_BATCH_CODE},
    {"OrgnlPmtInfAndSts/StsRsnInf/Rsn/Prtry", F_BATCH_OTHER},
    {"OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", F_TX_ID},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf", F_TX_TEXT},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Cd", F_TX_CODE},
    {"OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Prtry", F_TX_OTHER},
    {"OrgnlPmtInfAndSts/TxInfAndSts/TxSts", F_TX_STATUS},
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

static int by_path(const void *a, const void *b)
{
    return strcmp(a, ((const struct leaf *)b)->path);
}

static enum field field_of(const char *path)
{
    const struct leaf *leaf = bsearch(path, leaf_table, COUNT_OF(leaf_table), sizeof leaf_table[0], by_path);

    return leaf == NULL ? F_NONE : leaf->field;
}

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

struct reading {
    struct ctx *ctx;
    struct arena *kept;  /* of the statement */
    struct arena *brief; /* of the entry or answer */
    const struct bank_file_told *told; /* NULL while it is only checked */
    struct bank_file *file;
    struct bank_refused *refused;
    enum err err;
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
    const char *text[FIELDS]; /* of the entry's own leaves, and of answers */

    uint64_t *seen; /* keys of the file's entries without their repetition: open addressing, 0 is free */
    uint32_t *seen_count;
    size_t seen_used, seen_room;
};

static bool refuse(struct reading *r, enum bank_refusal reason, const char *detail)
{
    r->refused->reason = reason;
    r->refused->detail = str_cut(r->ctx->arena, detail, 200);
    return false;
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

static bool read_amount(struct reading *r, const char *text, const char *code, struct amount *amount)
{
    enum bank_refusal refusal = amount_of_text(text, code, amount);

    return refusal == BANK_NOT_REFUSED || refuse(r, refusal, refusal == BANK_WRONG_CURRENCY ? (code[0] == '\0' ? "Ccy" : code) : text);
}

/* A day, or the day of an instant as the bank writes it. */
static bool read_date(struct reading *r, const char *text, int32_t *on)
{
    char day[DATE_TEXT_BYTES];
    size_t length = strlen(text);

    if (length >= 10) {
        memcpy(day, text, 10);
        day[10] = '\0';
        if ((length == 10 || text[10] == 'T' || text[10] == '+' || text[10] == '-' || text[10] == 'Z') && date_parse_iso(day, on))
            return true;
    }
    return refuse(r, BANK_WRONG_DATE, text);
}

static bool read_sign(struct reading *r, const char *text, int *credit)
{
    *credit = strcmp(text, "CRDT") == 0 ? 1 : strcmp(text, "DBIT") == 0 ? 0 : -1;
    return *credit >= 0 || refuse(r, BANK_WRONG_CODE, text);
}

static bool read_yes_no(struct reading *r, const char *text, bool *yes)
{
    *yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    return *yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0 || refuse(r, BANK_WRONG_CODE, text);
}

static void read_code(const char *text, char code[8])
{
    strncpy(code, text, 7);
    code[7] = '\0';
}

/* Country and bank codes stand in many places; a wrong one anywhere says that the file is not the bank's. */
static bool code_ok(struct reading *r, const char *path, const char *text)
{
    const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    size_t length = strlen(text);

    if (strcmp(name, "Ctry") == 0 || strcmp(name, "CtryOfRes") == 0) {
        if (length != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z')
            return refuse(r, BANK_WRONG_CODE, text);
    } else if (strcmp(name, "BIC") == 0 || strcmp(name, "BICFI") == 0) {
        bool ok = length == 8 || length == 11;

        for (size_t i = 0; ok && i < length; i++)
            ok = (text[i] >= 'A' && text[i] <= 'Z') || (digit(text[i]) && i != 4 && i != 5);
        if (!ok)
            return refuse(r, BANK_WRONG_CODE, text);
    } else if (strcmp(name, "IBAN") == 0) {
        if (length < 5 || length > 34 || !digit(text[2]) || !digit(text[3]))
            return refuse(r, BANK_WRONG_CODE, text);
    }
    return true;
}

static const char *joined(struct arena *arena, const char *before, const char *text, size_t bytes)
{
    return str_cut(arena, before == NULL ? text : arena_printf(arena, "%s %s", before, text), bytes);
}

static struct part *last_part(struct reading *r)
{
    return r->part_count == 0 ? NULL : &r->parts[r->part_count - 1];
}

/* A charge decides nothing by itself: what cannot be read of it refuses no file. */
static bool charge_leaf(struct reading *r, enum field field, const char *text, const char *currency)
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

static bool part_leaf(struct reading *r, enum field field, const char *text, const char *currency)
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
    part->text[field] = joined(r->brief, repeats ? part->text[field] : NULL, text, repeats ? TEXT_BYTES_MAX : ID_BYTES_MAX);
    return true;
}

static bool statement_leaf(struct reading *r, enum field field, const char *text, const char *currency)
{
    switch (field) {
    case F_ACCOUNT: r->statement.account = arena_strdup(r->kept, text); return true;
    case F_ACCOUNT_OTHER:
        if (r->statement.account[0] == '\0')
            r->statement.account = str_cut(r->kept, text, ID_BYTES_MAX);
        return true;
    case F_ACCOUNT_CURRENCY:
        if (currency_find(text) == NULL)
            return refuse(r, BANK_WRONG_CURRENCY, text);
        r->statement.currency = arena_strdup(r->kept, text);
        return true;
    case F_STATEMENT_ID: r->statement.id = str_cut(r->kept, text, ID_BYTES_MAX); return true;
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

static bool tell_statement(struct reading *r)
{
    r->statement_told = true;
    if (r->statement.account[0] == '\0')
        return refuse(r, BANK_MISSING, "Acct/Id");
    r->statement.has_balances = r->opening && r->closing;
    if (!r->statement.has_balances)
        r->statement.closed_on = DATE_NONE;
    r->file->statements++;
    if (r->told != NULL && r->told->statement != NULL)
        r->err = r->told->statement(r->ctx, r->told->to, &r->statement);
    return r->err == OK;
}

/* How often this key was met in the file before. */
static uint32_t seen_before(struct reading *r, uint64_t key)
{
    size_t at;

    if (2 * r->seen_used >= r->seen_room) {
        size_t room = r->seen_room == 0 ? 256 : 2 * r->seen_room;
        uint64_t *seen = ARENA_ARRAY(r->ctx->arena, uint64_t, room);
        uint32_t *count = ARENA_ARRAY(r->ctx->arena, uint32_t, room);

        for (size_t i = 0; i < r->seen_room; i++)
            if (r->seen[i] != 0) {
                at = r->seen[i] & (room - 1);
                while (seen[at] != 0)
                    at = (at + 1) & (room - 1);
                seen[at] = r->seen[i];
                count[at] = r->seen_count[i];
            }
        r->seen = seen;
        r->seen_count = count;
        r->seen_room = room;
    }
    key |= 1;
    at = key & (r->seen_room - 1);
    while (r->seen[at] != 0 && r->seen[at] != key)
        at = (at + 1) & (r->seen_room - 1);
    if (r->seen[at] == 0)
        r->seen_used++;
    r->seen[at] = key;
    return r->seen_count[at]++;
}

/* Everything that makes an entry itself, whatever file brings it; where banks give equal entries no reference of
 * their own, the first of a file is the first of the next file too. What is announced is not yet what is booked: the
 * statement's entry is another one. */
static void make_key(struct reading *r, struct bank_entry *e)
{
    char *text = arena_printf(r->brief, "%s%s\n%s\n%" PRId64 "%c%s\n%d\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%d",
                              r->file->kind == BANK_NOTIFICATION ? "announced " : "", r->statement.account, e->bank_ref, e->amount_minor,
                              e->credit ? '+' : '-', e->currency, e->booked_on, e->value_on, e->end_to_end_id, e->mandate_reference, e->iban, e->reference, e->text, e->return_code, e->part);
    struct hash hash = hash_text(text);
    uint64_t short_key;

    memcpy(&short_key, hash.bytes, sizeof short_key);
    hash = hash_text(arena_printf(r->brief, "%s\n%" PRIu32, text, seen_before(r, short_key)));
    memcpy(e->key, encode_hex(r->brief, hash.bytes, (BANK_KEY_BYTES - 1) / 2), BANK_KEY_BYTES);
}

static const char *or_empty(const char *a, const char *b)
{
    return a != NULL ? a : b != NULL ? b : "";
}

static const char *provided(const char *id)
{
    return id == NULL || strcmp(id, "NOTPROVIDED") == 0 ? "" : id;
}

static int64_t in_currency(const struct amount *amount, const char *currency)
{
    return strcmp(amount->currency, currency) == 0 ? amount->minor : 0;
}

/* 0: they are not all in the entry's currency. */
static int64_t sum_of_parts(const struct reading *r)
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
static bool is_fee(const struct reading *r, const struct part *part)
{
    bool own = part->text[F_SUB_FAMILY] != NULL;

    return bank_fee_code(or_empty(own ? part->text[F_DOMAIN] : r->text[F_ENTRY_DOMAIN], NULL), or_empty(own ? part->text[F_FAMILY] : r->text[F_ENTRY_FAMILY], NULL),
                         or_empty(own ? part->text[F_SUB_FAMILY] : r->text[F_ENTRY_SUB_FAMILY], NULL));
}

/* Charges of the entry are those of its only part, or of none. */
static int64_t fee_within(const struct reading *r, const struct part *part, const struct bank_entry *e)
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

static bool tell_entry(struct reading *r, const struct part *part, struct bank_entry e)
{
    static const struct part none;

    if (part == NULL)
        part = &none;
    e.end_to_end_id = provided(part->text[F_END_TO_END]);
    e.mandate_reference = provided(part->text[F_MANDATE]);
    e.message_id = or_empty(part->text[F_PART_MESSAGE], r->text[F_BATCH_MESSAGE]);
    e.batch_id = or_empty(part->text[F_PART_BATCH], r->text[F_BATCH_ID]);
    e.bank_ref = or_empty(part->text[F_PART_REF], r->text[F_ENTRY_REF]);
    e.reference = or_empty(part->text[F_REFERENCE], NULL);
    e.text = or_empty(part->text[F_TEXT], NULL);
    e.return_code = or_empty(part->text[F_RETURN_CODE], part->text[F_RETURN_OTHER]);
    e.return_text = or_empty(part->text[F_RETURN_TEXT], NULL);
    /* A return of a collection leaves our account, yet the payer is its debtor. */
    if (e.credit || e.return_code[0] != '\0' || e.reversal) {
        e.name = or_empty(part->text[F_DEBTOR], NULL);
        e.iban = or_empty(part->text[F_DEBTOR_IBAN], NULL);
    } else {
        e.name = or_empty(part->text[F_CREDITOR], NULL);
        e.iban = or_empty(part->text[F_CREDITOR_IBAN], NULL);
    }
    r->file->entries++;
    make_key(r, &e); /* of what was booked */
    e.is_fee = is_fee(r, part);
    if (!e.is_fee)
        e.fee_minor = fee_within(r, part, &e);
    else if (e.text[0] == '\0')
        e.text = or_empty(r->text[F_ENTRY_TEXT], NULL);
    e.amount_minor += e.credit ? e.fee_minor : -e.fee_minor;
    if (r->told != NULL && r->told->entry != NULL)
        r->err = r->told->entry(r->ctx, r->told->to, &e);
    return r->err == OK;
}

static const struct amount *amount_of(const struct part *part)
{
    return part->amount.minor > 0 ? &part->amount : part->tx_amount.minor > 0 ? &part->tx_amount : &part->instructed;
}

/* The parts are told apart only when they are all of the entry, in its currency. */
static bool parts_add_up(const struct reading *r)
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

static bool end_entry(struct reading *r)
{
    struct bank_entry e = r->entry;
    bool booked = strcmp(r->entry_status, "BOOK") == 0;
    const char *count = or_empty(r->text[F_BATCH_COUNT], NULL);
    long long batch_count = 0;

    if (r->entry_status[0] == '\0')
        return refuse(r, BANK_MISSING, "Ntry/Sts");
    if (!booked && strcmp(r->entry_status, "PDNG") != 0 && strcmp(r->entry_status, "INFO") != 0 && strcmp(r->entry_status, "FUTR") != 0)
        return refuse(r, BANK_WRONG_CODE, r->entry_status);
    if (r->entry_amount.currency[0] == '\0')
        return refuse(r, BANK_MISSING, "Ntry/Amt");
    if (r->entry_credit < 0)
        return refuse(r, BANK_MISSING, "Ntry/CdtDbtInd");
    if (r->statement.currency[0] == '\0')
        r->statement.currency = arena_strdup(r->kept, r->entry_amount.currency);
    if (strcmp(r->statement.currency, r->entry_amount.currency) != 0)
        return refuse(r, BANK_WRONG_CURRENCY, r->entry_amount.currency);
    if (!booked)
        return true;
    if (e.booked_on == DATE_NONE)
        e.booked_on = e.value_on != DATE_NONE ? e.value_on : r->statement.closed_on;
    if (e.booked_on == DATE_NONE)
        return refuse(r, BANK_MISSING, "Ntry/BookgDt");
    if (e.booked_on > r->ctx->today_on + 1)
        return refuse(r, BANK_FUTURE_DATE, "");
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

static bool end_balance(struct reading *r)
{
    int64_t signed_minor = r->balance_credit == 0 ? -r->balance.minor : r->balance.minor;
    bool opens = strcmp(r->balance_type, "OPBD") == 0 || strcmp(r->balance_type, "PRCD") == 0;

    if (r->balance.currency[0] == '\0' || r->balance_credit < 0 || r->balance_type[0] == '\0')
        return r->balance_type[0] == '\0' || refuse(r, BANK_MISSING, "Bal/Amt, Bal/CdtDbtInd");
    if (opens || strcmp(r->balance_type, "CLBD") == 0) {
        if (r->statement.currency[0] == '\0')
            r->statement.currency = arena_strdup(r->kept, r->balance.currency);
        if (strcmp(r->statement.currency, r->balance.currency) != 0)
            return refuse(r, BANK_WRONG_CURRENCY, r->balance.currency);
        if (opens && (!r->opening || strcmp(r->balance_type, "OPBD") == 0)) {
            r->statement.opening_minor = signed_minor;
            r->opening = true;
        } else if (!opens) {
            if (r->balance_on == DATE_NONE)
                return refuse(r, BANK_MISSING, "Bal/Dt");
            r->statement.closing_minor = signed_minor;
            r->statement.closed_on = r->balance_on;
            r->closing = true;
        }
    }
    return true;
}

static bool end_statement(struct reading *r)
{
    if (!r->statement_told && !tell_statement(r))
        return false;
    if (r->file->kind == BANK_STATEMENT && r->opening && r->closing && r->statement.opening_minor + r->moved_minor != r->statement.closing_minor) {
        int64_t difference = r->statement.closing_minor - r->statement.opening_minor - r->moved_minor;

        return refuse(r, BANK_BALANCE, arena_printf(r->ctx->arena, "%s: %" PRId64, r->statement.id, difference));
    }
    return true;
}

static bool tell_answer(struct reading *r, enum bank_answer_level level, const char *status, const char *code, const char *text)
{
    struct bank_answer answer = {
        .level = level,
        .message_id = or_empty(r->text[F_ANSWERED], NULL),
        .batch_id = level == ANSWER_FILE ? "" : or_empty(r->text[F_BATCH_ANSWERED], NULL),
        .end_to_end_id = level == ANSWER_COLLECTION ? provided(r->text[F_TX_ID]) : "",
        .status = status,
        .code = code,
        .text = text,
    };

    r->file->answers++;
    if (r->told != NULL && r->told->answer != NULL)
        r->err = r->told->answer(r->ctx, r->told->to, &answer);
    return r->err == OK;
}

/* The answer about the whole is told when it is whole: before those about its parts. */
static bool end_answer(struct reading *r, enum bank_answer_level level)
{
    const char *const *t = r->text;
    /* A collection without a status of its own has that of its batch, or of the file. */
    const char *file = or_empty(t[F_FILE_STATUS], NULL), *batch = or_empty(t[F_BATCH_STATUS], file);

    if (level == ANSWER_FILE) {
        if (t[F_ANSWERED] == NULL)
            return refuse(r, BANK_MISSING, "OrgnlGrpInfAndSts/OrgnlMsgId");
        return file[0] == '\0' || tell_answer(r, level, file, or_empty(t[F_FILE_CODE], t[F_FILE_OTHER]), or_empty(t[F_FILE_TEXT], NULL));
    }
    if (level == ANSWER_BATCH && t[F_BATCH_STATUS] == NULL)
        return true;
    if (level == ANSWER_BATCH && or_empty(t[F_BATCH_ANSWERED], NULL)[0] == '\0')
        return refuse(r, BANK_MISSING, "OrgnlPmtInfAndSts/OrgnlPmtInfId");
    if (level == ANSWER_BATCH)
        return tell_answer(r, level, batch, or_empty(t[F_BATCH_CODE], t[F_BATCH_OTHER]), or_empty(t[F_BATCH_TEXT], NULL));
    if (or_empty(t[F_TX_STATUS], batch)[0] == '\0')
        return refuse(r, BANK_MISSING, "TxInfAndSts/TxSts");
    return tell_answer(r, level, or_empty(t[F_TX_STATUS], batch), or_empty(t[F_TX_CODE], t[F_TX_OTHER]), or_empty(t[F_TX_TEXT], NULL));
}

/* ---- the events ---- */

static bool version_known(const char *version, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(*known, version) == 0)
            return true;
    return false;
}

static bool on_root(void *to, const char *space, const char *name)
{
    static const char *const camt[] = {"02", "03", "04", "06", "08", NULL}, *const pain[] = {"03", "08", "10", "11", "12", NULL};
    struct reading *r = to;
    const char *message = space + sizeof SPACE - 1;
    bool ours = strncmp(space, SPACE, sizeof SPACE - 1) == 0 && strlen(message) == 15 && strcmp(name, "Document") == 0;

    if (ours && strncmp(message, "camt.053.001.", 13) == 0)
        r->file->kind = BANK_STATEMENT;
    else if (ours && strncmp(message, "camt.054.001.", 13) == 0)
        r->file->kind = BANK_NOTIFICATION;
    else if (ours && strncmp(message, "pain.002.001.", 13) == 0)
        r->file->kind = BANK_ANSWER;
    else
        return refuse(r, BANK_WRONG_KIND, space[0] == '\0' ? name : space);
    r->file->version = arena_strdup(r->ctx->arena, message);
    return version_known(message + 13, r->file->kind == BANK_ANSWER ? pain : camt) || refuse(r, BANK_WRONG_VERSION, message);
}

/* Paths without the message's own element, and Ntfctn told as Stmt. "" is the message element itself. */
static const char *below(const struct reading *r, const char *path, char room[BANK_XML_PATH_MAX])
{
    const char *p = strchr(path, '/');

    if (p == NULL)
        return "";
    p++;
    if (r->file->kind == BANK_NOTIFICATION && strncmp(p, "Ntfctn", 6) == 0 && (p[6] == '/' || p[6] == '\0')) {
        strcpy(room, "Stmt");
        return strcat(room, p + 6);
    }
    return p;
}

static bool is_charge(const char *path)
{
    return strcmp(path, "Stmt/Ntry/Chrgs") == 0 || strcmp(path, "Stmt/Ntry/NtryDtls/TxDtls/Chrgs") == 0;
}

static bool on_begin(void *to, const char *path)
{
    static const struct bank_statement no_statement = {"", "", "", "", false, 0, 0, DATE_NONE};
    struct reading *r = to;
    char room[BANK_XML_PATH_MAX];
    const char *p;

    if (strchr(path, '/') == NULL) {
        static const char *const wanted[] = {"", "BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "CstmrPmtStsRpt"};

        return strcmp(path, wanted[r->file->kind]) == 0 || refuse(r, BANK_WRONG_KIND, path);
    }
    p = below(r, path, room);
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
            return refuse(r, BANK_TOO_COMPLEX, "TxDtls");
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
    } else if (strcmp(p, "OrgnlPmtInfAndSts") == 0) {
        memset(&r->text[F_BATCH_ANSWERED], 0, sizeof r->text[0] * (FIELDS - F_BATCH_ANSWERED));
    } else if (strcmp(p, "OrgnlPmtInfAndSts/TxInfAndSts") == 0) {
        memset(&r->text[F_TX_ID], 0, sizeof r->text[0] * (FIELDS - F_TX_ID));
    }
    return true;
}

static bool on_leaf(void *to, const char *path, const char *text, const char *currency)
{
    struct reading *r = to;
    char room[BANK_XML_PATH_MAX];
    enum field field;

    if (!code_ok(r, path, text))
        return false;
    field = field_of(below(r, path, room));
    if (field == F_NONE || text[0] == '\0')
        return true;
    if (field == F_MESSAGE_ID) {
        r->file->message_id = str_cut(r->ctx->arena, text, ID_BYTES_MAX);
        return true;
    }
    if (r->file->kind == BANK_ANSWER) {
        bool repeats = field == F_FILE_TEXT || field == F_BATCH_TEXT || field == F_TX_TEXT;

        /* The first reason counts; what the bank adds in words is joined. */
        if (r->text[field] == NULL || repeats)
            r->text[field] = joined(r->kept, r->text[field], text, repeats ? TEXT_BYTES_MAX : ID_BYTES_MAX);
        return true;
    }
    if (field == F_ENTRY_REF || field == F_ENTRY_DOMAIN || field == F_ENTRY_FAMILY || field == F_ENTRY_SUB_FAMILY || field == F_ENTRY_TEXT ||
        field == F_BATCH_MESSAGE || field == F_BATCH_ID || field == F_BATCH_COUNT) {
        r->text[field] = str_cut(r->brief, text, field == F_ENTRY_TEXT ? TEXT_BYTES_MAX : ID_BYTES_MAX);
        return true;
    }
    return statement_leaf(r, field, text, currency);
}

static bool on_end(void *to, const char *path)
{
    struct reading *r = to;
    char room[BANK_XML_PATH_MAX];
    const char *p = below(r, path, room);

    if (strcmp(p, "Stmt/Bal") == 0)
        return end_balance(r);
    if (is_charge(p))
        return end_charge(r->charging, &r->charge);
    if (strcmp(p, "Stmt/Ntry") == 0)
        return end_entry(r);
    if (strcmp(p, "Stmt") == 0)
        return end_statement(r);
    if (strcmp(p, "OrgnlGrpInfAndSts") == 0)
        return end_answer(r, ANSWER_FILE);
    if (strcmp(p, "OrgnlPmtInfAndSts/TxInfAndSts") == 0)
        return end_answer(r, ANSWER_COLLECTION);
    if (strcmp(p, "OrgnlPmtInfAndSts") == 0)
        return end_answer(r, ANSWER_BATCH);
    return true;
}

static enum err pass(struct ctx *ctx, const void *data, size_t bytes, const struct bank_file_told *told, struct bank_file *file,
                     struct bank_refused *refused)
{
    static const enum bank_refusal reason[] = {
        [BANK_XML_READ] = BANK_NOT_REFUSED, [BANK_XML_EMPTY] = BANK_EMPTY,         [BANK_XML_TOO_LARGE] = BANK_TOO_LARGE,
        [BANK_XML_MALFORMED] = BANK_MALFORMED, [BANK_XML_DOCTYPE] = BANK_DOCTYPE,  [BANK_XML_TOO_DEEP] = BANK_TOO_COMPLEX,
        [BANK_XML_TOO_MANY] = BANK_TOO_COMPLEX, [BANK_XML_LONG_TEXT] = BANK_TOO_COMPLEX,
    };
    struct reading r = {.ctx = ctx, .kept = arena_new(), .brief = arena_new(), .told = told, .file = file, .refused = refused, .err = OK};
    struct bank_xml_events events = {&r, on_root, on_begin, on_leaf, on_end};
    enum bank_xml_stop stop;

    *file = (struct bank_file){.version = "", .message_id = ""};
    *refused = (struct bank_refused){BANK_NOT_REFUSED, 1, ""};
    stop = bank_xml_read(data, bytes, &events, &refused->line);
    if (stop != BANK_XML_STOPPED)
        refused->reason = reason[stop];
    if (stop == BANK_XML_READ && file->statements + file->answers == 0 && file->kind != BANK_ANSWER)
        refuse(&r, BANK_MISSING, file->kind == BANK_STATEMENT ? "Stmt" : "Ntfctn");
    arena_free(r.kept);
    arena_free(r.brief);
    return r.err;
}

enum err bank_file_read(struct ctx *ctx, const void *data, size_t bytes, const struct bank_file_told *told, struct bank_file *file,
                        struct bank_refused *refused)
{
    TRY(ctx, pass(ctx, data, bytes, NULL, file, refused));
    if (refused->reason == BANK_NOT_REFUSED && told != NULL)
        TRY(ctx, pass(ctx, data, bytes, told, file, refused));
    return OK;
}
