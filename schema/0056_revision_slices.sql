-- A price revision of any size is written slice by slice, each a transaction that takes the subscriptions after the last
-- one and says how far it went; a run that was killed goes on there. It is of one currency, perhaps of one customer or
-- one subscription. Those that are signed after it was announced keep the price that was signed.

ALTER TABLE price_revision
    ADD COLUMN currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'EUR' AFTER kind,
    ADD COLUMN customer_id BIGINT NULL AFTER plan_id,      -- NULL: every customer
    ADD COLUMN subscription_id BIGINT NULL AFTER customer_id, -- NULL: every one
    ADD COLUMN after_id BIGINT NOT NULL DEFAULT 0,         -- the last subscription that the present pass has taken
    ADD COLUMN until_id BIGINT NOT NULL DEFAULT 0,         -- the newest subscription when it was announced
    ADD COLUMN foreseen BIGINT NOT NULL DEFAULT 0,         -- lines that it would change when it was announced
    MODIFY COLUMN state ENUM('announced', 'undone', 'announcing', 'undoing') NOT NULL DEFAULT 'announcing',
    ADD COLUMN unfinished TINYINT AS (IF(state IN ('announcing', 'undoing'), 1, NULL)) PERSISTENT,
    ADD KEY unfinished_first (unfinished, id),
    ADD FOREIGN KEY (customer_id) REFERENCES customer (id),
    ADD FOREIGN KEY (subscription_id) REFERENCES subscription (id);
UPDATE price_revision SET currency = (SELECT c.currency FROM company_version c ORDER BY c.id DESC LIMIT 1)
    WHERE EXISTS (SELECT 1 FROM company_version);

ALTER TABLE subscription_line ADD KEY by_revision (revision_id, subscription_id, position);

DELIMITER //
CREATE TRIGGER price_revision_goes_on BEFORE UPDATE ON price_revision FOR EACH ROW
BEGIN
    IF NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency OR NOT (NEW.product_id <=> OLD.product_id) OR NOT (NEW.plan_id <=> OLD.plan_id)
       OR NOT (NEW.customer_id <=> OLD.customer_id) OR NOT (NEW.subscription_id <=> OLD.subscription_id) OR NOT (NEW.index_id <=> OLD.index_id)
       OR NEW.change_ppm <> OLD.change_ppm OR NEW.unit_price_e4 <> OLD.unit_price_e4 OR NEW.then_e4 <> OLD.then_e4 OR NEW.now_e4 <> OLD.now_e4
       OR NEW.notice_days <> OLD.notice_days OR NEW.reason <> OLD.reason OR NEW.until_id <> OLD.until_id OR NEW.foreseen <> OLD.foreseen THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was announced of prices is not changed';
    END IF;
    IF NEW.state = OLD.state AND NEW.after_id < OLD.after_id THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a revision goes on where it stood';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state = 'announcing' AND NEW.state IN ('announced', 'undoing')
       OR OLD.state = 'announced' AND NEW.state = 'undoing' OR OLD.state = 'undoing' AND NEW.state = 'undone') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a revision is announced, then undone';
    END IF;
END//
DELIMITER ;
