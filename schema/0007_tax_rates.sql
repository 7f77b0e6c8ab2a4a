-- VAT rates of France, Germany and Belgium. A rate is valid until the next row of its key.
-- Sources: Directive 2006/112/EC annexes; CGI art. 278 to 281 nonies (FR), UStG § 12 and § 28 (DE),
-- Arrêté royal n° 20 (BE).
INSERT INTO tax_rate (country, tax_class, from_on, rate_ppm, source) VALUES
    ('FR', 'standard',      '2000-04-01', 196000, 'CGI art. 278'),
    ('FR', 'standard',      '2014-01-01', 200000, 'CGI art. 278'),
    ('FR', 'intermediate',  '2012-01-01',  70000, 'CGI art. 279'),
    ('FR', 'intermediate',  '2014-01-01', 100000, 'CGI art. 279'),
    ('FR', 'reduced',       '1986-07-01',  55000, 'CGI art. 278-0 bis'),
    ('FR', 'super_reduced', '1991-09-08',  21000, 'CGI art. 281 quater to octies'),
    ('DE', 'standard',      '2007-01-01', 190000, 'UStG § 12 (1)'),
    ('DE', 'standard',      '2020-07-01', 160000, 'UStG § 28 (1)'),
    ('DE', 'standard',      '2021-01-01', 190000, 'UStG § 12 (1)'),
    ('DE', 'reduced',       '1983-07-01',  70000, 'UStG § 12 (2)'),
    ('DE', 'reduced',       '2020-07-01',  50000, 'UStG § 28 (2)'),
    ('DE', 'reduced',       '2021-01-01',  70000, 'UStG § 12 (2)'),
    ('BE', 'standard',      '1996-01-01', 210000, 'AR n° 20 art. 1'),
    ('BE', 'intermediate',  '1992-04-01', 120000, 'AR n° 20 tableau B'),
    ('BE', 'reduced',       '1992-04-01',  60000, 'AR n° 20 tableau A');
