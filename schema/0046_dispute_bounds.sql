-- A payment has one dispute at a time that its bank has not decided, and all of them together never take more than it brought.
ALTER TABLE dispute ADD UNIQUE KEY one_open (payment_id, open_key);
DELIMITER //
CREATE TRIGGER dispute_bounds BEFORE INSERT ON dispute FOR EACH ROW
BEGIN
    DECLARE paid BIGINT;
    SELECT amount_minor INTO paid FROM payment WHERE id = NEW.payment_id AND customer_id = NEW.customer_id AND currency = NEW.currency FOR UPDATE;
    IF paid IS NULL OR NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM dispute WHERE payment_id = NEW.payment_id AND state <> 'won'
                                           LOCK IN SHARE MODE) > paid THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disputes are of the customer who paid, and never exceed the payment';
    END IF;
END//
DELIMITER ;
