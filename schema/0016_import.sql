-- Import: customers, products and running subscriptions that another system knew.

-- reference is how a file names a row: that of the other system, or our own number. One key holds both, so that no
-- reference can ever mean two rows.
ALTER TABLE customer
    ADD COLUMN external_ref VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL AFTER number,
    ADD COLUMN reference    VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin AS (IFNULL(external_ref, number)) PERSISTENT,
    ADD UNIQUE KEY one_reference (reference);

-- An imported subscription has no order. What lies before billed_until_on was billed elsewhere.
ALTER TABLE subscription
    ADD COLUMN external_ref    VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL AFTER number,
    ADD COLUMN reference       VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin AS (IFNULL(external_ref, number)) PERSISTENT,
    ADD COLUMN billed_until_on DATE NULL,
    MODIFY COLUMN order_id     BIGINT NULL,
    ADD UNIQUE KEY one_reference (reference),
    ADD CONSTRAINT ordered_or_imported CHECK ((order_id IS NULL) = (external_ref IS NOT NULL)),
    ADD CONSTRAINT imported_from_a_day CHECK ((external_ref IS NULL) = (billed_until_on IS NULL));

DELIMITER //
CREATE TRIGGER billing_period_not_elsewhere BEFORE INSERT ON billing_period FOR EACH ROW
BEGIN
    IF NEW.from_on < (SELECT billed_until_on FROM subscription WHERE id = NEW.subscription_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this period was billed elsewhere';
    END IF;
END//
DELIMITER ;

-- A file between its check and its import: the bytes that were checked are the bytes that are imported.
CREATE TABLE import_file (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind               ENUM('customers', 'products', 'subscriptions') NOT NULL,
    digest             BINARY(32) NOT NULL,
    bytes              MEDIUMBLOB NOT NULL,
    state              ENUM('checked', 'done') NOT NULL DEFAULT 'checked',
    uploaded_at        DATETIME(6) NOT NULL,
    uploaded_by        VARCHAR(60) NOT NULL,
    created            INT NOT NULL DEFAULT 0,
    changed            INT NOT NULL DEFAULT 0,
    unchanged          INT NOT NULL DEFAULT 0,
    KEY by_age (uploaded_at),
    CONSTRAINT digest_is_of_the_bytes CHECK (digest = UNHEX(SHA2(bytes, 256)))
);
DELIMITER //
CREATE TRIGGER import_file_stays BEFORE UPDATE ON import_file FOR EACH ROW
BEGIN
    IF NEW.kind <> OLD.kind OR NEW.digest <> OLD.digest OR OLD.state = 'done' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was checked is what is imported';
    END IF;
END//
DELIMITER ;
