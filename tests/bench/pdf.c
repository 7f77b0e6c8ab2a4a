/* pdf: how many sealed invoices two processes write, beside what the bare signature costs.
 *
 * Prints name, value, unit, ratio to raw_sign of the same key. Invoices have 3 lines and stay in
 * memory. Wall time is what counts on free cores; where others work too, the CPU figures tell more.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "document/invoice_sheet.h"
#include "document/pdf_sign.h"

enum { PROCESSES = 2, SECONDS = 3 };

struct load {
    struct ctx ctx;
    const struct pdf_house *house;
    const struct signer *signer;
    EVP_PKEY *key;
    bool raw;
};

struct score {
    int64_t count;
    int64_t wall; /* microseconds */
    int64_t cpu;
};

static struct invoice_sheet invoice_of(void)
{
    static const struct sheet_fact facts[] = {
        {"Date d’émission", "1 déc. 2026"}, {"Période", "1 déc. 2026 – 31 déc. 2026"},
        {"Échéance", "31 déc. 2026"},       {"Client", "C-00042"},
        {"Commande", "PO-2026/118"},        {"Abonnement", "S-2026-00042"},
    };
    static const struct sheet_line lines[] = {
        {"", "Abonnement Équipe", "Du 1 déc. 2026 au 31 déc. 2026", "3", "200,00\u00a0€",
         "10\u202f%", "20\u202f%", "540,00\u00a0€", "540,00\u00a0€"},
        {"", "Mise en service", "", "1", "600,00\u00a0€", "", "20\u202f%", "600,00\u00a0€",
         "1\u202f140,00\u00a0€"},
        {"", "Ajout de 2 postes", "2 × 20,00 € × 14 jours sur 31", "1", "18,06\u00a0€", "",
         "20\u202f%", "18,06\u00a0€", "1\u202f158,06\u00a0€"},
    };
    static const struct sheet_total totals[] = {
        {"Total HT", "", "1\u202f158,06\u00a0€", false},
        {"TVA 20\u202f% sur 1\u202f158,06\u00a0€", "", "231,61\u00a0€", false},
        {"À payer", "", "1\u202f389,67\u00a0€", true},
    };

    return (struct invoice_sheet){
        .head = {.language = "fr",
                 .title = "Facture INV-2026-00017",
                 .created_at = INT64_C(1795428000000000),
                 .seller_name = "Atelier Brume SAS",
                 .seller_text = "12 quai des Chartrons\n33000 Bordeaux\nTVA FR40303265045",
                 .window = SHEET_WINDOW_RIGHT,
                 .buyer_name = "Brasserie du Pont",
                 .buyer_text = "7 rue de l’Abbé-Grégoire\n75006 Paris\nFrance",
                 .facts = facts,
                 .fact_count = COUNT_OF(facts),
                 .footer = "Atelier Brume SAS au capital de 10 000 € · RCS Bordeaux 303 265 045",
                 .page_label = "Page {page}/{pages}"},
        .columns = {"Désignation", "Quantité", "Prix unitaire HT", "Remise", "TVA", "Total HT",
                    "À reporter", "Report"},
        .lines = lines,
        .line_count = COUNT_OF(lines),
        .totals = totals,
        .total_count = COUNT_OF(totals),
        .payment = {"Paiement", "Sera prélevé le 5 déc. 2026 sur la carte •••• 4242."},
        .legal = "Pas d’escompte pour paiement anticipé. Pénalités de retard : trois fois le taux "
                 "légal ; "
                 "indemnité forfaitaire de 40 €.",
    };
}

static void sign_raw(const struct load *load, int64_t number)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    unsigned char signature[512];
    size_t bytes = sizeof signature;

    CHECK(md != NULL && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, load->key) == 1 &&
          EVP_DigestSign(md, signature, &bytes, (const unsigned char *)&number, sizeof number) ==
              1);
    EVP_MD_CTX_free(md);
}

static void write_invoice(struct load *load, int64_t number)
{
    struct invoice_sheet sheet = invoice_of();
    struct pdf_file file;

    sheet.head.title = arena_printf(load->ctx.arena, "Facture INV-2026-%05lld", (long long)number);
    CHECK(pdf_finish(invoice_sheet_draw(&load->ctx, load->house, &sheet), load->signer, &file) ==
          OK);
    CHECK(file.bytes > 10000);
    arena_reset(load->ctx.arena);
}

