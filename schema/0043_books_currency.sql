-- The books stand in the house's currency: an entry about a document or money in another one has its amounts there beside
-- them (FEC, columns 17 and 18). Entries from before stay as they were sealed: those in another currency stand in it.
ALTER TABLE journal_entry
    ADD COLUMN foreign_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
    ADD CONSTRAINT foreign_is_another CHECK (foreign_currency IS NULL OR foreign_currency <> currency);
ALTER TABLE journal_item
    ADD COLUMN foreign_minor BIGINT NOT NULL DEFAULT 0, -- debit positive
    MODIFY label ENUM('customer', 'revenue', 'vat', 'vat_waiting', 'deferred', 'receipt', 'advance', 'rounding', 'fee', 'exchange') NULL;

DELIMITER //
CREATE OR REPLACE TRIGGER journal_item_balance AFTER INSERT ON journal_item FOR EACH ROW
BEGIN
    DECLARE wanted INT;
    DECLARE total BIGINT;
    DECLARE another CHAR(3);
    SELECT item_count, total_minor, foreign_currency INTO wanted, total, another FROM journal_entry WHERE id = NEW.entry_id;
    IF NEW.position > wanted THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more items than the entry has';
    END IF;
    IF NEW.foreign_minor <> 0 AND another IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry in one currency has no amounts in another';
    END IF;
    IF NEW.position = wanted AND (
        SELECT COUNT(*) <> wanted OR SUM(debit_minor) <> total OR SUM(credit_minor) <> total OR SUM(foreign_minor) <> 0
          FROM journal_item WHERE entry_id = NEW.entry_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the entry does not balance';
    END IF;
END//
DELIMITER ;

INSERT IGNORE INTO account (code, name, kind) VALUES
    ('656', 'Pertes de change sur créances et dettes commerciales', 'expense'), ('666', 'Pertes de change financières', 'expense'),
    ('756', 'Gains de change sur créances et dettes commerciales', 'income'), ('766', 'Gains de change financiers', 'income');
INSERT INTO account_role (role, account) VALUES ('exchange_loss', '666'), ('exchange_gain', '766');

-- What a document in another currency is in the books, less the deposits that it deducts. sealed: rate and amounts are in
-- the document's chain, and its entries stand in the house's currency; not so of documents from before.
ALTER TABLE invoice_exchange
    ADD COLUMN sealed TINYINT NOT NULL DEFAULT 0,
    ADD COLUMN total_base_minor BIGINT NOT NULL DEFAULT 0;
CREATE TABLE invoice_exchange_tax (
    invoice_id         BIGINT NOT NULL,
    tax_category       CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_rate_ppm       INT NOT NULL,
    base_minor         BIGINT NOT NULL,
    tax_minor          BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, tax_category, tax_rate_ppm),
    FOREIGN KEY (invoice_id) REFERENCES invoice_exchange (invoice_id)
);
CREATE TRIGGER invoice_exchange_tax_no_update BEFORE UPDATE ON invoice_exchange_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the rate of an issued document is never changed';
CREATE TRIGGER invoice_exchange_tax_no_delete BEFORE DELETE ON invoice_exchange_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the rate of an issued document is never deleted';
