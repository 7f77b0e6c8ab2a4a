-- How several of a unit are called: "3 utilisateurs". '' where it is not said, or the same word. Documents name a unit by its
-- words: a plural that was given stays, like the name.
ALTER TABLE unit ADD COLUMN plural VARCHAR(20) NOT NULL DEFAULT '' AFTER name;
DELIMITER //
CREATE TRIGGER unit_words_stay BEFORE UPDATE ON unit FOR EACH ROW
BEGIN
    IF BINARY NEW.name <> BINARY OLD.name OR (OLD.plural <> '' AND BINARY NEW.plural <> BINARY OLD.plural) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'documents name a unit by its words: make another unit';
    END IF;
END//
DELIMITER ;
