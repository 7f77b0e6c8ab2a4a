-- Templates of quotes in versions: an edit makes a new one, a quote remembers the one it began with and keeps what it
-- took. quote_template is the name under which they go: who sees it, whether it is still offered, its newest version.
CREATE TABLE quote_template_version (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    template_id        BIGINT NOT NULL,
    version            INT NOT NULL CHECK (version > 0),
    plan_id            BIGINT NULL,
    validity_days      INT NOT NULL CHECK (validity_days BETWEEN 1 AND 365),
    acceptance         ENUM('signature', 'payment', 'signature_and_payment') NOT NULL,
    duration           ENUM('plan', 'ever', 'fixed') NOT NULL DEFAULT 'plan', -- of what recurs: as the plan says, open-ended, a term
    term_unit          ENUM('period', 'month') NOT NULL DEFAULT 'period',
    term_count         INT NOT NULL DEFAULT 0 CHECK (term_count BETWEEN 0 AND 1000),
    term_renews        TINYINT NOT NULL DEFAULT 0,
    commitment_months  INT NULL CHECK (commitment_months BETWEEN 0 AND 120), -- NULL: the plan's
    notice_days        INT NULL CHECK (notice_days BETWEEN 0 AND 366), -- NULL: the plan's
    note               VARCHAR(2000) NOT NULL DEFAULT '',
    header             VARCHAR(500) NOT NULL DEFAULT '', -- on the document, above the lines
    footer             VARCHAR(500) NOT NULL DEFAULT '', -- on the document, below everything
    terms              TEXT NOT NULL DEFAULT '', -- particular terms; the company's general ones follow them
    no_confirm_mail    TINYINT NOT NULL DEFAULT 0, -- businesses get no mail that confirms the order
    confirmation       VARCHAR(2000) NOT NULL DEFAULT '', -- words in that mail
    created_at         DATETIME(6) NOT NULL,
    created_by         VARCHAR(60) NOT NULL,
    UNIQUE KEY by_version (template_id, version),
    CHECK ((duration = 'fixed') = (term_count > 0)),
    FOREIGN KEY (template_id) REFERENCES quote_template (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);
INSERT INTO quote_template_version (template_id, version, plan_id, validity_days, acceptance, note, created_at, created_by)
SELECT id, 1, plan_id, validity_days, acceptance, note, UTC_TIMESTAMP(6), 'migration' FROM quote_template;

ALTER TABLE quote_template DROP FOREIGN KEY quote_template_ibfk_1;
ALTER TABLE quote_template
    DROP COLUMN plan_id, DROP COLUMN validity_days, DROP COLUMN acceptance, DROP COLUMN note,
    ADD COLUMN version INT NOT NULL DEFAULT 1 AFTER name;

-- An empty unit or VAT class is the product's.
ALTER TABLE quote_template_line
    ADD COLUMN version_id BIGINT NULL AFTER id,
    ADD COLUMN unit VARCHAR(20) NOT NULL DEFAULT '' AFTER description,
    ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor >= 0) AFTER discount_ppm,
    ADD COLUMN tax_class VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER discount_periods;
UPDATE quote_template_line l JOIN quote_template_version v ON v.template_id = l.template_id SET l.version_id = v.id;
ALTER TABLE quote_template_line DROP FOREIGN KEY quote_template_line_ibfk_1;
ALTER TABLE quote_template_line
    DROP KEY by_place, DROP COLUMN template_id,
    MODIFY COLUMN version_id BIGINT NOT NULL,
    ADD UNIQUE KEY by_place (version_id, position),
    ADD CHECK (discount_ppm = 0 OR discount_minor = 0),
    ADD FOREIGN KEY (version_id) REFERENCES quote_template_version (id);

CREATE TRIGGER quote_template_version_no_update BEFORE UPDATE ON quote_template_version FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a version of a template is never changed';
CREATE TRIGGER quote_template_version_no_delete BEFORE DELETE ON quote_template_version FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a version of a template is never deleted';
CREATE TRIGGER quote_template_line_no_update BEFORE UPDATE ON quote_template_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a line of a template is never changed';
CREATE TRIGGER quote_template_line_no_delete BEFORE DELETE ON quote_template_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a line of a template is never deleted';

