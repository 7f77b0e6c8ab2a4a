-- Goods and services taxed at 0 % with the right to deduct (EN 16931 category Z). Other countries have none for what is
-- sold by subscription: a product of this kind takes their standard rate.
INSERT INTO tax_rate (country, tax_class, from_on, rate_ppm, source) VALUES
    ('GB', 'zero', '1994-09-01', 0, 'Value Added Tax Act 1994, s. 30 and Sch. 8'),
    ('IE', 'zero', '2010-11-01', 0, 'Value-Added Tax Consolidation Act 2010, s. 46(1)(b) and Sch. 2');
