-- Money coming in: payables, attempts, payments, what the gateway told us (trust.md 1).

-- What can be paid: a quote version or an invoice.
CREATE TABLE payable (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    quote_version_id   BIGINT NULL UNIQUE,
    invoice_id         BIGINT NULL UNIQUE,
    customer_id        BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    CHECK ((quote_version_id IS NULL) <> (invoice_id IS NULL)),
    FOREIGN KEY (quote_version_id) REFERENCES quote_version (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- Written and committed before any byte goes to the gateway. One live attempt per payable: the rule
-- against double charges is this UNIQUE key.
CREATE TABLE attempt (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payable_id         BIGINT NOT NULL,
    number             INT NOT NULL,
    attempt_key        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    kind               ENUM('checkout', 'off_session') NOT NULL,
    state              ENUM('ready', 'sending', 'unknown', 'pending', 'action', 'succeeded', 'declined', 'not_sent', 'reversed', 'operator') NOT NULL,
    live               TINYINT AS (IF(state IN ('ready', 'sending', 'unknown', 'pending', 'action', 'succeeded'), 1, NULL)) PERSISTENT,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    payment_method_id  BIGINT NULL,
    request_path       VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_body       TEXT NOT NULL, -- built once, sent byte for byte again
    session_ref        VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,
    intent_ref         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,
    redirect_url       VARCHAR(1000) NULL,
    decline_code       VARCHAR(60) NOT NULL DEFAULT '',
    message            VARCHAR(255) NOT NULL DEFAULT '',
    sender             BIGINT NULL,      -- connection id of whoever is sending
    sending_at         DATETIME(6) NULL, -- since when
    next_check_at      DATETIME(6) NULL, -- when the batch looks again
    checks             INT NOT NULL DEFAULT 0,
    created_at         DATETIME(6) NOT NULL,
    UNIQUE KEY one_live (payable_id, live),
    UNIQUE KEY by_number (payable_id, number),
    KEY due (next_check_at, id),
    FOREIGN KEY (payable_id) REFERENCES payable (id),
    FOREIGN KEY (payment_method_id) REFERENCES payment_method (id)
);

CREATE TABLE attempt_event (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    attempt_id         BIGINT NOT NULL,
    from_state         VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_state           VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    event              VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    detail             VARCHAR(255) NOT NULL DEFAULT '',
    actor              VARCHAR(60) NOT NULL,
    at                 DATETIME(6) NOT NULL,
    KEY by_attempt (attempt_id, id),
    FOREIGN KEY (attempt_id) REFERENCES attempt (id)
);

CREATE TABLE payment (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    attempt_id         BIGINT NOT NULL UNIQUE,
    customer_id        BIGINT NOT NULL,
    gateway            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    gateway_ref        VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    method_text        VARCHAR(60) NOT NULL DEFAULT '', -- "Visa …4242"
    received_on        DATE NOT NULL,
    received_at        DATETIME(6) NOT NULL,
    UNIQUE KEY one_per_ref (gateway, gateway_ref),
    KEY by_customer (customer_id, id),
    FOREIGN KEY (attempt_id) REFERENCES attempt (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

CREATE TABLE allocation (
    payment_id         BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (payment_id, invoice_id),
    KEY by_invoice (invoice_id),
    FOREIGN KEY (payment_id) REFERENCES payment (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

CREATE TABLE gateway_event (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    gateway            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    event_ref          VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    type               VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_ref         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    received_at        DATETIME(6) NOT NULL,
    processed_at       DATETIME(6) NULL,
    next_try_at        DATETIME(6) NULL, -- NULL once processed
    tries              INT NOT NULL DEFAULT 0,
    UNIQUE KEY one_event (gateway, event_ref),
    KEY due (next_try_at, id)
);

-- A customer replaces the stored card: a checkout session in setup mode.
CREATE TABLE method_setup (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    setup_key          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    state              ENUM('ready', 'open', 'done', 'expired') NOT NULL,
    live               TINYINT AS (IF(state IN ('ready', 'open'), 1, NULL)) PERSISTENT,
    session_ref        VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,
    redirect_url       VARCHAR(1000) NULL,
    next_check_at      DATETIME(6) NULL,
    checks             INT NOT NULL DEFAULT 0,
    created_at         DATETIME(6) NOT NULL,
    UNIQUE KEY one_live (subscription_id, live),
    KEY due (next_check_at, id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

CREATE TRIGGER attempt_event_no_update BEFORE UPDATE ON attempt_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the history of attempts is never changed';
CREATE TRIGGER attempt_event_no_delete BEFORE DELETE ON attempt_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the history of attempts is never deleted';
CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an attempt is never deleted';
CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a payment is never changed';
CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a payment is never deleted';
CREATE TRIGGER allocation_no_update BEFORE UPDATE ON allocation FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never changed';
CREATE TRIGGER allocation_no_delete BEFORE DELETE ON allocation FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never deleted';

DELIMITER //
-- Allocations never exceed the payment, nor what the invoice asked for.
CREATE TRIGGER allocation_bounds BEFORE INSERT ON allocation FOR EACH ROW
BEGIN
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE payment_id = NEW.payment_id)
       > (SELECT amount_minor FROM payment WHERE id = NEW.payment_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the payment';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE invoice_id = NEW.invoice_id)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//
DELIMITER ;
