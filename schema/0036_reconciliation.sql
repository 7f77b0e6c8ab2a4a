-- Our books against what gateway and bank hold true, and a database that was restored from a backup.

-- restored_at: since when nothing is billed, numbered or collected, because a restored backup may not know of what was
-- done already; NULL in an ordinary life. run_count: compared with the file that the batch keeps outside of the database.
ALTER TABLE house
    ADD COLUMN restored_at DATETIME(6) NULL,
    ADD COLUMN reconciled_at DATETIME(6) NULL, -- when all facts were last compared
    ADD COLUMN run_count BIGINT NOT NULL DEFAULT 0;

ALTER TABLE customer ADD KEY by_gateway (gateway_customer);

-- The highest number of each series of documents that is known to have left the house although the database, restored,
-- knows it not. No such number is ever given again.
CREATE TABLE outside_number (
    series             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    last_sequence      BIGINT NOT NULL CHECK (last_sequence > 0)
);

-- One row per difference and time that it was there; it is never deleted, and never changed once it has an end.
CREATE TABLE money_difference (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    source             VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- charge, bank, books; service/reconciling
    fact_key           VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    cause              ENUM('missing_here', 'missing_there', 'amount', 'currency', 'state', 'doubled') NOT NULL,
    ref                VARCHAR(255) NOT NULL, -- the other side's own
    note               VARCHAR(255) NOT NULL DEFAULT '',
    customer_id        BIGINT NULL,
    attempt_id         BIGINT NULL,
    ours_minor         BIGINT NULL, -- NULL: we have none
    ours_currency      CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
    theirs_minor       BIGINT NULL,
    theirs_currency    CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
    happened_at        DATETIME(6) NOT NULL,
    found_at           DATETIME(6) NOT NULL,
    seen_at            DATETIME(6) NOT NULL,
    resolved_at        DATETIME(6) NULL,
    resolved_by        VARCHAR(60) NULL,
    resolution         ENUM('gone', 'booked', 'person') NULL, -- person: looked at, and told no more
    open_key           TINYINT AS (IF(resolved_at IS NULL, 1, NULL)) PERSISTENT,
    CHECK (ours_minor IS NOT NULL OR theirs_minor IS NOT NULL),
    CHECK ((resolved_at IS NULL) = (resolution IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL)),
    UNIQUE KEY one_open (source, fact_key, cause, open_key),
    KEY open_first (open_key, id),
    KEY by_customer (customer_id, open_key),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (attempt_id) REFERENCES attempt (id)
);

CREATE TRIGGER money_difference_no_delete BEFORE DELETE ON money_difference FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a difference is never deleted';
CREATE TRIGGER outside_number_no_delete BEFORE DELETE ON outside_number FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a number that left the house stays known';

DELIMITER //
CREATE TRIGGER money_difference_end BEFORE UPDATE ON money_difference FOR EACH ROW
BEGIN
    IF OLD.resolved_at IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a difference that has an end is never changed';
    END IF;
END//
CREATE TRIGGER outside_number_only_up BEFORE UPDATE ON outside_number FOR EACH ROW
BEGIN
    IF NEW.last_sequence < OLD.last_sequence OR NEW.series <> OLD.series THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a number that left the house stays known';
    END IF;
END//
CREATE TRIGGER invoice_number_is_new BEFORE INSERT ON invoice FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM house WHERE restored_at IS NOT NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nothing is numbered while the database is a restored one';
    END IF;
    IF EXISTS (SELECT 1 FROM outside_number WHERE series = NEW.series AND last_sequence >= NEW.sequence) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this number left the house before the database was restored';
    END IF;
END//
DELIMITER ;
