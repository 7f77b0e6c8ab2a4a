-- Checks of VAT numbers by VIES, what a sale's VAT was when it was agreed, and rates that were missing or wrong.

-- Jungholz and Mittelberg, which only Germany reaches by road; Corsica's goods and services of the reduced class. The
-- overseas departments' standard rate was 9.5 % until 31 March 2000.
INSERT INTO tax_rate (country, region, postal_from, postal_until, tax_class, from_on, rate_ppm, source) VALUES
    ('AT', 'AT-7', '6691', '6691', 'standard', '2007-01-01', 190000, 'UStG 1994 § 10 (4) (Jungholz)'),
    ('AT', 'AT-8', '6991', '6993', 'standard', '2007-01-01', 190000, 'UStG 1994 § 10 (4) (Mittelberg)'),
    ('FR', 'FR-20R', '20', '20', 'reduced',    '2023-01-01',  21000, 'CGI art. 297 I 1 2°');
UPDATE tax_rate SET from_on = '2000-04-01'
 WHERE country IN ('GP', 'MQ', 'RE') AND tax_class = 'standard' AND from_on = '1995-08-01' AND rate_ppm = 85000;

-- A dated rate is history once it is there: another one follows it.
CREATE TRIGGER tax_rate_no_update BEFORE UPDATE ON tax_rate FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a rate is never changed: a later one follows it';
CREATE TRIGGER tax_rate_no_delete BEFORE DELETE ON tax_rate FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a rate is never deleted: a later one follows it';

-- Checks are evidence: they prove why a sale carried no VAT.
CREATE TRIGGER vat_check_no_update BEFORE UPDATE ON vat_check FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a check of a VAT number is never changed';
CREATE TRIGGER vat_check_no_delete BEFORE DELETE ON vat_check FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a check of a VAT number is never deleted';

-- Whose number is asked about next, and when. reason: why the last try gave no answer; "" when it did.
ALTER TABLE vat_recheck
    ADD COLUMN reason VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER tries,
    ADD KEY by_time (next_try_at, customer_id);
INSERT INTO vat_recheck (customer_id, next_try_at)
    SELECT c.id, UTC_TIMESTAMP(6) FROM customer c JOIN customer_version v ON v.id = c.current_version_id
     WHERE v.is_company = 1 AND v.vat_id <> '';

-- VIES fails as a whole or one member state at a time (country: the number's first two letters, "" for the whole):
-- after some failures nobody waits for it until open_until.
CREATE TABLE vies_breaker (
    country            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    failures           INT NOT NULL CHECK (failures > 0),
    open_until         DATETIME(6) NOT NULL
);

-- The VAT of each line as it was when the customer signed, or began to pay without signing: that is what is invoiced.
CREATE TABLE agreed_tax (
    version_id         BIGINT NOT NULL,
    line_id            BIGINT NOT NULL,
    tax_category       VARCHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_rate_ppm       INT NOT NULL CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
    tax_reason         VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_country        CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    buyer_country      CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    distance           TINYINT NOT NULL,
    agreed_on          DATE NOT NULL,
    PRIMARY KEY (version_id, line_id),
    FOREIGN KEY (version_id) REFERENCES quote_version (id),
    FOREIGN KEY (line_id) REFERENCES quote_line (id)
);
DELIMITER //
CREATE TRIGGER agreed_tax_signed BEFORE UPDATE ON agreed_tax FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM signature s WHERE s.version_id = OLD.version_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was signed is never changed';
    END IF;
END//
DELIMITER ;
CREATE TRIGGER agreed_tax_no_delete BEFORE DELETE ON agreed_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was agreed is never deleted';
