-- A version that was sent keeps the plan's terms as they were on that day: what is offered, signed, paid and run as a
-- subscription is what was sent, whatever becomes of the plan. A draft has none: it follows the plan.
-- What the house does about running subscriptions (dunning, pauses, what customers change by themselves) is no part of
-- the offer and stays with the plan. index_name is a copy too: the document names it.
CREATE TABLE quote_version_terms (
    version_id         BIGINT NOT NULL PRIMARY KEY,
    plan_id            BIGINT NOT NULL,
    name               VARCHAR(100) NOT NULL,
    unit               ENUM('day', 'week', 'month', 'quarter', 'year') NOT NULL,
    count              INT NOT NULL CHECK (count BETWEEN 1 AND 120),
    anchor             ENUM('start', 'month_day', 'last_day', 'weekday', 'calendar') NOT NULL,
    anchor_day         INT NOT NULL,
    timing             ENUM('advance', 'arrears') NOT NULL,
    trial_unit         ENUM('day', 'month') NOT NULL,
    trial_count        INT NOT NULL CHECK (trial_count BETWEEN 0 AND 366),
    trial_card         TINYINT NOT NULL,
    trial_end          ENUM('bill', 'stop') NOT NULL,
    term_unit          ENUM('period', 'month') NOT NULL,
    term_count         INT NOT NULL CHECK (term_count BETWEEN 0 AND 1000),
    term_renews        TINYINT NOT NULL,
    commitment_months  INT NOT NULL CHECK (commitment_months BETWEEN 0 AND 120),
    notice_days        INT NOT NULL CHECK (notice_days BETWEEN 0 AND 366),
    index_id           BIGINT NULL,
    index_name         VARCHAR(60) NOT NULL,
    max_missed         INT NOT NULL CHECK (max_missed BETWEEN 1 AND 1000),
    CHECK ((index_id IS NULL) = (index_name = '')),
    FOREIGN KEY (version_id) REFERENCES quote_version (id),
    FOREIGN KEY (plan_id) REFERENCES plan (id),
    FOREIGN KEY (index_id) REFERENCES price_index (id)
);

-- Of versions that were sent before: the plan as it stands is what they have shown until now.
INSERT INTO quote_version_terms
SELECT v.id, p.id, p.name, p.unit, p.count, p.anchor, p.anchor_day, p.timing, p.trial_unit, p.trial_count, p.trial_card,
       p.trial_end, p.term_unit, p.term_count, p.term_renews, p.commitment_months, p.notice_days, p.index_id,
       IFNULL(x.name, ''), p.max_missed
  FROM quote_version v JOIN plan p ON p.id = v.plan_id LEFT JOIN price_index x ON x.id = p.index_id
 WHERE v.state <> 'draft';

CREATE TRIGGER quote_version_terms_no_update BEFORE UPDATE ON quote_version_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the terms of a version that was sent are never changed';
CREATE TRIGGER quote_version_terms_no_delete BEFORE DELETE ON quote_version_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the terms of a version that was sent are never deleted';

DELIMITER //
CREATE TRIGGER quote_version_begins_as_a_draft BEFORE INSERT ON quote_version FOR EACH ROW
BEGIN
    IF NEW.state <> 'draft' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a version begins as a draft';
    END IF;
END//
CREATE TRIGGER quote_version_terms_of_a_draft BEFORE INSERT ON quote_version_terms FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM quote_version v WHERE v.id = NEW.version_id AND v.plan_id = NEW.plan_id AND v.state = 'draft') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'terms are those of the plan of a version that is about to be sent';
    END IF;
END//
CREATE TRIGGER quote_version_keeps_its_terms BEFORE UPDATE ON quote_version FOR EACH ROW
BEGIN
    IF NEW.state = 'draft' AND OLD.state <> 'draft' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a version that was sent is no draft again';
    END IF;
    IF OLD.state <> 'draft' AND NOT NEW.plan_id <=> OLD.plan_id THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the plan of a version that was sent is never changed';
    END IF;
    IF NEW.state <> 'draft' AND OLD.state = 'draft' AND NEW.plan_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM quote_version_terms t WHERE t.version_id = NEW.id AND t.plan_id = NEW.plan_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a version is sent with the terms of its plan';
    END IF;
END//
DELIMITER ;
