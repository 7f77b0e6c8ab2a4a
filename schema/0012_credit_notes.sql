-- Credit notes: rows of invoice with kind credit_note in a series of their own, what they correct line by line, what
-- became of their money. Amounts are positive; the kind gives the direction (EN 16931, type 381).

ALTER TABLE company_version
    ADD COLUMN credit_prefix VARCHAR(10) NOT NULL DEFAULT 'CN' AFTER invoice_prefix;

ALTER TABLE invoice
    ADD CONSTRAINT credit_note_shape CHECK (kind = 'invoice' OR (order_id IS NULL AND total_minor >= 0));

CREATE TABLE credit_note (
    invoice_id         BIGINT NOT NULL PRIMARY KEY, -- the note itself
    corrected_id       BIGINT NOT NULL,             -- BT-25
    reason             VARCHAR(300) NOT NULL CHECK (reason <> ''),
    KEY by_corrected (corrected_id, invoice_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    FOREIGN KEY (corrected_id) REFERENCES invoice (id)
);

CREATE TABLE credit_note_line (
    invoice_id         BIGINT NOT NULL,
    position           INT NOT NULL,
    corrected_id       BIGINT NOT NULL,
    corrected_position INT NOT NULL,
    net_minor          BIGINT NOT NULL,
    priced_minor       BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, position),
    UNIQUE KEY one_per_line (corrected_id, corrected_position, invoice_id),
    FOREIGN KEY (invoice_id) REFERENCES credit_note (invoice_id),
    FOREIGN KEY (invoice_id, position) REFERENCES invoice_line (invoice_id, position),
    FOREIGN KEY (corrected_id, corrected_position) REFERENCES invoice_line (invoice_id, position)
);

-- A credit note takes from what is open: of the invoice that it corrects, or of a later one of the customer.
CREATE TABLE credit_allocation (
    credit_note_id     BIGINT NOT NULL,
    invoice_id         BIGINT NOT NULL,
    amount_minor       BIGINT NOT NULL CHECK (amount_minor > 0),
    used_on            DATE NOT NULL,
    PRIMARY KEY (credit_note_id, invoice_id),
    KEY by_invoice (invoice_id),
    FOREIGN KEY (credit_note_id) REFERENCES credit_note (invoice_id),
    FOREIGN KEY (invoice_id) REFERENCES invoice (id)
);

-- What of a credit note is still the customer's: used by the next invoice before any debit.
CREATE TABLE customer_credit (
    credit_note_id     BIGINT NOT NULL PRIMARY KEY,
    customer_id        BIGINT NOT NULL,
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    total_minor        BIGINT NOT NULL,
    left_minor         BIGINT NOT NULL,
    spare              TINYINT AS (IF(left_minor > 0, 1, NULL)) PERSISTENT,
    CHECK (left_minor BETWEEN 0 AND total_minor),
    KEY spare (spare, customer_id, currency, credit_note_id),
    FOREIGN KEY (credit_note_id) REFERENCES credit_note (invoice_id),
    FOREIGN KEY (customer_id) REFERENCES customer (id)
);

CREATE TRIGGER credit_note_no_update BEFORE UPDATE ON credit_note FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
CREATE TRIGGER credit_note_no_delete BEFORE DELETE ON credit_note FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never deleted';
CREATE TRIGGER credit_note_line_no_update BEFORE UPDATE ON credit_note_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never changed';
CREATE TRIGGER credit_note_line_no_delete BEFORE DELETE ON credit_note_line FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an issued document is never deleted';
CREATE TRIGGER credit_allocation_no_update BEFORE UPDATE ON credit_allocation FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never changed';
CREATE TRIGGER credit_allocation_no_delete BEFORE DELETE ON credit_allocation FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an allocation is never deleted';
CREATE TRIGGER customer_credit_no_delete BEFORE DELETE ON customer_credit FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit is never deleted';

