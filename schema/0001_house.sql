-- The house: the company and its settings, people, sessions, links, mail, history.
--
-- Conventions of every table here: ids BIGINT; money BIGINT minor units beside CHAR(3) currency; unit
-- prices and quantities in 1/10,000; rates in parts per million; civil days DATE (..._on); instants
-- DATETIME(6) in UTC (..._at); states are ENUMs whose words are those of core/. Rows of history are
-- inserted, never updated (see rights.tsv and the triggers).

-- One row per state of the seller's own data: a change inserts a row, documents point at the row that
-- was true when they were made. The newest id is the company of today.
CREATE TABLE company_version (
    id                  BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name                VARCHAR(200) NOT NULL,
    legal_form          VARCHAR(60) NOT NULL DEFAULT '',
    capital             VARCHAR(60) NOT NULL DEFAULT '',
    siren               VARCHAR(20) NOT NULL DEFAULT '',
    register_city       VARCHAR(100) NOT NULL DEFAULT '',
    vat_id              VARCHAR(20) NOT NULL DEFAULT '',
    street              VARCHAR(200) NOT NULL DEFAULT '',
    street2             VARCHAR(200) NOT NULL DEFAULT '',
    postal_code         VARCHAR(20) NOT NULL DEFAULT '',
    city                VARCHAR(100) NOT NULL DEFAULT '',
    country             CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    email               VARCHAR(254) NOT NULL DEFAULT '',
    phone               VARCHAR(40) NOT NULL DEFAULT '',
    website             VARCHAR(200) NOT NULL DEFAULT '',
    language            VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'fr',
    currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'EUR',
    time_zone           VARCHAR(64) NOT NULL DEFAULT 'Europe/Paris',
    vat_due             ENUM('payment', 'issue') NOT NULL DEFAULT 'payment',
    payment_terms_days  INT NOT NULL DEFAULT 0 CHECK (payment_terms_days BETWEEN 0 AND 60),
    late_penalty        VARCHAR(500) NOT NULL DEFAULT '',
    terms               MEDIUMTEXT NOT NULL DEFAULT '',
    iban                VARCHAR(34) NOT NULL DEFAULT '',
    bic                 VARCHAR(11) NOT NULL DEFAULT '',
    quote_prefix        VARCHAR(10) NOT NULL DEFAULT 'Q',
    subscription_prefix VARCHAR(10) NOT NULL DEFAULT 'S',
    invoice_prefix      VARCHAR(10) NOT NULL DEFAULT 'INV',
    changed_at          DATETIME(6) NOT NULL,
    changed_by          VARCHAR(60) NOT NULL
);

-- One row: what is not versioned. The test clock is NULL on the real date.
CREATE TABLE house (
    id             TINYINT NOT NULL PRIMARY KEY CHECK (id = 1),
    test_clock_on  DATE NULL,
    last_run_at    DATETIME(6) NULL
);
INSERT INTO house (id) VALUES (1);

CREATE TABLE seller_user (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email          VARCHAR(254) NOT NULL UNIQUE,
    name           VARCHAR(200) NOT NULL,
    password       VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    language       VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'fr',
    state          ENUM('active', 'disabled') NOT NULL DEFAULT 'active',
    created_at     DATETIME(6) NOT NULL,
    signed_in_at   DATETIME(6) NULL
);

-- 256-bit session ids; only their SHA-256 is here.
CREATE TABLE seller_session (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id_hash        BINARY(32) NOT NULL UNIQUE,
    user_id        BIGINT NOT NULL,
    created_at     DATETIME(6) NOT NULL,
    touched_at     DATETIME(6) NOT NULL,
    remote_addr    VARCHAR(45) NOT NULL DEFAULT '',
    user_agent     VARCHAR(255) NOT NULL DEFAULT '',
    FOREIGN KEY (user_id) REFERENCES seller_user (id)
);

-- Capability links: what a mailed token opens (decisions.md 4).
CREATE TABLE link (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    token_hash     BINARY(32) NOT NULL UNIQUE,
    kind           ENUM('quote', 'pay', 'manage', 'login', 'reset') NOT NULL,
    object_id      BIGINT NOT NULL, -- quote, invoice, customer, customer, seller_user
    created_at     DATETIME(6) NOT NULL,
    expires_at     DATETIME(6) NOT NULL,
    used_at        DATETIME(6) NULL,
    revoked_at     DATETIME(6) NULL,
    KEY by_object (kind, object_id)
);

-- A customer's browser: a cookie session that holds a list of grants.
CREATE TABLE visit (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id_hash        BINARY(32) NOT NULL UNIQUE,
    created_at     DATETIME(6) NOT NULL,
    touched_at     DATETIME(6) NOT NULL
);
CREATE TABLE visit_grant (
    visit_id       BIGINT NOT NULL,
    kind           ENUM('quote', 'pay', 'manage') NOT NULL,
    object_id      BIGINT NOT NULL,
    link_id        BIGINT NOT NULL, -- a revoked link takes its grants with it
    granted_at     DATETIME(6) NOT NULL,
    PRIMARY KEY (visit_id, kind, object_id),
    FOREIGN KEY (visit_id) REFERENCES visit (id) ON DELETE CASCADE,
    FOREIGN KEY (link_id) REFERENCES link (id)
);

