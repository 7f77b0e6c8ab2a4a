-- Money that goes back: refunds by the card gateway and by transfer, and what they open again (trust.md 1.3).

ALTER TABLE attempt
    MODIFY state ENUM('ready', 'sending', 'unknown', 'pending', 'action', 'succeeded', 'declined', 'not_sent', 'partly_reversed', 'reversed', 'operator') NOT NULL;
ALTER TABLE attempt_event
    MODIFY from_state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    MODIFY to_state   VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;

-- Written and committed before any byte goes to the gateway, as attempts are. A card's refund is of one payment; a
-- transfer pays back a credit note's money. It takes from that note's credit, or opens the invoice again.
CREATE TABLE refund (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    refund_key         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    kind               ENUM('card', 'transfer') NOT NULL,
    state              ENUM('ready', 'sending', 'unknown', 'pending', 'succeeded', 'failed', 'cancelled') NOT NULL,
    holds              TINYINT AS (IF(state IN ('failed', 'cancelled'), NULL, 1)) PERSISTENT,
    under_way          TINYINT AS (IF(kind = 'card' AND state IN ('ready', 'sending', 'unknown'), 1, NULL)) PERSISTENT,
    payment_id         BIGINT NULL,
    credit_note_id     BIGINT NULL, -- one of the two: whose money goes back,
    invoice_id         BIGINT NULL, -- or what is open again
    customer_id        BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason             VARCHAR(300) NOT NULL CHECK (reason <> ''),
    request_body       TEXT NOT NULL, -- built once, sent byte for byte again
    refund_ref         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE, -- the gateway's
    iban_sealed        VARCHAR(600) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- wiped once made
    iban_key           CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '', -- keyed hash, to know it again
    iban_masked        VARCHAR(42) NOT NULL DEFAULT '',
    account_name       VARCHAR(140) NOT NULL DEFAULT '',
    failure            VARCHAR(255) NOT NULL DEFAULT '',
    bank_entry_id      BIGINT NULL UNIQUE, -- the debit of our account that was this transfer
    sender             BIGINT NULL,
    sending_at         DATETIME(6) NULL,
    first_sent_at      DATETIME(6) NULL, -- since when bytes may have left
    next_check_at      DATETIME(6) NULL,
    checks             INT NOT NULL DEFAULT 0,
    opened_on          DATE NOT NULL,
    done_on            DATE NULL, -- the day that it is booked for
    actor              VARCHAR(60) NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    CHECK ((credit_note_id IS NULL) <> (invoice_id IS NULL)),
    CHECK ((kind = 'card') = (payment_id IS NOT NULL)),
    CHECK (kind = 'card' OR credit_note_id IS NOT NULL),
    CHECK ((kind = 'transfer') = (iban_key <> '')),
    CHECK ((state = 'succeeded') <= (done_on IS NOT NULL)),
    UNIQUE KEY one_under_way (payment_id, under_way), -- whose outcome nobody knows yet: no other one begins
    KEY due (next_check_at, id),
    KEY by_payment (payment_id, holds),
    KEY by_note (credit_note_id, holds),
    KEY by_invoice (invoice_id),
    KEY by_customer (customer_id, id),
    KEY by_state (state, kind, id),
    FOREIGN KEY (payment_id) REFERENCES payment (id),
    FOREIGN KEY (credit_note_id) REFERENCES customer_credit (credit_note_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (bank_entry_id) REFERENCES bank_entry (id)
);

CREATE TABLE refund_event (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    refund_id          BIGINT NOT NULL,
    from_state         VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_state           VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    event              VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    detail             VARCHAR(255) NOT NULL DEFAULT '',
    actor              VARCHAR(60) NOT NULL,
    at                 DATETIME(6) NOT NULL,
    KEY by_refund (refund_id, id),
    FOREIGN KEY (refund_id) REFERENCES refund (id)
);

-- What of an allocation went back, so that the invoice is open again: negative when it came again after all.
CREATE TABLE allocation_back (
    cause              ENUM('refund', 'refund_failed') NOT NULL,
    cause_id           BIGINT NOT NULL,
    payment_id         BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor <> 0),
    back_on            DATE NOT NULL,
    PRIMARY KEY (cause, cause_id),
    KEY by_invoice (invoice_id),
    KEY by_payment (payment_id, invoice_id),
    FOREIGN KEY (payment_id) REFERENCES payment (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance', 'return', 'refund', 'refund_failed') NOT NULL;

CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a refund is never deleted';
CREATE TRIGGER refund_event_no_update BEFORE UPDATE ON refund_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the history of refunds is never changed';
CREATE TRIGGER refund_event_no_delete BEFORE DELETE ON refund_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the history of refunds is never deleted';
CREATE TRIGGER allocation_back_no_update BEFORE UPDATE ON allocation_back FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never changed';
CREATE TRIGGER allocation_back_no_delete BEFORE DELETE ON allocation_back FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never deleted';

DELIMITER //
-- Refunds of a payment never exceed it. The payment's row is locked, so that two refunds at once are counted one after
-- the other; sums are read with locks: never those of an older view.
CREATE TRIGGER refund_bounds BEFORE INSERT ON refund FOR EACH ROW
BEGIN
    DECLARE paid BIGINT;
    IF NEW.payment_id IS NOT NULL THEN
        SELECT amount_minor INTO paid FROM payment WHERE id = NEW.payment_id FOR UPDATE;
        IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM refund WHERE payment_id = NEW.payment_id AND holds = 1
                               LOCK IN SHARE MODE) > paid THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refunds exceed the payment';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM payment WHERE id = NEW.payment_id AND customer_id = NEW.customer_id AND currency = NEW.currency AND
                       gateway = 'stripe') THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a refund is of the customer who paid by card';
        END IF;
    END IF;
    IF NEW.credit_note_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customer_credit WHERE credit_note_id = NEW.credit_note_id AND
                                                      customer_id = NEW.customer_id AND currency = NEW.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit is refunded to its customer in its currency';
    END IF;
    IF NEW.invoice_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM allocation WHERE payment_id = NEW.payment_id AND invoice_id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the invoice is not one that this payment paid';
    END IF;
