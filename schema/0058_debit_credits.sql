-- What the bank's entries say of direct debits of ours: of one, of a batch, or of a whole file; and what differs from what was
-- asked, which pays nothing by itself.
ALTER TABLE bank_entry
    ADD COLUMN attempt_id BIGINT NULL AFTER is_fee, -- the one debit that it is about
    ADD COLUMN file_id BIGINT NULL AFTER attempt_id, -- the file of the debits that it is about
    ADD COLUMN batch_id VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' AFTER file_id, -- of several debits; '' with a file_id alone: all of it
    ADD COLUMN doubt ENUM('', 'other_amount', 'other_currency', 'again', 'after_return', 'refused', 'never_sent') NOT NULL DEFAULT '' AFTER batch_id,
    ADD COLUMN asked_minor BIGINT NOT NULL DEFAULT 0 CHECK (asked_minor >= 0) AFTER doubt, -- what was to come, of a doubt
    ADD CONSTRAINT doubt_is_of_debits CHECK (doubt = '' OR (credit = 1 AND is_fee = 0 AND (attempt_id IS NOT NULL OR file_id IS NOT NULL))),
    ADD CONSTRAINT asked_of_a_doubt CHECK (doubt <> '' OR asked_minor = 0),
    ADD CONSTRAINT doubt_is_never_matched_alone CHECK (doubt = '' OR match_kind IN ('none', 'person')),
    ADD KEY by_attempt (attempt_id),
    ADD KEY by_file (file_id, batch_id),
    ADD FOREIGN KEY (attempt_id) REFERENCES collection (attempt_id),
    ADD FOREIGN KEY (file_id) REFERENCES collection_file (id);

DELIMITER //
DROP TRIGGER bank_entry_resolved_once//
-- Entries from before name single debits; which batch others were of was not kept.
UPDATE bank_entry b JOIN attempt a ON a.attempt_key = b.end_to_end_id AND a.kind = 'sepa' JOIN collection c ON c.attempt_id = a.id
    SET b.attempt_id = c.attempt_id, b.file_id = c.file_id WHERE b.is_fee = 0 AND b.end_to_end_id <> ''//
-- What the bank said stays as it said it, and so does what it was held for; an entry is resolved once.
CREATE TRIGGER bank_entry_resolved_once BEFORE UPDATE ON bank_entry FOR EACH ROW
BEGIN
    IF OLD.state <> 'open' OR NEW.entry_key <> OLD.entry_key OR NEW.amount_minor <> OLD.amount_minor OR NEW.credit <> OLD.credit OR
       NEW.currency <> OLD.currency OR NEW.booked_on <> OLD.booked_on OR NEW.import_id <> OLD.import_id OR NEW.fee_minor <> OLD.fee_minor OR
       NEW.is_fee <> OLD.is_fee OR NOT NEW.attempt_id <=> OLD.attempt_id OR NOT NEW.file_id <=> OLD.file_id OR NEW.batch_id <> OLD.batch_id OR
       NEW.doubt <> OLD.doubt OR NEW.asked_minor <> OLD.asked_minor THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'an entry is resolved once and otherwise never changed';
    END IF;
END//
DELIMITER ;