-- Who is offered a template for new quotes. No row: everybody.
CREATE TABLE quote_template_seller (
    template_id        BIGINT NOT NULL,
    seller_id          BIGINT NOT NULL,
    PRIMARY KEY (template_id, seller_id),
    FOREIGN KEY (template_id) REFERENCES quote_template (id),
    FOREIGN KEY (seller_id) REFERENCES seller_user (id)
);

-- What a quote took from its template, and may say otherwise while it is a draft.
ALTER TABLE quote_version
    ADD COLUMN template_version INT NULL AFTER template_id,
    ADD COLUMN duration ENUM('plan', 'ever', 'fixed') NOT NULL DEFAULT 'plan' AFTER plan_id,
    ADD COLUMN term_unit ENUM('period', 'month') NOT NULL DEFAULT 'period' AFTER duration,
    ADD COLUMN term_count INT NOT NULL DEFAULT 0 CHECK (term_count BETWEEN 0 AND 1000) AFTER term_unit,
    ADD COLUMN term_renews TINYINT NOT NULL DEFAULT 0 AFTER term_count,
    ADD COLUMN commitment_months INT NULL CHECK (commitment_months BETWEEN 0 AND 120) AFTER term_renews,
    ADD COLUMN notice_days INT NULL CHECK (notice_days BETWEEN 0 AND 366) AFTER commitment_months,
    ADD COLUMN header VARCHAR(500) NOT NULL DEFAULT '' AFTER note,
    ADD COLUMN footer VARCHAR(500) NOT NULL DEFAULT '' AFTER header,
    ADD COLUMN terms TEXT NOT NULL DEFAULT '' AFTER footer,
    ADD COLUMN no_confirm_mail TINYINT NOT NULL DEFAULT 0 AFTER terms,
    ADD COLUMN confirmation VARCHAR(2000) NOT NULL DEFAULT '' AFTER no_confirm_mail,
    ADD CHECK ((duration = 'fixed') = (term_count > 0));
UPDATE quote_version SET template_version = 1 WHERE template_id IS NOT NULL;
ALTER TABLE quote_version ADD FOREIGN KEY (template_id, template_version) REFERENCES quote_template_version (template_id, version);

DELIMITER //
CREATE TRIGGER quote_version_keeps_its_words BEFORE UPDATE ON quote_version FOR EACH ROW
BEGIN
    IF OLD.state <> 'draft' AND NOT (NEW.note <=> OLD.note AND NEW.header <=> OLD.header AND NEW.footer <=> OLD.footer
       AND NEW.terms <=> OLD.terms AND NEW.confirmation <=> OLD.confirmation AND NEW.no_confirm_mail <=> OLD.no_confirm_mail) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the words of a version that was sent are never changed';
    END IF;
END//
DELIMITER ;

-- What a product costs the seller: per unit and currency, each period of a plan or once (plan_id NULL). Where a plan has
-- no cost of its own the one-time cost holds. Nothing that a customer reads knows this table.
CREATE TABLE product_cost (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    product_id         BIGINT NOT NULL,
    plan_id            BIGINT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    unit_cost_e4       BIGINT NOT NULL CHECK (unit_cost_e4 >= 0),
    plan_key           BIGINT AS (IFNULL(plan_id, 0)) PERSISTENT,
    UNIQUE KEY one_cost (product_id, plan_key, currency),
    FOREIGN KEY (product_id) REFERENCES product (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);
-- The costs that a version was sent with, in the line's own unit: its margin stays what it was.
CREATE TABLE quote_line_cost (
    line_id            BIGINT NOT NULL PRIMARY KEY,
    unit_cost_e4       BIGINT NOT NULL CHECK (unit_cost_e4 >= 0),
    FOREIGN KEY (line_id) REFERENCES quote_line (id) ON DELETE CASCADE
);
