-- The journal, numbered and sealed: one series a year (journal-2026), without gap, each entry sealed into the next.
-- Small letters, which no prefix of documents has: the two kinds of series never meet.

ALTER TABLE journal_entry
    ADD COLUMN series VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER id,
    ADD COLUMN sequence BIGINT NULL CHECK (sequence > 0) AFTER series,
    ADD COLUMN chain_previous BINARY(32) NULL,
    ADD COLUMN chain_digest BINARY(32) NULL;
-- What the item stands for; the words of it are chosen when it is read. NULL on items from before the chain.
ALTER TABLE journal_item
    ADD COLUMN label ENUM('customer', 'revenue', 'vat', 'vat_waiting', 'deferred', 'receipt', 'advance', 'rounding') NULL;

-- Entries from before are numbered in the order of their days and not sealed: their chain starts after them.
DROP TRIGGER journal_entry_no_update;
UPDATE journal_entry e
  JOIN (SELECT id, ROW_NUMBER() OVER (PARTITION BY YEAR(entry_on) ORDER BY entry_on, id) AS place FROM journal_entry) x ON x.id = e.id
   SET e.series = CONCAT('journal-', YEAR(e.entry_on)), e.sequence = x.place;
CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a posted entry is never changed';
INSERT INTO series (name, last_sequence) SELECT series, MAX(sequence) FROM journal_entry GROUP BY series;

CREATE TABLE journal_unsealed (
    series             VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    last_sequence      BIGINT NOT NULL
);
INSERT INTO journal_unsealed (series, last_sequence) SELECT series, MAX(sequence) FROM journal_entry GROUP BY series;

ALTER TABLE journal_entry
    MODIFY COLUMN series VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    MODIFY COLUMN sequence BIGINT NOT NULL CHECK (sequence > 0),
    ADD UNIQUE KEY one_number (series, sequence);
