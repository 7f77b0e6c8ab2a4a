/* bank_file: what banks send, and everything that is refused: with line and reason, nothing told. Public samples are used
 * when they are there. */
#include <arpa/inet.h>
#include <dirent.h>
#include <inttypes.h>
#include <libxml/xmlreader.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/random.h"
#include "base/str.h"
#include "core/date.h"
#include "gateway/bank_file.h"
#include "seeded.h"
#include "test.h"

#define DATA "../shared/data/iso20022/"

static char *read_whole(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *data;
    long size;

    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = arena_alloc(test_arena(), (size_t)size + 1);
    *bytes = fread(data, 1, (size_t)size, file);
    fclose(file);
    return data;
}

struct heard {
    struct str text; /* one line for each thing told */
    int statements, entries, answers;
    int64_t credit_minor, debit_minor;
    int64_t booked_minor; /* what all of it moves on the account */
};

static enum err hear_statement(struct ctx *ctx, void *to, const struct bank_statement *s)
{
    struct heard *heard = to;

    (void)ctx;
    heard->statements++;
    str_printf(&heard->text, "statement %s %s %s", s->account, s->number, s->currency);
    if (s->has_balances)
        str_printf(&heard->text, " %" PRId64 " %" PRId64, s->opening_minor, s->closing_minor);
    str_append(&heard->text, "\n");
    return OK;
}

static enum err hear_entry(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct heard *heard = to;

    (void)ctx;
    heard->entries++;
    *(e->credit ? &heard->credit_minor : &heard->debit_minor) += e->amount_minor;
    str_printf(&heard->text, "%d.%d %c%" PRId64 " %s|%s|%s|%s|%s|%s|%s|%" PRId64 "|%d\n", e->position, e->part, e->credit ? '+' : '-', e->amount_minor,
               e->bank_ref, e->end_to_end_id, e->name, e->iban, e->reference, e->text, e->return_code, e->fee_minor, e->batch_count);
    if (e->is_fee)
        str_append(&heard->text, "fee\n");
    heard->booked_minor += e->credit ? e->amount_minor - e->fee_minor : -e->amount_minor - e->fee_minor;
    return OK;
}

static enum err hear_answer(struct ctx *ctx, void *to, const struct bank_answer *a)
{
    static const char *const level[] = {"", "file", "batch", "collection"};
    struct heard *heard = to;

    (void)ctx;
    heard->answers++;
    str_printf(&heard->text, "%s %s|%s|%s|%s|%s|%s\n", level[a->level], a->message_id, a->batch_id, a->end_to_end_id, a->status, a->code, a->text);
    return OK;
}

static struct heard read_bytes(const char *data, size_t bytes, struct bank_file *file, struct bank_refused *refused)
{
    struct heard heard = {.text = str_new(test_arena())};
    struct bank_file_told told = {&heard, hear_statement, hear_entry, hear_answer};

    CU_ASSERT_EQUAL(bank_file_read(test_ctx(), data, bytes, &told, file, refused), OK);
    if (refused->reason != BANK_NOT_REFUSED)
        CU_ASSERT_TRUE(heard.text.bytes == 0 && refused->line >= 1 && bank_refusal_text(refused->reason)[0] != '\0');
    return heard;
}

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n<BkToCstmrStmt>\n"
                           "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-20T22:00:00</CreDtTm></GrpHdr>\n<Stmt><Id>1</Id><ElctrncSeqNb>7</ElctrncSeqNb>\n"
                           "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
                           "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-19</Dt></Dt></Bal>\n";
static const char tail[] = "</Stmt></BkToCstmrStmt></Document>\n";

static char *closing(const char *amount)
{
    return arena_printf(test_arena(), "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
                        "<Dt><Dt>2026-11-20</Dt></Dt></Bal>\n", amount);
}

static char *entry(const char *amount, const char *sign, const char *ref, const char *details)
{
    return arena_printf(test_arena(), "<Ntry><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>"
                        "<ValDt><Dt>2026-11-20</Dt></ValDt><AcctSvcrRef>%s</AcctSvcrRef><NtryDtls>%s</NtryDtls></Ntry>\n", amount, sign, ref, details);
}

static char *statement(const char *body)
{
    return arena_printf(test_arena(), "%s%s%s", head, body, tail);
}

static struct bank_refused refused_of(const char *text)
{
    struct bank_file file;
    struct bank_refused refused;

    read_bytes(text, strlen(text), &file, &refused);
    return refused;
}

