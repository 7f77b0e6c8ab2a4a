-- Alternatives: quotes for one customer, who takes one of them. alternative_of is the first of them, for all but itself;
-- confirming one withdraws the others.
ALTER TABLE quote
    ADD COLUMN alternative_of BIGINT NULL AFTER owner_id,
    ADD KEY by_alternative (alternative_of),
    ADD FOREIGN KEY (alternative_of) REFERENCES quote (id);
DELIMITER //
CREATE TRIGGER quote_alternative BEFORE UPDATE ON quote FOR EACH ROW
BEGIN
    IF NOT NEW.alternative_of <=> OLD.alternative_of AND (OLD.alternative_of IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM quote q WHERE q.id = NEW.alternative_of AND q.id <> NEW.id AND q.alternative_of IS NULL AND
               q.customer_id = NEW.customer_id)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an alternative is of the first quote of its group, for the same customer';
    END IF;
END//
DELIMITER ;