END//

-- The intent stays what it was; what failed stays failed.
CREATE TRIGGER refund_stays BEFORE UPDATE ON refund FOR EACH ROW
BEGIN
    IF NEW.refund_key <> OLD.refund_key OR NEW.kind <> OLD.kind OR NOT (NEW.payment_id <=> OLD.payment_id) OR
       NOT (NEW.credit_note_id <=> OLD.credit_note_id) OR NOT (NEW.invoice_id <=> OLD.invoice_id) OR
       NEW.customer_id <> OLD.customer_id OR NEW.amount_minor <> OLD.amount_minor OR NEW.currency <> OLD.currency OR
       NEW.request_body <> OLD.request_body OR
       (OLD.refund_ref IS NOT NULL AND NOT (NEW.refund_ref <=> OLD.refund_ref)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a refund stays what was intended';
    END IF;
    IF OLD.holds IS NULL AND NEW.state <> OLD.state THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a refund that failed stays failed';
    END IF;
END//

CREATE TRIGGER allocation_back_bounds BEFORE INSERT ON allocation_back FOR EACH ROW
BEGIN
    DECLARE back BIGINT;
    SELECT NEW.amount_minor + IFNULL(SUM(amount_minor), 0) INTO back FROM allocation_back
     WHERE payment_id = NEW.payment_id AND invoice_id = NEW.invoice_id LOCK IN SHARE MODE;
    IF back < 0 OR back > (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE payment_id = NEW.payment_id AND invoice_id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more goes back than was allocated';
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
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM refund WHERE credit_note_id = NEW.credit_note_id AND holds = 1 LOCK IN SHARE MODE)
       > (SELECT total_minor FROM invoice WHERE id = NEW.credit_note_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the credit note';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(a.amount_minor), 0) FROM allocation a LEFT JOIN payment_return b ON b.payment_id = a.payment_id
                            WHERE a.invoice_id = NEW.invoice_id AND b.payment_id IS NULL LOCK IN SHARE MODE)
       - (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation_back WHERE invoice_id = NEW.invoice_id LOCK IN SHARE MODE)
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
       - (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation_back WHERE invoice_id = NEW.invoice_id)
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE invoice_id = NEW.invoice_id)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//
DELIMITER ;