DELIMITER //
-- The corrected invoice is locked first, so that two notes at once are counted one after the other. Sums are read with
-- locks: never those of an older view.
CREATE TRIGGER credit_note_bounds BEFORE INSERT ON credit_note FOR EACH ROW
BEGIN
    DECLARE invoice_total BIGINT;
    SELECT total_minor INTO invoice_total FROM invoice WHERE id = NEW.corrected_id FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM invoice n JOIN invoice o ON o.id = NEW.corrected_id WHERE n.id = NEW.invoice_id AND
                   n.kind = 'credit_note' AND o.kind = 'invoice' AND n.customer_id = o.customer_id AND
                   n.currency = o.currency AND n.vat_due = o.vat_due) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit note is of an invoice of the same customer and currency';
    END IF;
    IF (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) + (
        SELECT IFNULL(SUM(n.total_minor), 0) FROM credit_note c JOIN invoice n ON n.id = c.invoice_id
         WHERE c.corrected_id = NEW.corrected_id LOCK IN SHARE MODE) > invoice_total THEN
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

-- R5: the credits of a line never exceed it.
CREATE TRIGGER credit_note_line_bounds BEFORE INSERT ON credit_note_line FOR EACH ROW
BEGIN
    DECLARE line_net, line_priced, credited_net, credited_priced BIGINT;
    IF NOT EXISTS (SELECT 1 FROM credit_note c JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = NEW.position
                   JOIN invoice_line o ON o.invoice_id = c.corrected_id AND o.position = NEW.corrected_position
                   WHERE c.invoice_id = NEW.invoice_id AND c.corrected_id = NEW.corrected_id AND
                         l.net_minor = NEW.net_minor AND l.priced_minor = NEW.priced_minor AND
                         l.tax_category = o.tax_category AND l.tax_rate_ppm = o.tax_rate_ppm AND
                         l.tax_reason = o.tax_reason AND l.tax_country = o.tax_country AND l.account = o.account) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credited line is taxed and booked as the one that it corrects';
    END IF;
    SELECT net_minor, priced_minor INTO line_net, line_priced FROM invoice_line
     WHERE invoice_id = NEW.corrected_id AND position = NEW.corrected_position FOR UPDATE;
    SELECT IFNULL(SUM(net_minor), 0) + NEW.net_minor, IFNULL(SUM(priced_minor), 0) + NEW.priced_minor
      INTO credited_net, credited_priced FROM credit_note_line
     WHERE corrected_id = NEW.corrected_id AND corrected_position = NEW.corrected_position LOCK IN SHARE MODE;
    IF credited_net NOT BETWEEN LEAST(0, line_net) AND GREATEST(0, line_net) OR
       credited_priced NOT BETWEEN LEAST(0, line_priced) AND GREATEST(0, line_priced) OR
       (NEW.net_minor <> 0 AND SIGN(NEW.net_minor) <> SIGN(line_net)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'credits exceed the line';
    END IF;
END//

CREATE TRIGGER credit_allocation_bounds BEFORE INSERT ON credit_allocation FOR EACH ROW
BEGIN
    IF NOT EXISTS (SELECT 1 FROM invoice n JOIN invoice i ON i.id = NEW.invoice_id WHERE n.id = NEW.credit_note_id AND
                   i.kind = 'invoice' AND i.customer_id = n.customer_id AND i.currency = n.currency) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit is used by the same customer in the same currency';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE credit_note_id = NEW.credit_note_id
                           LOCK IN SHARE MODE)
       > (SELECT total_minor FROM invoice WHERE id = NEW.credit_note_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the credit note';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE invoice_id = NEW.invoice_id LOCK IN SHARE MODE)
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE invoice_id = NEW.invoice_id LOCK IN SHARE MODE)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//

DROP TRIGGER allocation_bounds//
-- Allocations never exceed the payment, nor, with what is credited, what the invoice asked for.
CREATE TRIGGER allocation_bounds BEFORE INSERT ON allocation FOR EACH ROW
BEGIN
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE payment_id = NEW.payment_id)
       > (SELECT amount_minor FROM payment WHERE id = NEW.payment_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the payment';
    END IF;
    IF NEW.amount_minor + (SELECT IFNULL(SUM(amount_minor), 0) FROM allocation WHERE invoice_id = NEW.invoice_id)
       + (SELECT IFNULL(SUM(amount_minor), 0) FROM credit_allocation WHERE invoice_id = NEW.invoice_id)
       > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'allocations exceed the invoice';
    END IF;
END//

-- A credit note is owed by nobody.
CREATE TRIGGER receivable_of_invoice BEFORE INSERT ON receivable FOR EACH ROW
BEGIN
    IF (SELECT kind FROM invoice WHERE id = NEW.invoice_id) <> 'invoice' THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a credit note is no receivable';
    END IF;
END//
DELIMITER ;
