#include "document/pdf_archive.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "document/pdf_font.h"
#include "document/pdf_sign.h"

#define PRODUCER "Tacite"

static struct tm utc(int64_t at)
{
    time_t seconds = (time_t)(at / CLOCK_SECOND);
    struct tm tm;

    CHECK(gmtime_r(&seconds, &tm) != NULL);
    return tm;
}

/* "D:20261123100000+00'00'" */
static const char *pdf_date(struct arena *arena, int64_t at)
{
    struct tm tm = utc(at);
    char text[40];

    CHECK(strftime(text, sizeof text, "D:%Y%m%d%H%M%S+00'00'", &tm) > 0);
    return arena_strdup(arena, text);
}

static const char *xmp_date(struct arena *arena, int64_t at)
{
    struct tm tm = utc(at);
    char text[40];

    CHECK(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &tm) > 0);
    return arena_strdup(arena, text);
}

/* The same characters as pdf_string writes, as XML text. */
static const char *xml(struct pdf *pdf, const char *text)
{
    size_t count;
    const uint32_t *codes = pdf_text_clean(pdf->arena, text, &count);
    struct str out = str_new(pdf->arena);
    size_t i;

    for (i = 0; i < count; i++) {
        uint32_t code = codes[i] == '\n' ? ' ' : codes[i];

        if (code < 0x80 && code != '<' && code != '>' && code != '&')
            str_append_char(&out, (char)code);
        else
            str_printf(&out, "&#%u;", code);
    }
    return out.text;
}

/* The only property beyond the predefined schemas has to be described in the file itself. */
static const char uaid_schema[] =
    "<rdf:Description rdf:about=\"\" "
    "xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\" "
    "xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\" "
    "xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
    "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">"
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>part of ISO 14289 that the file follows</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\n"
    "</rdf:Description>\n";

static void put_metadata(struct pdf *pdf, int number)
{
    const struct pdf_info *info = pdf->info;
    struct str xmp = str_new(pdf->arena);
    const char *date = xmp_date(pdf->arena, info->created_at);

    str_append(&xmp,
               "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
               "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
               "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
               "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
               "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
               "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" "
               "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" "
               "xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n"
               "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>"
               "<pdfuaid:part>1</pdfuaid:part>\n");
    str_printf(&xmp,
               "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt>"
               "</dc:title>\n",
               xml(pdf, info->title));
    if (!str_empty(info->author))
        str_printf(&xmp, "<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>\n",
                   xml(pdf, info->author));
    if (!str_empty(info->subject))
        str_printf(&xmp,
                   "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li>"
                   "</rdf:Alt></dc:description>\n",
                   xml(pdf, info->subject));
    str_printf(&xmp,
               "<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language>\n"
               "<dc:format>application/pdf</dc:format>\n"
               "<pdf:Producer>" PRODUCER "</pdf:Producer>"
               "<xmp:CreatorTool>" PRODUCER "</xmp:CreatorTool>\n"
               "<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate>\n"
               "</rdf:Description>\n%s</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>",
               xml(pdf, info->language), date, date, uaid_schema);
    pdf_stream_plain(pdf, number, "/Type/Metadata/Subtype/XML", xmp.text, xmp.bytes);
}

static void put_info(struct pdf *pdf, int number)
{
    const struct pdf_info *info = pdf->info;
    const char *date = pdf_date(pdf->arena, info->created_at);
    struct str *out = pdf_object_begin(pdf, number);

    str_append(out, "<</Title ");
    pdf_string(pdf, out, info->title);
    if (!str_empty(info->author)) {
        str_append(out, "/Author ");
        pdf_string(pdf, out, info->author);
    }
    if (!str_empty(info->subject)) {
        str_append(out, "/Subject ");
        pdf_string(pdf, out, info->subject);
    }
    str_printf(out, "/Producer(" PRODUCER ")/Creator(" PRODUCER ")/CreationDate(%s)/ModDate(%s)>>",
               date, date);
    pdf_object_end(pdf);
}

static void put_pages(struct pdf *pdf, int pages, int resources, int widget)
{
    struct str *out;
    int i;

    for (i = 0; i < pdf->leaf_count; i++) {
        struct pdf_leaf *leaf = pdf->leaves[i];
        int content = pdf_object_number(pdf);

        pdf_mark_end(leaf);
        pdf_stream(pdf, content, "", leaf->content.text, leaf->content.bytes);
        out = pdf_object_packed(pdf, leaf->number);
        str_printf(out,
                   "<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources %d 0 R"
                   "/MediaBox[0 0 595.28 841.89]/StructParents %d/Tabs/S",
                   pages, content, resources, i);
        if (i == 0 && widget != 0)
            str_printf(out, "/Annots[%d 0 R]", widget);
        str_append(out, ">>");
        pdf_object_end(pdf);
    }
    out = pdf_object_packed(pdf, pages);
    str_printf(out, "<</Type/Pages/Count %d/Kids[", pdf->leaf_count);
    for (i = 0; i < pdf->leaf_count; i++)
        str_printf(out, "%d 0 R ", pdf->leaves[i]->number);
    str_append(out, "]>>");
    pdf_object_end(pdf);
}

