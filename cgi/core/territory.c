#include "core/territory.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "core/country.h"

#define N_(text) text

enum law {
    LIKE_STATE = 1, /* the state's VAT and rates under a code of its own */
    OWN_RATES,      /* the state's VAT at rates of its own, outside the Union's for goods and for other states */
    NO_VAT,         /* the state's VAT is not applied there */
    OUTSIDE,        /* outside the Union's VAT, and not the state's */
    GOODS_ONLY,     /* in the Union's VAT for goods */
};

/* from: the least beginning of its postal codes, until: the greatest; "" for a place with an ISO code of its own. */
static const struct {
    char country[3];
    char from[6], until[6];
    char area[3], state[3];
    enum law law;
    const char *name;
} place[] = {
    {"FR", "97133", "97133", "BL", "BL", OUTSIDE, N_("Saint Barthelemy")},
    {"FR", "97150", "97150", "MF", "MF", OUTSIDE, N_("Saint Martin")},
    {"FR", "971", "971", "GP", "FR", OWN_RATES, N_("Guadeloupe")},
    {"FR", "972", "972", "MQ", "FR", OWN_RATES, N_("Martinique")},
    {"FR", "973", "973", "GF", "FR", NO_VAT, N_("French Guiana")},
    {"FR", "974", "974", "RE", "FR", OWN_RATES, N_("Reunion")},
    {"FR", "975", "975", "PM", "PM", OUTSIDE, N_("Saint Pierre and Miquelon")},
    {"FR", "976", "976", "YT", "FR", NO_VAT, N_("Mayotte")},
    {"FR", "984", "984", "TF", "TF", OUTSIDE, N_("French Southern Territories")},
    {"FR", "986", "986", "WF", "WF", OUTSIDE, N_("Wallis and Futuna")},
    {"FR", "987", "987", "PF", "PF", OUTSIDE, N_("French Polynesia")},
    {"FR", "988", "988", "NC", "NC", OUTSIDE, N_("New Caledonia")},
    {"GP", "97133", "97133", "BL", "BL", OUTSIDE, N_("Saint Barthelemy")},
    {"GP", "97150", "97150", "MF", "MF", OUTSIDE, N_("Saint Martin")},
    {"GP", "", "", "GP", "FR", OWN_RATES, N_("Guadeloupe")},
    {"MQ", "", "", "MQ", "FR", OWN_RATES, N_("Martinique")},
    {"GF", "", "", "GF", "FR", NO_VAT, N_("French Guiana")},
    {"RE", "", "", "RE", "FR", OWN_RATES, N_("Reunion")},
    {"YT", "", "", "YT", "FR", NO_VAT, N_("Mayotte")},
    {"MC", "", "", "FR", "FR", LIKE_STATE, N_("Monaco")},
    {"IM", "", "", "GB", "GB", LIKE_STATE, N_("Isle of Man")},
    {"LI", "", "", "CH", "CH", LIKE_STATE, N_("Liechtenstein")},
    {"GB", "BT", "BT", "GB", "GB", GOODS_ONLY, N_("Northern Ireland")},
    {"ES", "35", "35", "IC", "IC", OUTSIDE, N_("Canary Islands")},
    {"ES", "38", "38", "IC", "IC", OUTSIDE, N_("Canary Islands")},
    {"ES", "51", "51", "EA", "EA", OUTSIDE, N_("Ceuta")},
    {"ES", "52", "52", "EA", "EA", OUTSIDE, N_("Melilla")},
    {"FI", "22", "22", "AX", "AX", OUTSIDE, N_("Aland Islands")},
    {"GR", "63086", "63087", "XA", "XA", OUTSIDE, N_("Mount Athos")},
    {"DE", "78266", "78266", "CH", "CH", LIKE_STATE, N_("Buesingen am Hochrhein")},
    {"DE", "27498", "27498", "XH", "XH", OUTSIDE, N_("Heligoland")},
    {"IT", "23041", "23041", "XL", "XL", OUTSIDE, N_("Livigno")},
    {"IT", "23030", "23030", "XL", "XL", OUTSIDE, N_("Livigno")},
    {"IT", "22060", "22061", "XC", "XC", OUTSIDE, N_("Campione d'Italia")},
};

void postal_key(const char *postal_code, char key[POSTAL_KEY_BYTES])
{
    size_t used = 0;

    for (; *postal_code != '\0' && used < POSTAL_KEY_BYTES - 1; postal_code++) {
        char c = *postal_code;

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 32);
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            key[used++] = c;
    }
    key[used] = '\0';
}

bool postal_within(const char *key, const char *from, const char *until)
{
    size_t length = strlen(from);

    return strlen(key) >= length && strncmp(key, from, length) >= 0 && strncmp(key, until, length) <= 0;
}

static void put(char code[3], const char *from)
{
    memcpy(code, from, 2);
    code[2] = '\0';
}

void territory_of(const char *country, const char *postal_code, struct territory *territory)
{
    char key[POSTAL_KEY_BYTES];
    size_t i = 0;

    postal_key(postal_code, key);
    memset(territory, 0, sizeof *territory);
    territory->name = "";
    while (i < COUNT_OF(place) && (strcmp(place[i].country, country) != 0 || !postal_within(key, place[i].from, place[i].until)))
        i++;
    if (i == COUNT_OF(place)) {
        CHECK(strlen(country) <= 2);
        (void)memcpy(territory->area, country, strlen(country));
        (void)memcpy(territory->state, country, strlen(country));
        territory->eu_services = territory->eu_goods = country_in_eu(country);
        return;
    }
    territory->name = place[i].name;
    put(territory->area, place[i].area);
    put(territory->state, place[i].state);
    territory->eu_services = place[i].law == LIKE_STATE && country_in_eu(territory->state);
    territory->eu_goods = territory->eu_services || place[i].law == GOODS_ONLY;
    territory->without_vat = place[i].law == NO_VAT;
}
