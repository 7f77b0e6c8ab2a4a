-- Issued documents. Nothing here is ever changed: no right for it, and triggers that refuse.

CREATE TABLE invoice (
    id                  BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    series              VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    sequence            BIGINT NOT NULL CHECK (sequence > 0),
    number              VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    kind                ENUM('invoice', 'credit_note') NOT NULL DEFAULT 'invoice',
    customer_id         BIGINT NOT NULL,
    customer_version_id BIGINT NOT NULL,
    company_version_id  BIGINT NOT NULL,
    order_id            BIGINT NULL,
    subscription_id     BIGINT NULL,
    issued_on           DATE NOT NULL,
    issued_at           DATETIME(6) NOT NULL,
    due_on              DATE NOT NULL,
    language            VARCHAR(5) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    currency            CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    net_minor           BIGINT NOT NULL,
    vat_minor           BIGINT NOT NULL,
    total_minor         BIGINT NOT NULL,
    vat_due             ENUM('payment', 'issue') NOT NULL,
    chain_previous      BINARY(32) NOT NULL,
    chain_digest        BINARY(32) NOT NULL UNIQUE,
    CHECK (total_minor = net_minor + vat_minor),
    UNIQUE KEY one_number (series, sequence),
    UNIQUE KEY one_successor (series, chain_previous),
    UNIQUE KEY one_first_invoice (order_id),
    KEY by_customer (customer_id, id),
    KEY by_subscription (subscription_id, id),
    KEY by_date (issued_on, id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (customer_version_id) REFERENCES customer_version (id),
    FOREIGN KEY (company_version_id) REFERENCES company_version (id),
    FOREIGN KEY (order_id) REFERENCES sales_order (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (series) REFERENCES series (name)
);
-- order_id is set on the first invoice of an order only; renewals carry subscription_id alone.

CREATE TABLE invoice_line (
    id                   BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    invoice_id           BIGINT NOT NULL,
    position             INT NOT NULL,
    subscription_line_id BIGINT NULL,
    quote_line_id        BIGINT NULL,
    kind                 ENUM('recurring', 'one_time', 'setup') NOT NULL,
    description          VARCHAR(500) NOT NULL,
    period_from_on       DATE NULL,
    period_until_on      DATE NULL,
    unit                 VARCHAR(20) NOT NULL DEFAULT '',
    quantity_e4          BIGINT NOT NULL,
    unit_price_e4        BIGINT NOT NULL,
    discount_ppm         INT NOT NULL DEFAULT 0,
    net_minor            BIGINT NOT NULL,
    tax_category         CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_rate_ppm         INT NOT NULL,
    account              VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    UNIQUE KEY by_place (invoice_id, position),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

CREATE TABLE invoice_tax (
    invoice_id           BIGINT NOT NULL,
    tax_category         CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_rate_ppm         INT NOT NULL,
    base_minor           BIGINT NOT NULL,
    tax_minor            BIGINT NOT NULL,
    reason               VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    PRIMARY KEY (invoice_id, tax_category, tax_rate_ppm),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- The state of an invoice is not part of it. collect_on is the next automatic debit, NULL when none.
CREATE TABLE receivable (
    invoice_id           BIGINT NOT NULL PRIMARY KEY,
    customer_id          BIGINT NOT NULL,
    subscription_id      BIGINT NULL,
    currency             CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total_minor          BIGINT NOT NULL,
    open_minor           BIGINT NOT NULL,
    due_on               DATE NOT NULL,
    collect_on           DATE NULL,
    retries              INT NOT NULL DEFAULT 0,
    state                ENUM('open', 'paid') NOT NULL,
    paid_on              DATE NULL,
    CHECK (open_minor BETWEEN 0 AND total_minor),
    CHECK ((state = 'paid') = (open_minor = 0)),
    KEY collect (collect_on, invoice_id),
    KEY by_state (state, due_on, invoice_id),
    KEY by_subscription (subscription_id, invoice_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- Bytes as they left: 'quote_accepted' and 'quote_signed' (ref: signature), 'invoice' (ref: invoice).
CREATE TABLE document (
    id                   BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind                 ENUM('quote_accepted', 'quote_signed', 'invoice') NOT NULL,
    ref_id               BIGINT NOT NULL,
    sha256               BINARY(32) NOT NULL,
    bytes                MEDIUMBLOB NOT NULL,
    created_at           DATETIME(6) NOT NULL,
    UNIQUE KEY one_per_object (kind, ref_id)
);

-- Documents still to be rendered and signed.
CREATE TABLE document_job (
    kind                 ENUM('quote_signed', 'invoice') NOT NULL,
    ref_id               BIGINT NOT NULL,
    tries                INT NOT NULL DEFAULT 0,
    next_try_at          DATETIME(6) NOT NULL,
    error                VARCHAR(255) NOT NULL DEFAULT '',
    PRIMARY KEY (kind, ref_id),
    KEY due (next_try_at, kind, ref_id)
);

CREATE TRIGGER invoice_no_update BEFORE UPDATE ON invoice FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
CREATE TRIGGER invoice_no_delete BEFORE DELETE ON invoice FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never deleted';
CREATE TRIGGER invoice_line_no_update BEFORE UPDATE ON invoice_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
CREATE TRIGGER invoice_line_no_delete BEFORE DELETE ON invoice_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never deleted';
CREATE TRIGGER invoice_tax_no_update BEFORE UPDATE ON invoice_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
CREATE TRIGGER invoice_tax_no_delete BEFORE DELETE ON invoice_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never deleted';
CREATE TRIGGER document_no_update BEFORE UPDATE ON document FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a stored document is never changed';
CREATE TRIGGER document_no_delete BEFORE DELETE ON document FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a stored document is never deleted';
CREATE TRIGGER signature_no_update BEFORE UPDATE ON signature FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a signature is never changed';
CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a signature is never deleted';

-- Ids handed out in blocks, before a transaction: array binding does not give back AUTO_INCREMENT.
-- A gap in ids means nothing; numbers have none.
CREATE TABLE id_block (
    name                 VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    next_id              BIGINT NOT NULL
);
INSERT INTO id_block (name, next_id) VALUES ('invoice', 1), ('journal_entry', 1);