TEST(bank_file, a_statement_is_told_entry_by_entry)
{
    const char *transfer = "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy=\"EUR\">164.4</Amt><RltdPties><Dbtr><Pty><Nm>Ada "
                           "&amp; Co</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>one</Ustrd>"
                           "<Ustrd>two</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>";
    const char *batch = "<Btch><PmtInfId>B1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
                        "<TxDtls><Refs><EndToEndId>A-1</EndToEndId></Refs><Amt Ccy=\"EUR\">33.50</Amt><AmtDtls><InstdAmt><Amt Ccy=\"EUR\">30.00</Amt></InstdAmt>"
                        "</AmtDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
                        "<TxDtls><Refs><EndToEndId>A-2</EndToEndId></Refs><Amt Ccy=\"EUR\">10.00</Amt><RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf></TxDtls>";
    char *text = statement(arena_printf(test_arena(), "%s%s%s%s%s", closing("220.90"), entry("164.40", "CRDT", "R1", transfer), entry("43.50", "DBIT", "R2", batch),
                                        entry("5.00", "DBIT", "R3", "<Btch><NbOfTxs>3</NbOfTxs></Btch>"), entry("5.00", "CRDT", "R4", "")));
    struct bank_file file;
    struct bank_refused refused;
    struct heard heard = read_bytes(text, strlen(text), &file, &refused);

    SAME_TEXT(bank_refusal_text(refused.reason), "");
    SAME_TEXT(heard.text.text, "statement FR7630006000011234567890189 7 EUR 10000 22090\n"
                               "1.0 +16440 R1||Ada & Co|DE89370400440532013000|RF18539007547034|one two||0|0\n"
                               "2.1 -3000 R2|A-1|||||AC04|350|0\n"
                               "2.2 -1000 R2|A-2|||||MD06|0|0\n"
                               "3.0 -500 R3|||||||0|3\n"
                               "4.0 +500 R4|||||||0|0\n");
    CU_ASSERT_TRUE(file.kind == BANK_STATEMENT && file.statements == 1 && file.entries == 5);
    SAME_TEXT(file.version, "camt.053.001.08");
    SAME_TEXT(file.message_id, "S1");
}

/* An entry with its bank transaction code, and what stands before its details. */
static char *coded(const char *amount, const char *sign, const char *code, const char *charges, const char *details)
{
    const char *sub = strrchr(code, '/') + 1;
    char *text = entry(amount, sign, "R", details);
    char *at = strstr(text, "<NtryDtls>");

    return arena_printf(test_arena(), "%.*s<BkTxCd><Domn><Cd>%.4s</Cd><Fmly><Cd>%.4s</Cd><SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd>%s%s", (int)(at - text), text,
                        code, code + 5, sub, charges, at);
}

TEST(bank_file, what_the_bank_keeps_is_told_apart)
{
    const char *at_eight = "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">2.40</TtlChrgsAndTaxAmt><Rcrd><Amt Ccy=\"EUR\">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
                           "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>";
    const char *apart = "<Chrgs><Rcrd><Amt Ccy=\"EUR\">5.00</Amt><ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>";
    const char *at_two = "<TxDtls><AmtDtls><TxAmt><Amt Ccy=\"EUR\">50.00</Amt></TxAmt></AmtDtls><Chrgs><Amt Ccy=\"EUR\">1.00</Amt></Chrgs><Chrgs><Amt Ccy=\"EUR\">0.50</Amt></Chrgs>"
                         "<Chrgs><Amt Ccy=\"EUR\">0.25</Amt><CdtDbtInd>CRDT</CdtDbtInd></Chrgs></TxDtls>";
    const char *unclear = "<TxDtls><Chrgs><Rcrd><Amt Ccy=\"EUR\">1.00</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd><Rcrd><Amt Ccy=\"USD\">1.00</Amt></Rcrd></Chrgs></TxDtls>";
    const char *strange = "<TxDtls><Chrgs><Rcrd><Amt Ccy=\"\">1.2345</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs></TxDtls>";
    const char *returned = "<TxDtls><Refs><EndToEndId>A-3</EndToEndId></Refs><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>"
                           "<Chrgs><Rcrd><Amt Ccy=\"EUR\">3.00</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>";
    char *text = statement(arena_printf(test_arena(), "%s%s%s%s%s%s%s%s%s%s", closing("288.60"), coded("97.60", "CRDT", "PMNT/RCDT/ESCT", at_eight, ""),
                                        coded("12.00", "DBIT", "ACMT/MDOP/CHRG", "", ""), coded("2.00", "CRDT", "PMNT/RCDT/COMM", "", "<TxDtls><RmtInf><Ustrd>geste</Ustrd></RmtInf></TxDtls>"),
                                        coded("48.75", "CRDT", "PMNT/RCDT/XBCT", "", at_two), coded("20.00", "CRDT", "PMNT/RCDT/ESCT", apart, ""),
                                        coded("33.00", "DBIT", "PMNT/IDDT/CHRG", "", returned), coded("30.00", "CRDT", "PMNT/RCDT/ESCT", "", unclear),
                                        coded("35.00", "CRDT", "PMNT/RCDT/ESCT", "", strange), entry("0.25", "CRDT", "R9", "")));
    struct bank_file file;
    struct bank_refused refused;
    struct heard heard;
    char *at = strstr(text, "</NtryDtls></Ntry>\n<Ntry><Amt Ccy=\"EUR\">2.00"); /* after the details of the second */

    text = arena_printf(test_arena(), "%.*s</NtryDtls><AddtlNtryInf>FRAIS DE TENUE DE COMPTE</AddtlNtryInf>%s", (int)(at - text), text, at + 11);
    heard = read_bytes(text, strlen(text), &file, &refused);
    SAME_TEXT(bank_refusal_text(refused.reason), "");
    SAME_TEXT(refused.detail, "");
    SAME_TEXT(heard.text.text, "statement FR7630006000011234567890189 7 EUR 10000 28860\n"
                               "1.0 +10000 R|||||||240|0\n"
                               "2.0 -1200 R|||||FRAIS DE TENUE DE COMPTE||0|0\nfee\n"
                               "3.0 +200 R|||||geste||0|0\nfee\n"
                               "4.0 +5000 R|||||||125|0\n"
                               "5.0 +2000 R|||||||0|0\n"
                               "6.0 -3000 R|A-3|||||AM04|300|0\n"
                               "7.0 +3000 R|||||||0|0\n"
                               "8.0 +3500 R|||||||0|0\n"
                               "9.0 +25 R9|||||||0|0\n");
    SAME_NUMBER(heard.booked_minor, 28860 - 10000);
}

