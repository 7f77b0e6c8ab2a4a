-- Prices: segments of customers, price lists and their rows, tiered prices frozen on lines.

CREATE TABLE segment (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(60) NOT NULL UNIQUE
);
ALTER TABLE customer
    ADD COLUMN segment_id BIGINT NULL AFTER current_version_id,
    ADD FOREIGN KEY (segment_id) REFERENCES segment (id);

-- Whose prices a list holds, in one currency. Asked in the order customer, segment, country, default; of one scope
-- the smaller priority first.
CREATE TABLE pricelist (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(100) NOT NULL UNIQUE,
    scope              ENUM('customer', 'segment', 'country', 'default') NOT NULL,
    customer_id        BIGINT NULL,
    segment_id         BIGINT NULL,
    country            CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    priority           INT NOT NULL DEFAULT 100 CHECK (priority BETWEEN 0 AND 1000),
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    rev                INT NOT NULL DEFAULT 1,
    CONSTRAINT list_has_its_subject CHECK ((scope = 'customer') = (customer_id IS NOT NULL) AND
        (scope = 'segment') = (segment_id IS NOT NULL) AND (scope = 'country') = (country IS NOT NULL)),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (segment_id) REFERENCES segment (id)
);

-- A price of a product (in a plan, or sold once) from a minimum quantity on, on the days [from_on, until_on).
-- tiers: the canonical text of core/tier.
CREATE TABLE pricelist_price (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    pricelist_id       BIGINT NOT NULL,
    product_id         BIGINT NOT NULL,
    plan_id            BIGINT NULL,
    plan_key           BIGINT AS (IFNULL(plan_id, 0)) PERSISTENT,
    min_quantity_e4    BIGINT NOT NULL DEFAULT 0 CHECK (min_quantity_e4 BETWEEN 0 AND 100000000000),
    from_on            DATE NOT NULL,
    until_on           DATE NULL,
    price_model        ENUM('per_unit', 'volume', 'graduated', 'flat') NOT NULL DEFAULT 'per_unit',
    unit_price_e4      BIGINT NOT NULL DEFAULT 0 CHECK (unit_price_e4 BETWEEN 0 AND 10000000000000),
    tiers              VARCHAR(960) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    CONSTRAINT price_dates CHECK (until_on IS NULL OR until_on > from_on),
    CONSTRAINT price_tiers CHECK ((price_model IN ('volume', 'graduated')) = (tiers <> '')),
    UNIQUE KEY one_start (pricelist_id, product_id, plan_key, min_quantity_e4, from_on),
    FOREIGN KEY (pricelist_id) REFERENCES pricelist (id),
    FOREIGN KEY (product_id) REFERENCES product (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id)
);

DELIMITER //
CREATE TRIGGER pricelist_price_no_overlap BEFORE INSERT ON pricelist_price FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM pricelist_price p WHERE p.pricelist_id = NEW.pricelist_id AND p.product_id = NEW.product_id AND
               p.plan_key = IFNULL(NEW.plan_id, 0) AND p.min_quantity_e4 = NEW.min_quantity_e4 AND
               (NEW.until_on IS NULL OR p.from_on < NEW.until_on) AND (p.until_on IS NULL OR NEW.from_on < p.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'two prices of one line have a common day';
    END IF;
END//
CREATE TRIGGER pricelist_price_no_overlap_later BEFORE UPDATE ON pricelist_price FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM pricelist_price p WHERE p.id <> NEW.id AND p.pricelist_id = NEW.pricelist_id AND
               p.product_id = NEW.product_id AND p.plan_key = IFNULL(NEW.plan_id, 0) AND
               p.min_quantity_e4 = NEW.min_quantity_e4 AND
               (NEW.until_on IS NULL OR p.from_on < NEW.until_on) AND (p.until_on IS NULL OR NEW.from_on < p.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'two prices of one line have a common day';
    END IF;
END//
DELIMITER ;

-- A line keeps its price as it was agreed: the model with its tiers, and where it came from. listed: not typed by
-- the seller; of a price list, or (pricelist_id NULL) the product's own price.
ALTER TABLE quote_line
    ADD COLUMN price_model  ENUM('per_unit', 'volume', 'graduated', 'flat') NOT NULL DEFAULT 'per_unit' AFTER unit_price_e4,
    ADD COLUMN tiers        VARCHAR(960) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER price_model,
    ADD COLUMN listed       TINYINT NOT NULL DEFAULT 0 AFTER tiers,
    ADD COLUMN pricelist_id BIGINT NULL AFTER listed,
    ADD CONSTRAINT line_tiers CHECK ((price_model IN ('volume', 'graduated')) = (tiers <> '')),
    ADD FOREIGN KEY (pricelist_id) REFERENCES pricelist (id);
ALTER TABLE subscription_line
    ADD COLUMN price_model  ENUM('per_unit', 'volume', 'graduated', 'flat') NOT NULL DEFAULT 'per_unit' AFTER unit_price_e4,
    ADD COLUMN tiers        VARCHAR(960) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER price_model,
    ADD CONSTRAINT agreed_tiers CHECK ((price_model IN ('volume', 'graduated')) = (tiers <> ''));
