-- Mandates through their whole life: between businesses (B2B), for one debit, with another account, revoked, expired;
-- what their paper says.

-- The bank still wants FRST on a mandate's first collection.
ALTER TABLE debit_terms
    ADD COLUMN mark_first TINYINT NOT NULL DEFAULT 0;

-- What this customer is offered: B2B is for businesses and knows no refund.
ALTER TABLE customer
    ADD COLUMN debit_scheme ENUM('core', 'b2b') NOT NULL DEFAULT 'core';

ALTER TABLE mandate
    ADD COLUMN one_off             TINYINT NOT NULL DEFAULT 0, -- serves once: OOFF
    ADD COLUMN collects_open       TINYINT NOT NULL DEFAULT 0, -- the customer agreed that what is open already is debited too
    ADD COLUMN language            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'en', -- of agreed_text
    ADD COLUMN company_version_id  BIGINT NULL, -- names and addresses as they were when it was signed
    ADD COLUMN customer_version_id BIGINT NULL,
    ADD COLUMN confirmed_on        DATE NULL,   -- B2B: the payer's bank knows the mandate since
    ADD COLUMN collected_key       CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- account of the last collection
    ADD COLUMN warned_on           DATE NULL,   -- that it will expire; again after a collection
    ADD COLUMN ended_on            DATE NULL,   -- revoked, expired or used since
    ADD FOREIGN KEY (company_version_id) REFERENCES company_version (id),
    ADD FOREIGN KEY (customer_version_id) REFERENCES customer_version (id),
    ADD CONSTRAINT mandate_confirmed CHECK (confirmed_on IS NULL OR scheme = 'b2b'),
    ADD KEY by_life (state, last_collected_on, signed_on);

-- The same mandate with another account (SMNDA). Signed like a mandate; then the mandate's account is this one, and the
-- next collection tells the change. The account number is sealed here until then.
CREATE TABLE mandate_amendment (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payment_method_id  BIGINT NOT NULL,
    holder             VARCHAR(70) NOT NULL,
    bic                VARCHAR(11) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_key        CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_masked     VARCHAR(24) NOT NULL,
    before_masked      VARCHAR(24) NOT NULL, -- the account that it replaces
    token_sealed       VARCHAR(600) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    code_digest        BINARY(32) NOT NULL,
    code_until         DATETIME(6) NOT NULL,
    code_tries         INT NOT NULL DEFAULT 0 CHECK (code_tries <= 5),
    agreed_text        TEXT NOT NULL,
    signed_name        VARCHAR(200) NOT NULL,
    signed_on          DATE NULL,
    signed_at          DATETIME(6) NULL,
    remote_addr        VARCHAR(45) NOT NULL,
    user_agent         VARCHAR(255) NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    KEY by_mandate (payment_method_id, id),
    FOREIGN KEY (payment_method_id) REFERENCES mandate (payment_method_id)
);

-- NULL: not handed over, or before this was kept.
ALTER TABLE collection
    ADD COLUMN sequence ENUM('FRST', 'RCUR', 'OOFF', 'FNAL') NULL AFTER batch_id;

UPDATE mandate SET collected_key = account_key WHERE last_collected_on IS NOT NULL;

ALTER TABLE document
    MODIFY kind ENUM('quote_accepted', 'quote_signed', 'invoice', 'mandate', 'mandate_amendment') NOT NULL;
ALTER TABLE document_job
    MODIFY kind ENUM('quote_signed', 'invoice', 'mandate', 'mandate_amendment') NOT NULL;

-- What a bank takes for a debit that came back is booked apart.
INSERT INTO account_role (role, account) VALUES ('bank_fee', '627');
ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance', 'return', 'refund', 'refund_failed', 'bank_fee') NOT NULL;
ALTER TABLE journal_item
    MODIFY label ENUM('customer', 'revenue', 'vat', 'vat_waiting', 'deferred', 'receipt', 'advance', 'rounding', 'fee') NULL;

CREATE TRIGGER mandate_amendment_no_delete BEFORE DELETE ON mandate_amendment FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an amendment is never deleted';

DELIMITER //
CREATE TRIGGER mandate_amendment_as_signed BEFORE UPDATE ON mandate_amendment FOR EACH ROW
BEGIN
    IF NEW.payment_method_id <> OLD.payment_method_id OR NEW.account_key <> OLD.account_key OR NEW.agreed_text <> OLD.agreed_text OR
       NEW.signed_name <> OLD.signed_name OR OLD.signed_at IS NOT NULL AND NOT (NEW.signed_at <=> OLD.signed_at) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an amendment stays as it was signed';
    END IF;
END//

CREATE TRIGGER mandate_b2b_businesses BEFORE INSERT ON mandate FOR EACH ROW
BEGIN
    IF NEW.scheme = 'b2b' AND NOT EXISTS (SELECT 1 FROM customer c JOIN customer_version v ON v.id = c.current_version_id
                                          WHERE c.id = NEW.customer_id AND v.is_company = 1) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a B2B mandate is signed by a business';
    END IF;
END//

DROP TRIGGER mandate_as_signed//
-- What was signed stays; another account comes by a signed amendment only.
CREATE TRIGGER mandate_as_signed BEFORE UPDATE ON mandate FOR EACH ROW
BEGIN
    IF NEW.reference <> OLD.reference OR NEW.agreed_text <> OLD.agreed_text OR NEW.scheme <> OLD.scheme OR NEW.one_off <> OLD.one_off OR
       NEW.signed_name <> OLD.signed_name OR (OLD.signed_at IS NOT NULL AND NOT (NEW.signed_at <=> OLD.signed_at)) OR
       (OLD.state IN ('revoked', 'expired', 'used') AND NEW.state IN ('draft', 'active', 'suspended')) OR
       (NEW.account_key <> OLD.account_key AND NOT EXISTS (SELECT 1 FROM mandate_amendment a WHERE a.payment_method_id = OLD.payment_method_id AND
                                                           a.account_key = NEW.account_key AND a.signed_at IS NOT NULL)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate stays as it was signed';
    END IF;
END//

CREATE TRIGGER collection_allowed BEFORE INSERT ON collection FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM mandate m WHERE m.payment_method_id = NEW.payment_method_id AND m.scheme = 'b2b' AND m.confirmed_on IS NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the payer''s bank does not know this mandate yet';
    END IF;
END//

DROP TRIGGER collection_once//
CREATE TRIGGER collection_once BEFORE UPDATE ON collection FOR EACH ROW
BEGIN
    IF (OLD.file_id IS NOT NULL AND (NOT (NEW.file_id <=> OLD.file_id) OR NEW.collect_on <> OLD.collect_on)) OR
       NEW.payment_method_id <> OLD.payment_method_id OR NEW.noticed_on <> OLD.noticed_on THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection is in one file, as the customer was told';
    END IF;
    IF OLD.file_id IS NULL AND NEW.file_id IS NOT NULL AND
       EXISTS (SELECT 1 FROM mandate m WHERE m.payment_method_id = OLD.payment_method_id AND m.one_off = 1) AND
       EXISTS (SELECT 1 FROM collection c WHERE c.payment_method_id = OLD.payment_method_id AND c.file_id IS NOT NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate for one debit serves once';
    END IF;
END//
DELIMITER ;
