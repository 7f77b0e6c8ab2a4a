-- What was earned before its invoice (418, factures a etablir): booked with the closing of its month, taken back on the
-- next day. One row for each subscription and month that is closed.
INSERT INTO account_role (role, account) VALUES ('accrued', '418');
ALTER TABLE journal_entry
    MODIFY source_kind ENUM('invoice', 'payment', 'deferral', 'advance', 'return', 'refund', 'refund_failed', 'bank_fee', 'dispute', 'dispute_won', 'dispute_lost', 'accrual', 'accrual_end') NOT NULL;
ALTER TABLE journal_item
    MODIFY label ENUM('customer', 'revenue', 'vat', 'vat_waiting', 'deferred', 'receipt', 'advance', 'rounding', 'fee', 'exchange', 'accrued') NULL;

CREATE TABLE accrual (
    id                 BIGINT NOT NULL PRIMARY KEY,
    subscription_id    BIGINT NOT NULL,
    until_on           DATE NOT NULL, -- the first day after the month that is closed: on it the entry is taken back
    currency           CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    net_minor          BIGINT NOT NULL,
    vat_minor          BIGINT NOT NULL,
    base_minor         BIGINT NOT NULL, -- with VAT, as it stands on 418 in the currency of the house
    CHECK (DAYOFMONTH(until_on) = 1),
    UNIQUE KEY one_per_month (subscription_id, until_on),
    KEY by_month (until_on),
    FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
CREATE TRIGGER accrual_no_update BEFORE UPDATE ON accrual FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was booked is never changed';
CREATE TRIGGER accrual_no_delete BEFORE DELETE ON accrual FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'what was booked is never deleted';
INSERT INTO id_block (name, next_id) VALUES ('accrual', 1);
