-- Sales journals: a house may keep its sales in several, and a template says in which its documents are booked. What is
-- booked names its journal for good, and the tax office's file with it. VT is that of everything else; the names of the
-- three that every house has are words of the programs.
CREATE TABLE journal_code (
    code               VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY CHECK (code REGEXP '^[A-Z][A-Z0-9]{1,5}$'),
    kind               ENUM('sales', 'bank', 'other') NOT NULL,
    name               VARCHAR(60) NOT NULL DEFAULT '',
    CHECK (code <> 'AN'), -- the opening balances of the file
    CHECK (name <> '' OR code IN ('VT', 'BQ', 'OD'))
);
INSERT INTO journal_code (code, kind) VALUES ('VT', 'sales'), ('BQ', 'bank'), ('OD', 'other');
CREATE TRIGGER journal_code_no_update BEFORE UPDATE ON journal_code FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a journal is never changed: files name it';
CREATE TRIGGER journal_code_no_delete BEFORE DELETE ON journal_code FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a journal is never deleted: files name it';
ALTER TABLE journal_entry
    MODIFY COLUMN journal VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ADD CONSTRAINT entry_journal FOREIGN KEY (journal) REFERENCES journal_code (code);
-- NULL: VT.
ALTER TABLE quote_template_version
    ADD COLUMN journal VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NULL CHECK (journal NOT IN ('BQ', 'OD')),
    ADD CONSTRAINT template_journal FOREIGN KEY (journal) REFERENCES journal_code (code);
ALTER TABLE quote_version
    ADD COLUMN journal VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NULL CHECK (journal NOT IN ('BQ', 'OD')),
    ADD CONSTRAINT quote_journal FOREIGN KEY (journal) REFERENCES journal_code (code);
ALTER TABLE subscription
    ADD COLUMN journal VARCHAR(6) CHARACTER SET ascii COLLATE ascii_bin NULL CHECK (journal NOT IN ('BQ', 'OD')),
    ADD CONSTRAINT subscription_journal FOREIGN KEY (journal) REFERENCES journal_code (code);