/* Whatever charges stand in it: amounts and fees that are told are what the balance moved by. */
TEST(bank_file, fees_never_change_what_a_statement_adds_up_to)
{
    static const char *const code[] = {"PMNT/RCDT/ESCT", "ACMT/MDOP/CHRG", "PMNT/IDDT/UPDD"};
    static const char *const said[] = {"", "<ChrgInclInd>true</ChrgInclInd>", "<ChrgInclInd>false</ChrgInclInd>"};

    for (uint64_t seed = 1; seed <= 300; seed++) {
        uint64_t s = seed;
        struct str entries = str_new(test_arena());
        int64_t closing_minor = 10000;
        struct bank_file file;
        struct bank_refused refused;
        struct heard heard;
        char *text;

        for (int i = 0; i < 5; i++) {
            int64_t minor = seeded_between(&s, 1, 9000), fee = seeded_between(&s, 0, 400), told = minor + seeded_between(&s, -1, 1) * fee;
            bool credit = seeded_between(&s, 0, 2) > 0;
            char *charges = arena_printf(test_arena(), "<Chrgs><Rcrd><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt>%s</Rcrd></Chrgs>", fee / 100, (int)(fee % 100),
                                         said[seeded_between(&s, 0, 2)]);
            char *part = arena_printf(test_arena(), "<TxDtls><AmtDtls><%s><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt></%s></AmtDtls>%s%s</TxDtls>", i % 2 == 0 ? "TxAmt" : "InstdAmt",
                                      (told > 0 ? told : 1) / 100, (int)((told > 0 ? told : 1) % 100), i % 2 == 0 ? "TxAmt" : "InstdAmt", i == 4 ? "" : charges,
                                      i == 3 ? "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>" : "");
            char *amount = arena_printf(test_arena(), "%" PRId64 ".%02d", minor / 100, (int)(minor % 100));

            closing_minor += credit ? minor : -minor;
            str_append(&entries, coded(amount, credit ? "CRDT" : "DBIT", code[seeded_between(&s, 0, 2)], i == 4 ? charges : "", part));
        }
        if (closing_minor < 0)
            continue;
        text = statement(arena_printf(test_arena(), "%s%s", closing(arena_printf(test_arena(), "%" PRId64 ".%02d", closing_minor / 100, (int)(closing_minor % 100))),
                                      entries.text));
        heard = read_bytes(text, strlen(text), &file, &refused);
        SAME_TEXT(bank_refusal_text(refused.reason), "");
        SAME_NUMBER(heard.booked_minor, closing_minor - 10000);
        SAME_NUMBER(heard.entries, 5);
    }
}

struct keys {
    size_t count;
    char key[20][BANK_KEY_BYTES];
};

static enum err keep_key(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct keys *keys = to;

    (void)ctx;
    memcpy(keys->key[keys->count++], e->key, BANK_KEY_BYTES);
    return OK;
}

/* The same entries under another file, message and statement name have the same keys; equal ones are counted apart. */
TEST(bank_file, an_entry_has_one_key_in_every_file)
{
    char *same = entry("1.00", "CRDT", "", "<TxDtls><RmtInf><Ustrd>coffee</Ustrd></RmtInf></TxDtls>");
    char *text = statement(arena_printf(test_arena(), "%s%s%s%s", same, same, entry("1.00", "CRDT", "R9", ""), entry("1.00", "DBIT", "R9", "")));
    struct keys a = {0}, b = {0};
    struct bank_file_told told_a = {&a, NULL, keep_key, NULL}, told_b = {&b, NULL, keep_key, NULL};
    struct bank_file file;
    struct bank_refused refused;
    char *at;

    CU_ASSERT_EQUAL(bank_file_read(test_ctx(), text, strlen(text), &told_a, &file, &refused), OK);
    at = strstr(text, "<MsgId>S1");
    at[8] = '2';
    at = strstr(text, "<Stmt><Id>1");
    at[10] = '9';
    CU_ASSERT_EQUAL(bank_file_read(test_ctx(), text, strlen(text), &told_b, &file, &refused), OK);
    CU_ASSERT_TRUE(a.count == 4 && b.count == 4);
    for (size_t i = 0; i < 4; i++) {
        SAME_TEXT(a.key[i], b.key[i]);
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(a.key[i], a.key[j]);
    }
}

