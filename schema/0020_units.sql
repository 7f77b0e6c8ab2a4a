-- Units of measure: what products and lines name, how one converts to another, and their UN/ECE rec 20 codes
-- (EN 16931 BT-130). 1 unit = numerator / denominator of its base. A line keeps the unit's name.
CREATE TABLE unit (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(20) NOT NULL UNIQUE,
    base_id            BIGINT NULL,
    numerator          BIGINT NOT NULL DEFAULT 1 CHECK (numerator BETWEEN 1 AND 1000000000),
    denominator        BIGINT NOT NULL DEFAULT 1 CHECK (denominator BETWEEN 1 AND 1000000000),
    code               VARCHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'C62' CHECK (code REGEXP '^[A-Z0-9]{2,3}$'),
    rev                INT NOT NULL DEFAULT 1,
    CONSTRAINT base_is_itself CHECK (base_id IS NOT NULL OR numerator = denominator),
    FOREIGN KEY (base_id) REFERENCES unit (id)
);

DELIMITER //
CREATE TRIGGER unit_base_is_a_base BEFORE INSERT ON unit FOR EACH ROW
BEGIN
    IF NEW.base_id IS NOT NULL AND EXISTS (SELECT 1 FROM unit u WHERE u.id = NEW.base_id AND u.base_id IS NOT NULL) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a base has no base itself';
    END IF;
END//
CREATE TRIGGER unit_base_stays_a_base BEFORE UPDATE ON unit FOR EACH ROW
BEGIN
    IF NEW.base_id IS NOT NULL AND (NEW.base_id = NEW.id OR EXISTS (SELECT 1 FROM unit u WHERE (u.id = NEW.base_id AND u.base_id IS NOT NULL) OR
               u.base_id = NEW.id)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a base has no base itself';
    END IF;
END//
DELIMITER ;

-- The units that products have today.
INSERT IGNORE INTO unit (name) SELECT DISTINCT unit FROM product WHERE unit <> '';
