-- Financial years (Code de commerce art. L123-12): what the journal is numbered, closed and handed to the tax office by. Each
-- begins where the one before ends; what stands in no row yet follows, or goes before, by twelve months (core/financial_year),
-- and gets its row before anything is booked or closed in it.
CREATE TABLE financial_year (
    from_on            DATE NOT NULL PRIMARY KEY,
    until_on           DATE NOT NULL UNIQUE,
    opens              BOOLEAN NOT NULL DEFAULT FALSE, -- the books begin with it: nothing is dated before
    -- The journal of the year is named after its first day, which never changes once something is booked in it.
    series             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin AS (CONCAT('journal-', IF(MONTH(from_on) = 1 AND DAYOFMONTH(from_on) = 1,
                           YEAR(from_on), YEAR(from_on) * 10000 + MONTH(from_on) * 100 + DAYOFMONTH(from_on)))) PERSISTENT UNIQUE,
    CONSTRAINT year_ends_with_a_month CHECK (DAYOFMONTH(until_on) = 1 AND (opens OR DAYOFMONTH(from_on) = 1)),
    CONSTRAINT year_of_1_to_24_months CHECK (until_on >= from_on + INTERVAL 1 MONTH AND until_on <= from_on + INTERVAL 24 MONTH)
);

-- Houses that are there have civil years, from the first to the last that something is booked or closed in.
INSERT INTO financial_year (from_on, until_on)
WITH RECURSIVE span AS (SELECT YEAR(MIN(a)) AS low, YEAR(MAX(b)) AS high FROM (SELECT MIN(entry_on) AS a, MAX(entry_on) AS b FROM journal_entry UNION ALL
         SELECT MIN(from_on), MAX(from_on) FROM closing WHERE kind = 'year') x),
     civil AS (SELECT low AS y, high FROM span WHERE low IS NOT NULL UNION ALL SELECT y + 1, high FROM civil WHERE y < high)
SELECT CONCAT(y, '-01-01'), CONCAT(y + 1, '-01-01') FROM civil ORDER BY y;

DELIMITER //
CREATE TRIGGER financial_year_follows BEFORE INSERT ON financial_year FOR EACH ROW
BEGIN
    DECLARE first_on DATE DEFAULT (SELECT MIN(from_on) FROM financial_year);
    IF first_on IS NOT NULL AND (NEW.opens OR NOT (NEW.from_on = (SELECT MAX(until_on) FROM financial_year) OR
           (NEW.until_on = first_on AND NOT (SELECT opens FROM financial_year WHERE from_on = first_on)))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a financial year begins where the one before ends';
    END IF;
END//
-- The end of the last one moves while nothing is booked beyond it or in the days that move, and no year is closed to there.
CREATE TRIGGER financial_year_moves BEFORE UPDATE ON financial_year FOR EACH ROW
BEGIN
    IF NEW.from_on <> OLD.from_on OR NEW.opens <> OLD.opens THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the beginning of a financial year is never changed';
    END IF;
    IF EXISTS (SELECT 1 FROM financial_year WHERE from_on > OLD.from_on) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'another financial year begins where this one ends';
    END IF;
    IF EXISTS (SELECT 1 FROM journal_entry WHERE entry_on >= LEAST(OLD.until_on, NEW.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'something is booked in the days that move';
    END IF;
    IF EXISTS (SELECT 1 FROM closing WHERE kind = 'year' AND until_on >= LEAST(OLD.until_on, NEW.until_on)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this financial year is closed';
    END IF;
END//
CREATE TRIGGER financial_year_goes BEFORE DELETE ON financial_year FOR EACH ROW
BEGIN
    IF EXISTS (SELECT 1 FROM financial_year WHERE from_on > OLD.from_on) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'another financial year begins where this one ends';
    END IF;
    IF EXISTS (SELECT 1 FROM journal_entry WHERE entry_on >= OLD.from_on) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'something is booked in this financial year';
    END IF;
    IF EXISTS (SELECT 1 FROM closing WHERE kind = 'year' AND until_on > OLD.from_on) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'this financial year is closed';
    END IF;
END//
CREATE TRIGGER closing_of_a_financial_year BEFORE INSERT ON closing FOR EACH ROW
BEGIN
    IF NEW.kind = 'year' THEN
        IF NOT EXISTS (SELECT 1 FROM financial_year WHERE from_on = NEW.from_on AND until_on = NEW.until_on) THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no financial year has these days';
        END IF;
    END IF;
END//

-- One question of each entry; which of the two refuses is asked only when one does.
DROP TRIGGER journal_entry_period//
CREATE TRIGGER journal_entry_may_be_booked BEFORE INSERT ON journal_entry FOR EACH ROW
BEGIN
    IF NEW.entry_on < (SELECT MAX(until_on) FROM closing) OR
       NOT EXISTS (SELECT 1 FROM financial_year WHERE series = NEW.series AND from_on <= NEW.entry_on AND until_on > NEW.entry_on) THEN
        IF NEW.entry_on < (SELECT MAX(until_on) FROM closing) THEN
            SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the period of this entry is closed';
        END IF;
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the day of this entry is not in the financial year of its number';
    END IF;
END//
DELIMITER ;
