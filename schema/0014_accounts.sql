-- The chart of accounts, editable, and closings of days, months and years.

-- Numbers of the French chart (PCG, art. 932-1) that a house of subscriptions meets; the seller adds more.
-- kind follows the class: 1 to 5 carry their balance into the next year, 6 and 7 begin it at nothing.
ALTER TABLE account
    ADD COLUMN kind ENUM('balance', 'expense', 'income') NOT NULL DEFAULT 'balance' AFTER name,
    ADD COLUMN rev  INT NOT NULL DEFAULT 1;
INSERT IGNORE INTO account (code, name) VALUES
    ('120',  'Résultat de l''exercice (bénéfice)'),
    ('129',  'Résultat de l''exercice (perte)'),
    ('416',  'Clients douteux ou litigieux'),
    ('418',  'Clients, produits non encore facturés'),
    ('4456', 'Taxes sur le chiffre d''affaires déductibles'),
    ('471',  'Compte d''attente'),
    ('627',  'Services bancaires et assimilés'),
    ('654',  'Pertes sur créances irrécouvrables'),
    ('701',  'Ventes de produits finis'),
    ('708',  'Produits des activités annexes'),
    ('709',  'Rabais, remises et ristournes accordés');
UPDATE account SET kind = CASE LEFT(code, 1) WHEN '6' THEN 'expense' WHEN '7' THEN 'income' ELSE 'balance' END;
ALTER TABLE account
    MODIFY COLUMN kind ENUM('balance', 'expense', 'income') NOT NULL,
    ADD CONSTRAINT number_of_the_chart CHECK (code REGEXP '^[1-7][0-9]{2}[0-9A-Z]{0,17}$' AND CHAR_LENGTH(name) > 0),
    ADD CONSTRAINT kind_of_the_class CHECK (kind = CASE LEFT(code, 1) WHEN '6' THEN 'expense' WHEN '7' THEN 'income' ELSE 'balance' END);

-- What each account is for: what is booked names a role, the chart of that moment says the number.
CREATE TABLE account_role (
    role               VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    account            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    FOREIGN KEY (account) REFERENCES account (code)
);
INSERT INTO account_role (role, account) VALUES
    ('customer', '411'), ('advance', '4191'), ('vat', '44571'), ('vat_waiting', '44587'), ('deferred', '487'),
    ('card', '511'), ('bank', '512'), ('service', '706'), ('goods', '707'), ('rounding_loss', '658'),
    ('rounding_gain', '758'), ('profit', '120'), ('loss', '129');
CREATE TRIGGER account_role_no_delete BEFORE DELETE ON account_role FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a role always has its account';

DELIMITER //
CREATE TRIGGER account_number_stays BEFORE UPDATE ON account FOR EACH ROW
BEGIN
    IF NEW.code <> OLD.code THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the number of an account is never changed';
    END IF;
END//
-- Entries and roles hold their accounts by foreign keys; lines of documents do here, without an index of their own.
CREATE TRIGGER account_in_use BEFORE DELETE ON account FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM invoice_line WHERE account = OLD.code) OR EXISTS (SELECT 1 FROM deferral WHERE account = OLD.code) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an account in use is never deleted';
    END IF;
END//
DELIMITER ;

-- A line's nature was its account; now accounts are the seller's choice and the nature stands beside.
ALTER TABLE invoice_line ADD COLUMN nature ENUM('service', 'goods') NOT NULL DEFAULT 'service' AFTER account;
DROP TRIGGER invoice_line_no_update;
UPDATE invoice_line SET nature = 'goods' WHERE account = '707';
CREATE TRIGGER invoice_line_no_update BEFORE UPDATE ON invoice_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';

-- Closings (trust.md INV-14): each with the totals of its period and those since the beginning, which never go back to
-- nothing; chained as documents are. Amounts in the currency of the house.
CREATE TABLE closing (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sequence           BIGINT NOT NULL UNIQUE,
    kind               ENUM('day', 'month', 'year') NOT NULL,
    from_on            DATE NOT NULL,
    until_on           DATE NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    entry_count        BIGINT NOT NULL CHECK (entry_count >= 0),
    debit_minor        BIGINT NOT NULL,
    credit_minor       BIGINT NOT NULL,
    sales_minor        BIGINT NOT NULL, -- documents issued in the period, with VAT; credit notes count negative
    all_entry_count    BIGINT NOT NULL,
    all_debit_minor    BIGINT NOT NULL,
    all_credit_minor   BIGINT NOT NULL,
    all_sales_minor    BIGINT NOT NULL,
    all_absolute_minor BIGINT NOT NULL, -- the same with every document counted positive
    closed_at          DATETIME(6) NOT NULL,
    closed_by          VARCHAR(60) NOT NULL,
    chain_previous     BINARY(32) NOT NULL UNIQUE,
    chain_digest       BINARY(32) NOT NULL UNIQUE,
    CHECK (until_on > from_on),
    CHECK (debit_minor = credit_minor AND all_debit_minor = all_credit_minor),
    UNIQUE KEY one_per_period (kind, from_on),
    KEY by_end (until_on)
);
CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never changed';
CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never deleted';

-- What a closing says stays true: nothing is dated into its period afterwards.
DELIMITER //
CREATE TRIGGER journal_entry_period BEFORE INSERT ON journal_entry FOR EACH ROW
BEGIN
    IF NEW.entry_on < (SELECT MAX(until_on) FROM closing) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the period of this entry is closed';
    END IF;
END//
CREATE TRIGGER invoice_period BEFORE INSERT ON invoice FOR EACH ROW
BEGIN
    IF NEW.issued_on < (SELECT MAX(until_on) FROM closing) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the period of this document is closed';
    END IF;
END//
DELIMITER ;

-- The account of one customer.
ALTER TABLE journal_item ADD KEY by_customer (customer_id, entry_id);