/* A structure element and everything below it. Depth is that of the sheets' own nesting: small. */
static void put_tag(struct pdf *pdf, const struct pdf_tag *tag, int parent)
{
    const struct pdf_tag_kid *kid;
    struct str *out = pdf_object_packed(pdf, tag->number);

    str_printf(out, "<</Type/StructElem/S/%s/P %d 0 R", tag->type, parent);
    if (tag->leaf != NULL)
        str_printf(out, "/Pg %d 0 R", tag->leaf->number);
    if (tag->attributes != NULL)
        str_printf(out, "/A<<%s>>", tag->attributes);
    str_append(out, "/K[");
    for (kid = tag->first; kid != NULL; kid = kid->next) {
        if (kid->tag != NULL)
            str_printf(out, "%d 0 R ", kid->tag->number);
        else if (kid->leaf == tag->leaf)
            str_printf(out, "%d ", kid->mark);
        else
            str_printf(out, "<</Type/MCR/Pg %d 0 R/MCID %d>>", kid->leaf->number, kid->mark);
    }
    if (tag->annotation != 0)
        str_printf(out, "<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>", tag->annotation,
                   pdf->leaves[0]->number);
    str_append(out, "]>>");
    pdf_object_end(pdf);
    for (kid = tag->first; kid != NULL; kid = kid->next)
        if (kid->tag != NULL)
            put_tag(pdf, kid->tag, tag->number);
}

static void put_structure(struct pdf *pdf, int number, const struct pdf_tag *form)
{
    int parents = pdf_object_number(pdf);
    struct str *out = pdf_object_packed(pdf, number);
    int i;
    int mark;

    str_printf(out, "<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>",
               pdf->root->number, parents, pdf->leaf_count + (form != NULL ? 1 : 0));
    pdf_object_end(pdf);
    out = pdf_object_packed(pdf, parents);
    str_append(out, "<</Nums[");
    for (i = 0; i < pdf->leaf_count; i++) {
        const struct pdf_leaf *leaf = pdf->leaves[i];

        str_printf(out, "%d[", i);
        for (mark = 0; mark < leaf->mark_count; mark++)
            str_printf(out, "%d 0 R ", leaf->marks[mark]->number);
        str_append(out, "]");
    }
    if (form != NULL)
        str_printf(out, "%d %d 0 R", pdf->leaf_count, form->number);
    str_append(out, "]>>");
    pdf_object_end(pdf);
    put_tag(pdf, pdf->root, number);
}

/* The field without appearance on the page: readers show the signature in their own panel. */
static void put_widget(struct pdf *pdf, int widget, int signature)
{
    int appearance = pdf_object_number(pdf);
    struct str *out;

    pdf_stream_plain(pdf, appearance, "/Type/XObject/Subtype/Form/BBox[0 0 0 0]", "", 0);
    out = pdf_object_begin(pdf, widget);
    str_printf(out,
               "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/TU(Signature)/F 132"
               "/Rect[0 0 0 0]/P %d 0 R/V %d 0 R/AP<</N %d 0 R>>/StructParent %d>>",
               pdf->leaves[0]->number, signature, appearance, pdf->leaf_count);
    pdf_object_end(pdf);
}

/* The last object of the file, with room for the byte range and for the CMS in hex. */
static void put_signature(struct pdf *pdf, const struct signer *signer, int number,
                          struct pdf_seal *seal)
{
    struct str *out = pdf_object_begin(pdf, number);
    char *zeros = arena_alloc(pdf->arena, signer->reserve_bytes * 2);

    memset(zeros, '0', signer->reserve_bytes * 2);
    str_append(out, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(");
    str_append(out, pdf_date(pdf->arena, pdf->ctx->now));
    str_append(out, ")/Name ");
    pdf_string(pdf, out, signer->name);
    str_append(out, "/ByteRange");
    seal->range_at = out->bytes;
    str_printf(out, "%*s", PDF_RANGE_BYTES, "");
    str_append(out, "/Contents");
    seal->contents_at = out->bytes;
    str_append_char(out, '<');
    str_append_bytes(out, zeros, signer->reserve_bytes * 2);
    str_append_char(out, '>');
    seal->contents_until = out->bytes;
    str_append(out, ">>");
    pdf_object_end(pdf);
}

static void put_catalog(struct pdf *pdf, int number, int pages, int metadata, int profile,
                        int structure, int widget)
{
    struct str *out = pdf_object_begin(pdf, number);

    str_printf(out, "<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/Lang ", pages, metadata);
    pdf_string(pdf, out, pdf->info->language);
    str_printf(out,
               "/ViewerPreferences<</DisplayDocTitle true>>/MarkInfo<</Marked true>>"
               "/StructTreeRoot %d 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1"
               "/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
               "/DestOutputProfile %d 0 R>>]",
               structure, profile);
    if (widget != 0)
        str_printf(out, "/AcroForm<</Fields[%d 0 R]/SigFlags 3>>", widget);
    str_append(out, ">>");
    pdf_object_end(pdf);
}

enum err pdf_archive_write(struct pdf *pdf, const struct signer *signer, int catalog, int info,
                           struct pdf_seal *seal)
{
    int pages = pdf_object_number(pdf);
    int metadata = pdf_object_number(pdf);
    int profile = pdf_object_number(pdf);
    int resources = pdf_object_number(pdf);
    int structure = pdf_object_number(pdf);
    int widget = signer == NULL ? 0 : pdf_object_number(pdf);
    int signature = signer == NULL ? 0 : pdf_object_number(pdf);
    struct pdf_tag *form = NULL;

    if (signer != NULL) {
        form = pdf_tag_add(pdf, pdf->root, "Form", NULL);
        form->annotation = widget;
    }
    put_catalog(pdf, catalog, pages, metadata, profile, structure, widget);
    put_info(pdf, info);
    put_metadata(pdf, metadata);
    pdf_stream_deflated(pdf, profile, "/N 3", pdf->house->profile, pdf->house->profile_bytes);
    put_pages(pdf, pages, resources, widget);
    TRY(pdf->ctx, pdf_font_write(pdf, resources));
    put_structure(pdf, structure, form);
    if (signer != NULL) {
        put_widget(pdf, widget, signature);
        put_signature(pdf, signer, signature, seal);
    }
    return OK;
}
