#include "intake/tax_classes.h"

#include "base/str.h"
#include "text/words.h"

const struct field_option tax_class_option[TAX_CLASSES] = {
    {"standard", N_("Standard rate"), NULL},
    {"intermediate", N_("Intermediate rate"), NULL},
    {"reduced", N_("Reduced rate"), NULL},
    {"super_reduced", N_("Super-reduced rate"), NULL},
    {"zero", N_("Zero rate"), NULL},
    {"exempt_hospital", N_("Exempt: hospital care"), NULL},
    {"exempt_care", N_("Exempt: medical care"), NULL},
    {"exempt_welfare", N_("Exempt: social welfare"), NULL},
    {"exempt_training", N_("Exempt: education and vocational training"), NULL},
    {"exempt_lessons", N_("Exempt: private lessons"), NULL},
    {"exempt_members", N_("Exempt: services of an association to its members"), NULL},
    {"exempt_sport", N_("Exempt: sport, by a non-profit body"), NULL},
    {"exempt_culture", N_("Exempt: culture, by a recognised body"), NULL},
    {"exempt_insurance", N_("Exempt: insurance and its brokerage"), NULL},
    {"exempt_finance", N_("Exempt: credit, payments, securities"), NULL},
    {"exempt_letting", N_("Exempt: letting of immovable property"), NULL},
};

const char *tax_class_text(const char *tax_class)
{
    for (size_t i = 0; i < TAX_CLASSES; i++)
        if (str_equal(tax_class, tax_class_option[i].value))
            return tax_class_option[i].label;
    return NULL;
}
