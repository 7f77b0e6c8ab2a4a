-- What the bank keeps for itself: entries that are nothing else, and its part of other entries.
ALTER TABLE bank_entry
    ADD COLUMN fee_minor BIGINT NOT NULL DEFAULT 0 CHECK (fee_minor >= 0) AFTER return_code, -- booked: amount_minor less it of a credit, with it of a debit
    ADD COLUMN is_fee TINYINT NOT NULL DEFAULT 0 AFTER fee_minor,
    ADD CONSTRAINT fee_is_no_money CHECK (is_fee = 0 OR (state = 'aside' AND fee_minor = 0));

DELIMITER //
DROP TRIGGER bank_entry_resolved_once//
-- What the bank said stays as it said it; an entry is resolved once.
CREATE TRIGGER bank_entry_resolved_once BEFORE UPDATE ON bank_entry FOR EACH ROW
BEGIN
    IF OLD.state <> 'open' OR NEW.entry_key <> OLD.entry_key OR NEW.amount_minor <> OLD.amount_minor OR NEW.credit <> OLD.credit OR
       NEW.currency <> OLD.currency OR NEW.booked_on <> OLD.booked_on OR NEW.import_id <> OLD.import_id OR NEW.fee_minor <> OLD.fee_minor OR
       NEW.is_fee <> OLD.is_fee THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry is resolved once and otherwise never changed';
    END IF;
END//
DELIMITER ;
