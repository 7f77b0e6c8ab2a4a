-- Deposits: what a quote asks for at its signature, the prepayment invoice that says so (EN 16931, type 386), and the
-- invoices that deduct it. VAT of a deposit is due when it is paid (CGI art. 269-2 a and c), whatever the house chose
-- for its other invoices.

-- A share of what the order costs, or an amount with VAT; neither: no deposit.
ALTER TABLE quote_version
    ADD COLUMN deposit_ppm   INT NOT NULL DEFAULT 0 CHECK (deposit_ppm BETWEEN 0 AND 1000000) AFTER discounts,
    ADD COLUMN deposit_minor BIGINT NOT NULL DEFAULT 0 CHECK (deposit_minor >= 0) AFTER deposit_ppm,
    ADD CONSTRAINT one_kind_of_deposit CHECK (deposit_ppm = 0 OR deposit_minor = 0),
    ADD CONSTRAINT deposit_is_paid CHECK ((deposit_ppm = 0 AND deposit_minor = 0) OR acceptance <> 'signature');

ALTER TABLE invoice
    MODIFY COLUMN kind ENUM('invoice', 'credit_note', 'deposit') NOT NULL DEFAULT 'invoice',
    ADD CONSTRAINT deposit_shape CHECK (kind <> 'deposit' OR (order_id IS NULL AND total_minor > 0 AND vat_due = 'payment'));

-- What became of a prepayment invoice: a state, as a receivable is. subscription_id NULL: nothing of the order recurs.
CREATE TABLE deposit (
    invoice_id         BIGINT NOT NULL PRIMARY KEY,
    order_id           BIGINT NOT NULL UNIQUE,
    subscription_id    BIGINT NULL,
    customer_id        BIGINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total_minor        BIGINT NOT NULL CHECK (total_minor > 0),
    left_minor         BIGINT NOT NULL, -- neither deducted nor credited
    spare              TINYINT AS (IF(left_minor > 0, 1, NULL)) PERSISTENT,
    CHECK (left_minor BETWEEN 0 AND total_minor),
    KEY spare (spare, customer_id, invoice_id),
    KEY by_subscription (subscription_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (order_id) REFERENCES sales_order (id),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

-- What an invoice deducts of a line of a deposit: its share of price with VAT, net and VAT.
CREATE TABLE deposit_use (
    deposit_id         BIGINT NOT NULL,
    position           INT NOT NULL, -- of the deposit's line
    invoice_id         BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0), -- with VAT
    net_minor          BIGINT NOT NULL,
    vat_minor          BIGINT NOT NULL,
    PRIMARY KEY (deposit_id, position, invoice_id),
    KEY by_invoice (invoice_id),
    FOREIGN KEY (deposit_id) REFERENCES deposit (invoice_id),
    FOREIGN KEY (deposit_id, position) REFERENCES invoice_line (invoice_id, position),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);
CREATE TRIGGER deposit_no_delete BEFORE DELETE ON deposit FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a deposit is never deleted';
CREATE TRIGGER deposit_use_no_update BEFORE UPDATE ON deposit_use FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a deduction is never changed';
CREATE TRIGGER deposit_use_no_delete BEFORE DELETE ON deposit_use FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a deduction is never deleted';

DELIMITER //
CREATE TRIGGER deposit_of_an_invoice BEFORE INSERT ON deposit FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM invoice i WHERE i.id = NEW.invoice_id AND i.kind = 'deposit' AND i.customer_id = NEW.customer_id AND
                   i.currency = NEW.currency AND i.total_minor = NEW.total_minor) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a deposit is its prepayment invoice';
    END IF;
END//
CREATE TRIGGER deposit_stays BEFORE UPDATE ON deposit FOR EACH ROW
BEGIN
    IF NEW.invoice_id <> OLD.invoice_id OR NEW.order_id <> OLD.order_id OR NEW.total_minor <> OLD.total_minor OR
       NEW.customer_id <> OLD.customer_id OR NEW.left_minor > OLD.left_minor THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'of a deposit only less is left';
    END IF;
