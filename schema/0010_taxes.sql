-- Taxes: rates by place, the seller's settings, why each line is taxed as it is, sales to consumers in other member
-- states and their threshold, prices with VAT, checks of VAT numbers by VIES.

-- A rate is of a whole country or of the postal codes that begin with something between postal_from and postal_until
-- (of one length); the longest beginning that fits counts. region is a name for people: an ISO 3166-2 code.
ALTER TABLE tax_rate
    ADD COLUMN region       VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER country,
    ADD COLUMN postal_from  VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER region,
    ADD COLUMN postal_until VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER postal_from,
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (country, tax_class, postal_from, postal_until, from_on),
    ADD CONSTRAINT postal_range CHECK (LENGTH(postal_from) = LENGTH(postal_until) AND postal_from <= postal_until);

DELIMITER //
CREATE TRIGGER tax_rate_no_overlap BEFORE INSERT ON tax_rate FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM tax_rate r WHERE r.country = NEW.country AND r.tax_class = NEW.tax_class AND
               LENGTH(r.postal_from) = LENGTH(NEW.postal_from) AND r.postal_from <= NEW.postal_until AND
               NEW.postal_from <= r.postal_until AND
               (r.postal_from <> NEW.postal_from OR r.postal_until <> NEW.postal_until)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'postal codes of two rates overlap';
    END IF;
END//
DELIMITER ;

-- The French overseas departments where VAT is applied, Corsica, Madeira and the Azores, and the Canary Islands.
INSERT INTO tax_rate (country, region, postal_from, postal_until, tax_class, from_on, rate_ppm, source) VALUES
    ('GP', '', '', '', 'standard',      '1995-08-01', 85000, 'CGI art. 296 1° b'),
    ('GP', '', '', '', 'intermediate',  '2012-01-01', 21000, 'CGI art. 296 1° a'),
    ('GP', '', '', '', 'reduced',       '1995-08-01', 21000, 'CGI art. 296 1° a'),
    ('GP', '', '', '', 'super_reduced', '1995-08-01', 10500, 'CGI art. 281 quater, 298 septies'),
    ('MQ', '', '', '', 'standard',      '1995-08-01', 85000, 'CGI art. 296 1° b'),
    ('MQ', '', '', '', 'intermediate',  '2012-01-01', 21000, 'CGI art. 296 1° a'),
    ('MQ', '', '', '', 'reduced',       '1995-08-01', 21000, 'CGI art. 296 1° a'),
    ('MQ', '', '', '', 'super_reduced', '1995-08-01', 10500, 'CGI art. 281 quater, 298 septies'),
    ('RE', '', '', '', 'standard',      '1995-08-01', 85000, 'CGI art. 296 1° b'),
    ('RE', '', '', '', 'intermediate',  '2012-01-01', 21000, 'CGI art. 296 1° a'),
    ('RE', '', '', '', 'reduced',       '1995-08-01', 21000, 'CGI art. 296 1° a'),
    ('RE', '', '', '', 'super_reduced', '1995-08-01', 10500, 'CGI art. 281 quater, 298 septies'),
    ('FR', 'FR-20R', '20', '20', 'super_reduced', '2014-01-01', 9000, 'CGI art. 297'),
    ('PT', 'PT-30', '90', '94', 'standard',     '2012-04-01', 220000, 'CIVA art. 18 (3) b'),
    ('PT', 'PT-30', '90', '94', 'intermediate', '2012-04-01', 120000, 'CIVA art. 18 (3) b'),
    ('PT', 'PT-30', '90', '94', 'reduced',      '2012-04-01',  50000, 'CIVA art. 18 (3) b'),
    ('PT', 'PT-30', '90', '94', 'reduced',      '2024-10-01',  40000, 'CIVA art. 18 (3) b'),
    ('PT', 'PT-20', '95', '99', 'standard',     '2021-07-01', 160000, 'CIVA art. 18 (3) a'),
    ('PT', 'PT-20', '95', '99', 'intermediate', '2021-07-01',  90000, 'CIVA art. 18 (3) a'),
    ('PT', 'PT-20', '95', '99', 'reduced',      '2021-07-01',  40000, 'CIVA art. 18 (3) a'),
    ('IC', '', '', '', 'standard',      '2020-01-01', 70000, 'Ley 4/2012 de Canarias (IGIC), art. 51'),
    ('IC', '', '', '', 'reduced',       '2020-01-01', 30000, 'Ley 4/2012 de Canarias (IGIC), art. 51');

