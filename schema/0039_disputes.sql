-- Disputes of card payments: the money out and in again, and what a lost one becomes (trust.md CRD-07).

CREATE TABLE dispute (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    dispute_ref        VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE, -- the gateway's
    payment_id         BIGINT NOT NULL,
    customer_id        BIGINT NOT NULL,
    invoice_id         BIGINT NULL,
    subscription_id    BIGINT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason             VARCHAR(60) NOT NULL,
    status             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- the gateway's word
    state              ENUM('open', 'won', 'lost', 'reopened', 'written_off') NOT NULL,
    open_key           TINYINT AS (IF(state = 'open', 1, NULL)) PERSISTENT,
    answer_by          DATETIME(6) NULL, -- the bank's deadline
    out_on             DATE NULL, -- the money left
    in_on              DATE NULL, -- and came again
    opened_on          DATE NOT NULL,
    ended_on           DATE NULL,
    created_at         DATETIME(6) NOT NULL,
    CHECK (in_on IS NULL OR out_on IS NOT NULL),
    KEY by_payment (payment_id),
    KEY by_invoice (invoice_id, open_key),
    KEY by_subscription (subscription_id, open_key),
    FOREIGN KEY (payment_id) REFERENCES payment (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
CREATE TRIGGER dispute_no_delete BEFORE DELETE ON dispute FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a dispute is never deleted';

ALTER TABLE allocation_back MODIFY cause ENUM('refund', 'refund_failed', 'dispute') NOT NULL;
ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance', 'return', 'refund', 'refund_failed', 'bank_fee', 'dispute', 'dispute_won', 'dispute_lost') NOT NULL;
INSERT IGNORE INTO account (code, name, kind) VALUES ('416', 'Clients douteux ou litigieux', 'balance'), ('654', 'Pertes sur créances irrécouvrables', 'expense');
INSERT INTO account_role (role, account) VALUES ('disputed', '416'), ('bad_debt', '654');

DELIMITER //
-- Money leaves once and comes again once; what was chosen stays.
CREATE TRIGGER dispute_stays BEFORE UPDATE ON dispute FOR EACH ROW
BEGIN
    IF NEW.dispute_ref <> OLD.dispute_ref OR NEW.payment_id <> OLD.payment_id OR NEW.amount_minor <> OLD.amount_minor OR
       NEW.currency <> OLD.currency OR (OLD.out_on IS NOT NULL AND NOT (NEW.out_on <=> OLD.out_on)) OR
       (OLD.in_on IS NOT NULL AND NOT (NEW.in_on <=> OLD.in_on)) OR
       (OLD.state IN ('won', 'reopened', 'written_off') AND NEW.state <> OLD.state) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a dispute stays what was decided';
    END IF;
END//
DELIMITER ;
