/* pdf: signed invoices per second: drawn, compressed and sealed, each with its own number, buyer and
 * amounts.
 *
 * pdf KEY PROCESSES SECONDS [FILE]: KEY is rsa or ecdsa (a certificate is made for the run); FILE keeps
 * one document to be looked at. Prints documents per second over all processes and the mean size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "document/invoice_sheet.h"
#include "document/pdf_sign.h"

struct score {
    long documents;
    long bytes;
};

static const char *euros(struct ctx *ctx, long cents)
{
    return arena_printf(ctx->arena, "%ld,%02ld\u00a0€", cents / 100, cents % 100);
}

static void draw_lines(struct ctx *ctx, struct invoice_sheet *sheet, long number)
{
    static const char *const description[] = {"Licence Équipe", "Hébergement", "Mise en service"};
    struct sheet_line *lines = ARENA_ARRAY(ctx->arena, struct sheet_line, 3);
    struct sheet_total *totals = ARENA_ARRAY(ctx->arena, struct sheet_total, 3);
    long net = 0;
    long vat;
    long i;

    for (i = 0; i < 3; i++) {
        long cents = 1650 + number % 977 * (i + 1);
        long quantity = i == 0 ? 3 : 1;

        net += cents * quantity;
        lines[i].section = i == 2 ? "Une seule fois" : i == 0 ? "Abonnement" : "";
        lines[i].description = description[i];
        lines[i].detail = i < 2 ? "Du 1 déc. 2026 au 31 déc. 2026" : "";
        lines[i].quantity = arena_printf(ctx->arena, "%ld", quantity);
        lines[i].unit_price = euros(ctx, cents);
        lines[i].vat_rate = "20\u202f%";
        lines[i].total = euros(ctx, cents * quantity);
    }
    vat = (net * 20 + 50) / 100;
    totals[0] = (struct sheet_total){"Total HT", "", euros(ctx, net), false};
    totals[1] = (struct sheet_total){"TVA 20\u202f%", "", euros(ctx, vat), false};
    totals[2] = (struct sheet_total){"Total TTC", "", euros(ctx, net + vat), true};
    sheet->lines = lines;
    sheet->line_count = 3;
    sheet->totals = totals;
    sheet->total_count = 3;
}

static void draw_head(struct ctx *ctx, struct sheet_head *head, long number)
{
    struct sheet_fact *facts = ARENA_ARRAY(ctx->arena, struct sheet_fact, 4);

    facts[0] = (struct sheet_fact){"Date d’émission", "1 déc. 2026"};
    facts[1] = (struct sheet_fact){"Échéance", "31 déc. 2026"};
    facts[2] = (struct sheet_fact){"Client", arena_printf(ctx->arena, "C-%05ld", number)};
    facts[3] = (struct sheet_fact){"Abonnement", arena_printf(ctx->arena, "S-2026-%05ld", number)};
    head->language = "fr";
    head->title = arena_printf(ctx->arena, "Facture INV-2026-%05ld", number);
    head->created_at = ctx->now;
    head->seller_name = "Atelier Brume SAS";
    head->seller_text = "12 quai des Chartrons\n33000 Bordeaux, France\nTVA FR40303265045";
    head->window = SHEET_WINDOW_RIGHT;
    head->buyer_name = arena_printf(ctx->arena, "Client %ld SARL", number);
    head->buyer_text = arena_printf(ctx->arena, "Service comptabilité\n%ld rue des Lilas\n69001 Lyon\nFrance", number % 200);
    head->buyer_note = "TVA FR83404833048";
    head->facts = facts;
    head->fact_count = 4;
    head->footer = "Atelier Brume SAS au capital de 10 000 € · RCS Bordeaux 303 265 045 · TVA FR40303265045";
    head->page_label = "Page {page}/{pages}";
}

static void make_one(struct ctx *ctx, const struct pdf_house *house, const struct signer *signer, long number,
                     struct pdf_file *file)
{
    struct invoice_sheet sheet;

    memset(&sheet, 0, sizeof sheet);
    draw_head(ctx, &sheet.head, number);
    sheet.columns = (struct sheet_columns){"Désignation", "Quantité", "Prix unitaire HT", "", "TVA", "Total HT",
                                           "À reporter", "Report"};
    draw_lines(ctx, &sheet, number);
    sheet.payment = (struct sheet_block){"Paiement", "Sera prélevé le 5 déc. 2026 sur la carte Visa •••• 4242."};
    sheet.legal = "Pas d’escompte pour paiement anticipé. En cas de retard : pénalités au taux de trois fois le taux "
                  "d’intérêt légal et indemnité forfaitaire de 40 € pour frais de recouvrement.";
    CHECK(pdf_finish(invoice_sheet_draw(ctx, house, &sheet), signer, file) == OK);
}

static struct score work(const struct pdf_house *house, const struct signer *signer, long first, int64_t microseconds)
{
    struct ctx ctx = {.arena = arena_new(), .language = "fr", .request_id = "", .actor = "bench"};
    int64_t until = clock_ticks() + microseconds;
    struct score score = {0, 0};

    while (clock_ticks() < until) {
        struct pdf_file file;

        ctx.now = clock_now();
        make_one(&ctx, house, signer, first + score.documents, &file);
        score.documents++;
        score.bytes += (long)file.bytes;
        arena_reset(ctx.arena);
    }
    arena_free(ctx.arena);
    return score;
}

static void load(struct ctx *ctx, enum certificate_key key, const struct pdf_house **house, const struct signer **signer)
{
    char folder[] = "/tmp/tacite-bench-pdf.XXXXXX";
    struct certificate_order order = {.key = key, .organisation = "Atelier Brume SAS", .country = "FR",
        .from_at = ctx->now - INT64_C(3600000000), .valid_days = 30};

    CHECK(mkdtemp(folder) != NULL);
    order.certificate_path = arena_printf(ctx->arena, "%s/seal.pem", folder);
    order.key_path = arena_printf(ctx->arena, "%s/seal.key", folder);
    if (create_demo_certificate(ctx, &order) != OK || pdf_house_load(ctx, ctx->arena, NULL, 0, house) != OK ||
        signer_load(ctx, ctx->arena, order.certificate_path, order.key_path, signer) != OK) {
        (void)fprintf(stderr, "%s\n", ctx->trail);
        exit(70);
    }
    (void)unlink(order.certificate_path);
    (void)unlink(order.key_path);
    (void)rmdir(folder);
}

int main(int argc, char **argv)
{
    struct ctx ctx = {.arena = arena_new(), .now = clock_now(), .language = "fr", .request_id = "", .actor = "bench"};
    const struct pdf_house *house;
    const struct signer *signer;
    struct score total = {0, 0};
    long processes;
    long seconds;
    int pipes[2];
    long i;

    if (argc < 4 || (strcmp(argv[1], "rsa") != 0 && strcmp(argv[1], "ecdsa") != 0)) {
        (void)fprintf(stderr, "pdf rsa|ecdsa PROCESSES SECONDS [FILE]\n");
        return 64;
    }
    processes = strtol(argv[2], NULL, 10);
    seconds = strtol(argv[3], NULL, 10);
    CHECK(processes > 0 && processes <= 64 && seconds > 0 && pipe(pipes) == 0);
    load(&ctx, strcmp(argv[1], "rsa") == 0 ? CERTIFICATE_RSA_2048 : CERTIFICATE_ECDSA_P256, &house, &signer);
    if (argc > 4) {
        struct pdf_file file;
        FILE *out = fopen(argv[4], "we");

        make_one(&ctx, house, signer, 17, &file);
        CHECK(out != NULL && fwrite(file.data, 1, file.bytes, out) == file.bytes && fclose(out) == 0);
    }
    for (i = 0; i < processes; i++)
        if (fork() == 0) {
            struct score score = work(house, signer, i * 100000, seconds * CLOCK_SECOND);

            _exit(write(pipes[1], &score, sizeof score) == (ssize_t)sizeof score ? 0 : 1);
        }
    for (i = 0; i < processes; i++) {
        struct score score;

        CHECK(read(pipes[0], &score, sizeof score) == (ssize_t)sizeof score);
        total.documents += score.documents;
        total.bytes += score.bytes;
    }
    while (wait(NULL) > 0)
        continue;
    (void)printf("%.1f %ld\n", (double)total.documents / (double)seconds, total.bytes / total.documents);
    arena_free(ctx.arena);
    return 0;
}
