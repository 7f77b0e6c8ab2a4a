-- A customer's card or account pays what that customer owes, and nothing for whoever had the contract before or has it after.
DELIMITER //
CREATE TRIGGER subscription_method_own BEFORE UPDATE ON subscription FOR EACH ROW
BEGIN
    IF NEW.payment_method_id IS NOT NULL AND NOT (NEW.payment_method_id <=> OLD.payment_method_id AND NEW.customer_id = OLD.customer_id) AND
       NOT EXISTS (SELECT 1 FROM payment_method m WHERE m.id = NEW.payment_method_id AND m.customer_id = NEW.customer_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a subscription is paid by a card or account of its own customer';
    END IF;
END//

DROP TRIGGER attempt_card_agreed//
-- A card is charged for what its holder agreed to: the subscription's own, or one that stands in reserve for it.
CREATE TRIGGER attempt_card_agreed BEFORE INSERT ON attempt FOR EACH ROW
BEGIN
    IF NEW.payment_method_id IS NOT NULL AND EXISTS
       (SELECT 1 FROM payable y JOIN payment_method m ON m.id = NEW.payment_method_id WHERE y.id = NEW.payable_id AND m.customer_id <> y.customer_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a card or account pays what its own customer owes';
    END IF;
    IF NEW.kind = 'off_session' AND NEW.payment_method_id IS NOT NULL AND EXISTS
       (SELECT 1 FROM payable y JOIN receivable r ON r.invoice_id = y.invoice_id JOIN subscription s ON s.id = r.subscription_id
         WHERE y.id = NEW.payable_id AND NOT (s.payment_method_id <=> NEW.payment_method_id) AND NOT EXISTS
               (SELECT 1 FROM reserve_card c WHERE c.subscription_id = s.id AND c.payment_method_id = NEW.payment_method_id AND c.stands = 1)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this card was not agreed for this subscription';
    END IF;
END//
DELIMITER ;

-- What was allowed for contracts that have passed on since.
UPDATE reserve_card c JOIN subscription s ON s.id = c.subscription_id JOIN payment_method m ON m.id = c.payment_method_id
   SET c.withdrawn_at = UTC_TIMESTAMP(6) WHERE c.withdrawn_at IS NULL AND m.customer_id <> s.customer_id;

-- Only what came to the account pays an invoice. Triggers, not a constraint: whatever a house has from before must not keep
-- it from this version.
DELIMITER //
CREATE TRIGGER bank_entry_pays BEFORE INSERT ON bank_entry FOR EACH ROW
BEGIN
    IF NEW.credit = 0 AND NEW.invoice_id IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'money that left the account pays no invoice';
    END IF;
END//
CREATE TRIGGER bank_entry_paid BEFORE UPDATE ON bank_entry FOR EACH ROW
BEGIN
    IF NEW.credit = 0 AND NEW.invoice_id IS NOT NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'money that left the account pays no invoice';
    END IF;
END//
DELIMITER ;
