-- How deferred revenue is spread is the house's choice; each schedule keeps the method it was made with.
ALTER TABLE company_version
    ADD COLUMN deferral_method ENUM('days', 'months', 'whole_months') NOT NULL DEFAULT 'days' AFTER mail_empty_invoices;
ALTER TABLE deferral
    ADD COLUMN method ENUM('days', 'months', 'whole_months') NOT NULL DEFAULT 'days' AFTER currency;

-- Whole months are spread over months, from the first day of one to the first day of another.
ALTER TABLE deferral ADD CONSTRAINT whole_months CHECK (method <> 'whole_months' OR (DAYOFMONTH(from_on) = 1 AND DAYOFMONTH(until_on) = 1));

DELIMITER //
CREATE TRIGGER deferral_method_stays BEFORE UPDATE ON deferral FOR EACH ROW
BEGIN
    IF NEW.method <> OLD.method OR NEW.until_on <> OLD.until_on OR NEW.account <> OLD.account OR NEW.currency <> OLD.currency
       OR NEW.invoice_id <> OLD.invoice_id OR NEW.line_position <> OLD.line_position THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what is being spread keeps its method, its end and its account';
    END IF;
END//
DELIMITER ;
