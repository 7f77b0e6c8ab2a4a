-- A product may name the account of its revenue; without one it is that of its kind's role (service, goods). Documents
-- keep the account that they were issued with: a change counts for the next ones.
ALTER TABLE product
    ADD COLUMN revenue_account VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER tax_class,
    ADD CONSTRAINT revenue_account_of_the_chart FOREIGN KEY (revenue_account) REFERENCES account (code);

DELIMITER //
CREATE TRIGGER product_revenue_is_income BEFORE INSERT ON product FOR EACH ROW
BEGIN
    IF NEW.revenue_account IS NOT NULL AND (SELECT kind FROM account WHERE code = NEW.revenue_account) <> 'income' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'revenue stands on an account of income';
    END IF;
END//
CREATE TRIGGER product_revenue_stays_income BEFORE UPDATE ON product FOR EACH ROW
BEGIN
    IF NEW.revenue_account IS NOT NULL AND (SELECT kind FROM account WHERE code = NEW.revenue_account) <> 'income' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'revenue stands on an account of income';
    END IF;
END//
DELIMITER ;