-- A token of a form that was used, and where its first use led.
CREATE TABLE form_token (
    token_hash     BINARY(32) NOT NULL PRIMARY KEY,
    result_url     VARCHAR(500) NOT NULL,
    used_at        DATETIME(6) NOT NULL,
    KEY by_age (used_at)
);

-- Counters of tries per key (a hashed address, account or client) and window.
CREATE TABLE throttle (
    key_hash       BINARY(32) NOT NULL,
    window_at      DATETIME(6) NOT NULL,
    tries          INT NOT NULL,
    PRIMARY KEY (key_hash, window_at),
    KEY by_age (window_at)
);

-- First view per quote and day: an access fact, the only thing that a GET writes beside sessions.
CREATE TABLE quote_view (
    quote_id       BIGINT NOT NULL,
    viewed_on      DATE NOT NULL,
    viewed_at      DATETIME(6) NOT NULL,
    remote_addr    VARCHAR(45) NOT NULL DEFAULT '',
    user_agent     VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (quote_id, viewed_on)
);

-- Mail to send. dedup_key makes a mail unique for its cause; sealed holds the link's token under the
-- tenant's key until it is sent, then NULL.
CREATE TABLE outbox (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    template       VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    language       VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    to_address     VARCHAR(254) NOT NULL,
    to_name        VARCHAR(200) NOT NULL DEFAULT '',
    customer_id    BIGINT NULL,
    quote_id       BIGINT NULL,
    subscription_id BIGINT NULL,
    invoice_id     BIGINT NULL,
    link_id        BIGINT NULL,
    params         MEDIUMTEXT NOT NULL DEFAULT '{}', -- JSON object of texts
    sealed         VARCHAR(500) CHARACTER SET ascii COLLATE ascii_bin NULL,
    dedup_key      VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    message_id     VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    state          ENUM('waiting', 'sent', 'dead') NOT NULL DEFAULT 'waiting',
    tries          INT NOT NULL DEFAULT 0,
    next_try_at    DATETIME(6) NULL, -- NULL once sent or dead
    error          VARCHAR(255) NOT NULL DEFAULT '',
    created_at     DATETIME(6) NOT NULL,
    sent_at        DATETIME(6) NULL,
    KEY due (next_try_at, id)
);

-- What happened to whom, for timelines. Never updated.
CREATE TABLE activity (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at             DATETIME(6) NOT NULL,
    happened_on    DATE NOT NULL,
    subject_kind   ENUM('quote', 'subscription', 'customer', 'invoice', 'house') NOT NULL,
    subject_id     BIGINT NOT NULL,
    kind           VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    actor          VARCHAR(60) NOT NULL,
    params         TEXT NOT NULL DEFAULT '{}',
    KEY by_subject (subject_kind, subject_id, id)
);

-- What a person must look at: declined renewals, money without a place, unknown attempts.
CREATE TABLE operator_item (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind           VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject_kind   ENUM('quote', 'subscription', 'customer', 'invoice', 'attempt', 'outbox', 'house') NOT NULL,
    subject_id     BIGINT NOT NULL,
    amount_minor   BIGINT NULL,
    currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
    detail         VARCHAR(500) NOT NULL DEFAULT '',
    opened_at      DATETIME(6) NOT NULL,
    opened_on      DATE NOT NULL,
    closed_at      DATETIME(6) NULL,
    closed_by      VARCHAR(60) NULL,
    open_key       TINYINT AS (IF(closed_at IS NULL, 1, NULL)) PERSISTENT,
    UNIQUE KEY one_open (kind, subject_kind, subject_id, open_key),
    KEY open_first (open_key, id)
);

CREATE TABLE audit (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at             DATETIME(6) NOT NULL,
    actor          VARCHAR(60) NOT NULL,
    action         VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    object         VARCHAR(80) NOT NULL DEFAULT '',
    result         VARCHAR(40) NOT NULL DEFAULT '',
    remote_addr    VARCHAR(45) NOT NULL DEFAULT '',
    KEY by_time (at)
);

-- One row per batch run, for the seller's page and for the clock check.
CREATE TABLE job_run (
    id             BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job            VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    today_on       DATE NOT NULL,
    started_at     DATETIME(6) NOT NULL,
    ended_at       DATETIME(6) NULL,
    done           INT NOT NULL DEFAULT 0,
    failed         INT NOT NULL DEFAULT 0,
    KEY by_job (job, id)
);

-- Last number (and, for issued documents, the chain's head) of each series. Locked as the last step
-- before COMMIT (decisions.md 2). A series per year where the number carries the year.
CREATE TABLE series (
    name           VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    last_sequence  BIGINT NOT NULL DEFAULT 0,
    chain_head     BINARY(32) NOT NULL DEFAULT (UNHEX(REPEAT('00', 32))),
    last_issued_on DATE NULL
);
