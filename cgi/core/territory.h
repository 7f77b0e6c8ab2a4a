/* territory: to which VAT an address belongs: its country's, or that of a part of it with a law of its own.
 *
 * Found by country and postal code, or by the ISO code where the part has one. Rules: directive 2006/112/EC art. 6, 7
 * and 355 (and the protocol on Ireland and Northern Ireland, annex 3, for goods); CGI art. 294 and 296 for the French
 * overseas departments; LTVA art. 3 and 4 for Liechtenstein and Buesingen, which are in the Swiss VAT. Parts whose rates
 * alone differ (Corsica, Madeira, the Azores, Jungholz, Mittelberg) are rows of the rates. */
#ifndef TACITE_CORE_TERRITORY_H
#define TACITE_CORE_TERRITORY_H

#include <stdbool.h>

struct territory {
    const char *name;   /* English msgid; "" for a whole country */
    char area[3];       /* whose rates: an ISO code, "RE" for Réunion, "IC" for the Canary Islands */
    char state[3];      /* whose tax office: "FR" for Réunion, Monaco */
    bool eu_services;   /* in the Union's VAT for services */
    bool eu_goods;      /* and for goods: Northern Ireland is in it for these alone */
    bool without_vat;   /* the state's VAT is not applied there: Guyane, Mayotte */
};

/* Both as typed; an unknown postal code is the country itself. */
void territory_of(const char *country, const char *postal_code, struct territory *territory);

enum { POSTAL_KEY_BYTES = 11 };

/* A postal code as codes are compared: capital letters and digits alone, the first ten of them. */
void postal_key(const char *postal_code, char key[POSTAL_KEY_BYTES]);

/* The code starts with something between from and until, which are of one length; "" is every code. */
bool postal_within(const char *key, const char *from, const char *until);

#endif
