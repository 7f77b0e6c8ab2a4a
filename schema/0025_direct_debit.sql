-- SEPA direct debit without an intermediary: the seller's terms, mandates, collections, the files for the bank, and
-- money that goes back.

-- One row. creditor_id '': the seller collects nothing by direct debit.
CREATE TABLE debit_terms (
    id                 TINYINT NOT NULL PRIMARY KEY CHECK (id = 1),
    creditor_id        VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    version            ENUM('pain.008.001.08', 'pain.008.001.02') NOT NULL DEFAULT 'pain.008.001.08',
    lead_days          INT NOT NULL DEFAULT 2 CHECK (lead_days BETWEEN 1 AND 5),
    cut_off_hour       INT NOT NULL DEFAULT 14 CHECK (cut_off_hour BETWEEN 1 AND 24),
    notice_days        INT NOT NULL DEFAULT 14 CHECK (notice_days BETWEEN 1 AND 14)
);
INSERT INTO debit_terms (id) VALUES (1);

-- A payment method of gateway 'sepa': the account number is sealed there as its token, its keyed hash stands here.
CREATE TABLE mandate (
    payment_method_id  BIGINT NOT NULL PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    subscription_id    BIGINT NOT NULL,
    reference          VARCHAR(35) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE, -- compared without case
    scheme             ENUM('core', 'b2b') NOT NULL,
    state              ENUM('draft', 'active', 'suspended', 'revoked', 'expired', 'used') NOT NULL,
    holder             VARCHAR(70) NOT NULL,
    bic                VARCHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_key        CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_masked     VARCHAR(24) NOT NULL,
    creditor_id        VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    creditor_name      VARCHAR(200) NOT NULL,
    code_digest        BINARY(32) NOT NULL,    -- of the code that was mailed, with the reference
    code_until         DATETIME(6) NOT NULL,
    code_tries         INT NOT NULL DEFAULT 0 CHECK (code_tries <= 5),
    agreed_text        TEXT NOT NULL,          -- the words under which the customer signed
    signed_name        VARCHAR(200) NOT NULL,
    signed_on          DATE NULL,
    signed_at          DATETIME(6) NULL,
    remote_addr        VARCHAR(45) NOT NULL,
    user_agent         VARCHAR(255) NOT NULL,
    last_collected_on  DATE NULL,
    created_at         DATETIME(6) NOT NULL,
    CHECK (state IN ('draft', 'revoked') OR signed_at IS NOT NULL),
    KEY by_customer (customer_id, payment_method_id),
    KEY by_account (account_key, customer_id),
    FOREIGN KEY (payment_method_id) REFERENCES payment_method (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

ALTER TABLE attempt
    MODIFY kind ENUM('checkout', 'off_session', 'sepa') NOT NULL;

-- A file as the bank gets it: the same bytes at every download.
CREATE TABLE collection_file (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id         VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    version            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    collection_count   INT NOT NULL CHECK (collection_count > 0),
    sum_minor          BIGINT NOT NULL CHECK (sum_minor > 0),
    first_on           DATE NOT NULL,
    sha256             BINARY(32) NOT NULL,
    bytes              LONGBLOB NOT NULL,
    made_at            DATETIME(6) NOT NULL,
    actor              VARCHAR(60) NOT NULL
);

-- What an attempt of kind 'sepa' is for the bank. The customer was told on noticed_on.
CREATE TABLE collection (
    attempt_id         BIGINT NOT NULL PRIMARY KEY,
    payment_method_id  BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    noticed_on         DATE NOT NULL,
    collect_on         DATE NOT NULL,
    file_id            BIGINT NULL,
    batch_id           VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NULL,
    settles_on         DATE NULL, -- counts as paid from then on; NULL: not handed over, or over
    return_code        VARCHAR(35) NOT NULL DEFAULT '',
    CHECK ((file_id IS NULL) = (batch_id IS NULL)),
    CHECK (file_id IS NOT NULL OR settles_on IS NULL),
    KEY waiting (file_id, collect_on, attempt_id),
    KEY settling (settles_on, attempt_id),
    KEY by_batch (batch_id),
    FOREIGN KEY (attempt_id) REFERENCES attempt (id),
    FOREIGN KEY (payment_method_id) REFERENCES mandate (payment_method_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (file_id) REFERENCES collection_file (id)
);

-- A payment that went back: its allocations count no more.
CREATE TABLE payment_return (
    payment_id         BIGINT NOT NULL PRIMARY KEY,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    code               VARCHAR(35) NOT NULL,
    returned_on        DATE NOT NULL,
    FOREIGN KEY (payment_id) REFERENCES payment (id)
);

ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance', 'return') NOT NULL;

CREATE TRIGGER collection_file_no_update BEFORE UPDATE ON collection_file FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection file is never changed';
CREATE TRIGGER collection_file_no_delete BEFORE DELETE ON collection_file FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection file is never deleted';
CREATE TRIGGER collection_no_delete BEFORE DELETE ON collection FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection is never deleted';
CREATE TRIGGER mandate_no_delete BEFORE DELETE ON mandate FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate is never deleted';
CREATE TRIGGER payment_return_no_update BEFORE UPDATE ON payment_return FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a return is never changed';
CREATE TRIGGER payment_return_no_delete BEFORE DELETE ON payment_return FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a return is never deleted';

DELIMITER //
-- What was signed stays; a collection goes into one file, once.
CREATE TRIGGER mandate_as_signed BEFORE UPDATE ON mandate FOR EACH ROW
BEGIN
    IF NEW.reference <> OLD.reference OR NEW.account_key <> OLD.account_key OR NEW.agreed_text <> OLD.agreed_text OR
       NEW.signed_name <> OLD.signed_name OR (OLD.signed_at IS NOT NULL AND NOT (NEW.signed_at <=> OLD.signed_at)) OR
       (OLD.state IN ('revoked', 'expired', 'used') AND NEW.state IN ('draft', 'active', 'suspended')) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate stays as it was signed';
    END IF;
END//

CREATE TRIGGER collection_once BEFORE UPDATE ON collection FOR EACH ROW
BEGIN
    IF (OLD.file_id IS NOT NULL AND (NOT (NEW.file_id <=> OLD.file_id) OR NEW.collect_on <> OLD.collect_on)) OR
       NEW.payment_method_id <> OLD.payment_method_id OR NEW.noticed_on <> OLD.noticed_on THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection is in one file, as the customer was told';
    END IF;
END//

CREATE TRIGGER payment_return_whole BEFORE INSERT ON payment_return FOR EACH ROW
BEGIN
    IF NEW.amount_minor <> (SELECT amount_minor FROM payment WHERE id = NEW.payment_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a payment goes back whole';
    END IF;
END//

DROP TRIGGER credit_allocation_bounds//
CREATE TRIGGER credit_allocation_bounds BEFORE INSERT ON credit_allocation FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM invoice n JOIN invoice i ON i.id = NEW.invoice_id WHERE n.id = NEW.credit_note_id AND
                   i.kind = 'invoice' AND i.customer_id = n.customer_id AND i.currency = n.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit is used by the same customer in the same currency';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE credit_note_id = NEW.credit_note_id
                           LOCK IN SHARE MODE)
       > (SELECT total_minor FROM invoice WHERE id = NEW.credit_note_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the credit note';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(a.amount_minor), 0) FROM allocation a LEFT JOIN payment_return b ON b.payment_id = a.payment_id
                            WHERE a.invoice_id = NEW.invoice_id AND b.payment_id IS NULL LOCK IN SHARE MODE)
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE invoice_id = NEW.invoice_id LOCK IN SHARE MODE)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//

DROP TRIGGER allocation_bounds//
-- Allocations never exceed the payment, nor, with what is credited, what the invoice asked for. What went back is free again.
CREATE TRIGGER allocation_bounds BEFORE INSERT ON allocation FOR EACH ROW
BEGIN
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE payment_id = NEW.payment_id)
       > (SELECT amount_minor FROM payment WHERE id = NEW.payment_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the payment';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(a.amount_minor), 0) FROM allocation a LEFT JOIN payment_return b ON b.payment_id = a.payment_id
                            WHERE a.invoice_id = NEW.invoice_id AND b.payment_id IS NULL)
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE invoice_id = NEW.invoice_id)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//
DELIMITER ;
