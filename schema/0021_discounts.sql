-- Discounts: amounts off lines, discounts of whole documents, coupons and their redemptions.

ALTER TABLE quote_line
    ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor >= 0) AFTER discount_ppm,
    ADD CONSTRAINT one_line_discount CHECK (discount_ppm = 0 OR discount_minor = 0);
ALTER TABLE subscription_line
    ADD COLUMN discount_minor BIGINT NOT NULL DEFAULT 0 CHECK (discount_minor >= 0) AFTER discount_ppm;

-- Of the whole document: the canonical text of core/discount. A subscription keeps what was agreed, coupon included.
ALTER TABLE quote_version
    ADD COLUMN discounts VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER note;
ALTER TABLE subscription
    ADD COLUMN discounts VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER hold_reason;

-- What amounts took off a line (EN 16931 BT-136), in the line's own terms: with VAT where prices are.
ALTER TABLE invoice_line
    ADD COLUMN allowance_minor BIGINT NOT NULL DEFAULT 0 CHECK (allowance_minor >= 0) AFTER discount_ppm;

CREATE TABLE coupon (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    code               VARCHAR(40) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE CHECK (code REGEXP '^[A-Z0-9-]{3,40}$'),
    ppm                INT NOT NULL DEFAULT 0 CHECK (ppm BETWEEN 0 AND 1000000),
    amount_minor       BIGINT NOT NULL DEFAULT 0 CHECK (amount_minor >= 0),
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- of the amount
    periods            INT NOT NULL DEFAULT 0 CHECK (periods BETWEEN 0 AND 1000), -- 0: for ever
    from_on            DATE NOT NULL,
    until_on           DATE NULL, -- first day without it
    max_redemptions    INT NOT NULL DEFAULT 0 CHECK (max_redemptions >= 0), -- 0: as many as come
    once_per_customer  TINYINT NOT NULL DEFAULT 1,
    redeemed           INT NOT NULL DEFAULT 0 CHECK (redeemed >= 0),
    state              ENUM('active', 'archived') NOT NULL DEFAULT 'active',
    rev                INT NOT NULL DEFAULT 1,
    created_at         DATETIME(6) NOT NULL,
    CONSTRAINT one_kind CHECK ((ppm = 0) <> (amount_minor = 0)),
    CONSTRAINT coupon_dates CHECK (until_on IS NULL OR until_on > from_on),
    CONSTRAINT not_more_than_given CHECK (max_redemptions = 0 OR redeemed <= max_redemptions)
);

-- A coupon on a quote: counted from the moment it is entered, given back when it is removed or the quote comes to
-- nothing. Whoever comes too late is refused by not_more_than_given or once_per_customer, however many come at once.
CREATE TABLE coupon_redemption (
    quote_id           BIGINT NOT NULL PRIMARY KEY,
    coupon_id          BIGINT NOT NULL,
    customer_id        BIGINT NOT NULL,
    once_key           BIGINT NULL, -- the customer, of a coupon that each has once
    discount           VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- as it was then: core/discount's text
    entered_by         VARCHAR(60) NOT NULL,
    entered_at         DATETIME(6) NOT NULL,
    UNIQUE KEY once_per_customer (coupon_id, once_key),
    FOREIGN KEY (quote_id) REFERENCES quote (id),
    FOREIGN KEY (coupon_id) REFERENCES coupon (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);
CREATE TRIGGER coupon_redemption_counts AFTER INSERT ON coupon_redemption FOR EACH ROW
    UPDATE coupon SET redeemed = redeemed + 1 WHERE id = NEW.coupon_id;
CREATE TRIGGER coupon_redemption_gives_back AFTER DELETE ON coupon_redemption FOR EACH ROW
    UPDATE coupon SET redeemed = redeemed - 1 WHERE id = OLD.coupon_id;
CREATE TRIGGER coupon_redemption_no_update BEFORE UPDATE ON coupon_redemption FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a coupon is entered or removed, never changed';
DELIMITER //
CREATE TRIGGER coupon_redemption_stays BEFORE DELETE ON coupon_redemption FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM quote q WHERE q.id = OLD.quote_id AND q.state IN ('signed', 'confirmed')) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was signed keeps its coupon';
    END IF;
END//
DELIMITER ;
