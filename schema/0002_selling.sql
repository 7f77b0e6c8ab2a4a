-- Selling: customers, what is sold, quotes, signatures, orders.

CREATE TABLE customer (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    number             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    current_version_id BIGINT NULL,
    gateway_customer   VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    created_at         DATETIME(6) NOT NULL,
    created_on         DATE NOT NULL
);

-- Who the customer was at a time: documents point here. personal_digest is the salted SHA-256 of the
-- personal part, which enters the invoice chain (trust.md GDP-02): erasing the row's texts and the
-- salt leaves the chain verifiable.
CREATE TABLE customer_version (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    is_company         TINYINT NOT NULL,
    name               VARCHAR(200) NOT NULL,
    contact_name       VARCHAR(200) NOT NULL DEFAULT '',
    email              VARCHAR(254) NOT NULL,
    phone              VARCHAR(40) NOT NULL DEFAULT '',
    street             VARCHAR(200) NOT NULL DEFAULT '',
    street2            VARCHAR(200) NOT NULL DEFAULT '',
    postal_code        VARCHAR(20) NOT NULL DEFAULT '',
    city               VARCHAR(100) NOT NULL DEFAULT '',
    country            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    siren              VARCHAR(20) NOT NULL DEFAULT '',
    vat_id             VARCHAR(20) NOT NULL DEFAULT '',
    language           VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    personal_salt      BINARY(16) NOT NULL,
    personal_digest    BINARY(32) NOT NULL,
    changed_at         DATETIME(6) NOT NULL,
    changed_by         VARCHAR(60) NOT NULL,
    KEY by_customer (customer_id, id),
    KEY by_email (email),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);
ALTER TABLE customer ADD FOREIGN KEY (current_version_id) REFERENCES customer_version (id);