END//
CREATE TRIGGER quote_version_keeps_its_deposit BEFORE UPDATE ON quote_version FOR EACH ROW
BEGIN
    IF OLD.state <> 'draft' AND (NEW.deposit_ppm <> OLD.deposit_ppm OR NEW.deposit_minor <> OLD.deposit_minor) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the deposit of a version that was sent is never changed';
    END IF;
END//
-- Deductions and credits of a line never exceed it; an invoice of another customer, currency or rate deducts nothing.
CREATE TRIGGER deposit_use_bounds BEFORE INSERT ON deposit_use FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM deposit d JOIN invoice i ON i.id = NEW.invoice_id
                   JOIN invoice_line l ON l.invoice_id = d.invoice_id AND l.position = NEW.position
                   JOIN invoice_tax t ON t.invoice_id = i.id AND t.tax_category = l.tax_category AND t.tax_rate_ppm = l.tax_rate_ppm
                   WHERE d.invoice_id = NEW.deposit_id AND i.kind = 'invoice' AND i.customer_id = d.customer_id AND i.currency = d.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a deposit is deducted from its customer''s invoice, rate by rate';
    END IF;
    IF NEW.amount_minor
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM deposit_use WHERE deposit_id = NEW.deposit_id AND position = NEW.position LOCK IN SHARE MODE)
       + (SELECT IFNULL(SUM(priced_minor), 0) FROM credit_note_line WHERE corrected_id = NEW.deposit_id AND
          corrected_position = NEW.position LOCK IN SHARE MODE)
       > (SELECT priced_minor FROM invoice_line WHERE invoice_id = NEW.deposit_id AND position = NEW.position) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'more is deducted than was paid as a deposit';
    END IF;
END//

-- A credit note is owed by nobody; a deposit is a receivable until it is paid, in the same transaction.
DROP TRIGGER receivable_of_invoice//
CREATE TRIGGER receivable_of_invoice BEFORE INSERT ON receivable FOR EACH ROW
BEGIN
    IF (SELECT kind FROM invoice WHERE id = NEW.invoice_id) = 'credit_note' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit note is no receivable';
    END IF;
END//

-- A credit note corrects an invoice or a deposit; of a deposit only what no invoice deducted.
DROP TRIGGER credit_note_bounds//
CREATE TRIGGER credit_note_bounds BEFORE INSERT ON credit_note FOR EACH ROW
BEGIN
    DECLARE invoice_total BIGINT;
    SELECT total_minor INTO invoice_total FROM invoice WHERE id = NEW.corrected_id FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM invoice n JOIN invoice o ON o.id = NEW.corrected_id WHERE n.id = NEW.invoice_id AND
                   n.kind = 'credit_note' AND o.kind IN ('invoice', 'deposit') AND n.customer_id = o.customer_id AND
                   n.currency = o.currency AND n.vat_due = o.vat_due) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit note is of an invoice of the same customer and currency';
    END IF;
    IF (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) + (
        SELECT IFNULL(SUM(n.total_minor), 0) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id
         WHERE c.corrected_id = NEW.corrected_id LOCK IN SHARE MODE) + (
        SELECT IFNULL(SUM(amount_minor), 0) FROM deposit_use WHERE deposit_id = NEW.corrected_id LOCK IN SHARE MODE) > invoice_total THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'credit notes exceed the invoice';
    END IF;
    IF EXISTS (
        SELECT 1 FROM invoice_tax t LEFT JOIN invoice_tax o ON o.invoice_id = NEW.corrected_id AND
               o.tax_category = t.tax_category AND o.tax_rate_ppm = t.tax_rate_ppm
         WHERE t.invoice_id = NEW.invoice_id OR
               t.invoice_id IN (SELECT c.invoice_id FROM credit_note c WHERE c.corrected_id = NEW.corrected_id)
         GROUP BY t.tax_category, t.tax_rate_ppm
        HAVING MAX(o.base_minor) IS NULL OR
               SUM(t.base_minor) NOT BETWEEN LEAST(0, MAX(o.base_minor)) AND GREATEST(0, MAX(o.base_minor)) OR
               SUM(t.tax_minor) NOT BETWEEN LEAST(0, MAX(o.tax_minor)) AND GREATEST(0, MAX(o.tax_minor))
        LOCK IN SHARE MODE) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'credit notes exceed the VAT of the invoice';
    END IF;
END//
DELIMITER ;
