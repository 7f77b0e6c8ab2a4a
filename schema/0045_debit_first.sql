-- Debit first: of such a subscription a period is asked for before it is invoiced. What is asked stands as a receivable in
-- the state 'pending', under the id that its invoice will have; nothing is numbered, issued or booked until it is paid.
-- Attempts, collections, links to pay and dunning work on that id before and after. 'dropped': it is asked no more.
ALTER TABLE plan ADD COLUMN debit_first TINYINT NOT NULL DEFAULT 0 CHECK (debit_first IN (0, 1)) AFTER max_missed;
ALTER TABLE quote_version_terms ADD COLUMN debit_first TINYINT NOT NULL DEFAULT 0 CHECK (debit_first IN (0, 1)) AFTER max_missed;
ALTER TABLE subscription
    ADD COLUMN debit_first TINYINT NOT NULL DEFAULT 0 CHECK (debit_first IN (0, 1)) AFTER max_missed,
    ADD KEY debit_first (debit_first, due_on, id);

ALTER TABLE payable DROP FOREIGN KEY payable_ibfk_2;
ALTER TABLE dunning_case DROP FOREIGN KEY dunning_case_ibfk_1;
ALTER TABLE collection DROP FOREIGN KEY collection_ibfk_3;
ALTER TABLE receivable
    DROP FOREIGN KEY receivable_ibfk_1,
    DROP CONSTRAINT CONSTRAINT_2,
    MODIFY state ENUM('open', 'paid', 'pending', 'dropped') NOT NULL,
    ADD COLUMN pending_of BIGINT AS (IF(state = 'pending', subscription_id, NULL)) PERSISTENT,
    ADD CONSTRAINT nothing_open CHECK ((state IN ('paid', 'dropped')) = (open_minor = 0)),
    ADD CONSTRAINT pending_is_of_one CHECK (state <> 'pending' OR subscription_id IS NOT NULL),
    ADD UNIQUE KEY one_pending (pending_of);
ALTER TABLE payable ADD CONSTRAINT payable_is_asked FOREIGN KEY (invoice_id) REFERENCES receivable (invoice_id);
ALTER TABLE dunning_case ADD CONSTRAINT case_is_asked FOREIGN KEY (invoice_id) REFERENCES receivable (invoice_id);
ALTER TABLE collection ADD CONSTRAINT collection_is_asked FOREIGN KEY (invoice_id) REFERENCES receivable (invoice_id);

DELIMITER //
CREATE TRIGGER receivable_has_its_invoice BEFORE INSERT ON receivable FOR EACH ROW
BEGIN
    IF NEW.state = 'dropped' OR (NEW.state = 'pending') = EXISTS (SELECT 1 FROM invoice i WHERE i.id = NEW.invoice_id) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a receivable is of an invoice, or is asked before there is one';
    END IF;
END//
-- What is asked becomes its invoice's, or is dropped, once and for good; what is invoiced is never pending again.
CREATE TRIGGER receivable_is_invoiced_once BEFORE UPDATE ON receivable FOR EACH ROW
BEGIN
    IF (OLD.state = 'dropped' AND NEW.state <> 'dropped') OR
       (OLD.state IN ('open', 'paid') AND NEW.state IN ('pending', 'dropped')) OR
       (OLD.state = 'pending' AND NEW.state IN ('open', 'paid') AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.id = NEW.invoice_id)) OR
       (OLD.state = 'pending' AND NEW.state = 'dropped' AND EXISTS (SELECT 1 FROM payable p JOIN attempt a ON a.payable_id = p.id
        WHERE p.invoice_id = NEW.invoice_id AND a.state IN ('sending', 'unknown', 'pending'))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what is asked before it is invoiced becomes its invoice or is dropped, and not while money moves';
    END IF;
END//
DELIMITER ;
