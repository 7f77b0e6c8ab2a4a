-- Renewal quotes: a quote made from a running subscription. Accepted, it waits as a change of the contract for its day, and
-- gives it its lines, discounts and next term then.
ALTER TABLE quote
    ADD COLUMN renews_id BIGINT NULL AFTER owner_id, -- the subscription
    ADD FOREIGN KEY (renews_id) REFERENCES subscription (id);
-- discounts: of the document from then on, core/discount's text.
ALTER TABLE amendment
    ADD COLUMN quote_id  BIGINT NULL AFTER owner_id,
    ADD COLUMN discounts VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER quote_id,
    ADD CONSTRAINT renewal_changes_lines CHECK (quote_id IS NULL OR kind = 'lines'),
    ADD CONSTRAINT discounts_of_renewal CHECK (quote_id IS NOT NULL OR discounts = ''),
    ADD UNIQUE KEY one_renewal (quote_id),
    ADD FOREIGN KEY (quote_id) REFERENCES quote (id);
DELIMITER //
-- What a quote renews is settled when it is made.
CREATE TRIGGER quote_renews_one BEFORE UPDATE ON quote FOR EACH ROW
BEGIN
    IF NOT (NEW.renews_id <=> OLD.renews_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a quote renews one subscription for good';
    END IF;
END//
DELIMITER ;
