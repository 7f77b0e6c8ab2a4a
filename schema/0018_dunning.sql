-- Dunning: what is done about an invoice that stays unpaid. Steps are data; a rule that cases follow is never changed:
-- an edit is a new rule that takes its place.
CREATE TABLE dunning_rule (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name               VARCHAR(100) NOT NULL,
    grace_days         INT NOT NULL CHECK (grace_days BETWEEN 0 AND 90), -- after the due day, before "past due"
    standard           TINYINT NULL UNIQUE, -- 1: the rule of what has no plan
    replaced_by        BIGINT NULL,
    present            TINYINT AS (IF(replaced_by IS NULL, 1, NULL)) PERSISTENT,
    created_at         DATETIME(6) NOT NULL,
    CHECK (standard = 1),
    CHECK (standard IS NULL OR replaced_by IS NULL),
    UNIQUE KEY one_of_that_name (name, present),
    FOREIGN KEY (replaced_by) REFERENCES dunning_rule (id)
);

CREATE TABLE dunning_step (
    rule_id            BIGINT NOT NULL,
    position           INT NOT NULL,
    offset_days        INT NOT NULL CHECK (offset_days BETWEEN 0 AND 365),
    action             ENUM('retry', 'mail', 'task', 'block', 'close') NOT NULL,
    PRIMARY KEY (rule_id, position),
    UNIQUE KEY once_a_day (rule_id, offset_days, action),
    FOREIGN KEY (rule_id) REFERENCES dunning_rule (id)
);

-- One case an invoice. due_on is the day from which its steps count: the invoice's due day, or the day of the debit
-- that was declined. mail_waits: the mail of a day with a new try leaves only when that try fails.
CREATE TABLE dunning_case (
    invoice_id         BIGINT NOT NULL PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    subscription_id    BIGINT NULL,
    rule_id            BIGINT NOT NULL,
    due_on             DATE NOT NULL,
    steps_done         INT NOT NULL DEFAULT 0,
    last_step_on       DATE NULL,
    next_on            DATE NULL,
    mail_waits         TINYINT NOT NULL DEFAULT 0,
    can_retry          TINYINT NOT NULL DEFAULT 0, -- the last decline allows another try
    blocked            TINYINT NOT NULL DEFAULT 0,
    state              ENUM('open', 'paid', 'closed', 'done', 'stopped') NOT NULL DEFAULT 'open',
    opened_on          DATE NOT NULL,
    ended_on           DATE NULL,
    stop_reason        VARCHAR(300) NOT NULL DEFAULT '',
    CHECK ((state = 'open') = (ended_on IS NULL)),
    CHECK ((state = 'open') = (next_on IS NOT NULL)),
    KEY due (next_on, invoice_id),
    KEY by_subscription (subscription_id, state),
    KEY by_state (state, due_on, invoice_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (rule_id) REFERENCES dunning_rule (id)
);

INSERT INTO dunning_rule (id, name, grace_days, standard, created_at) VALUES (1, 'Standard', 3, 1, UTC_TIMESTAMP(6));
INSERT INTO dunning_step (rule_id, position, offset_days, action) VALUES
    (1, 1, 0, 'mail'), (1, 2, 3, 'retry'), (1, 3, 3, 'mail'), (1, 4, 7, 'retry'), (1, 5, 10, 'mail'), (1, 6, 12, 'retry'), (1, 7, 15, 'close');

-- Plans with tries of their own get a rule with those (at most four: card schemes allow no more).
INSERT INTO dunning_rule (name, grace_days, created_at)
SELECT DISTINCT CONCAT('Retries ', retry_days), 3, UTC_TIMESTAMP(6) FROM plan WHERE retry_days NOT IN ('3,7,12', '');
INSERT INTO dunning_step (rule_id, position, offset_days, action)
SELECT id, ROW_NUMBER() OVER (PARTITION BY id ORDER BY day, action), day, action FROM (
    SELECT r.id, 0 AS day, 'mail' AS action FROM dunning_rule r WHERE r.id > 1
    UNION ALL
    SELECT r.id, t.day, 'retry' FROM dunning_rule r,
           JSON_TABLE(CONCAT('[', SUBSTRING(r.name, 9), ']'), '$[*]' COLUMNS (place FOR ORDINALITY, day INT PATH '$')) t
     WHERE r.id > 1 AND t.place <= 4) steps;

ALTER TABLE plan
    ADD COLUMN dunning_rule_id BIGINT NOT NULL DEFAULT 1 AFTER retry_days,
    ADD CONSTRAINT plan_dunning FOREIGN KEY (dunning_rule_id) REFERENCES dunning_rule (id);
UPDATE plan p JOIN dunning_rule r ON r.name = CONCAT('Retries ', p.retry_days) SET p.dunning_rule_id = r.id;
ALTER TABLE plan ALTER COLUMN dunning_rule_id DROP DEFAULT, DROP COLUMN retry_days;

CREATE TRIGGER dunning_step_no_update BEFORE UPDATE ON dunning_step FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a dunning rule is replaced, never changed';
CREATE TRIGGER dunning_step_no_delete BEFORE DELETE ON dunning_step FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a dunning rule is replaced, never changed';
