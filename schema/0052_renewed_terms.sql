-- What a renewal quote agrees on about the contract's duration waits with its amendment and holds from its day on. What held
-- before stays, so that the terms of any day are a query.

-- The day from which its terms count since a renewal; NULL: the first day that is billed.
ALTER TABLE subscription ADD COLUMN term_from_on DATE NULL AFTER term_renews;

CREATE TABLE amendment_terms (
    amendment_id       BIGINT NOT NULL PRIMARY KEY,
    term_unit          ENUM('period', 'month') NOT NULL,
    term_count         INT NOT NULL CHECK (term_count BETWEEN 0 AND 1000),
    term_renews        TINYINT NOT NULL,
    commitment_months  INT NOT NULL CHECK (commitment_months BETWEEN 0 AND 120),
    notice_days        INT NOT NULL CHECK (notice_days BETWEEN 0 AND 366),
    customer_end       ENUM('plan', 'yes', 'no') NOT NULL,
    close_days         INT NOT NULL CHECK (close_days BETWEEN -1 AND 365),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id)
);

-- Terms that are over; the present ones stand on the subscription.
CREATE TABLE subscription_terms (
    amendment_id        BIGINT NOT NULL PRIMARY KEY, -- that ended them
    subscription_id     BIGINT NOT NULL,
    until_on            DATE NOT NULL, -- first day of the next ones
    term_unit           ENUM('period', 'month') NOT NULL,
    term_count          INT NOT NULL,
    term_renews         TINYINT NOT NULL,
    term_from_on        DATE NULL,
    commitment_until_on DATE NULL,
    notice_days         INT NOT NULL,
    customer_end        ENUM('plan', 'yes', 'no') NOT NULL,
    close_days          INT NOT NULL,
    KEY by_day (subscription_id, until_on),
    FOREIGN KEY (amendment_id) REFERENCES amendment (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
CREATE TRIGGER amendment_terms_no_update BEFORE UPDATE ON amendment_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was agreed on is never changed';
CREATE TRIGGER amendment_terms_no_delete BEFORE DELETE ON amendment_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was agreed on is never deleted';
CREATE TRIGGER subscription_terms_no_update BEFORE UPDATE ON subscription_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'terms that are over are never changed';
CREATE TRIGGER subscription_terms_no_delete BEFORE DELETE ON subscription_terms FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'terms that are over are never deleted';
DELIMITER //
CREATE TRIGGER amendment_terms_of_renewal BEFORE INSERT ON amendment_terms FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM amendment a WHERE a.id = NEW.amendment_id AND a.quote_id IS NOT NULL AND a.state = 'planned') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only an accepted quote changes the terms of a contract';
    END IF;
END//
CREATE TRIGGER subscription_terms_of_renewal BEFORE INSERT ON subscription_terms FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM amendment a JOIN amendment_terms t ON t.amendment_id = a.id
                   WHERE a.id = NEW.amendment_id AND a.subscription_id = NEW.subscription_id AND a.effective_on = NEW.until_on) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only an accepted quote changes the terms of a contract';
    END IF;
END//
DELIMITER ;
