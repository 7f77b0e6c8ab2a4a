#include "document/pain008.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "core/date.h"
#include "core/iban.h"
#include "core/sepa_text.h"

struct writer {
    struct str out;
    enum pain008_version version;
};

const char *pain008_version_name(enum pain008_version version)
{
    return version == PAIN008_001_02 ? "pain.008.001.02" : "pain.008.001.08";
}

/* The SEPA character set has none of & < > ", so nothing needs escaping. */
static void text_element(struct writer *w, const char *name, const char *text, size_t max)
{
    char clean[SEPA_TEXT_MAX + 1];

    sepa_text(text, max, clean);
    if (clean[0] != '\0')
        str_printf(&w->out, "<%s>%s</%s>", name, clean, name);
}

static void date_element(struct writer *w, const char *name, int32_t on)
{
    char text[DATE_TEXT_BYTES];

    str_printf(&w->out, "<%s>%s</%s>", name, date_iso(on, text), name);
}

static void sums(struct writer *w, size_t count, int64_t sum_minor)
{
    str_printf(&w->out, "<NbOfTxs>%zu</NbOfTxs><CtrlSum>%" PRId64 ".%02d</CtrlSum>", count, sum_minor / 100, (int)(sum_minor % 100));
}

static void address(struct writer *w, const struct pain008_address *a)
{
    if (a->town == NULL || a->town[0] == '\0')
        return;
    str_append(&w->out, "<PstlAdr>");
    text_element(w, "StrtNm", a->street, 70);
    text_element(w, "PstCd", a->postal_code, 16);
    text_element(w, "TwnNm", a->town, 35);
    text_element(w, "Ctry", a->country, 2);
    str_append(&w->out, "</PstlAdr>");
}

static void account(struct writer *w, const char *name, const char *iban)
{
    str_printf(&w->out, "<%s><Id><IBAN>%s</IBAN></Id></%s>", name, iban, name);
}

static void agent(struct writer *w, const char *name, const char *bic)
{
    const char *element = w->version == PAIN008_001_02 ? "BIC" : "BICFI";

    if (bic[0] != '\0')
        str_printf(&w->out, "<%s><FinInstnId><%s>%s</%s></FinInstnId></%s>", name, element, bic, element, name);
    else
        str_printf(&w->out, "<%s><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></%s>", name, name);
}

static void creditor_scheme(struct writer *w, const char *id)
{
    str_printf(&w->out, "<Id><PrvtId><Othr><Id>%s</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>", id);
}

static void amendment(struct writer *w, const struct mandate_amendment *a)
{
    str_append(&w->out, "<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>");
    if (a->reference != NULL)
        str_printf(&w->out, "<OrgnlMndtId>%s</OrgnlMndtId>", a->reference);
    if (a->creditor_name != NULL || a->creditor_id != NULL) {
        str_append(&w->out, "<OrgnlCdtrSchmeId>");
        if (a->creditor_name != NULL)
            text_element(w, "Nm", a->creditor_name, SEPA_NAME_MAX);
        if (a->creditor_id != NULL)
            creditor_scheme(w, a->creditor_id);
        str_append(&w->out, "</OrgnlCdtrSchmeId>");
    }
    if (a->account)
        str_append(&w->out, "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>");
    str_append(&w->out, "</AmdmntInfDtls>");
}

static void collection(struct writer *w, const struct pain008_collection *c)
{
    str_printf(&w->out, "<DrctDbtTxInf><PmtId><EndToEndId>%s</EndToEndId></PmtId><InstdAmt Ccy=\"EUR\">%" PRId64 ".%02d</InstdAmt>"
               "<DrctDbtTx><MndtRltdInf><MndtId>%s</MndtId>", c->end_to_end_id, c->amount_minor / 100, (int)(c->amount_minor % 100),
               c->mandate_reference);
    date_element(w, "DtOfSgntr", c->signed_on);
    if (c->amendment.any)
        amendment(w, &c->amendment);
    str_append(&w->out, "</MndtRltdInf></DrctDbtTx>");
    agent(w, "DbtrAgt", c->bic);
    str_append(&w->out, "<Dbtr>");
    text_element(w, "Nm", c->debtor_name, SEPA_NAME_MAX);
    address(w, &c->debtor_address);
    str_append(&w->out, "</Dbtr>");
    account(w, "DbtrAcct", c->iban);
    if (c->text != NULL && c->text[0] != '\0') {
        str_append(&w->out, "<RmtInf>");
        text_element(w, "Ustrd", c->text, SEPA_TEXT_MAX);
        str_append(&w->out, "</RmtInf>");
    }
    str_append(&w->out, "</DrctDbtTxInf>\n");
}

