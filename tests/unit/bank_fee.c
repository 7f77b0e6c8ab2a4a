/* bank_fee: what of an entry is the bank's own, by its code, by the charges that it tells, by what is missing. */
#include "core/bank_fee.h"
#include "test.h"

static struct bank_charge_facts charged(bool credit, int64_t booked, int64_t charges, enum charge_included included)
{
    return (struct bank_charge_facts){.credit = credit, .booked_minor = booked, .charges_minor = charges, .included = included};
}

TEST(bank_fee, codes_say_what_a_fee_is)
{
    static const char *const fee[] = {"PMNT RCDT CHRG", "ACMT ADOP CHRG", "PMNT MDOP FEES", "PMNT IDDT COMM", "ACMT MDOP COME", "LDAS MDOP COMI",
                                      "SECU MDOP COMT", "ACMT MDOP NTAV", "ACMT MDOP OTHR", "XTND NTAV FEES"};
    static const char *const none[] = {"PMNT RCDT ESCT", "ACMT MDOP INTR", "ACMT MDOP TAXE", "PMNT MDOP OTHR", "ACMT MCOP OTHR", "PMNT IDDT UPDD", "              ",
                                       "ACMT ADOP OTHR", "CHRG CHRG ESCT"};

    for (size_t i = 0; i < COUNT_OF(fee) + COUNT_OF(none); i++) {
        const char *code = i < COUNT_OF(fee) ? fee[i] : none[i - COUNT_OF(fee)];
        char word[3][5];

        for (size_t k = 0; k < 3; k++) {
            memcpy(word[k], code + 5 * k, 4);
            word[k][4] = '\0';
        }
        if (bank_fee_code(word[0], word[1], word[2]) != (i < COUNT_OF(fee)))
            SAME_TEXT(code, i < COUNT_OF(fee) ? "a fee" : "no fee");
    }
    CU_ASSERT_FALSE(bank_fee_code("", "", ""));
}

/* What is not sure is no fee. */
TEST(bank_fee, a_charge_counts_when_it_explains_the_amount)
{
    struct bank_charge_facts f = charged(true, 9800, 200, CHARGE_INCLUDED);

    SAME_NUMBER(bank_fee_within(&f), 200);
    f.included = CHARGE_NOT_SAID;
    SAME_NUMBER(bank_fee_within(&f), 0);
    for (size_t i = 0; i < BANK_TOLD_AMOUNTS; i++) {
        f = charged(true, 9800, 200, CHARGE_NOT_SAID);
        f.told_minor[i] = 10000;
        SAME_NUMBER(bank_fee_within(&f), 200);
        f.told_minor[i] = 9800;
        SAME_NUMBER(bank_fee_within(&f), 0);
        f.included = CHARGE_APART;
        f.told_minor[i] = 10000;
        SAME_NUMBER(bank_fee_within(&f), 0);
    }
    f = charged(true, 9800, 200, CHARGE_NOT_SAID), f.instructed_minor = 10000;
    SAME_NUMBER(bank_fee_within(&f), 200);
    f.instructed_minor = 9900, f.included = CHARGE_INCLUDED; /* another bank has taken a part on its way */
    SAME_NUMBER(bank_fee_within(&f), 0);
    f = charged(false, 10200, 200, CHARGE_NOT_SAID), f.instructed_minor = 10000; /* money that we sent */
    SAME_NUMBER(bank_fee_within(&f), 200);
    f.instructed_minor = 0;
    SAME_NUMBER(bank_fee_within(&f), 0);
    f.included = CHARGE_INCLUDED;
    SAME_NUMBER(bank_fee_within(&f), 200);
    f.charges_minor = 10200; /* nothing would be left */
    SAME_NUMBER(bank_fee_within(&f), 0);
    f.charges_minor = -5;
    SAME_NUMBER(bank_fee_within(&f), 0);
    f.charges_minor = 0;
    SAME_NUMBER(bank_fee_within(&f), 0);
    /* A debit of ours that came back. */
    f = charged(false, 3350, 0, CHARGE_NOT_SAID), f.returned = true, f.instructed_minor = 3000;
    SAME_NUMBER(bank_fee_within(&f), 350);
    f.booked_minor = 3000;
    SAME_NUMBER(bank_fee_within(&f), 0);
    f = charged(false, 3350, 350, CHARGE_INCLUDED), f.returned = true;
    SAME_NUMBER(bank_fee_within(&f), 350);
    f.credit = true, f.instructed_minor = 3700; /* a return that is taken back */
    SAME_NUMBER(bank_fee_within(&f), 350);
}

/* What a batch comes short of: at most 2 % of it, and never as much as one of its debits. */
TEST(bank_fee, what_is_missing_of_a_batch_is_a_fee_when_it_is_small)
{
    SAME_NUMBER(bank_fee_of_batch(24000, 23820, 12000), 180);
    SAME_NUMBER(bank_fee_of_batch(24000, 24000, 12000), 0);
    SAME_NUMBER(bank_fee_of_batch(24000, 24180, 12000), 0); /* more than was asked */
    SAME_NUMBER(bank_fee_of_batch(24000, 23520, 12000), 480);
    SAME_NUMBER(bank_fee_of_batch(24000, 23519, 12000), 0); /* above 2 % */
    SAME_NUMBER(bank_fee_of_batch(24049, 23568, 12000), 0); /* a part of a cent counts for nothing */
    SAME_NUMBER(bank_fee_of_batch(1000000, 999700, 300), 0); /* the smallest of them was refused */
    SAME_NUMBER(bank_fee_of_batch(1000000, 999701, 300), 299);
    SAME_NUMBER(bank_fee_of_batch(INT64_MAX, 1, INT64_MAX), 0);
}
