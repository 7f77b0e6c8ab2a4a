#include "sheet_sample.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "test.h"

static struct arena *lasting;
static const struct pdf_house *house;
static char *folder;
static const struct signer *signers[3];

static void clean_up(void)
{
    if (folder != NULL && getenv("TACITE_SAMPLES") == NULL) {
        DIR *dir = opendir(folder);
        const struct dirent *entry;

        while (dir != NULL && (entry = readdir(dir)) != NULL)
            if (entry->d_name[0] != '.')
                (void)unlinkat(dirfd(dir), entry->d_name, 0);
        if (dir != NULL)
            (void)closedir(dir);
        (void)rmdir(folder);
    }
    arena_free(lasting);
}

static void open_up(void)
{
    const char *kept = getenv("TACITE_SAMPLES");

    if (lasting != NULL)
        return;
    lasting = arena_new();
    (void)atexit(clean_up);
    if (kept != NULL) {
        folder = arena_strdup(lasting, kept);
        return;
    }
    folder = arena_strdup(lasting, "/tmp/tacite-sheets-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
}

const struct pdf_house *sample_house(void)
{
    open_up();
    if (house == NULL)
        CHECK(pdf_house_load(test_ctx(), lasting, NULL, 0, &house) == OK);
    return house;
}

const char *sample_certificate(enum certificate_key key)
{
    open_up();
    return arena_printf(lasting, "%s/%d.pem", folder, (int)key);
}

const char *sample_key(enum certificate_key key)
{
    open_up();
    return arena_printf(lasting, "%s/%d.key", folder, (int)key);
}

const struct signer *sample_signer(enum certificate_key key)
{
    struct ctx *ctx = test_ctx();
    struct certificate_order order = {
        .key = key,
        .organisation = "Atelier Brume SAS",
        .country = "FR",
        .from_at = ctx->now - INT64_C(86400000000),
        .valid_days = 730,
        .certificate_path = sample_certificate(key),
        .key_path = sample_key(key),
    };

    if (signers[key] == NULL) {
        (void)unlink(order.certificate_path);
        (void)unlink(order.key_path);
        CHECK(create_demo_certificate(ctx, &order) == OK);
        CHECK(signer_load(ctx, lasting, order.certificate_path, order.key_path, &signers[key]) ==
              OK);
    }
    return signers[key];
}

const char *sample_save(struct ctx *ctx, const char *name, const struct pdf_file *file)
{
    const char *path;
    FILE *out;

    open_up();
    path = arena_printf(ctx->arena, "%s/%s", folder, name);
    out = fopen(path, "wb");
    CHECK(out != NULL && fwrite(file->data, 1, file->bytes, out) == file->bytes &&
          fclose(out) == 0);
    return path;
}

int sample_run(struct ctx *ctx, const char *program, const char *arguments, char **output)
{
    struct str text = str_new(ctx->arena);
    char piece[4096];
    size_t bytes;
    FILE *pipe;
    int status;

    if (system(arena_printf(ctx->arena, "command -v %s >/dev/null 2>&1", program)) != 0) {
        printf("skipped: %s is not installed ... ", program);
        return -1;
    }
    pipe = popen(arena_printf(ctx->arena, "%s %s 2>&1", program, arguments), "r");
    CHECK(pipe != NULL);
    while ((bytes = fread(piece, 1, sizeof piece, pipe)) > 0)
        str_append_bytes(&text, piece, bytes);
    status = pclose(pipe);
    if (output != NULL)
        *output = text.text;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* What a document of this language says; amounts are made up to add up for one line of 600.00. */
struct tongue {
    const char *language;
    const char *title;
    const char *columns[6];
    const char *carried;
    const char *brought;
    const char *lines[3][2];
    const char *page;
};

static const struct tongue tongues[] = {
    {"fr",
     "Facture INV-2026-00017",
     {"Désignation", "Quantité", "Prix unitaire HT", "Remise", "TVA", "Total HT"},
     "À reporter",
     "Report",
     {{"Abonnement Équipe", "Du 1 déc. 2026 au 31 déc. 2026"},
      {"Mise en service à l’œuvre", ""},
      {"Ajout de 2 postes en cours de période",
       "2 × 20,00 € × 14 jours sur 31, du 18 déc. 2026 au 31 déc. 2026"}},
     "Page {page}/{pages}"},
    {"de",
     "Rechnung INV-2026-00017",
     {"Bezeichnung", "Menge", "Einzelpreis netto", "Rabatt", "USt.", "Gesamt netto"},
     "Übertrag",
     "Übertrag",
     {{"Mannschafts-Abonnement Größe L", "1. Dez. 2026 bis 31. Dez. 2026"},
      {"Einrichtung vor Ort in Düsseldorf", ""},
      {"Straßenverkehrsübersicht, zusätzliche Plätze", "2 × 20,00 € × 14 von 31 Tagen"}},
     "Seite {page}/{pages}"},
    {"pl",
     "Faktura INV-2026-00017",
     {"Opis", "Ilość", "Cena netto", "Rabat", "VAT", "Wartość netto"},
     "Do przeniesienia",
     "Z przeniesienia",
     {{"Zażółć gęślą jaźń", "Abonament na grudzień 2026"},
      {"Wdrożenie w Łodzi", ""},
      {"Dodatkowe miejsca", "14 z 31 dni"}},
     "Strona {page}/{pages}"},
    {"el",
     "Τιμολόγιο INV-2026-00017",
     {"Περιγραφή", "Ποσότητα", "Τιμή μονάδας", "Έκπτωση", "ΦΠΑ", "Σύνολο"},
     "Σε μεταφορά",
     "Εκ μεταφοράς",
     {{"Μηνιαία συνδρομή ομάδας", "Δεκέμβριος 2026"},
      {"Εγκατάσταση στην Αθήνα", ""},
      {"Πρόσθετες θέσεις", "14 από 31 ημέρες"}},
     "Σελίδα {page}/{pages}"},
};

/* 60000 -> "600,00 €", grouped with U+202F. */
static const char *euros(struct ctx *ctx, size_t cents)
{
    if (cents >= 100000)
        return arena_printf(ctx->arena, "%zu\u202f%03zu,%02zu\u00a0€", cents / 100000,
                            cents / 100 % 1000, cents % 100);
    return arena_printf(ctx->arena, "%zu,%02zu\u00a0€", cents / 100, cents % 100);
}

static const struct sheet_line *make_lines(struct ctx *ctx, const struct tongue *tongue,
                                           size_t count)
{
    struct sheet_line *lines = ARENA_ARRAY(ctx->arena, struct sheet_line, count);
    size_t sum = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        size_t cents = 60000 + 1250 * (i % 7);

        sum += cents;
        lines[i].description = tongue->lines[i % 3][0];
        lines[i].detail = tongue->lines[i % 3][1];
        lines[i].quantity = i % 3 == 0 ? "3" : "1";
        lines[i].unit_price = euros(ctx, i % 3 == 0 ? cents / 3 : cents);
        lines[i].discount = i % 5 == 0 ? "10\u202f%" : "";
        lines[i].vat_rate = "20\u202f%";
        lines[i].total = euros(ctx, cents);
        lines[i].running = euros(ctx, sum);
    }
    return lines;
}

static void fill_head(struct sheet_head *head, const struct tongue *tongue)
{
    static const struct sheet_fact facts[] = {
        {"Date d’émission", "1 déc. 2026"}, {"Période", "1 déc. 2026 – 31 déc. 2026"},
        {"Échéance", "31 déc. 2026"},       {"Client", "C-00042"},
        {"Commande", "PO-2026/118"},        {"Abonnement", "S-2026-00042"},
    };

    head->language = tongue->language;
    head->title = tongue->title;
    head->created_at = INT64_C(1796083200) * 1000000;
    head->seller_name = "Atelier Brume SAS";
    head->seller_text =
        "12 quai des Chartrons\n33000 Bordeaux, France\n"
        "TVA FR40 303 265 045 · SIREN 303 265 045\nfacturation@atelier-brume.example";
    head->window = str_equal(tongue->language, "de") ? SHEET_WINDOW_LEFT : SHEET_WINDOW_RIGHT;
    head->return_line = "Atelier Brume SAS · 12 quai des Chartrons · 33000 Bordeaux";
    head->buyer_name = "Łukasz Żółkiewski & Fils";
    head->buyer_text = "Service comptabilité\n7 rue de l’Abbé-Grégoire\n75006 Paris\nFrance";
    head->buyer_note = "TVA FR83 404 833 048";
    head->facts = facts;
    head->fact_count = COUNT_OF(facts);
    head->footer =
        "Atelier Brume SAS au capital de 10 000 € · Siège : 12 quai des Chartrons, 33000 "
        "Bordeaux · RCS Bordeaux 303 265 045 · TVA FR40303265045";
    head->page_label = tongue->page;
}

static void fill_columns(struct sheet_columns *columns, const struct tongue *tongue)
{
    columns->description = tongue->columns[0];
    columns->quantity = tongue->columns[1];
    columns->unit_price = tongue->columns[2];
    columns->discount = tongue->columns[3];
    columns->vat_rate = tongue->columns[4];
    columns->total = tongue->columns[5];
    columns->carried_forward = tongue->carried;
    columns->brought_forward = tongue->brought;
}

struct invoice_sheet *sample_invoice(struct ctx *ctx, const char *language, size_t line_count)
{
    static const struct sheet_total totals[] = {
        {"Total HT", "", "1 837,50\u00a0€", false},
        {"TVA 20\u202f% sur 1 837,50\u00a0€", "", "367,50\u00a0€", false},
        {"Total TTC", "", "2 205,00\u00a0€", false},
        {"Déjà payé", "", "0,00\u00a0€", false},
        {"À payer", "", "2 205,00\u00a0€", true},
    };
    struct invoice_sheet *sheet = ARENA_NEW(ctx->arena, struct invoice_sheet);
    const struct tongue *tongue = &tongues[0];
    size_t i;

    for (i = 0; i < COUNT_OF(tongues); i++)
        if (str_equal(tongues[i].language, language))
            tongue = &tongues[i];
    fill_head(&sheet->head, tongue);
    fill_columns(&sheet->columns, tongue);
    sheet->lines = make_lines(ctx, tongue, line_count);
    sheet->line_count = line_count;
    sheet->totals = totals;
    sheet->total_count = COUNT_OF(totals);
    sheet->payment.title = "Paiement";
    sheet->payment.text = "Sera prélevé le 5 déc. 2026 sur la carte Visa •••• 4242.\n"
                          "Vous n’avez rien à faire.";
    sheet->legal =
        "Pas d’escompte pour paiement anticipé. En cas de retard : pénalités au taux de trois "
        "fois le taux d’intérêt légal et indemnité forfaitaire de 40 € pour frais de "
        "recouvrement.\nNature de l’opération : prestation de services.";
    return sheet;
}

static const struct quote_evidence *make_evidence(void)
{
    static const struct sheet_fact facts[] = {
        {"Nom", "Camille Lefèvre"},
        {"Fonction", "Directrice générale"},
        {"Date et heure (UTC)", "24 nov. 2026, 09:31:07"},
        {"Adresse IP", "2001:db8::17"},
        {"Navigateur", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
        {"Empreinte SHA-256 du document accepté",
         "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    };
    static const struct sheet_fact events[] = {
        {"23 nov. 2026, 10:00:00", "Devis envoyé à camille@client.example"},
        {"24 nov. 2026, 09:12:44", "Devis ouvert"},
        {"24 nov. 2026, 09:31:07", "Devis accepté"},
    };
    static const struct quote_evidence evidence = {
        .title = "Preuve d’acceptation",
        .statement = "« J’ai lu et j’accepte le devis Q-2026-00042 v2 et ses conditions. »",
        .facts = facts,
        .fact_count = COUNT_OF(facts),
        .events_title = "Événements",
        .events = events,
        .event_count = COUNT_OF(events),
        .notice = "Ce document porte une signature électronique simple au sens de l’article 25 du "
                  "règlement "
                  "(UE) n° 910/2014 (eIDAS).",
    };

    return &evidence;
}

struct quote_sheet *sample_quote(struct ctx *ctx, bool accepted)
{
    static const struct sheet_total per_month[] = {
        {"Total HT par mois", "", "620,00\u00a0€", false},
        {"TVA 20\u202f%", "", "124,00\u00a0€", false},
        {"Par mois TTC", "", "744,00\u00a0€", false},
    };
    static const struct sheet_total once[] = {
        {"Total HT", "", "600,00\u00a0€", false},
        {"TVA 20\u202f%", "", "120,00\u00a0€", false},
        {"Une fois TTC", "", "720,00\u00a0€", false},
    };
    static const struct sheet_total totals[] = {
        {"À payer aujourd’hui", "Première mensualité et mise en service", "1 464,00\u00a0€", true},
        {"Puis chaque mois", "À partir du 1 janv. 2027", "744,00\u00a0€", false},
        {"Total sur 12 mois", "", "9 648,00\u00a0€", false},
    };
    static const struct sheet_block terms[] = {
        {"Conditions", "Début : 1 déc. 2026. Durée : 12 mois, reconduits par périodes de 12 mois.\n"
                       "Préavis : un mois avant l’échéance.\nOffre valable jusqu’au 23 déc. 2026."},
    };
    static const char *const fields[] = {"Nom et fonction", "Date", "Signature"};
    struct quote_sheet *sheet = ARENA_NEW(ctx->arena, struct quote_sheet);
    struct quote_section *sections = ARENA_ARRAY(ctx->arena, struct quote_section, 3);

    fill_head(&sheet->head, &tongues[0]);
    sheet->head.title = "Devis Q-2026-00042 v2";
    fill_columns(&sheet->columns, &tongues[0]);
    sections[0] = (struct quote_section){
        "Chaque mois",       "",   make_lines(ctx, &tongues[0], 2), 2, per_month,
        COUNT_OF(per_month), false};
    sections[1] = (struct quote_section){
        "Une fois", "", make_lines(ctx, &tongues[0], 1), 1, once, COUNT_OF(once), false};
    sections[2] = (struct quote_section){"Options non choisies",
                                         "Non comprises dans les totaux.",
                                         make_lines(ctx, &tongues[0], 1),
                                         1,
                                         NULL,
                                         0,
                                         true};
    sheet->sections = sections;
    sheet->section_count = 3;
    sheet->intro =
        "Madame, voici notre proposition pour l’équipement de votre équipe, comme convenu lors de "
        "notre entretien du 20 novembre.";
    sheet->totals = totals;
    sheet->total_count = COUNT_OF(totals);
    sheet->terms = terms;
    sheet->term_count = COUNT_OF(terms);
    sheet->acceptance.title = "Bon pour accord";
    sheet->acceptance.text =
        "Acceptez ce devis en ligne avec le lien reçu par courriel, ou retournez-le signé.";
    sheet->acceptance_fields = fields;
    sheet->acceptance_field_count = COUNT_OF(fields);
    sheet->evidence = accepted ? make_evidence() : NULL;
    return sheet;
}
