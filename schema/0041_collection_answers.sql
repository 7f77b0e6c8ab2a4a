-- A person's word about a file of direct debits: it was handed to the bank, or it never will be. Until somebody says that
-- it was, nothing of it counts as paid by silence, and the house asks. Said once.
CREATE TABLE collection_file_answer (
    file_id      BIGINT NOT NULL PRIMARY KEY,
    answer       ENUM('sent', 'never') NOT NULL,
    answered_on  DATE NOT NULL,
    actor        VARCHAR(60) NOT NULL,
    told_at      DATETIME(6) NOT NULL,
    FOREIGN KEY (file_id) REFERENCES collection_file (id)
);
-- Nobody was asked about files of before: they count as handed over.
INSERT INTO collection_file_answer SELECT id, 'sent', DATE(made_at), actor, made_at FROM collection_file;

CREATE TRIGGER collection_file_answer_no_update BEFORE UPDATE ON collection_file_answer FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was said of a file is never changed';
CREATE TRIGGER collection_file_answer_no_delete BEFORE DELETE ON collection_file_answer FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was said of a file is never deleted';

DELIMITER //
-- The bank has spoken of one of its debits: the file arrived.
CREATE TRIGGER collection_file_arrived BEFORE INSERT ON collection_file_answer FOR EACH ROW
BEGIN
    IF NEW.answer = 'never' AND EXISTS (SELECT 1 FROM collection c JOIN attempt a ON a.id = c.attempt_id
                                         WHERE c.file_id = NEW.file_id AND a.state <> 'pending') THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the bank has this file';
    END IF;
END//
DELIMITER ;