-- A seller's recorded check of a VAT number, with its evidence (decisions.md 7).
CREATE TABLE vat_check (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    vat_id             VARCHAR(20) NOT NULL,
    valid              TINYINT NOT NULL,
    checked_on         DATE NOT NULL,
    evidence           VARCHAR(500) NOT NULL,
    checked_by         VARCHAR(60) NOT NULL,
    checked_at         DATETIME(6) NOT NULL,
    KEY by_customer (customer_id, id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

CREATE TABLE plan (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(100) NOT NULL UNIQUE,
    unit               ENUM('day', 'week', 'month', 'quarter', 'year') NOT NULL,
    count              INT NOT NULL CHECK (count BETWEEN 1 AND 120),
    commitment_months  INT NOT NULL DEFAULT 0 CHECK (commitment_months BETWEEN 0 AND 120),
    notice_days        INT NOT NULL DEFAULT 0 CHECK (notice_days BETWEEN 0 AND 366),
    max_missed         INT NOT NULL DEFAULT 2 CHECK (max_missed BETWEEN 1 AND 1000),
    retry_days         VARCHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '3,7,12',
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    rev                INT NOT NULL DEFAULT 1
);

CREATE TABLE product (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    code               VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    name               VARCHAR(200) NOT NULL,
    description        VARCHAR(1000) NOT NULL DEFAULT '',
    kind               ENUM('service', 'goods') NOT NULL DEFAULT 'service',
    unit               VARCHAR(20) NOT NULL DEFAULT '',
    tax_class          VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'standard',
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    rev                INT NOT NULL DEFAULT 1
);

-- A price per (product, plan, currency); plan_id NULL is the one-time price.
CREATE TABLE price (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id         BIGINT NOT NULL,
    plan_id            BIGINT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    unit_price_e4      BIGINT NOT NULL CHECK (unit_price_e4 >= 0),
    plan_key           BIGINT AS (IFNULL(plan_id, 0)) PERSISTENT,
    UNIQUE KEY one_price (product_id, plan_key, currency),
    FOREIGN KEY (product_id) REFERENCES product (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);

-- VAT rates: valid from from_on until the next row of the same key starts, so that validities can
-- neither overlap nor leave a gap.
CREATE TABLE tax_rate (
    country            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_class          VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    from_on            DATE NOT NULL,
    rate_ppm           INT NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    source             VARCHAR(200) NOT NULL,
    PRIMARY KEY (country, tax_class, from_on)
);

CREATE TABLE quote_template (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(100) NOT NULL UNIQUE,
    plan_id            BIGINT NULL,
    validity_days      INT NOT NULL DEFAULT 30 CHECK (validity_days BETWEEN 1 AND 365),
    acceptance         ENUM('signature', 'payment', 'signature_and_payment') NOT NULL DEFAULT 'signature_and_payment',
    note               VARCHAR(2000) NOT NULL DEFAULT '',
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    rev                INT NOT NULL DEFAULT 1,
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);
CREATE TABLE quote_template_line (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    template_id        BIGINT NOT NULL,
    position           INT NOT NULL,
    kind               ENUM('recurring', 'one_time', 'setup', 'section', 'note') NOT NULL,
    is_option          TINYINT NOT NULL DEFAULT 0,
    product_id         BIGINT NULL,
    description        VARCHAR(500) NOT NULL,
    quantity_e4        BIGINT NOT NULL DEFAULT 10000,
    unit_price_e4      BIGINT NULL, -- NULL: the price list's
    discount_ppm       INT NOT NULL DEFAULT 0,
    discount_periods   INT NOT NULL DEFAULT 0,
    quantity_editable  TINYINT NOT NULL DEFAULT 0,
    quantity_min_e4    BIGINT NOT NULL DEFAULT 10000,
    quantity_max_e4    BIGINT NOT NULL DEFAULT 10000,
    UNIQUE KEY by_place (template_id, position),
    FOREIGN KEY (template_id) REFERENCES quote_template (id),
    FOREIGN KEY (product_id) REFERENCES product (id)
);

CREATE TABLE quote (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    number             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    customer_id        BIGINT NOT NULL,
    owner_id           BIGINT NOT NULL,
    current_version_id BIGINT NULL,
    state              ENUM('draft', 'sent', 'signed', 'confirmed', 'declined', 'withdrawn') NOT NULL DEFAULT 'draft',
    decline_reason     VARCHAR(1000) NOT NULL DEFAULT '',
    created_at         DATETIME(6) NOT NULL,
    created_on         DATE NOT NULL,
    KEY by_state (state, id),
    KEY by_customer (customer_id, id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (owner_id) REFERENCES seller_user (id)
);

-- A version is edited while it is a draft; sending freezes it (customer_version_id and
-- company_version_id say what was true then). Totals are those of the version as sent, with the
-- customer's choices, for lists; what is signed is computed again and compared.
CREATE TABLE quote_version (
    id                  BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    quote_id            BIGINT NOT NULL,
    version             INT NOT NULL,
    state               ENUM('draft', 'sent', 'replaced') NOT NULL DEFAULT 'draft',
    rev                 INT NOT NULL DEFAULT 1,
    customer_version_id BIGINT NULL,
    company_version_id  BIGINT NULL,
    template_id         BIGINT NULL,
    plan_id             BIGINT NULL,
    language            VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    valid_until_on      DATE NOT NULL,
    start_on            DATE NULL, -- NULL: the day of confirmation
    acceptance          ENUM('signature', 'payment', 'signature_and_payment') NOT NULL,
    note                VARCHAR(2000) NOT NULL DEFAULT '',
    today_minor         BIGINT NOT NULL DEFAULT 0, -- with VAT
    period_minor        BIGINT NOT NULL DEFAULT 0, -- without VAT
    sent_at             DATETIME(6) NULL,
    sent_on             DATE NULL, -- the business day of sent_at: the date on the document
    created_at          DATETIME(6) NOT NULL,
    UNIQUE KEY by_version (quote_id, version),
    FOREIGN KEY (quote_id) REFERENCES quote (id),
    FOREIGN KEY (customer_version_id) REFERENCES customer_version (id),
    FOREIGN KEY (company_version_id) REFERENCES company_version (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);
ALTER TABLE quote ADD FOREIGN KEY (current_version_id) REFERENCES quote_version (id);

CREATE TABLE quote_line (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version_id         BIGINT NOT NULL,
    position           INT NOT NULL,
    kind               ENUM('recurring', 'one_time', 'setup', 'section', 'note') NOT NULL,
    is_option          TINYINT NOT NULL DEFAULT 0,
    product_id         BIGINT NULL,
    description        VARCHAR(500) NOT NULL,
    unit               VARCHAR(20) NOT NULL DEFAULT '',
    quantity_e4        BIGINT NOT NULL DEFAULT 10000 CHECK (quantity_e4 > 0),
    unit_price_e4      BIGINT NOT NULL DEFAULT 0 CHECK (unit_price_e4 >= 0),
    discount_ppm       INT NOT NULL DEFAULT 0 CHECK (discount_ppm BETWEEN 0 AND 1000000),
    discount_periods   INT NOT NULL DEFAULT 0 CHECK (discount_periods >= 0), -- 0: for ever
    tax_class          VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'standard',
    product_kind       ENUM('service', 'goods') NOT NULL DEFAULT 'service',
    quantity_editable  TINYINT NOT NULL DEFAULT 0,
    quantity_min_e4    BIGINT NOT NULL DEFAULT 10000,
    quantity_max_e4    BIGINT NOT NULL DEFAULT 10000,
    UNIQUE KEY by_place (version_id, position),
    FOREIGN KEY (version_id) REFERENCES quote_version (id),
    FOREIGN KEY (product_id) REFERENCES product (id)
);

-- What the customer chose on a version: options taken, quantities changed. Absent: as offered.
CREATE TABLE quote_choice (
    line_id            BIGINT NOT NULL PRIMARY KEY,
    version_id         BIGINT NOT NULL,
    chosen             TINYINT NOT NULL,
    quantity_e4        BIGINT NOT NULL CHECK (quantity_e4 > 0),
    KEY by_version (version_id),
    FOREIGN KEY (line_id) REFERENCES quote_line (id) ON DELETE CASCADE
);

CREATE TABLE quote_message (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    quote_id           BIGINT NOT NULL,
    author             VARCHAR(60) NOT NULL,
    text               VARCHAR(4000) NOT NULL,
    at                 DATETIME(6) NOT NULL,
    KEY by_quote (quote_id, id),
    FOREIGN KEY (quote_id) REFERENCES quote (id)
);

-- Evidence of the signature (trust.md SIG-01). The accepted document is document(kind
-- 'quote_accepted', ref_id = signature.id); the sealed copy with the evidence page is 'quote_signed'.
CREATE TABLE signature (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    quote_id           BIGINT NOT NULL UNIQUE,
    version_id         BIGINT NOT NULL UNIQUE,
    signer_name        VARCHAR(200) NOT NULL,
    signer_role        VARCHAR(200) NOT NULL DEFAULT '',
    signer_email       VARCHAR(254) NOT NULL,
    consent_text       VARCHAR(1000) NOT NULL,
    document_sha256    BINARY(32) NOT NULL,
    choices            TEXT NOT NULL, -- JSON: line id -> chosen, quantity
    today_minor        BIGINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    link_id            BIGINT NULL,
    language           VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    remote_addr        VARCHAR(45) NOT NULL,
    user_agent         VARCHAR(255) NOT NULL,
    signed_at          DATETIME(6) NOT NULL,
    signed_on          DATE NOT NULL,
    FOREIGN KEY (quote_id) REFERENCES quote (id),
    FOREIGN KEY (version_id) REFERENCES quote_version (id)
);

CREATE TABLE sales_order (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    quote_id           BIGINT NOT NULL UNIQUE,
    version_id         BIGINT NOT NULL,
    customer_id        BIGINT NOT NULL,
    confirmed_at       DATETIME(6) NOT NULL,
    confirmed_on       DATE NOT NULL,
    FOREIGN KEY (quote_id) REFERENCES quote (id),
    FOREIGN KEY (version_id) REFERENCES quote_version (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);