TEST(bank_file, refusals_say_line_and_reason)
{
    static const char camt[] = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
    struct bank_refused r;
    const char *good = entry("1.00", "CRDT", "R1", "");

    static const struct {
        const char *text;
        enum bank_refusal reason;
    } whole[] = {
        {"", BANK_EMPTY},
        {"hello", BANK_MALFORMED},
        {"\x89PNG\r\n", BANK_MALFORMED},
        {"<a/>", BANK_WRONG_KIND},
        {"<Document/>", BANK_WRONG_KIND},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08\"/>", BANK_WRONG_KIND},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.008.001.08\"/>", BANK_WRONG_KIND},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.99\"/>", BANK_WRONG_VERSION},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"/>", BANK_MISSING},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrDbtCdtNtfctn/></Document>", BANK_WRONG_KIND},
        {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>", BANK_MALFORMED},
        {"<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/x\"><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"/>", BANK_DOCTYPE},
        {"<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">&e;</Document>",
         BANK_DOCTYPE},
        {"<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>", BANK_DOCTYPE},
    };

    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        r = refused_of(whole[i].text);
        if (r.reason != whole[i].reason)
            SAME_TEXT(arena_printf(test_arena(), "%s: %s", whole[i].text, bank_refusal_text(r.reason)), bank_refusal_text(whole[i].reason));
    }
