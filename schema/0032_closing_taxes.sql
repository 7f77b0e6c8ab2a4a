-- What a closing says of VAT (trust.md INV-14): base and VAT by category and rate of its period and since the beginning,
-- of documents as issued, less the deposits that they deduct; credit notes count negative. Sealed with the closing:
-- version 2 of its record. Closings of before are version 1 and stay as they were sealed.
ALTER TABLE closing ADD COLUMN version TINYINT NOT NULL DEFAULT 1 CHECK (version IN (1, 2)) AFTER sequence;

CREATE TABLE closing_tax (
    sequence           BIGINT NOT NULL, -- of the closing
    tax_category       CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    tax_rate_ppm       INT NOT NULL,
    base_minor         BIGINT NOT NULL,
    tax_minor          BIGINT NOT NULL,
    all_base_minor     BIGINT NOT NULL,
    all_tax_minor      BIGINT NOT NULL,
    PRIMARY KEY (sequence, tax_category, tax_rate_ppm),
    FOREIGN KEY (sequence) REFERENCES closing (sequence)
);
CREATE TRIGGER closing_tax_no_update BEFORE UPDATE ON closing_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never changed';
CREATE TRIGGER closing_tax_no_delete BEFORE DELETE ON closing_tax FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a closing is never deleted';
