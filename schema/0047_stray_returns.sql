-- Money that came for what no longer stands (an attempt in the state 'operator') was never booked. A person may send it back:
-- the whole of it, once, under a key of its own; nothing of it is in the books before or after.
CREATE TABLE stray_return (
    id                 BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    attempt_id         BIGINT NOT NULL,
    return_key         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    state              ENUM('ready', 'sending', 'unknown', 'pending', 'succeeded', 'failed') NOT NULL,
    live               TINYINT AS (IF(state = 'failed', NULL, 1)) PERSISTENT,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0), -- as we know it; what went back once it did
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    request_body       TEXT NOT NULL, -- built once, sent byte for byte again
    return_ref         VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE, -- the gateway's
    failure            VARCHAR(255) NOT NULL DEFAULT '',
    sending_at         DATETIME(6) NULL,
    first_sent_at      DATETIME(6) NULL,
    next_check_at      DATETIME(6) NULL,
    checks             INT NOT NULL DEFAULT 0,
    actor              VARCHAR(60) NOT NULL,
    created_at         DATETIME(6) NOT NULL,
    CHECK ((state IN ('succeeded', 'failed')) = (next_check_at IS NULL)),
    UNIQUE KEY one_live (attempt_id, live),
    KEY due (next_check_at, id),
    FOREIGN KEY (attempt_id) REFERENCES attempt (id)
);
CREATE TRIGGER stray_return_no_delete BEFORE DELETE ON stray_return FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a return is never deleted';
DELIMITER //
CREATE TRIGGER stray_return_of_nobody BEFORE INSERT ON stray_return FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = NEW.attempt_id AND a.state = 'operator' AND a.intent_ref IS NOT NULL AND a.currency = NEW.currency) OR
       EXISTS (SELECT 1 FROM payment p WHERE p.attempt_id = NEW.attempt_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only money that stands with a person is sent back so';
    END IF;
END//
CREATE TRIGGER stray_return_stays BEFORE UPDATE ON stray_return FOR EACH ROW
BEGIN
    IF NEW.attempt_id <> OLD.attempt_id OR NEW.return_key <> OLD.return_key OR NEW.request_body <> OLD.request_body OR NEW.currency <> OLD.currency OR
       (OLD.state = 'failed' AND NEW.state <> 'failed') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a return stays what was intended, and what failed stays failed';
    END IF;
END//
DELIMITER ;