static void batch(struct writer *w, const struct pain008_batch *b)
{
    int64_t sum = 0;

    for (size_t i = 0; i < b->count; i++)
        sum += b->collections[i].amount_minor;
    str_printf(&w->out, "<PmtInf><PmtInfId>%s</PmtInfId><PmtMtd>DD</PmtMtd><BtchBookg>%s</BtchBookg>", b->id, b->one_booking ? "true" : "false");
    sums(w, b->count, sum);
    str_printf(&w->out, "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>%s</Cd></LclInstrm><SeqTp>%s</SeqTp></PmtTpInf>",
               sepa_scheme_code(b->scheme), sequence_type_code(b->sequence));
    date_element(w, "ReqdColltnDt", b->collection_on);
    str_append(&w->out, "<Cdtr>");
    text_element(w, "Nm", b->creditor_name, SEPA_NAME_MAX);
    address(w, &b->creditor_address);
    str_append(&w->out, "</Cdtr>");
    account(w, "CdtrAcct", b->iban);
    agent(w, "CdtrAgt", b->bic);
    str_append(&w->out, "<ChrgBr>SLEV</ChrgBr><CdtrSchmeId>");
    creditor_scheme(w, b->creditor_id);
    str_append(&w->out, "</CdtrSchmeId>\n");
    for (size_t i = 0; i < b->count; i++)
        collection(w, &b->collections[i]);
    str_append(&w->out, "</PmtInf>\n");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool name_ok(const char *name)
{
    char clean[SEPA_NAME_MAX + 1];

    sepa_text(name, SEPA_NAME_MAX, clean);
    return strspn(clean, "? ") != strlen(clean);
}

static enum err check_collection(struct ctx *ctx, const struct pain008_collection *c)
{
    const struct mandate_amendment *a = &c->amendment;

    if (!sepa_id_ok(c->end_to_end_id) || !sepa_id_ok(c->mandate_reference))
        return FAIL(ctx, ERR_CORRUPT, "a collection's reference is not one of SEPA: %s, mandate %s", c->end_to_end_id, c->mandate_reference);
    if (c->amount_minor < 1 || c->amount_minor > COLLECTION_MAX_MINOR)
        return FAIL(ctx, ERR_CORRUPT, "%s: amount out of bounds", c->end_to_end_id);
    if (iban_verdict_sepa(c->iban) != IBAN_WELL_FORMED || (c->bic[0] != '\0' && !bic_ok(c->bic)))
        return FAIL(ctx, ERR_CORRUPT, "%s: account or bank is not one of SEPA", c->end_to_end_id);
    if (!name_ok(c->debtor_name))
        return FAIL(ctx, ERR_CORRUPT, "%s: the payer's name cannot be written in SEPA's characters", c->end_to_end_id);
    if (!iban_country_in_eea(c->iban) && (c->bic[0] == '\0' || c->debtor_address.town == NULL || c->debtor_address.town[0] == '\0'))
        return FAIL(ctx, ERR_CORRUPT, "%s: outside the EEA a collection has a BIC and an address", c->end_to_end_id);
    if (a->any && ((a->reference != NULL && !sepa_id_ok(a->reference)) ||
                   (a->creditor_id != NULL && creditor_id_verdict(a->creditor_id) != CREDITOR_ID_WELL_FORMED)))
        return FAIL(ctx, ERR_CORRUPT, "%s: the amended mandate's old reference is not one of SEPA", c->end_to_end_id);
    return OK;
}

static enum err check_file(struct ctx *ctx, const struct pain008_file *file, size_t *count, int64_t *sum_minor)
{
    const char **ids;
    size_t used = 0;

    *count = 0;
    *sum_minor = 0;
    if (!sepa_id_ok(file->message_id) || file->count == 0)
        return FAIL(ctx, ERR_CORRUPT, "a collection file needs an identifier and a batch");
    for (size_t i = 0; i < file->count; i++) {
        const struct pain008_batch *b = &file->batches[i];

        if (!sepa_id_ok(b->id) || b->count == 0)
            return FAIL(ctx, ERR_CORRUPT, "a batch needs an identifier and a collection");
        if (iban_verdict_sepa(b->iban) != IBAN_WELL_FORMED || (b->bic[0] != '\0' && !bic_ok(b->bic)) ||
            creditor_id_verdict(b->creditor_id) != CREDITOR_ID_WELL_FORMED || !name_ok(b->creditor_name))
            return FAIL(ctx, ERR_CORRUPT, "%s: the creditor's account, identifier or name is not one of SEPA", b->id);
        *count += b->count;
    }
    ids = ARENA_ARRAY(ctx->arena, const char *, *count);
    for (size_t i = 0; i < file->count; i++)
        for (size_t j = 0; j < file->batches[i].count; j++) {
            const struct pain008_collection *c = &file->batches[i].collections[j];

            TRY(ctx, check_collection(ctx, c));
            ids[used++] = c->end_to_end_id;
            *sum_minor += c->amount_minor; /* at most 10^11 a collection: 90 million of them before it overflows */
        }
    qsort(ids, used, sizeof *ids, by_text);
    for (size_t i = 1; i < used; i++)
        if (strcmp(ids[i - 1], ids[i]) == 0)
            return FAIL(ctx, ERR_CORRUPT, "%s: collected twice in one file", ids[i]);
    return OK;
}

enum err pain008_write(struct ctx *ctx, const struct pain008_file *file, char **text, size_t *bytes, int64_t *sum_minor)
{
    struct writer w = {str_new(ctx->arena), file->version};
    size_t count = 0;
    int64_t sum = 0;

    TRY(ctx, check_file(ctx, file, &count, &sum));
    str_printf(&w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:%s\"><CstmrDrctDbtInitn>"
               "<GrpHdr><MsgId>%s</MsgId><CreDtTm>%.19sZ</CreDtTm>", pain008_version_name(file->version), file->message_id,
               clock_format(ctx->arena, file->created_at));
    sums(&w, count, sum);
    str_append(&w.out, "<InitgPty>");
    text_element(&w, "Nm", file->batches[0].creditor_name, SEPA_NAME_MAX);
    str_append(&w.out, "</InitgPty></GrpHdr>\n");
    for (size_t i = 0; i < file->count; i++)
        batch(&w, &file->batches[i]);
    str_append(&w.out, "</CstmrDrctDbtInitn></Document>\n");
    *text = w.out.text;
    *bytes = w.out.bytes;
    if (sum_minor != NULL)
        *sum_minor = sum;
    return OK;
}
