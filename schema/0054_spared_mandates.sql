-- A mandate is used up by a collection that was presented: where its file never left, it serves again.
DELIMITER //
DROP TRIGGER mandate_as_signed//
-- What was signed stays; another account comes by a signed amendment only.
CREATE TRIGGER mandate_as_signed BEFORE UPDATE ON mandate FOR EACH ROW
BEGIN
    IF NEW.reference <> OLD.reference OR NEW.agreed_text <> OLD.agreed_text OR NEW.scheme <> OLD.scheme OR NEW.one_off <> OLD.one_off OR
       NEW.signed_name <> OLD.signed_name OR (OLD.signed_at IS NOT NULL AND NOT (NEW.signed_at <=> OLD.signed_at)) OR
       (OLD.state IN ('revoked', 'expired') AND NEW.state IN ('draft', 'active', 'suspended')) OR
       (OLD.state = 'used' AND NEW.state IN ('draft', 'suspended')) OR
       (NEW.account_key <> OLD.account_key AND NOT EXISTS (SELECT 1 FROM mandate_amendment a WHERE a.payment_method_id = OLD.payment_method_id AND
                                                           a.account_key = NEW.account_key AND a.signed_at IS NOT NULL)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate stays as it was signed';
    END IF;
    IF OLD.state = 'used' AND NEW.state = 'active' AND NOT IFNULL(
           (SELECT MIN(IFNULL(w.answer, '') = 'never') FROM collection c LEFT JOIN collection_file_answer w ON w.file_id = c.file_id
             WHERE c.payment_method_id = OLD.payment_method_id AND c.sequence IN ('OOFF', 'FNAL')), 0) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate is used up by what was presented';
    END IF;
END//

DROP TRIGGER collection_once//
CREATE TRIGGER collection_once BEFORE UPDATE ON collection FOR EACH ROW
BEGIN
    IF (OLD.file_id IS NOT NULL AND (NOT (NEW.file_id <=> OLD.file_id) OR NEW.collect_on <> OLD.collect_on)) OR
       NEW.payment_method_id <> OLD.payment_method_id OR NEW.noticed_on <> OLD.noticed_on THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a collection is in one file, as the customer was told';
    END IF;
    IF OLD.file_id IS NULL AND NEW.file_id IS NOT NULL AND
       EXISTS (SELECT 1 FROM mandate m WHERE m.payment_method_id = OLD.payment_method_id AND m.one_off = 1) AND
       EXISTS (SELECT 1 FROM collection c LEFT JOIN collection_file_answer w ON w.file_id = c.file_id WHERE c.payment_method_id = OLD.payment_method_id AND
               c.file_id IS NOT NULL AND IFNULL(w.answer, '') <> 'never') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a mandate for one debit serves once';
    END IF;
END//
DELIMITER ;