#define LINE(text, wanted_reason, wanted_line, wanted_detail)                                      \
    do {                                                                                           \
        r = refused_of(text);                                                                      \
        SAME_TEXT(bank_refusal_text(r.reason), bank_refusal_text(wanted_reason));                  \
        SAME_NUMBER(r.line, wanted_line);                                                          \
        SAME_TEXT(r.detail, wanted_detail);                                                        \
    } while (0)
    CU_ASSERT_EQUAL(refused_of(statement(good)).reason, BANK_NOT_REFUSED);
    LINE(statement(arena_printf(test_arena(), "%s%s", closing("100.99"), good)), BANK_BALANCE, 5, "1: -1");
    LINE(statement(arena_printf(test_arena(), "%s%s", good, entry("-1.00", "CRDT", "R2", ""))), BANK_WRONG_AMOUNT, 9, "-1.00");
    LINE(statement(entry("1.005", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "1.005");
    LINE(statement(entry("1,00", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "1,00");
    LINE(statement(entry("1e3", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "1e3");
    LINE(statement(entry("123456789012345678.5", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "123456789012345678.5");
    LINE(statement(entry("99999999999999999", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "99999999999999999");
    LINE(statement(entry(".", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, ".");
    LINE(statement(entry("1", "PLUS", "R2", "")), BANK_WRONG_CODE, 8, "PLUS");
    LINE(statement("<Ntry></Ntry>"), BANK_MISSING, 8, "Ntry/Sts");
    LINE(statement("<Ntry><Sts>BOOK</Sts></Ntry>"), BANK_MISSING, 8, "Ntry/Amt");
    LINE(statement("<Ntry><Sts>BOOK</Sts><Amt Ccy=\"EUR\">1</Amt></Ntry>"), BANK_MISSING, 8, "Ntry/CdtDbtInd");
    LINE(statement("<Ntry><Sts>BOOK</Sts><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"), BANK_MISSING, 8, "Ntry/BookgDt");
    LINE(statement("<Ntry><Sts>WHAT</Sts></Ntry>"), BANK_WRONG_CODE, 8, "WHAT");
    LINE(statement("<Ntry><Amt Ccy=\"USD\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>"), BANK_WRONG_CURRENCY, 8, "USD");
    LINE(statement("<Ntry><Amt Ccy=\"XXQ\">1.00</Amt></Ntry>"), BANK_WRONG_CURRENCY, 8, "XXQ");
    LINE(statement("<Ntry><Amt>1.00</Amt></Ntry>"), BANK_WRONG_CURRENCY, 8, "Ccy");
    LINE(statement("\n<Ntry><BookgDt><Dt>2026-02-30</Dt></BookgDt></Ntry>"), BANK_WRONG_DATE, 9, "2026-02-30");
    LINE(statement("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-25</Dt></BookgDt></Ntry>"),
         BANK_FUTURE_DATE, 8, "");
    LINE(statement("<Ntry><NtryDtls><TxDtls><RltdPties><Dbtr><PstlAdr><Ctry>CH1</Ctry></PstlAdr></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>"),
         BANK_WRONG_CODE, 8, "CH1");
    LINE(arena_printf(test_arena(), "<Document xmlns=\"%s\"><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document>", camt), BANK_MISSING, 1, "Acct/Id");
    LINE("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn/></Document>", BANK_MISSING, 1, "Ntfctn");
    LINE(statement(entry("9999999999999999.99", "CRDT", "R2", "")), BANK_WRONG_AMOUNT, 8, "9999999999999999.99");
    LINE(statement("<Ntry><BookgDt><Dt>2026-11-20x</Dt></BookgDt></Ntry>"), BANK_WRONG_DATE, 8, "2026-11-20x");
    LINE(statement("<Ntry><BookgDt><Dt>20261120</Dt></BookgDt></Ntry>"), BANK_WRONG_DATE, 8, "20261120");
    LINE(statement("<Ntry><RvslInd>maybe</RvslInd></Ntry>"), BANK_WRONG_CODE, 8, "maybe");
    LINE(statement("<Ntry><NtryDtls><TxDtls><RltdAgts><DbtrAgt><FinInstnId><BICFI>AGRIF2PP</BICFI></FinInstnId></DbtrAgt></RltdAgts></TxDtls></NtryDtls></Ntry>"),
         BANK_WRONG_CODE, 8, "AGRIF2PP");
    LINE(statement("<Ntry><NtryDtls><TxDtls><RltdPties><DbtrAcct><Id><IBAN>FRXX</IBAN></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>"), BANK_WRONG_CODE, 8, "FRXX");
    LINE(statement("<Acct><Ccy>XXQ</Ccy></Acct>"), BANK_WRONG_CURRENCY, 8, "XXQ");
    LINE(statement("<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><CdtDbtInd>CRDT</CdtDbtInd></Bal>"), BANK_MISSING, 8, "Bal/Amt, Bal/CdtDbtInd");
    LINE(statement("<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1.00</Amt></Bal>"), BANK_MISSING, 8, "Bal/Amt, Bal/CdtDbtInd");
    LINE(statement("<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"), BANK_WRONG_CURRENCY, 8, "USD");
    LINE(statement("<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"), BANK_MISSING, 8, "Bal/Dt");
    LINE(statement("<Ntry>\n&nothing;</Ntry>"), BANK_MALFORMED, 9, "");
    LINE("<?xml version=\"1.0\" encoding=\"KLINGON\"?><Document/>", BANK_MALFORMED, 1, "");
#undef LINE
}

TEST(bank_file, limits_hold)
{
    struct str deep = str_new(test_arena()), wide = str_new(test_arena());
    struct bank_refused refused;
    struct bank_file file;
    size_t bytes = 64u * 1024 * 1024 + 1;
    char *large = calloc(bytes, 1);

    str_append(&deep, head);
    for (int i = 0; i < 70; i++)
        str_append(&deep, "<a>");
    CU_ASSERT_EQUAL(refused_of(deep.text).reason, BANK_TOO_COMPLEX);
    str_append(&wide, head);
    str_append(&wide, "<Ntry><AddtlNtryInf>");
    for (int i = 0; i < 500; i++)
        str_append(&wide, "0123456789");
    str_append(&wide, "</AddtlNtryInf></Ntry>");
    str_append(&wide, tail);
    CU_ASSERT_EQUAL(refused_of(wide.text).reason, BANK_TOO_COMPLEX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    read_bytes(large, bytes, &file, &refused);
    CU_ASSERT_EQUAL(refused.reason, BANK_TOO_LARGE);
    free(large);
}

/* One sample for each reason to refuse, so that none is words only. */
TEST(bank_file, every_reason_to_refuse_has_a_sample)
{
    char *large = calloc(64u * 1024 * 1024 + 1, 1);
    struct str deep = str_new(test_arena());
    const struct {
        const char *text;
        size_t bytes;
    } sample[] = {
        [BANK_EMPTY] = {"", 0},
        [BANK_TOO_LARGE] = {large, 64u * 1024 * 1024 + 1},
        [BANK_MALFORMED] = {"<a>", 3},
        [BANK_DOCTYPE] = {"<!DOCTYPE a><a/>", 16},
        [BANK_TOO_COMPLEX] = {NULL, 0},
        [BANK_WRONG_KIND] = {"<a/>", 4},
        [BANK_WRONG_VERSION] = {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.99\"/>", 0},
        [BANK_MISSING] = {"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"/>", 0},
        [BANK_WRONG_AMOUNT] = {statement(entry("1,00", "CRDT", "R", "")), 0},
        [BANK_WRONG_CURRENCY] = {statement("<Ntry><Amt Ccy=\"XXQ\">1.00</Amt></Ntry>"), 0},
        [BANK_WRONG_DATE] = {statement("<Ntry><BookgDt><Dt>2026-02-30</Dt></BookgDt></Ntry>"), 0},
        [BANK_FUTURE_DATE] = {statement("<Ntry><Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2099-01-01</Dt></BookgDt></Ntry>"), 0},
        [BANK_WRONG_CODE] = {statement(entry("1", "PLUS", "R", "")), 0},
        [BANK_BALANCE] = {statement(arena_printf(test_arena(), "%s%s", closing("100.99"), entry("1.00", "CRDT", "R", ""))), 0},
    };

    CU_ASSERT_PTR_NOT_NULL_FATAL(large);
    str_append(&deep, head);
    for (int i = 0; i < 100; i++)
        str_append(&deep, "<averylongnameofanelement>"); /* its path has no room before its depth has none */
    for (size_t i = BANK_EMPTY; i < COUNT_OF(sample); i++) {
        const char *text = i == BANK_TOO_COMPLEX ? deep.text : sample[i].text;
        size_t bytes = sample[i].bytes > 0 || i == BANK_EMPTY ? sample[i].bytes : strlen(text);
        struct bank_file file;
        struct bank_refused refused;

        read_bytes(text, bytes, &file, &refused);
        SAME_TEXT(bank_refusal_text(refused.reason), bank_refusal_text((enum bank_refusal)i));
        for (size_t j = BANK_EMPTY; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(bank_refusal_text((enum bank_refusal)i), bank_refusal_text((enum bank_refusal)j));
    }
    free(large);
}

/* Whatever a file names, nobody is called: a socket that listens hears nothing. */
TEST(bank_file, no_file_makes_a_connection)
{
    static const char *const form[] = {
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:%d/a.dtd\">%s",
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"http://127.0.0.1:%d/e\">]>%s&e;",
        "<!DOCTYPE a [<!ENTITY %% p SYSTEM \"http://127.0.0.1:%d/p\">%%p;]>%s",
        "<!DOCTYPE a PUBLIC \"-//X//Y\" \"ftp://127.0.0.1:%d/a.dtd\">%s",
        "<?xml-stylesheet href=\"http://127.0.0.1:%d/s.xsl\" type=\"text/xsl\"?>%s",
        "<?xml-model href=\"http://127.0.0.1:%d/m.rng\"?>%s",
        "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"http://127.0.0.1:%d/i\"/>%s",
    };
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof here;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct pollfd heard = {.fd = listening, .events = POLLIN};
    const char *body = strchr(statement(entry("1.00", "CRDT", "R1", "")), '\n') + 1; /* without its XML declaration */
    char *located;
    int port;

    CU_ASSERT_EQUAL_FATAL(bind(listening, (struct sockaddr *)&here, sizeof here), 0);
    CU_ASSERT_EQUAL_FATAL(listen(listening, 16), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(listening, (struct sockaddr *)&here, &bytes), 0);
    port = ntohs(here.sin_port);
    for (size_t i = 0; i < COUNT_OF(form); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        struct bank_refused refused = refused_of(arena_printf(test_arena(), form[i], port, body));
#pragma GCC diagnostic pop

        CU_ASSERT_TRUE(i < 4 ? refused.reason == BANK_DOCTYPE : i < 6 ? refused.reason == BANK_NOT_REFUSED : refused.reason != BANK_NOT_REFUSED);
    }
    located = arena_printf(test_arena(), "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                           "xsi:schemaLocation=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08 http://127.0.0.1:%d/s.xsd\">%s", port,
                           strstr(body, "<BkToCstmrStmt>"));
    CU_ASSERT_EQUAL(refused_of(located).reason, BANK_NOT_REFUSED);
    SAME_NUMBER(poll(&heard, 1, 50), 0);
    (void)close(listening);
}

/* A byte order mark, UTF-16, a comment, foreign elements inside: all read alike. */
TEST(bank_file, writings_of_the_same_statement)
{
    char *plain = statement(entry("1.00", "CRDT", "R1", ""));
    char *marked = arena_printf(test_arena(), "\xEF\xBB\xBF%s", plain);
    char *foreign = statement(arena_printf(test_arena(), "<!-- a comment --><?x y?><SplmtryData><Envlp><x:Ntry xmlns:x=\"urn:x\"><x:Amt>?</x:Amt></x:Ntry></Envlp>"
                                           "</SplmtryData>%s", entry("1.00", "CRDT", "R1", "")));
    const char *body = plain + strlen("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    char *utf16 = arena_alloc(test_arena(), 2 * strlen(body) + 2);
    size_t bytes = 0;
    struct bank_file file;
    struct bank_refused refused;
    const char *wanted = read_bytes(plain, strlen(plain), &file, &refused).text.text;

    utf16[bytes++] = '\xFF';
    utf16[bytes++] = '\xFE';
    for (const char *p = body; *p != '\0'; p++) {
        utf16[bytes++] = *p;
        utf16[bytes++] = '\0';
    }
    CU_ASSERT_EQUAL(refused.reason, BANK_NOT_REFUSED);
    SAME_TEXT(read_bytes(marked, strlen(marked), &file, &refused).text.text, wanted);
    SAME_TEXT(read_bytes(foreign, strlen(foreign), &file, &refused).text.text, wanted);
    SAME_TEXT(read_bytes(utf16, bytes, &file, &refused).text.text, wanted);
}

TEST(bank_file, answers_of_a_file_a_batch_a_collection)
{
    static const char text[] =
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>P1</MsgId></GrpHdr>"
        "<OrgnlGrpInfAndSts><OrgnlMsgId>TAC-1</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>DNOR</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>"
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B2</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>A-1</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd>"
        "</Rsn><AddtlInf>no</AddtlInf><AddtlInf>account</AddtlInf></StsRsnInf></TxInfAndSts><TxInfAndSts><OrgnlEndToEndId>A-2</OrgnlEndToEndId></TxInfAndSts>"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
    struct bank_file file;
    struct bank_refused refused;
    struct heard heard = read_bytes(text, sizeof text - 1, &file, &refused);

    SAME_TEXT(heard.text.text, "file TAC-1|||PART||\n"
                               "batch TAC-1|B1||RJCT|DNOR|\n"
                               "collection TAC-1|B2|A-1|RJCT|AC01|no account\n"
                               "collection TAC-1|B2|A-2|PART||\n");
    CU_ASSERT_TRUE(file.kind == BANK_ANSWER && file.answers == 4);
}

/* Any one change of a good file is read or refused, never worse (the run under ASan is the point). */
TEST(bank_file, mutated_files_are_read_or_refused)
{
    char *base = statement(arena_printf(test_arena(), "%s%s%s", closing("101.00"), entry("1.00", "CRDT", "R1", "<TxDtls><Refs><EndToEndId>A</EndToEndId></Refs>"
                                        "<RmtInf><Ustrd>x</Ustrd></RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"), ""));
    static const char *const bits[] = {"<", ">", "&", "\"", "</Stmt>", "<Ntry>", "<TxDtls>", "]]>", "<![CDATA[", "<!DOCTYPE a>", "&#0;", "&lt;", "\xFF", "-", "9999999999"};
    size_t length = strlen(base);
    uint64_t seed = 5;
    int read = 0, refused_count = 0;

    for (uint64_t i = 0; i < test_seeds(); i++) {
        struct str text = str_new(test_arena());
        size_t at = (size_t)random_between(&seed, 0, (int64_t)length - 1), cut = (size_t)random_between(&seed, 0, 12);
        const char *bit = random_between(&seed, 0, 2) == 0 ? "" : bits[random_between(&seed, 0, COUNT_OF(bits) - 1)];
        struct bank_file file;
        struct bank_refused refused;

        if (at + cut > length)
            cut = length - at;
        str_append_bytes(&text, base, at);
        str_append(&text, bit);
        str_append_bytes(&text, base + at + cut, random_between(&seed, 0, 20) == 0 ? 0 : length - at - cut);
        read_bytes(text.text, text.bytes, &file, &refused);
        *(refused.reason == BANK_NOT_REFUSED ? &read : &refused_count) += 1;
    }
    CU_ASSERT_TRUE(read > 0 && refused_count > read);
}

/* ---- the public samples ---- */

/* What INDEX.tsv calls valid is read, except where the invented amounts of a sample contradict each other: a statement
 * whose entries do not lead from one balance to the other, or whose balances are in several currencies. */
static const struct {
    const char *name;
    enum bank_refusal reason;
    int statements, entries, answers;
} sample[] = {
    {"camt.053-other/dvbern-v04-postfinance.xml", BANK_NOT_REFUSED, 1, 32, 0},
    {"camt.053-other/hbci4java-camt052-ruecklastschrift.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"camt.053-other/hbci4java-camt052-v08.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"camt.053-other/moov-statement_1.xml", BANK_NOT_REFUSED, 1, 4, 0},
    {"camt.053-other/postfinance-camt053.xml", BANK_BALANCE, 0, 0, 0},
    {"camt.053.001.02/genkgo-all-balance-types.xml", BANK_BALANCE, 0, 0, 0},
    {"camt.053.001.02/genkgo-minimal.ultimate.xml", BANK_WRONG_CURRENCY, 0, 0, 0},
    {"camt.053.001.02/genkgo-minimal.xml", BANK_WRONG_CURRENCY, 0, 0, 0},
    {"camt.053.001.02/genkgo-multi.statement.xml", BANK_NOT_REFUSED, 2, 2, 0},
    {"camt.053.001.02/genkgo-with-party-ids.xml", BANK_WRONG_CURRENCY, 0, 0, 0},
    {"camt.053.001.02/moov-FI_camt_053_sample.xml", BANK_NOT_REFUSED, 1, 13, 0},
    {"camt.053.001.02/oca-test-camt053-txdtls.xml", BANK_WRONG_CODE, 0, 0, 0},
    {"camt.053.001.02/oca-test-camt053.xml", BANK_BALANCE, 0, 0, 0},
    {"camt.053.001.08/genkgo-v8.xml", BANK_WRONG_CURRENCY, 0, 0, 0},
    {"camt.054/genkgo-v2.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/genkgo-v8.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/moov-FI_camt_054_sample.xml", BANK_NOT_REFUSED, 1, 11, 0},
    {"camt.054/oca-sepa-camt-unpaid-invalid.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"camt.054/oca-sepa-camt-unpaid.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/postfinance-200519_camt054-chdd.xml", BANK_NOT_REFUSED, 1, 2, 0},
    {"camt.054/postfinance-200519_camt054-returns.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/postfinance-camt054-returns.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/tryton-001.01.xml", BANK_WRONG_VERSION, 0, 0, 0},
    {"camt.054/tryton-001.02.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/tryton-001.03.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"camt.054/tryton-001.04.xml", BANK_NOT_REFUSED, 1, 1, 0},
    {"pain.002/hbci4java-v10-01.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.002/hbci4java-v10-02.xml", BANK_WRONG_CODE, 0, 0, 0},
    {"pain.002/hbci4java-v10-03.xml", BANK_NOT_REFUSED, 0, 0, 2},
    {"pain.002/nordea-v03-group_reject.xml", BANK_NOT_REFUSED, 0, 0, 1},
    {"pain.002/nordea-v03-payment_reject.xml", BANK_NOT_REFUSED, 0, 0, 1},
    {"pain.002/nordea-v03-txn_reject.xml", BANK_NOT_REFUSED, 0, 0, 3},
    {"pain.002/oca-sepa-pain-unpaid-invalid.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.002/oca-sepa-pain-unpaid.xml", BANK_NOT_REFUSED, 0, 0, 4},
    {"pain.002/postfinance-pain002-chdd-cor1-221082.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.002/postfinance-pain002-epo-092784.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.002/postfinance-pain002-epo-491259.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.008-other/dvbern-ch-pain008Reference.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.008-other/postfinance-musterfile.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.008-other/sepa_king-pain.008.003.02.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.008.001.02/php-sepa-xml.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"pain.008.001.08/php-sepa-xml.xml", BANK_WRONG_KIND, 0, 0, 0},
    {"camt.053.001.08/SYNTHETIC-dd-returns.xml", BANK_NOT_REFUSED, 1, 5, 0},
};

TEST(bank_file, public_samples_are_read_or_refused)
{
    char line[400];
    FILE *index = fopen(DATA "INDEX.tsv", "r");
    int seen = 0;

    if (index == NULL) {
        printf("skipped: no ../shared/data/iso20022 ... ");
        return;
    }
    while (fgets(line, sizeof line, index) != NULL) {
        size_t bytes = 0, at = 0;
        struct bank_file file;
        struct bank_refused refused;
        struct heard heard;
        char *data;
        bool valid;

        valid = strstr(line, "\tvalid\t") != NULL;
        line[strcspn(line, "\t\r\n")] = '\0';
        if (strncmp(line, "samples/", 8) != 0)
            continue;
        while (at < COUNT_OF(sample) && strcmp(sample[at].name, line + 8) != 0)
            at++;
        data = read_whole(arena_printf(test_arena(), DATA "%s", line), &bytes);
        if (at == COUNT_OF(sample) || data == NULL) {
            SAME_TEXT(line, "a sample that this test knows");
            continue;
        }
        heard = read_bytes(data, bytes, &file, &refused);
        /* What its schema allows is refused only because it contradicts itself, or is another message than these. */
        CU_ASSERT_TRUE(!valid || refused.reason == BANK_NOT_REFUSED || refused.reason == BANK_BALANCE || refused.reason == BANK_WRONG_CURRENCY ||
                       refused.reason == BANK_WRONG_KIND);
        if (refused.reason != sample[at].reason || heard.statements != sample[at].statements || heard.entries != sample[at].entries ||
            heard.answers != sample[at].answers)
            SAME_TEXT(line, arena_printf(test_arena(), "%s, %d, %d, %d", bank_refusal_text(refused.reason), heard.statements, heard.entries, heard.answers));
        seen++;
    }
    fclose(index);
    SAME_NUMBER(seen, COUNT_OF(sample));
}

/* The return codes of the statement with direct debit returns, each with what was collected and what the bank took. */
TEST(bank_file, a_public_statement_with_returns)
{
    size_t bytes = 0;
    char *data = read_whole(DATA "samples/camt.053.001.08/SYNTHETIC-dd-returns.xml", &bytes);
    struct bank_file file;
    struct bank_refused refused;

    if (data == NULL)
        return;
    SAME_TEXT(read_bytes(data, bytes, &file, &refused).text.text,
              "statement DE89370400440532013000 195 EUR 100000 124100\n"
              "1.0 +50000 SVC4|||||||0|10\n"
              "2.0 -3000 SVC1|INV-0001|Erika Mustermann|DE02120300000000202051||Rechnung INV-0001|AC04|350|0\n"
              "3.0 -5000 SVC2|INV-0002|Erika Mustermann|DE02120300000000202051||Rechnung INV-0002|AM04|350|0\n"
              "4.1 -6500 SVC3|INV-0003|Erika Mustermann|DE02120300000000202051||Rechnung INV-0003|MD01|350|0\n"
              "4.2 -10000 SVC3|INV-0004|Erika Mustermann|DE02120300000000202051||Rechnung INV-0004|MD06|350|0\n");
}
