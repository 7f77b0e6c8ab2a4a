-- Quotes that change a running contract are of two kinds: a renewal, and a change that is proposed to the customer ("upsell"),
-- which is made with the acceptance, at once or for its day. Its lines are the changed contract's; a line that goes on from one
-- of the contract names it.
DROP TRIGGER quote_renews_one;
ALTER TABLE quote
    CHANGE COLUMN renews_id contract_id BIGINT NULL, -- the subscription that it changes
    ADD COLUMN kind ENUM('new', 'renewal', 'upsell') NOT NULL DEFAULT 'new' AFTER owner_id,
    ADD COLUMN takes_effect ENUM('once', 'period_end', 'date') NULL AFTER contract_id, -- on a date: the version's start
    ADD COLUMN gives_back BOOLEAN NOT NULL DEFAULT 0 AFTER takes_effect, -- what is paid and not used
    ADD COLUMN keep_anchor BOOLEAN NOT NULL DEFAULT 0 AFTER gives_back,
    ADD COLUMN made_from_on DATE NULL AFTER keep_anchor, -- the day whose contract it was made from
    -- digest of that contract's lines
    ADD COLUMN made_from CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER made_from_on;
ALTER TABLE quote RENAME KEY renews_id TO by_contract;
UPDATE quote SET kind = 'renewal' WHERE contract_id IS NOT NULL;
ALTER TABLE quote
    ADD CONSTRAINT quote_kind_has_its_contract CHECK ((kind = 'new') = (contract_id IS NULL)),
    ADD CONSTRAINT quote_change_is_whole CHECK ((kind = 'upsell') = (takes_effect IS NOT NULL)
                                                AND (kind = 'upsell') = (made_from_on IS NOT NULL)
                                                AND (kind = 'upsell') = (made_from IS NOT NULL)
                                                AND (kind = 'upsell' OR (gives_back = 0 AND keep_anchor = 0)));
ALTER TABLE quote_line
    ADD COLUMN contract_line_id BIGINT NULL AFTER position,
    ADD CONSTRAINT quote_line_goes_on CHECK (contract_line_id IS NULL OR kind = 'recurring'),
    ADD UNIQUE KEY goes_on_once (version_id, contract_line_id),
    ADD FOREIGN KEY (contract_line_id) REFERENCES subscription_line (id);
DELIMITER //
-- What a quote changes is settled when it is made.
CREATE TRIGGER quote_changes_one BEFORE UPDATE ON quote FOR EACH ROW
BEGIN
    IF NOT (NEW.contract_id <=> OLD.contract_id AND NEW.kind = OLD.kind AND NEW.takes_effect <=> OLD.takes_effect
            AND NEW.gives_back = OLD.gives_back AND NEW.keep_anchor = OLD.keep_anchor
            AND NEW.made_from_on <=> OLD.made_from_on AND NEW.made_from <=> OLD.made_from) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a quote changes one subscription for good';
    END IF;
END//
CREATE TRIGGER quote_line_of_its_contract BEFORE INSERT ON quote_line FOR EACH ROW
BEGIN
    IF NEW.contract_line_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM subscription_line s JOIN quote q ON q.contract_id = s.subscription_id AND q.kind = 'upsell'
        JOIN quote_version v ON v.quote_id = q.id WHERE v.id = NEW.version_id AND s.id = NEW.contract_line_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a line goes on from one of the contract that its quote changes';
    END IF;
END//
CREATE TRIGGER quote_line_keeps_its_contract BEFORE UPDATE ON quote_line FOR EACH ROW
BEGIN
    IF NOT (NEW.contract_line_id <=> OLD.contract_line_id AND NEW.version_id = OLD.version_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'from which line of a contract a line goes on is settled when it is written';
    END IF;
END//
DELIMITER ;