static struct score work(struct load *load)
{
    struct score score = {0};
    int64_t start = clock_ticks();
    struct rusage usage;

    while ((score.wall = clock_ticks() - start) < SECONDS * CLOCK_SECOND) {
        score.count++;
        if (load->raw)
            sign_raw(load, score.count);
        else
            write_invoice(load, score.count);
    }
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    score.cpu = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * CLOCK_SECOND +
                usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    return score;
}

/* The same work in both processes; their scores come back through a pipe. */
static struct score run(struct load *load)
{
    struct score sum = {0};
    int ends[2];
    int i;

    CHECK(pipe(ends) == 0);
    for (i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();

        CHECK(pid >= 0);
        if (pid == 0) {
            struct score score = work(load);

            _exit(write(ends[1], &score, sizeof score) == (ssize_t)sizeof score ? 0 : 1);
        }
    }
    for (i = 0; i < PROCESSES; i++) {
        struct score score;

        CHECK(read(ends[0], &score, sizeof score) == (ssize_t)sizeof score);
        sum.count += score.count;
        sum.cpu += score.cpu;
        sum.wall = score.wall > sum.wall ? score.wall : sum.wall;
    }
    while (wait(NULL) > 0)
        continue;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return sum;
}

static double per_second(struct score score)
{
    return (double)score.count * 1e6 / (double)score.wall;
}

static void measure(struct load *load, struct arena *lasting, enum certificate_key kind,
                    const char *name, const char *folder)
{
    struct certificate_order order = {.key = kind,
                                      .organisation = "Bench",
                                      .country = "",
                                      .from_at = load->ctx.now,
                                      .valid_days = 2,
                                      .certificate_path =
                                          arena_printf(lasting, "%s/%s.pem", folder, name),
                                      .key_path = arena_printf(lasting, "%s/%s.key", folder, name)};
    struct score raw;
    struct score signed_pdf;
    FILE *file;

    CHECK(create_demo_certificate(&load->ctx, &order) == OK);
    CHECK(signer_load(&load->ctx, lasting, order.certificate_path, order.key_path, &load->signer) ==
          OK);
    file = fopen(order.key_path, "r");
    CHECK(file != NULL);
    load->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    (void)fclose(file);
    (void)unlink(order.certificate_path);
    (void)unlink(order.key_path);
    load->raw = true;
    raw = run(load);
    load->raw = false;
    signed_pdf = run(load);
    EVP_PKEY_free(load->key);
    printf("raw_sign_per_s_%s\t%.0f\t1/s\t1.000\n", name, per_second(raw));
    printf("pdf_signed_per_s_%s\t%.0f\t1/s\t%.3f\n", name, per_second(signed_pdf),
           per_second(signed_pdf) / per_second(raw));
    printf("pdf_signed_cpu_ms_%s\t%.3f\tms\t%.3f\n", name,
           (double)signed_pdf.cpu / 1e3 / (double)signed_pdf.count,
           (double)signed_pdf.cpu / (double)signed_pdf.count /
               ((double)raw.cpu / (double)raw.count));
}

int main(void)
{
    static struct load load;
    struct arena *lasting = arena_new();
    char folder[] = "/tmp/tacite-bench-XXXXXX";

    load.ctx.arena = arena_new();
    load.ctx.now = clock_now();
    load.ctx.request_id = load.ctx.actor = load.ctx.remote_addr = load.ctx.user_agent = "";
    load.ctx.language = "fr";
    CHECK(mkdtemp(folder) != NULL);
    if (pdf_house_load(&load.ctx, lasting, NULL, 0, &load.house) != OK) {
        (void)fprintf(stderr, "%s\n", load.ctx.trail);
        return 1;
    }
    measure(&load, lasting, CERTIFICATE_RSA_2048, "rsa2048", folder);
    measure(&load, lasting, CERTIFICATE_ECDSA_P256, "ecdsa_p256", folder);
    (void)rmdir(folder);
    arena_free(load.ctx.arena);
    arena_free(lasting);
    return 0;
}
