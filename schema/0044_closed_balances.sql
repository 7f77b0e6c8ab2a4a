-- What stood on each account at the end of a closed month, since the beginning: nothing is dated into it any more, so that
-- a trial balance reads from there on. Derived from the journal; `tacite-batch verify` compares the two.
CREATE TABLE closed_balance (
    until_on           DATE NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account            VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    debit_minor        BIGINT NOT NULL CHECK (debit_minor >= 0),
    credit_minor       BIGINT NOT NULL CHECK (credit_minor >= 0),
    PRIMARY KEY (currency, until_on, account),
    FOREIGN KEY (account) REFERENCES account (code)
);
CREATE TRIGGER closed_balance_no_update BEFORE UPDATE ON closed_balance FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never changed';
CREATE TRIGGER closed_balance_no_delete BEFORE DELETE ON closed_balance FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never deleted';
DELIMITER //
CREATE TRIGGER closed_balance_of_a_month BEFORE INSERT ON closed_balance FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM closing WHERE kind = 'month' AND until_on = NEW.until_on AND currency = NEW.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'only a closed month has its balances';
    END IF;
END//
DELIMITER ;
