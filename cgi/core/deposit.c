#include "core/deposit.h"

#include <string.h>

#include "base/check.h"
#include "core/tax.h"

#define N_(text) text

enum deposit_refusal deposit_may_be_asked(const struct deposit_terms *terms, int64_t order_minor, bool pays)
{
    if (terms->ppm > 0 && terms->minor > 0)
        return DEPOSIT_BOTH;
    if ((terms->ppm > 0 || terms->minor > 0) && !pays)
        return DEPOSIT_NOT_PAID;
    return order_minor >= 0 && terms->minor > order_minor ? DEPOSIT_ABOVE_TOTAL : DEPOSIT_NOT_REFUSED;
}

const char *deposit_refusal_text(enum deposit_refusal refusal)
{
    static const char *const text[] = {
        [DEPOSIT_NOT_REFUSED] = "",
        [DEPOSIT_BOTH] = N_("A deposit is a percentage or an amount: leave one of them empty"),
        [DEPOSIT_NOT_PAID] = N_("A deposit is paid when the quote is signed: choose an acceptance with payment"),
        [DEPOSIT_ABOVE_TOTAL] = N_("The deposit is above what the order costs"),
    };

    CHECK(refusal >= DEPOSIT_NOT_REFUSED && refusal <= DEPOSIT_ABOVE_TOTAL);
    return text[refusal];
}

int64_t deposit_due(const struct deposit_terms *terms, int64_t order_minor)
{
    if (terms->ppm > 0)
        return money_scale(order_minor, terms->ppm, RATE_ONE, ROUND_HALF_AWAY);
    return terms->minor < order_minor ? terms->minor : order_minor;
}

static size_t place_of(const struct deposit_room *room, const struct tax_decision *tax)
{
    size_t i = 0;

    while (i < room->count && (room->at[i].tax.category != tax->category || room->at[i].tax.rate_ppm != tax->rate_ppm))
        i++;
    return i;
}

bool deposit_room(const struct invoice_line *lines, size_t count, struct deposit_room *room)
{
    struct totals totals;

    memset(room, 0, sizeof *room);
    if (!invoice_totals(lines, count, &totals))
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t place = place_of(room, &lines[i].tax);

        if (place == room->count) {
            room->at[place].tax = lines[i].tax;
            room->at[place].minor = lines[i].tax.included ? 0 : totals.groups[place].base_minor + totals.groups[place].tax_minor;
            room->count++;
        }
        if (lines[i].tax.included)
            room->at[place].minor += lines[i].priced_minor;
    }
    for (size_t i = 0; i < room->count; i++)
        if (room->at[i].minor < 0)
            room->at[i].minor = 0;
    return true;
}

size_t deposit_lines(const struct deposit_room *order, int64_t deposit_minor, const struct currency *currency,
                     struct invoice_line lines[TOTALS_GROUPS_MAX])
{
    int64_t scale = PRICE_ONE; /* of a minor unit */
    int64_t whole = 0;
    int64_t until = 0;
    int64_t given = 0;
    size_t count = 0;

    for (size_t i = 0; i < order->count; i++)
        whole += order->at[i].minor;
    CHECK(deposit_minor > 0);
    for (int digit = 0; digit < currency->digits; digit++)
        scale /= 10;
    if (whole == 0)
        return 0;
    for (size_t i = 0; i < order->count; i++) {
        int64_t share;

        until += order->at[i].minor;
        share = money_scale(deposit_minor, until, whole, ROUND_HALF_AWAY) - given;
        given += share;
        if (share == 0)
            continue;
        lines[count] = (struct invoice_line){.kind = LINE_ONE_TIME, .description = "", .period = PERIOD_NONE,
                                             .quantity_e4 = QUANTITY_ONE, .net_minor = share, .tax = order->at[i].tax};
        lines[count].tax.included = true; /* the amount is what is paid */
        lines[count].tax.distance = false; /* the invoice of the whole counts for the threshold */
        invoice_line_settle(&lines[count]);
        lines[count].unit_price_e4 = lines[count].net_minor * scale;
        count++;
    }
    return count;
}

int64_t deposit_take(struct credit_line *deposit, size_t count, struct deposit_room *room)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        size_t place = place_of(room, &deposit[i].line->tax);
        int64_t left = credit_line_left(&deposit[i]);

        deposit[i].now_minor = 0;
        if (place == room->count)
            continue;
        deposit[i].now_minor = left < room->at[place].minor ? left : room->at[place].minor;
        room->at[place].minor -= deposit[i].now_minor;
        sum += deposit[i].now_minor;
    }
    return sum;
}
