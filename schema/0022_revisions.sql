-- Price revisions: explicit, announced, journalled. A revision closes a line on a boundary and opens another; until that
-- day it can be undone. Indexes: their values by month, and the clause of a plan that names one.

CREATE TABLE price_index (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(60) NOT NULL UNIQUE
);
-- A published value is entered once; a revision keeps the two that it used.
CREATE TABLE price_index_value (
    index_id           BIGINT NOT NULL,
    month_on           DATE NOT NULL CHECK (DAYOFMONTH(month_on) = 1),
    value_e4           BIGINT NOT NULL CHECK (value_e4 BETWEEN 1 AND 1000000000000),
    entered_by         VARCHAR(60) NOT NULL,
    entered_at         DATETIME(6) NOT NULL,
    PRIMARY KEY (index_id, month_on),
    FOREIGN KEY (index_id) REFERENCES price_index (id)
);
ALTER TABLE plan
    ADD COLUMN index_id BIGINT NULL AFTER notice_days,
    ADD FOREIGN KEY (index_id) REFERENCES price_index (id);
ALTER TABLE subscription
    ADD COLUMN index_id BIGINT NULL AFTER notice_days,
    ADD FOREIGN KEY (index_id) REFERENCES price_index (id);

CREATE TABLE price_revision (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind               ENUM('percent', 'price', 'index') NOT NULL,
    product_id         BIGINT NULL, -- NULL: every product
    plan_id            BIGINT NULL, -- NULL: every plan
    index_id           BIGINT NULL,
    change_ppm         INT NOT NULL DEFAULT 0 CHECK (change_ppm BETWEEN -1000000 AND 10000000),
    unit_price_e4      BIGINT NOT NULL DEFAULT 0 CHECK (unit_price_e4 BETWEEN 0 AND 10000000000000),
    then_e4            BIGINT NOT NULL DEFAULT 0,
    now_e4             BIGINT NOT NULL DEFAULT 0,
    notice_days        INT NOT NULL CHECK (notice_days BETWEEN 0 AND 366),
    reason             VARCHAR(500) NOT NULL CHECK (reason <> ''),
    state              ENUM('announced', 'undone') NOT NULL DEFAULT 'announced',
    announced_by       VARCHAR(60) NOT NULL,
    announced_on       DATE NOT NULL,
    announced_at       DATETIME(6) NOT NULL,
    CONSTRAINT index_has_values CHECK ((kind = 'index') = (index_id IS NOT NULL AND then_e4 > 0 AND now_e4 > 0)),
    FOREIGN KEY (product_id) REFERENCES product (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id),
    FOREIGN KEY (index_id) REFERENCES price_index (id)
);

ALTER TABLE subscription_line
    ADD COLUMN revision_id BIGINT NULL,
    ADD COLUMN replaces_id BIGINT NULL, -- the line that a revision closed for this one
    ADD UNIQUE KEY one_successor (replaces_id),
    ADD FOREIGN KEY (revision_id) REFERENCES price_revision (id);

-- A line goes only with the revision that opened it, before it was ever billed; every other line stays for good.
DELIMITER //
CREATE TRIGGER subscription_line_stays BEFORE DELETE ON subscription_line FOR EACH ROW
BEGIN
    IF OLD.revision_id IS NULL OR EXISTS (SELECT 1 FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
       WHERE i.subscription_id = OLD.subscription_id AND l.subscription_line_id = OLD.id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a line that was agreed or billed stays';
    END IF;
END//
DELIMITER ;
