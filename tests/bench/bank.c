/* bank: 50,000 collections to a file, and a statement of 50,000 transfers read, checked and matched against as many
 * open claims; tab-separated figures: name, value, unit, "-". The database's part is not in it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "core/bank_match.h"
#include "core/date.h"
#include "core/rf_reference.h"
#include "document/pain008.h"
#include "gateway/bank_file.h"

enum { COUNT = 50000 };

static struct match_claim claims[COUNT];
static int by_kind[5];

static void figure(const char *name, int64_t value, const char *unit)
{
    printf("%s\t%" PRId64 "\t%s\t-\n", name, value, unit);
}

static int64_t resident_mb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

static void write_collections(struct ctx *ctx)
{
    struct pain008_collection *c = ARENA_ARRAY(ctx->arena, struct pain008_collection, COUNT);
    struct pain008_batch batch = {"BENCH-1", SCHEME_CORE, SEQUENCE_RECURRENT, date_from_civil(2026, 12, 8), "Brume SARL", {"", "29200", "Brest", "FR"},
                                  "FR72ZZZ123456", "FR7630006000011234567890189", "", true, c, COUNT};
    struct pain008_file file = {PAIN008_001_08, "BENCH", 0, &batch, 1};
    int64_t began;
    char *text;
    size_t bytes;

    for (int i = 0; i < COUNT; i++)
        c[i] = (struct pain008_collection){arena_printf(ctx->arena, "A-%08d-1", i), 1000 + i, arena_printf(ctx->arena, "M-2026-%05d", i),
                                           date_from_civil(2026, 1, 10), {0}, "Société Générale d'Œuvres", {"12 rue des Lilas", "75011", "Paris", "FR"},
                                           "FR1420041010050500013M02606", "", "INV-2026-00017"};
    began = clock_ticks();
    CHECK(pain008_write(ctx, &file, &text, &bytes, NULL) == OK);
    figure("collections_to_pain008_ms", (clock_ticks() - began) / 1000, "ms");
    figure("pain008_bytes", (int64_t)bytes, "bytes");
}

/* A quarter each by reference, by number, by account and amount, and by nothing. */
static char *make_statement(size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);
    int64_t sum = 0;

    for (int i = 0; i < COUNT; i++)
        sum += claims[i].open_minor;
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>B</MsgId>"
            "</GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>");
    for (int i = 0; i < 2; i++)
        fprintf(out, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>\n",
                i == 0 ? "OPBD" : "CLBD", i == 0 ? 0 : sum / 100, i == 0 ? 0 : (int)(sum % 100));
    for (int i = 0; i < COUNT; i++) {
        char rf[RF_BYTES];

        rf_reference_make(claims[i].number, rf);
        fprintf(out, "<Ntry><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-20</Dt></ValDt>"
                "<AcctSvcrRef>SVC%08d</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED"
                "</EndToEndId></Refs><Amt Ccy=\"EUR\">%" PRId64 ".%02d</Amt><RltdPties><Dbtr><Pty><Nm>Payer %d</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct></RltdPties>"
                "<RmtInf><Ustrd>%s %s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n", claims[i].open_minor / 100, (int)(claims[i].open_minor % 100), i, claims[i].open_minor / 100,
                (int)(claims[i].open_minor % 100), i, i % 4 == 1 ? "invoice" : "thank you", i % 4 == 0 ? rf : i % 4 == 1 ? claims[i].number : "for everything");
    }
    fputs("</Stmt></BkToCstmrStmt></Document>\n", out);
    fclose(out);
    return text;
}

static enum err match_entry(struct ctx *ctx, void *to, const struct bank_entry *e)
{
    struct match_entry entry = {e->reference, e->end_to_end_id, e->text, e->amount_minor, e->currency,
                                atoi(e->name + 6) % 4 == 2 ? arena_printf(ctx->arena, "account %d", atoi(e->name + 6)) : ""};
    struct match match = match_find(to, &entry);

    by_kind[match.kind]++;
    if (match.claim != NULL)
        match_apply(match.claim, e->amount_minor);
    return OK;
}

static void read_statement(struct ctx *ctx)
{
    struct match_account *accounts = ARENA_ARRAY(ctx->arena, struct match_account, COUNT);
    struct bank_file_told told = {NULL, NULL, match_entry, NULL};
    struct bank_file file;
    struct bank_refused refused;
    int64_t began;
    size_t bytes;
    char *text;

    for (int i = 0; i < COUNT; i++) {
        claims[i] = (struct match_claim){i + 1, i + 1, arena_printf(ctx->arena, "INV-2026-%05d", i), 1000 + i % 977, "EUR"};
        accounts[i] = (struct match_account){arena_printf(ctx->arena, "account %d", i), i + 1};
    }
    text = make_statement(&bytes);
    figure("camt053_bytes", (int64_t)bytes, "bytes");
    began = clock_ticks();
    told.to = match_book_new(ctx->arena, claims, COUNT, accounts, COUNT);
    CHECK(bank_file_read(ctx, text, bytes, &told, &file, &refused) == OK && refused.reason == BANK_NOT_REFUSED && file.entries == COUNT);
    figure("camt053_read_and_matched_ms", (clock_ticks() - began) / 1000, "ms");
    CHECK(by_kind[MATCH_REFERENCE] == COUNT / 4 && by_kind[MATCH_NUMBER] == COUNT / 4 && by_kind[MATCH_AMOUNT_AND_ACCOUNT] == COUNT / 4);
    free(text);
}

int main(void)
{
    struct ctx ctx = {.arena = arena_new(), .today_on = date_from_civil(2026, 11, 23), .language = "en"};

    read_statement(&ctx);
    figure("camt053_resident_mb", resident_mb(), "MB");
    arena_reset(ctx.arena);
    write_collections(&ctx);
    arena_free(ctx.arena);
    return 0;
}
