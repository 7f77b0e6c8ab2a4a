/* pick: saying which customer or product in a house of any size (ux.md P11).
 *
 * A customer is typed: number, name or mail address, or a part that fits one alone; a list below the field suggests.
 * A product is chosen from a list while there are few, and typed in the same way (code or name) where there are many.
 * What the field then shows is "Name (KEY)", and the key decides. What is archived is not offered and cannot be
 * chosen anew; what stood there already may stay. */
#ifndef TACITE_PAGE_PICK_H
#define TACITE_PAGE_PICK_H

#include "page/admin/admin.h"
#include "store/catalogue.h"
#include "store/customer.h"

enum {
    PICK_OFFERED = 100,    /* suggestions below a field */
    PRODUCTS_LISTED = 200, /* up to so many are a list to choose from */
    PICK_TEXT_MAX = 1000,  /* bytes of "Name (KEY)": 200 characters of 4 bytes, and the key */
};

/* "Atelier Roy (C-2026-00001)" */
const char *pick_text(struct arena *arena, const char *name, const char *key);

/* The customer that was typed, id 0 when the field has an error now. present_id: who stands there already, 0 nobody. */
enum err pick_customer(struct page *page, struct form *form, const char *field, const char *typed, int64_t present_id,
                       struct customer *customer) MUST_USE;
/* Suggestions of the field, after view_form: those that fit what was typed wrong, else the first by name. */
enum err offer_customers(struct page *page, HDF *hdf, const struct form *form, const char *field) MUST_USE;

/* Products to choose from, by name. */
struct product_choice {
    struct product *products;
    size_t count;
    bool typed; /* more than a list shows: they are typed, and these are suggestions */
};
/* archived: the archived ones too. */
enum err load_product_choice(struct page *page, bool archived, struct product_choice *choice) MUST_USE;
/* What a field shows for a product: its id in a list, "Name (CODE)" where it is typed; "" for id 0. */
enum err shown_product(struct page *page, const struct product_choice *choice, int64_t product_id, const char **shown) MUST_USE;
/* The product that was chosen or typed; id 0 when the field has an error now. archived: it may be one. */
enum err pick_product(struct page *page, struct form *form, const char *field, const char *typed, const struct product_choice *choice,
                      int64_t present_id, bool archived, struct product *product) MUST_USE;
/* A form's one product field, after view_form; first: the label of an empty choice. */
void offer_products(const struct page *page, HDF *hdf, const struct form *form, const char *field, const struct product_choice *choice,
                    const char *first);

#endif
