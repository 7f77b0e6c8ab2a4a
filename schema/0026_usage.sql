-- Usage: lines whose quantity is what the seller reported as used, billed after each period.

ALTER TABLE product MODIFY COLUMN timing ENUM('advance', 'arrears', 'usage') NULL;
ALTER TABLE quote_template_line MODIFY COLUMN timing ENUM('advance', 'arrears', 'usage') NULL;
ALTER TABLE quote_line MODIFY COLUMN timing ENUM('advance', 'arrears', 'usage') NOT NULL DEFAULT 'advance';
ALTER TABLE subscription_line MODIFY COLUMN timing ENUM('advance', 'arrears', 'usage') NOT NULL DEFAULT 'advance';
ALTER TABLE amendment_item MODIFY COLUMN timing ENUM('advance', 'arrears', 'usage') NOT NULL DEFAULT 'advance';
ALTER TABLE import_file MODIFY COLUMN kind ENUM('customers', 'products', 'subscriptions', 'usage') NOT NULL;

-- slot: subscription_line.position, shared by a line and those that replace it. epoch, period_index: the period that
-- the day lies in, by the contract's schedule. A correction takes one report back, whole, on its day: the sum of any
-- span of days is never negative.
CREATE TABLE usage_record (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    slot               INT NOT NULL,
    used_on            DATE NOT NULL,
    epoch              INT NOT NULL,
    period_index       INT NOT NULL,
    quantity_e4        BIGINT NOT NULL,
    reference          VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL, -- the reporting system's
    corrects_id        BIGINT NULL,
    reason             VARCHAR(300) NOT NULL DEFAULT '',
    recorded_by        VARCHAR(60) NOT NULL,
    recorded_at        DATETIME(6) NOT NULL,
    UNIQUE KEY one_reference (reference),
    UNIQUE KEY corrected_once (corrects_id),
    KEY by_period (subscription_id, epoch, period_index, slot, used_on),
    CONSTRAINT usage_bounds CHECK (quantity_e4 BETWEEN -100000000000 AND 100000000000 AND quantity_e4 <> 0),
    CONSTRAINT usage_negative_corrects CHECK ((quantity_e4 < 0) = (corrects_id IS NOT NULL)),
    CONSTRAINT usage_correction_says_why CHECK ((corrects_id IS NOT NULL) = (reason <> '')),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (corrects_id) REFERENCES usage_record (id)
);

CREATE TRIGGER usage_record_no_update BEFORE UPDATE ON usage_record FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'reported usage is never changed';
CREATE TRIGGER usage_record_no_delete BEFORE DELETE ON usage_record FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'reported usage is never deleted';

DELIMITER //
CREATE TRIGGER usage_record_of_open_period BEFORE INSERT ON usage_record FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subscription s WHERE s.id = NEW.subscription_id AND s.state <> 'ended' AND s.epoch = NEW.epoch
                   AND s.arrears_index <= NEW.period_index AND (s.ends_on IS NULL OR NEW.used_on < s.ends_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the period of this usage is billed';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM subscription_line l WHERE l.subscription_id = NEW.subscription_id AND l.position = NEW.slot
                   AND l.timing = 'usage' AND l.from_on <= NEW.used_on AND (l.until_on IS NULL OR NEW.used_on < l.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no line of the contract is billed by usage on this day';
    END IF;
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM usage_record r WHERE r.id = NEW.corrects_id
                   AND r.subscription_id = NEW.subscription_id AND r.slot = NEW.slot AND r.used_on = NEW.used_on
                   AND r.epoch = NEW.epoch AND r.period_index = NEW.period_index AND r.quantity_e4 = -NEW.quantity_e4) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a correction takes back exactly one report';
    END IF;
END//
DELIMITER ;
