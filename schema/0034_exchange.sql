-- Exchange rates by day, as they are published: units of a currency for one of the house's. A row is never changed; one
-- that was entered wrongly is entered again, and the later one counts.
CREATE TABLE exchange_rate (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    base               CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    rate_on            DATE NOT NULL,
    rate_e6            BIGINT NOT NULL CHECK (rate_e6 BETWEEN 1 AND 1000000000000),
    source             VARCHAR(100) NOT NULL,
    entered_at         DATETIME(6) NOT NULL,
    entered_by         VARCHAR(60) NOT NULL,
    KEY by_day (base, currency, rate_on, id),
    CHECK (base <> currency)
);
CREATE TRIGGER exchange_rate_no_update BEFORE UPDATE ON exchange_rate FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an exchange rate is never changed: enter it again';
CREATE TRIGGER exchange_rate_no_delete BEFORE DELETE ON exchange_rate FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an exchange rate is never deleted: enter it again';

-- The rate with which a document in another currency was issued, and its VAT in the house's (directive 2006/112, art. 91
-- and 230). A credit note has that of the invoice that it corrects.
CREATE TABLE invoice_exchange (
    invoice_id         BIGINT NOT NULL PRIMARY KEY,
    base               CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    rate_e6            BIGINT NOT NULL CHECK (rate_e6 BETWEEN 1 AND 1000000000000),
    rate_on            DATE NOT NULL,
    source             VARCHAR(100) NOT NULL,
    vat_base_minor     BIGINT NOT NULL,
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);
CREATE TRIGGER invoice_exchange_no_update BEFORE UPDATE ON invoice_exchange FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the rate of an issued document is never changed';
CREATE TRIGGER invoice_exchange_no_delete BEFORE DELETE ON invoice_exchange FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the rate of an issued document is never deleted';
DELIMITER //
CREATE TRIGGER invoice_exchange_of_another_currency BEFORE INSERT ON invoice_exchange FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM invoice i WHERE i.id = NEW.invoice_id AND i.currency <> NEW.base) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only a document in another currency has a rate';
    END IF;
END//
DELIMITER ;
