#include "document/fec.h"

#include <ctype.h>
#include <string.h>

#include "core/date.h"
#include "core/money.h"

void fec_header(struct str *out)
{
    str_append(out, "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t"
                    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\r\n");
}

/* The next code point of well-formed UTF-8. */
static unsigned next_point(const unsigned char **text)
{
    const unsigned char *t = *text;
    unsigned point = t[0];
    int more = point < 0x80 ? 0 : point < 0xE0 ? 1 : point < 0xF0 ? 2 : 3;

    if (more > 0)
        point &= 0x3FU >> more;
    *text += 1;
    for (; more > 0 && (**text & 0xC0) == 0x80; more--)
        point = point << 6 | (*(*text)++ & 0x3F);
    return point;
}

/* ISO 8859-15 is Latin-1 but for eight places. */
static unsigned char latin9(unsigned point)
{
    static const struct {
        unsigned point;
        unsigned char byte;
    } moved[] = {{0x20AC, 0xA4}, {0x160, 0xA6}, {0x161, 0xA8}, {0x17D, 0xB4}, {0x17E, 0xB8}, {0x152, 0xBC}, {0x153, 0xBD}, {0x178, 0xBE}};
    unsigned char byte = point <= 0xFF ? (unsigned char)point : (unsigned char)'?';

    for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
        if (moved[i].point == point)
            return moved[i].byte;
        if (moved[i].byte == point)
            byte = '?'; /* its place was given away */
    }
    return point == 0x2019 ? (unsigned char)'\'' : byte;
}

static void add_text(struct str *out, enum fec_charset charset, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        const unsigned char *from = at;
        unsigned point = next_point(&at);

        if (point < 0x20 || point == '|' || (point >= 0x7F && point < 0xA0))
            str_append_char(out, ' ');
        else if (charset == FEC_UTF_8)
            str_append_bytes(out, from, (size_t)(at - from));
        else
            str_append_char(out, (char)latin9(point));
    }
    str_append_char(out, '\t');
}

static void add_day(struct str *out, int32_t on, char end)
{
    struct civil c;

    if (on != DATE_NONE) {
        c = date_civil(on);
        str_printf(out, "%04d%02d%02d", c.year, c.month, c.day);
    }
    str_append_char(out, end);
}

static void add_amount(struct str *out, int64_t minor, const char *currency)
{
    char text[MONEY_PLAIN_BYTES];

    str_append(out, money_plain(minor, currency, ',', text));
    str_append_char(out, '\t');
}

void fec_add(struct str *out, enum fec_charset charset, const char *currency, const struct fec_line *l)
{
    add_text(out, charset, l->journal);
    add_text(out, charset, l->journal_name);
    str_printf(out, "%lld\t", (long long)l->number);
    add_day(out, l->entry_on, '\t');
    add_text(out, charset, l->account);
    add_text(out, charset, l->account_name);
    add_text(out, charset, l->customer);
    add_text(out, charset, l->customer_name);
    add_text(out, charset, l->piece);
    add_day(out, l->piece_on, '\t');
    add_text(out, charset, l->label);
    add_amount(out, l->debit_minor, currency);
    add_amount(out, l->credit_minor, currency);
    add_text(out, charset, l->letter);
    add_day(out, l->letter_on, '\t');
    add_day(out, l->valid_on, '\t');
    if (l->foreign[0] != '\0')
        add_amount(out, l->foreign_minor, l->foreign);
    else
        str_append_char(out, '\t');
    str_append(out, l->foreign);
    str_append(out, "\r\n");
}

const char *fec_letter(int64_t n, char text[FEC_LETTER_BYTES])
{
    char *at = text + FEC_LETTER_BYTES - 1;

    *at = '\0';
    for (n++; n > 0; n = (n - 1) / 26)
        *--at = (char)('A' + (n - 1) % 26);
    return at;
}

char *fec_file_name(struct arena *arena, const char *siren, int32_t last_on)
{
    struct civil last = date_civil(last_on);
    struct str digits = str_new(arena);

    for (; *siren != '\0'; siren++)
        if (isdigit((unsigned char)*siren))
            str_append_char(&digits, *siren);
        else if (!isspace((unsigned char)*siren))
            return arena_strdup(arena, "");
    return digits.bytes == 9 ? arena_printf(arena, "%sFEC%04d%02d%02d.txt", digits.text, last.year, last.month, last.day) : arena_strdup(arena, "");
}