-- What the seller chose. How amounts are computed is fixed once a document was issued.
ALTER TABLE company_version
    ADD COLUMN franchise        TINYINT NOT NULL DEFAULT 0 AFTER vat_due,           -- small business: no VAT (CGI art. 293 B)
    ADD COLUMN oss              TINYINT NOT NULL DEFAULT 0 AFTER franchise,         -- option for taxation at destination
    ADD COLUMN prices_with_vat  TINYINT NOT NULL DEFAULT 0 AFTER oss,
    ADD COLUMN vat_rounding     ENUM('rate', 'line') NOT NULL DEFAULT 'rate' AFTER prices_with_vat,
    ADD COLUMN vat_recheck_days INT NOT NULL DEFAULT 30 CHECK (vat_recheck_days BETWEEN 1 AND 366) AFTER vat_rounding;

DELIMITER //
CREATE TRIGGER company_version_amounts BEFORE INSERT ON company_version FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM invoice) AND EXISTS (
        SELECT 1 FROM company_version c WHERE c.id = (SELECT MAX(id) FROM company_version) AND
               (c.prices_with_vat <> NEW.prices_with_vat OR c.vat_rounding <> NEW.vat_rounding)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'how amounts are computed is fixed once a document was issued';
    END IF;
END//
DELIMITER ;

-- BT-114: where prices are with VAT, what their sum and net + VAT differ by. total_minor is what is to be paid.
ALTER TABLE invoice
    ADD COLUMN rounding_minor BIGINT NOT NULL DEFAULT 0 AFTER vat_minor,
    DROP CONSTRAINT IF EXISTS CONSTRAINT_1,
    ADD CONSTRAINT total_is_net_and_vat CHECK (total_minor = net_minor + vat_minor + rounding_minor);

-- Why a line is taxed as it is: the reason in our words, the code of the VATEX list where no VAT is charged, and whose
-- VAT it is. priced_minor: the line with VAT, where prices are; else 0.
ALTER TABLE invoice_line
    ADD COLUMN priced_minor BIGINT NOT NULL DEFAULT 0 AFTER net_minor,
    ADD COLUMN tax_reason   VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER tax_rate_ppm,
    ADD COLUMN vatex        VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER tax_reason,
    ADD COLUMN tax_country  CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER vatex;
DROP TRIGGER invoice_line_no_update;
UPDATE invoice_line l JOIN invoice_tax t ON t.invoice_id = l.invoice_id AND t.tax_category = l.tax_category AND
       t.tax_rate_ppm = l.tax_rate_ppm
   SET l.tax_reason = t.reason,
       l.vatex = CASE t.reason WHEN 'reverse_charge' THEN 'VATEX-EU-AE' WHEN 'intra_eu_supply' THEN 'VATEX-EU-IC'
                 WHEN 'export' THEN 'VATEX-EU-G' WHEN 'outside_eu' THEN 'VATEX-EU-O'
                 WHEN 'franchise' THEN 'VATEX-FR-FRANCHISE' ELSE '' END;
CREATE TRIGGER invoice_line_no_update BEFORE UPDATE ON invoice_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
ALTER TABLE invoice_line
    ADD CONSTRAINT tax_has_reason CHECK (tax_reason <> '' AND (tax_category IN ('S', 'Z')) = (vatex = ''));

INSERT IGNORE INTO account (code, name) VALUES
    ('658', 'Charges diverses de gestion courante'),
    ('758', 'Produits divers de gestion courante');

-- Sales to consumers in other member states (directive 2006/112/EC art. 59c), one row an invoice that has some, and
-- their sum per calendar year, kept by the database itself. Amounts in cents of euros, without VAT.
CREATE TABLE distance_sale (
    invoice_id         BIGINT NOT NULL PRIMARY KEY,
    year               SMALLINT NOT NULL,
    country            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the customer's
    net_minor          BIGINT NOT NULL,
    KEY by_year (year, country),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);
CREATE TABLE distance_total (
    year               SMALLINT NOT NULL PRIMARY KEY,
    net_minor          BIGINT NOT NULL DEFAULT 0
);
CREATE TRIGGER distance_sale_counts AFTER INSERT ON distance_sale FOR EACH ROW
    INSERT INTO distance_total (year, net_minor) VALUES (NEW.year, NEW.net_minor)
        ON DUPLICATE KEY UPDATE net_minor = net_minor + NEW.net_minor;
CREATE TRIGGER distance_sale_no_update BEFORE UPDATE ON distance_sale FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what counted for the threshold is never changed';
CREATE TRIGGER distance_sale_no_delete BEFORE DELETE ON distance_sale FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what counted for the threshold is never deleted';

-- VIES: what proves a check, and when a customer is asked about again after it did not answer.
ALTER TABLE vat_check
    ADD COLUMN via          ENUM('seller', 'vies') NOT NULL DEFAULT 'seller' AFTER valid,
    ADD COLUMN consultation VARCHAR(60) NOT NULL DEFAULT '' AFTER via;
CREATE TABLE vat_recheck (
    customer_id        BIGINT NOT NULL PRIMARY KEY,
    next_try_at        DATETIME(6) NOT NULL,
    tries              INT NOT NULL DEFAULT 0,
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);
