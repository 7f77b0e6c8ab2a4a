-- Amendments: what was changed of a running contract, when, by whom, and what is planned. Lines are closed and opened,
-- never rewritten, so that the contract on any day is a query.

-- How often the periods of a subscription have started anew: another recurrence, a pause, a reactivation. A period's
-- index counts from the anchor of its epoch.
ALTER TABLE subscription ADD COLUMN epoch INT NOT NULL DEFAULT 0 AFTER month_day;
ALTER TABLE billing_period
    ADD COLUMN epoch INT NOT NULL DEFAULT 0 AFTER line_group,
    ADD UNIQUE KEY one_index_per_epoch (subscription_id, line_group, epoch, period_index),
    DROP KEY one_index,
    DROP PRIMARY KEY,
    ADD PRIMARY KEY (subscription_id, line_group, epoch, from_on);

-- Schedules that are over; the present one stands on the subscription.
CREATE TABLE subscription_schedule (
    subscription_id    BIGINT NOT NULL,
    epoch              INT NOT NULL,
    until_on           DATE NOT NULL, -- first day of the next epoch
    unit               ENUM('day', 'week', 'month', 'quarter', 'year') NOT NULL,
    count              INT NOT NULL,
    anchor_on          DATE NOT NULL,
    month_day          INT NOT NULL,
    PRIMARY KEY (subscription_id, epoch),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

-- resume_on: planned; NULL until told. banked_days: paid, and served after it.
CREATE TABLE subscription_pause (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    from_on            DATE NOT NULL,
    until_on           DATE NULL,
    resume_on          DATE NULL,
    banked_days        INT NOT NULL DEFAULT 0 CHECK (banked_days >= 0),
    open               TINYINT AS (IF(until_on IS NULL, 1, NULL)) PERSISTENT,
    CHECK (until_on IS NULL OR until_on >= from_on),
    CHECK (resume_on IS NULL OR resume_on > from_on),
    UNIQUE KEY one_open (subscription_id, open),
    KEY due (open, resume_on, id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);

-- A wish and what became of it. Amounts are of the change as it was priced; nothing of them while it is planned.
CREATE TABLE amendment (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    kind               ENUM('lines', 'pause', 'resume', 'close', 'renew', 'reactivate', 'transfer') NOT NULL,
    state              ENUM('planned', 'applied', 'undone', 'failed') NOT NULL,
    effective_on       DATE NOT NULL,
    credit             TINYINT NOT NULL,
    plan_id            BIGINT NULL,  -- the new one
    keep_anchor        TINYINT NOT NULL DEFAULT 0,
    resume_on          DATE NULL,
    customer_id        BIGINT NULL,  -- the new one
    reason             VARCHAR(300) NOT NULL DEFAULT '',
    made_by            VARCHAR(60) NOT NULL,
    made_on            DATE NOT NULL,
    made_at            DATETIME(6) NOT NULL,
    settled_at         DATETIME(6) NULL, -- applied, undone or failed
    failure            VARCHAR(300) NOT NULL DEFAULT '',
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    credit_minor       BIGINT NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
    charge_minor       BIGINT NOT NULL DEFAULT 0 CHECK (charge_minor >= 0),
    period_before_minor BIGINT NOT NULL DEFAULT 0,
    period_after_minor BIGINT NOT NULL DEFAULT 0,
    mrr_before_e4      BIGINT NOT NULL DEFAULT 0,
    mrr_after_e4       BIGINT NOT NULL DEFAULT 0,
    waiting            TINYINT AS (IF(state = 'planned', 1, NULL)) PERSISTENT,
    CHECK ((state = 'planned') = (settled_at IS NULL)),
    CHECK (state = 'applied' OR (credit_minor = 0 AND charge_minor = 0)),
    UNIQUE KEY one_waiting (subscription_id, waiting),
    KEY due (waiting, effective_on, id),
    KEY by_subscription (subscription_id, id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

-- What is wished of lines. slot: subscription_line.position, shared by a line and those that replace it. The price of
-- what is added is fixed when the wish is made.
CREATE TABLE amendment_item (
    amendment_id       BIGINT NOT NULL,
    place              INT NOT NULL,
    act                ENUM('set', 'remove', 'add', 'once') NOT NULL,
    slot               INT NULL,
    product_id         BIGINT NULL,
    product_kind       ENUM('service', 'goods') NOT NULL DEFAULT 'service',
    timing             ENUM('advance', 'arrears') NOT NULL DEFAULT 'advance',
    description        VARCHAR(500) NOT NULL DEFAULT '',
    unit               VARCHAR(20) NOT NULL DEFAULT '',
    quantity_e4        BIGINT NOT NULL DEFAULT 0,
    unit_price_e4      BIGINT NOT NULL DEFAULT 0,
    discount_ppm       INT NOT NULL DEFAULT 0,
    discount_periods   INT NOT NULL DEFAULT 0,
    tax_class          VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    PRIMARY KEY (amendment_id, place),
    CHECK ((act IN ('set', 'remove')) = (slot IS NOT NULL)),
    CHECK (act = 'remove' OR quantity_e4 > 0),
    CHECK (unit_price_e4 >= 0),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id)
);

-- The documents of a change of lines or an end: what it charged and gave back.
CREATE TABLE amendment_invoice (
    amendment_id       BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    PRIMARY KEY (amendment_id, invoice_id),
    UNIQUE KEY one_cause (invoice_id),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- A line that is opened and replaced on one day stays, empty.
ALTER TABLE subscription_line
    ADD COLUMN amendment_id BIGINT NULL AFTER quote_line_id, -- that opened it
    DROP CONSTRAINT CONSTRAINT_1,
    ADD CONSTRAINT line_days CHECK (until_on IS NULL OR until_on >= from_on),
    ADD FOREIGN KEY (amendment_id) REFERENCES amendment (id);

ALTER TABLE invoice_line
    ADD KEY by_subscription_line (subscription_line_id),
    ADD KEY by_quote_line (quote_line_id);

-- pause_max_days 0: no limit. customer_level: what customers change by themselves (product.md F27): 0 nothing, 1 more,
-- 2 more and less; customer_pause: pause and resume.
ALTER TABLE plan
    ADD COLUMN may_pause      TINYINT NOT NULL DEFAULT 1 AFTER max_missed,
    ADD COLUMN pause_max_days INT NOT NULL DEFAULT 0 CHECK (pause_max_days BETWEEN 0 AND 731) AFTER may_pause,
    ADD COLUMN customer_level INT NOT NULL DEFAULT 0 CHECK (customer_level BETWEEN 0 AND 2) AFTER pause_max_days,
    ADD COLUMN customer_pause TINYINT NOT NULL DEFAULT 0 AFTER customer_level;

CREATE TRIGGER amendment_no_delete BEFORE DELETE ON amendment FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an amendment is never deleted';
CREATE TRIGGER amendment_item_no_update BEFORE UPDATE ON amendment_item FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a wish is never changed';
CREATE TRIGGER amendment_item_no_delete BEFORE DELETE ON amendment_item FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a wish is never deleted';
CREATE TRIGGER amendment_invoice_no_update BEFORE UPDATE ON amendment_invoice FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the documents of an amendment are never changed';
CREATE TRIGGER amendment_invoice_no_delete BEFORE DELETE ON amendment_invoice FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the documents of an amendment are never deleted';
CREATE TRIGGER subscription_schedule_no_update BEFORE UPDATE ON subscription_schedule FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a schedule that is over is never changed';
CREATE TRIGGER subscription_schedule_no_delete BEFORE DELETE ON subscription_schedule FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a schedule that is over is never deleted';

DELIMITER //
-- What was settled stays.
CREATE TRIGGER amendment_settles_once BEFORE UPDATE ON amendment FOR EACH ROW
BEGIN
    IF OLD.state <> 'planned' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an amendment is settled once';
    END IF;
END//
-- Of a line only its end changes, and an end that has been set only comes earlier; where nothing follows it (a price
-- revision that was taken back) it goes on.
CREATE TRIGGER subscription_line_only_ends BEFORE UPDATE ON subscription_line FOR EACH ROW
BEGIN
    IF NEW.subscription_id <> OLD.subscription_id OR NEW.position <> OLD.position OR NEW.quantity_e4 <> OLD.quantity_e4
       OR NEW.unit_price_e4 <> OLD.unit_price_e4 OR NEW.discount_ppm <> OLD.discount_ppm
       OR NEW.discount_periods <> OLD.discount_periods OR NEW.tax_class <> OLD.tax_class OR NEW.timing <> OLD.timing
       OR NEW.from_on <> OLD.from_on OR NOT (NEW.product_id <=> OLD.product_id) OR NEW.description <> OLD.description
       OR NEW.price_model <> OLD.price_model OR NEW.tiers <> OLD.tiers OR NEW.discount_minor <> OLD.discount_minor THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a line of a contract is closed and another opened, never changed';
    END IF;
    IF OLD.until_on IS NOT NULL AND (NEW.until_on > OLD.until_on OR (NEW.until_on IS NULL AND EXISTS (
       SELECT 1 FROM subscription_line l WHERE l.subscription_id = OLD.subscription_id AND l.position = OLD.position AND
       l.id <> OLD.id AND l.from_on >= OLD.until_on AND (l.until_on IS NULL OR l.until_on > l.from_on)))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closed line is not opened again';
    END IF;
END//
-- Two lines of one slot are never in force on one day.
CREATE TRIGGER subscription_line_one_at_a_time BEFORE INSERT ON subscription_line FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM subscription_line l WHERE l.subscription_id = NEW.subscription_id AND l.position = NEW.position
               AND (l.until_on IS NULL OR (l.until_on > NEW.from_on AND l.until_on > l.from_on))
               AND (NEW.until_on IS NULL OR l.from_on < NEW.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'two lines of one place would be in force on one day';
    END IF;
END//
DELIMITER ;
