-- The books: accounts, journal, deferred revenue. Entries are inserted with their items in order; the
-- last item is refused when the entry does not balance.

CREATE TABLE account (
    code               VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    name               VARCHAR(100) NOT NULL
);
-- French chart of accounts (PCG).
INSERT INTO account (code, name) VALUES
    ('411', 'Clients'),
    ('44571', 'TVA collectée'),
    ('44587', 'Taxes sur le chiffre d''affaires sur factures à encaisser'),
    ('487', 'Produits constatés d''avance'),
    ('511', 'Valeurs à l''encaissement'),
    ('512', 'Banques'),
    ('706', 'Prestations de services'),
    ('707', 'Ventes de marchandises'),
    ('4191', 'Clients, avances et acomptes reçus');

CREATE TABLE journal_entry (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    journal            ENUM('VT', 'BQ', 'OD') NOT NULL,
    entry_on           DATE NOT NULL,
    source_kind        ENUM('invoice', 'payment', 'deferral') NOT NULL,
    source_id          BIGINT NOT NULL,
    reference          VARCHAR(60) NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    item_count         INT NOT NULL CHECK (item_count >= 2),
    total_minor        BIGINT NOT NULL CHECK (total_minor >= 0),
    posted_at          DATETIME(6) NOT NULL,
    UNIQUE KEY one_per_source (source_kind, source_id, entry_on),
    KEY by_date (entry_on, id)
);

CREATE TABLE journal_item (
    entry_id           BIGINT NOT NULL,
    position           INT NOT NULL,
    account            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    customer_id        BIGINT NULL,
    debit_minor        BIGINT NOT NULL DEFAULT 0 CHECK (debit_minor >= 0),
    credit_minor       BIGINT NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
    CHECK (debit_minor = 0 OR credit_minor = 0),
    PRIMARY KEY (entry_id, position),
    KEY by_account (account, entry_id),
    FOREIGN KEY (entry_id) REFERENCES journal_entry (id),
    FOREIGN KEY (account) REFERENCES account (code)
);

-- Revenue received for service not yet rendered: released to its revenue account month by month.
CREATE TABLE deferral (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    invoice_id         BIGINT NOT NULL,
    line_position      INT NOT NULL,
    account            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL,
    recognised_minor   BIGINT NOT NULL DEFAULT 0,
    from_on            DATE NOT NULL,
    until_on           DATE NOT NULL,
    next_on            DATE NULL, -- next release (first day of the following month, or until_on); NULL when done
    CHECK (until_on > from_on),
    CHECK (recognised_minor BETWEEN LEAST(0, amount_minor) AND GREATEST(0, amount_minor)),
    UNIQUE KEY one_per_line (invoice_id, line_position),
    KEY due (next_on, id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a posted entry is never changed';
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a posted entry is never deleted';
CREATE TRIGGER journal_item_no_update BEFORE UPDATE ON journal_item FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a posted entry is never changed';
CREATE TRIGGER journal_item_no_delete BEFORE DELETE ON journal_item FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a posted entry is never deleted';

DELIMITER //
CREATE TRIGGER journal_item_balance AFTER INSERT ON journal_item FOR EACH ROW
BEGIN
    DECLARE wanted INT;
    DECLARE total BIGINT;
    SELECT item_count, total_minor INTO wanted, total FROM journal_entry WHERE id = NEW.entry_id;
    IF NEW.position > wanted THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more items than the entry has';
    END IF;
    IF NEW.position = wanted AND (
        SELECT COUNT(*) <> wanted OR SUM(debit_minor) <> total OR SUM(credit_minor) <> total
          FROM journal_item WHERE entry_id = NEW.entry_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the entry does not balance';
    END IF;
END//
DELIMITER ;
