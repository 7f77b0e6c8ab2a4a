-- What the seller's bank says: files once each, statements, entries once each whatever file brings them, and the
-- payments that are transfers.

CREATE TABLE bank_import (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sha256             BINARY(32) NOT NULL UNIQUE,
    name               VARCHAR(200) NOT NULL, -- as it was called when it came; decides nothing
    kind               ENUM('statement', 'notification', 'answer') NOT NULL,
    version            VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    message_id         VARCHAR(140) NOT NULL,
    entries            INT NOT NULL,
    fresh              INT NOT NULL DEFAULT 0, -- entries that no earlier file had
    matched            INT NOT NULL DEFAULT 0,
    state              ENUM('running', 'done') NOT NULL DEFAULT 'running', -- a run that was killed goes on with the same file
    imported_at        DATETIME(6) NOT NULL,
    actor              VARCHAR(60) NOT NULL
);

CREATE TABLE bank_statement (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    import_id          BIGINT NOT NULL,
    account            VARCHAR(140) NOT NULL,
    statement_ref      VARCHAR(140) NOT NULL,
    number             VARCHAR(20) NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    opening_minor      BIGINT NOT NULL,
    closing_minor      BIGINT NOT NULL,
    closed_on          DATE NULL, -- NULL: the file told no balances
    UNIQUE KEY one_per_file (import_id, account, statement_ref),
    FOREIGN KEY (import_id) REFERENCES bank_import (id)
);

-- The payer's account number is kept as a keyed hash to know it again, and masked to be seen.
CREATE TABLE bank_entry (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    import_id          BIGINT NOT NULL,
    entry_key          CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    credit             TINYINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    booked_on          DATE NOT NULL,
    bank_ref           VARCHAR(140) NOT NULL,
    end_to_end_id      VARCHAR(140) NOT NULL,
    name               VARCHAR(140) NOT NULL,
    account_key        CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- '' when the bank did not say
    account_masked     VARCHAR(24) NOT NULL,
    reference          VARCHAR(140) NOT NULL,
    text               VARCHAR(1000) NOT NULL,
    return_code        VARCHAR(35) NOT NULL,
    match_kind         ENUM('none', 'reference', 'number', 'amount_and_account', 'person') NOT NULL,
    customer_id        BIGINT NULL,
    invoice_id         BIGINT NULL,
    state              ENUM('open', 'matched', 'aside') NOT NULL, -- aside: no money of a customer's that came in
    resolved_at        DATETIME(6) NULL,
    resolved_by        VARCHAR(60) NULL,
    open_key           TINYINT AS (IF(state = 'open', 1, NULL)) PERSISTENT,
    CHECK ((state = 'open') = (resolved_at IS NULL)),
    CHECK ((state = 'matched') = (invoice_id IS NOT NULL)),
    CHECK ((state = 'matched') = (match_kind <> 'none')),
    KEY open_first (open_key, id),
    KEY by_account (account_key, customer_id),
    FOREIGN KEY (import_id) REFERENCES bank_import (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- A payment comes from one of our attempts, or from an entry of a statement.
ALTER TABLE payment
    MODIFY attempt_id BIGINT NULL,
    ADD COLUMN bank_entry_id BIGINT NULL UNIQUE AFTER attempt_id,
    ADD FOREIGN KEY (bank_entry_id) REFERENCES bank_entry (id),
    ADD CONSTRAINT payment_source CHECK ((attempt_id IS NULL) <> (bank_entry_id IS NULL));

-- What came above what was open stands on 4191 and is the customer's: it pays the next invoices before any debit.
CREATE TABLE advance (
    payment_id         BIGINT NOT NULL PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total_minor        BIGINT NOT NULL CHECK (total_minor > 0),
    left_minor         BIGINT NOT NULL,
    spare              TINYINT AS (IF(left_minor > 0, 1, NULL)) PERSISTENT,
    CHECK (left_minor BETWEEN 0 AND total_minor),
    KEY spare (spare, customer_id, payment_id),
    FOREIGN KEY (payment_id) REFERENCES payment (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

-- One use of it: an allocation that is booked from 4191.
CREATE TABLE advance_use (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payment_id         BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    used_on            DATE NOT NULL,
    UNIQUE KEY one_per_invoice (payment_id, invoice_id),
    KEY by_invoice (invoice_id),
    FOREIGN KEY (payment_id) REFERENCES advance (payment_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance') NOT NULL;

CREATE TRIGGER bank_statement_no_update BEFORE UPDATE ON bank_statement FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a statement is never changed';
CREATE TRIGGER bank_statement_no_delete BEFORE DELETE ON bank_statement FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a statement is never deleted';
CREATE TRIGGER bank_entry_no_delete BEFORE DELETE ON bank_entry FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry is never deleted';
CREATE TRIGGER advance_no_delete BEFORE DELETE ON advance FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an advance is never deleted';
CREATE TRIGGER advance_use_no_update BEFORE UPDATE ON advance_use FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the use of an advance is never changed';
CREATE TRIGGER advance_use_no_delete BEFORE DELETE ON advance_use FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the use of an advance is never deleted';

DELIMITER //
-- What the bank said stays as it said it; an entry is resolved once.
CREATE TRIGGER bank_entry_resolved_once BEFORE UPDATE ON bank_entry FOR EACH ROW
BEGIN
    IF OLD.state <> 'open' OR NEW.entry_key <> OLD.entry_key OR NEW.amount_minor <> OLD.amount_minor OR NEW.credit <> OLD.credit OR
       NEW.currency <> OLD.currency OR NEW.booked_on <> OLD.booked_on OR NEW.import_id <> OLD.import_id THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry is resolved once and otherwise never changed';
    END IF;
END//

CREATE TRIGGER advance_use_bounds BEFORE INSERT ON advance_use FOR EACH ROW
BEGIN
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM advance_use WHERE payment_id = NEW.payment_id LOCK IN SHARE MODE)
       > (SELECT total_minor FROM advance WHERE payment_id = NEW.payment_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more is used of an advance than came';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM advance a JOIN invoice i ON i.id = NEW.invoice_id WHERE a.payment_id = NEW.payment_id AND
                   i.customer_id = a.customer_id AND i.currency = a.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an advance is used by its customer in its currency';
    END IF;
END//
DELIMITER ;
