-- A discount of a running contract: ended or begun by a change, from a period of which nothing is invoiced; by a coupon too,
-- which then counts like one that is entered on a quote. What held before stays, so that the discounts of any day are a query.

ALTER TABLE amendment
    MODIFY COLUMN kind ENUM('lines', 'pause', 'resume', 'close', 'renew', 'reactivate', 'transfer', 'discount') NOT NULL;

-- Those that are over stay in the text while a period that they held for is not billed.
ALTER TABLE subscription
    MODIFY COLUMN discounts VARCHAR(640) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
ALTER TABLE subscription_schedule
    MODIFY COLUMN discounts VARCHAR(640) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';

-- What a change wishes of them. One that ends is known by what it takes off and its code; '': the seller's own.
CREATE TABLE amendment_discount (
    amendment_id       BIGINT NOT NULL,
    place              INT NOT NULL,
    act                ENUM('end', 'begin') NOT NULL,
    ppm                INT NOT NULL CHECK (ppm BETWEEN 0 AND 1000000),
    amount_minor       BIGINT NOT NULL CHECK (amount_minor >= 0),
    periods            INT NOT NULL CHECK (periods BETWEEN 0 AND 1000), -- 0: for ever
    code               VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (code REGEXP '^[A-Z0-9-]*$'),
    PRIMARY KEY (amendment_id, place),
    CONSTRAINT one_kind_of_discount CHECK ((ppm = 0) <> (amount_minor = 0)),
    CONSTRAINT an_end_has_no_periods CHECK (act = 'begin' OR periods = 0),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id)
);

-- Discounts that are over; the present ones stand on the subscription. Their periods count as those of the epoch do.
CREATE TABLE subscription_discounts (
    amendment_id       BIGINT NOT NULL PRIMARY KEY, -- that changed them
    subscription_id    BIGINT NOT NULL,
    epoch              INT NOT NULL,
    until_on           DATE NOT NULL, -- first day of the next ones
    discounts          VARCHAR(640) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    KEY by_day (subscription_id, epoch, until_on),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

-- A coupon is entered on a quote or by a change of a contract, which gives it back when it is undone or fails.
DROP TRIGGER coupon_redemption_stays;
ALTER TABLE coupon_redemption
    ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT FIRST,
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (id),
    ADD UNIQUE KEY one_per_quote (quote_id);
ALTER TABLE coupon_redemption
    MODIFY COLUMN quote_id BIGINT NULL,
    ADD COLUMN amendment_id BIGINT NULL AFTER quote_id,
    ADD UNIQUE KEY one_per_amendment (amendment_id),
    ADD CONSTRAINT entered_somewhere CHECK ((quote_id IS NULL) <> (amendment_id IS NULL)),
    ADD FOREIGN KEY (amendment_id) REFERENCES amendment (id);

CREATE TRIGGER amendment_discount_no_update BEFORE UPDATE ON amendment_discount FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a wish is never changed';
CREATE TRIGGER amendment_discount_no_delete BEFORE DELETE ON amendment_discount FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a wish is never deleted';
CREATE TRIGGER subscription_discounts_no_update BEFORE UPDATE ON subscription_discounts FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'discounts that are over are never changed';
CREATE TRIGGER subscription_discounts_no_delete BEFORE DELETE ON subscription_discounts FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'discounts that are over are never deleted';
DELIMITER //
CREATE TRIGGER amendment_discount_of_its_kind BEFORE INSERT ON amendment_discount FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM amendment a WHERE a.id = NEW.amendment_id AND a.kind = 'discount') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only a change of discounts has some';
    END IF;
END//
CREATE TRIGGER subscription_discounts_by_a_change BEFORE INSERT ON subscription_discounts FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM amendment a WHERE a.id = NEW.amendment_id AND a.subscription_id = NEW.subscription_id AND a.kind = 'discount') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only a change of discounts changes them';
    END IF;
END//
CREATE TRIGGER coupon_redemption_stays BEFORE DELETE ON coupon_redemption FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM quote q WHERE q.id = OLD.quote_id AND q.state IN ('signed', 'confirmed')) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was signed keeps its coupon';
    END IF;
    IF EXISTS (SELECT 1 FROM amendment a WHERE a.id = OLD.amendment_id AND a.state IN ('planned', 'applied')) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a change that holds keeps its coupon';
    END IF;
END//
CREATE TRIGGER coupon_redemption_by_a_change BEFORE INSERT ON coupon_redemption FOR EACH ROW
BEGIN
    IF NEW.amendment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM amendment a JOIN amendment_discount d ON d.amendment_id = a.id JOIN coupon c ON c.code = d.code
       WHERE a.id = NEW.amendment_id AND c.id = NEW.coupon_id AND d.act = 'begin' AND a.state IN ('planned', 'applied')) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a change counts the coupon that it begins with';
    END IF;
END//
DELIMITER ;
