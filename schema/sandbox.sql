-- The payment sandbox's own database: what the gateway that it plays would know. `tacite-sandbox
-- --migrate` runs this file; every statement may run again. No card number is ever kept: `card` names
-- the behaviour of a published test number.

CREATE TABLE IF NOT EXISTS customer (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    email              VARCHAR(320) NOT NULL DEFAULT '',
    name               VARCHAR(255) NOT NULL DEFAULT '',
    description        VARCHAR(500) NOT NULL DEFAULT '',
    metadata           TEXT NOT NULL, -- a JSON object of texts
    created_at         DATETIME(6) NOT NULL
);

CREATE TABLE IF NOT EXISTS method (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    customer_ref       VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    card               VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    brand              VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    last4              CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    exp_month          INT NOT NULL,
    exp_year           INT NOT NULL,
    holder             VARCHAR(255) NOT NULL DEFAULT '',
    declines           INT NOT NULL DEFAULT 0, -- off session, so far
    created_at         DATETIME(6) NOT NULL,
    KEY by_customer (customer_ref, id)
);

-- Payment intents and setup intents.
CREATE TABLE IF NOT EXISTS intent (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    status             VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL DEFAULT 0, -- 0: a setup intent
    received_minor     BIGINT NOT NULL DEFAULT 0,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    customer_ref       VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    method_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    session_ref        VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    charge_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    future_usage       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    description        VARCHAR(1000) NOT NULL DEFAULT '',
    return_url         VARCHAR(2000) NOT NULL DEFAULT '',
    metadata           TEXT NOT NULL,
    attempt            VARCHAR(500) NOT NULL DEFAULT '', -- metadata.attempt, to be searched for
    error_code         VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    decline_code       VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    advice_code        VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    error_message      VARCHAR(255) NOT NULL DEFAULT '',
    error_method_ref   VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    created_at         DATETIME(6) NOT NULL,
    KEY by_attempt (attempt, id),
    KEY by_customer (customer_ref, id)
);

CREATE TABLE IF NOT EXISTS session (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    mode               ENUM('payment', 'setup') NOT NULL,
    status             ENUM('open', 'complete', 'expired') NOT NULL,
    payment_status     ENUM('unpaid', 'paid', 'no_payment_required') NOT NULL,
    amount_minor       BIGINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    customer_ref       VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    customer_email     VARCHAR(320) NOT NULL DEFAULT '',
    intent_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    success_url        VARCHAR(2000) NOT NULL,
    cancel_url         VARCHAR(2000) NOT NULL DEFAULT '',
    locale             VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'auto',
    client_reference   VARCHAR(200) NOT NULL DEFAULT '',
    description        VARCHAR(1000) NOT NULL DEFAULT '',
    metadata           TEXT NOT NULL,
    intent_metadata    TEXT NOT NULL,
    future_usage       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    expires_at         DATETIME(6) NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    KEY open_until (status, expires_at)
);

-- Money taken. Written once, never changed: what a test believes when programs disagree.
CREATE TABLE IF NOT EXISTS ledger (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    charge_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    intent_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    session_ref        VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    customer_ref       VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    method_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    last4              CHAR(4) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempt            VARCHAR(500) NOT NULL, -- metadata.attempt
    payable            VARCHAR(500) NOT NULL, -- metadata.payable
    captured_at        DATETIME(6) NOT NULL,
    KEY by_attempt (attempt),
    FOREIGN KEY (intent_ref) REFERENCES intent (ref),
    FOREIGN KEY (method_ref) REFERENCES method (ref)
);
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the ledger is never changed';
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nothing is ever deleted from the ledger';

-- Answers kept for requests that come again under the same key; pruned after 24 hours.
CREATE TABLE IF NOT EXISTS idempotency (
    idempotency_key    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    request_hash       BINARY(32) NOT NULL, -- method, path, parameters
    status             INT NOT NULL,
    body               MEDIUMTEXT NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    KEY by_age (created_at)
);

CREATE TABLE IF NOT EXISTS event (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    type               VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body               MEDIUMTEXT NOT NULL,
    created_at         DATETIME(6) NOT NULL
);

-- One row per delivery of an event; due_at is also the end of the lease of whoever sends it.
CREATE TABLE IF NOT EXISTS delivery (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    event_id           BIGINT NOT NULL,
    state              ENUM('due', 'sending', 'done', 'failed') NOT NULL,
    tries              INT NOT NULL DEFAULT 0,
    due_at             DATETIME(6) NOT NULL,
    last_status        INT NOT NULL DEFAULT 0,
    last_detail        VARCHAR(255) NOT NULL DEFAULT '',
    done_at            DATETIME(6) NULL,
    KEY due (state, due_at),
    FOREIGN KEY (event_id) REFERENCES event (id)
);

-- Faults that are played once: a card that times out before the capture does so at the first try.
CREATE TABLE IF NOT EXISTS played (
    fault              VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    played_at          DATETIME(6) NOT NULL
);

CREATE TABLE IF NOT EXISTS refund (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    ref                VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    intent_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    charge_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    status             ENUM('pending', 'succeeded', 'failed') NOT NULL,
    failure_reason     VARCHAR(60) NOT NULL DEFAULT '',
    metadata           TEXT NOT NULL,
    own_key            VARCHAR(500) NOT NULL DEFAULT '', -- metadata.refund
    turns_to           VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    turns_at           DATETIME(6) NULL, -- when the card's bank says otherwise
    created_at         DATETIME(6) NOT NULL,
    KEY by_intent (intent_ref, id),
    KEY turning (turns_at),
    FOREIGN KEY (intent_ref) REFERENCES intent (ref)
);

-- Money that went back, and what came again after all (negative). Written once, never changed, as the ledger.
CREATE TABLE IF NOT EXISTS money_back (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind               ENUM('refund', 'refund_failed', 'dispute', 'dispute_won') NOT NULL,
    object_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    intent_ref         VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor <> 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    own_key            VARCHAR(500) NOT NULL,
    booked_at          DATETIME(6) NOT NULL,
    UNIQUE KEY once (kind, object_ref),
    KEY by_intent (intent_ref),
    FOREIGN KEY (intent_ref) REFERENCES intent (ref)
);
CREATE TRIGGER IF NOT EXISTS money_back_no_update BEFORE UPDATE ON money_back FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the ledger is never changed';
CREATE TRIGGER IF NOT EXISTS money_back_no_delete BEFORE DELETE ON money_back FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nothing is ever deleted from the ledger';
